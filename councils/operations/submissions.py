"""What councils ask of the municipality: sending, the reply clock (§27), answers, and whether it was done."""

import secrets
from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from councils import files, regulation
from councils.models import (
    AnswerLink,
    Council,
    HandOver,
    Matter,
    MatterFollow,
    MunicipalUnit,
    Office,
    Question,
    Resolution,
    RespondingOfficer,
    StoredFile,
    Submission,
    SubmissionFile,
    Topic,
)
from councils.models.meeting import is_closed
from councils.operations import matters
from councils.operations.base import SubmissionRefused, lock, refuse_future_day, write
from neighbourhoods.facts import OTHER_MATTERS
from notices import operations as notices
from people import operations as people
from people.models import Person, User

REMINDERS = ["answer_remind", "follow_up"]
FAVOURABLE = (Submission.Outcome.SUPPORTED, Submission.Outcome.PARTLY)
NEEDS_A_REASON = (Submission.Outcome.DECLINED, Submission.Outcome.PARTLY)


class AlreadyEntered(SubmissionRefused):
    """The submission is there already: `submission`."""

    def __init__(self, text: str, submission: Submission):
        super().__init__(text)
        self.submission = submission


# --- made and sent ----------------------------------------------------------------------------------------------------


@transaction.atomic
def record_submission(
    *,
    councils: Iterable[Council],
    title: str,
    by: User | None,
    now: datetime,
    sent_on: date | None = None,
    text: str = "",
    topic: str = "",
    unit: str = "",
    kind: str = Submission.Kind.PROPOSAL,
    answering_unit: MunicipalUnit | None = None,
    institution: str = "",
    presented_by: Person | None = None,
    matter: Matter | None = None,
    resolution: Resolution | None = None,
) -> Submission:
    """What one or more councils ask of the municipality: a draft, or sent on a day, with the reply due by §27.

    It hangs on `matter`, on that of the `resolution` it comes from, or on a matter of its own. What comes from an item
    that is not public is not public. Raises SubmissionRefused without a council, for a day that has not come, for a
    resolution that was not adopted, and for a draft decision on §5.7; AlreadyEntered for a resolution that was
    submitted in these words before, and for the same title of a council on the same day. Locks the resolution, or else
    the councils.
    """
    council_rows = list(councils)
    if not council_rows:
        raise SubmissionRefused(_("Choose the council that asks."))
    row = Submission(title=title, text=text, topic=topic, kind=kind, institution=institution, resolution=resolution)
    row.unit, row.answering_unit = (answering_unit.name if answering_unit else unit), answering_unit
    row.presented_by = presented_by
    _refuse_kind(row)
    _refuse_speaker(row, council_rows, now)
    if resolution is not None:
        resolution = _lock_resolution(resolution, row, council_rows)
        matter = matter or resolution.matter or resolution.item.matter
        row.is_public = not is_closed(resolution.item)
    else:
        _refuse_twin(row, council_rows, sent_on)
    row.matter = matter or _open_matter(row, council_rows, by, now)
    row.is_public = row.is_public and row.matter.is_public
    _send(row, sent_on, now)
    write(row, SubmissionRefused)
    row.councils.set(council_rows)
    row.matter.councils.add(*council_rows)
    if resolution is not None and resolution.matter_id is None:
        Resolution.objects.filter(pk=resolution.pk).update(matter=row.matter)
    people.record(by=by, verb="record_submission", target=row, now=now, details={"after": _told(row, SHOWN)})
    if sent_on:
        invite(row, now=now)
    return row


def _open_matter(row: Submission, councils: list[Council], by: User | None, now: datetime) -> Matter:
    try:
        return matters.open_matter(
            councils=councils, title=row.title, by=by, now=now, topic=row.topic, is_public=row.is_public
        )
    except matters.MatterRefused as refusal:
        raise SubmissionRefused(str(refusal)) from refusal


