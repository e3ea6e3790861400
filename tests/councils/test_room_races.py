"""Two phones and a laptop at one meeting, at the same moment, each with a connection of its own."""

from datetime import timedelta

import pytest
from django.utils import timezone

from councils.models import AbsenceCase, Attendance, Meeting, Resolution, Task
from councils.operations import room, votes
from councils.operations.room import Overtaken
from tests import factories
from tests.councils.room_world import MINUTE, Mark, World
from tests.dashboard.test_panel_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world():
    return World(starts_at=timezone.now() - timedelta(minutes=30), items=4)


def each(calls):
    """Run all `calls` from one moment on; what each gave or the exception it ended with."""
    waiting = list(calls)
    return at_once(lambda: waiting.pop()(), times=len(waiting))


def test_same_vote_closed_at_once_is_one(world):
    row = world.open().all_here().resolution()
    results = at_once(lambda: world.by_name(row, *["in_favour"] * 5))
    assert [result.number for result in results] == [1, 1, 1, 1]
    assert Resolution.objects.get().ballots.count() == 5


def test_votes_of_a_council_closed_at_once_are_numbered_without_doubles(world):
    world.open().all_here()
    rows = [world.resolution(item=n) for n in range(4)]
    results = each([lambda row=row: world.by_name(row, *["in_favour"] * 5) for row in rows])
    assert sorted(result.number for result in results) == [1, 2, 3, 4]


def test_votes_of_one_council_in_two_meetings_are_numbered_without_doubles(world):
    world.open().all_here()
    other = World.__new__(World)
    other.__dict__ = {**world.__dict__}
    other.meeting = factories.meeting(world.council, starts_at=world.now + MINUTE)
    other.items = [factories.agenda_item(other.meeting)]
    other.now = world.now + MINUTE
    other.open().all_here()
    rows = [(world, world.resolution()), (other, other.resolution())]
    results = each([lambda there=there, row=row: there.by_name(row, *["in_favour"] * 5) for there, row in rows])
    assert sorted(result.number for result in results) == [1, 2]


def test_words_of_several_at_once_are_one_text_and_the_others_learn_of_it(world):
    world.open()
    item = world.items[0]

    def write(text):
        return room.write_item(item=item, seen=0, notes=text, outcome="", **world.who).notes

    results = each([lambda text=text: write(text) for text in ("Anna", "Bruno", "Čilda", "Dace")])
    written = [result for result in results if isinstance(result, str)]
    assert len(written) == 1
    assert [type(result) for result in results if not isinstance(result, str)] == [Overtaken] * 3
    item.refresh_from_db()
    assert [item.notes] == written


def test_same_task_and_mark_sent_at_once_are_one(world):
    world.open()
    fields = {"title": "Vēstule", "person": world.members[0].person, "owner": "", "due_on": None}
    results = at_once(lambda: room.write_task(item=world.items[0], position=1, seen=0, **fields, **world.who))
    assert {row.pk for row in results} == {Task.objects.get().pk}
    results = at_once(
        lambda: room.call(meeting=world.meeting, membership=world.members[0], seen=0, mark=Mark.PRESENT, **world.who)
    )
    assert {row.pk for row in results} == {Attendance.objects.get().pk}


def test_meeting_closed_at_once_by_all_raises_a_case_once():
    world = World(starts_at=timezone.now() - timedelta(days=60))
    for _month in range(3):
        world.open().call(*[Mark.PRESENT] * 4, Mark.UNEXCUSED)
        closed_at = world.meeting.event.starts_at + MINUTE
        who = {"by": world.secretary, "now": closed_at}
        results = at_once(lambda at=closed_at, who=who: room.close_meeting(meeting=world.meeting, closed_at=at, **who))
        assert [type(result) for result in results] == [Meeting] * 4
        world.meeting = factories.meeting(world.council, starts_at=world.meeting.event.starts_at + timedelta(days=14))
        world.now = world.meeting.event.starts_at
    assert AbsenceCase.objects.count() == 1


def test_vote_and_departure_at_once_do_not_contradict(world):
    """Whoever is first, the record is true: the ballot stands and the member was there, or left and has none."""
    world.open().all_here()
    row, member = world.resolution(), world.members[4]
    at = world.now + MINUTE
    ballots = {other.pk: "in_favour" for other in world.members}

    def vote():
        return votes.close_vote(resolution=row, seen=1, at=at, ballots=ballots, by=world.secretary, now=at)

    def leave():
        return room.call(
            meeting=world.meeting, membership=member, seen=1, mark=Mark.PRESENT, left_at=world.now,
            by=world.secretary, now=at,
        )  # fmt: skip

    results = each([vote, leave])
    assert sum(isinstance(result, room.RoomRefused) for result in results) == 1
    has_voted = member.ballots.exists()
    assert world.attendance(member).is_there(at) is has_voted
