"""Everything that can be done with the sign-ups of an event, in any order, and the rules that hold after each act."""

import itertools
import random
import threading
import time
from collections import Counter
from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from events import operations
from events.models import CheckIn, Event, Invitation, Rsvp
from notices import operations as notices
from notices.models import Notice
from tests.events import rsvp_world as world
from tests.events.rsvp_world import ACTS, REFUSALS, World

MINUTE = timedelta(minutes=1)

# What a sign-up is told on its way from one standing to another; what is not here must not happen.
TOLD = {
    ("", "held"): ["rsvp_confirm"],
    ("", "unproved"): ["rsvp_confirm"],
    ("", "going"): ["rsvp_confirmed"],
    ("", "waiting"): ["rsvp_waiting"],
    ("held", "going"): ["rsvp_confirmed"],
    ("unproved", "waiting"): ["rsvp_waiting"],
    ("unproved", "offered"): ["rsvp_waiting", "rsvp_offer"],
    ("unproved", "going"): ["rsvp_waiting", "rsvp_seated"],
    ("waiting", "offered"): ["rsvp_offer"],
    ("waiting", "going"): ["rsvp_seated"],
    ("offered", "going"): ["rsvp_confirmed"],
}
TOLD_WHEN_CANCELLED = {"organiser": ["rsvp_cancelled"], "unconfirmed": ["hold_lapsed"], "lapsed": ["offer_lapsed"]}
# Acts that cancel what they are about; the sweep cancels what has run out.
CANCELS = {"cancel", "cancel_for", "confirm"}
# At the door nobody is written to; who is taken back waits again, or is offered the seat again.
AT_THE_DOOR = {
    ("", "going"): [],
    ("held", "going"): [],
    ("unproved", "going"): [],
    ("waiting", "going"): [],
    ("offered", "going"): [],
}
TAKEN_BACK = {("going", "waiting"): [], ("going", "offered"): ["rsvp_offer"], ("going", "cancelled"): []}


def standing(row: Rsvp | None) -> str:
    if row is None:
        return ""
    return "unproved" if row.state == "waiting" and not row.confirmed_at else row.state


class Facts:
    """All that is known of the event at one moment, in five queries."""

    def __init__(self, event_id: int) -> None:
        self.event = Event.objects.with_seats().get(pk=event_id)
        self.rows = list(Rsvp.objects.filter(event=event_id).order_by("number"))
        self.by_pk = {row.pk: row for row in self.rows}
        self.invited = set(Invitation.objects.filter(event=event_id).values_list("person_id", flat=True))
        self.arrivals = list(CheckIn.objects.filter(event=event_id))
        self.notices = {notice.pk: notice for notice in Notice.objects.filter(about=operations.about(self.event))}

    def upcoming(self, now) -> bool:
        return self.event.cancelled_at is None and now < self.event.starts_at

    def standing_people(self) -> set[int]:
        return {row.person_id for row in self.rows if row.state != "cancelled"}