def _refuse_kind(row: Submission) -> None:
    if row.kind == Submission.Kind.DRAFT_DECISION and row.topic == OTHER_MATTERS:
        raise SubmissionRefused(
            _("A council submits no draft decisions on “%(topic)s” (§7). Send this one as a proposal.")
            % {"topic": Topic.objects.get(code=row.topic).label}
        )
    if row.kind == Submission.Kind.INSTITUTION and not row.institution.strip():
        raise SubmissionRefused(_("Say which institution’s opinion the council asks for (§29)."))


def _refuse_speaker(row: Submission, councils: Iterable[Council], now: datetime) -> None:
    """Members who represent a council speak at meetings of the municipal council and its committees (§28)."""
    if row.presented_by is None:
        return
    sitting = Person.objects.sitting_in(councils, timezone.localdate(now))
    if not sitting.filter(pk=row.presented_by.pk).exists():
        raise SubmissionRefused(_("Only a member of the council that asks speaks for it (§28)."))


def _lock_resolution(resolution: Resolution, row: Submission, councils: list[Council]) -> Resolution:
    locked = Resolution.objects.select_for_update(of=("self",), no_key=True)
    found = locked.select_related("item__matter", "matter").get(pk=resolution.pk)
    if found.outcome != Resolution.Outcome.ADOPTED:
        raise SubmissionRefused(_("Only a resolution that was adopted can be sent to the municipality."))
    if found.council_id not in {council.pk for council in councils}:
        raise SubmissionRefused(_("This resolution is another council’s."))
    if twin := found.submissions.filter(kind=row.kind, title=row.title).first():
        raise AlreadyEntered(_("This resolution was already made into such a submission."), twin)
    return found


def _refuse_twin(row: Submission, councils: list[Council], sent_on: date | None) -> None:
    for pk in sorted(council.pk for council in councils):
        lock(pk)
    twins = Submission.objects.filter(title=row.title, sent_on=sent_on, resolution=None, councils__in=councils)
    if twin := twins.first():
        raise AlreadyEntered(_("This proposal was already entered."), twin)


def _send(row: Submission, sent_on: date | None, now: datetime) -> None:
    if sent_on is None:
        return
    refuse_future_day(sent_on, now, SubmissionRefused)
    row.sent_on = sent_on
    _wind_clock(row)


def _wind_clock(row: Submission) -> None:
    """When the reply is due, from when the month begins; a hand-over changes nothing of it (§27)."""
    if row.sent_on is not None:
        row.reply_due_on = regulation.in_force(row.sent_on).reply_due_on(row.sent_on, row.registered_on)


# What the audit log says of a submission that changed.
SHOWN = (
    "kind",
    "title",
    "text",
    "topic",
    "unit",
    "institution",
    "presented_by",
    "forwarded_on",
    "sent_on",
    "registered_on",
    "registration_number",
    "reply_due_on",
    "replied_on",
    "replied_by",
    "outcome",
    "reply",
    "alternative",
    "nothing_instead",
    "reply_file",
    "follow_up_on",
    "done_on",
    "done_photo",
    "done_photo_alt",
    "is_public",
)


def _told(row: Submission, names: Iterable[str]) -> dict[str, Any]:
    values = {name: _plain(getattr(row, name)) for name in names}
    return {name: value for name, value in values.items() if value}


def _plain(value: Any) -> Any:
    """As the audit log keeps it; a file by its name and hash."""
    return f"{value.name} (SHA-256 {value.sha256})" if isinstance(value, StoredFile) else people.told(value)


def _change_submission(
    submission: Submission, verb: str, by: User | None, now: datetime, change: Callable[[Submission], None], **said: Any
) -> Submission:
    """Lock the row, change it, and write down what was and what is; `said` goes into the audit log as it stands."""
    rows = Submission.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("matter", "presented_by", "reply_file", "done_photo").get(pk=submission.pk)
    before = {name: _plain(getattr(row, name)) for name in SHOWN}
    change(row)
    write(row, SubmissionRefused)
    changed = [name for name in SHOWN if _plain(getattr(row, name)) != before[name]]
    details = {"before": {name: before[name] for name in changed}, "after": _told(row, changed)} | said
    people.record(by=by, verb=verb, target=row, now=now, details=details)
    return row


