from datetime import date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from councils.models import AbsenceCase, DayOverride, Meeting, Membership, RegulationValue
from councils.operations import absences, room
from councils.operations.absences import AbsenceRefused
from people.models import AuditEntry
from tests import factories
from tests.conftest import RIGA
from tests.councils.room_world import STARTS, Mark, World

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
P, R, E, U = Mark.PRESENT, Mark.REMOTE, Mark.EXCUSED, Mark.UNEXCUSED


class Season:
    """Meetings of one council, a month apart, with what the roll says of its last member."""

    def __init__(self):
        self.world = World(members=5)
        self.world.meeting.delete()
        self.count = 0

    @property
    def member(self):
        return self.world.members[4]

    def meet(self, mark, day=None, kind=Meeting.Kind.COUNCIL):
        self.count += 1
        starts_at = STARTS + timedelta(days=28 * (day or self.count))
        world = self.world
        world.meeting = factories.meeting(world.council, starts_at=starts_at)
        Meeting.objects.filter(pk=world.meeting.pk).update(kind=kind)
        world.meeting.refresh_from_db()
        world.now = starts_at
        world.open().call(P, P, P, P, mark)
        return world.close().meeting

    def meet_all(self, marks, **fields):
        return [self.meet(mark, **fields) for mark in marks]

    @property
    def who(self):
        return self.world.who


@pytest.fixture
def season():
    return Season()


def cases():
    return [case.last_meeting for case in AbsenceCase.objects.order_by("pk")]


@pytest.mark.parametrize(
    ("marks", "raised"),
    [
        ([U, U, U], True),
        ([U, U], False),
        ([U, U, P, U], False),
        ([U, U, R, U], False),
        ([U, U, E, U], False),
        ([U, E, U, U, U], True),
        ([E, E, E], False),
        ([P, U, U, U], True),
    ],
    ids=["three", "two", "there between", "remote between", "excused between", "after an excuse", "excused", "later"],
)
def test_case_is_raised_by_three_unexcused_absences_in_a_row(season, marks, raised):
    meetings = season.meet_all(marks)
    assert cases() == ([meetings[-1]] if raised else [])


def test_number_of_absences_is_the_municipalitys(season):
    RegulationValue.objects.create(
        code="ABSENCES", value="2", unit="sēdes", paragraph="§32", valid_from=date(2026, 1, 1)
    )
    [_first, second] = season.meet_all([U, U])
    assert cases() == [second]


def test_case_is_raised_once_while_it_waits(season):
    meetings = season.meet_all([U, U, U, U, U, U, U])
    assert cases() == [meetings[2]]


def test_only_meetings_of_the_council_count(season):
    season.meet_all([U, U])
    for kind in (Meeting.Kind.WORKING_GROUP, Meeting.Kind.WITH_DOME, Meeting.Kind.YEARLY):
        season.meet(U, kind=kind)
    assert cases() == []
    season.meet(P, kind=Meeting.Kind.WORKING_GROUP)  # neither ends the row
    assert cases() == []
    season.meet(U, kind=Meeting.Kind.JOINT)
    assert len(cases()) == 1


def test_meeting_without_a_closed_roll_call_is_passed_over(season):
    season.meet_all([U, U])
    factories.meeting(season.world.council, starts_at=STARTS + timedelta(days=28 * 3))
    season.count += 1
    assert cases() == []
    season.meet(U)
    assert len(cases()) == 1


def test_roll_called_out_of_order_counts_in_the_order_of_the_meetings(season):
    season.meet(U, day=1)
    third = season.meet(U, day=3)
    assert cases() == []
    season.meet(U, day=2)
    assert cases() == [third]


def test_case_goes_when_a_mark_it_rested_on_is_corrected_and_comes_back(season):
    meetings = season.meet_all([U, U, U])

    def correct(mark):
        row = meetings[1].attendances.get(membership=season.member)
        room.call(
            meeting=meetings[1],
            membership=season.member,
            seen=row.revision,
            mark=mark,
            correction="Bija atvainojies",
            **season.who,
        )

    correct(E)
    assert cases() == []
    assert AuditEntry.objects.filter(verb="withdraw_absence_case").count() == 1
    correct(U)
    assert cases() == [meetings[2]]


def test_decided_case_stays_when_a_mark_is_corrected(season):
    meetings = season.meet_all([U, U, U])
    absences.decide(case=AbsenceCase.objects.get(), decision="kept", reason="Slimība", **season.who)
    row = meetings[1].attendances.get(membership=season.member)
    room.call(
        meeting=meetings[1], membership=season.member, seen=row.revision, mark=E, correction="Izziņa", **season.who
    )
    assert len(cases()) == 1


