"""What is common to all changes of events and sign-ups: refusals, the line in which seats are given."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _

from events.models import Event, Invitation, Rsvp
from neighbourhoods.prepared import prepared
from notices import operations as notices

State = Rsvp.State
SHORTEST_OFFER = timedelta(minutes=30)


class RsvpRefused(Exception):
    """The event does not take this sign-up; the text says why, to the person."""


class EventRefused(Exception):
    """The organiser's change is not possible; the text says why."""


class EventChangedMeanwhile(EventRefused):
    """Somebody else changed the event after the editor opened the form."""


def about(event: Event) -> str:
    """The ledger's name for everything sent about an event."""
    return f"event:{event.pk}"


def tell(rsvp: Rsvp, event: Event, kind: str, now: datetime, *, expires_at=None, once: str = "") -> None:
    """Plan one message about an RSVP. `once` separates messages of a kind that may rightly come again."""
    notices.plan(
        key=f"{kind}:{rsvp.pk}:{once}" if once else f"{kind}:{rsvp.pk}",
        kind=kind,
        about=about(event),
        person_id=rsvp.person_id,
        now=now,
        expires_at=expires_at or event.ends_at,
        data={"rsvp": rsvp.pk},
    )


def refusal(event: Event, now: datetime) -> str:
    """Why nobody may sign up at the moment."""
    if event.cancelled_at:
        return _("This event is cancelled, so nobody can sign up any more.")
    if not event.takes_rsvps:
        return _("You can come to this event without signing up.")
    if event.published_at is None:
        return _("This event is not published yet.")
    if event.opens_later_than(now):
        return _("Sign-up for this event has not opened yet.")
    return _("Sign-up for this event has closed.")


# --- the line ---------------------------------------------------------------------------------------------------------


def lock(event_id: int) -> Event:
    """The event's row, locked until the end of the transaction: whoever gives or frees a seat stands in this line.

    NO KEY UPDATE, so that inserting rows that point at the event does not wait. SQLite has the whole database locked.
    """
    return Event.objects.select_for_update(no_key=True).get(pk=event_id)


_DECIDES = ["kind", "format", "starts_at", "ends_at", "takes_rsvps", "rsvps_open_at", "rsvps_close_at", "capacity"]
_DECIDES += ["online_capacity", "reserved_seats", "party_limit", "published_at", "cancelled_at"]
_to_book = prepared(lambda event_id: Event.objects.filter(pk=event_id).only(*_DECIDES).select_for_update(no_key=True))


def lock_to_book(event_id: int) -> Event:
    """The same lock for the one operation that many people send at once: only the columns it decides by, and no SQL
    built while others wait in the line (`make bench`). The other fields load when asked for."""
    for event in _to_book(event_id=event_id):
        return event
    raise Event.DoesNotExist


# --- seats ------------------------------------------------------------------------------------------------------------

NO_LIMIT = 10**9


