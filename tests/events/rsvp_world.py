"""What can be done with the sign-ups of one event, in any order, and what must be true after each act.

`ACTS` is the table of acts with the values each may be given: tests/events/test_rsvp_machine.py draws from it one act
after the other, or lets many connections draw at the same time.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from events import operations
from events.models import CheckIn, Event, Invitation, Rsvp
from events.operations import EventRefused, RsvpRefused
from notices.models import Notice
from people.models import Person, User
from tests import factories

State = Rsvp.State
Reason = Rsvp.CancelledFor
REFUSALS = (RsvpRefused, EventRefused)

HALLS = ("in_person", "remote")
PEOPLE = 6
ADDRESSES = ("v0@example.org", "v1@example.org", "v2@example.org", "pazistams@example.org")  # the last is known
WHICH = range(10)  # of the sign-ups, those that stand before those that are cancelled
PARTIES = (1, 1, 1, 2, 2, 3, 4)
SELDOM = (False,) * 9 + (True,)

ACTS: dict[str, dict[str, Sequence[Any]]] = {}


def act(**values: Sequence[Any]) -> Callable:
    def register(function: Callable) -> Callable:
        ACTS[function.__name__] = values
        return function

    return register


class World:
    """One event with its people. An act returns the sign-up it was about, or None where there was nothing to do."""

    def __init__(self, event_id: int, people: list[Person], officer: User, clock: Callable[[], datetime]) -> None:
        self.event = Event.objects.get(pk=event_id)  # for its key: what it holds grows old
        self.people = people
        self.officer = officer
        self.clock = clock

    @classmethod
    def make(cls, clock: Callable[[], datetime], ahead: timedelta, **fields: Any) -> "World":
        """An event so far ahead, people with an account, one of them with an address that guests also write."""
        people = [factories.person() for _n in range(PEOPLE - 1)]
        people.append(factories.person(email=ADDRESSES[-1]))
        event = factories.event(starts_at=clock() + ahead, **fields)
        return cls(event.pk, people, factories.coordinator(), clock)

    def _row(self, which: int) -> Rsvp | None:
        rows = list(Rsvp.objects.filter(event=self.event).order_by("number"))
        rows.sort(key=lambda row: row.state == State.CANCELLED)
        return rows[which % len(rows)] if rows else None

    # --- what residents do

    @act(who=range(PEOPLE), party=PARTIES, hall=HALLS, at_once=(False, True))
    def sign_up(self, who: int, party: int, hall: str, at_once: bool) -> Rsvp | None:
        return operations.rsvp(
            event=self.event,
            person=self.people[who],
            party_size=party,
            attending=hall,
            seat_at_once=at_once,
            by=None,
            now=self.clock(),
        )

    @act(who=range(len(ADDRESSES)), party=PARTIES, hall=HALLS, at_once=(False, True))
    def guest(self, who: int, party: int, hall: str, at_once: bool) -> Rsvp | None:
        return operations.rsvp_as_guest(
            event=self.event,
            name="Jānis Bērziņš",
            email=ADDRESSES[who],
            network="",
            language="lv",
            party_size=party,
            attending=hall,
            seat_at_once=at_once,
            now=self.clock(),
        )

    @act(which=WHICH)
    def confirm(self, which: int) -> Rsvp | None:
        row = self._row(which)
        return row and operations.confirm_rsvp(rsvp=row, now=self.clock())

    @act(which=WHICH)
    def accept(self, which: int) -> Rsvp | None:
        row = self._row(which)
        return row and operations.accept_offer(rsvp=row, now=self.clock())

    @act(which=WHICH)
    def cancel(self, which: int) -> Rsvp | None:
        row = self._row(which)
        return row and operations.cancel_rsvp(rsvp=row, by=None, now=self.clock())

    @act(which=WHICH, party=PARTIES)
    def change_party(self, which: int, party: int) -> Rsvp | None:
        row = self._row(which)
        return row and operations.change_rsvp(rsvp=row, by=None, now=self.clock(), party_size=party)

    @act(which=WHICH, hall=HALLS)
    def change_hall(self, which: int, hall: str) -> Rsvp | None:
        row = self._row(which)
        return row and operations.change_rsvp(rsvp=row, by=None, now=self.clock(), attending=hall)

    # --- what the organiser does

    @act(who=range(PEOPLE), party=PARTIES, hall=HALLS, beyond=(False, False, True))
    def enter(self, who: int, party: int, hall: str, beyond: bool) -> Rsvp | None:
        return operations.rsvp(
            event=self.event,
            person=self.people[who],
            party_size=party,
            attending=hall,
            beyond_capacity=beyond,
            by=self.officer,
            now=self.clock(),
        )

    @act(which=WHICH)
    def cancel_for(self, which: int) -> Rsvp | None:
        row = self._row(which)
        reason = Reason.ORGANISER
        return row and operations.cancel_rsvp(rsvp=row, by=self.officer, now=self.clock(), reason=reason)

    def _change(self, **values: Any) -> None:
        operations.change_event(event=self.event, by=self.officer, now=self.clock(), **values)

    @act(capacity=(1, 2, 3, 4, 5, 6, 8, None))
    def change_seats(self, capacity: int | None) -> None:
        self._change(capacity=capacity)

    @act(capacity=(1, 2, 3, 4, 6, None))
    def change_seats_online(self, capacity: int | None) -> None:
        self._change(online_capacity=capacity)

    @act(count=(0, 1, 2, 3, 4))
    def change_reserved(self, count: int) -> None:
        self._change(reserved_seats=count)

    @act(form=("in_person", "remote", "hybrid", "hybrid"))
    def change_format(self, form: str) -> None:
        self._change(format=form)

    @act(is_closed=(False, True))
    def close_sign_up(self, is_closed: bool) -> None:
        now = self.clock()
        self._change(rsvps_close_at=min(now, Event.objects.get(pk=self.event.pk).starts_at) if is_closed else None)

    @act(who=range(PEOPLE))
    def invite(self, who: int) -> None:
        operations.invite(event=self.event, persons=[self.people[who]], by=self.officer, now=self.clock())

    @act(who=range(PEOPLE))
    def withdraw_invitation(self, who: int) -> None:
        if invitation := Invitation.objects.filter(event=self.event, person=self.people[who]).first():
            operations.withdraw_invitation(invitation=invitation, by=self.officer, now=self.clock())

    @act(is_sure=SELDOM)
    def cancel_event(self, is_sure: bool) -> None:
        if is_sure:
            operations.cancel_event(event=self.event, by=self.officer, now=self.clock())

    # --- at the door

    @act(which=WHICH, people=(None, None, 1), beyond=(False, False, True))
    def check_in(self, which: int, people: int | None, beyond: bool) -> Rsvp | None:
        row = self._row(which)
        if row is None:
            return None
        found = operations.check_in(
            rsvp=row, key=uuid4(), people=people, by=self.officer, now=self.clock(), beyond_capacity=beyond
        )
        return found.rsvp

    @act(name=("", "Zane Liepa"), people=(1, 2), beyond=(False, False, True))
    def walk_in(self, name: str, people: int, beyond: bool) -> Rsvp | None:
        found = operations.walk_in(
            event=self.event,
            name=name,
            people=people,
            key=uuid4(),
            by=self.officer,
            now=self.clock(),
            beyond_capacity=beyond,
        )
        return found.rsvp

    @act(nth=range(6))
    def undo_check_in(self, nth: int) -> Rsvp | None:
        found = list(CheckIn.objects.filter(event=self.event).order_by("pk"))
        if not found:
            return None
        return operations.undo_check_in(check_in=found[-1 - nth % len(found)], by=self.officer, now=self.clock()).rsvp

    # --- what the portal does by itself

    @act()
    def sweep(self) -> None:
        operations.expire(now=self.clock())

    @act()
    def remind(self) -> None:
        operations.plan_reminders(now=self.clock())

    @act()
    def hand_over(self) -> None:
        """As a worker leaves the ledger."""
        now = self.clock()
        about = operations.about(self.event)
        Notice.objects.due(now).filter(about=about).update(handed_at=now, sent_at=now, closed_at=now)


# --- what must be true ------------------------------------------------------------------------------------------------


def seats_of(event: Event) -> dict[str, int | None]:
    """The halls with the seats anybody may take in each, said anew: not as the portal's own code has it."""
    in_main = None if event.capacity is None else event.capacity - event.reserved_seats
    if event.format == "hybrid":
        return {"in_person": in_main, "remote": event.online_capacity}
    return {"remote" if event.format == "remote" else "in_person": in_main}


