"""Seats of several kinds: in the room and online, and those kept for invited people."""

from datetime import timedelta

import pytest
from django.utils import timezone

from events import operations
from events.models import Event, Invitation
from events.operations import EventRefused, RsvpRefused
from notices.models import Notice
from tests import factories

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
IN_ROOM, ONLINE = "in_person", "remote"
DAY = timedelta(days=1)


def coming(now, **fields):
    return factories.event(starts_at=now + 9 * DAY, **fields)


def sign_up(event, now, **options):
    person = options.pop("person", None) or factories.person()
    return operations.rsvp(event=event, person=person, by=None, now=now, **options)


def states(event):
    return [row.state for row in event.rsvps.order_by("number")]


def seen(event):
    return Event.objects.with_seats().get(pk=event.pk)


def test_room_and_online_fill_up_each_by_itself(now):
    event = coming(now, format="hybrid", capacity=1, online_capacity=2)
    for attending in (IN_ROOM, ONLINE, IN_ROOM, ONLINE, ONLINE):
        sign_up(event, now, attending=attending)
    assert states(event) == ["going", "going", "waiting", "going", "waiting"]
    row = seen(event)
    assert (row.seats_taken, row.seats_left, row.online_taken, row.online_left) == (1, 0, 2, 0)
    assert (row.is_room_full, row.is_full, row.people_coming, row.people_waiting) == (True, True, 3, 2)


def test_online_without_a_limit_never_queues(now):
    event = coming(now, format="hybrid", capacity=1)
    for _n in range(3):
        assert sign_up(event, now, attending=ONLINE).state == "going"
    assert not seen(event).is_full


def test_freed_seat_goes_to_the_queue_of_its_own_hall(now):
    event = coming(now, format="hybrid", capacity=1, online_capacity=1)
    rows = [sign_up(event, now, attending=hall) for hall in (IN_ROOM, ONLINE, IN_ROOM, ONLINE)]
    operations.cancel_rsvp(rsvp=rows[1], by=None, now=now)
    assert states(event) == ["going", "cancelled", "waiting", "offered"]


def test_raising_one_hall_offers_in_that_hall(now):
    event = coming(now, format="hybrid", capacity=1, online_capacity=1)
    for hall in (IN_ROOM, ONLINE, IN_ROOM, ONLINE):
        sign_up(event, now, attending=hall)
    operations.change_event(event=event, by=None, now=now, online_capacity=2)
    assert states(event) == ["going", "going", "waiting", "offered"]
    operations.change_event(event=event, by=None, now=now, capacity=2)
    assert states(event) == ["going", "going", "offered", "offered"]


def test_splitting_into_room_and_online_keeps_who_comes_in_the_room_and_offers_the_rest(now):
    event = coming(now, capacity=2)
    for _n in range(3):
        sign_up(event, now)
    operations.change_event(event=event, by=None, now=now, format="hybrid", online_capacity=1, capacity=3)
    assert states(event) == ["going", "going", "offered"]
    assert set(event.rsvps.values_list("attending", flat=True)) == {IN_ROOM}
    assert sign_up(event, now, attending=ONLINE).state == "going"


def test_hybrid_that_becomes_one_hall_must_have_seats_for_all(now):
    event = coming(now, format="hybrid", capacity=2, online_capacity=2)
    for hall in (IN_ROOM, IN_ROOM, ONLINE):
        sign_up(event, now, attending=hall)
    with pytest.raises(EventRefused, match="3 seats are already taken"):
        operations.change_event(event=event, by=None, now=now, format="in_person")
    assert set(event.rsvps.values_list("attending", flat=True)) == {IN_ROOM, ONLINE}
    operations.change_event(event=event, by=None, now=now, format="in_person", capacity=3)
    assert set(event.rsvps.values_list("attending", flat=True)) == {IN_ROOM}


def test_who_has_a_seat_moves_online_and_frees_the_one_in_the_room(now):
    event = coming(now, format="hybrid", capacity=1, online_capacity=1)
    mine, waiting = (sign_up(event, now, attending=IN_ROOM) for _n in range(2))
    operations.change_rsvp(rsvp=mine, attending=ONLINE, by=None, now=now)
    waiting.refresh_from_db()
    assert waiting.state == "offered"
    with pytest.raises(RsvpRefused, match="Only 0 seats are free there"):
        operations.change_rsvp(rsvp=mine, attending=IN_ROOM, by=None, now=now)


def test_party_larger_than_its_hall_is_refused_and_does_not_wait_for_ever(now):
    event = coming(now, format="hybrid", capacity=10, online_capacity=1, party_limit=4)
    with pytest.raises(RsvpRefused, match="only 1 seat of this kind"):
        sign_up(event, now, attending=ONLINE, party_size=2)


# --- reserved seats ---------------------------------------------------------------------------------------------------


