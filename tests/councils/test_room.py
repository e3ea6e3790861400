from datetime import timedelta

import pytest
from django.utils import timezone

from councils.models import AgendaItem, Attendance, Meeting, Recusal, Task
from councils.operations import room, votes
from councils.operations.room import Overtaken, RoomRefused
from people.models import AuditEntry
from tests import factories
from tests.councils.room_world import LATER, MINUTE, ON, STARTS, Mark, World, joint

pytestmark = pytest.mark.django_db
DAY, HOUR = timedelta(days=1), timedelta(hours=1)


@pytest.fixture
def world():
    return World()


def audited(verb):
    return AuditEntry.objects.filter(verb=verb).order_by("pk")


# --- opening and closing ----------------------------------------------------------------------------------------------


def test_meeting_is_opened_once_with_its_leader_and_minute_taker(world):
    world.open()
    meeting = Meeting.objects.get(pk=world.meeting.pk)
    assert (meeting.opened_at, meeting.leader, meeting.minute_taker) == (
        STARTS,
        world.chair.person,
        world.secretary.person,
    )
    world.open()  # the same words, sent twice
    assert audited("open_meeting").count() == 1


def test_meeting_is_not_opened_anew_with_other_words(world):
    world.open()
    with pytest.raises(RoomRefused, match=r"18\.30"):
        room.open_meeting(
            meeting=world.meeting,
            leader=world.deputy.person,
            minute_taker=world.secretary.person,
            opened_at=STARTS,
            **world.who,
        )


@pytest.mark.parametrize(
    "change",
    [
        lambda world: setattr(world, "now", STARTS - DAY),
        lambda world: type(world.meeting.event).objects.filter(pk=world.meeting.event_id).update(published_at=None),
        lambda world: type(world.meeting.event).objects.filter(pk=world.meeting.event_id).update(cancelled_at=STARTS),
    ],
    ids=["day before", "draft", "cancelled"],
)
def test_meeting_is_not_opened_before_its_day_nor_as_a_draft_nor_cancelled(world, change):
    change(world)
    with pytest.raises(RoomRefused):
        world.open()


@pytest.mark.parametrize("opened_at", [STARTS - DAY, STARTS + HOUR], ids=["day before", "not come yet"])
def test_meeting_opens_on_its_day_and_not_in_the_future(world, opened_at):
    with pytest.raises(RoomRefused):
        room.open_meeting(
            meeting=world.meeting,
            leader=world.chair.person,
            minute_taker=world.secretary.person,
            opened_at=opened_at,
            **world.who,
        )


def test_meeting_closes_when_everybody_is_marked_and_every_vote_is_closed(world):
    world.open().call(Mark.PRESENT, Mark.PRESENT, Mark.REMOTE, Mark.EXCUSED)
    with pytest.raises(RoomRefused, match="Edgars"):
        world.close()
    world.now = STARTS
    world.call("", "", "", "", Mark.UNEXCUSED)
    resolution = world.resolution()
    with pytest.raises(RoomRefused, match=r"1\. jautājums"):
        world.close()
    world.now = STARTS
    votes.drop_resolution(resolution=resolution, **world.who)
    meeting = world.close().meeting
    assert meeting.closed_at == STARTS + 2 * HOUR
    world.close()
    assert audited("close_meeting").count() == 1


def test_meeting_ends_after_its_last_vote_and_not_before_it_began(world):
    world.open().all_here()
    world.by_name(world.resolution(), *["in_favour"] * 5)
    world.now = STARTS + 2 * HOUR
    for closed_at in (STARTS - MINUTE, STARTS):
        with pytest.raises(RoomRefused):
            room.close_meeting(meeting=world.meeting, closed_at=closed_at, **world.who)


def test_close_says_what_became_of_the_items():
    world = World(items=6)
    written, untouched, parent, child, withdrawn, approval = world.items
    AgendaItem.objects.filter(pk=child.pk).update(parent=parent)
    AgendaItem.objects.filter(pk=approval.pk).update(kind=AgendaItem.Kind.APPROVAL)
    world.open().all_here()
    for item, outcome in ((written, ""), (child, ""), (withdrawn, "withdrawn")):
        room.write_item(item=item, seen=0, notes="Runāja.", outcome=outcome, **world.who)
    world.close()
    outcomes = {row.pk: row.outcome for row in world.meeting.agenda.all()}
    assert outcomes == {
        written.pk: "discussed",
        untouched.pk: "postponed",
        parent.pk: "discussed",  # a part of it was
        child.pk: "discussed",
        withdrawn.pk: "withdrawn",
        approval.pk: "",  # every agenda has it anew
    }


