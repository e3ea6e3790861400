"""The regulation Nr. 12/2025, paragraph by paragraph: what it asks of software, with deadlines worked by hand."""

from datetime import date, datetime, time, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from councils import answers, operations, permissions, regulation
from councils.documents import record
from councils.models import AbsenceCase, DayOverride, Meeting, RegulationValue, Submission
from councils.operations import (
    MeetingRefused,
    SubmissionRefused,
    absences,
    announcements,
    meetings,
    minutes,
    opinions,
    proposals,
    room,
    submissions,
    votes,
)
from councils.operations import answers as operations_of_answers
from councils.operations.agenda import change_item
from notices.models import Notice
from tests import factories
from tests.conftest import RIGA
from tests.councils import minutes_world
from tests.councils.room_world import STARTS, Mark, World

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


# --- meetings: §24, §30, §31, §35–§38 ---------------------------------------------------------------------------------


def at(day: date, hour: int = 18) -> datetime:
    return datetime.combine(day, time(hour), RIGA)


def draft_on(day: date, council=None, **fields) -> Meeting:
    """A draft with a place and an agenda."""
    meeting = factories.meeting(council, published=False, starts_at=at(day), **fields)
    meeting.agenda.create(position=1, title="Ceļi")
    return meeting


# A plain week, and those in which working days are hard to count; the days counted back stand beside each.
# Meeting on; last day to the administration (the fifth, §38.1); last day on the municipality's site (the third, §38.2).
DEADLINES = [
    # Thursday 11 June 2026: 10., 9., 8., 5., 4. June
    pytest.param(date(2026, 6, 11), date(2026, 6, 4), date(2026, 6, 8), id="plain week"),
    # Tuesday 29 December 2026: 28., 23., 22., 21., 18.; the 24th, 25th and 26th are holidays, 27 is a Sunday
    pytest.param(date(2026, 12, 29), date(2026, 12, 18), date(2026, 12, 22), id="after Christmas"),
    # Tuesday 5 January 2027: 4. January, 30., 29., 28., 23. December; 31 December and 1 January are holidays
    pytest.param(date(2027, 1, 5), date(2026, 12, 23), date(2026, 12, 29), id="over the new year"),
    # Tuesday 7 April 2026: 2., 1. April, 31., 30., 27. March; Good Friday is the 3rd, Easter Monday the 6th
    pytest.param(date(2026, 4, 7), date(2026, 3, 27), date(2026, 3, 31), id="after Easter"),
    # Wednesday 6 May 2026: 5. May, 30., 29., 28., 27. April; 1 and 4 May are holidays, 2 and 3 a weekend
    pytest.param(date(2026, 5, 6), date(2026, 4, 27), date(2026, 4, 29), id="after 1 and 4 May"),
    # Friday 7 May 2027: 6., 5., 3. May, 30., 29. April; 4 May is a Tuesday between working days
    pytest.param(date(2027, 5, 7), date(2027, 4, 29), date(2027, 5, 3), id="around 4 May 2027"),
    # Friday 20 November 2026: 19., 17., 16., 13., 12.; 18 November is a holiday in the middle of the week
    pytest.param(date(2026, 11, 20), date(2026, 11, 12), date(2026, 11, 16), id="around 18 November"),
    # Monday 29 June 2026: 27., 26., 25., 19., 18.; Saturday the 27th is worked for Monday the 22nd, 23 and 24 are off
    pytest.param(date(2026, 6, 29), date(2026, 6, 18), date(2026, 6, 25), id="a moved working day"),
]


@pytest.mark.parametrize(("meeting_on", "send_by", "announce_by"), DEADLINES)
def test_par_38_days_are_counted_back_in_working_days(meeting_on, send_by, announce_by):
    rules = regulation.in_force(meeting_on)
    days = announcements.deadlines(meeting_on, send_by, rules)
    assert (days.send_by, days.announce_by) == (send_by, announce_by)


def test_par_38_day_that_the_government_moves_moves_the_deadlines():
    """A row makes Friday 12 June 2026 a day off and Saturday the 20th a working day: the fifth working day before
    Wednesday the 17th is then the 9th and not the 10th, and before Tuesday the 23rd the Saturday counts."""
    assert regulation.in_force(date(2026, 6, 1)).agenda_due_on(date(2026, 6, 17)) == date(2026, 6, 10)
    DayOverride.objects.create(day=date(2026, 6, 12), is_working=False)
    DayOverride.objects.create(day=date(2026, 6, 20), is_working=True)
    rules = regulation.in_force(date(2026, 6, 1))
    assert rules.agenda_due_on(date(2026, 6, 17)) == date(2026, 6, 9)
    assert rules.announce_by(date(2026, 6, 23)) == date(2026, 6, 18)  # 20., 19., 18.; the 22nd is moved already


