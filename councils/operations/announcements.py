"""The duty to make a meeting known (§38): until when, what goes to the administration, and the proof of it."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from councils import regulation
from councils.documents import announcement as document
from councils.models import Announcement, Meeting, Office
from councils.operations.base import MeetingRefused, lock_meeting, write
from councils.regulation import Regulation
from events import operations as events
from events.models import Event
from notices import operations as notices
from people import operations as people
from people.models import ContactChannel, Person, Role, User
from people.permissions import can_coordinate


@dataclass(frozen=True)
class Deadlines:
    """Until when time, place and agenda of a meeting go to the administration (§38.1), and until when they stand on the
    municipality's site (§38.2), looked at from the day `on`; and whether the meeting's own day is counted."""

    meeting_on: date
    on: date
    send_by: date
    announce_by: date
    counts_meeting: bool = False

    @property
    def is_late_to_send(self) -> bool:
        return self.on > self.send_by

    @property
    def is_late_to_announce(self) -> bool:
        return self.on > self.announce_by


def deadlines(meeting_on: date, on: date, rules: Regulation) -> Deadlines:
    send_by, announce_by = rules.agenda_due_on(meeting_on), rules.announce_by(meeting_on)
    return Deadlines(meeting_on, on, send_by, announce_by, bool(rules["MEETING_DAY"]))


def is_owed(meeting: Meeting) -> bool:
    """Meetings of councils are made known; a working group is none."""
    return meeting.kind != Meeting.Kind.WORKING_GROUP


def is_sent_late(meeting: Meeting, *, publisher: User | None, on: date, rules: Regulation) -> bool:
    """Does a meeting that is published before anything was sent reach the administration too late (§38.1)? Not when the
    administration itself publishes it."""
    if publisher is None or can_coordinate(publisher) or on <= rules.agenda_due_on(meeting.held_on):
        return False
    return not meeting.announcements.standing().exists()


def say_send_late(rules: Regulation) -> str:
    days = rules["AGENDA_TO_ADMIN"]
    return ngettext(
        "Time, place and agenda are sent at least %(days)d working day ahead (§38.1). Say why they come later.",
        "Time, place and agenda are sent at least %(days)d working days ahead (§38.1). Say why they come later.",
        days,
    ) % {"days": days}


def say_announced_late(rules: Regulation) -> str:
    days = rules["AGENDA_PUBLISHED"]
    return ngettext(
        "A meeting is announced at least %(days)d working day ahead (§38.2). Say why this one comes later.",
        "A meeting is announced at least %(days)d working days ahead (§38.2). Say why this one comes later.",
        days,
    ) % {"days": days}


def refuse_nowhere(event: Event) -> None:
    if event.has_room and not event.venue.strip():
        raise MeetingRefused(_("Say where the meeting takes place."))


def newest(meeting: Meeting) -> Announcement | None:
    """The text that is to be published, or was; None before the first and after a move."""
    return meeting.announcements.newest().first()


def is_outdated(meeting: Meeting, announcement: Announcement) -> bool:
    """Would another text go out today? Two queries."""
    return document.text(meeting) != announcement.text


@transaction.atomic
def send_to_administration(*, meeting: Meeting, by: User | None, now: datetime, late_because: str = "") -> Announcement:
    """The secretary hands in time, place and agenda (§38.1): the text is made, hashed and kept, and the coordinators
    have it as a task and by mail. The same text sent twice is sent once; another agenda replaces what was sent.

    Raises MeetingRefused without a place or an agenda, for what is over, called off or not a council's meeting, and
    when it is sent later than the regulation says and nobody says why. Locks the meeting.
    """
    row = lock_meeting(meeting.pk)
    _refuse_to_send(row, now)
    today = timezone.localdate(now)
    rules = regulation.in_force(today)
    first = row.announcements.standing().order_by("sent_at").first()
    is_late = first is None and today > rules.agenda_due_on(row.held_on)
    if is_late and not late_because.strip():
        raise MeetingRefused(say_send_late(rules))
    return issue(row, by=by, now=now, late_because=late_because)


def _refuse_to_send(row: Meeting, now: datetime) -> None:
    if not is_owed(row):
        raise MeetingRefused(_("A meeting of a working group is not announced."))
    if row.event.cancelled_at or row.event.starts_at <= now:
        raise MeetingRefused(_("The meeting is over, or it is called off."))
    refuse_nowhere(row.event)
    if not row.agenda.exists():
        raise MeetingRefused(_("Write the agenda first."))


def issue(meeting: Meeting, *, by: User | None, now: datetime, late_because: str = "") -> Announcement:
    """Keep the text of this moment as the one to be published, and tell the coordinators. The caller holds the lock."""
    text = document.text(meeting)
    known = newest(meeting)
    if known is not None and known.text == text:
        return known
    meeting.announcements.newest().update(replaced_at=now)
    row = Announcement(
        meeting=meeting,
        meeting_on=meeting.held_on,
        text=text,
        sha256=document.sha256(text),
        sent_at=now,
        sent_by=by,
        late_because=late_because.strip(),
    )
    write(row, MeetingRefused)
    details = {
        "before": {"sha256": known.sha256} if known else None,
        "after": {"sha256": row.sha256, "meeting_on": row.meeting_on, "late_because": row.late_because},
    }
    people.record(by=by, verb="send_announcement", target=meeting, now=now, details=details)
    _tell_coordinators(meeting, "announcement_to_publish", row.pk, by=by, now=now)
    return row


def void(meeting: Meeting, *, now: datetime) -> int:
    """The meeting moved: what was said of its time and place is true no more. Returns how many texts fell."""
    meeting.announcements.newest().update(replaced_at=now)
    return meeting.announcements.standing().update(voided_at=now)


def tell_of_cancellation(meeting: Meeting, *, by: User | None, now: datetime) -> None:
    """Whoever put the meeting on the municipality's site takes it off."""
    row = newest(meeting)
    if row is not None:
        _tell_coordinators(meeting, "announcement_to_withdraw", row.pk, by=by, now=now)


def coordinators(on: date) -> list[int]:
    """Ids of the people who put meetings on the municipality's site."""
    held = Role.objects.held(on).filter(kind=Role.Kind.COORDINATOR)
    return sorted(Person.objects.filter(roles__in=held, erased_at=None).values_list("pk", flat=True).distinct())


def officers_or_coordinators(council_id: int, on: date) -> list[int]:
    """Ids of the council's officers of the day who can be reached by e-mail; where there is none, the coordinators'."""
    reached = {
        "person__channels__kind": ContactChannel.Kind.EMAIL,
        "person__channels__confirmed_at__isnull": False,
    }
    officers = Office.objects.held(on).filter(council=council_id, person__erased_at=None, **reached)
    return sorted(set(officers.values_list("person_id", flat=True))) or coordinators(on)


def _tell_coordinators(meeting: Meeting, kind: str, announcement_id: int, *, by: User | None, now: datetime) -> None:
    """Tell all of them but the one who does it."""
    mine = by.person.pk if by else None
    notices.plan_many(
        [(f"{kind}:{announcement_id}:{pk}", pk) for pk in coordinators(timezone.localdate(now)) if pk != mine],
        kind=kind,
        about=events.about(meeting.event),
        now=now,
        expires_at=meeting.event.starts_at,
        data={"announcement": announcement_id},
    )
