import logging
import smtplib
import threading
import time
import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta

from celery import current_app
from django.conf import settings
from django.core.mail import get_connection
from django.db import transaction
from django.db.models import CharField, F, Value
from django.db.models.functions import Cast, Concat
from django.utils import timezone
from django.utils.translation import gettext as _

from notices.emails import SECRET_KINDS, NotNeeded, compose
from notices.models import Notice
from notices.rows import insert
from people import operations as people
from people.models import User

logger = logging.getLogger(__name__)

# Longer than the mail server may take over one message (a handful of timeouts of EMAIL_TIMEOUT each).
LEASE = timedelta(seconds=settings.NOTICE_LEASE_SECONDS)
FIRST_RETRY = timedelta(seconds=settings.NOTICE_RETRY_SECONDS)  # doubled with each attempt
LONGEST_RETRY = timedelta(hours=1)
LONGEST_ATTEMPTS = 40  # about a day and a half of a dead mail server
BATCH = 20
NUDGE_PAUSE = 1  # seconds between two nudges of one process


class NoticeRefused(Exception):
    """The message cannot be sent again; the text says why."""


_nudge = threading.Condition()
_nudges = {"wanted": False, "sending": False}


def nudge() -> None:
    """After the commit, ask a worker to look at the ledger now instead of at the next tick.

    A thread of its own speaks to the broker, so nobody's page waits for it, be it slow or dead; nudges that come while
    one is on its way become one. The ledger is the truth: a lost nudge costs one tick of beat.
    """
    transaction.on_commit(_want_nudge, robust=True)


def _want_nudge() -> None:
    with _nudge:
        _nudges["wanted"] = True
        if _nudges["sending"]:
            return
        _nudges["sending"] = True
    threading.Thread(target=_send_nudges, name="nudge").start()


def _send_nudges() -> None:
    while True:
        with _nudge:
            if not _nudges["wanted"]:
                _nudges["sending"] = False
                return
            _nudges["wanted"] = False
        try:
            current_app.send_task("notices.tasks.deliver", retry=False)
        except Exception as error:  # whatever the broker's client raises: beat comes by anyway
            logger.warning("The broker did not take a nudge (%s); beat will deliver within a minute.", error)
        time.sleep(NUDGE_PAUSE)


def plan(
    *,
    key: str,
    kind: str,
    about: str,
    person_id: int,
    now: datetime,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    data: dict | None = None,
) -> None:
    """Put one message into the ledger, in the caller's transaction; a second call with the same `key` is nothing."""
    insert(
        Notice(
            key=key,
            kind=kind,
            about=about,
            person_id=person_id,
            data=data or {},
            planned_at=now,
            due_at=due_at or now,
            expires_at=expires_at,
        ),
        ignore_conflicts=True,
    )
    nudge()


def plan_many(
    keys_and_people: Iterable[tuple[str, int]],
    *,
    kind: str,
    about: str,
    now: datetime,
    due_at: datetime | None = None,
    expires_at: datetime | None = None,
    data: dict | None = None,
) -> None:
    """Put one message per (key, person id) into the ledger; one INSERT for each 500, doubles fall away."""
    Notice.objects.bulk_create(
        [
            Notice(
                key=key,
                kind=kind,
                about=about,
                person_id=person_id,
                data=data or {},
                planned_at=now,
                due_at=due_at or now,
                expires_at=expires_at,
            )
            for key, person_id in keys_and_people
        ],
        ignore_conflicts=True,
        batch_size=500,
    )
    nudge()


def cancel(*, about: str, now: datetime, kinds: Iterable[str] = ()) -> int:
    """Withdraw the planned messages about something that no worker has begun to send; returns how many.

    A withdrawn row gives its key free, so that the same message may be planned again (an event moves and moves back).
    """
    rows = Notice.objects.open().filter(about=about, handed_at=None)
    if kinds:
        rows = rows.filter(kind__in=list(kinds))
    rows.filter(kind__in=SECRET_KINDS).update(data={})
    free = Concat(F("key"), Value(":withdrawn:"), Cast("pk", CharField()))
    return rows.update(cancelled_at=now, closed_at=now, lease=None, leased_until=None, key=free)


