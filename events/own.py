"""What a list of events knows of its reader."""

from collections.abc import Iterable
from typing import Any

from events.models import Event, Rsvp


def with_own(events: Iterable[Event], user: Any) -> list[Event]:
    """The events, each with `own`: the reader's sign-up, or None. Who has a seat is offered none.

    One query for somebody logged in where there are events, none for visitors.
    """
    rows = list(events)
    own: dict[int, Rsvp] = {}
    if rows and user.is_authenticated:
        mine = Rsvp.objects.active().filter(person__user=user, event__in=[event.pk for event in rows])
        own = {rsvp.event_id: rsvp for rsvp in mine}
    for event in rows:
        event.own = own.get(event.pk)  # type: ignore[attr-defined]
    return rows