@transaction.atomic
def change_draft(*, submission: Submission, by: User | None, now: datetime, **changes: Any) -> Submission:
    """Change what is not sent yet: kind, title, text, topic, unit, answering_unit, institution,
    presented_by.

    Raises SubmissionRefused for what was sent: a letter that is out stays as it is.
    """

    def change(row: Submission) -> None:
        _refuse_sent(row)
        for name, value in changes.items():
            setattr(row, name, value)
        if row.answering_unit is not None:
            row.unit = row.answering_unit.name
        _refuse_kind(row)
        _refuse_speaker(row, row.councils.all(), now)

    return _change_submission(submission, "change_submission", by, now, change)


def _refuse_sent(row: Submission) -> None:
    if row.sent_on:
        raise SubmissionRefused(_("This submission was already sent."))


@transaction.atomic
def send_submission(*, submission: Submission, sent_on: date, by: User | None, now: datetime) -> Submission:
    """Send a draft. Raises SubmissionRefused when it was sent already or the day has not come."""

    def send(row: Submission) -> None:
        _refuse_sent(row)
        _send(row, sent_on, now)

    row = _change_submission(submission, "send_submission", by, now, send)
    invite(row, now=now)
    return row


@transaction.atomic
def discard_draft(*, submission: Submission, by: User | None, now: datetime) -> None:
    """Throw a draft away; a matter that holds nothing else goes with it. Raises SubmissionRefused for what was sent."""
    row = Submission.objects.select_for_update(of=("self",), no_key=True).select_related("matter").get(pk=submission.pk)
    _refuse_sent(row)
    people.record(by=by, verb="discard_submission", target=row, now=now, details={"before": _told(row, SHOWN)})
    row.delete()
    if not matters.is_used(row.matter):
        row.matter.delete()


@transaction.atomic
def add_file(*, submission: Submission, upload: Any, by: User | None, now: datetime, title: str = "") -> SubmissionFile:
    """A file that goes with a submission. Raises SubmissionRefused for one that is not taken, and after the answer."""
    row = Submission.objects.select_for_update(no_key=True).get(pk=submission.pk)
    if row.replied_on:
        raise SubmissionRefused(_("This submission is answered; nothing is added to it any more."))
    try:
        stored = files.store(upload, by=by, now=now)
    except files.FileRefused as refusal:
        raise SubmissionRefused(str(refusal)) from refusal
    file = write(SubmissionFile(submission=row, file=stored, title=title or stored.name), SubmissionRefused)
    details = {"after": {"file": file.title, "sha256": stored.sha256}}
    people.record(by=by, verb="add_submission_file", target=row, now=now, details=details)
    return file


@transaction.atomic
def remove_file(*, file: SubmissionFile, by: User | None, now: datetime) -> None:
    """Take a file out of a draft. Raises SubmissionRefused for what was sent: what went along stays in the record."""
    row = Submission.objects.select_for_update(no_key=True).get(pk=file.submission_id)
    _refuse_sent(row)
    people.record(by=by, verb="remove_submission_file", target=row, now=now, details={"before": {"file": file.title}})
    file.delete()


# --- with the municipality --------------------------------------------------------------------------------------------


@transaction.atomic
def register_submission(
    *, submission: Submission, registered_on: date, number: str, by: User | None, now: datetime
) -> Submission:
    """The municipality took it in: the number, and the day from which the month counts (`REPLY_CLOCK`, §27).

    Raises SubmissionRefused for what was not sent or is answered, and for a day before the sending or to come.
    """

    def register(row: Submission) -> None:
        _refuse_unsent_or_answered(row)
        refuse_future_day(registered_on, now, SubmissionRefused)
        if row.sent_on and registered_on < row.sent_on:
            raise SubmissionRefused(_("Nothing is registered before it is sent."))
        row.registered_on, row.registration_number = registered_on, number
        _wind_clock(row)

    return _change_submission(submission, "register_submission", by, now, register)