def test_who_else_is_here_is_a_part_of_its_own(world):
    world.open()
    values = {"leader": world.deputy.person, "minute_taker": world.secretary.person, "opened_at": STARTS}
    fields = {"meeting": world.meeting, "residents_present": 12, "others_present": "Ceļu nodaļa: J. Kalns"} | values
    row = room.write_head(seen=0, **fields, **world.who)
    assert (row.residents_present, row.leader, row.room_revision) == (12, world.deputy.person, 1)
    assert room.write_head(seen=0, **fields, **world.who).room_revision == 1  # sent again
    with pytest.raises(Overtaken) as overtaken:
        room.write_head(seen=0, **(fields | {"residents_present": 20}), **world.who)
    assert overtaken.value.theirs.residents_present == 12
    assert audited("write_head").get().details["after"]["residents_present"] == 12


def test_opening_is_not_moved_behind_a_vote(world):
    world.open().all_here()
    world.by_name(world.resolution(), *["in_favour"] * 5)
    world.now = LATER
    with pytest.raises(RoomRefused):
        room.write_head(
            meeting=world.meeting,
            seen=0,
            residents_present=None,
            others_present="",
            leader=world.chair.person,
            minute_taker=world.secretary.person,
            opened_at=STARTS + 10 * MINUTE,
            **world.who,
        )


# --- roll call --------------------------------------------------------------------------------------------------------


def test_member_is_called_and_called_otherwise(world):
    member = world.members[0]
    world.call(Mark.UNEXCUSED)
    world.now = LATER
    world.call(Mark.PRESENT, arrived_at=LATER, note="Autobuss kavējās")
    row = world.attendance(member)
    assert (row.mark, row.arrived_at, row.note, row.revision) == (Mark.PRESENT, LATER, "Autobuss kavējās", 2)
    [first, second] = audited("call_roll")
    assert (first.details["before"]["mark"], first.details["after"]["mark"]) == ("", "unexcused")
    assert (second.details["before"]["mark"], second.on_behalf_of) == ("unexcused", member.person)


def test_answer_given_before_the_meeting_stays_beside_the_mark(world):
    Attendance.objects.create(meeting=world.meeting, membership=world.members[0], answer="coming")
    world.call(Mark.PRESENT)
    row = Attendance.objects.get()
    assert (row.answer, row.mark) == ("coming", "present")


def test_absent_member_has_no_times(world):
    world.call(Mark.EXCUSED, arrived_at=STARTS, left_at=STARTS)
    row = world.attendance(world.members[0])
    assert (row.arrived_at, row.left_at) == (None, None)


@pytest.mark.parametrize(
    "times",
    [{"arrived_at": LATER, "left_at": STARTS}, {"left_at": STARTS + 2 * HOUR}],
    ids=["leaves before arriving", "not come yet"],
)
def test_impossible_times_are_refused(world, times):
    world.now = LATER
    with pytest.raises(RoomRefused):
        world.call(Mark.PRESENT, **times)
    assert not Attendance.objects.exists()


def test_only_members_of_the_day_are_called(world):
    stranger = World(starts_at=STARTS + HOUR).members[0]
    former = factories.membership(world.term, started_on=world.term.started_on, ended_on=ON, end_reason="resigned")
    for member in (stranger, former):
        with pytest.raises(RoomRefused):
            room.call(meeting=world.meeting, membership=member, seen=0, mark=Mark.PRESENT, **world.who)


def test_two_who_call_the_same_member_see_each_other(world):
    world.call(Mark.PRESENT)
    with pytest.raises(Overtaken) as overtaken:
        room.call(meeting=world.meeting, membership=world.members[0], seen=0, mark=Mark.EXCUSED, **world.who)
    assert overtaken.value.theirs.mark == Mark.PRESENT
    assert world.attendance(world.members[0]).mark == Mark.PRESENT


