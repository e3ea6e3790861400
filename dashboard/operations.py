from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from events import operations as events
from events.models import Rsvp
from people import operations as people
from people.models import AuditEntry, User


class DeletionRefused(Exception):
    """The account cannot be deleted now; the text says why."""


@transaction.atomic
def delete_account(*, user: User, now: datetime) -> None:
    """Delete the log-in, cancel the sign-ups for coming events (their seats go to the queue) and forget who it was.

    Past sign-ups, attendance and memberships stay, without the name unless a council's records hold it.
    Raises DeletionRefused for somebody who holds a portal-wide role.
    Locks the events in the order of their keys.
    """
    person = user.person
    if person.open_roles:
        raise DeletionRefused(_("You run this portal. Ask an administrator to end your role, then delete the account."))
    coming = Rsvp.objects.filter(person=person, event__starts_at__gt=now).active().select_related("event")
    for rsvp in coming.order_by("event_id"):
        try:
            events.cancel_rsvp(rsvp=rsvp, by=user, now=now, reason=Rsvp.CancelledFor.ERASED)
        except events.RsvpRefused:  # it was moved and began a moment ago
            continue
    people.erase_person(person=person, by=user, now=now)


def record_export(*, name: str, about: str, filters: dict[str, str], rows: int, by: User, now: datetime) -> None:
    """Write down that somebody took a file: its name, what narrowed it, and how many rows went out.

    `about` is what the rows are, or the one row they hang on, as the audit log names things ("events.Event:12").
    """
    AuditEntry.objects.create(
        at=now, by=by, verb="export", target=about, label=name, details={"filters": filters, "rows": rows}
    )
