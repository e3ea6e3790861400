"""The mails about a submission: to the unit that answers, and to the officers of the councils that asked.

Each reads the submission anew and gives up when it has lost its point. A unit's officer gets the personal link; a
unit's mailbox, where nobody is named, hears only that something waits and whom to write to.
"""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from councils import regulation
from councils.models import AnswerLink, Office, Question, Submission, SubmissionState
from events.emails import Letter, Link
from events.wording import councils_of
from neighbourhoods import latvian
from notices.emails import Message, NotNeeded, absolute, writes
from notices.models import Notice
from people.models import Person


def _submission(notice: Notice, now: datetime) -> Any:
    """The submission that was sent, with its state today."""
    rows = Submission.objects.with_state(timezone.localdate(now)).select_related("matter", "answering_unit")
    row = rows.filter(pk=notice.data["submission"], sent_on__isnull=False).first()
    if row is None:
        raise NotNeeded("the submission is gone")
    return row


def _waiting(notice: Notice, now: datetime) -> Any:
    row = _submission(notice, now)
    if row.replied_on or row.done_on:
        raise NotNeeded("it is answered")
    return row


def _due(row: Submission, now: datetime) -> str:
    if row.reply_due_on is None:
        raise NotNeeded("no date is set")
    late = (timezone.localdate(now) - row.reply_due_on).days
    if late > 0:
        return ngettext(
            "The reply was due on %(day)s: %(count)d day ago.",
            "The reply was due on %(day)s: %(count)d days ago.",
            late,
        ) % {"day": latvian.day(row.reply_due_on, now), "count": late}
    months = regulation.in_force(row.sent_on or row.reply_due_on)["SUBMISSION_REPLY"]
    return ngettext(
        "The reply is due %(until)s: the municipality examines what a council sends within %(months)d month (§27).",
        "The reply is due %(until)s: the municipality examines what a council sends within %(months)d months (§27).",
        months,
    ) % {"until": latvian.by(row.reply_due_on, now), "months": months}


# --- to the unit ------------------------------------------------------------------------------------------------------


def _link(notice: Notice, row: Submission, now: datetime, purpose: str) -> AnswerLink | None:
    """The link of this person, good for the purpose; None for the unit's mailbox. Nobody else is written to."""
    links = AnswerLink.objects.select_related("officer", "submission").filter(submission=row)
    today = timezone.localdate(now)
    for link in links.filter(officer__person=notice.person_id).order_by("-pk"):
        if link.opens(today) == purpose:
            return link
    unit = row.answering_unit
    channels = [channel.value.lower() for channel in notice.person.channels.all()]
    if unit is not None and unit.email and unit.email.lower() in channels:
        return None
    raise NotNeeded("does not answer for the unit in charge")


def _to_unit(
    notice: Notice, row: Submission, now: datetime, subject: str, lead: list[str], purpose: str, *written: str
) -> Message:
    link = _link(notice, row, now, purpose)
    actions: list[Link] = [(_("See what the council asks"), absolute(row.matter.get_absolute_url()))]
    if not row.is_public:
        actions = [(_("Resident councils"), absolute("/"))]
    notes = [_("Your unit has no responding officer in the portal. Ask the coordinator to name one.")]
    if link is not None:
        label = _("Answer") if purpose == "answer" else _("Say where it stands")
        actions = [(label, absolute(reverse("councils:reply", args=[link.token])))]
        notes = [
            _("The link is yours alone. To open it you get a code at this address. No account is needed."),
        ]
    letter = Letter(
        subject=subject % {"title": row.title},
        lead=[text for text in lead if text],
        actions=actions,
        notes=notes,
        written=[row.title, *written],
        why=_("You get this e-mail because your unit of the municipality answers resident councils."),
    )
    return letter.mail(councils_of(row.matter))


@writes("answer_invite")
def answer_invite(notice: Notice, now: datetime) -> Message:
    row = _waiting(notice, now)
    lead = [_("%(council)s asks the municipality: %(title)s") % {"council": councils_of(row), "title": row.title}]
    if row.kind == Submission.Kind.INSTITUTION:
        lead.append(
            _("The council asks for the opinion of %(institution)s. The executive director passes it on (§29).")
            % {"institution": row.institution}
        )
    return _to_unit(
        notice,
        row,
        now,
        _("A council waits for an answer: %(title)s"),
        [*lead, _due(row, now)],
        "answer",
        row.institution,
    )


