"""A council of five or more at its meeting: who sits in it, what stands on the agenda, and short ways to act."""

from datetime import date, datetime, timedelta

from councils.models import Attendance, Meeting, Membership, Office
from councils.operations import room, votes
from tests import factories
from tests.conftest import RIGA

Mark = Attendance.Mark
MINUTE = timedelta(minutes=1)
ON = date(2026, 11, 25)
STARTS = datetime(2026, 11, 25, 18, 30, tzinfo=RIGA)
LATER = STARTS + timedelta(minutes=30)
NAMES = ["Anna Āboliņa", "Bruno Bērziņš", "Čilda Čakste", "Dace Dūmiņa", "Edgars Ērglis", "Fricis Feldmanis",
         "Gunta Ģēvele", "Hugo Hincenbergs", "Ilze Īvāne"]  # fmt: skip


class World:
    """One council: member 0 is the chair, 1 the deputy, 2 the secretary."""

    def __init__(self, members=5, items=2, seats=7, council=None, starts_at=STARTS, **fields):
        self.now = starts_at
        self.term = factories.term(council or factories.council(), seats=max(seats, members))
        self.council = self.term.council
        self.users = [factories.user(name=name) for name in NAMES[:members]]
        self.members: list[Membership] = [factories.membership(self.term, user.person) for user in self.users]
        kinds = (Office.Kind.CHAIR, Office.Kind.DEPUTY_CHAIR, Office.Kind.SECRETARY)
        self.offices = [factories.office(*pair) for pair in zip(self.members, kinds, strict=False)]
        self.chair, self.deputy, self.secretary = self.users[:3]
        self.meeting: Meeting = factories.meeting(self.council, starts_at=starts_at, **fields)
        self.items = [factories.agenda_item(self.meeting, f"{n}. jautājums") for n in range(1, items + 1)]

    @property
    def who(self):
        return {"by": self.secretary, "now": self.now}

    def open(self):
        people = [member.person for member in self.members]
        self.meeting = room.open_meeting(
            meeting=self.meeting, leader=people[0], minute_taker=people[2], opened_at=self.meeting.event.starts_at,
            **self.who,
        )  # fmt: skip
        return self

    def call(self, *marks, **fields):
        """Mark the members in their order; "" leaves one out."""
        for member, mark in zip(self.members, marks, strict=False):
            if mark:
                seen = self.attendance(member)
                room.call(
                    meeting=self.meeting, membership=member, seen=seen.revision if seen else 0, mark=mark,
                    **self.who, **fields,
                )  # fmt: skip
        return self

    def attendance(self, member):
        return self.meeting.attendances.filter(membership=member).first()

    def all_here(self):
        return self.call(*[Mark.PRESENT] * len(self.members))

    def resolution(self, item=0, text="Lūgt pašvaldību ierīkot gājēju pāreju.", position=1, **fields):
        values = {"owner": "", "due_on": None, "seen": 0}
        return votes.write_resolution(
            item=self.items[item], council=self.council, position=position, text=text, **self.who, **(values | fields)
        )

    def by_name(self, resolution, *choices, **fields):
        """Close the vote: the choices of the members in their order; "" casts none."""
        ballots = {row.pk: choice for row, choice in zip(self.members, choices, strict=False) if choice}
        return self._close(resolution, {"ballots": ballots, **fields})

    def by_count(self, resolution, in_favour, against, abstained, **fields):
        counts = {"in_favour": in_favour, "against": against, "abstained": abstained}
        return self._close(resolution, {"counts": counts, **fields})

    def _close(self, resolution, fields):
        values = {"seen": resolution.revision, "at": self.now + MINUTE, "by": self.secretary, "now": self.now + MINUTE}
        return votes.close_vote(resolution=resolution, **(values | fields))

    def close(self, after=timedelta(hours=2)):
        self.now = self.meeting.event.starts_at + after
        self.meeting = room.close_meeting(meeting=self.meeting, closed_at=self.now, **self.who)
        return self


def joint(*worlds):
    """One meeting of several councils: that of the first, with the councils of the others."""
    first = worlds[0]
    first.meeting.councils.set([world.council for world in worlds])
    first.meeting.kind = Meeting.Kind.JOINT
    first.meeting.save()
    for world in worlds[1:]:
        world.meeting.delete()
        world.meeting, world.items = first.meeting, first.items
    return first
