"""Minutes: drafted from the record with one click, commented on, signed, sent, published, corrected, approved (§25).

A draft follows the record: free text is written into the agenda items, everything else was written during the meeting.
What is signed is a version of its own and never changes. A correction opens the record again, gives its reason, and
ends with a new version that is signed and published in its turn; until then the old one stands.
All acts lock the meeting's row.
"""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from councils import files, permissions, regulation
from councils.documents import record
from councils.models import AgendaItem, Council, Meeting, Minutes, MinutesComment, MinutesVersion
from councils.operations.base import MeetingRefused, check, refuse_future_day
from councils.operations.roster import member_ids
from neighbourhoods import latvian
from neighbourhoods.periods import moment_on, year_begins
from notices import operations as notices
from notices.emails import absolute
from people import operations as people
from people.models import Person, User


class MinutesRefused(MeetingRefused):
    """This cannot be done with the minutes; the text says why."""


def _lock(meeting_id: int) -> Meeting:
    rows = Meeting.objects.select_for_update(no_key=True, of=("self",))
    return rows.select_related("event", "leader", "minute_taker").get(pk=meeting_id)


def about(minutes: Minutes) -> str:
    """What the ledger knows a mail on the minutes by."""
    return f"{minutes._meta.label}:{minutes.pk}"


# --- the draft --------------------------------------------------------------------------------------------------------


@transaction.atomic
def draft(*, meeting: Meeting, by: User | None, now: datetime) -> Minutes:
    """The minutes of a closed meeting with their first version. Those that are there already come back unchanged.

    They are numbered within the year as the meetings of the council were held; the number may be changed in the draft.
    """
    row = _lock(meeting.pk)
    if found := Minutes.objects.filter(meeting=row).first():
        return found
    if row.event.published_at is None or row.event.cancelled_at is not None or row.closed_at is None:
        raise MinutesRefused(_("Close the meeting first: minutes are made from what was written down in it."))
    year = row.held_on.year
    minutes = Minutes(meeting=row, year=year, number=_next_number(row, year), drafted_at=now)
    check(minutes, MinutesRefused)
    minutes.save()
    version = _take(minutes, by=by, now=now)
    _record("draft_minutes", minutes, by, now, after={"number": str(minutes), "sha256": version.sha256})
    return minutes


