"""What the organiser does with an event."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.models import AccessService, Event, EventChange, Rsvp
from events.operations.asking import tell_invited
from events.operations.base import (
    EventChangedMeanwhile,
    EventRefused,
    Seats,
    about,
    lock,
    offer_free_seats,
)
from neighbourhoods.models import Neighbourhood
from notices import operations as notices
from notices.models import Notice
from people import operations as people
from people.models import Person, User

TOLD_WHEN_CHANGED = ("starts_at", "ends_at", "venue", "format", "online_url")
SEAT_FIELDS = {"capacity", "online_capacity", "reserved_seats", "format"}


@transaction.atomic
def create_event(
    *,
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    by: User | None,
    now: datetime,
    publish: bool,
    neighbourhoods: Iterable[Neighbourhood] = (),
    **fields: Any,
) -> Event:
    """An event that is no council meeting: a draft, or published at once. No neighbourhood: the whole municipality.

    Raises EventRefused as `publish_event` does, for whatever an event cannot be, and for an event of the same title and
    start, which is a form sent twice. PostgreSQL holds a lock on title and start so that both cannot pass the question.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"{title}:{starts_at.isoformat()}"])
    if Event.objects.filter(title=title, starts_at=starts_at, cancelled_at=None).exists():
        raise EventRefused(_("There already is an event of this title at this time."))
    row = Event(title=title, starts_at=starts_at, ends_at=ends_at, changed_at=now, **fields)
    check_event(row)
    row.save()
    row.neighbourhoods.set(neighbourhoods)
    people.record(by=by, verb="create_event", target=row, now=now)
    return publish_event(event=row, by=by, now=now) if publish else row


def check_event(row: Event) -> None:
    """Refuse an event that breaks a rule of its fields or constraints, with the rule's own sentence."""
    try:
        row.full_clean(exclude=[field.name for field in row._meta.fields if not field.editable])
    except ValidationError as error:
        raise EventRefused(" ".join(dict.fromkeys(error.messages))) from error


def count_concerned(*, event: Event, also_tell: Iterable[int] = ()) -> int:
    """How many people would be told of a move or a cancellation by mail now; nobody while the event is a draft."""
    return reached(concerned(event, also_tell)) if event.published_at else 0


def reached(people_ids: Iterable[int]) -> int:
    """How many of these people a mail reaches. Those without an address stand in the list of people to phone."""
    by_mail = Q(channels__kind="email", channels__confirmed_at__isnull=False)
    return Person.objects.filter(by_mail, pk__in=people_ids, erased_at=None).count()


@transaction.atomic
def publish_event(
    *, event: Event, by: User | None, now: datetime, but_not: Iterable[int] = (), tell: bool = True
) -> Event:
    """Show the event to everybody and tell those who follow its neighbourhoods, once; `but_not` (ids of people) are
    told by the caller, who has more to say to them, and all of them are unless `tell`.

    Publishing twice changes nothing. Raises EventRefused when the start is past or the event is cancelled.
    Locks the event row.
    """
    row = lock(event.pk)
    if row.published_at:
        return row
    if row.cancelled_at:
        raise EventRefused(_("A cancelled event cannot be published."))
    if row.starts_at <= now:
        raise EventRefused(_("The start is in the past. Choose a later time."))
    row.published_at, row.published_by, row.changed_at = now, by, now
    row.save(update_fields=["published_at", "published_by", "changed_at"])
    invited = set(row.invitations.values_list("person_id", flat=True))
    if invited:
        tell_invited(row, now)
    if tell:
        notices.plan_many(
            [(f"event_announced:{row.pk}:{pk}", pk) for pk in sorted(followers(row) - set(but_not) - invited)],
            kind="event_announced",
            about=about(row),
            now=now,
            expires_at=row.starts_at,
            data={"event": row.pk},
        )
    after = {"starts_at": row.starts_at, "venue": row.venue}
    people.record(by=by, verb="publish_event", target=row, now=now, details={"after": after})
    return row


def followers(event: Event) -> set[int]:
    """Ids of those who want news of the event's neighbourhoods; of one for all, who follows any. Two queries."""
    rows = Person.objects.filter(wants_news=True, erased_at=None)
    areas = list(event.neighbourhoods.values_list("pk", flat=True))
    rows = rows.filter(follows__neighbourhood__in=areas) if areas else rows.exclude(follows=None)
    return set(rows.values_list("pk", flat=True))


