"""How an officer of the municipality answers: by a personal link that a mailed code opens for a while.

The link in the mail is not enough: mail is forwarded and scanned. Whoever opens it asks for a code, which goes to the
officer's own address. Only the code's hash is kept, for ANSWER_CODE_MINUTES and ANSWER_CODE_TRIES.
"""

import secrets
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from councils.models import AnswerLink, MunicipalUnit, Question, Submission
from councils.models.periods import is_held
from councils.operations import submissions
from councils.operations.base import SubmissionRefused
from notices import operations as notices


class ReplyRefused(SubmissionRefused):
    """The officer cannot do this by the link; the text says why."""


LINKS = AnswerLink.objects.select_related("officer__person", "officer__unit", "submission__matter")


def signature(link: AnswerLink) -> str:
    """How the record names who acted by the link: "Ilze Ābola, Īpašumu pārvalde"."""
    return f"{link.officer.person.name}, {link.officer.unit.name}"


# --- the code ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def send_code(*, link: AnswerLink, now: datetime) -> None:
    """Mail a new code of six digits to the officer; the one before ends.

    Raises ReplyRefused when the link has ended, or too many codes were asked for within the hour. Locks the link.
    """
    row = AnswerLink.objects.select_for_update(of=("self",)).select_related("officer", "submission").get(pk=link.pk)
    _refuse_ended(row, timezone.localdate(now))
    if row.codes_since is None or row.codes_since <= now - timedelta(hours=1):
        row.codes_since, row.codes_sent = now, 0
    if row.codes_sent >= settings.ANSWER_CODES_PER_HOUR:
        raise ReplyRefused(_("Too many codes were sent for this link. Try again in an hour."))
    code = f"{secrets.randbelow(10**6):06d}"
    row.code_hash, row.code_sent_at, row.wrong_codes = _hash(row, code), now, 0
    row.codes_sent += 1
    row.save(update_fields=["code_hash", "code_sent_at", "wrong_codes", "codes_since", "codes_sent"])
    notices.plan(
        key=f"answer_code:{row.pk}:{now.timestamp():.6f}",
        kind="answer_code",
        about=submissions.about(row.submission),
        person_id=row.officer.person_id,
        now=now,
        expires_at=now + timedelta(minutes=settings.ANSWER_CODE_MINUTES),
        data={"link": row.pk, "code": code},
    )


def _hash(link: AnswerLink, code: str) -> str:
    return salted_hmac(f"councils.answer_code:{link.pk}:{link.token}", code, algorithm="sha256").hexdigest()


def is_code_awaited(link: AnswerLink, now: datetime) -> bool:
    """Was a code sent that still works? Reads the row as it was loaded."""
    if link.code_sent_at is None or link.code_sent_at <= _codes_from(now):
        return False
    return bool(link.code_hash) and link.wrong_codes < settings.ANSWER_CODE_TRIES


def _codes_from(now: datetime) -> datetime:
    return now - timedelta(minutes=settings.ANSWER_CODE_MINUTES)


def check_code(*, link: AnswerLink, code: str, now: datetime) -> None:
    """Is this the code that was mailed? It works once.

    Raises ReplyRefused otherwise. Every attempt is counted before it is looked at, in one statement, so that attempts
    made at the same moment are counted, too; for that reason this must not stand in a transaction that is taken back.
    """
    tries = AnswerLink.objects.filter(pk=link.pk, wrong_codes__lt=settings.ANSWER_CODE_TRIES)
    alive = tries.filter(code_sent_at__gt=_codes_from(now)).exclude(code_hash="")
    if not alive.update(wrong_codes=F("wrong_codes") + 1):
        raise ReplyRefused(_("The code no longer works. Ask for a new one."))
    link.refresh_from_db(fields=["code_hash"])
    digits = "".join(character for character in code if character.isdigit())
    expected = link.code_hash
    if not expected or not constant_time_compare(_hash(link, digits), expected):
        raise ReplyRefused(_("The code is not right. Look at the newest e-mail."))
    if not AnswerLink.objects.filter(pk=link.pk, code_hash=expected).update(code_hash=""):
        raise ReplyRefused(_("The code no longer works. Ask for a new one."))