def _refuse_unsent_or_answered(row: Submission) -> None:
    if row.sent_on is None:
        raise SubmissionRefused(_("This submission is not sent yet."))
    if row.replied_on is not None:
        raise SubmissionRefused(_("This submission is already answered."))
    if row.done_on is not None:
        raise SubmissionRefused(_("What was asked for is done; there is nothing left to answer."))


@transaction.atomic
def hand_over(
    *,
    submission: Submission,
    to_unit: MunicipalUnit,
    by: User | None,
    now: datetime,
    reason: str = "",
    by_name: str = "",
) -> Submission:
    """Another unit answers from now on; the clock does not stop. Its officers get their links, the others' links end.

    `by_name` says who, when it was an officer without an account. Raises SubmissionRefused for what is not waiting for
    an answer, or is with that unit already.
    """
    said = {"by_name": by_name, "reason": reason}
    from_unit: list[MunicipalUnit | None] = []

    def change(row: Submission) -> None:
        _refuse_unsent_or_answered(row)
        if row.answering_unit_id == to_unit.pk:
            raise SubmissionRefused(_("This unit answers already."))
        from_unit.append(row.answering_unit)
        row.answering_unit, row.unit = to_unit, to_unit.name

    row = _change_submission(submission, "hand_over_submission", by, now, change, **said)
    change_of_hands = HandOver(submission=row, from_unit=from_unit[0], to_unit=to_unit, at=now, by=by)
    change_of_hands.by_name, change_of_hands.reason = by_name, reason
    write(change_of_hands, SubmissionRefused)
    invite(row, now=now)
    return row


@transaction.atomic
def forward(*, submission: Submission, forwarded_on: date, by: User | None, now: datetime) -> Submission:
    """The executive director passed a request for an institution's opinion on (§29).

    Raises SubmissionRefused for another kind of submission, and for a day before it was sent or to come.
    """

    def change(row: Submission) -> None:
        if row.kind != Submission.Kind.INSTITUTION:
            raise SubmissionRefused(_("Only a request for an institution’s opinion is passed on (§29)."))
        _refuse_unsent_or_answered(row)
        refuse_future_day(forwarded_on, now, SubmissionRefused)
        if row.sent_on and forwarded_on < row.sent_on:
            raise SubmissionRefused(_("Nothing is passed on before it is sent."))
        row.forwarded_on = forwarded_on

    return _change_submission(submission, "forward_submission", by, now, change)


@transaction.atomic
def record_reply(
    *,
    submission: Submission,
    replied_on: date,
    outcome: str,
    by: User | None,
    now: datetime,
    reply: str = "",
    alternative: str = "",
    nothing_instead: bool = False,
    replied_by: str = "",
    follow_up_on: date | None = None,
    upload: Any = None,
) -> Submission:
    """The municipality answered: an outcome, the reason, and, when it declines, what it offers instead.

    A later answer replaces the earlier one; the audit log keeps both. Followers hear of the first one. A favourable
    answer sets the day on which it is asked whether the thing is done. The reason and the alternative ("nothing" is
    one, when it is said) are the municipality's promise of openness, not a duty of the act.

    Raises SubmissionRefused for a submission that was not sent, without an outcome, declined or taken up in part
    without a reason, declined without a word on what is offered instead, and for a day before the sending or to come.
    """

    def answer(row: Submission) -> None:
        refuse_future_day(replied_on, now, SubmissionRefused)
        if row.sent_on and replied_on < row.sent_on:
            raise SubmissionRefused(_("The reply cannot come before the submission."))
        if outcome in NEEDS_A_REASON and not reply.strip():
            raise SubmissionRefused(_("Give the reason: the council and the residents read it."))
        declined = outcome == Submission.Outcome.DECLINED
        if declined and not alternative.strip() and not nothing_instead:
            raise SubmissionRefused(_("Say what is offered instead, or that nothing is."))
        row.replied_on, row.outcome, row.reply, row.replied_by = replied_on, outcome, reply, replied_by
        row.alternative, row.nothing_instead = alternative, nothing_instead and declined
        row.follow_up_on = _follow_up_on(row, follow_up_on)
        if upload:
            row.reply_file = _store(upload, by, now)

    row = _change_submission(submission, "record_reply", by, now, answer)
    notices.cancel(about=about(row), now=now, kinds=REMINDERS)
    matters.answered(submission=row, now=now)
    tell_councils(row, "submission_answered", f"submission_answered:{row.pk}", now=now, by=by)
    return row


