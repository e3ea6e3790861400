from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, time, timedelta
from threading import Barrier
from types import SimpleNamespace

import pytest
from django.db import connection

from councils import operations
from councils.models import Attendance, Council, Meeting, Membership, Office, Term
from councils.operations import CouncilRefused
from councils.operations.roster import TermRefused
from neighbourhoods.periods import year_begins
from people.models import AuditEntry
from tests import factories
from tests.conftest import RIGA

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ON = date(2026, 11, 23)
LATER = date(2026, 12, 1)


@pytest.fixture
def by():
    return factories.coordinator()


@pytest.fixture
def who(by, now):
    return {"by": by, "now": now}


@pytest.fixture
def term():
    return factories.term(seats=3)


def audited(verb):
    return AuditEntry.objects.filter(verb=verb)


# --- councils and terms


def test_create_council_writes_it_down(who, by):
    area = factories.neighbourhood("Baloži")

    council = operations.create_council(neighbourhood=area, name="Baložu padome", email="p@example.org", **who)

    assert Council.objects.with_state(ON).get() == council
    assert Council.objects.with_state(ON).get().state == "none"
    assert audited("create_council").get().by == by


def test_create_council_refuses_a_second_one(who):
    council = factories.council()
    with pytest.raises(CouncilRefused, match="apkaimei"):
        operations.create_council(neighbourhood=council.neighbourhood, name="Otra padome", **who)


def test_create_council_refuses_an_address_that_is_none(who):
    with pytest.raises(CouncilRefused):
        operations.create_council(neighbourhood=factories.neighbourhood(), name="Padome", email="nav", **who)
    assert not Council.objects.exists()


def test_change_council_writes_down_what_changed(who):
    council = factories.council(name="Vecā")

    operations.change_council(council=council, name="Jaunā", email="", **who)

    council.refresh_from_db()
    assert council.name == "Jaunā"
    assert audited("change_council").get().details == {"before": {"name": "Vecā"}, "after": {"name": "Jaunā"}}
    with pytest.raises(TypeError):
        operations.change_council(council=council, is_invented=True, **who)


def test_change_council_says_a_broken_rule_in_its_own_words(who):
    council = factories.council(formation_started_on=ON)
    with pytest.raises(CouncilRefused, match="Pēdējai dienai"):
        operations.change_council(council=council, formation_closed_on=ON - DAY, **who)


def test_open_term_makes_empty_seats_and_the_council_works(who):
    council = factories.council()

    term = operations.open_term(council=council, number=1, seat_count=7, started_on=ON, **who)

    assert [seat.number for seat in term.seats.order_by("number")] == [1, 2, 3, 4, 5, 6, 7]
    row = Council.objects.with_state(ON).with_numbers(ON).get()
    assert (row.state, row.seats, row.members) == ("working", 7, 0)
    assert Council.objects.with_state(ON - DAY).get().state == "none"


def test_open_term_ends_the_one_before_with_its_members_and_officers(who, term):
    sitting = factories.membership(term)
    office = factories.office(sitting)
    gone = factories.membership(term, started_on=term.started_on, ended_on=ON - DAY, end_reason="resigned")
    coming = factories.membership(term, started_on=LATER + DAY)

    operations.open_term(council=term.council, number=2, seat_count=3, started_on=LATER, **who)

    for row in (term, sitting, office, gone, coming):
        row.refresh_from_db()
    assert term.ended_on == LATER
    assert (sitting.ended_on, sitting.end_reason) == (LATER, "term_over")
    assert office.ended_on == LATER
    assert (gone.ended_on, gone.end_reason) == (ON - DAY, "resigned")
    assert coming.ended_on == coming.started_on
    assert not Membership.objects.held(LATER).exists()
    row = Council.objects.with_state(LATER).with_numbers(LATER).get()
    assert (row.state, row.seats, row.members) == ("working", 3, 0)