@writes("answer_remind")
def answer_remind(notice: Notice, now: datetime) -> Message:
    """Of several reminders that waited for a dead mail server only the last one goes out."""
    row = _waiting(notice, now)
    later = Notice.objects.filter(about=notice.about, person=notice.person_id, kind=notice.kind, pk__gt=notice.pk)
    if later.filter(cancelled_at=None).exists():
        raise NotNeeded("a later reminder follows")
    is_late = row.state == SubmissionState.OVERDUE
    subject = _("The reply is overdue: %(title)s") if is_late else _("The reply is due soon: %(title)s")
    lead = [_("%(council)s waits for an answer: %(title)s") % {"council": councils_of(row), "title": row.title}]
    return _to_unit(notice, row, now, subject, [*lead, _due(row, now)], "answer")


@writes("follow_up")
def follow_up(notice: Notice, now: datetime) -> Message:
    row = _submission(notice, now)
    if row.done_on or row.follow_up_on is None or row.follow_up_on > timezone.localdate(now):
        raise NotNeeded("it is done, or asked later")
    lead = [
        _("You answered on %(day)s: %(outcome)s. Is it done?")
        % {"day": latvian.day(row.replied_on, now) if row.replied_on else "", "outcome": row.get_outcome_display()},
        _("Residents see on the portal whether it is. Say that it is done, with a picture if you have one, or when."),
    ]
    return _to_unit(notice, row, now, _("Is it done? %(title)s"), lead, "done")


@writes("question_answered")
def question_answered(notice: Notice, now: datetime) -> Message:
    row, question = _waiting(notice, now), _question(notice)
    lead = [_("Your question: %(text)s") % {"text": question.text}, _("Answer: %(text)s") % {"text": question.answer}]
    return _to_unit(
        notice,
        row,
        now,
        _("The council answered: %(title)s"),
        [*lead, _due(row, now)],
        "answer",
        question.text,
        question.answer,
    )


@writes("answer_code", secret=True)
def answer_code(notice: Notice, now: datetime) -> Message:
    link = AnswerLink.objects.select_related("submission__matter").filter(pk=notice.data["link"]).first()
    if link is None or not link.code_hash:
        raise NotNeeded("the code is used, or the link is gone")
    letter = Letter(
        subject=_("Code: %(code)s") % {"code": notice.data["code"]},
        lead=[
            _("Write this code on the page that asks for it: %(code)s") % {"code": notice.data["code"]},
            _("It works for %(minutes)d minutes, once. If you did not ask for it, do nothing.")
            % {"minutes": settings.ANSWER_CODE_MINUTES},
        ],
        actions=[(_("Back to the page"), absolute(reverse("councils:reply", args=[link.token])))],
        why=_("You get this e-mail because your unit of the municipality answers resident councils."),
    )
    return letter.mail(councils_of(link.submission.matter))


# --- to the councils --------------------------------------------------------------------------------------------------


def _question(notice: Notice) -> Question:
    question = Question.objects.filter(pk=notice.data["question"]).first()
    if question is None:
        raise NotNeeded("the question is gone")
    return question


def _to_council(
    notice: Notice, row: Submission, now: datetime, subject: str, lead: list[str], action: Link, *written: str
) -> Message:
    """To who holds an office in one of the councils that asked, still."""
    offices = Office.objects.held(timezone.localdate(now)).filter(council__submissions=row)
    if not Person.objects.filter(pk=notice.person_id, offices__in=offices).exists():
        raise NotNeeded("holds no office of the council any more")
    letter = Letter(
        subject=subject % {"title": row.title},
        lead=[text for text in lead if text],
        actions=[action],
        written=[row.title, *written],
        why=_("You get this e-mail because you hold an office of the council."),
    )
    return letter.mail(councils_of(row.matter))


@writes("submission_answered")
def submission_answered(notice: Notice, now: datetime) -> Message:
    row = _submission(notice, now)
    if row.replied_on is None:
        raise NotNeeded("the reply was taken back")
    outcome = _("The municipality answered: %(outcome)s.") % {"outcome": row.get_outcome_display()}
    instead = _("What is offered instead: %(text)s") % {"text": row.alternative} if row.alternative else ""
    action = (_("See how it went"), absolute(row.matter.get_absolute_url()))
    return _to_council(
        notice, row, now, _("Answered: %(title)s"), [outcome, row.reply, instead], action, row.reply, row.alternative
    )


@writes("question_asked")
def question_asked(notice: Notice, now: datetime) -> Message:
    row, question = _waiting(notice, now), _question(notice)
    if question.answered_at:
        raise NotNeeded("it is answered")
    lead = [
        _("%(who)s asks before answering: %(text)s") % {"who": question.asked_by, "text": question.text},
        _("The month of the reply goes on. The sooner you answer, the better the reply."),
    ]
    action = (_("Answer the question"), absolute(reverse("dashboard:panel-submission", args=[row.pk])))
    return _to_council(notice, row, now, _("The municipality asks: %(title)s"), lead, action, question.text)
