"""What happens to seats, queues and messages. The clock is always given; the ledger is read, not the mail."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from events import operations
from events.models import Event, EventChange, Rsvp
from events.operations import EventRefused, RsvpRefused
from notices import operations as notices
from notices.models import Notice
from people import operations as people
from people.models import AuditEntry, ContactChannel, Person
from tests import factories

pytestmark = pytest.mark.django_db
State = Rsvp.State
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


def upcoming(now, **fields):
    """A published event in two days with the given facts."""
    return factories.event(**({"starts_at": now + timedelta(days=2)} | fields))


def sign_up(event, now, person=None, **fields):
    return operations.rsvp(event=event, person=person or factories.person(), by=None, now=now, **fields)


def guest(event, now, email="viesis@example.org", **fields):
    values = {"name": "Jānis Bērziņš", "network": "192.0.2.0/24", "language": "lv"}
    return operations.rsvp_as_guest(event=event, email=email, now=now, **(values | fields))


def state(rsvp):
    rsvp.refresh_from_db()
    return rsvp.state


def kinds(**about):
    """Kinds of the open messages, with how many of each."""
    found = {}
    for kind in Notice.objects.open().filter(**about).values_list("kind", flat=True):
        found[kind] = found.get(kind, 0) + 1
    return found


def taken(event):
    return Event.objects.with_seats().get(pk=event.pk).seats_taken


# --- signing up -------------------------------------------------------------------------------------------------------


def test_rsvp_takes_a_seat_and_plans_one_confirmation(now):
    event = upcoming(now, capacity=10)
    person = factories.person()

    row = sign_up(event, now, person, party_size=3, question="Kur novietot velosipēdu?", wants_reminder=False)

    assert (row.state, row.number, row.party_size, row.confirmed_at) == (State.GOING, 1, 3, now)
    assert (row.question, row.wants_reminder, row.entered_by) == ("Kur novietot velosipēdu?", False, None)
    assert taken(event) == 3
    assert kinds(person=person) == {"rsvp_confirmed": 1}


def test_rsvp_twice_gives_the_same_row_and_no_second_message(now):
    event = upcoming(now)
    person = factories.person()

    first = sign_up(event, now, person)
    second = sign_up(event, now + HOUR, person, party_size=4)

    assert second.pk == first.pk
    assert second.party_size == 1
    assert kinds() == {"rsvp_confirmed": 1}


def test_rsvp_makes_four_statements(now):
    event = upcoming(now, capacity=5)
    person = factories.person()

    with CaptureQueriesContext(connection) as queries:
        sign_up(event, now, person)

    statements = [query["sql"] for query in queries if not query["sql"].startswith(("SAVEPOINT", "RELEASE"))]
    assert len(statements) == 4, statements


def test_rsvp_entered_for_somebody_is_audited(now):
    event = upcoming(now)
    coordinator = factories.coordinator()
    caller = factories.person("Ēriks Šķēle", phone="+371 20000000")

    row = operations.rsvp(event=event, person=caller, by=coordinator, now=now)

    assert row.entered_by == coordinator
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.by, entry.on_behalf_of) == ("rsvp", coordinator, caller)


def test_rsvp_of_oneself_is_not_audited(now):
    user = factories.user()

    row = operations.rsvp(event=upcoming(now), person=user.person, by=user, now=now)

    assert row.entered_by is None
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"cancelled": True}, "cancelled"),
        ({"published": False}, "not published"),
        ({"takes_rsvps": False}, "without signing up"),
        ({"closed": True}, "has closed"),
        ({"begun": True}, "has closed"),
    ],
)
def test_rsvp_is_refused_in_words(now, facts, word, english):
    event = upcoming(now, **{key: facts[key] for key in ("published", "takes_rsvps") if key in facts})
    if "cancelled" in facts:
        operations.cancel_event(event=event, by=None, now=now)
    if "closed" in facts:
        operations.change_event(event=event, by=None, now=now, rsvps_close_at=now)
    moment = event.starts_at if "begun" in facts else now

    with pytest.raises(RsvpRefused, match=word):
        sign_up(event, moment)

    assert not Rsvp.objects.exists()
    assert kinds() == {}


@pytest.mark.parametrize("party_size", [0, -1, 5])
def test_rsvp_refuses_a_party_out_of_limits(now, party_size):
    with pytest.raises(RsvpRefused):
        sign_up(upcoming(now, party_limit=4), now, party_size=party_size)


def test_rsvp_refuses_a_party_that_could_never_fit(now):
    with pytest.raises(RsvpRefused):
        sign_up(upcoming(now, capacity=2, party_limit=4), now, party_size=3)


@pytest.mark.parametrize(
    ("form", "asked", "attending"),
    [
        ("in_person", "remote", "in_person"),
        ("remote", "in_person", "remote"),
        ("hybrid", "remote", "remote"),
        ("hybrid", "", "in_person"),
    ],
)
def test_rsvp_attends_only_as_the_event_takes_place(now, form, asked, attending):
    assert sign_up(upcoming(now, format=form), now, attending=asked).attending == attending


def test_rsvp_beyond_the_seats_queues_by_number(now):
    event = upcoming(now, capacity=1)

    rows = [sign_up(event, now) for _ in range(3)]

    assert [(row.state, row.number) for row in rows] == [("going", 1), ("waiting", 2), ("waiting", 3)]
    assert list(event.rsvps.queue()) == rows[1:]
    assert kinds() == {"rsvp_confirmed": 1, "rsvp_waiting": 2}


def test_rsvp_without_limit_always_goes(now):
    event = upcoming(now, capacity=None)

    assert {sign_up(event, now).state for _ in range(5)} == {State.GOING}


def test_rsvp_does_not_pass_a_waiting_party_for_which_the_seats_would_do(now):
    """Two seats are free at the moment when both a party of two waits and somebody comes: the queue is first."""
    event = upcoming(now, capacity=3)
    factories.rsvp(event, now=now)
    factories.rsvp(event, state=State.WAITING, party_size=2, now=now)

    assert sign_up(event, now, party_size=1).state == State.WAITING


def test_rsvp_may_take_a_seat_that_is_too_small_for_everyone_waiting(now):
    event = upcoming(now, capacity=3)
    sign_up(event, now, party_size=2)
    big = sign_up(event, now, party_size=2)

    small = sign_up(event, now, party_size=1)

    assert big.state == State.WAITING
    assert small.state == State.GOING


def test_rsvp_after_cancelling_gets_a_new_number_at_the_end(now):
    event = upcoming(now, capacity=1)
    person = factories.person()
    first = sign_up(event, now, person)
    other = sign_up(event, now)
    operations.cancel_rsvp(rsvp=first, by=None, now=now)

    again = sign_up(event, now, person)

    assert again.pk != first.pk
    assert (again.number, again.state) == (3, State.WAITING)
    assert state(other) == State.OFFERED


# --- the queue --------------------------------------------------------------------------------------------------------


def test_cancelling_offers_the_seat_to_the_first_in_the_queue(now):
    event = upcoming(now, capacity=1, starts_at=now + timedelta(days=10))
    seated, first, second = (sign_up(event, now) for _ in range(3))

    operations.cancel_rsvp(rsvp=seated, by=None, now=now)

    assert (state(seated), seated.cancelled_for, seated.cancelled_at) == (State.CANCELLED, "self", now)
    assert (state(first), first.offered_at, first.offer_expires_at) == (State.OFFERED, now, now + 24 * HOUR)
    assert state(second) == State.WAITING
    assert taken(event) == 1  # an open offer counts as taken
    assert kinds(person=first.person) == {"rsvp_waiting": 1, "rsvp_offer": 1}
    assert Notice.objects.get(kind="rsvp_offer").expires_at == first.offer_expires_at


def test_cancelling_passes_over_a_party_that_does_not_fit(now):
    event = upcoming(now, capacity=3)
    one, two = sign_up(event, now), sign_up(event, now, party_size=2)
    big, small = sign_up(event, now, party_size=2), sign_up(event, now)

    operations.cancel_rsvp(rsvp=one, by=None, now=now)
    assert (state(big), state(small)) == (State.WAITING, State.OFFERED)

    operations.cancel_rsvp(rsvp=two, by=None, now=now)
    assert state(big) == State.OFFERED


def test_cancelling_twice_changes_nothing(now):
    event = upcoming(now, capacity=1)
    row, waiting = sign_up(event, now), sign_up(event, now)
    operations.cancel_rsvp(rsvp=row, by=None, now=now)

    operations.cancel_rsvp(rsvp=row, by=None, now=now + HOUR)

    row.refresh_from_db()
    assert row.cancelled_at == now
    assert state(waiting) == State.OFFERED
    assert Notice.objects.filter(kind="rsvp_offer").count() == 1


def test_cancelling_after_the_start_is_refused(now):
    event = upcoming(now)
    row = sign_up(event, now)

    with pytest.raises(RsvpRefused):
        operations.cancel_rsvp(rsvp=row, by=None, now=event.starts_at)

    assert state(row) == State.GOING


def test_cancelled_by_the_organiser_is_told_and_audited(now):
    event = upcoming(now)
    coordinator = factories.coordinator()
    row = sign_up(event, now)

    operations.cancel_rsvp(rsvp=row, by=coordinator, now=now, reason=Rsvp.CancelledFor.ORGANISER)

    assert kinds(kind="rsvp_cancelled") == {"rsvp_cancelled": 1}
    assert AuditEntry.objects.get().verb == "cancel_rsvp"


def test_seat_at_once_is_seated_without_asking(now):
    event = upcoming(now, capacity=1)
    seated = sign_up(event, now)
    row = sign_up(event, now, seat_at_once=True)

    operations.cancel_rsvp(rsvp=seated, by=None, now=now)

    assert state(row) == State.GOING
    assert kinds(person=row.person) == {"rsvp_waiting": 1, "rsvp_seated": 1}


@pytest.mark.parametrize(
    ("hours_to_start", "hours_offered"),
    [(24 * 30, 24), (96, 24), (48, 12), (8, 2), (2, 0.5), (1, 0.5), (0.25, 0.25)],
)
def test_offer_lasts_a_day_or_a_quarter_of_the_time_left_and_never_past_the_start(now, hours_to_start, hours_offered):
    event = Event(starts_at=now + hours_to_start * HOUR)

    assert operations.offer_end(event, now) == now + hours_offered * HOUR


def offered(now, **fields):
    """An event of one seat, which is offered to the first of two who wait."""
    event = upcoming(now, capacity=1, **fields)
    seated, first, second = (sign_up(event, now) for _ in range(3))
    operations.cancel_rsvp(rsvp=seated, by=None, now=now)
    first.refresh_from_db()
    return event, first, second


def test_accepting_an_offer_takes_the_seat(now):
    event, first, second = offered(now)

    operations.accept_offer(rsvp=first, now=now + HOUR)
    operations.accept_offer(rsvp=first, now=now + 2 * HOUR)

    assert (state(first), first.offer_expires_at) == (State.GOING, None)
    assert state(second) == State.WAITING
    assert taken(event) == 1
    assert kinds(person=first.person)["rsvp_confirmed"] == 1


def test_accepting_too_late_is_refused(now):
    _event, first, _second = offered(now)

    with pytest.raises(RsvpRefused):
        operations.accept_offer(rsvp=first, now=first.offer_expires_at)

    assert state(first) == State.OFFERED  # the sweep will pass it on


def test_accepting_without_an_offer_is_refused(now):
    _event, _first, second = offered(now)

    with pytest.raises(RsvpRefused):
        operations.accept_offer(rsvp=second, now=now)


def test_accepting_at_a_cancelled_event_is_refused(now):
    event, first, _second = offered(now)
    operations.cancel_event(event=event, by=None, now=now)

    with pytest.raises(RsvpRefused):
        operations.accept_offer(rsvp=first, now=now + MINUTE)

    assert kinds(kind="rsvp_confirmed") == {}


def test_declining_an_offer_passes_it_on(now):
    _event, first, second = offered(now)

    operations.cancel_rsvp(rsvp=first, by=None, now=now)

    assert (state(first), first.cancelled_for) == (State.CANCELLED, "declined")
    assert state(second) == State.OFFERED


def test_expired_offer_passes_on_and_is_told(now):
    _event, first, second = offered(now)
    assert operations.expire(now=first.offer_expires_at - MINUTE) == 0
    later = first.offer_expires_at

    assert operations.expire(now=later) == 1
    assert operations.expire(now=later) == 0

    assert (state(first), first.cancelled_for) == (State.CANCELLED, "lapsed")
    assert (state(second), second.offered_at) == (State.OFFERED, later)
    assert kinds(person=first.person)["offer_lapsed"] == 1


def test_nothing_is_offered_once_the_event_has_begun(now):
    event, first, second = offered(now)

    operations.expire(now=event.starts_at)

    assert state(first) == State.CANCELLED
    assert state(second) == State.WAITING


# --- changing a sign-up -----------------------------------------------------------------------------------------------


def change(row, now, by=None, **fields):
    return operations.change_rsvp(rsvp=row, by=by, now=now, **fields)


def test_smaller_party_frees_seats_for_the_queue(now):
    event = upcoming(now, capacity=4)
    row, waiting = sign_up(event, now, party_size=4), sign_up(event, now)

    change(row, now, party_size=3)

    assert state(waiting) == State.OFFERED
    assert taken(event) == 4


def test_larger_party_takes_free_seats_and_no_more(now):
    event = upcoming(now, capacity=4)
    row = sign_up(event, now)
    sign_up(event, now, party_size=2)

    assert change(row, now, party_size=2).party_size == 2
    with pytest.raises(RsvpRefused):
        change(row, now, party_size=3)

    assert taken(event) == 4


def test_larger_party_needs_open_sign_up(now):
    event = upcoming(now, rsvps_close_at=now + HOUR)
    row = sign_up(event, now, party_size=2)

    with pytest.raises(RsvpRefused):
        change(row, now + HOUR, party_size=3)

    assert change(row, now + HOUR, party_size=1).party_size == 1


def test_party_in_the_queue_changes_within_the_limit(now):
    event = upcoming(now, capacity=2, party_limit=3)
    sign_up(event, now, party_size=2)
    row = sign_up(event, now)

    assert change(row, now, party_size=2).party_size == 2
    with pytest.raises(RsvpRefused):
        change(row, now, party_size=3)


def test_smaller_party_in_the_queue_may_fit_now(now):
    event = upcoming(now, capacity=3)
    sign_up(event, now, party_size=2)
    row = sign_up(event, now, party_size=2)

    assert change(row, now, party_size=1).state == State.OFFERED


def test_change_writes_what_is_given_and_leaves_the_rest(now):
    event = upcoming(now, format="hybrid")
    row = sign_up(event, now, question="Vai būs tulks?")

    row = change(row, now, attending="remote", seat_at_once=True, wants_reminder=False)

    assert (row.attending, row.seat_at_once, row.wants_reminder) == ("remote", True, False)
    assert (row.question, row.party_size) == ("Vai būs tulks?", 1)


def test_change_is_refused_when_there_is_nothing_to_change(now):
    event = upcoming(now)
    row, gone = sign_up(event, now), sign_up(event, now)
    operations.cancel_rsvp(rsvp=gone, by=None, now=now)

    with pytest.raises(RsvpRefused):
        change(gone, now, party_size=2)
    with pytest.raises(RsvpRefused):
        change(row, event.starts_at, party_size=2)
    operations.cancel_event(event=event, by=None, now=now)
    with pytest.raises(RsvpRefused):
        change(row, now, party_size=2)


def test_change_for_somebody_is_audited(now):
    coordinator = factories.coordinator()
    row = sign_up(upcoming(now), now)

    change(row, now, by=coordinator, party_size=2)

    assert AuditEntry.objects.get().verb == "change_rsvp"


def test_affirming_is_for_those_who_go(now):
    event = upcoming(now, capacity=1)
    going, waiting = sign_up(event, now), sign_up(event, now)

    assert operations.affirm_rsvp(rsvp=going, now=now + HOUR).affirmed_at == now + HOUR
    with pytest.raises(RsvpRefused):
        operations.affirm_rsvp(rsvp=waiting, now=now)
    with pytest.raises(RsvpRefused):
        operations.affirm_rsvp(rsvp=going, now=event.ends_at)


# --- guests -----------------------------------------------------------------------------------------------------------


def test_guest_holds_a_seat_until_the_link_is_opened(now):
    event = upcoming(now, capacity=1)

    row = guest(event, now)

    assert (row.state, row.confirmed_at, row.hold_expires_at) == (State.HELD, None, now + 2 * HOUR)
    assert taken(event) == 1
    assert kinds() == {"rsvp_confirm": 1}
    assert Notice.objects.get().expires_at == row.hold_expires_at
    assert row.person.channels.get().confirmed_at is None
    assert sign_up(event, now).state == State.WAITING


def test_guest_hold_lasts_as_long_as_the_setting_says(now, settings):
    settings.HOLD_HOURS = 0.5

    assert guest(upcoming(now), now).hold_expires_at == now + HOUR / 2


def test_guest_hold_never_lasts_past_the_start(now):
    event = upcoming(now, starts_at=now + HOUR)

    assert guest(event, now).hold_expires_at == event.starts_at


def test_guest_confirms(now):
    event = upcoming(now, capacity=1)
    row = guest(event, now)

    confirmed = operations.confirm_rsvp(rsvp=row, now=now + HOUR)
    again = operations.confirm_rsvp(rsvp=row, now=now + 2 * HOUR)

    assert confirmed.pk == again.pk == row.pk
    assert (state(row), row.confirmed_at, row.hold_expires_at, row.network) == (State.GOING, now + HOUR, None, "")
    assert row.person.channels.get().confirmed_at == now + HOUR
    assert Notice.objects.filter(kind="rsvp_confirmed").count() == 1


def test_guest_hold_lapses_with_a_word_and_frees_the_seat(now):
    event = upcoming(now, capacity=1)
    row, waiting = guest(event, now), sign_up(event, now)

    assert operations.expire(now=now + 2 * HOUR) == 1

    assert (state(row), row.cancelled_for) == (State.CANCELLED, "unconfirmed")
    assert state(waiting) == State.OFFERED
    assert kinds(person=row.person)["hold_lapsed"] == 1


def test_guest_who_confirms_too_late_is_booked_anew_behind_the_queue(now):
    event = upcoming(now, capacity=1)
    row, waiting = guest(event, now), sign_up(event, now)

    fresh = operations.confirm_rsvp(rsvp=row, now=now + 3 * HOUR)

    assert fresh.pk != row.pk
    assert (fresh.state, fresh.number, fresh.confirmed_at) == (State.WAITING, 3, now + 3 * HOUR)
    assert state(row) == State.CANCELLED
    assert state(waiting) == State.OFFERED
    assert kinds(person=row.person)["rsvp_waiting"] == 1


def test_guest_who_confirms_after_the_sweep_gets_a_free_seat_again(now):
    event = upcoming(now, capacity=1)
    row = guest(event, now, party_size=1, question="Kur ieeja?")
    operations.expire(now=now + 2 * HOUR)

    fresh = operations.confirm_rsvp(rsvp=row, now=now + 3 * HOUR)

    assert (fresh.state, fresh.number, fresh.question) == (State.GOING, 2, "Kur ieeja?")


def test_guest_with_two_mails_confirms_the_newer_hold_with_either_link(now):
    event = upcoming(now)
    old = guest(event, now)
    operations.expire(now=now + 2 * HOUR)
    new = guest(event, now + 3 * HOUR)

    confirmed = operations.confirm_rsvp(rsvp=old, now=now + 4 * HOUR)

    assert confirmed.pk == new.pk
    assert confirmed.state == State.GOING


def test_guest_who_presses_twice_gets_one_mail_and_who_asks_again_another(now):
    event = upcoming(now)
    row = guest(event, now)

    assert guest(event, now + timedelta(seconds=2)).pk == row.pk
    assert kinds() == {"rsvp_confirm": 1}

    assert guest(event, now + timedelta(minutes=5)).pk == row.pk
    assert kinds() == {"rsvp_confirm": 1, "rsvp_exists": 1}


def test_guest_cannot_confirm_what_the_organiser_cancelled(now):
    event = upcoming(now)
    row = guest(event, now)
    operations.cancel_rsvp(rsvp=row, by=factories.coordinator(), now=now, reason=Rsvp.CancelledFor.ORGANISER)

    with pytest.raises(RsvpRefused):
        operations.confirm_rsvp(rsvp=row, now=now)

    assert event.rsvps.active().count() == 0


def test_guest_cannot_confirm_after_the_start(now):
    event = upcoming(now, starts_at=now + HOUR)
    row = guest(event, now)

    with pytest.raises(RsvpRefused):
        operations.confirm_rsvp(rsvp=row, now=event.starts_at)


def test_who_signs_up_by_name_confirms_the_guest_hold_of_the_same_person(now):
    """By log-in or by phone: the seat must not lapse because a link in a mail was not opened."""
    event = upcoming(now, capacity=2)
    held = guest(event, now)
    queued = guest(event, now, email="otrs@example.org", party_size=2)
    officer = factories.coordinator()

    row = operations.rsvp(event=event, person=held.person, by=officer, now=now)
    waiting = sign_up(event, now, queued.person)

    assert (row.pk, row.state, row.confirmed_at, row.network) == (held.pk, State.GOING, now, "")
    assert (waiting.pk, waiting.state, waiting.confirmed_at) == (queued.pk, State.WAITING, now)
    assert operations.expire(now=now + 3 * HOUR) == 0
    assert kinds(person=held.person) == {"rsvp_confirm": 1, "rsvp_confirmed": 1}
    assert kinds(person=queued.person) == {"rsvp_confirm": 1, "rsvp_waiting": 1}
    assert AuditEntry.objects.get(verb="rsvp").on_behalf_of == held.person
    assert not held.person.channels.get().confirmed_at, "nobody opened a link"
    sign_up(event, now, held.person)
    assert kinds(person=held.person) == {"rsvp_confirm": 1, "rsvp_confirmed": 1}


def test_link_of_somebody_who_was_forgotten_signs_nobody_up(now):
    event = upcoming(now)
    row = guest(event, now)
    operations.expire(now=now + 3 * HOUR)
    people.erase_person(person=row.person, by=None, now=now + 3 * HOUR)

    with pytest.raises(RsvpRefused):
        operations.confirm_rsvp(rsvp=row, now=now + 4 * HOUR)

    assert taken(event) == 0


def test_guest_in_the_queue_gets_no_offer_before_the_link_is_opened(now):
    event = upcoming(now, capacity=1)
    seated = sign_up(event, now)
    row = guest(event, now)
    assert (row.state, row.is_confirmed) == (State.WAITING, False)
    operations.cancel_rsvp(rsvp=seated, by=None, now=now)
    assert state(row) == State.WAITING

    confirmed = operations.confirm_rsvp(rsvp=row, now=now + HOUR)

    assert confirmed.state == State.OFFERED
    assert {"rsvp_waiting", "rsvp_offer"} <= set(kinds(person=row.person))


def test_guest_known_by_address_keeps_name_and_is_told_by_mail_alone(now):
    user = factories.user("liga@example.org", "Līga Šķēle")
    event = upcoming(now)
    own = sign_up(event, now, user.person)

    row = guest(event, now, email="LIGA@example.org", name="Kāds Cits")

    assert row.pk == own.pk
    user.person.refresh_from_db()
    assert user.person.name == "Līga Šķēle"
    assert kinds() == {"rsvp_confirmed": 1, "rsvp_exists": 1}


def test_guest_who_asks_again_gets_one_mail_an_hour(now):
    event = upcoming(now)
    sign_up(event, now, factories.person(email="liga@example.org"))

    for minutes in (0, 10, 59, 60):
        guest(event, now + minutes * MINUTE, email="liga@example.org")

    assert kinds(kind="rsvp_exists") == {"rsvp_exists": 2}


def test_guest_with_a_new_address_becomes_one_person(now):
    first, second = upcoming(now), upcoming(now)

    guest(first, now)
    guest(second, now, email="VIESIS@example.org ", name="Jānis Kļaviņš")

    assert ContactChannel.objects.get().value == "viesis@example.org"
    assert Person.objects.get().name == "Jānis Kļaviņš"  # the last name counts until the address is confirmed


def test_guest_holds_are_limited_per_address(now):
    for _ in range(settings.HOLDS_PER_ADDRESS):
        guest(upcoming(now), now)

    with pytest.raises(RsvpRefused):
        guest(upcoming(now), now)
    assert guest(upcoming(now), now, email="cits@example.org").state == State.HELD


def test_guest_holds_are_limited_per_network(now):
    event = upcoming(now)
    for n in range(settings.HOLDS_PER_NETWORK):
        guest(event, now, email=f"viesis{n}@example.org")

    with pytest.raises(RsvpRefused):
        guest(event, now, email="vēlviens@example.org")
    assert guest(event, now, email="cits@example.org", network="198.51.100.0/24").state == State.HELD
    assert not Person.objects.filter(channels__value="vēlviens@example.org").exists()


def test_guest_holds_of_a_network_are_counted_in_people(now):
    """Twenty sign-ups of fifty people each would fill any hall."""
    event = upcoming(now, party_limit=50)
    guest(event, now, party_size=settings.HOLDS_PER_NETWORK)

    with pytest.raises(RsvpRefused):
        guest(event, now, email="vēlviens@example.org")
    assert guest(event, now, email="klase@example.org", network="198.51.100.0/24", party_size=30).state == State.HELD


def test_guest_limits_end_with_the_holds_they_count(now):
    """Whoever opened no link may try again when those holds have run out, and not a minute before."""
    for _ in range(settings.HOLDS_PER_ADDRESS):
        guest(upcoming(now), now)
    for n in range(settings.HOLDS_PER_NETWORK - settings.HOLDS_PER_ADDRESS):
        guest(upcoming(now), now, email=f"viesis{n}@example.org")
    event = upcoming(now)

    for email in ("viesis@example.org", "vēlviens@example.org"):
        with pytest.raises(RsvpRefused):
            guest(event, now + 2 * HOUR - MINUTE, email=email)
        assert guest(event, now + 2 * HOUR, email=email).state == State.HELD


def test_guest_limits_count_only_what_is_not_confirmed(now):
    for _ in range(settings.HOLDS_PER_ADDRESS + 1):
        operations.confirm_rsvp(rsvp=guest(upcoming(now), now), now=now)

    assert Rsvp.objects.filter(state=State.GOING).count() == settings.HOLDS_PER_ADDRESS + 1


# --- what the organiser does ------------------------------------------------------------------------------------------


def test_publishing_tells_followers_once(now):
    area, elsewhere = factories.neighbourhood(), factories.neighbourhood()
    follower, member, stranger, silent = (factories.person() for _ in range(4))
    for person in (follower, member):
        factories.follow(person, area)
    factories.follow(stranger, elsewhere)
    silent.wants_news = False
    silent.save()
    factories.follow(silent, area)
    event = upcoming(now, published=False, neighbourhoods=[area])

    for moment in (now, now + HOUR):
        operations.publish_event(event=event, by=None, now=moment, but_not=[member.pk])

    event.refresh_from_db()
    assert event.published_at == now
    assert Notice.objects.get(kind="event_announced").person == follower


def test_publishing_for_the_whole_municipality_tells_every_follower_once(now):
    follower, nobody = factories.person(), factories.person()
    for _ in range(2):
        factories.follow(follower, factories.neighbourhood())

    operations.publish_event(event=upcoming(now, published=False), by=None, now=now)

    assert Notice.objects.get(kind="event_announced").person == follower
    assert nobody.notices.count() == 0


def test_publishing_too_late_or_after_cancelling_is_refused(now):
    past = upcoming(now, published=False)
    with pytest.raises(EventRefused):
        operations.publish_event(event=past, by=None, now=past.starts_at)
    called_off = upcoming(now, published=False)
    operations.cancel_event(event=called_off, by=None, now=now)
    with pytest.raises(EventRefused):
        operations.publish_event(event=called_off, by=None, now=now)


def deliver(now):
    """What a worker would have handed over by now, without a mail server: the rows count as sent."""
    Notice.objects.due(now).update(handed_at=now, sent_at=now, closed_at=now)


def test_moving_tells_everyone_concerned_once(now):
    area = factories.neighbourhood()
    follower = factories.person()
    factories.follow(follower, area)
    event = upcoming(now, published=False, neighbourhoods=[area])
    operations.publish_event(event=event, by=None, now=now)
    going = sign_up(event, now)
    gone = sign_up(event, now)
    operations.cancel_rsvp(rsvp=gone, by=None, now=now)
    deliver(now)
    before = event.starts_at

    operations.change_event(
        event=event, by=None, now=now, starts_at=before + HOUR, ends_at=event.ends_at + HOUR, venue="Skola"
    )

    event.refresh_from_db()
    assert event.sequence == 1
    told = Notice.objects.filter(kind="event_moved").values_list("person_id", flat=True)
    assert sorted(told) == sorted([follower.pk, going.person_id])
    record = EventChange.objects.get()
    assert record.before["venue"] == "Tautas nams"
    assert set(record.after) == {"starts_at", "ends_at", "venue"}


def test_moving_twice_before_the_mail_goes_out_tells_once(now):
    event = upcoming(now)
    row = sign_up(event, now)

    operations.change_event(event=event, by=None, now=now, venue="Skola")
    operations.change_event(event=event, by=None, now=now, venue="Bibliotēka")

    assert kinds(kind="event_moved") == {"event_moved": 1}
    assert Notice.objects.open().get(kind="event_moved", person=row.person).data["sequence"] == 2


def test_moving_does_not_tell_those_whose_announcement_was_not_written_yet(now):
    area = factories.neighbourhood()
    factories.follow(factories.person(), area)
    event = upcoming(now, published=False, neighbourhoods=[area])
    operations.publish_event(event=event, by=None, now=now)

    operations.change_event(event=event, by=None, now=now, venue="Skola")

    assert kinds() == {"event_announced": 1}


def test_change_of_other_facts_raises_the_revision_and_tells_nobody(now):
    event = upcoming(now)
    sign_up(event, now)

    operations.change_event(event=event, by=None, now=now, description="Ņem līdzi cimdus.")

    event.refresh_from_db()
    assert (event.sequence, event.changed_at) == (1, now)
    assert not EventChange.objects.exists()
    assert kinds(kind="event_moved") == {}


def test_change_of_nothing_is_nothing(now):
    event = upcoming(now)

    operations.change_event(event=event, by=None, now=now, venue=event.venue)

    event.refresh_from_db()
    assert event.sequence == 0


def test_draft_changes_without_telling(now):
    event = upcoming(now, published=False)

    operations.change_event(event=event, by=None, now=now, venue="Skola", also_tell=[factories.person().pk])

    event.refresh_from_db()
    assert (event.venue, event.sequence) == ("Skola", 0)
    assert kinds() == {}


def test_moving_shortens_holds_and_offers_to_the_start(now):
    event, offer, _second = offered(now, starts_at=now + timedelta(days=8))
    hold = guest(event, now)
    start = now + HOUR

    operations.change_event(event=event, by=None, now=now, starts_at=start, ends_at=start + HOUR)

    offer.refresh_from_db()
    hold.refresh_from_db()
    assert offer.offer_expires_at == hold.hold_expires_at == start


@pytest.mark.parametrize(
    "changes",
    [
        {"starts_at": -HOUR},
        {"ends_at": HOUR},
        {"rsvps_close_at": 49 * HOUR},
        {"capacity": 2},
    ],
)
def test_change_is_refused_with_nothing_written(now, changes):
    event = upcoming(now)
    sign_up(event, now, party_size=3)
    values = {name: now + value if isinstance(value, timedelta) else value for name, value in changes.items()}

    with pytest.raises(EventRefused):
        operations.change_event(event=event, by=None, now=now, **values)

    fresh = Event.objects.get(pk=event.pk)
    assert (fresh.starts_at, fresh.ends_at, fresh.capacity, fresh.sequence) == (
        event.starts_at,
        event.ends_at,
        None,
        0,
    )


def test_more_seats_are_offered_to_the_queue(now):
    event = upcoming(now, capacity=1)
    sign_up(event, now)
    rows = [sign_up(event, now) for _ in range(3)]

    operations.change_event(event=event, by=None, now=now, capacity=3)
    assert [state(row) for row in rows] == ["offered", "offered", "waiting"]

    operations.change_event(event=event, by=None, now=now, capacity=None)
    assert [state(row) for row in rows] == ["offered", "offered", "offered"]


def test_fewer_seats_than_taken_are_refused_and_as_many_are_not(now):
    event = upcoming(now, capacity=10)
    sign_up(event, now, party_size=4)

    with pytest.raises(EventRefused):
        operations.change_event(event=event, by=None, now=now, capacity=3)
    operations.change_event(event=event, by=None, now=now, capacity=4)

    assert sign_up(event, now).state == State.WAITING


def test_cancelling_an_event_withdraws_what_was_planned_and_tells_once(now):
    event = upcoming(now, capacity=2)
    going, unsent = sign_up(event, now), sign_up(event, now)

    for moment in (now, now + HOUR):
        operations.cancel_event(event=event, by=None, now=moment, reason="Vētra.")

    event.refresh_from_db()
    assert (event.cancelled_at, event.cancel_reason, event.sequence) == (now, "Vētra.", 1)
    assert kinds() == {"event_cancelled": 2}
    assert {state(going), state(unsent)} == {State.GOING}


def test_cancelling_a_draft_tells_nobody(now):
    event = upcoming(now, published=False)

    operations.cancel_event(event=event, by=None, now=now, also_tell=[factories.person().pk])

    assert kinds() == {}


def test_past_or_cancelled_events_are_not_changed(now):
    past, gone = upcoming(now), upcoming(now)
    operations.cancel_event(event=gone, by=None, now=now)

    with pytest.raises(EventRefused):
        operations.change_event(event=gone, by=None, now=now, venue="Skola")
    with pytest.raises(EventRefused):
        operations.change_event(event=past, by=None, now=past.ends_at, venue="Skola")
    with pytest.raises(EventRefused):
        operations.cancel_event(event=past, by=None, now=past.ends_at)


# --- reminders --------------------------------------------------------------------------------------------------------


def reminders(now):
    """Hours of the reminders in the ledger that are not withdrawn, after a sweep."""
    operations.plan_reminders(now=now)
    stamps = (
        Notice.objects.filter(kind="reminder", cancelled_at=None).order_by("pk").values_list("data__stamp", flat=True)
    )
    return [int(stamp.partition(":")[0]) for stamp in stamps]


def test_reminders_come_a_day_and_two_hours_before(now):
    event = upcoming(now)
    sign_up(event, now)

    assert reminders(event.starts_at - 24 * HOUR - MINUTE) == []
    assert reminders(event.starts_at - 24 * HOUR) == [24]
    assert reminders(event.starts_at - 3 * HOUR) == [24]
    assert reminders(event.starts_at - 2 * HOUR) == [24, 2]
    assert reminders(event.starts_at - MINUTE) == [24, 2]
    assert reminders(event.starts_at) == [24, 2]


def test_reminders_follow_the_hours_of_the_event(now):
    event = upcoming(now, reminder_hours=[36])
    sign_up(event, now)

    assert reminders(event.starts_at - 36 * HOUR) == [36]
    assert reminders(event.starts_at - HOUR) == [36]


def test_no_hours_no_reminders(now):
    event = upcoming(now, reminder_hours=[])
    sign_up(event, now)

    assert reminders(event.starts_at - HOUR) == []


def test_event_published_an_hour_before_gets_its_last_reminder_only(now):
    event = upcoming(now, published=False, starts_at=now + HOUR)
    operations.publish_event(event=event, by=None, now=now)
    sign_up(event, now)

    assert reminders(now + 14 * MINUTE) == []  # the confirmation has only just come
    assert reminders(now + 15 * MINUTE) == [2]


def test_late_comers_get_the_last_reminder_and_not_the_one_before_them(now):
    event = upcoming(now)
    start = event.starts_at
    sign_up(event, start - 20 * HOUR)

    assert reminders(start - 19 * HOUR) == []
    assert reminders(start - 2 * HOUR) == [2]


def test_reminders_are_for_those_who_go_and_want_them(now):
    event = upcoming(now, capacity=3)
    going = sign_up(event, now)
    sign_up(event, now, wants_reminder=False)
    sign_up(event, now, factories.person(wants_reminders=False))
    sign_up(event, now)  # waits
    start = event.starts_at

    operations.plan_reminders(now=start - 24 * HOUR)

    assert Notice.objects.get(kind="reminder").person == going.person


@pytest.mark.parametrize("what", ["cancelled", "draft"])
def test_no_reminder_for_an_event_that_is(now, what):
    event = upcoming(now)
    sign_up(event, now)
    if what == "cancelled":
        operations.cancel_event(event=event, by=None, now=now)
    else:
        Event.objects.filter(pk=event.pk).update(published_at=None)

    assert reminders(event.starts_at - HOUR) == []


def test_cancelling_the_event_withdraws_a_reminder_on_its_way(now):
    event = upcoming(now)
    sign_up(event, now)
    assert reminders(event.starts_at - 24 * HOUR) == [24]

    operations.cancel_event(event=event, by=None, now=event.starts_at - 23 * HOUR)

    assert kinds(kind="reminder") == {}


def test_moved_event_reminds_anew(now):
    event = upcoming(now)
    sign_up(event, now)
    start, end = event.starts_at, event.ends_at
    assert reminders(start - 24 * HOUR) == [24]
    deliver(start - 24 * HOUR)

    day = timedelta(days=1)
    operations.change_event(event=event, by=None, now=start - 23 * HOUR, starts_at=start + day, ends_at=end + day)

    assert reminders(start - 22 * HOUR) == [24]
    assert reminders(start) == [24, 24]
    assert reminders(start + 22 * HOUR) == [24, 24, 2]


def test_event_that_moves_and_moves_back_reminds_once_for_each_start(now):
    event = upcoming(now)
    sign_up(event, now)
    start, end = event.starts_at, event.ends_at
    assert reminders(start - 24 * HOUR) == [24]  # planned, not sent yet

    day = timedelta(days=1)
    operations.change_event(event=event, by=None, now=start - 23 * HOUR, starts_at=start + day, ends_at=end + day)
    assert reminders(start - 23 * HOUR) == []
    operations.change_event(event=event, by=None, now=start - 22 * HOUR, starts_at=start, ends_at=end)

    assert reminders(start - 22 * HOUR) == [24]
    assert reminders(start - 21 * HOUR) == [24]
    assert reminders(start - HOUR) == [24, 2]


def test_new_place_withdraws_the_reminder_and_plans_it_again(now):
    event = upcoming(now)
    sign_up(event, now)
    assert reminders(event.starts_at - 24 * HOUR) == [24]

    operations.change_event(event=event, by=None, now=event.starts_at - 23 * HOUR, venue="Skola")

    assert kinds(kind="reminder") == {}
    assert reminders(event.starts_at - 22 * HOUR) == [24]


def test_who_signs_up_again_is_not_reminded_again(now):
    event = upcoming(now)
    person = factories.person()
    row = sign_up(event, now, person)
    assert reminders(event.starts_at - 2 * HOUR) == [2]
    operations.cancel_rsvp(rsvp=row, by=None, now=event.starts_at - 100 * MINUTE)
    sign_up(event, event.starts_at - 90 * MINUTE, person)

    assert reminders(event.starts_at - 30 * MINUTE) == [2]


def test_sweep_costs_the_same_however_many_sign_ups(now, django_assert_num_queries):
    event = upcoming(now)
    for _ in range(3):
        sign_up(event, now)

    with CaptureQueriesContext(connection) as few:
        operations.plan_reminders(now=event.starts_at - 24 * HOUR)
    for _ in range(30):
        sign_up(event, now)
    with django_assert_num_queries(len(few)):
        operations.plan_reminders(now=event.starts_at - 2 * HOUR)


# --- what they rest on -----------------------------------------------------------------------------------------------


def test_withdrawn_notice_gives_its_key_free(now):
    """The reminders above rest on it."""
    event = upcoming(now)
    sign_up(event, now)
    reminders(event.starts_at - 24 * HOUR)
    key = Notice.objects.get(kind="reminder").key

    assert notices.cancel(about=operations.about(event), now=now, kinds=["reminder"]) == 1

    assert not Notice.objects.filter(key=key).exists()