def test_all_the_others_are_here_by_one_button(world):
    world.call(Mark.EXCUSED, Mark.REMOTE)
    assert room.call_rest(meeting=world.meeting, council=world.council, mark=Mark.PRESENT, **world.who) == 3
    marks = [world.attendance(member).mark for member in world.members]
    assert marks == ["excused", "remote", "present", "present", "present"]


def test_who_voted_was_there(world):
    world.open().all_here()
    world.by_name(world.resolution(), *["in_favour"] * 5)
    world.now = LATER
    with pytest.raises(RoomRefused, match="izlabo balsojumu"):
        world.call(Mark.EXCUSED)
    with pytest.raises(RoomRefused, match="izlabo balsojumu"):
        world.call(Mark.PRESENT, left_at=STARTS)
    world.call(Mark.PRESENT, left_at=LATER)


# --- words ------------------------------------------------------------------------------------------------------------


def write(world, notes, seen=0, outcome="", **fields):
    values = {"item": world.items[0], "seen": seen, "notes": notes, "outcome": outcome} | world.who
    return room.write_item(**(values | fields))


def test_words_of_two_people_do_not_overwrite_each_other(world):
    world.open()
    write(world, "Anna: par ceļiem.")
    with pytest.raises(Overtaken) as overtaken:
        write(world, "Bruno: par parkiem.")
    assert overtaken.value.theirs.notes == "Anna: par ceļiem."
    assert AgendaItem.objects.get(pk=world.items[0].pk).notes == "Anna: par ceļiem."
    assert write(world, "Anna: par ceļiem.\n\nBruno: par parkiem.", seen=1).revision == 2


def test_same_words_sent_again_are_one_change(world):
    world.open()
    assert write(world, "Anna: par ceļiem.").revision == 1
    assert write(world, "Anna: par ceļiem.").revision == 1
    assert audited("write_item").count() == 1


def test_words_wait_for_the_opening(world):
    with pytest.raises(RoomRefused):
        write(world, "Pirms laika.")


def test_audit_has_an_entry_for_each_writer_and_ten_minutes(world):
    world.open()
    write(world, "1")
    write(world, "1 2", seen=1)  # the same writer goes on
    write(world, "1 2 3", seen=2, by=world.chair)
    write(world, "1 2 3 4", seen=3)
    write(world, "1 2 3 4 5", seen=4, now=world.now + timedelta(minutes=11))
    assert [entry.details["before"]["notes"] for entry in audited("write_item")] == ["", "1 2", "1 2 3", "1 2 3 4"]


# --- conflict of interest ---------------------------------------------------------------------------------------------


def test_recusal_is_said_once_and_taken_back_once(world):
    world.open()
    fields = {"item": world.items[0], "membership": world.members[3]}
    recusal = room.recuse(**fields, reason="Brālis", **world.who)
    room.recuse(**fields, reason="Brālis", **world.who)
    room.recuse(**fields, reason="Māsa", **world.who)
    assert Recusal.objects.get().reason == "Māsa"
    assert audited("recuse").count() == 2
    room.unrecuse(recusal=recusal, **world.who)
    room.unrecuse(recusal=recusal, **world.who)
    assert not Recusal.objects.exists()
    assert audited("unrecuse").count() == 1


def test_who_has_voted_does_not_keep_out_afterwards(world):
    world.open().all_here()
    world.by_name(world.resolution(), *["in_favour"] * 5)
    with pytest.raises(RoomRefused):
        room.recuse(item=world.items[0], membership=world.members[0], reason="", **world.who)


# --- tasks ------------------------------------------------------------------------------------------------------------


def task(world, seen=0, position=1, **fields):
    values = {"title": "Uzrakstīt vēstuli", "person": world.members[1].person, "owner": "", "due_on": ON + 7 * DAY}
    return room.write_task(
        item=world.items[0], position=position, seen=seen, **(values | fields), **world.who
    )  # fmt: skip


