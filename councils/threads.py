"""What happened to a matter, step by step: proposal, agenda, vote, submission, questions, answer, done.

Read anew for every page; who sits in the council sees the steps that are not public, too, marked as such.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch

from councils.models import HandOver, Matter, OpinionRequest, Proposal, Question, Resolution, Submission
from councils.models import SubmissionFile as File
from councils.models.meeting import closed, is_closed
from neighbourhoods import latvian

# What happened on the same day stands in this order.
ORDER = (
    *("request", "proposal", "item", "resolution", "sent", "registered", "forwarded", "hand_over", "question"),
    *("reply", "opinion", "done", "carried_out", "abandoned"),
)


@dataclass(frozen=True)
class Step:
    """Something that happened, or that is waited for (`is_open`: then `on` is the day by which)."""

    kind: str
    on: date | None
    row: Any
    is_open: bool = False
    is_hidden: bool = False  # not public

    @property
    def place(self) -> tuple:
        return (self.is_open, self.on or date.max, ORDER.index(self.kind), self.row.pk)


@dataclass
class Thread:
    steps: list[Step] = field(default_factory=list)
    submissions: list[Submission] = field(default_factory=list)
    resolutions: list[Resolution] = field(default_factory=list)

    def add(self, kind: str, moment: date | None, row: Any, **more: Any) -> None:
        on = latvian.as_local(moment).date() if isinstance(moment, datetime) else moment
        self.steps.append(Step(kind, on, row, **more))


def read(matter: Matter, on: date, *, whole: bool = False) -> Thread:
    """The thread as it stands on the day; `whole` with what is not public. At most eight queries."""
    thread = Thread()
    _proposals(thread, matter, whole)
    _items(thread, matter, whole)
    _requests(thread, matter)
    _resolutions(thread, matter, whole)
    _submissions(thread, matter, on, whole)
    thread.steps.sort(key=lambda step: step.place)
    return thread


def _proposals(thread: Thread, matter: Matter, whole: bool) -> None:
    """Taken onto an agenda; a proposer's name is nobody's but the council's."""
    rows = matter.proposals.filter(confirmed_at__isnull=False)
    for row in rows if whole else rows.filter(decision=Proposal.Decision.TAKEN):
        thread.add("proposal", row.proposed_at, row, is_hidden=row.decision != Proposal.Decision.TAKEN)


def _items(thread: Thread, matter: Matter, whole: bool) -> None:
    rows = matter.items.select_related("meeting__event", "parent__parent").filter(meeting__event__cancelled_at=None)
    if not whole:
        rows = rows.filter(meeting__event__published_at__isnull=False).exclude(closed())
    for row in rows:
        hidden = is_closed(row) or row.meeting.event.published_at is None
        thread.add("item", row.meeting.event.starts_at, row, is_hidden=hidden)


def _requests(thread: Thread, matter: Matter) -> None:
    """The municipal council asked for an opinion (PL 58(2)), and got it."""
    row: OpinionRequest
    for row in matter.opinion_requests.select_related("council"):
        thread.add("request", row.received_on, row)
        thread.add("opinion", row.sent_on or row.due_on, row, is_open=row.sent_on is None)


def _resolutions(thread: Thread, matter: Matter, whole: bool) -> None:
    rows = matter.resolutions.all() if whole else matter.resolutions.public()
    rows = rows.filter(voted_at__isnull=False).select_related("council", "item__meeting", "item__parent__parent")
    for row in rows.order_by("voted_at", "pk"):
        thread.resolutions.append(row)
        hidden = is_closed(row.item)
        thread.add("resolution", row.voted_at, row, is_hidden=hidden)
        if row.carried_out_on:
            thread.add("carried_out", row.carried_out_on, row, is_hidden=hidden)
        elif row.abandoned_on:
            thread.add("abandoned", row.abandoned_on, row, is_hidden=hidden)


def _submissions(thread: Thread, matter: Matter, on: date, whole: bool) -> None:
    rows = matter.submissions.all() if whole else matter.submissions.public()
    rows = rows.filter(sent_on__isnull=False).with_state(on).select_related("reply_file", "done_photo", "presented_by")
    rows = rows.prefetch_related(
        Prefetch("files", File.objects.select_related("file").order_by("pk")),
        Prefetch("questions", Question.objects.order_by("asked_at", "pk")),
        Prefetch("hand_overs", HandOver.objects.select_related("from_unit", "to_unit").order_by("at", "pk")),
    )
    for row in rows.order_by("sent_on", "pk"):
        row.matter = matter
        thread.submissions.append(row)
        hidden = not row.is_public
        thread.add("sent", row.sent_on, row, is_hidden=hidden)
        if row.registered_on:
            thread.add("registered", row.registered_on, row, is_hidden=hidden)
        if row.forwarded_on:
            thread.add("forwarded", row.forwarded_on, row, is_hidden=hidden)
        for change in row.hand_overs.all():
            thread.add("hand_over", change.at, change, is_hidden=hidden)
        for question in row.questions.all():
            thread.add("question", question.asked_at, question, is_hidden=hidden)
        if row.replied_on:
            thread.add("reply", row.replied_on, row, is_hidden=hidden)
        elif not row.done_on:
            thread.add("reply", row.reply_due_on, row, is_open=True, is_hidden=hidden)
        if row.done_on:
            thread.add("done", row.done_on, row, is_hidden=hidden)
        elif row.outcome in (Submission.Outcome.SUPPORTED, Submission.Outcome.PARTLY):
            thread.add("done", row.follow_up_on, row, is_open=True, is_hidden=hidden)
