"""What mails, posters and lists call an event's organiser, time and place."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from events.models import Event, Rsvp
from neighbourhoods import latvian


def organiser(event: Event) -> str:
    """The councils whose meeting it is, else the neighbourhoods, else the portal's own name. One or two queries."""
    meeting = getattr(event, "meeting", None)
    names = [council.name for council in meeting.councils.all()] if meeting else []
    return listed(names or [neighbourhood.name for neighbourhood in event.neighbourhoods.all()])


def councils_of(row: Any) -> str:
    """The councils whose meeting, matter or submission it is."""
    return listed(council.name for council in row.councils.all())


def listed(names: Iterable[str]) -> str:
    """Names in a Latvian list; the portal's own where there is none."""
    return ", ".join(sorted(names, key=latvian.sort_key)) or _("Resident councils")


def when(event: Event, now: datetime | None = None) -> str:
    """With the year where it is not that of `now`."""
    return capfirst(latvian.span(event.starts_at, event.ends_at, now))


def where(event: Event, rsvp: Rsvp | None = None) -> str:
    """The place, or how else one takes part; for one sign-up as it says."""
    venue = event.venue.rstrip(". ")
    if not event.has_room:
        return _("Remotely")
    if not event.has_link:
        return venue
    if rsvp is None:
        return _("%(place)s and remotely") % {"place": venue} if venue else _("In person and remotely")
    return _("Remotely") if rsvp.attending == Rsvp.Attending.REMOTE else venue
