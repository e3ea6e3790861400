"""The ledger to look at. Its rows change by the operations that plan and deliver them."""

from django.contrib import admin

from notices.models import Notice
from people.admin import ReadOnlyAdmin


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    """Without what fills the message in: it may hold a code or a personal link, which belong to the addressee."""

    list_display = ("due_at", "kind", "person", "sent_to", "sent_at", "failed_at", "attempts")
    list_select_related = ("person",)
    list_filter = ("kind",)
    search_fields = ("about", "sent_to", "person__search_text")
    date_hierarchy = "due_at"
    ordering = ("-due_at", "-pk")
    exclude = ("data", "message_id", "lease", "leased_until")