def _refuse_ended(link: AnswerLink, on: date) -> str:
    purpose = link.opens(on)
    if not purpose:
        raise ReplyRefused(why_ended(link, on))
    return purpose


def why_ended(link: AnswerLink, on: date) -> str:
    """Why the link opens nothing any more, for the officer to read."""
    row, officer = link.submission, link.officer
    if not is_held(officer, on):
        return _("You do not answer for this unit any more.")
    if row.answering_unit_id != officer.unit_id:
        return _("This submission was handed over to another unit: %(unit)s.") % {"unit": row.unit}
    if row.done_on:
        return _("What was asked for is done; there is nothing left to answer.")
    return _("This submission is already answered.")


# --- what the officer does --------------------------------------------------------------------------------------------


def _use(link: AnswerLink, purpose: str, now: datetime) -> AnswerLink:
    """The link, locked and read anew: it is still good for `purpose`."""
    rows = AnswerLink.objects.select_for_update(of=("self",))
    row = rows.select_related("officer__person", "officer__unit", "submission").get(pk=link.pk)
    if _refuse_ended(row, timezone.localdate(now)) != purpose:
        raise ReplyRefused(why_ended(row, timezone.localdate(now)))
    return row


@transaction.atomic
def ask(*, link: AnswerLink, text: str, now: datetime) -> Question:
    """Ask the council back. Raises ReplyRefused or SubmissionRefused."""
    row = _use(link, "answer", now)
    return submissions.ask(submission=row.submission, text=text, asked_by=signature(row), by=None, now=now)


@transaction.atomic
def hand_over(*, link: AnswerLink, to_unit: MunicipalUnit, reason: str, now: datetime) -> Submission:
    """Another unit answers; this link ends. Raises ReplyRefused or SubmissionRefused, also without a reason."""
    row = _use(link, "answer", now)
    if not reason.strip():
        raise ReplyRefused(_("Say why the other unit answers."))
    return submissions.hand_over(
        submission=row.submission, to_unit=to_unit, reason=reason.strip(), by=None, by_name=signature(row), now=now
    )


@transaction.atomic
def answer(
    *,
    link: AnswerLink,
    outcome: str,
    reply: str,
    now: datetime,
    alternative: str = "",
    nothing_instead: bool = False,
    follow_up_on: date | None = None,
    upload: Any = None,
) -> Submission:
    """The municipality's answer, of today, with the officer's name. Raises ReplyRefused or SubmissionRefused."""
    row = _use(link, "answer", now)
    if not reply.strip():
        raise ReplyRefused(_("Give the reason: the council and the residents read it."))
    return submissions.record_reply(
        submission=row.submission,
        replied_on=timezone.localdate(now),
        outcome=outcome,
        reply=reply,
        alternative=alternative,
        nothing_instead=nothing_instead,
        follow_up_on=follow_up_on,
        upload=upload,
        replied_by=signature(row),
        by=None,
        now=now,
    )


@transaction.atomic
def say_done(*, link: AnswerLink, done_on: date, now: datetime, photo: Any = None, photo_alt: str = "") -> Submission:
    """What was promised is done. Raises ReplyRefused or SubmissionRefused."""
    row = _use(link, "done", now)
    return submissions.record_done(
        submission=row.submission,
        done_on=done_on,
        photo=photo,
        photo_alt=photo_alt,
        by=None,
        by_name=signature(row),
        now=now,
    )


@transaction.atomic
def say_not_yet(*, link: AnswerLink, follow_up_on: date, reason: str, now: datetime) -> Submission:
    """It is not done yet: ask again on this day. Raises ReplyRefused or SubmissionRefused."""
    row = _use(link, "done", now)
    said = f"{signature(row)}: {reason.strip()}" if reason.strip() else signature(row)
    return submissions.plan_follow_up(
        submission=row.submission, follow_up_on=follow_up_on, reason=said, by=None, now=now
    )