class Machine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.now = timezone.now()
        self.is_sound = False

    def teardown(self) -> None:
        """However far the acts went, at last the event begins; after a failed act nothing more is asked."""
        try:
            if self.is_sound:
                self.now = max(self.now, self.known.event.starts_at)
                self.act("sweep", {})
        finally:
            transaction.set_rollback(True)
            self.undo.__exit__(None, None, None)

    @initialize(
        ahead=st.sampled_from([72, 2]),
        form=st.sampled_from(["in_person", "remote", "hybrid", "hybrid"]),
        capacity=st.sampled_from([1, 2, 2, 3, 3, 4, None]),
        online=st.sampled_from([1, 1, 2, None]),
        reserved=st.sampled_from([0, 0, 0, 1, 2]),
        crowd=st.lists(st.tuples(*map(st.sampled_from, ACTS["sign_up"].values())), min_size=4, max_size=8),
    )
    def begin(self, ahead, form, capacity, online, reserved, crowd):
        self.world = World.make(
            lambda: self.now,
            timedelta(hours=ahead),
            format=form,
            capacity=capacity,
            online_capacity=online,
            reserved_seats=min(reserved, capacity or 0),
        )
        self.known = self.previous = Facts(self.world.event.pk)
        for values in crowd:
            self.act("sign_up", dict(zip(ACTS["sign_up"], values, strict=True)))

    @rule(share=st.sampled_from([0.1, 0.3, 0.5]))
    def time_passes(self, share):
        """A part of what is left, so that much is done shortly before the start."""
        self.now += max((self.known.event.starts_at - self.now) * share, MINUTE)

    @rule(minutes=st.sampled_from([-180, -90, -30, 30]))
    def the_door_opens(self, minutes):
        self.now = max(self.now, self.known.event.starts_at + minutes * MINUTE)

    def act(self, name, values):
        self.now += timedelta(seconds=1)
        self.is_sound = False
        before = self.previous = self.known
        row, refused = None, False
        aimed = self.world._row(values["which"]) if "which" in values else None
        try:
            row = getattr(self.world, name)(**values)
        except REFUSALS:
            refused = True
        after = self.known = Facts(self.world.event.pk)
        if refused:
            self.check_refused(name, values, aimed, before, after)
        else:
            self.check(name, values, row if aimed is None else aimed, before, after)
        self.is_sound = True

    def check_refused(self, name, values, aimed, before, after):
        assert after.notices.keys() == before.notices.keys()
        assert [vars_of(row) for row in after.rows] == [vars_of(row) for row in before.rows]
        if not before.upcoming(self.now):
            return
        assert name not in ("sweep", "remind", "hand_over", "invite", "withdraw_invitation", "cancel_event")
        assert name != "undo_check_in"
        if aimed is not None:
            gives_back = name == "change_party" and world.takes_a_seat(aimed) and values["party"] <= aimed.party_size
            is_in = any(each.rsvp_id == aimed.pk and each.undone_at is None for each in before.arrivals)
            assert is_in or name not in ("cancel", "cancel_for"), "who may not go"
            assert not (name == "accept" and aimed.state == "offered" and aimed.offer_expires_at > self.now)
            assert not gives_back

    def check(self, name, values, target, before, after):
        event, rows = after.event, after.rows
        world.check_rows(rows)
        world.check_counts(event, rows, after.arrivals)
        world.check_door(event, rows, after.arrivals)
        self.check_seats(name, values, target, before, after)
        if after.upcoming(self.now):
            world.check_nobody_waits_in_vain(event, rows, after.arrivals, after.invited)
        seated = []
        told = Counter()
        for row in rows:
            was = before.by_pk.get(row.pk)
            self.check_row(name, row, was, target)
            way = (standing(was), standing(row))
            if way[0] != way[1]:
                kinds = self.told_on(name, way, row, target, event)
                told.update((row.pk, kind) for kind in kinds)
                if row.state in ("going", "offered") and way[0] not in ("held", "offered"):
                    seated.append(row)
        assert before.by_pk.keys() <= after.by_pk.keys(), "somebody is lost"
        if not values.get("beyond") and after.upcoming(self.now):  # once it has begun, who is there comes in
            world.check_order(rows, seated, event, after.invited)
        self.check_messages(name, told, before, after)

    def check_seats(self, name, values, target, before, after):
        """More people than seats only where an organiser let them in."""
        let_in = 0
        if values.get("beyond"):
            let_in = after.by_pk[target.pk].party_size if target else values["people"] or 0
        were_over = world.over_of(before.event, before.rows, before.arrivals)
        for hall, over in world.over_of(after.event, after.rows, after.arrivals).items():
            is_same = before.event.format == after.event.format
            allowed = were_over[hall] if is_same else 0
            assert over <= allowed + let_in, f"{over} too many {hall}"
        assert world.reserved_taken(after.rows) <= after.event.reserved_seats

    def check_row(self, name, row, was, target):
        """A sign-up stays who and what it was, but for what the act was about."""
        if row.state == "offered":
            assert row.offered_at < row.offer_expires_at <= self.known.event.starts_at
        if was is None:
            assert name in ("sign_up", "guest", "enter", "confirm", "walk_in")
            return
        is_target = target is not None and target.pk == row.pk
        is_at_the_door = is_target and name in ("check_in", "undo_check_in")
        kept = ("number", "person_id", "token", "rsvped_at", "seat_at_once", "entered_by_id")
        assert [getattr(row, field) for field in kept] == [getattr(was, field) for field in kept]
        if row.party_size != was.party_size:
            assert is_at_the_door or (is_target and name == "change_party")
        if row.attending != was.attending:
            assert is_at_the_door or name == "change_format" or (is_target and name == "change_hall")
        if was.state == "cancelled":
            assert vars_of(row) == vars_of(was)

    def told_on(self, name, way, row, target, event):
        if name in ("check_in", "walk_in") and target is not None and row.pk == target.pk:
            return AT_THE_DOOR[way]
        if name == "undo_check_in" and target is not None and row.pk == target.pk:
            return TAKEN_BACK[way]
        if way[1] == "offered" or way == ("waiting", "going"):
            assert self.now < event.starts_at, "offered after the start"
            assert event.cancelled_at is None
        if way[1] != "cancelled":
            return TOLD[way]
        was = self.before_of(row)
        if name == "sweep":
            assert (was.hold_expires_at or was.offer_expires_at) <= self.now
        else:
            assert name in CANCELS
        if row.cancelled_for == "organiser" or (name == "sweep" and event.cancelled_at is None):
            return TOLD_WHEN_CANCELLED[row.cancelled_for]
        return []

    def before_of(self, row):
        return self.previous.by_pk[row.pk]

    def check_messages(self, name, told, before, after):
        new = [notice for pk, notice in after.notices.items() if pk not in before.notices]
        about_rows = Counter((notice.data["rsvp"], notice.kind) for notice in new if "rsvp" in notice.data)
        again = [key for key in about_rows if key[1] == "rsvp_exists"]
        assert len(again) <= (name == "guest")
        for key in again:
            del about_rows[key]
        if name == "undo_check_in":  # who is taken back and wants a seat without being asked may have it again at once
            for key in set(about_rows) - set(told):
                assert key[1] == "rsvp_seated"
                assert after.by_pk[key[0]].seat_at_once
                del about_rows[key]
        assert about_rows == told
        others = Counter(notice.kind for notice in new if "rsvp" not in notice.data)
        people = sorted(notice.person_id for notice in new if "rsvp" not in notice.data)
        if name == "cancel_event" and after.event.cancelled_at != before.event.cancelled_at:
            assert set(others) <= {"event_cancelled"}
            assert people == sorted(self.concerned(before))
            assert all(notice.closed_at for pk, notice in after.notices.items() if pk in before.notices)
        elif name == "change_format" and others:
            assert set(others) == {"event_moved"}
            assert people == sorted(self.concerned(before))
            assert after.event.format != before.event.format
        elif name == "remind":
            going = {row.person_id for row in after.rows if row.state == "going"}
            assert set(others) <= {"reminder"}
            assert after.upcoming(self.now) or not people
            assert len(set(people)) == len(people)
            assert set(people) <= going
        elif name == "invite":
            assert set(others) <= {"event_invited"}
            assert len(people) <= 1
        else:
            assert not others
        open_reminders = [notice for notice in after.notices.values() if notice.kind == "reminder"]
        stamps = Counter((n.person_id, n.data["stamp"]) for n in open_reminders if n.cancelled_at is None)
        assert set(stamps.values()) <= {1}
        world.check_ledger(after.rows, after.notices.values(), after.arrivals)

    def concerned(self, facts):
        heard = {n.person_id for n in facts.notices.values() if n.kind == "event_invited" and n.handed_at}
        return facts.standing_people() | heard