def invite(event, person, now):
    operations.invite(event=event, persons=[person], by=None, now=now)
    return person


def test_reserved_seats_are_for_invited_people_only(now):
    event = coming(now, capacity=2, reserved_seats=1)
    guest = invite(event, factories.person(email="aicinata@example.org"), now)
    assert [sign_up(event, now).state for _n in range(2)] == ["going", "waiting"]
    mine = sign_up(event, now, person=guest)
    assert (mine.state, mine.is_reserved) == ("going", True)
    assert seen(event).seats_left == 0


def test_invited_people_may_sit_on_open_seats_too(now):
    event = coming(now, capacity=3, reserved_seats=1)
    guests = [invite(event, factories.person(email=f"a{n}@example.org"), now) for n in range(4)]
    rows = [sign_up(event, now, person=guest) for guest in guests]
    assert [(row.state, row.is_reserved) for row in rows] == [
        ("going", True), ("going", False), ("going", False), ("waiting", False),
    ]  # fmt: skip


def test_freed_reserved_seat_is_offered_to_the_first_invited_who_waits(now):
    event = coming(now, capacity=2, reserved_seats=1)
    guests = [invite(event, factories.person(email=f"a{n}@example.org"), now) for n in range(3)]
    first, _open_seat = (sign_up(event, now, person=guest) for guest in guests[:2])
    stranger = sign_up(event, now)
    waiting = sign_up(event, now, person=guests[2])
    operations.cancel_rsvp(rsvp=first, by=None, now=now)
    stranger.refresh_from_db()
    waiting.refresh_from_db()
    assert (stranger.state, waiting.state, waiting.is_reserved) == ("waiting", "offered", True)


def test_who_waits_and_is_invited_then_gets_the_reserved_seat(now):
    event = coming(now, capacity=2, reserved_seats=1)
    sign_up(event, now)
    person = factories.person(email="velak@example.org")
    waiting = sign_up(event, now, person=person)
    invite(event, person, now)
    waiting.refresh_from_db()
    assert waiting.state == "offered"


def test_fewer_reserved_seats_are_offered_to_all_who_wait(now):
    event = coming(now, capacity=3, reserved_seats=2)
    for _n in range(3):
        sign_up(event, now)
    assert states(event) == ["going", "waiting", "waiting"]
    operations.change_event(event=event, by=None, now=now, reserved_seats=1)
    assert states(event) == ["going", "offered", "waiting"]


def test_invited_people_keep_their_seats_when_fewer_are_reserved(now):
    event = coming(now, capacity=3, reserved_seats=2)
    for n in range(2):
        sign_up(event, now, person=invite(event, factories.person(email=f"a{n}@example.org"), now))
    operations.change_event(event=event, by=None, now=now, reserved_seats=1)
    assert [row.is_reserved for row in event.rsvps.order_by("number")] == [True, False]
    assert seen(event).seats_left == 1


def test_a_party_on_reserved_seats_keeps_them_while_no_open_ones_are_left_for_it(now):
    """Of two reserved seats with a party of two on them, one becomes open: the party would need both."""
    event, anna = coming(now, capacity=6, reserved_seats=2), factories.person("Anna Āre")
    factories.invitation(event, anna)
    assert operations.rsvp(event=event, person=anna, party_size=2, by=None, now=now).is_reserved
    for n in range(4):
        operations.rsvp(event=event, person=factories.person(f"Ļubova Nr{n}"), by=None, now=now)
    with pytest.raises(operations.EventRefused):
        operations.change_event(event=event, by=None, now=now, reserved_seats=1)
    assert event.rsvps.get(person=anna).is_reserved
    operations.change_event(event=event, by=None, now=now, reserved_seats=1, capacity=7)
    assert not event.rsvps.get(person=anna).is_reserved


def test_more_seats_cannot_be_reserved_than_are_free(now):
    event = coming(now, capacity=2)
    sign_up(event, now)
    sign_up(event, now)
    with pytest.raises(EventRefused, match="2 seats are already taken"):
        operations.change_event(event=event, by=None, now=now, reserved_seats=1)
    with pytest.raises(EventRefused, match="more reserved seats than seats"):
        operations.change_event(event=event, by=None, now=now, reserved_seats=3)


def test_nobody_else_signs_up_where_all_seats_are_kept(now):
    event = coming(now, capacity=1, reserved_seats=1)
    with pytest.raises(RsvpRefused, match="kept for invited people"):
        sign_up(event, now)


def test_party_of_an_invited_person_sits_together_or_waits(now):
    event = coming(now, capacity=6, reserved_seats=2, party_limit=4)
    guest = invite(event, factories.person(email="a@example.org"), now)
    for _n in range(2):
        sign_up(event, now)
    row = sign_up(event, now, person=guest, party_size=2)
    assert row.is_reserved
    with pytest.raises(RsvpRefused, match="Only 0 more seats are free"):
        operations.change_rsvp(rsvp=row, party_size=4, by=None, now=now)
    changed = operations.change_rsvp(rsvp=row, party_size=1, by=None, now=now)
    assert (changed.party_size, changed.is_reserved) == (1, True)