@transaction.atomic
def retry(*, notice: Notice, by: User | None, now: datetime) -> Notice:
    """Send a message that was given up once more, as if it were new. What may have arrived is not sent again.

    Raises NoticeRefused for a message that did not fail, came too late, or whose content is no longer kept.
    Locks the row.
    """
    row = Notice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
    if row.failed_at is None or row.uncertain_at is not None:
        raise NoticeRefused(_("Only a message that surely was not sent can be sent again."))
    if row.kind in SECRET_KINDS:
        raise NoticeRefused(_("A code is not sent twice: the person can ask for a new one."))
    if row.expires_at and row.expires_at <= now:
        raise NoticeRefused(_("It is too late for this message."))
    row.failed_at = row.closed_at = row.handed_at = row.leased_until = row.lease = None
    row.attempts, row.due_at = 0, now
    row.save()
    people.record(by=by, on_behalf_of=row.person, verb="retry_notice", target=row, now=now)
    nudge()
    return row


@transaction.atomic
def withdraw(*, notice: Notice, by: User | None, now: datetime) -> Notice:
    """Take one planned message back, so that it is never sent. It keeps its key: the same message is not planned anew.

    Raises NoticeRefused once a worker has begun to send it, or it is closed. Locks the row.
    """
    row = Notice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
    if row.closed_at or row.handed_at or (row.leased_until and row.leased_until > now):
        raise NoticeRefused(_("This message has been sent, or is being sent now."))
    row.cancelled_at = row.closed_at = now
    row.lease = row.leased_until = None
    if row.kind in SECRET_KINDS:
        row.data = {}
    row.save()
    people.record(by=by, on_behalf_of=row.person, verb="withdraw_notice", target=row, now=now)
    return row


def deliver(*, now: datetime | None = None, limit: int = 500) -> int:
    """Send what is due, in batches over one connection to the mail server; returns how many were sent.

    `now` is for tests; without it the clock is read anew for every step, because sending takes its time.
    Safe to run in any number of processes: a batch is leased under row locks, each row is handed over by a
    compare-and-set on the lease, and nobody touches a leased row before LEASE has passed.
    """
    sent = 0
    while limit > 0:
        clock = now or timezone.now()
        rows = _lease(clock, min(BATCH, limit))
        if not rows:
            break
        limit -= len(rows)
        count, server_answers = _send_batch(rows, now)
        sent += count
        if not server_answers:
            break
    return sent


def _lease(now: datetime, size: int) -> list[Notice]:
    """Take up to `size` due rows for this process, oldest first, skipping what others are taking at this moment."""
    lease = uuid.uuid4()
    with transaction.atomic():
        ids = list(
            Notice.objects.due(now)
            .order_by("due_at", "pk")
            .select_for_update(of=("self",), skip_locked=True)
            .values_list("pk", flat=True)[:size]
        )
        Notice.objects.filter(pk__in=ids).update(lease=lease, leased_until=now + LEASE)
    rows = Notice.objects.filter(pk__in=ids, lease=lease).select_related("person")
    return list(rows.prefetch_related("person__channels").order_by("due_at", "pk"))


def _close(notice: Notice, **values) -> bool:
    """Write the outcome of a row this process holds; False when the lease is no longer ours."""
    if "closed_at" in values and notice.kind in SECRET_KINDS:
        values["data"] = {}
    return bool(Notice.objects.filter(pk=notice.pk, lease=notice.lease).update(lease=None, leased_until=None, **values))


def _retry_later(notice: Notice, now: datetime, error: object, **values) -> None:
    """Give the row back for a later attempt, or give it up after LONGEST_ATTEMPTS."""
    attempts = notice.attempts + 1
    values |= {"attempts": attempts, "last_error": str(error)[:300]}
    if attempts >= LONGEST_ATTEMPTS:
        _close(notice, failed_at=now, closed_at=now, **values)
        return
    wait = min(FIRST_RETRY * 2 ** min(attempts - 1, 10), LONGEST_RETRY)
    Notice.objects.filter(pk=notice.pk, lease=notice.lease).update(lease=None, leased_until=now + wait, **values)


