"""What the demonstration's councils ask of the municipality, what residents ask of them, and who follows it."""

import random
import secrets
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from councils.models import (
    AgendaItem,
    Council,
    HandOver,
    Matter,
    MatterFollow,
    Meeting,
    MunicipalUnit,
    OpinionRequest,
    Proposal,
    Question,
    Resolution,
    RespondingOfficer,
    Submission,
)
from councils.regulation import Regulation
from councils.working_days import add_working_days
from dashboard import demo_work as work
from dashboard.demo_record import Held, Voted
from dashboard.demo_work import DemoOpinion, DemoProposal, Letter
from neighbourhoods import latvian
from neighbourhoods.periods import moment_on
from people.models import ContactChannel, Person, User

BATCH = 1000
ANSWERED_BY_NOW = timedelta(days=45)  # a letter resolved on as long ago has its answer


class Correspondence:
    """Letters, answers, proposals and opinions of one load, with a stream of random numbers of its own."""

    def __init__(self, *, seed: int, now: datetime, rules: Regulation, coordinator: User):
        self.seed = seed
        self.random = random.Random(f"matters {seed}")  # noqa: S311 - invented data, no secrets
        self.now = now
        self.today = timezone.localdate(now)
        self.rules = rules
        self.coordinator = coordinator
        self.units: dict[str, MunicipalUnit] = {}
        self.officers: dict[str, str] = {}

    def at(self, day: date, clock: time) -> datetime:
        return min(moment_on(day, clock), self.now)

    # who answers

    def enter_units(self) -> None:
        for number, (name, (given, family)) in enumerate(work.UNIT_OFFICERS.items(), 1):
            unit = MunicipalUnit.objects.create(name=name, email=f"nodala.{number}@example.org", is_invented=True)
            person = Person.objects.create(
                given_name=given,
                family_name=family,
                created_at=self.now - timedelta(days=200),
                created_by=self.coordinator,
                wants_news=False,
                wants_reminders=False,
                is_invented=True,
            )
            ContactChannel.objects.create(
                person=person, kind="email", value=f"atbilde.{number}@example.org", confirmed_at=person.created_at
            )
            RespondingOfficer.objects.create(unit=unit, person=person, started_on=timezone.localdate(person.created_at))
            self.units[name] = unit
            self.officers[name] = person.name

    # letters that follow from resolutions

    def write_letters(self, voted: Iterable[Voted]) -> None:
        """What was resolved on long enough ago has been sent and answered; the newest waits for its letter."""
        letters = []
        for number, vote in enumerate(voted, 1):
            letter = vote.business.letter
            assert letter is not None
            if vote.held.day > self.today - ANSWERED_BY_NOW:
                continue
            letters.append((vote, letter, self.letter(vote, letter, number)))
        Submission.objects.bulk_create([row for _vote, _letter, row in letters], batch_size=BATCH // 2)
        through = Submission.councils.through
        through.objects.bulk_create(
            [
                through(submission_id=row.pk, council_id=council.pk)
                for vote, _letter, row in letters
                for council in vote.held.councils
            ],
            batch_size=BATCH,
        )
        done = []
        for vote, _letter, row in letters:
            if row.done_on:
                vote.resolution.carried_out_on = row.done_on
                done.append(vote.resolution)
        Resolution.objects.bulk_update(done, ["carried_out_on"], batch_size=BATCH // 4)
        self.keep_correspondence([(row, letter) for _vote, letter, row in letters])

    def letter(self, vote: Voted, letter: Letter, number: int) -> Submission:
        self.random = random.Random(f"{self.seed} {letter.title} {vote.held.day}")  # noqa: S311 - no secrets
        sent_on = add_working_days(vote.held.day, self.random.randint(2, 6))
        row = Submission(
            matter=vote.resolution.matter,
            resolution=vote.resolution,
            kind=letter.kind,
            title=letter.title,
            text=letter.text,
            topic=vote.business.topic,
            is_public=not vote.resolution.item.is_restricted,
            is_invented=True,
            search_text=latvian.search_text(letter.title, letter.text, letter.reply, letter.alternative),
        )
        self.register(row, letter.unit, sent_on, number)
        late = timedelta(days=7 if self.random.random() < 0.1 else -self.random.randint(1, 8))
        assert row.reply_due_on is not None
        replied_on = add_working_days(row.reply_due_on + late, -1)
        row.replied_on, row.outcome = min(replied_on, self.today), letter.outcome
        row.reply, row.alternative = letter.reply, letter.alternative
        row.replied_by = self.officers[letter.unit]
        if letter.done_after and (on := sent_on + timedelta(days=letter.done_after)) <= self.today:
            row.done_on = max(on, row.replied_on)
        self.ask_again(row)
        return row

    def register(self, row: Submission, unit: str, sent_on: date, number: int) -> None:
        """The municipality took it into its books the next working day, and the month began (§27)."""
        row.unit, row.answering_unit = unit, self.units[unit]
        row.sent_on = sent_on
        registered_on = add_working_days(sent_on, 1)
        if registered_on <= self.today:
            row.registered_on = registered_on
            row.registration_number = work.REGISTRATION.format(year=registered_on.year, number=number)
        row.reply_due_on = self.rules.reply_due_on(sent_on, row.registered_on)

    def ask_again(self, row: Submission) -> None:
        """Whether a promise was kept is asked after a while, until somebody says so."""
        if row.replied_on and row.outcome in ("supported", "partly") and row.done_on is None:
            row.follow_up_on = row.replied_on + timedelta(days=self.rules["FOLLOW_UP_AFTER"])
            while row.follow_up_on <= self.today:
                row.follow_up_on += timedelta(days=self.rules["FOLLOW_UP_EVERY"])

    def keep_correspondence(self, letters: Sequence[tuple[Submission, Letter]]) -> None:
        """What units asked back, and to whom they handed a letter over."""
        questions, hand_overs = [], []
        for row, letter in letters:
            assert row.sent_on is not None
            if letter.question:
                asked, said = letter.question
                asked_at = self.at(add_working_days(row.sent_on, 4), time(11))
                questions.append(
                    Question(
                        submission=row,
                        text=asked,
                        asked_at=asked_at,
                        asked_by=self.officers[letter.unit],
                        answer=said,
                        answered_at=min(asked_at + timedelta(days=2), self.now),
                    )
                )
            if letter.handed_over_from:
                hand_overs.append(
                    HandOver(
                        submission=row,
                        from_unit=self.units[letter.handed_over_from],
                        to_unit=self.units[letter.unit],
                        at=self.at(add_working_days(row.sent_on, 3), time(10)),
                        by=self.coordinator,
                        reason=work.HANDED_OVER,
                    )
                )
        Question.objects.bulk_create(questions, batch_size=BATCH)
        HandOver.objects.bulk_create(hand_overs, batch_size=BATCH)

    # residents

    def propose(self, wish: DemoProposal, council: Council, people: Sequence[Person], held: Iterable[Held]) -> None:
        """A resident's proposal: unanswered, declined with a reason, or taken onto the agenda of the next meeting."""
        proposed_at = self.now - timedelta(days=wish.ago, hours=5)
        row = Proposal(
            council=council,
            person=self.random.choice(people),
            on_behalf_of=wish.on_behalf_of,
            title=wish.title,
            text=wish.text,
            topic=wish.topic,
            token=secrets.token_urlsafe(32),
            proposed_at=proposed_at,
            confirmed_at=proposed_at + timedelta(minutes=4),
            is_invented=True,
        )
        if wish.taken or wish.reason:
            row.decided_at = min(proposed_at + timedelta(days=2), self.now)
            row.decided_by = self.coordinator
            row.decision = Proposal.Decision.DECLINED if wish.reason else Proposal.Decision.TAKEN
            row.reason = wish.reason
        if wish.taken:
            row.matter = Matter.objects.create(
                title=wish.title, topic=wish.topic, began_at=proposed_at, is_invented=True
            )
            row.matter.councils.add(council)
        row.save()
        if wish.taken:
            self.take(row, held)

    def take(self, row: Proposal, held: Iterable[Held]) -> None:
        """Onto the agenda of the council's first meeting after it, or, where that is still to come, its item of
        the same words."""
        decided_at = row.decided_at
        assert decided_at is not None
        later = [meeting for meeting in held if row.council in meeting.councils]
        in_time = decided_at + timedelta(days=10)
        later = [meeting for meeting in later if not meeting.is_first and meeting.event.starts_at > in_time]
        if later:
            min(later, key=lambda meeting: meeting.day).proposals.append(row)
            return
        coming = row.council.meetings.upcoming(self.now).filter(kind=Meeting.Kind.COUNCIL)
        item = AgendaItem.objects.filter(meeting=coming.first(), title=row.title).first()
        if item is not None:
            item.matter = row.matter
            item.save(update_fields=["matter"])
            row.item = item
            row.save(update_fields=["item"])

    # the dome asks (PL 58(2))

    def ask_opinion(self, wish: DemoOpinion, council: Council) -> None:
        received_on = self.today - timedelta(days=wish.ago)
        due_on = add_working_days(received_on + timedelta(days=wish.due - 1), 1)
        matter = Matter.objects.create(
            title=wish.title, topic="5.7", began_at=self.at(received_on, time(9)), is_invented=True
        )
        matter.councils.add(council)
        row = OpinionRequest(
            council=council,
            matter=matter,
            title=wish.title,
            text=wish.text,
            received_on=received_on,
            due_on=due_on,
            opinion=wish.opinion,
            is_invented=True,
        )
        if wish.opinion:
            row.sent_on = add_working_days(due_on, -3)
        row.save()

    # who follows

    def follow(self, people: Sequence[Person]) -> None:
        """A few of those who have an account follow each public matter, from some day after it began."""
        Matter.objects.all().point()  # what was written in bulk
        rows = []
        for matter in Matter.objects.filter(is_public=True).order_by("pk"):
            for person in self.random.sample(people, min(self.random.randint(1, 6), len(people))):
                since = max(matter.began_at, person.created_at)
                followed_at = since + (self.now - since) * self.random.random() ** 2
                rows.append(
                    MatterFollow(matter=matter, person=person, followed_at=followed_at, confirmed_at=followed_at)
                )
        MatterFollow.objects.bulk_create(rows, batch_size=BATCH)
