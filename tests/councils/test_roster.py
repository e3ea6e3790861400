"""Members, substitutes and terms: who takes over, who may return, when a convocation ends."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from threading import Barrier

import pytest
from django.db import IntegrityError, connection, transaction

from councils import operations, regulation
from councils.models import AbsenceCase, Membership, RegulationValue, Seat, Substitute, SubstituteState, Term
from councils.operations import CouncilRefused, absences
from people.models import AuditEntry
from tests import factories

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
ON = date(2026, 11, 23)  # the day of the fixture `now`
EARLIER, LATER = date(2026, 3, 12), date(2026, 12, 1)


@pytest.fixture
def who(now):
    return {"by": factories.coordinator(), "now": now}


@pytest.fixture
def term():
    return factories.term(seats=3)


@pytest.fixture
def order(term):
    """Three candidates who were not elected, in their order."""
    return [factories.substitute(term) for _n in range(3)]


def resign(membership, who, ended_on=ON):
    return operations.end_membership(membership=membership, ended_on=ended_on, reason="resigned", **who)


# --- mandates ---------------------------------------------------------------------------------------------------------


def test_person_returns_for_a_second_period(who, term):
    member = factories.membership(term)
    resign(member, who, EARLIER)

    back = operations.seat_member(term=term, person=member.person, started_on=ON, **who)

    assert [row.pk for row in Membership.objects.held(EARLIER - DAY)] == [member.pk]
    assert not Membership.objects.held(EARLIER).exists()
    assert [row.pk for row in Membership.objects.held(ON)] == [back.pk]


def test_end_that_lies_ahead_hides_nobody_early(who, term):
    member = factories.membership(term)
    resign(member, who, LATER)
    assert Membership.objects.held(ON).get() == member
    assert Membership.objects.held(LATER - DAY).get() == member
    assert not Membership.objects.held(LATER).exists()


def test_mandate_that_was_over_is_entered_late(who, term):
    """The seat is free for the days before and after; the person may sit elsewhere by now."""
    person = factories.person()
    factories.membership(factories.term(), person, started_on=LATER)

    past = operations.seat_member(
        term=term, person=person, started_on=EARLIER, ended_on=ON, end_reason="resigned", **who
    )

    assert (past.started_on, past.ended_on, past.end_reason) == (EARLIER, ON, "resigned")
    entry = AuditEntry.objects.get(verb="seat_member")
    assert entry.on_behalf_of == person
    assert entry.details["after"] == {
        "seat": 1, "started_on": "2026-03-12", "ended_on": "2026-11-23", "end_reason": "resigned",
    }  # fmt: skip


@pytest.mark.parametrize(("ended_on", "reason"), [(ON, ""), (EARLIER - DAY, "resigned")])
def test_late_entry_keeps_the_rules_of_its_row(who, term, ended_on, reason):
    with pytest.raises(CouncilRefused):
        operations.seat_member(
            term=term, person=factories.person(), started_on=EARLIER, ended_on=ended_on, end_reason=reason, **who
        )
    assert not Membership.objects.exists()


def test_mandate_lasts_no_longer_than_its_term(who, term):
    Term.objects.filter(pk=term.pk).update(ended_on=LATER)
    row = operations.seat_member(term=term, person=factories.person(), started_on=ON, **who)
    assert (row.ended_on, row.end_reason) == (LATER, "term_over")
    with pytest.raises(CouncilRefused, match="sasaukum"):
        operations.seat_member(
            term=term, person=factories.person(), started_on=ON, ended_on=LATER + DAY, end_reason="other", **who
        )


def test_mandate_that_never_began_is_in_nobodys_way(who, term):
    person = factories.person()
    factories.membership(term, person, started_on=LATER, ended_on=LATER, end_reason="other")
    assert operations.seat_member(term=term, person=person, started_on=ON, **who)


def test_end_of_a_mandate_is_written_down_with_what_was_before(who, term):
    resign(factories.membership(term), who)
    assert AuditEntry.objects.get(verb="end_membership").details == {
        "before": {"ended_on": None, "end_reason": ""},
        "after": {"ended_on": "2026-11-23", "end_reason": "resigned"},
    }


def test_end_of_a_mandate_is_taken_back_with_the_office_that_ended_with_it(who, term):
    member = factories.membership(term)
    chair, secretary = factories.office(member), factories.office(member, kind="secretary", ended_on=ON - 9 * DAY)
    resign(member, who, ON)
    operations.correct_membership_end(membership=member, ended_on=ON + 5 * DAY, reason="died", source="Akts", **who)
    assert dated(member, chair) == [ON + 5 * DAY] * 2
    operations.correct_membership_end(membership=member, ended_on=ON - 2 * DAY, reason="resigned", **who)
    assert dated(member, chair) == [ON - 2 * DAY] * 2
    operations.correct_membership_end(membership=member, ended_on=None, reason="resigned", **who)
    assert dated(member, chair, secretary) == [None, None, ON - 9 * DAY]
    assert (member.end_reason, member.source) == ("", "Akts")
    entry = AuditEntry.objects.filter(verb="correct_membership_end").latest("pk")
    assert entry.details["before"]["ended_on"] == (ON - 2 * DAY).isoformat()
    with pytest.raises(CouncilRefused, match="nav beigušās"):
        operations.correct_membership_end(membership=member, ended_on=ON, reason="died", **who)


def dated(*rows):
    for row in rows:
        row.refresh_from_db()
    return [row.ended_on for row in rows]


def test_office_that_somebody_else_holds_does_not_come_back_with_the_mandate(who, term):
    member, other = factories.membership(term), factories.membership(term)
    chair = factories.office(member)
    resign(member, who, ON)
    factories.office(other, started_on=ON + DAY)
    operations.correct_membership_end(membership=member, ended_on=None, reason="", **who)
    assert dated(member, chair) == [None, ON]


def test_end_of_a_mandate_is_not_taken_back_where_the_seat_or_the_person_is_taken(who):
    term = factories.term(seats=1)
    member = factories.membership(term)
    resign(member, who, ON)
    after = factories.membership(term, started_on=ON)
    for ended_on in (None, ON + DAY):
        with pytest.raises(CouncilRefused, match="jau ir aizņemta"):
            operations.correct_membership_end(membership=member, ended_on=ended_on, reason="other", **who)
    resign(after, who, ON)
    factories.membership(factories.term(), member.person, started_on=ON)
    with pytest.raises(CouncilRefused, match="§8"):
        operations.correct_membership_end(membership=member, ended_on=None, reason="", **who)
    assert dated(member) == [ON]


def test_end_of_a_mandate_stays_within_its_convocation(who, term):
    member, stays = factories.membership(term), factories.membership(term)
    resign(member, who, ON - DAY)
    said = {"term": term, "started_on": term.started_on, "end_rule": term.end_rule}
    operations.change_term(ended_on=ON, **said, **who)
    with pytest.raises(CouncilRefused):
        operations.correct_membership_end(membership=member, ended_on=ON + DAY, reason="other", **who)
    operations.correct_membership_end(membership=member, ended_on=None, reason="", **who)
    assert (dated(member), member.end_reason) == ([ON], "term_over")
    for row in (member, stays):
        with pytest.raises(CouncilRefused):
            operations.correct_membership_end(membership=row, ended_on=None, reason="", **who)


def test_par_32_release_that_was_decided_is_not_taken_back(who, term):
    member = factories.membership(term)
    case = AbsenceCase.objects.create(membership=member, raised_on=ON, last_meeting=factories.meeting(term.council))
    absences.decide(case=case, decision="released", reason="Trīs kavējumi", **who)
    with pytest.raises(CouncilRefused, match="§32"):
        operations.correct_membership_end(membership=member, ended_on=None, reason="", **who)
    operations.correct_membership_end(membership=member, ended_on=ON + 9 * DAY, reason="absences", **who)
    assert dated(member) == [ON + 9 * DAY]


def test_end_of_an_office_is_corrected_and_taken_back(who, term):
    member, other = factories.membership(term), factories.membership(term)
    chair = factories.office(member)
    with pytest.raises(CouncilRefused):
        operations.correct_office_end(office=chair, ended_on=ON, **who)
    operations.end_office(office=chair, ended_on=ON, **who)
    operations.correct_office_end(office=chair, ended_on=ON - DAY, **who)
    assert dated(chair) == [ON - DAY]
    after = factories.office(other, started_on=ON)
    for ended_on in (None, ON + DAY):
        with pytest.raises(CouncilRefused, match=r"23\.11\.2026\."):
            operations.correct_office_end(office=chair, ended_on=ended_on, **who)
    operations.end_office(office=after, ended_on=ON, **who)
    operations.correct_office_end(office=chair, ended_on=None, **who)
    assert dated(chair) == [None]
    assert AuditEntry.objects.filter(verb="correct_office_end").count() == 2


def test_office_lasts_no_longer_than_the_mandate(who, term):
    member = factories.membership(term)
    chair = factories.office(member, ended_on=ON - DAY)
    resign(member, who, ON)
    with pytest.raises(CouncilRefused):
        operations.correct_office_end(office=chair, ended_on=ON + DAY, **who)
    operations.correct_office_end(office=chair, ended_on=None, **who)
    assert dated(chair) == [ON]
    with pytest.raises(CouncilRefused):
        operations.correct_office_end(office=chair, ended_on=None, **who)


@pytest.mark.parametrize("goes_on", [True, False])
def test_former_holder_goes_on_when_a_coming_office_is_taken_back(who, term, goes_on):
    former, coming = factories.membership(term), factories.membership(term)
    held = factories.office(former)
    later = ON + 9 * DAY
    office = operations.give_office(council=term.council, person=coming.person, kind="chair", started_on=later, **who)
    assert dated(held) == [later]
    assert operations.office_before(office) == held
    operations.end_office(office=office, ended_on=later, former_goes_on=goes_on, **who)
    assert dated(office, held) == [later, None if goes_on else later]


def test_former_holder_who_sits_no_more_does_not_go_on(who, term):
    former, coming = factories.membership(term), factories.membership(term)
    factories.office(former)
    resign(former, who, ON)
    office = factories.office(coming, started_on=ON)
    assert operations.office_before(office) is None


def test_change_of_an_office_is_written_down_with_who_held_it(who, term):
    first, second = (factories.membership(term, factories.person(name)) for name in ("Anna Ozola", "Jānis Kļava"))
    for row in (first, second):
        operations.give_office(council=term.council, person=row.person, kind="chair", started_on=ON, **who)
    before = [entry.details["before"] for entry in AuditEntry.objects.filter(verb="give_office").order_by("pk")]
    assert before == [{}, {"holder": "Anna Ozola"}]


# --- empty seats ------------------------------------------------------------------------------------------------------


def vacant(term):
    return [(seat.number, seat.empty_from) for seat in Seat.objects.filter(term=term).vacant()]


def test_seat_is_vacant_from_the_day_nobody_holds_it_to_the_end(who, term):
    assert vacant(term) == [(n, term.started_on) for n in (1, 2, 3)]
    members = [factories.membership(term) for _n in range(3)]
    assert vacant(term) == []

    resign(members[1], who, LATER)
    resign(members[0], who, EARLIER)
    assert vacant(term) == [(1, EARLIER), (2, LATER)]

    operations.seat_member(term=term, person=factories.person(), started_on=ON, **who)
    assert vacant(term) == [(2, LATER)]


def test_seats_are_not_vacant_because_their_term_ends(who, term):
    member = factories.membership(term)
    resign(member, who, EARLIER)
    for _n in range(2):
        factories.membership(term)
    operations.open_term(council=term.council, number=2, seat_count=2, started_on=LATER, **who)
    assert vacant(term) == [(1, EARLIER)]


def test_mandate_without_a_day_leaves_its_seat_vacant(term):
    factories.membership(term, started_on=LATER, ended_on=LATER, end_reason="other")
    assert (1, term.started_on) in vacant(term)


# --- §19: the next candidate takes over -------------------------------------------------------------------------------


def test_par_19_the_next_candidate_by_votes_takes_over_for_the_rest_of_the_term(who, term, order):
    member = factories.membership(term)
    for _n in range(2):
        factories.membership(term)
    resign(member, who)
    first = operations.next_substitute(term)
    assert first == order[0]

    offered = operations.offer_seat(substitute=first, offered_on=ON, **who)
    assert offered.state == SubstituteState.OFFERED
    membership = operations.seat_substitute(substitute=first, started_on=LATER, source="Prot. 9", **who)

    first.refresh_from_db()
    assert (first.state, first.seated_on, first.membership) == (SubstituteState.SEATED, LATER, membership)
    assert (membership.seat, membership.ended_on, membership.source) == (member.seat, None, "Prot. 9")
    assert operations.next_substitute(term) == order[1]
    verbs = list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["end_membership", "offer_seat", "seat_member"]


def test_par_19_after_a_refusal_with_its_reason_the_next_one_is_asked(who, term, order):
    operations.offer_seat(substitute=order[0], offered_on=ON, **who)
    with pytest.raises(CouncilRefused, match="atteicās"):
        operations.record_refusal(substitute=order[0], declined_on=ON, reason="  ", **who)

    row = operations.record_refusal(substitute=order[0], declined_on=ON, reason="Pārcēlās", **who)

    assert (row.state, row.declined_because) == (SubstituteState.DECLINED, "Pārcēlās")
    assert operations.next_substitute(term) == order[1]
    assert AuditEntry.objects.get(verb="refuse_seat").on_behalf_of == order[0].person
    for act, values in (
        (operations.offer_seat, {"offered_on": ON}),
        (operations.seat_substitute, {"started_on": ON}),
        (operations.record_refusal, {"declined_on": ON, "reason": "Vēlreiz"}),
    ):
        with pytest.raises(CouncilRefused, match="jau"):
            act(substitute=order[0], **values, **who)


def test_par_19_nobody_is_passed_over(who, term, order):
    for act, values in ((operations.offer_seat, {"offered_on": ON}), (operations.seat_substitute, {"started_on": ON})):
        with pytest.raises(CouncilRefused, match=order[0].person.family_name):
            act(substitute=order[1], **values, **who)
    assert not Membership.objects.exists()
    # who knows ahead says so ahead
    assert operations.record_refusal(substitute=order[2], declined_on=ON, reason="Slimība", **who)


def test_seat_is_offered_once_and_only_when_there_is_one(who, order, term):
    first = operations.offer_seat(substitute=order[0], offered_on=ON - DAY, **who)
    assert operations.offer_seat(substitute=order[0], offered_on=ON, **who).offered_on == first.offered_on
    assert AuditEntry.objects.filter(verb="offer_seat").count() == 1
    with pytest.raises(CouncilRefused, match="vēl nav"):
        operations.record_refusal(substitute=order[0], declined_on=ON + DAY, reason="Rīt", **who)

    full = factories.term(seats=1)
    factories.membership(full)
    waiting = factories.substitute(full)
    with pytest.raises(CouncilRefused, match="Visas"):
        operations.offer_seat(substitute=waiting, offered_on=ON, **who)
    with pytest.raises(CouncilRefused, match="Visas"):
        operations.seat_substitute(substitute=waiting, started_on=ON, **who)


def test_candidate_who_sits_in_another_council_must_refuse_first(who, order):
    factories.membership(factories.term(), order[0].person)
    with pytest.raises(CouncilRefused, match="§8"):
        operations.seat_substitute(substitute=order[0], started_on=ON, **who)
    order[0].refresh_from_db()
    assert order[0].state == SubstituteState.WAITING


def test_substitute_who_is_added_as_a_member_leaves_the_order(who, term, order):
    """After additional elections (§20) somebody from the order may be elected."""
    membership = operations.seat_member(term=term, person=order[1].person, started_on=ON, **who)
    order[1].refresh_from_db()
    assert (order[1].state, order[1].membership) == (SubstituteState.SEATED, membership)
    assert operations.next_substitute(term) == order[0]


def test_substitutes_of_an_earlier_term_take_over_nothing(who, term, order):
    new = operations.open_term(council=term.council, number=2, seat_count=3, started_on=ON, **who)
    assert operations.next_substitute(new) is None
    with pytest.raises(CouncilRefused, match="sasaukum"):
        operations.seat_substitute(substitute=order[0], started_on=ON, **who)


@pytest.mark.django_db(transaction=True)
def test_two_coordinators_cannot_seat_the_next_candidate_twice(who):
    term = factories.term(seats=2)
    waiting = factories.substitute(term)
    barrier = Barrier(2)

    def seat():
        try:
            barrier.wait()
            return operations.seat_substitute(substitute=waiting, started_on=ON, **who)
        except CouncilRefused as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        results = [future.result() for future in [pool.submit(seat) for _n in range(2)]]
    assert Membership.objects.count() == 1
    assert sum(isinstance(result, CouncilRefused) for result in results) == 1


# --- the order is entered by hand -------------------------------------------------------------------------------------

APPLIED = datetime(2025, 11, 20, 9, 30, tzinfo=UTC)


def test_substitute_is_entered_corrected_and_removed(who, term):
    person = factories.person("Kārlis Ķirsis")
    row = operations.enter_substitute(
        term=term, person=person, rank=1, votes=41, applied_at=APPLIED, source="Rezultāti", **who
    )
    operations.change_substitute(substitute=row, votes=42, source="Rezultāti", **who)
    row.refresh_from_db()
    assert (row.rank, row.votes, row.applied_at, row.source) == (1, 42, APPLIED, "Rezultāti")
    assert AuditEntry.objects.get(verb="change_substitute").details == {"before": {"votes": 41}, "after": {"votes": 42}}
    with pytest.raises(TypeError):
        operations.change_substitute(substitute=row, seated_on=ON, **who)

    operations.remove_substitute(substitute=row, **who)
    assert not Substitute.objects.exists()
    entry = AuditEntry.objects.get(verb="remove_substitute")
    assert (entry.on_behalf_of, entry.details["before"]["votes"]) == (person, 42)


def test_order_has_each_place_and_each_person_once(who, term, order):
    with pytest.raises(CouncilRefused, match="vieta"):
        operations.enter_substitute(term=term, person=factories.person(), rank=1, **who)
    with pytest.raises(CouncilRefused):
        operations.enter_substitute(term=term, person=order[0].person, rank=9, **who)
    assert Substitute.objects.count() == 3


def test_elected_member_is_no_substitute(who, term):
    member = factories.membership(term)
    with pytest.raises(CouncilRefused, match="nav nākamais"):
        operations.enter_substitute(term=term, person=member.person, rank=1, **who)


def test_what_was_offered_stays_in_the_record(who, order):
    operations.offer_seat(substitute=order[0], offered_on=ON, **who)
    with pytest.raises(CouncilRefused):
        operations.remove_substitute(substitute=order[0], **who)
    assert Substitute.objects.filter(pk=order[0].pk).exists()


@pytest.mark.parametrize(
    "values",
    [
        {"declined_on": ON, "declined_because": ""},
        {"declined_on": ON, "declined_because": "Nē", "seated_on": ON},
    ],
)
def test_database_keeps_answers_sound(order, values):
    with pytest.raises(IntegrityError), transaction.atomic():
        Substitute.objects.filter(pk=order[0].pk).update(**values)


@pytest.mark.parametrize("rows", [1, 3])
def test_next_substitute_is_one_query(term, rows, django_assert_num_queries):
    for _n in range(rows):
        factories.substitute(term)
    with django_assert_num_queries(1):
        assert operations.next_substitute(term).person.name


# --- §20: below the minimum -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "seats", "expected"), [(5, 9, 5), (5, 5, 5), (5, 3, 3), (30, 7, 7), (30, 9, 9), (4, 7, 4)]
)
def test_par_20_minimum_is_a_number_the_municipality_sets(value, seats, expected):
    """The act does not say whether 5 or all seats: a number as large as the council means all of them."""
    RegulationValue.objects.create(code="MIN_MEMBERS", value=str(value), paragraph="§20", valid_from=EARLIER)
    assert regulation.in_force(ON).min_members(seats) == expected
    assert regulation.in_force(EARLIER - DAY).min_members(9) == 5


# --- §39–42: the first convocation ends with the first meeting of the second ------------------------------------------


def test_par_39_first_convocation_lasts_to_the_first_meeting_of_the_second(who):
    council = factories.council()
    first = operations.open_term(council=council, number=1, seat_count=2, started_on=date(2026, 1, 9), **who)
    member = operations.seat_member(term=first, person=factories.person(), started_on=first.started_on, **who)
    assert (first.ended_on, first.end_rule) == (None, Term.EndRule.SUCCESSOR)
    assert "§39–42" in first.get_end_rule_display()
    # four years later it still lasts: its open end has this reason, and not the years of §11
    assert Term.objects.held(date(2030, 6, 1)).get() == first

    met_on = date(2027, 10, 5)
    second = operations.open_term(
        council=council, number=2, seat_count=2, started_on=met_on, end_rule=Term.EndRule.YEARS, **who
    )

    assert Term.objects.held(met_on - DAY).get() == first
    assert Term.objects.held(met_on).get() == second
    member.refresh_from_db()
    assert (member.ended_on, member.end_reason) == (met_on, "term_over")


def test_par_11_second_convocation_lasts_for_the_years_of_the_regulation():
    assert regulation.in_force(ON).term_ends_on(date(2027, 10, 5)) == date(2031, 10, 5)
