from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from events.models import Event, EventChange, Phase, Rsvp
from tests import factories

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


# --- constraints ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("event_ends_after_it_starts", {"ends_at": datetime(2026, 1, 1, tzinfo=UTC)}),
        ("event_has_a_seat_or_no_limit", {"capacity": 0}),
        ("event_admits_parties_of_one", {"party_limit": 0}),
        ("event_sign_up_closes_before_it_starts", {"rsvps_close_at": datetime(2099, 1, 1, tzinfo=UTC)}),
    ],
)
def test_event_constraint_bites(name, facts, now):
    event = factories.event(starts_at=now)

    with pytest.raises(IntegrityError), transaction.atomic():
        Event.objects.filter(pk=event.pk).update(**facts)

    for field, value in facts.items():
        setattr(event, field, value)
    with pytest.raises(ValidationError):
        event.validate_constraints()


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("rsvp_brings_somebody", {"party_size": 0}),
        ("rsvp_cancelled_has_its_moment", {"state": "cancelled"}),
        ("rsvp_cancelled_has_its_moment", {"cancelled_at": datetime(2026, 1, 1, tzinfo=UTC)}),
        ("rsvp_offer_has_an_end", {"state": "offered"}),
        ("rsvp_hold_has_an_end", {"state": "held", "confirmed_at": None}),
        ("rsvp_going_is_confirmed", {"confirmed_at": None}),
    ],
)
def test_rsvp_constraint_bites(name, facts):
    row = factories.rsvp(factories.event())

    with pytest.raises(IntegrityError), transaction.atomic():
        Rsvp.objects.filter(pk=row.pk).update(**facts)


def test_one_rsvp_per_person_until_it_is_cancelled():
    event, person = factories.event(), factories.person()
    factories.rsvp(event, person, state=Rsvp.State.CANCELLED)
    factories.rsvp(event, person)

    with pytest.raises(IntegrityError), transaction.atomic():
        factories.rsvp(event, person, state=Rsvp.State.WAITING)


def test_number_is_given_once():
    event = factories.event()
    row = factories.rsvp(event)

    with pytest.raises(IntegrityError), transaction.atomic():
        factories.rsvp(event, number=row.number)


def test_revision_is_recorded_once(now):
    values = {"event": factories.event(), "at": now, "sequence": 1, "before": {}, "after": {}}
    EventChange.objects.create(**values)

    with pytest.raises(IntegrityError), transaction.atomic():
        EventChange.objects.create(**values)


# --- one state, two twins ---------------------------------------------------------------------------------------------


def test_phase_of_the_row_and_of_the_list_agree(now):
    rows = {
        Phase.DRAFT: factories.event(starts_at=now + HOUR, published=False),
        Phase.UPCOMING: factories.event(starts_at=now + HOUR),
        Phase.RUNNING: factories.event(starts_at=now),
        Phase.OVER: factories.event(starts_at=now - 2 * HOUR),
        Phase.CANCELLED: factories.event(starts_at=now + HOUR, cancelled_at=now),
    }

    for phase, row in rows.items():
        assert row.phase_at(now) == phase
        assert Event.objects.with_phase(now).get(pk=row.pk).phase == phase


def test_seats_count_people_and_only_those_who_take_one():
    event = factories.event(capacity=10)
    for state, party in (("going", 2), ("held", 3), ("offered", 1), ("waiting", 4), ("cancelled", 5)):
        factories.rsvp(event, state=state, party_size=party)
    factories.rsvp(event, state="waiting", party_size=2, confirmed_at=None)

    row = Event.objects.with_seats().get(pk=event.pk)

    assert (row.seats_taken, row.people_waiting, row.seats_left, row.is_full) == (6, 4, 4, False)


def test_seats_without_limit():
    event = factories.event(capacity=None)
    factories.rsvp(event, party_size=3)

    row = Event.objects.with_seats().get(pk=event.pk)

    assert (row.seats_taken, row.seats_left, row.is_full) == (3, None, False)


@pytest.mark.parametrize(("limit", "capacity", "largest"), [(4, None, 4), (4, 40, 4), (4, 2, 2), (1, 40, 1)])
def test_largest_party_fits_into_the_room(limit, capacity, largest):
    assert Event(party_limit=limit, capacity=capacity).largest_party == largest


def test_ahead_of_counts_the_confirmed_in_the_queue():
    event = factories.event(capacity=1)
    factories.rsvp(event)
    first = factories.rsvp(event, state="waiting")
    factories.rsvp(event, state="waiting", confirmed_at=None)
    factories.rsvp(factories.event(), state="waiting")
    last = factories.rsvp(event, state="waiting")

    assert list(Rsvp.objects.ahead_of(first)) == []
    assert list(Rsvp.objects.ahead_of(last)) == [first]


# --- lists ------------------------------------------------------------------------------------------------------------


def titles(rows):
    return [row.title for row in rows]


@pytest.fixture
def year(now):
    """Events around now (23 November 2026), in no order."""
    day = timedelta(days=1)
    factories.event("vakar", starts_at=now - day)
    factories.event("melnraksts", starts_at=now + day, published=False)
    factories.event("atcelts", starts_at=now + 2 * day, cancelled_at=now)
    factories.event("atcelts vakar", starts_at=now - day, cancelled_at=now - 2 * day)
    factories.event("rīt", starts_at=now + day)
    factories.event("tagad", starts_at=now - HOUR)
    factories.event("decembrī", starts_at=datetime(2026, 11, 30, 22, 0, tzinfo=UTC))  # 1 December in Riga
    factories.event("oktobrī", starts_at=now - 30 * day)
    factories.event("sen", starts_at=now - 120 * day)
    return now


def test_calendar_lists_what_is_not_over(year):
    assert titles(Event.objects.in_calendar(year)) == ["tagad", "rīt", "atcelts", "decembrī"]


def test_calendar_lists_a_month_by_the_clock_of_riga(year):
    assert titles(Event.objects.in_calendar(year, date(2026, 11, 1))) == ["vakar", "tagad", "rīt", "atcelts"]
    assert titles(Event.objects.in_calendar(year, date(2026, 12, 15))) == ["decembrī"]
    assert titles(Event.objects.in_calendar(year, date(2026, 10, 31))) == ["oktobrī"]


def test_subscription_holds_ninety_days_back(year):
    names = titles(Event.objects.for_subscription(year))

    assert set(names) == {"oktobrī", "vakar", "atcelts vakar", "tagad", "rīt", "atcelts", "decembrī"}


def test_neighbourhood_sees_its_own_and_those_of_the_whole_municipality():
    here, elsewhere = factories.neighbourhood(), factories.neighbourhood()
    factories.event("šeit", [here])
    factories.event("citur", [elsewhere])
    factories.event("abās", [here, elsewhere])
    factories.event("visiem")

    assert set(titles(Event.objects.in_neighbourhood(here))) == {"šeit", "abās", "visiem"}


def test_slug_is_ascii_and_never_empty():
    assert factories.event("Kūču talka „Ķekavā”!").slug == "kucu-talka-kekava"
    assert factories.event("„…”").slug == "pasakums"
