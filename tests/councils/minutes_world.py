"""A council and a meeting of it that was held and written down, for the tests of minutes and of other documents."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from zoneinfo import ZoneInfo

from councils import regulation
from councils.documents import record
from councils.models import AgendaItem, Attendance, Ballot, Meeting, Office, Recusal, Resolution, Task
from councils.operations import minutes as operations
from tests import factories

RIGA = ZoneInfo("Europe/Riga")
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
HELD_ON = date(2026, 11, 12)  # a Thursday; minutes are due on Friday, 20 November (§25)
OPENED = datetime(2026, 11, 12, 18, 30, tzinfo=RIGA)
AFTER = datetime(2026, 11, 13, 9, 0, tzinfo=RIGA)
NAMES = ["Āris Ķēniņš", "Anna Šķēle", "Žanete Ļaudona", "Ņina Čaka", "Ēriks Ģērmanis"]
NASTY = (
    '#import "x" *trekns* _slīps_ \\ `kods` $x$ <script>alert(1)</script> {{ x }} {% now %} @a //x /*y*/ = z - [a](b)'
)


def council_with_members(names=NAMES):
    """A term with seven seats, a member for each name, the first three of them chair, deputy chair and secretary."""
    council = factories.council(name="Ķiršu apkaimes iedzīvotāju padome")
    term = factories.term(council, started_on=date(2026, 1, 9))
    users = [factories.user(f"biedrs{n}.{council.pk}@example.org", name=name) for n, name in enumerate(names)]
    members = [factories.membership(term, user.person) for user in users]
    for member, kind in zip(members, Office.Kind.values, strict=False):
        factories.office(member, kind)
    return SimpleNamespace(council=council, term=term, users=users, members=members)


def held_meeting(items=3, world=None, opened_at=OPENED, first=1, **fields):
    """A closed hybrid meeting of five members: one remote and late, one excused, one absent; `items` agenda items, each
    with a discussion, a vote by name with a recusal, and a task. They are numbered, as their resolutions are, from
    `first` on."""
    world = world or council_with_members()
    chair, deputy, secretary, remote, absent = world.members
    meeting = factories.meeting(
        world.council,
        starts_at=fields.pop("starts_at", opened_at or OPENED),
        format="hybrid",
        venue="Saieta nams",
        online_url="https://example.org/slepena-saite",
        title="Ķiršu padomes sēde",
    )
    values = {
        "opened_at": opened_at,
        "closed_at": (opened_at or OPENED) + timedelta(minutes=100),
        "leader": chair.person,
        "minute_taker": secretary.person,
        "residents_present": 27,
        "others_present": "Jānis Bērziņš, Ceļu nodaļa\nIlze Ozola, KAC",
    }
    Meeting.objects.filter(pk=meeting.pk).update(**(values | fields))
    marks: dict[Any, dict[str, Any]] = {
        chair: {"mark": "present"},
        deputy: {"mark": "present", "left_at": (opened_at or OPENED) + HOUR},
        secretary: {"mark": "remote", "arrived_at": (opened_at or OPENED) + HOUR / 4},
        remote: {"mark": "excused", "note": "slims bērns"},
        absent: {"mark": "unexcused"},
    }
    Attendance.objects.bulk_create(Attendance(meeting=meeting, membership=m, **mark) for m, mark in marks.items())
    for number in range(first, first + items):
        add_item(meeting, world, number)
    world.meeting = Meeting.objects.select_related("event", "leader").get(pk=meeting.pk)
    return world


def add_item(meeting, world, number, **fields):
    _chair, deputy, secretary = world.members[:3]
    values = {
        "title": f"Gājēju pāreja nr. {number}",
        "notes": f"Padome iepazinās ar {number} variantiem.\n\nAnna jautā par termiņu.\nAtbild Ceļu nodaļa.",
        "rapporteur": "Ceļu nodaļa",
        "outcome": "discussed",
    }
    item = AgendaItem.objects.create(meeting=meeting, position=number, **(values | fields))
    Recusal.objects.create(item=item, membership=secretary, reason="radinieka uzņēmums")
    vote(item, world, number)
    due_on = meeting.held_on + 20 * DAY
    Task.objects.create(item=item, title=f"Sagatavot {number}. vēstuli", person=deputy.person, due_on=due_on)
    return item


def vote(item, world, number, **fields):
    chair, deputy = world.members[:2]
    values = {
        "council": world.council,
        "year": item.meeting.held_on.year,
        "number": number,
        "text": f"nosūtīt domei {number}. priekšlikumu izbūvēt paaugstinātu gājēju pāreju.",
        "in_favour": 1,
        "against": 1,
        "abstained": 0,
        "casting_vote": "in_favour",
        "outcome": "adopted",
        "voted_at": item.meeting.event.starts_at + HOUR / 2,
        "owner": "Ceļu un ielu nodaļa",
        "due_on": item.meeting.held_on + 30 * DAY,
    }
    row = Resolution.objects.create(item=item, **(values | fields))
    Ballot.objects.create(resolution=row, membership=chair, choice="in_favour")
    Ballot.objects.create(resolution=row, membership=deputy, choice="against")
    return row


def taken(meeting, number="8/2026"):
    """The record as it stands in the tables now."""
    row = Meeting.objects.select_related("event", "leader", "minute_taker").get(pk=meeting.pk)
    return record.take(row, number=number, rules=regulation.in_force(row.held_on))


def drafted(items=3, world=None, **fields):
    """The same with draft minutes, the leader's log-in as `leader` and the secretary's as `secretary`."""
    world = held_meeting(items, world, **fields)
    world.leader, world.deputy, world.secretary, world.member = world.users[:4]
    world.minutes = operations.draft(meeting=world.meeting, by=world.secretary, now=AFTER)
    return world


def signed(items=3, world=None, **fields):
    world = drafted(items, world, **fields)
    operations.sign(minutes=world.minutes, seen=1, by=world.leader, now=AFTER + HOUR)
    world.minutes.refresh_from_db()
    return world


def published(items=3, world=None, **fields):
    world = signed(items, world, **fields)
    operations.send(minutes=world.minutes, by=world.secretary, now=AFTER + 2 * HOUR)
    operations.publish(minutes=world.minutes, by=None, now=AFTER + DAY)
    world.minutes.refresh_from_db()
    return world