def _store(upload: Any, by: User | None, now: datetime, kinds: tuple[str, ...] = tuple(files.KINDS)):
    try:
        return files.store(upload, by=by, now=now, kinds=kinds)
    except files.FileRefused as refusal:
        raise SubmissionRefused(str(refusal)) from refusal


def _follow_up_on(row: Submission, asked: date | None) -> date | None:
    if row.outcome not in FAVOURABLE or row.done_on or row.replied_on is None:
        return None
    return asked or row.replied_on + timedelta(days=regulation.in_force(row.replied_on)["FOLLOW_UP_AFTER"])


# --- is it done? ------------------------------------------------------------------------------------------------------


@transaction.atomic
def plan_follow_up(
    *, submission: Submission, follow_up_on: date | None, by: User | None, now: datetime, reason: str = ""
) -> Submission:
    """Ask (again) on this day whether it is done; without a day, never again, and then there is a reason.

    Raises SubmissionRefused for what is not answered or is done, for a day that has passed, and without a reason.
    """

    def change(row: Submission) -> None:
        if row.replied_on is None:
            raise SubmissionRefused(_("This submission is not answered yet."))
        if row.done_on:
            raise SubmissionRefused(_("What was asked for is done."))
        if follow_up_on is None and not reason.strip():
            raise SubmissionRefused(_("Say why nobody is to be asked any more."))
        if follow_up_on is not None and follow_up_on <= timezone.localdate(now):
            raise SubmissionRefused(_("Choose a day to come."))
        row.follow_up_on = follow_up_on

    row = _change_submission(submission, "plan_follow_up", by, now, change, reason=reason)
    notices.cancel(about=about(row), now=now, kinds=["follow_up"])
    return row


@transaction.atomic
def record_done(
    *,
    submission: Submission,
    done_on: date,
    by: User | None,
    now: datetime,
    photo: Any = None,
    photo_alt: str = "",
    by_name: str = "",
) -> Submission:
    """What was asked for is carried out, and shown with a picture where there is one. Its resolution is carried out,
    too, when all that was asked because of it is done.

    Raises SubmissionRefused for one not sent, a day that has not come, and a picture without words for it.
    """

    def finish(row: Submission) -> None:
        refuse_future_day(done_on, now, SubmissionRefused)
        if row.sent_on is None or done_on < row.sent_on:
            raise SubmissionRefused(_("Only what was sent before can be done."))
        if photo:
            if not photo_alt.strip():
                raise SubmissionRefused(_("Say what the picture shows, for those who cannot see it."))
            row.done_photo, row.done_photo_alt = _store(photo, by, now, files.PICTURES), photo_alt
        row.done_on, row.follow_up_on = done_on, None

    if submission.resolution_id:  # first, as `matters.carry_out` takes it
        Resolution.objects.select_for_update(no_key=True).get(pk=submission.resolution_id)
    row = _change_submission(submission, "record_done", by, now, finish, **({"by_name": by_name} if by_name else {}))
    notices.cancel(about=about(row), now=now, kinds=REMINDERS)
    matters.done(submission=row, now=now)
    matters.carried_out_by(submission=row, by=by, now=now)
    return row