def concerned(event: Event, also_tell: Iterable[int] = ()) -> list[int]:
    """Ids of everyone who has an RSVP, or was told of the event or its series, or is named by the caller.

    An announcement that no worker has begun to send told nobody: it says what is true when it is written.
    """
    announced = Q(about=about(event), kind__in=["event_announced", "event_invited"])
    if event.series_id:
        announced |= Q(about=f"series:{event.series_id}", kind="series_announced")
    return sorted(
        set(Rsvp.objects.filter(event=event).active().values_list("person_id", flat=True))
        | set(
            Notice.objects.filter(announced, cancelled_at=None, handed_at__isnull=False).values_list(
                "person_id", flat=True
            )
        )
        | set(also_tell)
    )


@transaction.atomic
def change_event(
    *,
    event: Event,
    by: User | None,
    now: datetime,
    also_tell: Iterable[int] = (),
    neighbourhoods=None,
    seen: datetime | None = None,
    **changes,
) -> Event:
    """Write `changes` (field names of Event). A published event that moves in time or place gets a new revision, its
    reminders are withdrawn and planned anew by the sweep, and everyone concerned is told once what is new.

    More seats are offered to the queue. `seen` is the event's `changed_at` as the editor saw it: when somebody changed
    the event after that, nothing is overwritten and EventChangedMeanwhile is raised.
    Raises EventRefused for fewer seats than are taken (of any kind; those on reserved seats go over to open ones where
    fewer are reserved), for an event that is cancelled or over, for a start in the past,
    and for a sign-up that would close after the start. Locks the event row.
    """
    row = lock(event.pk)
    if seen is not None and row.changed_at != seen:
        raise EventChangedMeanwhile(_("Somebody else changed this meanwhile. Check what is new and save again."))
    if row.cancelled_at or (row.published_at and row.ends_at <= now):
        raise EventRefused(_("A cancelled or past event can no longer be changed."))
    before = {name: getattr(row, name) for name in changes}
    for name, value in changes.items():
        setattr(row, name, value)
    if row.published_at and row.starts_at <= now and row.starts_at != before.get("starts_at", row.starts_at):
        raise EventRefused(_("The start is in the past. Choose a later time."))
    if row.ends_at <= row.starts_at:
        raise EventRefused(_("The end must come after the start."))
    if row.rsvps_close_at and row.rsvps_close_at > row.starts_at:
        raise EventRefused(_("Sign-up must close before the event starts."))
    if row.rsvps_open_at and row.rsvps_open_at >= row.closes_at:
        raise EventRefused(_("Sign-up must open before it closes."))
    if any(before.get(name, getattr(row, name)) != getattr(row, name) for name in SEAT_FIELDS):
        _fit_seats(row, Event(**{name: before.get(name, getattr(row, name)) for name in SEAT_FIELDS}))
    changed = {name for name in changes if before[name] != getattr(row, name)}
    if changed or neighbourhoods is not None:
        row.changed_at = now
    if "starts_at" in changed:
        _move_services(row, row.starts_at - before["starts_at"])
    told = sorted(changed & set(TOLD_WHEN_CHANGED))
    if not row.shows_link_at(now) and "online_url" in told:
        told.remove("online_url")  # nobody was shown the old one
    if row.published_at and changed:
        row.sequence += 1
    row.save()
    if neighbourhoods is not None:
        row.neighbourhoods.set(neighbourhoods)
    if row.published_at and told:
        EventChange.objects.create(
            event=row,
            at=now,
            by=by,
            sequence=row.sequence,
            before=people.told({name: before[name] for name in told}),
            after=people.told({name: getattr(row, name) for name in told}),
        )
        # What was not sent yet would tell of a time or place that is no longer true.
        notices.cancel(about=about(row), now=now, kinds=["event_moved", "reminder"])
        if "starts_at" in told:
            _shorten_to_start(row, now)
        notices.plan_many(
            [(f"event_moved:{row.pk}:{row.sequence}:{pk}", pk) for pk in concerned(row, also_tell)],
            kind="event_moved",
            about=about(row),
            now=now,
            expires_at=row.ends_at,
            data={"event": row.pk, "sequence": row.sequence},
        )
    if row.published_at and changed:
        details = {
            "before": {name: before[name] for name in sorted(changed)},
            "after": {name: getattr(row, name) for name in sorted(changed)},
        }
        people.record(by=by, verb="change_event", target=row, now=now, details=details)
    offer_free_seats(row, now)
    return row