def takes_a_seat(row: Rsvp) -> bool:
    return row.state in ("held", "going", "offered")


def waits(row: Rsvp) -> bool:
    return row.state == "waiting" and row.confirmed_at is not None


def unnamed(arrivals: Iterable[CheckIn]) -> int:
    """How many are in of whom nothing is known but that they came: they sit in the main hall as well."""
    return sum(each.people for each in arrivals if each.rsvp_id is None and each.undone_at is None)


def taken_of(event: Event, rows: Iterable[Rsvp], arrivals: Iterable[CheckIn] = ()) -> dict[str, int]:
    taken = dict.fromkeys(seats_of(event), 0)
    taken[event.main_attending] += unnamed(arrivals)
    for row in rows:
        if takes_a_seat(row) and not row.is_reserved:
            taken[row.attending] += row.party_size
    return taken


def reserved_taken(rows: Iterable[Rsvp]) -> int:
    return sum(row.party_size for row in rows if takes_a_seat(row) and row.is_reserved)


def over_of(event: Event, rows: Iterable[Rsvp], arrivals: Iterable[CheckIn]) -> dict[str, int]:
    """How many people more than there are seats, by hall."""
    taken = taken_of(event, rows, arrivals)
    return {hall: max(taken[hall] - total, 0) if total is not None else 0 for hall, total in seats_of(event).items()}