@pytest.mark.parametrize(("meeting_on", "send_by", "_announce_by"), DEADLINES)
def test_par_38_1_agenda_that_comes_late_says_why(meeting_on, send_by, _announce_by):
    meeting = draft_on(meeting_on)
    next_day = at(send_by + DAY, 0)
    with pytest.raises(MeetingRefused, match="§38"):
        announcements.send_to_administration(meeting=meeting, by=None, now=next_day)
    late = announcements.send_to_administration(meeting=meeting, by=None, now=next_day, late_because="Slimība")
    assert late.late_because == "Slimība"

    in_time = announcements.send_to_administration(meeting=draft_on(meeting_on), by=None, now=at(send_by, 23))
    assert in_time.late_because == ""


@pytest.mark.parametrize(("meeting_on", "send_by", "_announce_by"), DEADLINES)
def test_par_38_1_council_that_publishes_at_once_says_why_too(meeting_on, send_by, _announce_by):
    """Publishing hands the agenda in: no way around the fifth day; the administration itself owes nobody an agenda."""
    term = factories.term()
    secretary = factories.user()
    factories.office(factories.membership(term, secretary.person), "secretary")
    next_day = at(send_by + DAY, 0)
    late = draft_on(meeting_on, term.council)
    with pytest.raises(MeetingRefused, match=r"§38\.1"):
        meetings.publish_meeting(meeting=late, by=secretary, now=next_day)
    late = meetings.publish_meeting(meeting=late, by=secretary, now=next_day, announced_late_because="Slimība")
    assert late.announcements.get().late_because == "Slimība"

    sent = draft_on(meeting_on)
    announcements.send_to_administration(meeting=sent, by=None, now=at(send_by, 9))
    for meeting, by, now in (
        (draft_on(meeting_on), secretary, at(send_by, 23)),
        (sent, secretary, next_day),
        (draft_on(meeting_on), factories.coordinator(), next_day),
    ):
        published = meetings.publish_meeting(meeting=meeting, by=by, now=now)
        assert published.announcements.get().late_because == ""


@pytest.mark.parametrize(("meeting_on", "send_by", "announce_by"), DEADLINES)
def test_par_38_2_publication_is_late_by_its_own_day(meeting_on, send_by, announce_by):
    """The clock reads the day on the municipality's site, whenever it was written down."""
    written_down = at(meeting_on - DAY, 9)
    for published_on, is_late in ((announce_by, False), (announce_by + DAY, True)):
        sent = announcements.send_to_administration(meeting=draft_on(meeting_on), by=None, now=at(send_by, 9))
        fields = {"announcement": sent, "published_on": published_on, "url": "https://www.example.org/sede"}
        fields |= {"by": None, "now": max(written_down, at(published_on, 12))}
        if is_late:
            with pytest.raises(MeetingRefused, match="§38"):
                meetings.record_publication(**fields)
        row = meetings.record_publication(**fields, late_because="Vietne nedarbojās")
        assert row.published_late_because == ("Vietne nedarbojās" if is_late else "")


def test_par_38_1_day_of_the_meeting_is_not_counted(now):
    """Five working days lie between the agenda and the meeting's own day: sent on Monday, the meeting is on Monday."""
    monday = date(2026, 11, 23)
    rules = regulation.in_force(monday)
    assert rules.agenda_due_on(date(2026, 11, 30)) == monday
    assert announcements.deadlines(date(2026, 11, 30), monday, rules).is_late_to_send is False
    assert announcements.deadlines(date(2026, 11, 29), monday, rules).is_late_to_send is False  # a Sunday
    assert announcements.deadlines(date(2026, 11, 27), monday, rules).is_late_to_send is True