def vars_of(row):
    return {field.attname: getattr(row, field.attname) for field in Rsvp._meta.concrete_fields}


def _rule(name):
    def run(self, **values):
        self.act(name, values)

    run.__name__ = name
    return rule(**{key: st.sampled_from(given) for key, given in ACTS[name].items()})(run)


# All acts are as likely as each other; what fills the hall and what empties it comes more than once.
OFTEN = ["sign_up", "sign_up", "guest", "enter", "cancel", "cancel", "cancel", "confirm", "accept", "sweep"]
OFTEN += ["check_in", "check_in", "undo_check_in"]
for _n, _name in enumerate([*ACTS, *OFTEN]):
    setattr(Machine, f"{_name}_{_n}", _rule(_name))

EVERY_ORDER = settings(deadline=None, suppress_health_check=list(HealthCheck), stateful_step_count=40)


@pytest.mark.django_db
def test_any_order_of_acts_keeps_the_rules():
    run_state_machine_as_test(Machine, settings=settings(EVERY_ORDER, max_examples=30))


@pytest.mark.prove
@pytest.mark.databases
@pytest.mark.django_db
def test_any_long_order_of_acts_keeps_the_rules():
    run_state_machine_as_test(Machine, settings=settings(EVERY_ORDER, max_examples=60, stateful_step_count=60))


