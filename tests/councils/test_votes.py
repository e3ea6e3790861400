from datetime import date, timedelta

import pytest

from councils.models import AgendaItem, Ballot, Matter, Meeting, Resolution
from councils.operations import matters, room, votes
from councils.operations.room import Overtaken, RoomRefused
from councils.operations.votes import CastingVoteNeeded
from notices.models import Notice
from people.models import AuditEntry
from tests import factories
from tests.councils.room_world import LATER, MINUTE, STARTS, Mark, World, joint

pytestmark = pytest.mark.django_db
FOR, AGAINST, ABSTAINS, SILENT = "in_favour", "against", "abstained", "not_voted"
HOUR = timedelta(hours=1)


@pytest.fixture
def world():
    return World().open().all_here()


def result(row):
    row = Resolution.objects.get(pk=row.pk)
    return row.outcome, row.in_favour, row.against, row.abstained, row.casting_vote


# --- text -------------------------------------------------------------------------------------------------------------


def test_resolution_sent_twice_is_one(world):
    row = world.resolution(owner="Anna", due_on=date(2026, 12, 20))
    assert world.resolution(owner="Anna", due_on=date(2026, 12, 20)).pk == row.pk
    with pytest.raises(Overtaken) as overtaken:
        world.resolution(text="Cits teksts")
    assert overtaken.value.theirs.pk == row.pk
    assert Resolution.objects.get().text == row.text


def test_resolution_without_a_vote_is_deleted_and_one_with_stays(world):
    row = world.resolution()
    votes.drop_resolution(resolution=row, **world.who)
    votes.drop_resolution(resolution=row, **world.who)
    assert not Resolution.objects.exists()
    voted = world.by_name(world.resolution(), *[FOR] * 5)
    with pytest.raises(RoomRefused):
        votes.drop_resolution(resolution=voted, **world.who)


def test_resolution_belongs_to_a_council_that_meets(world):
    with pytest.raises(RoomRefused):
        votes.write_resolution(
            item=world.items[0],
            council=factories.council(),
            position=1,
            seen=0,
            text="x",
            owner="",
            due_on=None,
            **world.who,
        )


# --- by name ----------------------------------------------------------------------------------------------------------


def test_each_member_who_votes_is_asked(world):
    with pytest.raises(RoomRefused, match="Edgars"):
        world.by_name(world.resolution(), FOR, FOR, FOR, FOR)
    row = world.by_name(world.resolution(), FOR, FOR, AGAINST, ABSTAINS, SILENT)
    assert result(row) == ("adopted", 2, 1, 1, "")
    assert row.vote_kind == Resolution.VoteKind.BY_NAME
    assert Ballot.objects.count() == 5


def test_member_who_is_away_has_no_ballot(world):
    world.now = LATER
    world.call("", "", "", "", Mark.EXCUSED)
    with pytest.raises(RoomRefused, match="Edgars"):
        world.by_name(world.resolution(), *[FOR] * 5)
    assert result(world.by_name(world.resolution(), *[FOR] * 4))[:2] == ("adopted", 4)


def test_vote_counts_who_is_there_at_its_moment(world):
    """Edgars goes at 19.00: a vote of 18.40 has his ballot, one of 19.00 has not, whenever they are written down."""
    world.now = STARTS + HOUR
    world.call("", "", "", "", Mark.PRESENT, left_at=LATER)
    early = {"at": STARTS + 10 * MINUTE}
    world.by_name(world.resolution(), *[FOR] * 5, **early)
    with pytest.raises(RoomRefused, match=r"19\.00"):
        world.by_name(world.resolution(position=2), *[FOR] * 5, at=LATER)
    world.by_name(world.resolution(position=2), *[FOR] * 4, at=LATER)


def test_stranger_has_no_ballot(world):
    stranger = World(starts_at=STARTS + HOUR).members[0]
    ballots = {member.pk: FOR for member in world.members} | {stranger.pk: FOR}
    with pytest.raises(RoomRefused):
        world.by_name(world.resolution(), ballots=ballots)


# --- by count ---------------------------------------------------------------------------------------------------------


def test_vote_by_count_leaves_no_ballots(world):
    row = world.by_count(world.resolution(), 3, 1, 0)
    assert result(row) == ("adopted", 3, 1, 0, "")
    assert row.vote_kind == Resolution.VoteKind.BY_COUNT
    assert not Ballot.objects.exists()


def test_more_votes_than_members_are_refused(world):
    with pytest.raises(RoomRefused, match="6"):
        world.by_count(world.resolution(), 4, 1, 1)


def test_vote_is_either_by_name_or_by_count(world):
    with pytest.raises(TypeError):
        world.by_name(world.resolution(), FOR, counts={"in_favour": 1, "against": 0, "abstained": 0})


# --- closing ----------------------------------------------------------------------------------------------------------


def test_numbers_run_through_the_year_of_each_council(world):
    numbers = [world.by_name(world.resolution(position=n), *[FOR if n < 3 else AGAINST] * 5).number for n in (1, 2, 3)]
    assert numbers == [1, 2, 3]  # what was not adopted counts, too
    other = World(starts_at=STARTS + HOUR).open().all_here()
    assert other.by_name(other.resolution(), *[FOR] * 5).number == 1
    next_year = World(council=factories.council(), starts_at=STARTS + timedelta(days=60)).open().all_here()
    Resolution.objects.filter(number=3).update(council=next_year.council)
    row = next_year.by_name(next_year.resolution(), *[FOR] * 5)
    assert (row.year, row.number) == (2027, 1)