@pytest.mark.parametrize(
    ("meeting_on", "send_by", "announce_by"),
    [
        # Monday 30 November 2026 itself, then 27., 26., 25., 24.
        (date(2026, 11, 30), date(2026, 11, 24), date(2026, 11, 26)),
        # a Sunday is no working day and counts for nothing: 27., 26., 25., 24., 23.
        (date(2026, 11, 29), date(2026, 11, 23), date(2026, 11, 25)),
        # Tuesday 29 December 2026: 28., 23., 22., 21.; Christmas and a weekend between
        (date(2026, 12, 29), date(2026, 12, 21), date(2026, 12, 23)),
    ],
)
def test_par_38_day_of_the_meeting_counts_where_the_setting_says_so(meeting_on, send_by, announce_by):
    RegulationValue.objects.create(code="MEETING_DAY", value="1", paragraph="§38", valid_from=date(2026, 1, 1))
    days = announcements.deadlines(meeting_on, send_by, regulation.in_force(meeting_on))
    assert (days.send_by, days.announce_by, days.counts_meeting) == (send_by, announce_by, True)


def test_par_38_2_what_is_restricted_is_not_announced(now):
    meeting = draft_on(date(2026, 12, 10))
    meeting.agenda.create(position=2, title="Personas lieta", is_restricted=True)
    sent = announcements.send_to_administration(meeting=meeting, by=None, now=now)
    assert "Personas lieta" not in sent.text
    assert "Ceļi" in sent.text


def test_par_24_deputy_leads_what_the_chair_cannot(now):
    """Chair and deputy have the same rights over meetings, as long as their office lasts."""
    term = factories.term()
    on = now.date()
    people = {kind: factories.user() for kind in ("chair", "deputy_chair", "secretary")}
    for kind, user in people.items():
        factories.office(factories.membership(term, user.person), kind)
    member = factories.user()
    factories.membership(term, member.person)
    meeting = draft_on(date(2026, 12, 10), term.council)
    assert all(permissions.can_run_meeting(user, meeting, on) for user in people.values())
    assert not permissions.can_run_meeting(member, meeting, on)


def test_par_24_chair_hears_a_day_earlier_that_too_few_come(now):

    term = factories.term()
    chair = factories.membership(term)
    factories.office(chair)
    factories.membership(term)
    factories.meeting(term.council, starts_at=at(date(2026, 11, 24)))
    operations_of_answers.warn_of_quorum(now=now)
    assert Notice.objects.get(kind="quorum_at_risk").person == chair.person


def test_par_23_quorum_before_the_meeting_is_more_than_half_of_the_seats_filled_that_day(now):
    term = factories.term(seats=9)
    for _n in range(6):
        factories.membership(term)
    factories.membership(term, ended_on=date(2026, 11, 24), end_reason="resigned")  # the first day out
    meeting = factories.meeting(term.council, starts_at=at(date(2026, 11, 24)))
    [tally] = answers.tallies(meeting, regulation.in_force(now.date()))
    assert (len(tally.members), tally.quorum) == (6, 4)


def test_par_30_invited_representative_speaks_to_an_item(now):
    """The council invites a representative of the municipality or a deputy: named at the item, also in public."""
    meeting = draft_on(date(2026, 12, 10))
    item = meeting.agenda.get()
    change_item(item=item, rapporteur="Domes deputāts Jānis Upe", by=None, now=now)
    sent = announcements.send_to_administration(meeting=meeting, by=None, now=now)
    assert "1. Ceļi (ziņo Domes deputāts Jānis Upe)" in sent.text


@pytest.mark.parametrize("on_behalf_of", ["", "Biedrība „Pie upes”", "SIA „Maiznīca”"])
def test_par_31_residents_associations_and_businesses_propose_items(now, on_behalf_of):
    council = factories.term().council
    user = factories.user()
    row = proposals.propose(
        council=council, person=user.person, by=user, now=now, title="Pāreja", text="…", on_behalf_of=on_behalf_of
    )
    meeting = draft_on(date(2026, 12, 10), council)
    proposals.take_proposal(proposal=row, meeting=meeting, by=None, now=now)
    assert meeting.agenda.order_by("position").last().title == "Pāreja"


def test_par_31_meetings_are_open_and_the_page_says_what_is_closed(client):

    meeting = factories.meeting(starts_at=timezone.now() + 9 * DAY)
    meeting.agenda.create(position=1, title="Ceļi")
    closed = meeting.agenda.create(position=2, title="Personas lieta", is_restricted=True)
    meeting.agenda.create(position=3, title="Personas vārds", parent=closed)
    page = client.get(meeting.get_absolute_url()).content.decode()
    assert "1. Ceļi" in page
    assert "2. Slēgts jautājums" in page
    assert "Personas" not in page