def check_rows(rows: Sequence[Rsvp]) -> None:
    """Numbers without gaps, and nobody twice; `rows` are all of the event, by number."""
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    standing = Counter(row.person_id for row in rows if row.state != "cancelled")
    assert not [person for person, times in standing.items() if times > 1]


def check_counts(event: Event, rows: Sequence[Rsvp], arrivals: Sequence[CheckIn]) -> None:
    """What lists and pages say of the seats (`event` with `with_seats()`) is what the sign-ups say."""
    in_main = taken_of(event, rows)[event.main_attending] + reserved_taken(rows)
    online = taken_of(event, rows)["remote"] if event.format == "hybrid" else 0
    waiting = sum(row.party_size for row in rows if waits(row))
    kept = reserved_taken(rows) if event.reserved_seats else 0
    assert (event.seats_taken, event.online_taken, event.people_waiting) == (in_main, online, waiting)
    assert (event.reserved_taken, event.unnamed_in) == (kept, unnamed(arrivals))
    total, taken = seats_of(event)[event.main_attending], taken_of(event, rows, arrivals)[event.main_attending]
    assert event.seats_left == (None if total is None else max(total - taken, 0))


def check_nobody_waits_in_vain(
    event: Event, rows: Sequence[Rsvp], arrivals: Sequence[CheckIn], invited: set[int]
) -> None:
    """Nobody waits for whom the free seats would do."""
    totals, taken = seats_of(event), taken_of(event, rows, arrivals)
    kept = event.reserved_seats - reserved_taken(rows)
    for row in rows:
        if not waits(row):
            continue
        total = totals[row.attending]
        assert total is not None, f"{row.number} waits where there is no limit"
        assert row.party_size > total - taken[row.attending], f"{row.number} waits though seats are free"
        if row.person_id in invited and row.attending == event.main_attending:
            assert row.party_size > kept, f"{row.number} is invited and waits though reserved seats are free"