def _send_batch(rows: list[Notice], fixed_now: datetime | None) -> tuple[int, bool]:
    """Send leased rows; returns how many were accepted and whether the mail server answers at all."""
    connection = get_connection()
    sent = 0
    try:
        for position, notice in enumerate(rows):
            now = fixed_now or timezone.now()
            mail = _prepare(notice, now)
            if mail is None:
                continue
            try:
                connection.open()
            except OSError as error:  # smtplib's errors are OSErrors, too: nothing was handed over
                for waiting in rows[position:]:
                    _retry_later(waiting, now, error)
                return sent, False
            if _hand_over(connection, notice, mail, fixed_now):
                sent += 1
    finally:
        _hang_up(connection)
    return sent, True


def _hang_up(connection) -> None:
    """The next message opens the connection anew."""
    try:
        connection.close()
    except OSError:
        logger.info("The mail server hung up before we did.")


def _prepare(notice: Notice, now: datetime):
    """The e-mail to send, or None when the row was closed or given back without one."""
    if notice.handed_at and notice.uncertain_at:
        # It was already sent a second time and again nobody knows: more than one double is worse than silence.
        _close(notice, closed_at=now, last_error="Interrupted twice while being handed over.")
        return None
    if notice.expires_at and notice.expires_at <= now:
        _drop(notice, now, "Came too late.")
        return None
    try:
        mail = compose(notice, now)
        mail.message()  # a header that cannot be written shows itself before anything is handed over
        return mail
    except NotNeeded as reason:
        _drop(notice, now, str(reason))
    except Exception as error:  # one unwritable message must not hold up the others
        logger.exception("Notice %s cannot be written.", notice.key)
        _retry_later(notice, now, f"{type(error).__name__}: {error}")
    return None


def _drop(notice: Notice, now: datetime, reason: str) -> None:
    """Close a row that need not be sent any more. If it was handed over once, nobody can say that it was not sent."""
    outcome = {"uncertain_at": now} if notice.handed_at else {"skipped_at": now}
    _close(notice, closed_at=now, last_error=reason[:300], **outcome)


def _hand_over(connection, notice: Notice, mail, fixed_now: datetime | None) -> bool:
    """Speak to the mail server; True when it accepted the message and we wrote that down."""
    now = fixed_now or timezone.now()
    before = {"handed_at": notice.handed_at, "uncertain_at": notice.uncertain_at}
    values = {"handed_at": now, "sent_to": mail.to[0], "leased_until": now + LEASE}
    if notice.handed_at:
        values["uncertain_at"] = now
    if not Notice.objects.filter(pk=notice.pk, lease=notice.lease).update(**values):
        return False
    mail.connection = connection
    try:
        mail.send()
    except (smtplib.SMTPRecipientsRefused, smtplib.SMTPDataError) as error:
        # The server answered "no" to the address or to the text: certainly not sent; a 5xx means never.
        if _is_final(error):
            _close(notice, failed_at=now, closed_at=now, attempts=notice.attempts + 1, last_error=str(error)[:300])
        else:
            _retry_later(notice, now, error, **before)
        _hang_up(connection)  # a server that says 421 has hung up already
    except Exception as error:  # the connection broke, the server refused us, the address is none: the next must go on
        # Before the text was on its way nothing was sent. After that nobody knows: `handed_at` stays, so that the next
        # attempt is marked.
        unknown = getattr(connection, "text_began", True)
        _hang_up(connection)
        _retry_later(notice, now, error, **({} if unknown else before))
    else:
        done = fixed_now or timezone.now()
        return _close(notice, sent_at=done, closed_at=done, attempts=notice.attempts + 1, last_error="")
    return False


def _is_final(error: smtplib.SMTPRecipientsRefused | smtplib.SMTPDataError) -> bool:
    if isinstance(error, smtplib.SMTPDataError):
        return error.smtp_code >= 500
    return all(code >= 500 for code, _text in error.recipients.values())