@pytest.fixture
def followed(who, term):
    """A second convocation after the first, with members of both and one who was elected again."""
    again, out = factories.membership(term), factories.membership(term)
    factories.office(again)
    left = factories.membership(term, ended_on=ON, end_reason="resigned")
    second = operations.open_term(council=term.council, number=2, seat_count=3, started_on=LATER, **who)
    back = operations.seat_member(term=second, person=again.person, started_on=LATER, **who)
    operations.give_office(council=term.council, person=again.person, kind=Office.Kind.CHAIR, started_on=LATER, **who)
    return SimpleNamespace(first=term, second=second, again=again, out=out, left=left, back=back)


def days(*rows):
    for row in rows:
        row.refresh_from_db()
    return [(row.started_on, row.ended_on) for row in rows]


@pytest.mark.parametrize("by_days", [-7, 9])
def test_change_term_moves_what_began_and_ended_with_it(who, followed, by_days):
    day, began = LATER + by_days * DAY, followed.first.started_on
    operations.change_term(term=followed.second, started_on=day, ended_on=None, end_rule="years", **who)
    assert days(followed.first, followed.again, followed.out) == [(began, day)] * 3
    assert days(followed.second, followed.back) == [(day, None)] * 2
    assert days(followed.left) == [(began, ON)], "who resigned keeps the day"
    offices = Office.objects.order_by("started_on").values_list("started_on", "ended_on")
    assert list(offices) == [(began, day), (day, None)]


@pytest.mark.parametrize(
    ("which", "fields", "said"),
    [
        ("second", {"started_on": ON - DAY}, "ārpus sasaukuma"),  # somebody resigned after it
        ("second", {"started_on": date(2026, 1, 9)}, "vēlākam nekā visiem iepriekšējiem"),
        ("first", {"started_on": ON + DAY}, "ārpus sasaukuma"),
        ("first", {"ended_on": LATER - DAY}, "nākamā sasaukuma pirmā diena"),
        ("second", {"ended_on": LATER}, "Pēdējai dienai"),
    ],
)
def test_change_term_refuses_what_cannot_be(who, followed, which, fields, said):
    term = getattr(followed, which)
    term.refresh_from_db()
    before = list(Membership.objects.order_by("pk").values_list("started_on", "ended_on"))
    values = {name: getattr(term, name) for name in ("started_on", "ended_on", "end_rule")} | fields
    with pytest.raises(CouncilRefused, match=said):
        operations.change_term(term=term, **values, **who)
    assert list(Membership.objects.order_by("pk").values_list("started_on", "ended_on")) == before


def at(day, hour=18):
    return datetime.combine(day, time(hour), RIGA)


@pytest.mark.parametrize(
    ("started_on", "ended_on", "field"),
    [
        (ON - 9 * DAY, None, ""),  # the day of the first meeting
        (ON - 8 * DAY, None, "started_on"),
        (date(2026, 1, 9), ON - DAY, "ended_on"),
        (date(2026, 1, 9), ON - 2 * DAY, "ended_on"),
        (date(2026, 1, 9), ON, ""),
    ],
)
def test_convocation_keeps_the_meetings_it_held(who, term, started_on, ended_on, field):
    for day in (ON - 9 * DAY, ON - DAY):
        factories.meeting(term.council, starts_at=at(day))
    factories.meeting(term.council, starts_at=at(date(2026, 1, 2)), published=False)  # never held
    factories.meeting(starts_at=at(date(2026, 1, 12)))  # of another council

    def change():
        operations.change_term(term=term, started_on=started_on, ended_on=ended_on, end_rule="successor", **who)

    if not field:
        change()
        return
    with pytest.raises(TermRefused, match="tikās") as refusal:
        change()
    assert refusal.value.field == field
    term.refresh_from_db()
    assert (term.started_on, term.ended_on) == (date(2026, 1, 9), None)