# --- questions of the unit --------------------------------------------------------------------------------------------


@transaction.atomic
def ask(*, submission: Submission, text: str, asked_by: str, by: User | None, now: datetime) -> Question:
    """The unit asks back before it answers; the councils' officers are told. The clock goes on.

    Raises SubmissionRefused for an empty question, or when the submission is not waiting for an answer.
    """
    row = Submission.objects.select_for_update(no_key=True).get(pk=submission.pk)
    _refuse_unsent_or_answered(row)
    question = write(Question(submission=row, text=text.strip(), asked_at=now, asked_by=asked_by), SubmissionRefused)
    details = {"after": {"text": question.text, "asked_by": asked_by}}
    people.record(by=by, verb="ask_question", target=row, now=now, details=details)
    tell_councils(row, "question_asked", f"question_asked:{question.pk}", now=now, by=by, question=question.pk)
    return question


@transaction.atomic
def answer_question(*, question: Question, answer: str, by: User, now: datetime) -> Question:
    """The council answers the unit, whose officers are told.

    Raises SubmissionRefused for an empty answer, and when somebody has answered already: nobody's words are replaced.
    """
    row = Question.objects.select_for_update(of=("self",), no_key=True).select_related("submission").get(pk=question.pk)
    if row.answered_at is not None:
        raise SubmissionRefused(_("This question is already answered."))
    if not answer.strip():
        raise SubmissionRefused(_("Write the answer."))
    row.answer, row.answered_at, row.answered_by = answer.strip(), now, by
    write(row, SubmissionRefused)
    details = {"after": {"answer": row.answer}}
    people.record(by=by, verb="answer_question", target=row.submission, now=now, details=details)
    _tell_unit(row.submission, "question_answered", f"question_answered:{row.pk}", now=now, question=row.pk)
    return row


# --- who is told ------------------------------------------------------------------------------------------------------


def about(submission: Submission) -> str:
    """What the ledger calls messages about a submission."""
    return f"submission:{submission.pk}"


def officers(submission: Submission, on: date) -> models.QuerySet[RespondingOfficer]:
    """Who answers for the unit in charge on the day."""
    if submission.answering_unit_id is None:
        return RespondingOfficer.objects.none()
    return RespondingOfficer.objects.answering(submission.answering_unit_id, on)


def links(submission: Submission, now: datetime) -> list[AnswerLink]:
    """The personal links of those who answer today, made now where there is none yet."""
    found = []
    for officer in officers(submission, timezone.localdate(now)):
        defaults = {"token": secrets.token_urlsafe(32), "made_at": now}
        found.append(AnswerLink.objects.get_or_create(submission=submission, officer=officer, defaults=defaults)[0])
    return found


def invite(submission: Submission, *, now: datetime) -> None:
    """Send the personal links to the officers of the unit in charge, once to each; a unit without officers hears by its
    mailbox that something came."""
    _tell_unit(submission, "answer_invite", f"answer_invite:{submission.pk}:{submission.answering_unit_id}", now=now)


def _tell_unit(submission: Submission, kind: str, key: str, *, now: datetime, **data: Any) -> int:
    """One message to each officer of the unit in charge, or to the unit's mailbox; returns to how many."""
    people_ids = [link.officer.person_id for link in links(submission, now)]
    if not people_ids and submission.answering_unit and submission.answering_unit.email:
        people_ids = [_mailbox(submission.answering_unit, now).pk]
    notices.plan_many(
        [(f"{key}:{person_id}", person_id) for person_id in people_ids],
        kind=kind,
        about=about(submission),
        now=now,
        data={"submission": submission.pk} | data,
    )
    return len(people_ids)


def _mailbox(unit: MunicipalUnit, now: datetime) -> Person:
    """The ledger writes to people: the mailbox of a unit is one by the unit's name. The coordinator vouches for it."""
    person = people.person_by_email(email=unit.email, name=unit.name, language="lv", now=now)
    if person.user_id is None:  # an account proves its address itself
        people.confirm_email(person=person, now=now)
    return person