# --- at the same time -------------------------------------------------------------------------------------------------

HANDS, ACTS_EACH = 8, 40
# A worker hands over in its own way (below); nobody is let in beyond the seats, so that there are never too many.
NOT_BEYOND = {name: {"beyond": False} for name in ("enter", "check_in", "walk_in")}
AT_ONCE = sorted(set(ACTS) - {"hand_over", "cancel_event"})


@pytest.mark.prove
@pytest.mark.databases
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("seed", range(4))
def test_acts_of_many_at_the_same_time_keep_the_rules(seed, mail_folder):
    """Whatever chance does, the rules are kept; where it left little to look at, others act on another event."""
    for attempt in range(6):
        facts = _act_at_the_same_time(seed, attempt)
        if len(facts.rows) > 10 and {"going", "cancelled"} <= {row.state for row in facts.rows}:
            return
        call_command("flush", interactive=False, verbosity=0)
    pytest.fail("Chance left little to look at six times.")


def _act_at_the_same_time(seed: int, attempt: int) -> Facts:
    """Eight connections act on one event while a ninth sends its mails. One is called off at the end, and of every
    second one the door opens, and the event begins, meanwhile."""
    begin, ticks = timezone.now(), itertools.count()
    moments = [begin]

    def clock():
        moments.append(begin + 10 * MINUTE * next(ticks))
        return moments[-1]

    ahead = timedelta(hours=40 if seed % 2 else 100)
    crowd = World.make(clock, ahead, format="hybrid", capacity=6, online_capacity=3, reserved_seats=1)
    start, over, failed = threading.Barrier(HANDS + 1), threading.Event(), []

    def act_at_random(chance):
        for _n in range(ACTS_EACH):
            name = chance.choice(AT_ONCE)
            values = {key: chance.choice(given) for key, given in ACTS[name].items()} | NOT_BEYOND.get(name, {})
            with suppress(*REFUSALS):
                getattr(crowd, name)(**values)

    def send():
        while not over.is_set():
            notices.deliver(now=moments[-1])
            time.sleep(0.02)

    def run(work, *given):
        try:
            start.wait()
            work(*given)
        except Exception as error:  # a deadlock, a lock waited for in vain, a broken constraint
            failed.append(error)
        finally:
            connection.close()

    hands = [
        threading.Thread(target=run, args=[act_at_random, random.Random(f"{seed} {attempt} {n}")]) for n in range(HANDS)
    ]
    worker = threading.Thread(target=run, args=[send])
    for thread in [worker, *hands]:
        thread.start()
    for thread in hands:
        thread.join()
    over.set()
    worker.join()
    assert failed == []
    if seed == 0:
        crowd.cancel_event(is_sure=True)
    facts = Facts(crowd.event.pk)
    world.check_rows(facts.rows)
    world.check_counts(facts.event, facts.rows, facts.arrivals)
    world.check_door(facts.event, facts.rows, facts.arrivals)
    assert not facts.arrivals or moments[-1] >= operations.door_opens_at(facts.event)
    world.check_ledger(facts.rows, facts.notices.values(), facts.arrivals)
    assert set(world.over_of(facts.event, facts.rows, facts.arrivals).values()) == {0}
    assert world.reserved_taken(facts.rows) <= facts.event.reserved_seats
    if facts.event.cancelled_at:
        called_off = [notice.person_id for notice in facts.notices.values() if notice.kind == "event_cancelled"]
        assert facts.standing_people() <= set(called_off)
        assert len(called_off) == len(set(called_off))
    elif facts.upcoming(moments[-1]):
        world.check_nobody_waits_in_vain(facts.event, facts.rows, facts.arrivals, facts.invited)
    return facts