def test_par_35_municipal_council_meets_each_council_once_a_year():
    """The panel shows for each council at work whether this year's meeting is planned."""

    met, waits = factories.term().council, factories.term().council
    factories.council()  # not at work: nothing is due
    year = timezone.localdate().year
    meeting = factories.meeting(met, starts_at=at(date(year, 6, 15)))
    Meeting.objects.filter(pk=meeting.pk).update(kind=Meeting.Kind.WITH_DOME)
    last_year = factories.meeting(waits, starts_at=at(date(year - 1, 6, 15)))
    Meeting.objects.filter(pk=last_year.pk).update(kind=Meeting.Kind.WITH_DOME)
    client = Client()
    client.force_login(factories.coordinator())
    yearly = client.get("/panelis/pasakumi/").context["yearly"]
    assert {row["council"]: row["meetings"] for row in yearly["councils"]} == {met: [meeting], waits: []}


def test_par_36_administration_calls_the_yearly_joint_meeting():
    """All councils and the deputies meet once a year; the coordinator calls them together, no council's officer."""

    councils = [factories.term().council for _n in range(3)]
    officer = factories.user()
    factories.office(factories.membership(councils[0].terms.get(), officer.person))
    day = timezone.localdate() + 30 * DAY
    data = {
        "councils": [row.pk for row in councils],
        "meeting_kind": "yearly",
        "title": "Padomes sēde",
        "venue": "Dome",
    }
    data |= {"day": day.isoformat(), "starts": "17:00", "ends": "19:00", "format": "in_person", "party_limit": "4"}
    client = Client()
    client.force_login(officer)
    assert (
        "meeting_kind"
        in client.post("/panelis/sedes/jauna/", data | {"councils": [councils[0].pk]}).context["form"].errors
    )
    client.force_login(factories.coordinator())
    assert client.post("/panelis/sedes/jauna/", data).status_code == 302
    meeting = Meeting.objects.get()
    assert (meeting.kind, meeting.councils.count()) == ("yearly", 3)
    assert meeting.event.title == "Padomju ikgadējā kopsanāksme"
    assert client.get("/panelis/pasakumi/").context["yearly"]["joint"] == [meeting]


def test_par_37_room_is_agreed_before_the_meeting_is_announced(now):
    """Rooms of the municipality are agreed beforehand: without a place nothing is sent and nothing announced."""
    meeting = draft_on(date(2026, 12, 10), venue="")
    with pytest.raises(MeetingRefused):
        announcements.send_to_administration(meeting=meeting, by=None, now=now)
    with pytest.raises(MeetingRefused):
        operations.publish_meeting(meeting=meeting, by=None, now=now)


# --- in the meeting: §21, §22, §23, §24, §26, §32, §33 ----------------------------------------------------------------

FOR, AGAINST, ABSTAINS = "in_favour", "against", "abstained"
P, REMOTE, EXCUSED, UNEXCUSED = Mark.PRESENT, Mark.REMOTE, Mark.EXCUSED, Mark.UNEXCUSED


def test_par_21_first_meeting_elects_its_officers_and_they_write_from_then_on():
    """Nobody holds an office when the first meeting opens: the coordinator opens it; who is elected goes on."""
    world = World()
    world.council.offices.all().delete()
    member, coordinator = world.users[0], factories.coordinator()
    on = world.meeting.held_on
    assert permissions.can_keep_record(coordinator, world.meeting, on)
    assert not permissions.can_keep_record(member, world.meeting, on)
    operations.give_office(
        council=world.council, person=member.person, kind="chair", started_on=on, by=coordinator, now=world.now
    )
    assert permissions.can_keep_record(member, world.meeting, on)


def test_par_22_first_meeting_is_led_by_somebody_who_is_no_member():
    world = World()
    head_of_the_commission = factories.person("Uldis Upītis")
    meeting = room.open_meeting(
        meeting=world.meeting,
        leader=head_of_the_commission,
        minute_taker=world.secretary.person,
        opened_at=STARTS,
        **world.who,
    )
    assert meeting.leader == head_of_the_commission


