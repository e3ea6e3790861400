"""What the organiser does with a series of events: makes it, shows it to everybody, calls off what is left of it.

One date that is moved or skipped is an event that is changed or cancelled as any other (`events.operations`).
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from events import operations
from events.models import Event, EventSeries, Invitation
from events.operations import EventRefused
from events.recurrence import MOST
from neighbourhoods.models import Neighbourhood
from notices import operations as notices
from people import operations as people
from people.models import User


def about(series: EventSeries) -> str:
    """The ledger's name for everything sent about a series as a whole."""
    return f"series:{series.pk}"


def _lock(pk: int) -> EventSeries:
    """The series, in whose line stand those who show or end it; its events are locked after it, by their keys."""
    return EventSeries.objects.select_for_update(no_key=True).get(pk=pk)


@transaction.atomic
def create_series(
    *,
    rule: str,
    moments: Sequence[tuple[datetime, datetime]],
    closes_before: timedelta | None = None,
    by: User | None,
    now: datetime,
    publish: bool,
    neighbourhoods: Iterable[Neighbourhood] = (),
    **fields: Any,
) -> EventSeries:
    """Make an event for each of `moments` (start, end), drafts or published at once: all of them or none.

    `rule` is what the dates came from, as RFC 5545 writes it; `closes_before` the start the sign-up closes.
    Raises EventRefused as `create_event` does, and for fewer than two or more than MOST dates.
    """
    if not 2 <= len(moments) <= MOST:
        raise EventRefused(_("A series has between 2 and %(most)d dates.") % {"most": MOST})
    row = EventSeries.objects.create(rule=rule, created_at=now, created_by=by)
    areas = list(neighbourhoods)
    for starts_at, ends_at in sorted(moments):
        # In UTC: three hours before are three hours also in the night in which clocks change.
        closes_at = starts_at.astimezone(UTC) - closes_before if closes_before is not None else None
        operations.create_event(
            starts_at=starts_at,
            ends_at=ends_at,
            rsvps_close_at=closes_at,
            series=row,
            neighbourhoods=areas,
            publish=False,
            by=by,
            now=now,
            **fields,
        )
    people.record(by=by, verb="create_series", target=row, now=now, details={"dates": len(moments)})
    if publish:
        publish_series(series=row, by=by, now=now)
    return row


@transaction.atomic
def publish_series(*, series: EventSeries, by: User | None, now: datetime) -> list[Event]:
    """Show the drafts of the series that are still to come, and tell those who follow once of all of them.

    Publishing twice changes nothing. Locks the series and those events.
    """
    row = _lock(series.pk)
    drafts = row.events.filter(published_at=None, cancelled_at=None, starts_at__gt=now).order_by("pk")
    shown = [operations.publish_event(event=event, by=by, now=now, tell=False) for event in drafts]
    if not shown:
        return []
    told = set().union(*(operations.followers(event) for event in shown))
    told -= set(Invitation.objects.filter(event__in=shown).values_list("person_id", flat=True))  # are told by name
    notices.plan_many(
        [(f"series_announced:{row.pk}:{shown[0].pk}:{pk}", pk) for pk in sorted(told)],
        kind="series_announced",
        about=about(row),
        now=now,
        expires_at=max(event.starts_at for event in shown),
        data={"events": [event.pk for event in shown]},
    )
    return shown


@transaction.atomic
def cancel_following(*, event: Event, by: User | None, now: datetime, reason: str = "") -> list[Event]:
    """Call off this date of a series and all after it; everybody concerned is told once of all, with the reason.

    Drafts among them end untold. What is over, or cancelled before, stays as it is.
    Raises EventRefused when nothing is left to cancel. Locks the series and those events.
    """
    if event.series_id is None:
        raise EventRefused(_("This event belongs to no series."))
    row = _lock(event.series_id)
    rows = row.events.filter(cancelled_at=None, starts_at__gte=event.starts_at, ends_at__gt=now).order_by("pk")
    ended: list[Event] = []
    told: set[int] = set()
    for date in rows.select_for_update(no_key=True):  # whoever signs up meanwhile waits, and is refused then
        if date.published_at:
            told |= set(operations.concerned(date))
        ended.append(operations.cancel_event(event=date, by=by, now=now, reason=reason, tell=False))
    if not ended:
        raise EventRefused(_("No date is left that could be cancelled."))
    notices.plan_many(
        [(f"series_cancelled:{row.pk}:{ended[0].pk}:{pk}", pk) for pk in sorted(told)],
        kind="series_cancelled",
        about=about(row),
        now=now,
        expires_at=max(date.ends_at for date in ended),
        data={"events": [date.pk for date in ended if date.published_at]},
    )
    return ended


def count_concerned(*, event: Event, now: datetime) -> tuple[int, int]:
    """How many dates `cancel_following` would call off, and how many people it would tell by mail."""
    rows = Event.objects.filter(series=event.series_id, cancelled_at=None, starts_at__gte=event.starts_at)
    dates = list(rows.filter(ends_at__gt=now))
    told = set().union(*(operations.concerned(date) for date in dates if date.published_at))
    return len(dates), operations.reached(told)