def test_task_sent_twice_is_one_and_another_in_its_place_is_a_conflict(world):
    world.open()
    row = task(world)
    assert task(world).pk == row.pk
    with pytest.raises(Overtaken):
        task(world, title="Cits")
    task(world, seen=1, title="Cits")
    assert [(row.title, row.person, row.due_on) for row in Task.objects.all()] == [
        ("Cits", world.members[1].person, ON + 7 * DAY)
    ]


def test_task_has_somebody_who_does_it(world):
    world.open()
    with pytest.raises(RoomRefused):
        task(world, person=None)
    assert task(world, person=None, owner="Ceļu nodaļa").owner == "Ceļu nodaļa"


def test_task_that_somebody_deleted_is_not_changed_unseen(world):
    world.open()
    row = task(world)
    room.drop_task(task=row, **world.who)
    room.drop_task(task=row, **world.who)
    with pytest.raises(Overtaken) as overtaken:
        task(world, seen=1, title="Cits")
    assert overtaken.value.theirs is None


# --- after the close --------------------------------------------------------------------------------------------------


@pytest.fixture
def closed(world):
    world.open().all_here()
    write(world, "Tā bija.")
    return world.close()


CHANGES = {
    "words": lambda w, **f: write(w, "Tā bija gan.", seen=2, outcome="discussed", **f),
    "roll": lambda w, **f: room.call(
        meeting=w.meeting, membership=w.members[4], seen=1, mark=Mark.EXCUSED, **w.who, **f
    ),
    "recusal": lambda w, **f: room.recuse(item=w.items[0], membership=w.members[4], reason="Brālis", **w.who, **f),
    "task": lambda w, **f: task(w, **f) if not f else room.write_task(
        item=w.items[0], position=1, seen=0, title="x", person=None, owner="Kāds", due_on=None, **w.who, **f
    ),
    "resolution": lambda w, **f: w.resolution(**f),
    "head": lambda w, **f: room.write_head(
        meeting=w.meeting, seen=0, residents_present=7, others_present="", leader=w.chair.person,
        minute_taker=w.secretary.person, opened_at=STARTS, closed_at=w.meeting.closed_at, **w.who, **f,
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_closed_meeting_changes_only_by_a_correction_with_its_reason(closed, change):
    before = AuditEntry.objects.count()
    with pytest.raises(RoomRefused, match="slēgt"):
        change(closed)
    change(closed, correction="Pārrakstīšanās")
    entry = AuditEntry.objects.exclude(verb__contains="absence").latest("pk")
    assert AuditEntry.objects.count() == before + 1
    assert (entry.verb, entry.details["reason"]) == ("correct_record", "Pārrakstīšanās")
    assert {"before", "after", "corrected"} <= set(entry.details)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_signed_minutes_hold_the_record(closed, change):
    factories.minutes(closed.meeting, signed_at=closed.now)
    with pytest.raises(RoomRefused, match="parakstīts"):
        change(closed, correction="Par vēlu")


# --- queries ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("members", [5, 9])
def test_rolls_cost_the_same_for_five_and_nine_members(members, django_assert_num_queries):
    world = World(members=members).open().all_here()
    meeting = Meeting.objects.select_related("event").get(pk=world.meeting.pk)
    with django_assert_num_queries(5):
        [roll] = room.rolls(meeting)
    assert len(roll.lines) == members


def test_rolls_cost_the_same_for_several_councils(django_assert_num_queries):
    worlds = [World(), World(starts_at=STARTS + HOUR)]
    meeting = joint(*worlds).meeting
    with django_assert_num_queries(5):
        rolls = room.rolls(meeting)
    assert [len(roll.lines) for roll in rolls] == [5, 5]
    assert {roll.council for roll in rolls} == {world.council for world in worlds}


def test_members_stand_by_name_with_their_offices(world):
    [roll] = room.rolls(world.meeting)
    assert [str(line.membership.person) for line in roll.lines] == [str(m.person) for m in world.members]
    assert [line.office for line in roll.lines] == ["chair", "deputy_chair", "secretary", "", ""]
    assert roll.chair().membership == world.members[0]


def test_record_shows_its_last_moment_after_the_close(world):
    world.open().all_here()
    world.close()
    assert room.moment_of(world.meeting, timezone.now() + 900 * DAY) == world.meeting.closed_at