def check_order(rows: Sequence[Rsvp], seated: Iterable[Rsvp], event: Event, invited: set[int]) -> None:
    """Of those `seated` by the last act none has a seat that would have done for somebody who waits before them."""
    for row in seated:
        for other in rows:
            passed = other.number < row.number and waits(other) and other.attending == row.attending
            if passed and other.party_size <= row.party_size:
                assert row.is_reserved, f"{row.number} was seated before {other.number}"
                assert other.person_id not in invited, f"{row.number} got a reserved seat before {other.number}"


def check_door(event: Event, rows: Sequence[Rsvp], arrivals: Sequence[CheckIn]) -> None:
    """Who is in has a seat, and the numbers at the door are those of the arrivals."""
    by_pk = {row.pk: row for row in rows}
    in_now = [each for each in arrivals if each.undone_at is None]
    of_rows = [by_pk[each.rsvp_id] for each in in_now if each.rsvp_id]
    assert {row.state for row in of_rows} <= {"going"}
    assert len(of_rows) == len({row.pk for row in of_rows})
    unannounced = [each for each in in_now if each.rsvp_id is None or by_pk[each.rsvp_id].is_walk_in]
    said = operations.attendance(event)
    assert (said.came, said.walk_ins) == tuple(sum(each.people for each in some) for some in (in_now, unannounced))
    assert said.signed_up == sum(row.party_size for row in rows if takes_a_seat(row) and not row.is_walk_in)
    assert said.waiting == sum(row.party_size for row in rows if waits(row))


def check_ledger(rows: Iterable[Rsvp], notices: Iterable[Notice], arrivals: Iterable[CheckIn]) -> None:
    """For each sign-up the messages of what happened to it, each once, and none of what did not."""
    at_the_door = {each.rsvp_id for each in arrivals}
    told: dict[int, Counter[str]] = defaultdict(Counter)
    for notice in notices:
        if "rsvp" in notice.data and notice.kind != "rsvp_exists":
            told[notice.data["rsvp"]][notice.kind] += 1
    for row in rows:
        kinds = told.pop(row.pk, Counter())
        has = set(kinds)
        if row.pk in at_the_door:  # where nobody is written to; who is taken back may be offered a seat once more
            kinds.pop("rsvp_offer", None)
        assert not [kind for kind, times in kinds.items() if times > 1], (row.number, kinds)
        if row.pk in at_the_door:
            continue
        seated, queued = has & {"rsvp_confirmed", "rsvp_seated"}, "rsvp_waiting" in has
        assert ("rsvp_offer" in has) == (row.offered_at is not None), (row.number, has)
        assert queued or "rsvp_offer" not in has
        assert queued or "rsvp_seated" not in has
        assert ("offer_lapsed" in has) <= (row.cancelled_for == Reason.LAPSED)
        assert ("hold_lapsed" in has) <= (row.cancelled_for == Reason.UNCONFIRMED)
        assert ("rsvp_cancelled" in has) == (row.cancelled_for == Reason.ORGANISER)
        if row.confirmed_at is None:
            assert has - {"hold_lapsed", "rsvp_cancelled"} == {"rsvp_confirm"}, (row.number, has)
        elif row.state == State.GOING:
            assert len(seated) == 1, (row.number, has)
        elif row.state in (State.WAITING, State.OFFERED) or row.cancelled_for in (Reason.DECLINED, Reason.LAPSED):
            assert queued, (row.number, has)
            assert not seated, (row.number, has)
        else:
            assert seated or queued, (row.number, has)
    assert not told, "messages about sign-ups that are not there"
