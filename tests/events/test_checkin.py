"""At the door: who came, who had not signed up, what is sent twice, what is taken back."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from events import operations
from events.models import CheckIn, Rsvp
from notices.models import Notice
from people.models import AuditEntry, Person
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def by():
    return factories.coordinator()


def happening(**fields):
    """An event that begins in half an hour."""
    return factories.event(**({"starts_at": timezone.now() + HOUR / 2} | fields))


def come(row, by, **fields):
    return operations.check_in(rsvp=row, **({"key": uuid4(), "by": by, "now": timezone.now()} | fields))


def walk(event, by, **fields):
    values = {"key": uuid4(), "by": by, "now": timezone.now(), "people": 1}
    return operations.walk_in(event=event, **(values | fields))


def undo(row, by, **fields):
    return operations.undo_check_in(check_in=row, **({"by": by, "now": timezone.now()} | fields))


def stands(row):
    return Rsvp.objects.values_list("state", "party_size", "attending").get(pk=row.pk)


# --- who signed up ----------------------------------------------------------------------------------------------------


def test_arrival_is_noted_with_its_moment_and_who_noted_it(by):
    row = factories.rsvp(happening(), party_size=3)
    now = timezone.now()
    found = come(row, by, now=now, at=now - timedelta(minutes=7))
    assert (found.rsvp, found.event, found.people, found.by) == (row, row.event, 3, by)
    assert (found.at, found.recorded_at) == (now - timedelta(minutes=7), now)
    entry = AuditEntry.objects.get(verb="check_in")
    assert (entry.by, entry.on_behalf_of, entry.details["rsvp"]) == (by, row.person, row.pk)
    assert not Notice.objects.exists()


def test_clock_of_a_phone_that_runs_ahead_notes_nothing_in_the_future(by):
    now = timezone.now()
    assert come(factories.rsvp(happening()), by, now=now, at=now + HOUR).at == now


def test_same_note_sent_twice_counts_once(by):
    row, key = factories.rsvp(happening()), uuid4()
    assert come(row, by, key=key) == come(row, by, key=key)
    assert CheckIn.objects.count() == AuditEntry.objects.filter(verb="check_in").count() == 1


def test_second_phone_is_given_the_arrival_that_stands(by):
    row = factories.rsvp(happening(), party_size=2)
    first = come(row, by, people=1)
    assert come(row, factories.coordinator(), people=2) == first
    assert CheckIn.objects.get().people == 1


def test_late_copy_of_a_note_that_was_taken_back_notes_nothing(by):
    row, key = factories.rsvp(happening()), uuid4()
    first = come(row, by, key=key)
    undo(first, by)
    assert come(row, by, key=key) == first
    assert not CheckIn.objects.standing().exists()
    come(row, by)
    assert CheckIn.objects.standing().count() == 1


def test_copy_of_a_note_is_answered_after_the_door_has_closed(by):
    row, key = factories.rsvp(happening()), uuid4()
    first = come(row, by, key=key)
    assert come(row, by, key=key, now=timezone.now() + 9 * DAY) == first


def test_key_of_one_sign_up_notes_no_other(by):
    event, key = happening(), uuid4()
    come(factories.rsvp(event), by, key=key)
    for refused in (
        lambda: come(factories.rsvp(event), by, key=key),
        lambda: walk(happening(), by, key=key),
    ):
        with pytest.raises(operations.CheckInRefused):
            refused()
    assert CheckIn.objects.count() == 1


def test_fewer_may_come_than_signed_up_and_no_more(by):
    row = factories.rsvp(happening(), party_size=2)
    for people in (0, 3):
        with pytest.raises(operations.CheckInRefused, match="Only 2 people are on this sign-up"):
            come(row, by, people=people)
    assert come(row, by, people=1).people == 1
    assert stands(row)[1] == 2  # the others may still come


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"cancelled_at": timezone.now()}, "cancelled"),
        ({"published": False}, "not published"),
        ({"starts_at": timezone.now() + 5 * HOUR}, "too early: arrivals are noted from 4 hours before"),
        ({"starts_at": timezone.now() - 27 * HOUR}, "long over"),
    ],
)
def test_nobody_comes_to_what_is_not_on(by, fields, said):
    row = factories.rsvp(factories.event(**fields))
    assert not operations.takes_arrivals_at(row.event, timezone.now())
    for attempt in (lambda: come(row, by), lambda: walk(row.event, by), lambda: walk(row.event, by, name="Jānis")):
        with pytest.raises(operations.CheckInRefused, match=said):
            attempt()
    assert not CheckIn.objects.exists()
    assert Rsvp.objects.count() == 1


def test_door_is_open_from_four_hours_before_until_a_day_after(by):
    event = factories.event()
    row = factories.rsvp(event)
    moments = {
        event.starts_at - 4 * HOUR: True,
        event.starts_at - 4 * HOUR - timedelta(seconds=1): False,
        event.ends_at + DAY: True,
        event.ends_at + DAY + timedelta(seconds=1): False,
    }
    for moment, is_open in moments.items():
        assert operations.takes_arrivals_at(event, moment) is is_open
        if is_open:
            undo(come(row, by, now=moment), by, now=moment)
        else:
            with pytest.raises(operations.CheckInRefused):
                come(row, by, now=moment)


def test_note_that_a_phone_kept_for_days_is_taken_for_its_own_moment(by):
    event = happening()
    late = event.ends_at + 3 * DAY
    assert come(factories.rsvp(event), by, now=late, at=event.starts_at).at == event.starts_at


# --- who has no seat --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["held", "offered"])
def test_seat_that_is_kept_for_somebody_is_theirs(by, state):
    event = happening(capacity=2)
    factories.rsvp(event)
    row = factories.rsvp(event, state=state)
    come(row, by)
    assert stands(row)[0] == "going"
    row.refresh_from_db()
    assert (row.hold_expires_at, row.offer_expires_at) == (None, None)


def test_who_waits_gets_a_free_seat_or_the_organiser_decides(by):
    event = happening(capacity=2)
    factories.rsvp(event)
    last, other = (factories.rsvp(event, state="waiting") for _n in range(2))
    come(last, by)
    with pytest.raises(operations.NoSeatLeft, match="All seats are taken"):
        come(other, by)
    assert stands(other)[0] == "waiting"
    come(other, by, beyond_capacity=True)
    assert stands(other)[0] == "going"
    assert AuditEntry.objects.filter(verb="check_in", details__beyond_capacity=True).count() == 1


def test_part_of_a_party_that_waits_takes_only_its_seats(by):
    event = happening(capacity=3)
    factories.rsvp(event, party_size=2)
    row = factories.rsvp(event, state="waiting", party_size=4)
    with pytest.raises(operations.NoSeatLeft, match="Only 1 seat is free"):
        come(row, by)
    found = come(row, by, people=1)
    assert stands(row)[:2] == ("going", 1)
    undo(found, by)
    assert stands(row)[:2] == ("waiting", 4)


def test_who_meant_to_be_online_needs_a_seat_in_the_room(by):
    event = happening(format="hybrid", capacity=1, online_capacity=5)
    factories.rsvp(event)
    row = factories.rsvp(event, attending="remote")
    with pytest.raises(operations.NoSeatLeft):
        come(row, by)
    found = come(row, by, beyond_capacity=True)
    assert stands(row) == ("going", 1, "in_person")
    undo(found, by)
    assert stands(row) == ("going", 1, "remote")


def test_seat_online_that_went_to_somebody_else_is_not_given_twice(by):
    event = happening(format="hybrid", capacity=5, online_capacity=1)
    row = factories.rsvp(event, attending="remote")
    found = come(row, by)
    other = factories.rsvp(event, attending="remote")
    undo(found, by)
    assert [stands(one)[2] for one in (row, other)] == ["in_person", "remote"]


def test_invited_person_who_waits_sits_on_a_reserved_seat(by):
    event = happening(capacity=2, reserved_seats=1)
    factories.rsvp(event)
    invited, other = (factories.rsvp(event, state="waiting") for _n in range(2))
    event.invitations.create(person=invited.person, invited_at=timezone.now())
    with pytest.raises(operations.NoSeatLeft):
        come(other, by)
    come(invited, by)
    assert Rsvp.objects.get(pk=invited.pk).is_reserved


def test_cancelled_sign_up_is_let_in_as_a_new_one_of_the_same_person(by):
    event = happening()
    row = factories.rsvp(event, state="cancelled")
    with pytest.raises(operations.CheckInRefused, match="This sign-up is cancelled"):
        come(row, by)
    found = walk(event, by, person=row.person)
    assert (found.rsvp.person, found.rsvp.number, found.rsvp.is_walk_in) == (row.person, 2, True)
    assert stands(row)[0] == "cancelled"


def test_person_with_a_seat_who_is_let_in_without_one_takes_their_own(by):
    event = happening()
    row = factories.rsvp(event, party_size=2)
    assert walk(event, by, person=row.person, people=5).rsvp == row
    assert Rsvp.objects.count() == 1
    assert CheckIn.objects.get().people == 2


# --- who had not signed up --------------------------------------------------------------------------------------------


def test_walk_in_with_a_name_has_a_number_and_no_address(by):
    event = happening()
    factories.rsvp(event)
    found = walk(event, by, name="  Anna Marija   Ozola ", people=2)
    row = found.rsvp
    assert (row.person.given_name, row.person.family_name) == ("Anna Marija", "Ozola")
    assert (row.number, row.state, row.party_size, row.is_walk_in, row.entered_by) == (2, "going", 2, True, by)
    assert not row.person.channels.exists()
    assert not Notice.objects.exists()
    verbs = AuditEntry.objects.filter(on_behalf_of=row.person).values_list("verb", flat=True)
    assert sorted(verbs) == ["enter_person", "walk_in"]


def test_walk_in_without_a_name_is_only_counted(by):
    event = happening()
    found = walk(event, by, people=3)
    assert (found.rsvp, found.people) == (None, 3)
    assert not Rsvp.objects.exists()


@pytest.mark.parametrize("name", ["", "Jānis Bērzs"])
def test_walk_in_sent_twice_is_one(by, name):
    event, key = happening(capacity=1), uuid4()
    before = Person.objects.count()
    assert walk(event, by, key=key, name=name) == walk(event, by, key=key, name=name)
    assert CheckIn.objects.count() == 1
    assert Person.objects.count() - before == bool(name)


@pytest.mark.parametrize("people", [0, -1, 101])
def test_walk_in_is_of_a_number_that_can_be(by, people):
    with pytest.raises(operations.CheckInRefused, match="from 1 to 100"):
        walk(happening(), by, people=people)


@pytest.mark.parametrize("name", ["", "Jānis Bērzs"])
def test_full_hall_takes_walk_ins_only_when_the_organiser_says_so(by, name):
    event = happening(capacity=3)
    factories.rsvp(event)
    with pytest.raises(operations.NoSeatLeft, match="Only 2 seats are free"):
        walk(event, by, people=3, name=name)
    walk(event, by, people=2, name=name)
    with pytest.raises(operations.NoSeatLeft, match="All seats are taken"):
        walk(event, by, name=name)
    assert not Person.objects.filter(given_name="Jānis").exclude(rsvps__event=event).exists()
    walk(event, by, name=name, beyond_capacity=True)
    assert operations.attendance(event).came == 3


def test_seat_of_somebody_without_a_name_is_not_given_away_again(by):
    event = happening(capacity=2, starts_at=timezone.now() + 3 * HOUR)
    waits = factories.rsvp(event, state="waiting", party_size=2)
    factories.rsvp(event)
    found = walk(event, by)
    late = operations.rsvp(event=event, person=factories.person(), by=None, now=timezone.now())
    assert (late.state, stands(waits)[0]) == ("waiting", "waiting")
    undo(found, by)
    assert stands(late)[0] == "offered"


# --- taken back -------------------------------------------------------------------------------------------------------


def test_arrival_taken_back_leaves_the_sign_up_as_it_was(by):
    row = factories.rsvp(happening())
    before = Rsvp.objects.values().get()
    found = come(row, by)
    undo(found, by)
    undo(found, by)
    assert Rsvp.objects.values().get() == before
    found.refresh_from_db()
    assert found.undone_by == by
    assert AuditEntry.objects.filter(verb="undo_check_in").count() == 1


@pytest.mark.parametrize("state", ["waiting", "offered"])
def test_who_got_a_seat_at_the_door_by_mistake_waits_again(by, state):
    event = happening(capacity=1, starts_at=timezone.now() - HOUR / 2)
    if state == "waiting":
        factories.rsvp(event)
    row = factories.rsvp(event, state=state)
    undo(come(row, by, beyond_capacity=True), by)
    assert stands(row)[0] == "waiting"


def test_arrival_taken_back_needs_no_audit_log(by):
    event = happening(capacity=1, starts_at=timezone.now() - HOUR / 2)
    factories.rsvp(event)
    row = factories.rsvp(event, state="waiting")
    found = come(row, by, beyond_capacity=True)
    AuditEntry.objects.all().delete()  # it is kept for a while only
    undo(found, by)
    assert stands(row)[0] == "waiting"


def test_offer_that_was_taken_at_the_door_by_mistake_is_made_anew_before_the_start(by):
    event = happening(capacity=1)
    row = factories.rsvp(event, state="offered")
    undo(come(row, by), by)
    assert stands(row)[0] == "offered"


@pytest.mark.parametrize("name", ["", "Jānis Bērzs"])
def test_walk_in_taken_back_gives_the_seats_to_the_queue(by, name):
    event = happening(capacity=2)
    found = walk(event, by, people=2, name=name)
    waits = factories.rsvp(event, state="waiting", party_size=2)
    undo(found, by)
    assert stands(waits)[0] == "offered"
    assert not Rsvp.objects.filter(is_walk_in=True, state="going").exists()
    assert operations.attendance(event).came == 0


def test_sign_up_of_who_is_in_is_not_cancelled(by):
    row = factories.rsvp(happening())
    come(row, by)
    with pytest.raises(operations.RsvpRefused, match="already in"):
        operations.cancel_rsvp(rsvp=row, by=by, now=timezone.now())


# --- the numbers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_numbers_count_people_in_two_queries(by, rows, django_assert_num_queries):
    event = happening(capacity=4)
    other = happening()
    come(factories.rsvp(other), by)
    for _n in range(rows):
        came, _absent = factories.rsvp(event, party_size=3), factories.rsvp(event)
        come(came, by, people=2)
        factories.rsvp(event, state="waiting", party_size=2)
        factories.rsvp(event, state="waiting", confirmed_at=None, hold_expires_at=timezone.now() + HOUR)
        factories.rsvp(event, state="cancelled")
        walk(event, by, people=2, name="Jānis Bērzs", beyond_capacity=True)
        walk(event, by, people=1, beyond_capacity=True)
        undo(walk(event, by, people=1, beyond_capacity=True), by)
    with django_assert_num_queries(2):
        numbers = operations.attendance(event)
    assert numbers == operations.Attendance(signed_up=4 * rows, came=5 * rows, walk_ins=3 * rows, waiting=2 * rows)


def test_numbers_of_an_event_nobody_came_to_are_nought():
    assert operations.attendance(happening()) == operations.Attendance(0, 0, 0, 0)


def test_seat_online_of_somebody_who_came_into_the_room_is_offered_on(by):
    event = happening(format="hybrid", capacity=5, online_capacity=1)
    mine = factories.rsvp(event, attending="remote")
    waiting = factories.rsvp(event, attending="remote", state="waiting")
    come(mine, by)
    assert (stands(mine), stands(waiting)) == (("going", 1, "in_person"), ("offered", 1, "remote"))


def test_arrival_is_taken_back_after_the_event_became_one_hall(by):
    event = happening(format="hybrid", capacity=5, online_capacity=5)
    mine = factories.rsvp(event, attending="remote")
    found = come(mine, by)
    operations.change_event(event=event, by=by, now=timezone.now(), format="in_person")
    assert undo(found, by).undone_at
    assert stands(mine) == ("going", 1, "in_person")
