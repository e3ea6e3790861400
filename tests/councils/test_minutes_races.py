"""Many at once on the same minutes, each through a connection of its own."""

import pytest

from councils.documents import record
from councils.models import Meeting, Minutes, MinutesVersion
from councils.operations import minutes as operations
from councils.operations.minutes import MinutesRefused, NotesOvertaken
from tests.councils import minutes_world as world
from tests.councils.minutes_world import AFTER
from tests.events.test_races import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_draft_pressed_by_many_is_one():
    there = world.held_meeting()
    assert at_once([lambda: operations.draft(meeting=there.meeting, by=None, now=AFTER)] * 6) == []
    assert Minutes.objects.count() == MinutesVersion.objects.count() == 1


def test_minutes_drafted_at_once_get_numbers_of_their_own():
    there = world.council_with_members()
    starts = [world.OPENED - days * world.DAY for days in (3, 2, 1)]
    meetings = [world.held_meeting(items=0, world=there, starts_at=at).meeting for at in starts]
    taken = world.held_meeting(items=0, world=there, starts_at=world.OPENED - 4 * world.DAY).meeting
    row = operations.draft(meeting=taken, by=None, now=AFTER)
    operations.write(minutes=row, notes={}, number=3, by=None, now=AFTER)

    def draft(meeting):
        return lambda: operations.draft(meeting=meeting, by=None, now=AFTER)

    assert at_once([draft(meeting) for meeting in meetings] * 2) == []
    numbers = list(Minutes.objects.values_list("number", flat=True))
    assert len(numbers) == len(set(numbers)) == 4


def test_of_two_who_write_at_once_one_is_told():
    there = world.drafted(items=1)
    item = there.meeting.agenda.get()

    def write(text):
        notes = {item.pk: (item.revision, text)}
        return lambda: operations.write(minutes=there.minutes, notes=notes, by=None, now=AFTER)

    [refusal] = at_once([write("Viens"), write("Divi")])

    assert isinstance(refusal, NotesOvertaken)
    item.refresh_from_db()
    assert item.notes in ("Viens", "Divi")
    assert [row.notes for row in refusal.theirs.values()] == [item.notes]
    assert there.minutes.versions.count() == 2


def test_nobody_writes_into_what_is_being_signed():
    for _turn in range(4):
        there = world.drafted(items=1)
        item = there.meeting.agenda.get()

        def sign(there=there):
            operations.sign(minutes=there.minutes, seen=1, by=there.leader, now=AFTER)

        def write(there=there, item=item):
            notes = {item.pk: (item.revision, "Pēdējā brīdī")}
            operations.write(minutes=there.minutes, notes=notes, by=None, now=AFTER)

        [refusal] = at_once([sign, write])

        assert isinstance(refusal, MinutesRefused)
        item.refresh_from_db()
        last = operations.latest(there.minutes)
        assert last.content["items"][0]["notes"] == record.clean(item.notes)
        assert (last.number, last.signed_at is None) in ((1, False), (2, True))


def test_published_by_two_is_published_once():
    there = world.signed()
    assert at_once([lambda: operations.publish(minutes=there.minutes, by=None, now=AFTER)] * 4) == []
    assert Meeting.objects.get(pk=there.meeting.pk).minutes_published_on
    assert operations.published(there.minutes).count() == 1