@pytest.mark.parametrize(
    ("members", "needed"), [(1, 1), (2, 2), (3, 2), (4, 3), (5, 3), (6, 4), (7, 4), (8, 5), (9, 5)]
)
def test_par_23_quorum_is_more_than_half_of_the_members(members, needed):
    world = World(members=max(members, 3))
    for member in world.members[members:]:
        world.council.offices.filter(person=member.person).delete()
        member.delete()
    world.call(*[P] * (needed - 1))
    quorum = room.quorum(world.meeting, world.council, STARTS)
    assert (quorum.present, quorum.members, quorum.needed, quorum.is_there) == (needed - 1, members, needed, False)
    world.call(*[""] * (needed - 1), REMOTE)  # connected remotely counts
    assert room.quorum(world.meeting, world.council, STARTS).is_there


def test_par_23_quorum_counts_the_seats_filled_on_the_day_of_the_meeting():
    """Seven seats, five filled: three are enough. Who came into a seat later, or left it before, does not count."""
    world = World(members=5, seats=7).call(P, P, P)
    on = world.meeting.held_on
    factories.membership(world.term, started_on=on + DAY)
    factories.membership(world.term, started_on=world.term.started_on, ended_on=on, end_reason="resigned")
    assert [getattr(room.quorum(world.meeting, world.council, STARTS), name) for name in ("members", "needed")] == [
        5,
        3,
    ]
    factories.membership(world.term, started_on=on)  # took the seat on the day
    quorum = room.quorum(world.meeting, world.council, STARTS)
    assert (quorum.members, quorum.needed, quorum.is_there) == (6, 4, False)


def test_par_23_quorum_follows_who_comes_late_and_leaves_early():
    """Five members; two from the start, one from 18.45, one of the first goes at 19.15, one comes at 19.30."""
    world = World()
    world.now = STARTS + 2 * HOUR
    quarter = HOUR / 4
    for member, times in enumerate(
        [{}, {"left_at": STARTS + 3 * quarter}, {"arrived_at": STARTS + quarter}, {"arrived_at": STARTS + HOUR}]
    ):
        world.call(*[""] * member, P, **times)
    world.call("", "", "", "", EXCUSED)
    present = {
        n: room.quorum(world.meeting, world.council, STARTS + n * quarter) for n in (0, 1, 2, 3, 4)
    }  # 18.30, 18.45, 19.00, 19.15, 19.30
    assert {n: quorum.present for n, quorum in present.items()} == {0: 2, 1: 3, 2: 3, 3: 2, 4: 3}
    assert {n for n, quorum in present.items() if quorum.is_there} == {1, 2, 4}


def test_par_23_vote_without_a_quorum_is_refused_and_says_why():
    world = World().open().call(P, REMOTE, EXCUSED, UNEXCUSED, EXCUSED)
    with pytest.raises(MeetingRefused, match=r"2 no 5 .*vajag 3 \(§23\)"):
        world.by_name(world.resolution(), FOR, FOR)
    world.now = STARTS + HOUR
    world.call("", "", P, arrived_at=STARTS + HOUR / 2)
    with pytest.raises(MeetingRefused, match="2 no 5"):  # at 18.40 there were still two
        world.by_name(world.resolution(position=2), FOR, FOR, at=STARTS + HOUR / 6)
    assert world.by_name(world.resolution(position=3), FOR, FOR, FOR).outcome == "adopted"


def test_par_24_deputy_leads_in_the_absence_of_the_chair_and_the_page_offers_so():
    world = World(starts_at=timezone.now() - HOUR)
    world.now = timezone.now()
    world.call(EXCUSED)
    client = Client()
    client.force_login(world.secretary)
    page = client.get(f"/sedes/{world.meeting.pk}/telpa/atvert/")
    assert page.context["form"].initial["leader"] == world.deputy.person
    assert page.context["form"].initial["minute_taker"] == world.secretary.person


VOTES = [
    # chair, deputy, secretary, two more; what came of it
    pytest.param([FOR, FOR, FOR, AGAINST, AGAINST], "adopted", "", id="more for"),
    pytest.param([FOR, FOR, AGAINST, AGAINST, AGAINST], "rejected", "", id="more against"),
    pytest.param([ABSTAINS, FOR, ABSTAINS, ABSTAINS, ABSTAINS], "adopted", "", id="one for, the rest abstain"),
    pytest.param([FOR, FOR, AGAINST, AGAINST, ABSTAINS], "adopted", FOR, id="tie, chair for"),
    pytest.param([AGAINST, FOR, FOR, AGAINST, ABSTAINS], "rejected", AGAINST, id="tie, chair against"),
    pytest.param([ABSTAINS, FOR, FOR, AGAINST, AGAINST], "rejected", "", id="tie, chair abstains"),
    pytest.param(["not_voted", FOR, FOR, AGAINST, AGAINST], "rejected", "", id="tie, chair did not vote"),
    pytest.param([ABSTAINS] * 5, "rejected", "", id="nobody for, nobody against"),
]