class Seats:
    """How an event stands, read in one statement under its lock.

    Seats lie in halls: "in_person" and "remote" of a hybrid event, the one hall of any other; and the reserved ones of
    the main hall (that of `capacity`), for invited people, who may sit on any other seat as well.

    Written out, because building this aggregate anew for every sign-up took more time under the lock than the database
    needed to answer it (`make bench`).
    """

    COUNT = """
        SELECT SUM(party_size) FILTER (WHERE state IN ('held', 'going', 'offered') AND NOT is_reserved
                                         AND attending = 'in_person'),
               SUM(party_size) FILTER (WHERE state IN ('held', 'going', 'offered') AND NOT is_reserved
                                         AND attending = 'remote'),
               SUM(party_size) FILTER (WHERE state IN ('held', 'going', 'offered') AND is_reserved),
               MAX(number),
               MIN(party_size) FILTER (WHERE state = 'waiting' AND confirmed_at IS NOT NULL
                                         AND attending = 'in_person'),
               MIN(party_size) FILTER (WHERE state = 'waiting' AND confirmed_at IS NOT NULL
                                         AND attending = 'remote'),
               MAX(id) FILTER (WHERE person_id = %s AND state <> 'cancelled'),
               (SELECT SUM(people) FROM events_checkin
                 WHERE event_id = %s AND rsvp_id IS NULL AND undone_at IS NULL)
          FROM events_rsvp WHERE event_id = %s"""

    # The same of an event with one hall and no reserved seats, which most are: half the work for the database.
    COUNT_ONE_HALL = """
        SELECT SUM(party_size) FILTER (WHERE state IN ('held', 'going', 'offered')), NULL, NULL,
               MAX(number),
               MIN(party_size) FILTER (WHERE state = 'waiting' AND confirmed_at IS NOT NULL), NULL,
               MAX(id) FILTER (WHERE person_id = %s AND state <> 'cancelled'),
               (SELECT SUM(people) FROM events_checkin
                 WHERE event_id = %s AND rsvp_id IS NULL AND undone_at IS NULL)
          FROM events_rsvp WHERE event_id = %s"""

    def __init__(self, event: Event, person_id: int | None = None):
        """With `person_id`, also whether that person has a sign-up; then the sign-ups must be as the event says (an
        event that is just given another form still has them as they were)."""
        has_one_hall = person_id is not None and event.format != Event.Format.HYBRID and not event.reserved_seats
        with connection.cursor() as cursor:
            cursor.execute(self.COUNT_ONE_HALL if has_one_hall else self.COUNT, [person_id, event.pk, event.pk])
            in_room, online, reserved, last, least_in_room, least_online, self.mine, unnamed = cursor.fetchone()
        self.main = event.main_attending
        self.reserved_taken: int = reserved or 0
        self.reserved = event.reserved_seats
        self.next_number: int = (last or 0) + 1
        by_hall = {
            Rsvp.Attending.IN_PERSON.value: (in_room or 0, least_in_room, event.open_seats),
            Rsvp.Attending.REMOTE.value: (online or 0, least_online, event.online_capacity),
        }
        if event.format != Event.Format.HYBRID:
            least = [size for size in (least_in_room, least_online) if size]
            by_hall = {str(self.main): ((in_room or 0) + (online or 0), min(least, default=None), event.open_seats)}
        if unnamed:  # who came in without a name sits on a seat as well
            taken, least_party, total = by_hall[str(self.main)]
            by_hall[str(self.main)] = (taken + unnamed, least_party, total)
        self.halls = by_hall

    def taken(self, hall: str) -> int:
        return self.halls[hall][0]

    def total(self, hall: str) -> int | None:
        """Seats of the hall that anybody may take; None without a limit."""
        return self.halls[hall][2]

    def left(self, hall: str) -> int:
        """Free seats of the hall; fewer than none where an organiser let in more."""
        taken, _least, total = self.halls[hall]
        return NO_LIMIT if total is None else total - taken

    @property
    def reserved_left(self) -> int:
        return self.reserved - self.reserved_taken

    def has_room_for(self, party_size: int, hall: str) -> bool:
        """Free seats for the party, and nobody is waiting for whom they would do."""
        least = self.halls[hall][1]
        return party_size <= self.left(hall) and (least is None or least > self.left(hall))


def is_invited(event: Event, person_id: int) -> bool:
    """May the person sit on a reserved seat? A query only where there are any."""
    return bool(event.reserved_seats) and Invitation.objects.filter(event=event.pk, person=person_id).exists()


def offer_end(event: Event, now: datetime) -> datetime:
    """Until when a seat offered now stays offered: OFFER_HOURS, but at most a quarter of the time to the start (never
    less than half an hour), and never past the start."""
    shorter = max((event.starts_at - now) / 4, SHORTEST_OFFER)
    return min(now + min(timedelta(hours=settings.OFFER_HOURS), shorter), event.starts_at)


def offer_free_seats(event: Event, now: datetime) -> None:
    """Offer what is free to the queue, first come first; a party that does not fit keeps its place and is passed over.

    The caller holds the event's lock. Nothing is offered once the event has begun or is cancelled.
    """
    if event.cancelled_at or event.published_at is None or now >= event.starts_at:
        return
    seats = Seats(event)
    left = {hall: seats.left(hall) for hall in seats.halls}
    reserved = seats.reserved_left
    if max(reserved, *left.values()) <= 0:
        return
    queue = Rsvp.objects.filter(event=event).queue()
    invited: set[int] = set()
    if reserved > 0:
        invited = set(Invitation.objects.filter(event=event).values_list("person_id", flat=True))
    for rsvp in queue:
        hall = rsvp.attending if rsvp.attending in left else str(seats.main)
        if hall == seats.main and rsvp.person_id in invited and rsvp.party_size <= reserved:
            reserved -= rsvp.party_size
            rsvp.is_reserved = True
        elif rsvp.party_size <= left[hall]:
            left[hall] -= rsvp.party_size
        else:
            continue
        if rsvp.seat_at_once:
            take_seat(rsvp, event, now, kind="rsvp_seated")
        else:
            rsvp.state, rsvp.offered_at, rsvp.offer_expires_at = State.OFFERED, now, offer_end(event, now)
            rsvp.save(update_fields=["state", "is_reserved", "offered_at", "offer_expires_at"])
            tell(rsvp, event, "rsvp_offer", now, expires_at=rsvp.offer_expires_at, once=now.isoformat())


def take_seat(rsvp: Rsvp, event: Event, now: datetime, *, kind: str) -> None:
    rsvp.state, rsvp.offer_expires_at, rsvp.hold_expires_at = State.GOING, None, None
    rsvp.save(update_fields=["state", "is_reserved", "offer_expires_at", "hold_expires_at", "confirmed_at"])
    tell(rsvp, event, kind, now, once=now.isoformat() if kind == "rsvp_seated" else "")
