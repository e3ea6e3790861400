"""At the door: who came, who came without having signed up, and an arrival taken back."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from events.models import CheckIn, Event, Rsvp
from events.operations.base import RsvpRefused, Seats, State, is_invited, lock, offer_free_seats
from events.operations.rsvps import cancel_row
from people import operations as people_operations
from people.models import Person, User

AFTER_THE_END = timedelta(days=1)  # who came may be written down so long after the event
MOST_PEOPLE = 100


class CheckInRefused(RsvpRefused):
    """This arrival cannot be noted; the text says why."""


class NoSeatLeft(CheckInRefused):
    """All seats are taken; the organiser may let the people in all the same (`beyond_capacity`)."""


@transaction.atomic
def check_in(
    *,
    rsvp: Rsvp,
    key: UUID,
    by: User,
    now: datetime,
    at: datetime | None = None,
    people: int | None = None,
    beyond_capacity: bool = False,
) -> CheckIn:
    """Note that the people of a sign-up came, all of them or fewer (`people`), `at` a moment that may lie before `now`
    when a weak network kept the note.

    The same key gives the same row back, also one that was taken back since, so a note sent twice counts once; another
    key for somebody who is in gives the row that stands. Who holds no seat in this hall (waits, or meant to take part
    online) gets one now. Raises NoSeatLeft when none is free and the organiser did not say `beyond_capacity`,
    CheckInRefused when the event is cancelled, too far ahead or long over. Locks the event row.
    """
    event = lock(rsvp.event_id)
    at = min(at or now, now)
    row = Rsvp.objects.select_related("person").get(pk=rsvp.pk)
    if found := _noted(event, key, row.pk):
        return found
    _refuse_outside(event, at)
    if not row.is_active:
        raise CheckInRefused(_("This sign-up is cancelled. Let the person in as somebody who did not sign up."))
    if standing := row.check_ins.standing().first():
        return standing
    count = row.party_size if people is None else people
    if not 0 < count <= row.party_size:
        words = ngettext(
            "Only %(count)d person is on this sign-up. Let the others in as people who did not sign up.",
            "Only %(count)d people are on this sign-up. Let the others in as people who did not sign up.",
            row.party_size,
        )
        raise CheckInRefused(words % {"count": row.party_size})
    was = _seat(row, event, count, now, beyond_capacity)
    given = {"event": event, "rsvp": row, "key": key, "people": count, "at": at, "recorded_at": now, "by": by}
    found = CheckIn.objects.create(**given, was=was)
    _record(found, by, now, verb="check_in", beyond_capacity=beyond_capacity, person=row.person, was=was)
    if was:
        offer_free_seats(event, now)  # of who comes in instead of online
    return found


@transaction.atomic
def walk_in(
    *,
    event: Event,
    people: int,
    key: UUID,
    by: User,
    now: datetime,
    name: str = "",
    person: Person | None = None,
    at: datetime | None = None,
    beyond_capacity: bool = False,
) -> CheckIn:
    """Let people in who did not sign up. With a name somebody is entered by it alone and gets a sign-up with a number,
    as does a `person` whose sign-up was cancelled; without, only how many came is kept.

    Idempotent by key, and refused, as `check_in` is. Locks the event row.
    """
    event = lock(event.pk)
    at = min(at or now, now)
    if found := CheckIn.objects.filter(key=key).first():
        if found.event_id != event.pk:
            raise CheckInRefused(_("Look at the list again, and send it once more."))
        return found
    if person and (own := Rsvp.objects.filter(event=event, person=person).active().first()):
        few = min(people, own.party_size)
        return check_in(rsvp=own, key=key, by=by, now=now, at=at, people=few, beyond_capacity=beyond_capacity)
    _refuse_outside(event, at)
    if not 0 < people <= MOST_PEOPLE:
        raise CheckInRefused(_("Write how many came: from 1 to %(most)d.") % {"most": MOST_PEOPLE})
    seats = Seats(event)
    hall = str(seats.main)
    if people > seats.left(hall) and not beyond_capacity:
        raise NoSeatLeft(_no_seat(seats.left(hall)))
    row = None
    if person is None and name.strip():
        given, family = people_operations.split_name(name)
        person = people_operations.enter_person(given_name=given, family_name=family, by=by, now=now)
    if person:
        row = Rsvp.objects.create(
            event=event,
            person=person,
            number=seats.next_number,
            state=State.GOING,
            party_size=people,
            attending=hall,
            is_walk_in=True,
            wants_reminder=False,
            rsvped_at=at,
            confirmed_at=now,
            entered_by=by,
        )
    found = CheckIn.objects.create(event=event, rsvp=row, key=key, people=people, at=at, recorded_at=now, by=by)
    _record(found, by, now, verb="walk_in", beyond_capacity=beyond_capacity, person=person)
    return found


@transaction.atomic
def undo_check_in(*, check_in: CheckIn, by: User, now: datetime) -> CheckIn:
    """Take an arrival back: the sign-up is what it was before, and seats that this frees go to the queue. Who came
    without signing up was not there: the sign-up made at the door is cancelled.

    Taking it back twice changes nothing. Locks the event row.
    """
    event = lock(check_in.event_id)
    found = CheckIn.objects.select_related("rsvp__person").get(pk=check_in.pk)
    if found.undone_at:
        return found
    found.undone_at, found.undone_by = now, by
    found.save(update_fields=["undone_at", "undone_by"])
    row = found.rsvp
    if row and row.is_walk_in and row.is_active:
        cancel_row(row, now, Rsvp.CancelledFor.ORGANISER)
    elif row:
        _put_back(row, event, found.was)
    offer_free_seats(event, now)
    _record(found, by, now, verb="undo_check_in", person=row.person if row else None)
    return found


def _noted(event: Event, key: UUID, rsvp_id: int) -> CheckIn | None:
    found = CheckIn.objects.filter(key=key).first()
    if found and (found.event_id, found.rsvp_id) != (event.pk, rsvp_id):
        raise CheckInRefused(_("Look at the list again, and send it once more."))
    return found


def _refuse_outside(event: Event, at: datetime) -> None:
    """People come in around the event, and to one that takes place."""
    if event.cancelled_at:
        raise CheckInRefused(_("This event is cancelled."))
    if event.published_at is None:
        raise CheckInRefused(_("This event is not published yet."))
    if at < door_opens_at(event):
        words = ngettext(
            "It is too early: arrivals are noted from %(hours)d hour before the start.",
            "It is too early: arrivals are noted from %(hours)d hours before the start.",
            settings.CHECK_IN_HOURS,
        )
        raise CheckInRefused(words % {"hours": settings.CHECK_IN_HOURS})
    if at > event.ends_at + AFTER_THE_END:
        raise CheckInRefused(_("The event is long over: arrivals are no longer noted."))


def door_opens_at(event: Event) -> datetime:
    """From when arrivals are noted."""
    return event.starts_at - timedelta(hours=settings.CHECK_IN_HOURS)


def takes_arrivals_at(event: Event, now: datetime) -> bool:
    """Can arrivals be noted now? The twin of what the operations refuse."""
    is_on = event.published_at is not None and event.cancelled_at is None
    return is_on and door_opens_at(event) <= now <= event.ends_at + AFTER_THE_END


def _no_seat(left: int) -> str:
    if left <= 0:
        return _("All seats are taken.")
    return ngettext("Only %(left)d seat is free.", "Only %(left)d seats are free.", left) % {"left": left}


def _seat(row: Rsvp, event: Event, count: int, now: datetime, beyond_capacity: bool) -> dict[str, Any]:
    """Somebody who is here has a seat in this hall, or gets one; what the sign-up was before, where that changes.

    A seat that is held, or offered, is the person's own: nobody has to decide anything.
    """
    hall = str(event.main_attending)
    is_of_hall = row.attending == hall or event.format != Event.Format.HYBRID
    was = {"state": row.state, "attending": row.attending, "party_size": row.party_size}
    if row.state == State.GOING and is_of_hall:
        return {}
    if row.state not in Rsvp.TAKES_A_SEAT or not is_of_hall:
        seats = Seats(event)
        on_reserved = count <= seats.reserved_left and is_invited(event, row.person_id)
        if count > seats.left(hall) and not on_reserved and not beyond_capacity:
            raise NoSeatLeft(_no_seat(seats.left(hall)))
        row.is_reserved, row.party_size, row.attending = on_reserved, count, hall
    row.state, row.confirmed_at, row.network = State.GOING, row.confirmed_at or now, ""
    row.hold_expires_at = row.offer_expires_at = None
    row.save()
    return was


def _put_back(row: Rsvp, event: Event, was: dict[str, Any]) -> None:
    """Who got a seat only because of this arrival has it no more; `was` is what the sign-up was before, of `_seat`.

    An offer becomes a place in the queue, from which it is offered anew; a hold stays a seat: the organiser met its
    person.
    """
    if not was or row.state != State.GOING:
        return
    seats = Seats(event)
    hall = was["attending"] if was["attending"] in seats.halls else str(seats.main)
    if was["state"] in (State.WAITING, State.OFFERED):
        row.state = State.WAITING
    elif hall == row.attending or was["party_size"] > seats.left(hall):
        return  # the seat online went to somebody else, or there are none any more: the one in the room stays
    row.attending, row.party_size, row.is_reserved = hall, was["party_size"], False
    row.save()


def _record(
    found: CheckIn, by: User, now: datetime, *, verb: str, person: Person | None, beyond_capacity=False, was=None
) -> None:
    details = {"check_in": found.pk, "people": found.people}
    details |= {"rsvp": found.rsvp_id} if found.rsvp_id else {}
    details |= {"beyond_capacity": True} if beyond_capacity else {}
    details |= {"was": was} if was else {}
    people_operations.record(by=by, verb=verb, target=found.event, now=now, on_behalf_of=person, details=details)


# --- the numbers ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Attendance:
    """People, not sign-ups. `came` counts everybody who is in, the `walk_ins` among them."""

    signed_up: int
    came: int
    walk_ins: int
    waiting: int


def attendance(event: Event) -> Attendance:
    """How the event stands at the door. Two queries; names that were erased since change nothing of who came."""
    signed_up = Q(state__in=Rsvp.TAKES_A_SEAT, is_walk_in=False)
    waiting = Q(state=State.WAITING, confirmed_at__isnull=False)
    planned = Rsvp.objects.filter(event=event).aggregate(
        signed_up=Sum("party_size", filter=signed_up), waiting=Sum("party_size", filter=waiting)
    )
    unannounced = Q(rsvp=None) | Q(rsvp__is_walk_in=True)
    came = CheckIn.objects.filter(event=event).standing()
    seen = came.aggregate(came=Sum("people"), walk_ins=Sum("people", filter=unannounced))
    return Attendance(**{name: number or 0 for name, number in (planned | seen).items()})
