"""The record of the demonstration's meetings: agenda, roll call, votes, tasks, minutes, as the operations leave them.

Meetings come in the order of time; rows of one table are written together. What belongs to a meeting is decided with
random numbers of its own: it does not change with what else is loaded.
"""

import copy
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone

from councils.documents import announcement, record
from councils.models import (
    AbsenceCase,
    AgendaItem,
    Announcement,
    Attendance,
    Ballot,
    Council,
    Matter,
    Meeting,
    Membership,
    Minutes,
    MinutesComment,
    MinutesVersion,
    Office,
    Proposal,
    Recusal,
    Resolution,
    Submission,
    Task,
)
from councils.models.periods import is_held
from councils.operations.agenda import standard_titles
from councils.operations.votes import outcome_of
from councils.regulation import Regulation
from councils.working_days import add_working_days
from dashboard import demo_content as content
from dashboard import demo_work as work
from dashboard.demo_work import Business
from events.models import Event
from neighbourhoods import latvian
from neighbourhoods.periods import moment_on
from notices.emails import absolute
from people.models import Person, User

BATCH = 1000
MINUTE = timedelta(minutes=1)
BETWEEN_VOTES = 9 * MINUTE
Choice = Ballot.Choice
ANSWERS: dict[str, str] = {
    Attendance.Mark.PRESENT: Attendance.Answer.COMING,
    Attendance.Mark.REMOTE: Attendance.Answer.REMOTE,
}


@dataclass(eq=False)
class Held:
    """A meeting that took place, with what the loader knows of it before its record is written."""

    meeting: Meeting
    councils: list[Council]
    lines: Sequence[tuple[str, int, str]]  # the agenda as `demo_content` has it
    is_first: bool = False
    minutes: str = "published"  # or "sent", "drafted"
    letters: list[Submission] = field(default_factory=list)  # resolved on here and sent afterwards
    proposals: list[Proposal] = field(default_factory=list)  # of residents, taken onto the agenda (§31)

    @property
    def day(self) -> date:
        return self.meeting.held_on

    @property
    def event(self) -> Event:
        return self.meeting.event


@dataclass(eq=False)
class Line:
    """An item that is being dealt with, and what its title says of it."""

    item: AgendaItem
    business: Business | None = None
    letter: Submission | None = None
    proposal: Proposal | None = None
    parts: list[AgendaItem] = field(default_factory=list)


@dataclass(frozen=True)
class Voted:
    """An adopted resolution out of which a letter to the municipality may come."""

    held: Held
    resolution: Resolution
    business: Business