def tell_councils(submission: Submission, kind: str, key: str, *, now: datetime, by: User | None, **data: Any) -> None:
    """One message to each officer of the councils that asked. Who follows the matter hears of the answer as a follower;
    who did it needs no mail."""
    held = Office.objects.held(timezone.localdate(now)).filter(council__submissions=submission)
    told = Person.objects.filter(offices__in=held, erased_at=None)
    if by is not None:
        told = told.exclude(user=by)
    if kind == "submission_answered" and submission.is_public:
        follows = MatterFollow.objects.confirmed().filter(matter=submission.matter_id, person__wants_news=True)
        told = told.exclude(pk__in=follows.values("person"))
    notices.plan_many(
        [(f"{key}:{pk}", pk) for pk in told.order_by("pk").values_list("pk", flat=True).distinct()],
        kind=kind,
        about=about(submission),
        now=now,
        data={"submission": submission.pk} | data,
    )


# --- reminders --------------------------------------------------------------------------------------------------------


@transaction.atomic
def remind(*, submission: Submission, by: User | None, now: datetime) -> int:
    """Remind the unit in charge now, at most once a day; returns how many people were written to.

    Raises SubmissionRefused for what is not waiting for an answer, and when nobody of the unit can be written to.
    """
    row = Submission.objects.select_for_update(of=("self",), no_key=True).select_related("answering_unit")
    found = row.get(pk=submission.pk)
    _refuse_unsent_or_answered(found)
    today = timezone.localdate(now)
    count = _tell_unit(found, "answer_remind", f"answer_remind:{found.pk}:{today:%Y%m%d}", now=now)
    if not count:
        raise SubmissionRefused(_("No unit with an e-mail address is in charge. Choose the unit first."))
    people.record(by=by, verb="remind_unit", target=found, now=now, details={"after": {"unit": found.unit}})
    return count


def plan_reminders(*, now: datetime) -> int:
    """What the day asks for: reminders before and after a reply is due (§27), and whether promised work is done.

    Counts the month of what waits anew, in case a working day was moved, and looks what leads each matter. Called every
    hour; each message has its key, so it goes out once. Returns how many submissions it looked at. One transaction for
    each.
    """
    Matter.objects.all().point()
    today = timezone.localdate(now)
    rules = regulation.in_force(today)
    waiting = list(Submission.objects.awaiting_reply().select_related("answering_unit").order_by("pk"))
    rules_of = {day: regulation.in_force(day) for day in {row.sent_on for row in waiting} if day}
    for row in waiting:
        with transaction.atomic():
            if row.sent_on and rules_of[row.sent_on].reply_due_on(row.sent_on, row.registered_on) != row.reply_due_on:
                row = _change_submission(row, "recount_reply", None, now, _wind_clock)
            if key := _reminder_key(row, today, rules):
                _tell_unit(row, "answer_remind", key, now=now)
    asked = list(Submission.objects.follow_up_due(today).select_related("answering_unit"))
    for row in asked:
        rounds = (today - row.follow_up_on).days // max(rules["FOLLOW_UP_EVERY"], 1)
        with transaction.atomic():
            _tell_unit(row, "follow_up", f"follow_up:{row.pk}:{row.follow_up_on:%Y%m%d}:{rounds}", now=now)
    return len(waiting) + len(asked)


def _reminder_key(row: Submission, today: date, rules: regulation.Regulation) -> str:
    """Which reminder the day asks for; empty for none. Another due date makes another reminder."""
    due_on = row.reply_due_on
    if due_on is None or today < due_on - timedelta(days=rules["REPLY_REMIND_BEFORE"]):
        return ""
    late = (today - due_on).days
    stage = "before" if late <= 0 else f"after{(late - 1) // max(rules['REPLY_REMIND_EVERY'], 1)}"
    return f"answer_remind:{row.pk}:{due_on:%Y%m%d}:{stage}"