def test_next_convocation_begins_after_the_last_roll_call_of_the_one_before(who, term):
    member = factories.membership(term)
    meeting = factories.meeting(term.council, starts_at=at(ON - 9 * DAY))
    Attendance.objects.create(meeting=meeting, membership=member, mark="present")
    factories.meeting(term.council, starts_at=at(ON - 2 * DAY))  # nobody was called: the first of the next one
    said = {"council": term.council, "number": 2, "seat_count": 3}
    with pytest.raises(TermRefused) as refusal:
        operations.open_term(started_on=ON - 9 * DAY, **said, **who)
    assert refusal.value.field == "started_on"
    second = operations.open_term(started_on=ON - DAY, **said, **who)
    change = {"term": second, "ended_on": None, "end_rule": "years"}
    with pytest.raises(TermRefused):
        operations.change_term(started_on=ON - 9 * DAY, **change, **who)
    operations.change_term(started_on=ON - 2 * DAY, **change, **who)


def test_change_term_ends_members_and_officers_on_a_day_and_lets_them_go_on(who, term):
    member = factories.membership(term)
    office = factories.office(member)
    left = factories.membership(term, ended_on=ON, end_reason="resigned")
    said = {"started_on": term.started_on, "end_rule": term.end_rule}
    for ended_on in (LATER, LATER - DAY, LATER + DAY, None):
        operations.change_term(term=term, ended_on=ended_on, **said, **who)
        assert days(term, member, office) == [(term.started_on, ended_on)] * 3
        assert member.end_reason == ("term_over" if ended_on else "")
        assert days(left) == [(term.started_on, ON)]


@pytest.mark.parametrize(("number", "started_on"), [(1, LATER), (2, date(2026, 1, 9)), (2, date(2026, 1, 1))])
def test_open_term_refuses_what_does_not_come_after(who, term, number, started_on):
    with pytest.raises(CouncilRefused):
        operations.open_term(council=term.council, number=number, seat_count=3, started_on=started_on, **who)
    assert Term.objects.get().ended_on is None


def test_open_term_of_an_unknown_number_of_seats_waits_for_it(who):
    council = factories.council()
    term = operations.open_term(council=council, number=1, seat_count=None, started_on=ON, **who)
    with pytest.raises(CouncilRefused, match="vietu"):
        operations.seat_member(term=term, person=factories.person(), started_on=ON, **who)

    operations.change_seat_count(term=term, seat_count=5, source="Domes lēmums", **who)

    operations.seat_member(term=term, person=factories.person(), started_on=ON, **who)
    row = Council.objects.with_numbers(ON).get()
    assert (row.seats, row.members) == (5, 1)


def test_change_seat_count_adds_and_takes_only_seats_never_held(who, term):
    factories.membership(term)
    factories.membership(term, ended_on=ON, end_reason="resigned")

    operations.change_seat_count(term=term, seat_count=5, **who)
    assert term.seats.count() == 5

    operations.change_seat_count(term=term, seat_count=2, **who)
    assert term.seats.count() == 2
    assert Membership.objects.count() == 2

    with pytest.raises(CouncilRefused, match="2"):
        operations.change_seat_count(term=term, seat_count=1, **who)
    term.refresh_from_db()
    assert term.seat_count == 2


# --- members


def test_seat_member_takes_the_first_empty_seat(who, term):
    first = operations.seat_member(term=term, person=factories.person(), started_on=ON, **who)
    second = operations.seat_member(term=term, person=factories.person(), started_on=ON, **who)
    operations.end_membership(membership=first, ended_on=LATER, reason="resigned", **who)

    third = operations.seat_member(term=term, person=factories.person(), started_on=ON, **who)
    after = operations.seat_member(term=term, person=factories.person(), started_on=LATER, **who)

    assert [row.seat.number for row in (first, second, third, after)] == [1, 2, 3, 1]
    assert audited("seat_member").count() == 4


def test_seat_member_refuses_when_all_seats_are_taken(who, term):
    for _n in range(3):
        factories.membership(term)
    with pytest.raises(CouncilRefused, match="Visas"):
        operations.seat_member(term=term, person=factories.person(), started_on=ON, **who)