def _siblings(meeting: Meeting, year: int):
    """Minutes of the year in any council that meets; the councils are locked, in pk order."""
    ids = list(meeting.councils.values_list("pk", flat=True))
    list(Council.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
    return Minutes.objects.filter(meeting__councils__in=ids, year=year).exclude(meeting=meeting)


def _next_number(meeting: Meeting, year: int) -> int:
    """The meeting's place among those held in the year, by whichever way their minutes are kept; the next free number
    when somebody has that one."""
    taken = set(_siblings(meeting, year).values_list("number", flat=True))
    earlier = Meeting.objects.filter(
        councils__in=meeting.councils.all(),
        event__published_at__isnull=False,
        event__cancelled_at=None,
        event__starts_at__lt=meeting.event.starts_at,
        event__starts_at__gte=year_begins(year),
    ).exclude(kind=Meeting.Kind.WORKING_GROUP)
    place = earlier.distinct().count() + 1
    return place if place not in taken else max(taken) + 1


def _take(minutes: Minutes, *, by: User | None, now: datetime, reason: str = "") -> MinutesVersion:
    """Write the record down as the next version, unless the last one says the same."""
    content = _content(minutes)
    sha256 = record.digest(content)
    last = latest(minutes)
    if last is not None and last.sha256 == sha256 and not reason:
        return last
    if last is not None and last.signed_at is None:
        reason = reason or last.reason
    version = MinutesVersion(
        minutes=minutes,
        number=last.number + 1 if last else 1,
        content=content,
        sha256=sha256,
        made_at=now,
        made_by=by,
        reason=reason,
    )
    check(version, MinutesRefused)
    version.save()
    return version


def latest(minutes: Minutes) -> MinutesVersion | None:
    return minutes.versions.order_by("-number").first()


def _content(minutes: Minutes, rules: regulation.Regulation | None = None) -> record.Content:
    return record.take(minutes.meeting, number=str(minutes), rules=rules)


def is_current(version: MinutesVersion, rules: regulation.Regulation | None = None) -> bool:
    """Does the version say what the record says now? As many queries as `record.take`; `rules` of the meeting's day
    save one."""
    return version.sha256 == record.digest(_content(version.minutes, rules))


def _begin(minutes: Minutes) -> Minutes:
    """The row, fresh, under the lock of its meeting."""
    meeting = _lock(minutes.meeting_id)
    row = Minutes.objects.get(pk=minutes.pk)
    row.meeting = meeting
    return row


def _begin_draft(minutes: Minutes) -> Minutes:
    row = _begin(minutes)
    if row.signed_at is not None:
        raise MinutesRefused(_("The minutes are signed. What is signed changes only by a correction."))
    return row


def _record(verb: str, minutes: Minutes, by: User | None, now: datetime, *, before=None, after=None, **more) -> None:
    people.record(by=by, verb=verb, target=minutes, now=now, details={"before": before, "after": after}, **more)


# --- writing ----------------------------------------------------------------------------------------------------------


class NotesOvertaken(MinutesRefused):
    """Somebody else wrote on the same items in between; `theirs` holds those items as they stand now, by id."""

    def __init__(self, theirs: dict[int, AgendaItem]) -> None:
        super().__init__(_("Somebody else wrote here in the meantime. Look at both texts and save what is to stay."))
        self.theirs = theirs


@transaction.atomic
def write(
    *,
    minutes: Minutes,
    notes: Mapping[int, tuple[int, str]],
    by: User | None,
    now: datetime,
    number: int | None = None,
) -> MinutesVersion:
    """Write the free text of items and make the draft anew. `notes` is (revision seen, text) by the item's id.

    All texts are written or, when somebody was quicker with one of them, none: NotesOvertaken.
    """
    row = _begin_draft(minutes)
    before: dict[str, Any] = {"number": str(row), "notes": {}}
    after: dict[str, Any] = {"number": str(row), "notes": {}}
    if number is not None and number != row.number:
        _renumber(row, number)
        after["number"] = str(row)
    overtaken = {}
    for item in row.meeting.agenda.filter(pk__in=notes):
        seen, text = notes[item.pk]
        text = text.replace("\r\n", "\n")
        if item.notes == text:
            continue
        if item.revision != seen:
            overtaken[item.pk] = item
            continue
        before["notes"][str(item.pk)], after["notes"][str(item.pk)] = item.notes, text
        item.notes, item.revision = text, item.revision + 1
        check(item, MinutesRefused)
        item.save(update_fields=["notes", "revision"])
    if overtaken:
        raise NotesOvertaken(overtaken)
    version = _take(row, by=by, now=now)
    if before != after:
        _record("write_minutes", row, by, now, before=before, after={**after, "version": version.number})
    return version


def _renumber(minutes: Minutes, number: int) -> None:
    if minutes.versions.filter(signed_at__isnull=False).exists():
        raise MinutesRefused(_("Minutes that were signed keep their number."))
    if _siblings(minutes.meeting, minutes.year).filter(number=number).exists():
        raise MinutesRefused(_("Other minutes of this year already have the number %(number)d.") % {"number": number})
    minutes.number = number
    check(minutes, MinutesRefused)
    minutes.save(update_fields=["number"])


@transaction.atomic
def refresh(*, minutes: Minutes, by: User | None, now: datetime) -> MinutesVersion:
    """Make the draft anew from the record, which changed since. Nothing changed: no new version."""
    row = _begin_draft(minutes)
    last = latest(row)
    version = _take(row, by=by, now=now)
    if version != last:
        _record(
            "write_minutes",
            row,
            by,
            now,
            before={"version": last.number if last else None},
            after={"version": version.number, "sha256": version.sha256},
        )
    return version


# --- what members say -------------------------------------------------------------------------------------------------


@transaction.atomic
def ask_members(*, minutes: Minutes, by: User | None, now: datetime) -> Minutes:
    """Show the draft to the members, who may comment until the end of the last day of the window; each gets one mail.

    Asked again, the window begins anew, for a draft that changed much.
    """
    row = _begin_draft(minutes)
    today = timezone.localdate(now)
    days = regulation.in_force(today)["MINUTES_COMMENTS"]
    before = row.comments_until
    row.comments_until = moment_on(today + timedelta(days=days + 1))
    row.save(update_fields=["comments_until"])
    version = latest(row)
    assert version is not None
    keys = [
        (f"minutes_draft:{row.pk}:{version.number}:{person_id}", person_id)
        for person_id in member_ids(row.meeting.councils.all(), today)
        if by is None or person_id != by.person.pk
    ]
    notices.plan_many(
        keys,
        kind="minutes_draft",
        about=about(row),
        now=now,
        expires_at=row.comments_until,
        data={"minutes": row.pk},
    )
    _record(
        "ask_members",
        row,
        by,
        now,
        before={"comments_until": before},
        after={"comments_until": row.comments_until},
    )
    return row


def takes_comments(minutes: Minutes, now: datetime) -> bool:
    return minutes.signed_at is None and minutes.comments_until is not None and now < minutes.comments_until


@transaction.atomic
def comment(
    *, minutes: Minutes, person: Person, text: str, by: User | None, now: datetime, item: AgendaItem | None = None
) -> MinutesComment:
    """A member's remark on the draft, on one item or on the whole, while the window is open."""
    row = _begin(minutes)
    if not takes_comments(row, now):
        raise MinutesRefused(_("Comments are not taken any more. Tell the chair or the secretary."))
    if item is not None and item.meeting_id != row.meeting_id:
        raise MinutesRefused(_("This item belongs to another meeting."))
    found = MinutesComment(minutes=row, person=person, item=item, text=text.strip(), commented_at=now)
    check(found, MinutesRefused)
    found.save()
    _record("comment_minutes", row, by, now, after={"comment": found.text, "item": item.pk if item else None})
    return found


@transaction.atomic
def settle(*, comment: MinutesComment, by: User | None, now: datetime) -> MinutesComment:
    """The comment was taken up, or talked over. Settling twice changes nothing."""
    row = MinutesComment.objects.select_for_update(of=("self",)).select_related("minutes__meeting").get(pk=comment.pk)
    if row.settled_at is None:
        row.settled_at, row.settled_by = now, by
        row.save(update_fields=["settled_at", "settled_by"])
        _record("settle_comment", row.minutes, by, now, after={"comment": row.text})
    return row


# --- signing ----------------------------------------------------------------------------------------------------------


@transaction.atomic
def sign(
    *,
    minutes: Minutes,
    seen: int,
    by: User,
    now: datetime,
    upload: Any = None,
    before_comments_end: bool = False,
) -> MinutesVersion:
    """The leader of the meeting signs the version `seen` (§25): name, moment and the SHA-256 of its record.

    Who led signs with the own log-in. Somebody else who keeps the record hands in the leader's signature: a scanned or
    e-signed file (`upload`), which is refused by files.FileRefused when it is none. Refused, too, while the record says
    something else than the version, while members may still comment (unless that is said), and without a leader.
    """
    row = _begin_draft(minutes)
    leader = row.meeting.leader
    if leader is None:
        raise MinutesRefused(_("Say in the meeting's record who led it: that is who signs."))
    signs_alone = permissions.can_sign_minutes(by, row.meeting)
    if not signs_alone and upload is None:
        raise MinutesRefused(_("Only %(name)s can sign here. Add the signed file instead.") % {"name": leader.name})
    version = latest(row)
    if version is None or version.number != seen:
        raise MinutesRefused(_("The draft changed since you opened it. Read it again before you sign."))
    version.minutes = row
    if not is_current(version):
        raise MinutesRefused(_("The meeting's record changed since the draft was made. Make the draft anew first."))
    if takes_comments(row, now) and not before_comments_end:
        raise MinutesRefused(
            _("Members may comment %(until)s. Say that you sign before.")
            % {"until": latvian.until(row.comments_last_on)}
        )
    version.signed_at, version.signed_by, version.signed_name = now, by, leader.name
    version.signed_file = files.store(upload, by=by, now=now) if upload is not None else None
    check(version, MinutesRefused)
    version.save(update_fields=["signed_at", "signed_by", "signed_name", "signed_file"])
    row.signed_at = now
    row.save(update_fields=["signed_at"])
    notices.cancel(about=about(row), now=now)
    _record(
        "sign_minutes",
        row,
        by,
        now,
        after={"version": version.number, "sha256": version.sha256, "name": leader.name},
        on_behalf_of=None if signs_alone else leader,
    )
    return version


@transaction.atomic
def correct(*, minutes: Minutes, reason: str, by: User | None, now: datetime) -> MinutesVersion:
    """Open signed minutes for a correction, with its reason: a new version, to be changed and signed anew.

    The version that was signed stays, and stays public when it was. The meeting's record opens, too.
    """
    row = _begin(minutes)
    if row.signed_at is None:
        raise MinutesRefused(_("The minutes are not signed: change the draft."))
    reason = " ".join(reason.split())
    if not reason:
        raise MinutesRefused(_("Say what is corrected and why: everybody will read it."))
    row.signed_at = row.comments_until = None
    row.save(update_fields=["signed_at", "comments_until"])
    last = latest(row)
    version = _take(row, by=by, now=now, reason=reason)
    _record(
        "correct_minutes",
        row,
        by,
        now,
        before={"version": last.number, "sha256": last.sha256} if last else None,
        after={"version": version.number, "reason": reason},
    )
    return version


# --- sent, handed over, published, approved ---------------------------------------------------------------------------


def _refuse_unsigned(minutes: Minutes, now: datetime) -> MinutesVersion:
    version = latest(minutes)
    if minutes.signed_at is None or version is None:
        raise MinutesRefused(_("The minutes are not signed yet."))
    return version


@transaction.atomic
def send(*, minutes: Minutes, by: User | None, now: datetime) -> Minutes:
    """Send the signed minutes for publication: within the working days of §25 after the meeting. The first day stands,
    also when a correction is sent later."""
    row = _begin(minutes)
    _refuse_unsigned(row, now)
    meeting = row.meeting
    if meeting.minutes_sent_on is None:
        meeting.minutes_sent_on = timezone.localdate(now)
        meeting.save(update_fields=["minutes_sent_on"])
        due_on = regulation.in_force(meeting.held_on).minutes_due_on(meeting.held_on)
        after = {"sent_on": meeting.minutes_sent_on, "due_on": due_on}
        _record("send_minutes", row, by, now, after=after)
    return row


@transaction.atomic
def hand_over(*, minutes: Minutes, on: date, to: str, by: User | None, now: datetime) -> Minutes:
    """The originals went to the central administration (§25): on which day, and to whom."""
    row = _begin(minutes)
    if not row.versions.filter(signed_at__isnull=False).exists():
        raise MinutesRefused(_("The minutes are not signed yet."))
    if on < row.meeting.held_on:
        raise MinutesRefused(_("The originals are handed over after the meeting."))
    refuse_future_day(on, now, MinutesRefused)
    before = {"on": row.originals_handed_on, "to": row.originals_handed_to}
    row.originals_handed_on, row.originals_handed_to = on, to.strip()
    check(row, MinutesRefused)
    row.save(update_fields=["originals_handed_on", "originals_handed_to"])
    after = {"on": on, "to": row.originals_handed_to}
    if before != after:
        _record("hand_over_minutes", row, by, now, before=before, after=after)
    return row


@transaction.atomic
def publish(*, minutes: Minutes, by: User | None, now: datetime) -> MinutesVersion:
    """Show the signed version to everybody. What was not noted as sent was sent by now. Publishing twice is once."""
    row = _begin(minutes)
    version = _refuse_unsigned(row, now)
    if version.published_at is not None:
        return version
    if record.digest(version.content) != version.sha256:
        raise MinutesRefused(_("The text is not the one that was signed. Tell the administrator."))
    version.published_at = now
    check(version, MinutesRefused)
    version.save(update_fields=["published_at"])
    meeting, today = row.meeting, timezone.localdate(now)
    meeting.minutes_sent_on = meeting.minutes_sent_on or today
    meeting.minutes_published_on = meeting.minutes_published_on or today
    meeting.minutes_url = meeting.minutes_url or absolute(row.get_absolute_url())
    meeting.save(update_fields=["minutes_sent_on", "minutes_published_on", "minutes_url"])
    _record("publish_minutes", row, by, now, after={"version": version.number, "sha256": version.sha256})
    return version


@transaction.atomic
def approve(*, minutes: Minutes, meeting: Meeting | None, by: User | None, now: datetime) -> Minutes:
    """A later meeting of the council approved the minutes; None takes that back."""
    row = _begin(minutes)
    if meeting is not None:
        _refuse_unsigned(row, now)
        later = later_meetings(row, now).filter(pk=meeting.pk)
        if not later.exists():
            raise MinutesRefused(_("Minutes are approved in a later meeting of the same council."))
    before, row.approved_in = row.approved_in_id, meeting
    if before == row.approved_in_id:
        return row
    row.save(update_fields=["approved_in"])
    _record("approve_minutes", row, by, now, before={"meeting": before}, after={"meeting": row.approved_in_id})
    return row


def later_meetings(minutes: Minutes, now: datetime):
    """Meetings that began since and may have approved the minutes, the first one first."""
    ids = (
        Meeting.objects.filter(councils__in=minutes.meeting.councils.all(), event__published_at__isnull=False)
        .filter(event__cancelled_at=None, event__starts_at__gt=minutes.meeting.event.starts_at)
        .filter(event__starts_at__lte=now)
        .exclude(kind=Meeting.Kind.WORKING_GROUP)
        .order_by()
        .values("pk")
    )
    return Meeting.objects.filter(pk__in=ids).select_related("event").order_by("event__starts_at", "pk")


def published(minutes: Minutes):
    """The versions that everybody may read, the newest first."""
    return minutes.versions.filter(published_at__isnull=False).order_by("-number")
