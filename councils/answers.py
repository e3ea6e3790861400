"""Who of the members says that they come to a meeting, and whether that is enough to decide (§23)."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, datetime

from django.core import signing
from django.db.models import F

from councils.models import Attendance, Council, Meeting, Membership
from councils.models.periods import is_held
from councils.models.roster import MembershipQuerySet
from councils.regulation import Regulation
from events.models import Event
from people.models import Person

_signer = signing.Signer(salt="meeting-answer")


def token(meeting: Meeting, membership: Membership) -> str:
    """What the link in a member's mail holds; whoever has it may answer for the member until the meeting begins."""
    return _signer.sign(f"{meeting.pk}-{membership.pk}")


def read_token(text: str) -> tuple[int, int]:
    """Keys of the meeting and the membership. Raises BadSignature for what is no token of ours."""
    meeting, _dash, membership = _signer.unsign(text).partition("-")
    return int(meeting), int(membership)


def takes_answers(meeting: Meeting, now: datetime) -> bool:
    """Announced, not called off, not begun. Reads the event."""
    event = meeting.event
    is_ahead = event.published_at is not None and event.cancelled_at is None and now < event.starts_at
    return is_ahead and meeting.opened_at is None


def choices(meeting: Meeting) -> list[tuple[str, str]]:
    """The answers that this meeting leaves open, with their words."""
    answers = Attendance.Answer
    ways = [answers.COMING] if meeting.event.has_room else []
    ways += [answers.REMOTE] if meeting.event.has_link else []
    return [(way.value, str(way.label)) for way in (*ways, answers.NOT_COMING)]


def sitting(meeting: Meeting) -> MembershipQuerySet:
    """Memberships of the councils that meet, on the day of the meeting."""
    return Membership.objects.held(meeting.held_on).filter(seat__term__council__meetings=meeting).order_by("pk")


@dataclass(frozen=True)
class Tally:
    """The answers of one council's members to a meeting, and how many it takes to decide (§23)."""

    council: Council
    members: list[Membership]  # by name, each with `answer`
    quorum: int

    def saying(self, *answers: str) -> list[Membership]:
        return [row for row in self.members if row.answer in answers]

    @property
    def coming(self) -> list[Membership]:
        return self.saying(Attendance.Answer.COMING, Attendance.Answer.REMOTE)

    @property
    def not_coming(self) -> list[Membership]:
        return self.saying(Attendance.Answer.NOT_COMING)

    @property
    def silent(self) -> list[Membership]:
        return self.saying("")

    @property
    def is_enough(self) -> bool:
        return len(self.coming) >= self.quorum

    @property
    def is_lost(self) -> bool:
        """Even if everybody came who has not answered, it would not be enough."""
        return len(self.coming) + len(self.silent) < self.quorum


def tallies_of(
    council: Council, meetings: Sequence[Meeting], rules: Regulation, *, rows: Sequence[Membership] | None = None
) -> dict[int, Tally]:
    """The same for one council and any number of its meetings that lie ahead, by the meeting's key. Two queries; one
    where the memberships that end after today (`rows`, by name, with their people) are known."""
    if not meetings:
        return {}
    given = Attendance.objects.filter(meeting__in=meetings).values_list("meeting_id", "membership_id", "answer")
    answers = {(meeting_id, membership_id): answer for meeting_id, membership_id, answer in given}
    if rows is None:
        first = min(meeting.held_on for meeting in meetings)
        rows = list(Membership.objects.of_council(council).lasting_beyond(first).select_related("person").by_name())
    found = {}
    for meeting in meetings:
        members = []
        for row in rows:
            if is_held(row, meeting.held_on):
                member = copy(row)
                member.answer = answers.get((meeting.pk, row.pk), "")
                members.append(member)
        found[meeting.pk] = Tally(council, members, rules.quorum(len(members)))
    return found


def join_url(event: Event, now: datetime) -> str:
    """The link to join, for the members who are asked: from an hour before, as for everybody who takes part."""
    return event.online_url if event.shows_link_at(now) else ""


@dataclass(frozen=True)
class Call:
    """A meeting that a member is asked to, and what the member has said so far."""

    meeting: Meeting
    council: Council
    answer: str
    join_url: str

    @property
    def choices(self) -> list[tuple[str, str]]:
        return choices(self.meeting)


def calls(memberships: Sequence[Membership], now: datetime) -> list[Call]:
    """What somebody is asked to as a member, soonest first. Two queries, none for somebody in no council.

    `memberships` are that person's, with their councils, ending after today.
    """
    by_council = {row.seat.term.council_id: row for row in memberships}
    if not by_council:
        return []
    rows = Meeting.objects.upcoming(now).filter(event__starts_at__gt=now, opened_at=None)
    rows = rows.filter(councils__in=list(by_council)).select_related("event").distinct()
    meetings = list(rows.annotate(council_id=F("councils")))
    given = Attendance.objects.filter(meeting__in=meetings, membership__in=memberships)
    said = dict(given.values_list("meeting_id", "answer"))
    found = []
    for meeting in meetings:
        row = by_council[meeting.council_id]
        if is_held(row, meeting.held_on):
            found.append(Call(meeting, row.seat.term.council, said.get(meeting.pk, ""), join_url(meeting.event, now)))
    return found


def calls_of(tallies: dict[int, Tally], meetings: Sequence[Meeting], person: Person, now: datetime) -> list[Call]:
    """The same from the answers of one council's members that were read already. No query."""
    found = []
    for meeting in meetings:
        asked = meeting.event.published_at and meeting.opened_at is None and meeting.event.starts_at > now
        tally = tallies[meeting.pk]
        own = next((row for row in tally.members if row.person_id == person.pk), None)
        if asked and own is not None:
            found.append(Call(meeting, tally.council, own.answer, join_url(meeting.event, now)))
    return found


def memberships_of(person: Person, on: date) -> list[Membership]:
    """The person's memberships that end after the day, or not at all, with their councils. One query."""
    rows = person.memberships.lasting_beyond(on).select_related("seat__term__council__neighbourhood")
    return list(rows.order_by("pk"))


def tallies(meeting: Meeting, rules: Regulation) -> list[Tally]:
    """One for each council that meets, from the seats filled on that day. Three queries."""
    answers = dict(meeting.attendances.values_list("membership_id", "answer"))
    rows = list(sitting(meeting).select_related("person", "seat__term").by_name())
    found = []
    for council in meeting.councils.select_related("neighbourhood").by_name():
        members = [row for row in rows if row.seat.term.council_id == council.pk]
        for row in members:
            row.answer = answers.get(row.pk, "")
        found.append(Tally(council, members, rules.quorum(len(members))))
    return found