def test_vote_sent_twice_is_one(world):
    row = world.resolution()
    first = world.by_name(row, *[FOR] * 5)
    again = world.by_name(row, *[FOR] * 5)
    assert (again.number, again.revision) == (first.number, first.revision)
    assert AuditEntry.objects.filter(verb="close_vote").count() == 1


def test_two_who_close_a_vote_otherwise_see_each_other(world):
    row = world.resolution()
    world.by_name(row, *[FOR] * 5)
    with pytest.raises(Overtaken) as overtaken:
        world.by_name(row, *[AGAINST] * 5)
    assert overtaken.value.theirs.outcome == "adopted"
    assert result(row)[0] == "adopted"


def test_vote_opens_the_matter_of_its_item_and_tells_followers_once(world):
    item = world.items[0]
    follower = factories.person(email="seko@example.org")
    matter = factories.matter([world.council])
    AgendaItem.objects.filter(pk=item.pk).update(matter=matter)
    matters.follow(matter=matter, person=follower, now=STARTS)
    row = world.by_name(world.resolution(), *[FOR] * 5)
    world.by_name(row, *[FOR] * 5)
    assert row.matter == matter
    assert Notice.objects.filter(kind="matter_voted", person=follower).count() == 1

    second = world.by_name(world.resolution(item=1), *[FOR] * 5)
    opened = Matter.objects.exclude(pk=matter.pk).get()
    assert (second.matter, opened.title, list(opened.councils.all())) == (opened, "2. jautājums", [world.council])
    assert AgendaItem.objects.get(pk=world.items[1].pk).matter == opened
    assert opened.is_public


def test_matter_of_an_item_that_is_not_public_is_not_public_either(world):
    AgendaItem.objects.filter(pk=world.items[0].pk).update(is_restricted=True)
    AgendaItem.objects.filter(pk=world.items[1].pk).update(parent=world.items[0])  # belongs to it
    for place in (0, 1):
        assert not world.by_name(world.resolution(item=place), *[FOR] * 5).matter.is_public


@pytest.mark.parametrize("at", [STARTS - MINUTE, STARTS + HOUR], ids=["before the opening", "not come yet"])
def test_vote_lies_within_the_meeting(world, at):
    with pytest.raises(RoomRefused):
        world.by_name(world.resolution(), *[FOR] * 5, at=at)


# --- corrections ------------------------------------------------------------------------------------------------------


def test_closed_vote_is_corrected_with_a_reason_and_keeps_its_number(world):
    row = world.by_name(world.resolution(), *[FOR] * 5)
    with pytest.raises(RoomRefused, match="slēgt"):
        world.by_name(row, *[AGAINST] * 5)
    corrected = world.by_name(row, FOR, *[AGAINST] * 4, correction="Pārskaitīts")
    assert result(corrected)[:3] == ("rejected", 1, 4)
    assert (corrected.number, corrected.voted_at) == (row.number, row.voted_at)
    entry = AuditEntry.objects.get(verb="correct_record")
    assert (entry.details["before"]["outcome"], entry.details["after"]["outcome"]) == ("adopted", "rejected")
    assert entry.details["reason"] == "Pārskaitīts"


def test_text_of_a_closed_vote_is_corrected_with_a_reason(world):
    row = world.by_name(world.resolution(), *[FOR] * 5)
    with pytest.raises(RoomRefused, match="slēgt"):
        world.resolution(text="Cits teksts", seen=row.revision)
    fixed = world.resolution(text="Cits teksts", seen=row.revision, correction="Drukas kļūda")
    assert (fixed.text, fixed.number) == ("Cits teksts", 1)


def test_vote_of_a_closed_meeting_is_corrected_within_it(world):
    row = world.by_name(world.resolution(), *[FOR] * 5)
    world.close()
    fields = {"correction": "Pārskaitīts", "now": world.now}
    world.by_count(row, 3, 2, 0, at=row.voted_at, **fields)
    assert result(row)[:3] == ("adopted", 3, 2)
    assert not Ballot.objects.exists()
    with pytest.raises(RoomRefused):
        world.by_count(Resolution.objects.get(), 4, 1, 0, at=world.now + MINUTE, **fields)


# --- joint meetings ---------------------------------------------------------------------------------------------------


def test_joint_meeting_votes_council_by_council():
    here, there = World(), World(starts_at=STARTS + HOUR)
    joint(here, there)
    here.open().all_here()
    there.meeting = Meeting.objects.get(pk=here.meeting.pk)
    there.now = here.now
    there.call(Mark.PRESENT, Mark.PRESENT, Mark.UNEXCUSED, Mark.UNEXCUSED, Mark.UNEXCUSED)
    adopted = here.by_name(here.resolution(), *[FOR] * 5)
    assert adopted.outcome == "adopted"
    with pytest.raises(RoomRefused, match="kvoruma"):
        there.by_name(there.resolution(), FOR, FOR)
    assert [q.is_there for q in (room.quorum(here.meeting, w.council, STARTS) for w in (here, there))] == [True, False]
    assert set(adopted.matter.councils.all()) == {here.council, there.council}


def test_casting_vote_is_asked_for(world):
    world.now = LATER
    world.call("", "", "", "", Mark.EXCUSED)
    row = world.resolution()
    with pytest.raises(CastingVoteNeeded):
        world.by_count(row, 2, 2, 0)
    assert result(world.by_count(row, 2, 2, 0, casting="in_favour")) == ("adopted", 2, 2, 0, "in_favour")