def _move_services(row: Event, by: timedelta) -> None:
    """One may ask for a service as long before the start as before, and never after it."""
    for pk, until in AccessService.objects.filter(event=row.pk).values_list("pk", "ask_until"):
        if until is not None:
            AccessService.objects.filter(pk=pk).update(ask_until=min(until + by, row.starts_at))


def _fit_seats(row: Event, was: Event) -> None:
    """Bring the sign-ups in line with another form or number of seats; refuse fewer seats than are taken.

    The caller holds the event's lock and saves the event.
    """
    if (row.reserved_seats and row.capacity is None) or row.reserved_seats > (row.capacity or row.reserved_seats):
        raise EventRefused(_("There cannot be more reserved seats than seats."))
    rows = Rsvp.objects.filter(event=row.pk).active()
    if row.format != was.format:
        if row.format != Event.Format.HYBRID:
            rows.update(attending=row.main_attending)
        elif row.main_attending != was.main_attending:
            rows.filter(is_reserved=True).update(is_reserved=False)
    seats, gave_up_reserved = Seats(row), False
    for rsvp in rows.filter(is_reserved=True).order_by("-number"):
        if seats.reserved_left >= 0:
            break
        rsvp.is_reserved = False
        rsvp.save(update_fields=["is_reserved"])
        seats, gave_up_reserved = Seats(row), True
    for hall in seats.halls:
        total, before = seats.total(hall), _total(was, hall)
        if total is None:
            continue
        # A party that gives up reserved seats may need more open ones than become free.
        shrinks = before is None or total < before or (gave_up_reserved and hall == seats.main)
        if (shrinks or row.format != was.format) and seats.taken(hall) > total:
            taken = seats.taken(hall)
            raise EventRefused(
                ngettext(
                    "%(taken)d seat is already taken, so there cannot be fewer.",
                    "%(taken)d seats are already taken, so there cannot be fewer.",
                    taken,
                )
                % {"taken": taken}
            )


def _total(event: Event, hall: str) -> int | None:
    return event.open_seats if hall == event.main_attending else event.online_capacity


def _shorten_to_start(event: Event, now: datetime) -> None:
    """Holds and offers never outlive the start, also when it moves forward."""
    rows = Rsvp.objects.filter(event=event)
    rows.filter(hold_expires_at__gt=event.starts_at).update(hold_expires_at=event.starts_at)
    rows.filter(offer_expires_at__gt=event.starts_at).update(offer_expires_at=event.starts_at)


@transaction.atomic
def cancel_event(
    *, event: Event, by: User | None, now: datetime, reason: str = "", also_tell: Iterable[int] = (), tell: bool = True
) -> Event:
    """Call the event off: open messages are withdrawn and everyone concerned is told once, if it was published; by the
    caller, unless `tell`.

    RSVPs stay as they were, as the record of who wanted to come. Cancelling twice changes nothing.
    Raises EventRefused when the event is over. Locks the event row.
    """
    row = lock(event.pk)
    if row.cancelled_at:
        return row
    if row.published_at and row.ends_at <= now:
        raise EventRefused(_("A cancelled or past event can no longer be changed."))
    to_tell = concerned(row, also_tell) if row.published_at and tell else []
    row.cancelled_at, row.cancelled_by, row.cancel_reason = now, by, reason
    row.sequence += 1
    row.changed_at = now
    row.save(update_fields=["cancelled_at", "cancelled_by", "cancel_reason", "sequence", "changed_at"])
    notices.cancel(about=about(row), now=now)
    notices.plan_many(
        [(f"event_cancelled:{row.pk}:{pk}", pk) for pk in to_tell],
        kind="event_cancelled",
        about=about(row),
        now=now,
        expires_at=row.ends_at,
        data={"event": row.pk},
    )
    people.record(by=by, verb="cancel_event", target=row, now=now, details={"after": {"reason": reason}})
    return row