@pytest.mark.parametrize(("ballots", "outcome", "casting"), VOTES)
def test_par_26_open_vote_and_at_a_tie_the_chairs_own(ballots, outcome, casting):
    world = World().open().all_here()
    row = world.by_name(world.resolution(), *ballots)
    assert (row.outcome, row.casting_vote) == (outcome, casting)
    assert [ballot.choice for ballot in row.ballots.order_by("membership__pk")] == ballots


@pytest.mark.parametrize(
    ("counts", "casting", "outcome"),
    [
        ((3, 2, 0), None, "adopted"),
        ((2, 3, 0), "in_favour", "rejected"),
        ((2, 2, 1), "in_favour", "adopted"),
        ((2, 2, 1), "against", "rejected"),
        ((2, 2, 1), "", "rejected"),
        ((0, 0, 5), None, "rejected"),
    ],
    ids=["more for", "no tie, nothing to cast", "tie, chair for", "tie, chair against", "chair abstained", "none"],
)
def test_par_26_vote_by_count_asks_for_the_chairs_vote_at_a_tie(counts, casting, outcome):
    world = World().open().all_here()
    assert world.by_count(world.resolution(), *counts, casting=casting).outcome == outcome
    if counts == (2, 2, 1):
        with pytest.raises(votes.CastingVoteNeeded):
            world.by_count(world.resolution(position=2), *counts)


@pytest.mark.parametrize("chair", ["away", "recused"])
def test_par_26_tie_without_the_chair_is_not_adopted_whoever_leads(chair):
    """The casting vote is the chair's of the council, not the leader's of the meeting."""
    world = World().open().all_here()
    world.now = STARTS + HOUR
    if chair == "away":
        world.call(EXCUSED)
    else:
        room.recuse(item=world.items[0], membership=world.members[0], reason="Brālis", **world.who)
    row = world.by_name(world.resolution(), "", FOR, FOR, AGAINST, AGAINST)
    assert (row.outcome, row.casting_vote) == ("rejected", "")
    # The deputy leads and votes for: that decides nothing. By count nobody is asked.
    assert world.by_count(world.resolution(position=2), 2, 2, 0).outcome == "rejected"


def test_par_32_three_absences_without_excuse_raise_a_case_and_release_nobody(absent_member):
    _world, case = absent_member
    assert case.decision == ""
    assert case.membership.ended_on is None
    assert len(absences.absences_of(case)) == 3


def test_par_32_dome_is_informed_within_three_working_days(absent_member):
    """Released on Tuesday 17 November 2026: the 18th is a holiday, so 19., 20., 23. November."""
    world, case = absent_member
    case = absences.decide(
        case=case, decision="released", reason="§32", by=world.chair, now=datetime(2026, 11, 17, 12, tzinfo=RIGA)
    )
    assert absences.inform_by(case, regulation.in_force(case.decided_on)) == date(2026, 11, 23)
    case.membership.refresh_from_db()
    assert (case.membership.ended_on, case.membership.end_reason) == (date(2026, 11, 18), "absences")


def test_par_32_member_counts_at_the_meeting_that_releases_them(absent_member):
    world, case = absent_member
    world.meeting = factories.meeting(world.council, starts_at=datetime(2026, 11, 17, 18, tzinfo=RIGA))
    absences.decide(case=case, decision="released", reason="§32", by=None, now=world.meeting.event.starts_at)
    assert room.quorum(world.meeting, world.council, world.meeting.event.starts_at).members == 5


def test_par_32_chair_deputy_and_coordinator_decide_but_nobody_about_themselves(absent_member):
    world, case = absent_member
    on = case.raised_on
    people = {"chair": world.chair, "deputy": world.deputy, "secretary": world.secretary, "self": world.users[4]}
    people |= {"coordinator": factories.coordinator(), "resident": factories.user()}
    may = {name for name, user in people.items() if permissions.can_decide_absences(user, case, on)}
    assert may == {"chair", "deputy", "coordinator"}
    case.membership = world.members[0]
    assert not permissions.can_decide_absences(world.chair, case, on)


