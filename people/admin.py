"""Django admin: administrators read here what has an operation or is history. `ReadOnly…` serves all rooms."""

from allauth.account import admin as allauth_admin  # noqa: F401  (registers itself before we take it out again)
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth import admin as auth_admin  # noqa: F401  (registers groups, for the same reason)
from django.contrib.auth.models import Group
from django.utils.translation import gettext_lazy as _

from neighbourhoods.admin import WITH_HTTPS, SearchedAdmin
from people.models import AuditEntry, ContactChannel, Follow, Person, Role, User

admin.site.site_header = admin.site.site_title = _("Resident councils")
admin.site.index_title = _("Reference data and records")

# Whoever can write here confirmed addresses can take over accounts: an address is changed by its owner alone.
admin.site.unregister(EmailAddress)
# Nobody's rights come from a group: they come from dated roles, memberships and offices.
admin.site.unregister(Group)


class ReadOnly:
    """Rows to look at. They change by the operations of their room, which lock, check and write the audit log."""

    def has_add_permission(self, request, obj=None):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False


class ReadOnlyAdmin(ReadOnly, SearchedAdmin):
    show_full_result_count = False


class ReadOnlyInline(ReadOnly, admin.TabularInline):
    """Rows under the row they belong to, fetched with it and with what their columns name (`joined`)."""

    extra = 0
    can_delete = False
    joined: tuple[str, ...] = ()
    formfield_overrides = WITH_HTTPS

    def get_queryset(self, request):
        owner = next(
            field.name
            for field in self.model._meta.get_fields()
            if field.many_to_one and field.related_model == self.parent_model
        )
        return super().get_queryset(request).select_related(owner, *self.joined)


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    list_display = ("email", "person", "is_active", "date_joined", "last_login")
    list_select_related = ("person",)
    list_filter = ("is_active",)
    search_fields = ("email",)
    ordering = ("-date_joined", "-pk")
    fields = ("email", "is_active", "date_joined", "last_login")


class ContactChannelInline(ReadOnlyInline):
    model = ContactChannel


@admin.register(Person)
class PersonAdmin(ReadOnlyAdmin):
    list_display = ("full_name", "user", "home_neighbourhood", "language", "created_at", "erased_at")
    list_select_related = ("user", "home_neighbourhood")
    list_filter = ("language", "home_neighbourhood", "is_invented")
    search_fields = ("search_text",)
    search_help_text = _("A name, in any case, with or without diacritics")
    ordering = ("-created_at", "-pk")
    fields = (
        "given_name",
        "family_name",
        "user",
        "language",
        "home_neighbourhood",
        "wants_news",
        "wants_reminders",
        "created_at",
        "entered_by",
        "erased_at",
        "is_invented",
    )
    inlines = (ContactChannelInline,)

    @admin.display(description=_("Name"))
    def full_name(self, person):
        return person.name

    @admin.display(description=_("entered by"))
    def entered_by(self, person):
        return person.created_by


@admin.register(Role)
class RoleAdmin(ReadOnlyAdmin):
    list_display = ("person", "kind", "started_on", "ended_on", "given_by")
    list_select_related = ("person", "granted_by")
    list_filter = ("kind",)
    ordering = ("-started_on", "-pk")

    @admin.display(description=_("given by"))
    def given_by(self, role):
        return role.granted_by


@admin.register(Follow)
class FollowAdmin(ReadOnlyAdmin):
    list_display = ("person", "neighbourhood", "followed_at")
    list_select_related = ("person", "neighbourhood")
    list_filter = ("neighbourhood",)
    ordering = ("-followed_at", "-pk")


@admin.register(ContactChannel)
class ContactChannelAdmin(ReadOnlyAdmin):
    list_display = ("value", "kind", "person", "confirmed_at")
    list_select_related = ("person",)
    list_filter = ("kind",)
    search_fields = ("value",)
    ordering = ("-pk",)


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ("at", "by", "verb", "label", "on_behalf_of")
    list_select_related = ("by", "on_behalf_of")
    list_filter = ("verb",)
    search_fields = ("label", "target")
    date_hierarchy = "at"
    ordering = ("-at", "-pk")