def test_p8_nobody_sits_in_two_councils(who, term):
    elsewhere = factories.membership(factories.term())
    with pytest.raises(CouncilRefused, match="§8"):
        operations.seat_member(term=term, person=elsewhere.person, started_on=ON, **who)

    operations.end_membership(membership=elsewhere, ended_on=LATER, reason="resigned", **who)
    with pytest.raises(CouncilRefused, match="§8"):
        operations.seat_member(term=term, person=elsewhere.person, started_on=ON, **who)
    assert operations.seat_member(term=term, person=elsewhere.person, started_on=LATER, **who)


@pytest.mark.parametrize("started_on", [date(2026, 1, 8), LATER])
def test_seat_member_refuses_a_day_outside_the_term(who, term, started_on):
    Term.objects.update(ended_on=LATER)
    with pytest.raises(CouncilRefused):
        operations.seat_member(term=term, person=factories.person(), started_on=started_on, **who)


def test_end_membership_ends_the_offices_in_that_council(who, term):
    membership = factories.membership(term)
    office = factories.office(membership)

    operations.end_membership(membership=membership, ended_on=LATER, reason="absences", source="Prot. 3", **who)

    office.refresh_from_db()
    assert office.ended_on == LATER
    assert membership.seat.memberships.get().source == "Prot. 3"
    with pytest.raises(CouncilRefused, match="jau"):
        operations.end_membership(membership=membership, ended_on=LATER, reason="resigned", **who)


@pytest.mark.parametrize(("ended_on", "reason"), [(LATER, ""), (date(2025, 12, 1), "resigned"), (LATER, "whim")])
def test_end_membership_keeps_the_rules_of_its_row(who, term, ended_on, reason):
    membership = factories.membership(term)
    with pytest.raises(CouncilRefused):
        operations.end_membership(membership=membership, ended_on=ended_on, reason=reason, **who)
    membership.refresh_from_db()
    assert membership.ended_on is None


# --- offices


def test_p21_only_a_member_holds_an_office(who, term):
    stranger = factories.membership(factories.term()).person
    with pytest.raises(CouncilRefused, match="§21"):
        operations.give_office(council=term.council, person=stranger, kind="chair", started_on=ON, **who)

    former = factories.membership(term, ended_on=ON, end_reason="resigned").person
    with pytest.raises(CouncilRefused, match="§21"):
        operations.give_office(council=term.council, person=former, kind="chair", started_on=ON, **who)


def test_give_office_ends_the_previous_holder(who, term):
    first, second = factories.membership(term), factories.membership(term)
    old = operations.give_office(council=term.council, person=first.person, kind="chair", started_on=ON, **who)

    new = operations.give_office(council=term.council, person=second.person, kind="chair", started_on=LATER, **who)
    again = operations.give_office(council=term.council, person=second.person, kind="chair", started_on=LATER, **who)

    old.refresh_from_db()
    assert (old.ended_on, new.ended_on, again) == (LATER, None, new)
    assert Office.objects.held(LATER).get() == new
    assert Office.objects.held(ON).get() == old


def test_give_office_refuses_to_begin_before_the_previous_holder(who, term):
    first, second = factories.membership(term), factories.membership(term)
    operations.give_office(council=term.council, person=first.person, kind="chair", started_on=LATER, **who)
    with pytest.raises(CouncilRefused, match="Pēdējai dienai"):
        operations.give_office(council=term.council, person=second.person, kind="chair", started_on=ON, **who)


def test_give_office_leaves_no_second_holder_whose_end_lies_ahead(who, term):
    first, second = (factories.membership(term) for _ in range(2))
    old = operations.give_office(council=term.council, person=first.person, kind="chair", started_on=ON, **who)
    operations.end_office(office=old, ended_on=LATER, **who)

    operations.give_office(council=term.council, person=second.person, kind="chair", started_on=ON + DAY, **who)

    assert Office.objects.held(ON + DAY).get(kind="chair").person == second.person
    old.refresh_from_db()
    assert old.ended_on == ON + DAY