@pytest.fixture
def absent_member():
    """The last member missed the meetings of August, September and October 2026 without excuse."""
    world = World(starts_at=at(date(2026, 8, 12)))
    for month in (8, 9, 10):
        if month > 8:
            world.meeting = factories.meeting(world.council, starts_at=at(date(2026, month, 14)))
        world.now = world.meeting.event.starts_at
        world.open().call(P, P, P, P, UNEXCUSED)
        world.close()
    return world, AbsenceCase.objects.get()


def test_par_33_member_with_an_interest_does_not_vote_and_counts_for_the_quorum():
    """Three of five are there, one keeps out: the quorum stands, two vote."""
    world = World().open().call(P, P, P, EXCUSED, EXCUSED)
    room.recuse(item=world.items[0], membership=world.members[2], reason="Uzņēmums ir brāļa", **world.who)
    assert room.quorum(world.meeting, world.council, STARTS).is_there
    with pytest.raises(MeetingRefused, match="§33"):
        world.by_name(world.resolution(), FOR, FOR, FOR)
    row = world.by_name(world.resolution(), FOR, FOR)
    assert (row.in_favour, row.outcome) == (2, "adopted")
    with pytest.raises(MeetingRefused):
        world.by_count(world.resolution(position=2), 3, 0, 0)
    assert world.by_name(world.resolution(item=1), FOR, FOR, FOR).in_favour == 3  # only of that item


# --- minutes: §25 -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("meeting_on", "due_on"),
    [
        # Thursday 11 June 2026: 12., 15., 16., 17., 18.
        pytest.param(date(2026, 6, 11), date(2026, 6, 18), id="plain week"),
        # Thursday 12 November 2026: 13., 16., 17., 19., 20.; the 18th is a holiday
        pytest.param(date(2026, 11, 12), date(2026, 11, 20), id="around 18 November"),
        # Friday 18 December 2026: 21., 22., 23., 28., 29.; the 24th, 25th and 26th are holidays
        pytest.param(date(2026, 12, 18), date(2026, 12, 29), id="over Christmas"),
        # Wednesday 1 April 2026: 2., 7., 8., 9., 10.; Good Friday is the 3rd, Easter Monday the 6th
        pytest.param(date(2026, 4, 1), date(2026, 4, 10), id="over Easter"),
        # Thursday 30 April 2026: 5., 6., 7., 8., 11. May; 1 and 4 May are holidays
        pytest.param(date(2026, 4, 30), date(2026, 5, 11), id="over 1 and 4 May"),
        # Friday 19 June 2026: 25., 26., 27., 29., 30.; Saturday the 27th is worked for Monday the 22nd
        pytest.param(date(2026, 6, 19), date(2026, 6, 30), id="a moved working day"),
    ],
)
def test_par_25_minutes_are_sent_within_five_working_days(meeting_on, due_on):
    assert regulation.in_force(meeting_on).minutes_due_on(meeting_on) == due_on


def test_par_25_leader_signs_then_they_are_sent_and_the_originals_handed_over():
    there = minutes_world.drafted()
    row, today = there.minutes, date(2026, 11, 13)

    def sign(by):
        return minutes.sign(minutes=row, seen=1, by=by, now=minutes_world.AFTER)

    for step in (minutes.send, minutes.publish):
        with pytest.raises(MeetingRefused, match="parakstīts"):
            step(minutes=row, by=there.secretary, now=minutes_world.AFTER)
    for by in (there.secretary, there.deputy, factories.coordinator()):
        with pytest.raises(MeetingRefused, match="Āris Ķēniņš"):
            sign(by)
    version = sign(there.leader)
    minutes.send(minutes=row, by=there.secretary, now=minutes_world.AFTER)
    minutes.hand_over(minutes=row, on=today, to="Ilze Ozola, lietvede", by=there.secretary, now=minutes_world.AFTER)

    row.refresh_from_db()
    assert (version.signed_name, version.sha256) == ("Āris Ķēniņš", record.digest(version.content))
    assert Meeting.objects.get(pk=there.meeting.pk).minutes_sent_on == today
    assert (row.originals_handed_on, row.originals_handed_to) == (today, "Ilze Ozola, lietvede")


