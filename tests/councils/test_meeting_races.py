"""Two people at the same meeting or proposal at one moment, each with a connection of its own."""

from datetime import timedelta

import pytest
from django.utils import timezone

from councils import operations
from councils.models import AgendaItem, Announcement, Attendance, Council, Matter, Proposal
from councils.operations import CouncilRefused, MeetingRefused, agenda, announcements, answers, proposals
from notices.models import Notice
from tests import factories
from tests.dashboard.test_panel_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


@pytest.fixture
def now():
    return timezone.now()


def of_kind(results, kind):
    return [result for result in results if isinstance(result, kind)]


def test_meeting_sent_at_once_is_one_announcement(now):
    factories.coordinator()
    meeting = factories.meeting(published=False, starts_at=now + 30 * DAY)
    meeting.agenda.create(position=1, title="Ceļi")
    results = at_once(lambda: announcements.send_to_administration(meeting=meeting, by=None, now=now))
    assert {result.pk for result in results} == {Announcement.objects.get().pk}
    assert Notice.objects.filter(kind="announcement_to_publish").count() == 1


def test_meeting_moved_at_once_has_one_text_that_stands(now):
    meeting = factories.meeting(starts_at=now + 30 * DAY)
    venues = iter(["Skola", "Bibliotēka", "Pils", "Klubs"])
    at_once(
        lambda: operations.change_meeting(meeting=meeting, venue=next(venues), move_reason="Remonts", by=None, now=now)
    )
    meeting.event.refresh_from_db()
    newest = Announcement.objects.newest().get()
    assert f"Vieta: {meeting.event.venue}" in newest.text
    assert Announcement.objects.standing().get() == newest


def test_proposal_taken_and_declined_at_once_has_one_decision(now):
    council = factories.term().council
    meeting = factories.meeting(council, published=False, starts_at=now + 30 * DAY)
    row = factories.proposal(council)
    calls = iter(
        [
            lambda: proposals.take_proposal(proposal=row, meeting=meeting, by=None, now=now),
            lambda: proposals.decline_proposal(proposal=row, reason="Ne", by=None, now=now),
        ]
        * 2
    )
    results = at_once(lambda: next(calls)())
    assert len(of_kind(results, Proposal)) == 1
    assert len(of_kind(results, CouncilRefused)) == 3
    row.refresh_from_db()
    taken = row.decision == "taken"
    assert (AgendaItem.objects.count(), Matter.objects.count()) == (taken, taken)


def test_two_proposals_taken_at_once_have_their_own_places(now):
    council = factories.term().council
    meeting = factories.meeting(council, published=False, starts_at=now + 30 * DAY)
    rows = iter([factories.proposal(council, title=f"Nr. {n}") for n in range(4)])
    results = at_once(lambda: proposals.take_proposal(proposal=next(rows), meeting=meeting, by=None, now=now))
    assert len(of_kind(results, Proposal)) == 4
    assert sorted(meeting.agenda.values_list("position", flat=True)) == [1, 2, 3, 4]


def test_same_proposal_sent_at_once_is_one(now):
    council = factories.term().council
    user = factories.user()
    results = at_once(
        lambda: proposals.propose(
            council=Council.objects.get(pk=council.pk), person=user.person, title="Soliņi", text="…", by=user, now=now
        )
    )
    assert {result.pk for result in results} == {Proposal.objects.get().pk}


def test_left_over_item_is_carried_over_once(now):
    council = factories.council()
    held = factories.meeting(council, starts_at=now - 7 * DAY)
    held.agenda.create(position=1, title="Ceļi", outcome="postponed")
    type(held).objects.filter(pk=held.pk).update(closed_at=now - 6 * DAY)
    draft = factories.meeting(council, published=False, starts_at=now + 9 * DAY)
    at_once(lambda: agenda.carry_over(meeting=draft, by=None, now=now))
    assert [item.title for item in draft.agenda.all()] == ["Ceļi"]


def test_member_who_answers_twice_at_once_has_one_answer(now):
    membership = factories.membership()
    meeting = factories.meeting(membership.seat.term.council, starts_at=now + 9 * DAY)
    said = iter(["coming", "not_coming"] * 2)
    results = at_once(
        lambda: answers.answer(meeting=meeting, membership=membership, answer=next(said), by=None, now=now)
    )
    assert of_kind(results, MeetingRefused) == []
    assert Attendance.objects.get().answer in ("coming", "not_coming")


def test_agenda_written_at_once_is_one_of_the_two(now):
    meeting = factories.meeting(published=False, starts_at=now + 9 * DAY)
    meeting.agenda.create(position=1, title="Ceļi")
    agendas = [["Ceļi", "Tilti", "Ietves"], ["Budžets", "Ceļi"]]
    lines = iter(agendas * 2)
    at_once(lambda: operations.change_meeting(meeting=meeting, agenda=next(lines), by=None, now=now))
    assert [item.title for item in meeting.agenda.order_by("position")] in agendas