def test_office_given_to_a_leaving_member_ends_with_the_membership(who, term):
    membership = factories.membership(term)
    operations.end_membership(membership=membership, ended_on=LATER, reason="resigned", **who)

    office = operations.give_office(
        council=term.council, person=membership.person, kind="secretary", started_on=ON, **who
    )

    assert office.ended_on == LATER
    assert not Office.objects.held(LATER).exists()


def test_end_office_leaves_the_membership(who, term):
    membership = factories.membership(term)
    office = factories.office(membership)

    operations.end_office(office=office, ended_on=LATER, **who)

    assert Membership.objects.held(LATER).get() == membership
    with pytest.raises(CouncilRefused):
        operations.end_office(office=office, ended_on=LATER, **who)


def test_offices_stand_by_rank(term):
    rows = [factories.office(factories.membership(term), kind) for kind in ("secretary", "chair", "deputy_chair")]
    assert list(Office.objects.by_rank()) == [rows[1], rows[2], rows[0]]


# --- locks


def together(*calls):
    """Run the calls at the same moment, each with a connection of its own; what each returned or refused."""
    barrier = Barrier(len(calls))

    def run(call):
        try:
            barrier.wait()
            return call()
        except CouncilRefused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(run, calls))


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_cannot_give_the_last_seat_twice(who):
    term = factories.term(seats=1)
    people = [factories.person() for _n in range(4)]

    results = together(
        *(
            lambda person=person: operations.seat_member(term=term, person=person, started_on=ON, **who)
            for person in people
        )
    )

    assert Membership.objects.count() == 1
    assert sum(isinstance(result, CouncilRefused) for result in results) == 3


@pytest.mark.django_db(transaction=True)
def test_two_councils_cannot_seat_the_same_person_at_once(who):
    terms, person = [factories.term(), factories.term()], factories.person()

    results = together(
        *(lambda term=term: operations.seat_member(term=term, person=person, started_on=ON, **who) for term in terms)
    )

    assert Membership.objects.count() == 1
    assert sum(isinstance(result, CouncilRefused) for result in results) == 1


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_cannot_name_two_chairs(who):
    term = factories.term()
    members = [factories.membership(term) for _n in range(2)]

    together(
        *(
            lambda row=row: operations.give_office(
                council=term.council, person=row.person, kind="chair", started_on=ON, **who
            )
            for row in members
        )
    )

    assert Office.objects.held(ON).count() == 1


# --- queries


@pytest.mark.parametrize("councils", [1, 3])
def test_for_panel_is_one_query(councils, now, django_assert_num_queries):
    for _n in range(councils):
        factories.membership(factories.term())
    with django_assert_num_queries(1):
        found = Council.objects.for_panel(now, ON, year_begins(ON.year))
        rows = [(row.neighbourhood.name, row.members, row.meetings_held) for row in found]
    assert len(rows) == councils


def test_for_panel_counts_what_is_held_awaited_and_open(now, who):
    council = factories.term().council
    over = {"starts_at": now - 30 * DAY}
    factories.meeting(council, **over)
    done = factories.meeting(council, starts_at=now - 60 * DAY)
    Meeting.objects.filter(pk=done.pk).update(minutes_published_on=ON - 50 * DAY)
    factories.meeting(council, cancelled_at=now, **over)
    factories.meeting(council, published=False, **over)
    factories.meeting(council, starts_at=now + DAY)
    factories.meeting(council, starts_at=now - 365 * DAY)
    operations.record_submission(councils=[council], title="Gaida", sent_on=ON, **who)
    operations.record_submission(councils=[council], title="Melnraksts", **who)

    row = Council.objects.for_panel(now, ON, year_begins(ON.year)).get()

    assert (row.meetings_held, row.minutes_awaited, row.submissions_open) == (2, 2, 1)
    assert row.last_meeting_at == now - 30 * DAY