def test_after_keeping_the_count_begins_anew(season):
    season.meet_all([U, U, U])
    absences.decide(case=AbsenceCase.objects.get(), decision="kept", reason="Slimība", **season.who)
    season.meet_all([U, U])
    assert len(cases()) == 1
    last = season.meet(U)
    assert cases()[1:] == [last]


def test_case_shows_the_days_on_which_it_rests(season):
    season.meet_all([U, P])
    meetings = season.meet_all([U, U, U])
    season.meet(U)
    case = AbsenceCase.objects.select_related("last_meeting__event", "membership").get()
    assert [row.meeting for row in absences.absences_of(case)] == meetings


# --- decisions --------------------------------------------------------------------------------------------------------


@pytest.fixture
def case(season):
    season.meet_all([U, U, U])
    return AbsenceCase.objects.get()


def decide(season, case, decision="released", reason="Trīs reizes nav bijis", **fields):
    return absences.decide(case=case, decision=decision, reason=reason, **(season.who | fields))


def test_release_ends_the_mandate_after_the_day_and_keeping_does_not(season, case):
    decided = decide(season, case)
    member = Membership.objects.get(pk=season.member.pk)
    assert (member.ended_on, member.end_reason) == (decided.decided_on + DAY, "absences")
    assert list(AbsenceCase.objects.to_inform()) == [decided]
    assert decide(season, case).pk == case.pk  # sent again
    with pytest.raises(AbsenceRefused):
        decide(season, case, "kept")


def test_keeping_leaves_the_member(season, case):
    decide(season, case, "kept")
    assert Membership.objects.get(pk=season.member.pk).ended_on is None
    assert not AbsenceCase.objects.open(season.world.now.date()).exists()


def test_decision_has_a_reason(season, case):
    with pytest.raises(AbsenceRefused, match="kāpēc"):
        decide(season, case, reason="  ")
    assert Membership.objects.get(pk=season.member.pk).ended_on is None


def test_member_who_left_meanwhile_is_not_to_be_decided(season, case):
    on = season.world.now.date()
    assert list(AbsenceCase.objects.undecided(on)) == [case]
    Membership.objects.filter(pk=season.member.pk).update(ended_on=on, end_reason="resigned")
    assert not AbsenceCase.objects.undecided(on).exists()
    with pytest.raises(absences.CouncilRefused):
        decide(season, case)
    assert AbsenceCase.objects.get().decision == ""  # all of it or nothing


def test_dome_is_informed_after_the_release_and_not_in_the_future(season, case):
    decided = decide(season, case)
    on = decided.decided_on
    for informed_on in (on - DAY, on + DAY):
        with pytest.raises(AbsenceRefused):
            absences.inform_dome(case=decided, informed_on=informed_on, **season.who)
    absences.inform_dome(case=decided, informed_on=on, **season.who)
    assert not AbsenceCase.objects.to_inform().exists()
    assert AuditEntry.objects.get(verb="inform_dome").details == {"before": None, "after": on.isoformat()}


def test_dome_is_not_informed_of_who_stays(season, case):
    decided = decide(season, case, "kept")
    with pytest.raises(AbsenceRefused):
        absences.inform_dome(case=decided, informed_on=decided.decided_on, **season.who)


def test_case_holds_its_rules_in_the_database(case):
    with pytest.raises(IntegrityError), transaction.atomic():
        AbsenceCase.objects.filter(pk=case.pk).update(decision="kept")
    with pytest.raises(IntegrityError), transaction.atomic():
        AbsenceCase.objects.create(membership=case.membership, last_meeting=case.last_meeting, raised_on=case.raised_on)


def test_moved_working_day_moves_the_last_day(season, case):
    from councils import regulation

    season.world.now = datetime(2027, 3, 3, 12, tzinfo=RIGA)  # a Wednesday
    decided = decide(season, case)
    assert absences.inform_by(decided, regulation.in_force(decided.decided_on)) == date(2027, 3, 8)
    DayOverride.objects.create(day=date(2027, 3, 6), is_working=True)  # a Saturday
    assert absences.inform_by(decided, regulation.in_force(decided.decided_on)) == date(2027, 3, 6)


def test_review_costs_the_same_for_five_and_nine_members(django_assert_max_num_queries):
    counts = []
    for members in (5, 9):
        world = World(members=members, starts_at=STARTS + timedelta(days=members)).open()
        world.call(*[P] * (members - 1), U)
        with django_assert_max_num_queries(60) as queries:
            world.close()
        counts.append(len(queries))
    assert counts[0] == counts[1]
