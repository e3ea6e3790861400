"""Events and sign-ups to look at: they change by their operations, which hold the seats' lock and tell the people."""

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from events.models import Event, EventChange, EventSeries, Rsvp
from people.admin import ReadOnlyAdmin


@admin.register(Event)
class EventAdmin(ReadOnlyAdmin):
    list_display = ("title", "kind", "starts_at", "capacity", "published_at", "cancelled_at")
    list_filter = ("kind", "format", "neighbourhoods")
    search_fields = ("search_text",)
    date_hierarchy = "starts_at"
    ordering = ("-starts_at", "-pk")
    exclude = ("search_text",)


@admin.register(Rsvp)
class RsvpAdmin(ReadOnlyAdmin):
    """Without the personal link: who reads here must not be able to act for the person."""

    list_display = ("event", "number", "person", "state", "party_size", "rsvped_at")
    list_select_related = ("event", "person")
    list_filter = ("state", "attending")
    search_fields = ("event__search_text", "person__search_text")
    ordering = ("-rsvped_at", "-pk")
    exclude = ("token", "network")


@admin.register(EventChange)
class EventChangeAdmin(ReadOnlyAdmin):
    list_display = ("event", "sequence", "at", "by")
    list_select_related = ("event", "by__person")
    ordering = ("-at", "-pk")


@admin.register(EventSeries)
class EventSeriesAdmin(ReadOnlyAdmin):
    list_display = ("rule", "created_at", "entered_by")
    list_select_related = ("created_by__person",)
    ordering = ("-created_at", "-pk")

    @admin.display(description=_("entered by"))
    def entered_by(self, series):
        return series.created_by