class Recorder:
    """One load's records. `absent` holds who is to miss which meetings without excuse, by the staged stories."""

    def __init__(self, *, seed: int, now: datetime, rules: Regulation, coordinator: User):
        self.seed = seed
        self.now = now
        self.today = timezone.localdate(now)
        self.rules = rules
        self.coordinator = coordinator
        self.titles = standard_titles()
        self.memberships: dict[int, list[Membership]] = defaultdict(list)
        self.offices: dict[int, list[Office]] = defaultdict(list)
        for row in Membership.objects.select_related("person", "seat__term__council__neighbourhood").order_by(
            "seat__number", "pk"
        ):
            self.memberships[row.seat.term.council_id].append(row)
        for office in Office.objects.select_related("person").order_by("pk"):
            self.offices[office.council_id].append(office)
        self.absent: dict[int, set[int]] = defaultdict(set)  # meetings by membership
        self.last: dict[int, str] = {}
        self.matters: dict[tuple[int, str], Matter] = {}
        self.numbers: Counter[tuple[int, int]] = Counter()
        self.rows: dict[type, list[Any]] = defaultdict(list)
        self.voted: list[Voted] = []

    def write(self, meetings: Iterable[Held]) -> None:
        """The records of all meetings that took place. What was voted on stands in `voted` afterwards."""
        held = sorted(meetings, key=lambda row: (row.event.starts_at, row.meeting.pk))
        self.stage_absences(held)
        lines = {row: list(self.agenda(row)) for row in held}
        self.carry_over(held, lines)
        for row in held:
            self.sit(row, lines[row])
        self.save_agendas(lines)
        self.save()
        self.raise_cases(held)
        self.announce(row.meeting for row in held)
        self.write_minutes(held)

    def shuffle(self, what: str, held: Held) -> None:
        """Begin the random numbers for a part of the record of one meeting."""
        slugs = [council.neighbourhood.slug for council in held.councils]
        self.random = random.Random(f"{self.seed} {what} {slugs} {held.day}")  # noqa: S311 - no secrets

    # who sits there

    def members(self, council: Council, on: date) -> list[Membership]:
        return [row for row in self.memberships[council.pk] if is_held(row, on)]

    def officer(self, council: Council, on: date, kind: str) -> Person | None:
        for row in self.offices[council.pk]:
            if row.kind == kind and is_held(row, on):
                return row.person
        return None

    # agendas

    def agenda(self, held: Held) -> Iterator[Line]:
        """The lines in their order, unsaved: first what every meeting has, then its own, then the residents."""
        self.shuffle("agenda", held)
        if not held.is_first:
            yield self.line(held, self.titles[AgendaItem.Kind.APPROVAL], 5, kind=AgendaItem.Kind.APPROVAL)
            yield self.line(held, self.titles[AgendaItem.Kind.PREVIOUS], 10, kind=AgendaItem.Kind.PREVIOUS)
        for letter in held.letters:
            title = work.LETTER_ITEM.format(title=letter.title)
            line = self.line(held, title, 15, matter=letter.matter)
            line.letter = letter
            yield line
        for proposal in held.proposals:
            line = self.line(held, proposal.title, 15, description=proposal.text, matter=proposal.matter)
            line.business, line.proposal = Business(proposal.topic, work.PROPOSAL_NOTES), proposal
            yield line
        for title, minutes, description in held.lines:
            line = self.line(held, title, minutes, description=description)
            line.business = work.BUSINESS.get(title)
            if line.business:
                line.item.rapporteur = line.business.owner
                line.parts = [AgendaItem(meeting=held.meeting, title=part) for part in line.business.parts]
            yield line
        if not held.is_first and self.random.random() < 0.06:
            yield self.line(held, work.CLOSED_ITEM, 15, is_restricted=True)
        title, minutes, description = content.QUESTIONS
        yield self.line(held, title, minutes, description=description)

    @staticmethod
    def line(held: Held, title: str, minutes: int, **fields: Any) -> Line:
        return Line(AgendaItem(meeting=held.meeting, title=title, minutes=minutes, **fields))

    def carry_over(self, held: Sequence[Held], lines: dict[Held, list[Line]]) -> None:
        """What was put off stands on the council's next agenda, before the residents' questions."""
        for number, row in enumerate(held):
            put_off = [line for line in lines[row] if line.business and line.business.postponed]
            later = next((other for other in held[number + 1 :] if other.councils == row.councils), None)
            for line in put_off:
                if later is None:
                    continue
                again = self.line(later, line.item.title, line.item.minutes or 15, description=line.item.description)
                again.item.carried_from = line.item
                again.business = Business("5.3", work.CARRIED_NOTES)
                lines[later].insert(-1, again)

    def save_agendas(self, lines: dict[Held, list[Line]]) -> None:
        """Whole agendas at once: items that carry on another after it, and parts after what they are part of."""
        for agenda in lines.values():
            position = 0
            for line in agenda:
                for item in (line.item, *line.parts):
                    position += 1
                    item.position = position
        everything = [line for agenda in lines.values() for line in agenda]
        for again in (False, True):
            rows = [line.item for line in everything if (line.item.carried_from is not None) is again]
            AgendaItem.objects.bulk_create(rows, batch_size=BATCH)
        for line in everything:
            for part in line.parts:
                part.parent = line.item
        AgendaItem.objects.bulk_create([part for line in everything for part in line.parts], batch_size=BATCH)
        for line in everything:
            if line.proposal:
                line.proposal.item = line.item
                line.proposal.save(update_fields=["item"])

    # the meeting itself

    def sit(self, held: Held, lines: Sequence[Line]) -> None:
        self.shuffle("sitting", held)
        meeting, event = held.meeting, held.event
        meeting.opened_at = event.starts_at + self.random.randint(0, 6) * MINUTE
        meeting.closed_at = meeting.opened_at + self.random.randint(75, 110) * MINUTE
        meeting.residents_present = self.random.randint(0, 24)
        meeting.others_present = self.random.choice(work.GUESTS)
        rolls = {council.pk: self.call(held, council) for council in held.councils}
        self.lead(held, rolls)
        at = meeting.opened_at + 8 * MINUTE
        for line in lines:
            at = self.deal_with(held, line, rolls, at)
        meeting.closed_at = max(meeting.closed_at, at)
        self.rows[Meeting].append(meeting)

    def lead(self, held: Held, rolls: dict[int, list[Attendance]]) -> None:
        """The chair leads, or the deputy (§24), or somebody else who is there; the secretary or another one writes."""
        there = [row.membership.person for roll in rolls.values() for row in roll if row.mark in Attendance.HERE]
        for name, kinds in (
            ("leader", (Office.Kind.CHAIR, Office.Kind.DEPUTY_CHAIR)),
            ("minute_taker", (Office.Kind.SECRETARY,)),
        ):
            officers = [self.officer(council, held.day, kind) for council in held.councils for kind in kinds]
            others = [person for person in there if person != held.meeting.leader]
            setattr(held.meeting, name, next((person for person in officers if person in there), others[-1]))

    def call(self, held: Held, council: Council) -> list[Attendance]:
        """The roll of a council: most come; never fewer than a quorum, and nobody stays away three times by chance."""
        event = held.event
        assert held.meeting.opened_at is not None
        rows = []
        for membership in self.members(council, held.day):
            row = Attendance(meeting=held.meeting, membership=membership, mark=self.mark(held, membership))
            self.last[membership.pk] = row.mark
            self.answer(row, event)
            rows.append(row)
        away = [row for row in rows if row.mark == Attendance.Mark.EXCUSED]
        while sum(row.mark in Attendance.HERE for row in rows) <= len(rows) // 2 and away:
            row = away.pop()
            row.mark = self.here(event)
        for row in rows:
            if row.mark == Attendance.Mark.PRESENT and self.random.random() < 0.04:
                row.arrived_at = held.meeting.opened_at + self.random.randint(6, 7) * MINUTE
        self.rows[Attendance] += rows
        return rows

    def mark(self, held: Held, membership: Membership) -> str:
        if held.meeting.pk in self.absent[membership.pk]:
            return Attendance.Mark.UNEXCUSED
        if held.is_first:
            return self.here(held.event)
        chance = self.random.random()
        if chance < 0.03:
            is_free = not self.absent[membership.pk] and self.last.get(membership.pk) != Attendance.Mark.UNEXCUSED
            return Attendance.Mark.UNEXCUSED if is_free else Attendance.Mark.EXCUSED
        return Attendance.Mark.EXCUSED if chance < 0.13 else self.here(held.event)

    def here(self, event: Event) -> str:
        if event.format == Event.Format.HYBRID:
            return Attendance.Mark.REMOTE if self.random.random() < 0.2 else Attendance.Mark.PRESENT
        return Attendance.Mark.REMOTE if event.format == Event.Format.REMOTE else Attendance.Mark.PRESENT

    def answer(self, row: Attendance, event: Event) -> None:
        """What the member had said before; some say nothing, some come otherwise than they said."""
        assert event.published_at
        if self.random.random() < 0.2:
            return
        row.answer = ANSWERS.get(row.mark, Attendance.Answer.NOT_COMING)
        span = min(event.starts_at, self.now) - event.published_at
        row.answered_at = event.published_at + span * self.random.random()

    def deal_with(self, held: Held, line: Line, rolls: dict[int, list[Attendance]], at: datetime) -> datetime:
        """Write what was said and decided on the line; returns when the next one begins."""
        item, business = line.item, line.business
        item.outcome = AgendaItem.Outcome.DISCUSSED
        for part in line.parts:
            part.outcome = AgendaItem.Outcome.DISCUSSED
        if item.kind != AgendaItem.Kind.ORDINARY:
            is_approval = item.kind == AgendaItem.Kind.APPROVAL
            item.notes = work.APPROVAL_NOTES if is_approval else work.PREVIOUS_NOTES
            return at
        if item.title == content.QUESTIONS[0]:
            item.notes = self.random.choice(work.QUESTIONS_NOTES)
            return at
        if item.title == work.ELECTION_ITEM:
            return self.elect(held, item, rolls, at)
        if line.letter:
            business = Business(line.letter.topic, work.LETTER_NOTES, owner="priekšsēdētājs")
            decision = work.LETTER_DECISION.format(title=line.letter.title)
        elif item.is_restricted:
            business, decision = Business("5.7", work.CLOSED_NOTES, owner="sekretārs"), work.CLOSED_DECISION
        elif business is None:
            return at
        else:
            decision = business.decision
        item.notes = business.notes
        if business.postponed:
            item.outcome = AgendaItem.Outcome.POSTPONED
            return at
        out = self.recuse(held, item, business, rolls) if business.recused else None
        if decision:
            matter = line.letter.matter if line.letter else self.matter(held, item, business)
            item.matter = matter
            for council in held.councils:
                at += BETWEEN_VOTES
                there = [row.membership for row in rolls[council.pk] if row.is_there(at) and row.membership != out]
                resolution = self.resolve(held, item, council, decision, business, there, at)
                resolution.matter = matter
                if line.letter and council == held.councils[0]:
                    line.letter.resolution = resolution
                elif not line.letter:
                    self.follow_up(held, resolution, business)
        if business.task:
            self.entrust(held, item, business, rolls)
        return at + MINUTE

    def matter(self, held: Held, item: AgendaItem, business: Business) -> Matter:
        """The thread of an item of this title in the first of the councils: what they come back to is one matter."""
        key = (held.councils[0].pk, item.title)
        if key not in self.matters:
            row = Matter(
                title=item.title,
                topic=business.topic,
                began_at=held.event.published_at or held.event.starts_at,
                is_public=not item.is_restricted,
                is_invented=True,
            )
            row.save()
            row.councils.set(held.councils)
            self.matters[key] = row
        return self.matters[key]

    def recuse(
        self, held: Held, item: AgendaItem, business: Business, rolls: dict[int, list[Attendance]]
    ) -> Membership | None:
        """One of those who are there, but not the chair, keeps out of the item, where enough others are left."""
        council = held.councils[0]
        chair = self.officer(council, held.day, Office.Kind.CHAIR)
        there = [row.membership for row in rolls[council.pk] if row.mark in Attendance.HERE and not row.arrived_at]
        others = [row for row in there if row.person != chair]
        if len(others) < 4:
            return None
        out = self.random.choice(others)
        self.rows[Recusal].append(Recusal(item=item, membership=out, reason=business.recused))
        return out

    def elect(self, held: Held, item: AgendaItem, rolls: dict[int, list[Attendance]], at: datetime) -> datetime:
        """Chair, deputy and secretary (§21), each by a resolution of its own."""
        item.notes = work.ELECTION_NOTES
        council = held.councils[0]
        business = Business("5.7", "")
        item.matter = self.matter(held, item, business)
        for position, (kind, text) in enumerate(zip(Office.Kind.values, work.ELECTIONS, strict=True), 1):
            person = self.officer(council, held.day, kind)
            if person is None:
                continue
            at += BETWEEN_VOTES / 3
            there = [row.membership for row in rolls[council.pk] if row.is_there(at)]
            decision = text.format(name=person.name)
            resolution = self.resolve(held, item, council, decision, business, there, at, position)
            resolution.matter, resolution.carried_out_on, resolution.due_on = item.matter, held.day, None
        return at

    def resolve(
        self,
        held: Held,
        item: AgendaItem,
        council: Council,
        text: str,
        business: Business,
        there: Sequence[Membership],
        at: datetime,
        position: int = 1,
    ) -> Resolution:
        """The resolution and how each voted, numbered within the year."""
        chair = self.officer(council, held.day, Office.Kind.CHAIR)
        ballots = self.ballots(there, business.vote, chair)
        count = Counter(ballots.values())
        casting = ""
        if count[Choice.IN_FAVOUR] == count[Choice.AGAINST]:
            casting = next((choice for row, choice in ballots.items() if row.person == chair), "")
            casting = casting if casting in Resolution.Casting.values else ""
        self.numbers[council.pk, held.day.year] += 1
        row = Resolution(
            item=item,
            council=council,
            position=position,
            year=held.day.year,
            number=self.numbers[council.pk, held.day.year],
            text=text,
            vote_kind=Resolution.VoteKind.BY_COUNT if business.vote == "count" else Resolution.VoteKind.BY_NAME,
            in_favour=count[Choice.IN_FAVOUR],
            against=count[Choice.AGAINST],
            abstained=count[Choice.ABSTAINED],
            casting_vote=casting,
            voted_at=at,
            outcome=outcome_of(in_favour=count[Choice.IN_FAVOUR], against=count[Choice.AGAINST], casting=casting),
            owner=business.owner,
            due_on=add_working_days(held.day, self.random.randint(15, 40)) if business.owner else None,
            revision=1,
            search_text=latvian.search_text(text),
            is_invented=True,
        )
        self.rows[Resolution].append(row)
        if row.vote_kind == Resolution.VoteKind.BY_NAME:
            self.rows[Ballot] += [
                Ballot(resolution=row, membership=membership, choice=choice) for membership, choice in ballots.items()
            ]
        return row

    def ballots(self, there: Sequence[Membership], vote: str, chair: Person | None) -> dict[Membership, str]:
        """How each votes. A tie takes the chair, who is for it; without the chair it becomes a narrow vote."""
        voters = list(there)
        self.random.shuffle(voters)
        voters.sort(key=lambda row: row.person != chair)  # the chair first, the others in any order
        has_chair = bool(voters) and voters[0].person == chair
        if vote == "tie" and has_chair and len(voters) > 1:
            half, rest = divmod(len(voters), 2)
            choices = [Choice.IN_FAVOUR] * half + [Choice.AGAINST] * half + [Choice.ABSTAINED] * rest
        elif vote in ("mixed", "tie"):
            others = min(self.random.randint(1, 3), (len(voters) - 1) // 2)
            choices = [Choice.IN_FAVOUR] * (len(voters) - others)
            choices += [self.random.choice((Choice.AGAINST, Choice.ABSTAINED)) for _n in range(others)]
        elif vote == "against":
            choices = [Choice.AGAINST] * (len(voters) // 2 + 1)
            choices += [Choice.IN_FAVOUR] * (len(voters) - len(choices))
        else:
            silent = 1 if len(voters) > 3 and self.random.random() < 0.25 else 0
            choices = [Choice.IN_FAVOUR] * (len(voters) - silent) + [Choice.ABSTAINED] * silent
        return dict(zip(voters, choices, strict=True))

    def follow_up(self, held: Held, resolution: Resolution, business: Business) -> None:
        """What became of it since; what goes to the municipality is remembered for its letter."""
        if resolution.outcome != Resolution.Outcome.ADOPTED:
            return
        if business.letter and held.councils[0] == resolution.council:
            self.voted.append(Voted(held, resolution, business))
        days = business.done_after or (40 if business.abandoned else 0)
        if not days or (on := held.day + timedelta(days=days)) > self.today:
            return
        if business.abandoned:
            resolution.abandoned_on, resolution.abandoned_because = on, business.abandoned
        else:
            resolution.carried_out_on = on

    def entrust(self, held: Held, item: AgendaItem, business: Business, rolls: dict[int, list[Attendance]]) -> None:
        there = [row.membership.person for row in rolls[held.councils[0].pk] if row.mark in Attendance.HERE]
        due_on = add_working_days(held.day, self.random.randint(8, 18))
        row = Task(item=item, title=business.task, person=self.random.choice(there), due_on=due_on, is_invented=True)
        if due_on < self.today:
            row.done_on = due_on - timedelta(days=self.random.randint(0, 5))
        self.rows[Task].append(row)

    def save(self) -> None:
        Meeting.objects.bulk_update(
            self.rows[Meeting],
            ["opened_at", "closed_at", "leader", "minute_taker", "residents_present", "others_present"],
            batch_size=BATCH // 4,
        )
        for model in (Attendance, Recusal, Resolution, Ballot, Task):
            model._default_manager.bulk_create(self.rows[model], batch_size=BATCH)

    # absences (§32)

    def stage_absences(self, held: Sequence[Held]) -> None:
        """Three stories: somebody stayed away and was kept, somebody was released, of somebody it is to be decided."""
        self.cases: list[tuple[Membership, list[Held], str]] = []
        by_slug = defaultdict(list)
        for row in held:
            for council in row.councils:
                by_slug[council.neighbourhood.slug].append(row)
        for slug, decision in ((content.ABSENT_NOW, ""), (content.ABSENT_ONCE, AbsenceCase.Decision.KEPT)):
            meetings = by_slug[slug][-3:] if not decision else by_slug[slug][1:4]
            if len(meetings) < 3:
                continue
            council = next(c for c in meetings[0].councils if c.neighbourhood.slug == slug)
            officers = {office.person_id for office in self.offices[council.pk]}
            days = [row.day for row in meetings]
            whole = [row for row in self.members(council, days[0]) if row in self.members(council, days[-1])]
            member = next((row for row in reversed(whole) if row.person_id not in officers), None)
            if member:
                self.cases.append((member, meetings, decision))
        for rows in self.memberships.values():
            for member in rows:
                if member.ended_on is None or member.end_reason != Membership.EndReason.ABSENCES:
                    continue
                slug = member.seat.term.council.neighbourhood.slug
                meetings = [row for row in by_slug[slug] if member.started_on <= row.day < member.ended_on][-3:]
                if len(meetings) == 3:
                    self.cases.append((member, meetings, AbsenceCase.Decision.RELEASED))
        for member, meetings, _decision in self.cases:
            self.absent[member.pk] |= {row.meeting.pk for row in meetings}

    def raise_cases(self, held: Sequence[Held]) -> None:
        rows = []
        for member, meetings, decision in self.cases:
            last = meetings[-1]
            row = AbsenceCase(membership=member, raised_on=last.day, last_meeting=last.meeting, decision=decision)
            if decision == AbsenceCase.Decision.KEPT:
                row.decided_on, row.reason = add_working_days(last.day, 4), work.STAYS
            elif decision and member.ended_on:
                row.decided_on, row.reason = member.ended_on, work.RELEASED
                row.dome_informed_on = add_working_days(member.ended_on, 2)
            rows.append(row)
        AbsenceCase.objects.bulk_create(rows)

    # before and after the meeting

    def announce(self, meetings: Iterable[Meeting]) -> None:
        """Sent and published some hours before the portal showed it, and in time (§38)."""
        rows = []
        for meeting in meetings:
            event = meeting.event
            if event.published_at is None:
                continue
            text = announcement.text(meeting)
            sent_at = event.published_at - timedelta(hours=2)
            rows.append(
                Announcement(
                    meeting=meeting,
                    meeting_on=meeting.held_on,
                    text=text,
                    sha256=announcement.sha256(text),
                    sent_at=sent_at,
                    sent_by=self.coordinator,
                    published_on=timezone.localdate(event.published_at),
                    published_url=f"https://example.org/zinas/{event.uid.hex[:8]}",
                    recorded_at=event.published_at,
                    recorded_by=self.coordinator,
                )
            )
        Announcement.objects.bulk_create(rows, batch_size=BATCH // 4)

    def write_minutes(self, held: Sequence[Held]) -> None:
        """Numbered as the meetings of the year were held, approved in the council's next one."""
        numbers: Counter[tuple[int, int]] = Counter()
        rows: dict[Held, Minutes] = {}
        for row in held:
            keys = [(council.pk, row.day.year) for council in row.councils]
            number = max(numbers[key] for key in keys) + 1
            for key in keys:
                numbers[key] = number
            rows[row] = self.draft(row, number)
        for number, row in enumerate(held):
            later = [other for other in held[number + 1 :] if not other.is_first and other.councils == row.councils]
            if later and row.minutes != "drafted":
                rows[row].approved_in = later[0].meeting
        Minutes.objects.bulk_create(rows.values(), batch_size=BATCH)
        published = [row.meeting for row in held if row.minutes == "published"]
        for meeting in published:
            meeting.minutes_url = absolute(reverse("councils:minutes", args=[meeting.pk]))
        Meeting.objects.bulk_update(published, ["minutes_url"], batch_size=BATCH)
        versions: list[MinutesVersion] = []
        comments: list[MinutesComment] = []
        corrected = [row for row in held if row.minutes == "published"][-5:-4]  # one at least, whatever chance says
        for row, minutes in rows.items():
            self.shuffle("minutes", row)
            last = record.take(row.meeting, number=str(minutes), rules=self.rules)
            versions += self.versions(row, minutes, last, surely=row in corrected)
            if row.minutes == "drafted" or self.random.random() < 0.08:
                comments.append(self.comment(row, minutes))
        MinutesVersion.objects.bulk_create(versions, batch_size=BATCH // 4)
        MinutesComment.objects.bulk_create(comments, batch_size=BATCH)

    def draft(self, held: Held, number: int) -> Minutes:
        drafted_at = self.at(add_working_days(held.day, 1), time(19, 30))
        row = Minutes(meeting=held.meeting, year=held.day.year, number=number, drafted_at=min(drafted_at, self.now))
        if held.minutes == "drafted":
            row.comments_until = row.drafted_at + timedelta(days=2)
            return row
        sent_on = held.meeting.minutes_sent_on
        assert sent_on is not None
        row.signed_at = min(max(self.at(sent_on, time(9, 30)), row.drafted_at + timedelta(hours=1)), self.now)
        row.comments_until = row.signed_at
        row.originals_handed_on, row.originals_handed_to = sent_on, content.COORDINATOR_TITLE
        return row

    def versions(self, held: Held, minutes: Minutes, last: record.Content, *, surely: bool) -> Iterator[MinutesVersion]:
        """Mostly one; now and then a draft before it, or a correction after what was published, or `surely` that."""
        secretary = held.meeting.minute_taker
        made_by = secretary.user if secretary else None
        kinds = ["last"]
        if held.minutes == "published":
            chance = self.random.random()
            kinds = ["draft", "last"] if chance < 0.12 else ["signed", "last"] if chance < 0.16 else kinds
            kinds = ["signed", "last"] if surely else kinds
        for number, kind in enumerate(kinds, 1):
            text = last if kind == "last" else self.earlier(last)
            row = MinutesVersion(
                minutes=minutes,
                number=number,
                content=text,
                sha256=record.digest(text),
                made_at=minutes.drafted_at,
                made_by=made_by,
            )
            if kind != "draft" and minutes.signed_at:
                leader = held.meeting.leader
                assert leader is not None
                row.signed_at, row.signed_by, row.signed_name = minutes.signed_at, leader.user, leader.name
                if held.meeting.minutes_published_on:
                    row.published_at = self.at(held.meeting.minutes_published_on, time(14))
                    row.published_at = min(max(row.published_at, row.signed_at), self.now)
            if number == 2 and kinds[0] == "signed":
                assert row.published_at is not None
                row.reason = work.CORRECTION
                row.made_at = row.signed_at = minutes.signed_at = row.published_at
                Minutes.objects.filter(pk=minutes.pk).update(signed_at=row.signed_at)
            yield row

    @staticmethod
    def earlier(last: record.Content) -> record.Content:
        """The same minutes before they were gone through: less is said of the last item."""
        text = copy.deepcopy(last)
        said = [item for item in text["items"] if item.get("notes")]
        if said:
            said[-1]["notes"] = ""
        return text

    def comment(self, held: Held, minutes: Minutes) -> MinutesComment:
        members = [row.person for council in held.councils for row in self.members(council, held.day)]
        row = MinutesComment(
            minutes=minutes,
            person=self.random.choice(members),
            text=self.random.choice(work.COMMENTS),
            commented_at=minutes.drafted_at + timedelta(minutes=30),
        )
        if minutes.signed_at:
            row.commented_at = min(row.commented_at, minutes.signed_at)
            row.settled_at = minutes.signed_at
            row.settled_by = held.meeting.minute_taker.user if held.meeting.minute_taker else None
        return row

    @staticmethod
    def at(day: date, clock: time) -> datetime:
        return moment_on(day, clock)
