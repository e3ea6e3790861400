"""What the demonstration says the councils did must be what their operations allow: checked on the loaded rows."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.core.management import call_command
from django.utils import timezone

from councils import files, regulation
from councils.documents import announcement, record
from councils.models import (
    AbsenceCase,
    AgendaItem,
    Album,
    Announcement,
    Attendance,
    Ballot,
    Council,
    CouncilState,
    Document,
    DocumentVersion,
    Folder,
    HandOver,
    Matter,
    MatterFollow,
    Meeting,
    Membership,
    Minutes,
    MinutesComment,
    MinutesVersion,
    MunicipalUnit,
    NewsPost,
    Office,
    OpinionRequest,
    Photo,
    Proposal,
    Question,
    Recusal,
    Resolution,
    RespondingOfficer,
    StoredFile,
    Submission,
    Substitute,
    Task,
    Term,
)
from councils.operations import absences, votes
from councils.operations import minutes as minutes_operations
from councils.working_days import is_working_day
from dashboard import demo
from notices.models import Notice
from tests.keeping import kept

ON = date(2026, 11, 23)
NOW = demo.moment_of(ON)
TABLES = (
    AbsenceCase, AgendaItem, Album, Announcement, Attendance, Ballot, Document, DocumentVersion, Folder, HandOver,
    Matter, MatterFollow, Meeting, Minutes, MinutesComment, MinutesVersion, MunicipalUnit, NewsPost, OpinionRequest,
    Photo, Proposal, Question, Recusal, Resolution, RespondingOfficer, StoredFile, Submission, Substitute, Task,
)  # fmt: skip


@pytest.fixture(
    scope="module",
    params=[
        pytest.param(1, id="one year"),
        pytest.param(4, id="four years", marks=[pytest.mark.prove, pytest.mark.databases]),
    ],
)
def years(request, django_db_setup, django_db_blocker):
    """The demonstration loaded once for all tests of this file, in a transaction around them."""
    with kept(django_db_blocker, lambda: call_command("demo", on=ON, years=request.param, verbosity=0)):
        yield request.param


@pytest.fixture
def reading(years, db):
    return years


def held():
    return Meeting.objects.held(NOW).select_related("event", "leader", "minute_taker").order_by("event__starts_at")


def test_every_table_of_the_councils_has_rows_that_their_fields_allow(reading):
    for model in TABLES:
        rows = list(model.objects.all())
        assert rows, model
        relations = [field.name for field in model._meta.fields if field.is_relation or field.name == "content"]
        for row in rows:
            row.clean_fields(exclude=relations)
            if hasattr(row, "is_invented"):
                assert row.is_invented, row


def test_texts_are_found_as_if_they_were_entered_by_hand(reading):
    for model in (Resolution, Submission, NewsPost, Matter):
        for row in (model.objects.earliest("pk"), model.objects.latest("pk")):
            before = row.search_text, getattr(row, "slug", "")
            row.save()
            assert (row.search_text, getattr(row, "slug", "")) == before
            assert row.search_text


def test_every_member_of_the_day_was_called_and_there_was_a_quorum(reading):
    called = defaultdict(dict)
    for row in Attendance.objects.select_related("membership__seat__term"):
        called[row.meeting_id][row.membership_id] = row
    for meeting in held().prefetch_related("councils"):
        rules = regulation.in_force(meeting.held_on)
        assert meeting.opened_at < meeting.closed_at
        assert meeting.leader
        assert meeting.minute_taker
        assert meeting.leader != meeting.minute_taker
        sitting = set()
        for council in meeting.councils.all():
            members = set(Membership.objects.of_council(council).held(meeting.held_on).values_list("pk", flat=True))
            there = [pk for pk in members if called[meeting.pk][pk].mark in Attendance.HERE]
            assert len(there) >= rules.quorum(len(members))
            sitting |= members
        assert set(called[meeting.pk]) == sitting
        assert all(row.mark for row in called[meeting.pk].values())
        people = {row.membership.person_id for row in called[meeting.pk].values() if row.mark in Attendance.HERE}
        assert {meeting.leader_id, meeting.minute_taker_id} <= people
    upcoming = Meeting.objects.upcoming(NOW)
    assert not Attendance.objects.filter(meeting__in=upcoming).exclude(mark="").exists()


def test_each_vote_counts_who_was_there_and_did_not_keep_out(reading):
    offices = list(Office.objects.filter(kind=Office.Kind.CHAIR))
    kinds = Counter()
    attendances = defaultdict(list)
    for row in Attendance.objects.select_related("membership__seat__term"):
        attendances[row.meeting_id].append(row)
    rows = Resolution.objects.select_related("item__meeting__event", "council", "matter")
    for row in rows.prefetch_related("ballots", "item__recusals"):
        meeting = row.item.meeting
        assert meeting.opened_at <= row.voted_at <= meeting.closed_at
        out = {recusal.membership_id for recusal in row.item.recusals.all()}
        there = {
            attendance.membership_id
            for attendance in attendances[meeting.pk]
            if attendance.membership.seat.term.council_id == row.council_id and attendance.is_there(row.voted_at)
        }
        assert row.in_favour + row.against + row.abstained == len(there - out)
        ballots = {ballot.membership_id: ballot.choice for ballot in row.ballots.all()}
        if row.vote_kind == Resolution.VoteKind.BY_NAME:
            assert set(ballots) == there - out
            assert (
                Counter(ballots.values())
                == Counter({"in_favour": row.in_favour, "against": row.against, "abstained": row.abstained}) - Counter()
            )
        assert bool(row.casting_vote) == (row.in_favour == row.against)
        if row.casting_vote:
            chair = next(
                office.person_id
                for office in offices
                if office.council_id == row.council_id
                and office.started_on <= meeting.held_on
                and (office.ended_on is None or office.ended_on > meeting.held_on)
            )
            own = next(a.membership_id for a in attendances[meeting.pk] if a.membership.person_id == chair)
            assert ballots[own] == row.casting_vote
        assert row.outcome == votes.outcome_of(in_favour=row.in_favour, against=row.against, casting=row.casting_vote)
        assert row.matter is not None
        assert row.matter == row.item.matter
        assert row.matter.is_public is not row.item.is_restricted
        for day in (row.carried_out_on, row.abandoned_on):
            assert day is None or meeting.held_on <= day <= ON
        kinds[row.vote_kind, row.outcome, bool(row.casting_vote)] += 1
    assert {outcome for _kind, outcome, _casting in kinds} == {"adopted", "rejected"}
    assert {kind for kind, _outcome, _casting in kinds} == {"by_name", "by_count"}
    assert any(casting for _kind, _outcome, casting in kinds)


def test_resolutions_are_numbered_through_the_year_of_their_council(reading):
    rows = Resolution.objects.order_by("council", "voted_at", "position", "pk")
    numbers = defaultdict(list)
    for council, year, number in rows.values_list("council", "year", "number"):
        numbers[council, year].append(number)
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())


def test_agendas_are_trees_numbered_without_gaps(reading):
    kinds = set()
    for meeting in Meeting.objects.all():
        items = meeting.agenda.numbered()
        assert [item.position for item in items] == list(range(1, len(items) + 1))
        assert {item.depth for item in items} <= {0, 1}
        kinds |= {(item.depth, item.kind) for item in items}
        for above, item in pairwise(items):
            assert not item.parent_id or item.parent_id in (above.pk, above.parent_id)
    assert (1, AgendaItem.Kind.ORDINARY) in kinds
    assert {kind for _depth, kind in kinds} >= {"approval", "previous"}
    for item in AgendaItem.objects.exclude(carried_from=None).select_related("carried_from"):
        assert item.carried_from.outcome == AgendaItem.Outcome.POSTPONED
        assert item.title == item.carried_from.title


def test_three_absences_in_a_row_have_their_case_and_nobody_else_has_one(reading):
    before = AbsenceCase.objects.count()
    decisions = set(AbsenceCase.objects.values_list("decision", flat=True))
    assert decisions == ({"", "kept", "released"} if reading == 1 else decisions | {"", "kept"})
    for case in AbsenceCase.objects.select_related("membership", "last_meeting__event"):
        assert case.raised_on == case.last_meeting.held_on
        if case.decision == AbsenceCase.Decision.RELEASED:
            assert case.membership.end_reason == Membership.EndReason.ABSENCES
            assert case.decided_on == case.membership.ended_on <= case.dome_informed_on
    for meeting in held():
        absences.review(meeting=meeting, by=None, now=NOW)
    assert AbsenceCase.objects.count() == before


def test_substitutes_stand_in_the_order_of_votes_and_sit_nowhere(reading):
    for term in Term.objects.all():
        rows = list(term.substitutes.order_by("rank"))
        assert len(rows) == 3
        assert [row.votes for row in rows] == sorted((row.votes for row in rows), reverse=True)
        members = set(Membership.objects.filter(seat__term=term).values_list("person", flat=True))
        for row in rows:
            assert (row.person_id in members) == bool(row.seated_on)
            assert bool(row.membership_id) == bool(row.seated_on)
    states = {row.state for row in Substitute.objects.all()}
    assert states == {"waiting", "offered", "seated", "declined"}


def test_minutes_say_what_the_record_says(reading):
    states = Counter()
    for minutes in Minutes.objects.select_related("meeting__event"):
        versions = list(minutes.versions.order_by("number"))
        assert [version.number for version in versions] == list(range(1, len(versions) + 1))
        assert all(version.sha256 == record.digest(version.content) for version in versions)
        assert len({version.sha256 for version in versions}) == len(versions)
        last = versions[-1]
        assert last.signed_at == minutes.signed_at
        meeting = minutes.meeting
        assert bool(last.published_at) == bool(meeting.minutes_published_on) == bool(meeting.minutes_url)
        assert not meeting.minutes_url or meeting.minutes_url.endswith(minutes.get_absolute_url())
        for moment, later in pairwise([meeting.closed_at, minutes.drafted_at, minutes.signed_at, last.published_at]):
            assert later is None or moment <= later <= NOW
        assert (minutes.originals_handed_on is None) == (meeting.minutes_sent_on is None)
        assert minutes.approved_in is None or minutes.approved_in.held_on > meeting.held_on
        states[bool(minutes.signed_at), bool(last.published_at), len(versions)] += 1
    assert Minutes.objects.count() == held().count()
    assert states[False, False, 1] == 1
    assert states[True, False, 1] == 1
    assert states[True, True, 2] >= 2
    for minutes in Minutes.objects.order_by("-pk")[:5]:
        assert minutes_operations.is_current(minutes.versions.latest("number"))
        assert minutes_operations._next_number(minutes.meeting, minutes.year) == minutes.number
    assert MinutesVersion.objects.exclude(reason="").exists()


def test_meetings_were_announced_in_time_and_the_proof_is_kept(reading):
    for meeting in Meeting.objects.filter(event__published_at__isnull=False).select_related("event"):
        rules = regulation.in_force(meeting.held_on)
        proof = meeting.announcements.get()
        assert proof.sha256 == announcement.sha256(proof.text)
        assert proof.meeting_on == meeting.held_on
        assert timezone.localdate(proof.sent_at) <= rules.agenda_due_on(meeting.held_on)
        assert proof.published_on <= rules.announce_by(meeting.held_on)
        assert proof.sent_at <= NOW
    assert Meeting.objects.latest("pk").announcements.get().text == announcement.text(Meeting.objects.latest("pk"))
    restricted = AgendaItem.objects.filter(is_restricted=True).select_related("meeting")
    assert restricted
    assert not any(item.title in item.meeting.announcements.get().text for item in restricted)


def test_letters_follow_their_resolutions_and_the_clock_is_the_regulations(reading):
    rules = regulation.in_force(ON)
    for row in Submission.objects.select_related("resolution__item__meeting__event", "matter", "answering_unit"):
        assert row.reply_due_on == rules.reply_due_on(row.sent_on, row.registered_on)
        assert is_working_day(row.sent_on)
        assert row.answering_unit.name == row.unit
        assert not row.registered_on or row.sent_on < row.registered_on <= ON
        assert row.replied_on is None or row.sent_on < row.replied_on <= ON
        assert row.done_on is None or row.replied_on <= row.done_on <= ON
        assert row.follow_up_on is None or row.follow_up_on > ON
        assert set(row.councils.all()) <= set(row.matter.councils.all())
        if row.resolution:
            assert row.resolution.outcome == Resolution.Outcome.ADOPTED
            assert row.resolution.item.meeting.held_on < row.sent_on
            assert row.resolution.matter == row.matter
    declined = Submission.objects.filter(outcome=Submission.Outcome.DECLINED)
    assert declined
    assert not declined.filter(alternative="").exists()
    assert Resolution.objects.to_submit().exists()
    # Every adopted resolution whose letter was done is carried out.
    done = Resolution.objects.filter(submissions__done_on__isnull=False)
    assert done.filter(item__resolutions__carried_out_on__isnull=False).exists()


def test_residents_get_answers_and_the_dome_its_opinions(reading):
    states = Counter(Proposal.objects.values_list("decision", flat=True))
    assert set(states) == {"", "taken", "declined"}
    assert not Proposal.objects.filter(decision="taken", item=None).exists()
    assert not Proposal.objects.filter(confirmed_at=None).exists()
    assert not MatterFollow.objects.filter(confirmed_at=None).exists()
    assert OpinionRequest.objects.filter(sent_on=None, due_on__gt=ON).exists()
    for row in OpinionRequest.objects.exclude(sent_on=None):
        assert row.received_on < row.sent_on <= row.due_on


def test_files_are_what_they_say_and_can_be_read(reading):
    for row in StoredFile.objects.all():
        with row.content.open("rb") as content:
            assert files._kind(content.read()) == row.kind
    assert {"pdf", "docx", "jpg"} <= set(StoredFile.objects.values_list("kind", flat=True))
    assert not Photo.objects.filter(alt="").exists()
    assert Document.objects.filter(is_public=False).exists()


def test_news_are_out_one_is_to_come_one_is_a_draft_and_nobody_is_mailed(reading):
    states = Counter(NewsPost.objects.with_state(NOW).values_list("state", flat=True))
    assert (states["draft"], states["scheduled"]) == (1, 1)
    assert states["published"] >= 15
    assert not NewsPost.objects.to_be_told(NOW).exists()
    assert not Notice.objects.exists()


def test_councils_of_four_years_have_four_years_of_work(reading):
    states = Counter(Council.objects.with_state(ON).values_list("state", flat=True))
    if reading == 1:
        assert states == {CouncilState.WORKING: 6, CouncilState.FORMING: 4}
        return
    assert states == {CouncilState.WORKING: 11}
    for council in Council.objects.all():
        meetings = Meeting.objects.filter(councils=council).held(NOW)
        assert meetings.count() >= 40
        assert meetings.earliest("event__starts_at").held_on <= ON - timedelta(days=4 * 365 - 5)
        assert [term.number for term in council.terms.order_by("number")] == [1, 2]
        for term in council.terms.all():
            assert Membership.objects.filter(seat__term=term).count() >= term.seat_count
            first = Meeting.objects.filter(councils=council, event__starts_at__date=term.started_on)
            assert first.get().agenda.filter(title__startswith="Priekšsēdētāja").exists()
    assert not Membership.objects.filter(seat__term__number=1, ended_on=None).exists()