def test_invited_person_comes_over_from_online_to_a_reserved_seat(now):
    event = coming(now, format="hybrid", capacity=2, reserved_seats=1)
    guest = invite(event, factories.person(email="a@example.org"), now)
    sign_up(event, now)
    mine, stranger = sign_up(event, now, person=guest, attending=ONLINE), sign_up(event, now, attending=ONLINE)
    with pytest.raises(RsvpRefused, match="Only 0 seats are free there"):
        operations.change_rsvp(rsvp=stranger, attending=IN_ROOM, by=None, now=now)
    row = operations.change_rsvp(rsvp=mine, attending=IN_ROOM, by=None, now=now)
    assert (row.state, row.attending, row.is_reserved) == ("going", IN_ROOM, True)


def test_invitation_is_mailed_once_when_the_event_is_public(now, mailoutbox):
    event = factories.event(starts_at=now + 9 * DAY, published=False)
    person = invite(event, factories.person(email="aicinata@example.org"), now)
    assert not Notice.objects.exists()
    factories.follow(person, factories.neighbourhood())
    operations.publish_event(event=event, by=None, now=now)
    invite(event, person, now)
    assert list(Notice.objects.values_list("kind", flat=True)) == ["event_invited"]
    assert Invitation.objects.count() == 1


# --- when one may sign up ---------------------------------------------------------------------------------------------


def test_sign_up_opens_at_its_moment(now):
    event = coming(now, rsvps_open_at=now + DAY)
    with pytest.raises(RsvpRefused, match="has not opened yet"):
        sign_up(event, now)
    assert sign_up(event, now + DAY).state == "going"


def test_one_answer_on_whether_sign_up_is_open(now):
    for fields in ({}, {"rsvps_open_at": now}, {"rsvps_open_at": now + DAY}, {"rsvps_close_at": now}):
        coming(now, **fields)
    rows = Event.objects.with_sign_up(now)
    assert {row.pk: row.takes_rsvps_now for row in rows} == {row.pk: row.takes_rsvps_at(now) for row in rows}
    assert sorted(row.takes_rsvps_now for row in rows) == [False, False, True, True]


def test_organiser_enters_people_before_sign_up_opens_and_after_it_closed(now):
    by = factories.coordinator()
    for fields in ({"rsvps_open_at": now + DAY}, {"rsvps_close_at": now - DAY}):
        row = operations.rsvp(event=coming(now, **fields), person=factories.person(), by=by, now=now)
        assert (row.state, row.entered_by) == ("going", by)
    begun = factories.event(starts_at=now)
    with pytest.raises(RsvpRefused):
        operations.rsvp(event=begun, person=factories.person(), by=by, now=now)


def test_only_an_organiser_lets_in_more_than_there_are_seats(now):
    event, by = coming(now, capacity=1), factories.coordinator()
    sign_up(event, now)
    user = factories.user()
    own = operations.rsvp(event=event, person=user.person, by=user, now=now, beyond_capacity=True)
    assert own.state == "waiting"
    entered = operations.rsvp(event=event, person=factories.person(), by=by, now=now, beyond_capacity=True)
    assert entered.state == "going"
    operations.change_event(event=event, by=None, now=now, capacity=3)  # more than before, though more come than that
    own.refresh_from_db()
    assert own.state == "offered"


def test_party_gets_smaller_also_where_the_organiser_let_in_more_people_than_seats(now):
    event, by = coming(now, capacity=2, party_limit=4), factories.coordinator()
    sign_up(event, now, party_size=2)
    row = operations.rsvp(event=event, person=factories.person(), party_size=2, by=by, now=now, beyond_capacity=True)
    assert operations.change_rsvp(rsvp=row, party_size=1, by=None, now=now).party_size == 1
    with pytest.raises(RsvpRefused, match="Only 0 more seats are free"):
        operations.change_rsvp(rsvp=row, party_size=2, by=None, now=now)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"reserved_seats": 2, "capacity": 1}, "more reserved seats than seats"),
        ({"reserved_seats": 2, "capacity": None}, "more reserved seats than seats"),
        ({"online_capacity": 0}, "seats online empty"),
        ({"rsvps_open_at": timezone.now() + 30 * DAY}, "must open before it closes"),
    ],
)
def test_event_cannot_be(now, fields, sentence):
    with pytest.raises(EventRefused, match=sentence):
        operations.create_event(
            title="Saruna", starts_at=now + DAY, ends_at=now + 2 * DAY, by=None, now=now, publish=False, **fields
        )