def test_par_25_work_page_says_the_last_day_and_when_it_has_passed():
    there = minutes_world.signed()
    client = Client()
    client.force_login(there.secretary)
    path = f"/protokoli/{there.meeting.pk}/darbi/"
    assert "20.\N{NO-BREAK SPACE}novembr" in client.get(path).content.decode()
    late = minutes_world.held_meeting(items=0, world=there, starts_at=timezone.now() - 40 * DAY).meeting
    minutes.draft(meeting=late, by=None, now=timezone.now())
    assert "nokavēts" in client.get(f"/protokoli/{late.pk}/darbi/").content.decode()


# --- what councils ask, and the answers: §7, §27, §28, §29, Pašvaldību likums 58(2) -----------------------------------


@pytest.fixture
def submit(now):
    """`submit(council, …)` sends a submission on Monday, 23 November 2026."""

    def call(council=None, **fields):
        council = council or factories.council()
        values = {"councils": [council], "title": "Gājēju pāreja pie skolas", "sent_on": now.date(), "by": None}
        return submissions.record_submission(**(values | {"now": now} | fields))

    return call


def test_par_7_draft_decisions_are_for_the_matters_of_5_1_to_5_6(submit):
    assert submit(kind="draft_decision", topic="5.1").kind == "draft_decision"
    with pytest.raises(SubmissionRefused, match="§7"):
        submit(title="Cits", kind="draft_decision", topic="5.7")


def test_par_27_submission_is_examined_within_a_month_and_everybody_sees_the_day(submit, client, now):
    row = submit()
    assert row.reply_due_on == date(2026, 12, 23)
    page = client.get(row.matter.get_absolute_url()).content.decode()
    assert "23.\N{NO-BREAK SPACE}decembr" in page
    states = [Submission.objects.with_state(date(2026, 12, day)).get().state for day in (23, 24)]
    assert states == ["waiting", "overdue"]


def test_par_27_month_that_ends_on_a_holiday_ends_on_the_next_working_day(submit, now):
    # Tuesday 24 November: 24 December is a holiday, as are the 25th and 26th; the 27th is a Sunday
    assert submit(sent_on=date(2026, 11, 24), now=now + DAY).reply_due_on == date(2026, 12, 28)


def test_par_27_month_begins_with_the_registration_and_a_hand_over_does_not_stop_it(submit, now):
    row = submit(sent_on=date(2026, 11, 20))
    who = {"by": None, "now": now}
    row = submissions.register_submission(submission=row, registered_on=date(2026, 11, 23), number="1", **who)
    row = submissions.hand_over(submission=row, to_unit=factories.municipal_unit(), **who)
    assert row.reply_due_on == date(2026, 12, 23)


def test_par_28_a_member_speaks_for_it_at_the_municipal_council(submit, now):
    member = factories.membership()
    council = member.seat.term.council
    row = submit(council, kind="opinion", presented_by=member.person)
    assert row.presented_by == member.person
    with pytest.raises(SubmissionRefused, match="28"):
        submit(council, title="Cits", presented_by=factories.person())


def test_par_29_institution_is_asked_through_the_executive_director(submit, now):
    with pytest.raises(SubmissionRefused, match="29"):
        submit(kind="institution")
    row = submit(kind="institution", institution="Valsts vides dienests")
    row = submissions.forward(submission=row, forwarded_on=now.date(), by=None, now=now)
    assert (row.institution, row.forwarded_on) == ("Valsts vides dienests", now.date())


def test_pl_58_2_municipal_council_asks_the_council_before_it_changes_what_touches_residents(now):
    council = factories.council()
    who = {"by": None, "now": now}
    asked = opinions.record_request(
        council=council, title="Par pieturu", received_on=now.date(), due_on=now.date() + 20 * DAY, **who
    )
    item = opinions.put_on_agenda(request=asked, meeting=factories.meeting(council, starts_at=now + 9 * DAY), **who)
    resolution = factories.resolution(item, text="Neatcelt.", voted_at=now)
    opinions.write_opinion(request=asked, opinion="Neatcelt.", resolution=resolution, **who)
    sent = opinions.send_opinion(request=asked, sent_on=now.date(), **who)
    assert (item.kind, item.matter, sent.resolution) == (item.Kind.OPINION, asked.matter, resolution)
