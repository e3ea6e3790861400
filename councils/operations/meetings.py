"""Meetings: drafted, announced, changed, cancelled; one after another, or in a series."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from itertools import islice, takewhile
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from councils import regulation
from councils.answers import sitting
from councils.models import Announcement, Attendance, Council, Meeting
from councils.operations import agenda as agendas
from councils.operations import announcements
from councils.operations.base import MeetingRefused, check, lock_meeting, refuse_future_day, write
from councils.operations.roster import member_ids
from events import operations as events
from events.models import Event
from events.recurrence import MOST, Recurrence, Unit
from notices import operations as notices
from people import operations as people
from people.models import User


@contextmanager
def _as_meeting() -> Iterator[None]:
    """What the events refuse, the meetings refuse in the same words."""
    try:
        yield
    except events.EventRefused as refusal:
        raise MeetingRefused(str(refusal)) from refusal


@transaction.atomic
def schedule_meeting(
    *,
    councils: Iterable[Council],
    title: str,
    starts_at: datetime,
    ends_at: datetime,
    by: User | None,
    now: datetime,
    publish: bool,
    format: str = Event.Format.IN_PERSON,
    venue: str = "",
    online_url: str = "",
    capacity: int | None = None,
    online_capacity: int | None = None,
    reserved_seats: int = 0,
    agenda: Iterable[dict | str] = (),
    directions: str = "",
    accessibility: str = "",
    description: str = "",
    takes_rsvps: bool = True,
    party_limit: int | None = None,
    rsvps_open_at: datetime | None = None,
    rsvps_close_at: datetime | None = None,
    reminder_hours: list[int] | None = None,
    announced_late_because: str = "",
    kind: str = "",
    like: Meeting | None = None,
) -> Meeting:
    """A meeting of one or more councils in their neighbourhoods: a draft, or announced at once.

    An agenda line is its title, or a dict as `agenda.write_agenda` takes it; what earlier meetings of the councils left
    unfinished comes after the lines. `like` is a meeting that asks the same questions at sign-up and offers the same
    access services. Announcing asks the members and tells who follows the neighbourhoods.
    Raises MeetingRefused as `publish_meeting` does, and for whatever an event or an agenda line cannot be.
    """
    council_rows = list(councils)
    kind = _kind(kind, council_rows)
    _refuse_double(council_rows, starts_at)
    event = Event(
        kind=Event.Kind.WORKING_GROUP if kind == Meeting.Kind.WORKING_GROUP else Event.Kind.MEETING,
        title=title,
        description=description,
        starts_at=starts_at,
        ends_at=ends_at,
        format=format,
        venue=venue,
        directions=directions,
        online_url=online_url,
        accessibility=accessibility,
        takes_rsvps=takes_rsvps,
        capacity=capacity,
        online_capacity=online_capacity,
        reserved_seats=reserved_seats,
        rsvps_open_at=rsvps_open_at,
        rsvps_close_at=rsvps_close_at,
        changed_at=now,
    )
    if party_limit is not None:
        event.party_limit = party_limit
    if reminder_hours is not None:
        event.reminder_hours = reminder_hours
    write(event, MeetingRefused)
    event.neighbourhoods.set([council.neighbourhood_id for council in council_rows])
    meeting = write(Meeting(event=event, kind=kind, announced_late_because=announced_late_because), MeetingRefused)
    meeting.councils.set(council_rows)
    if like is not None:
        events.copy_asking(source=like.event, target=event)
    agendas.write_agenda(meeting, agenda)
    if kind in agendas.TAKE_UP:
        agendas.carry_over(meeting=meeting, by=by, now=now)
    after = {
        "title": event.title,
        "starts_at": event.starts_at,
        "venue": event.venue,
        "councils": sorted(council.name for council in council_rows),
        "agenda": agendas.outline(meeting),
    }
    people.record(by=by, verb="schedule_meeting", target=meeting, now=now, details={"after": after})
    if publish:
        return publish_meeting(meeting=meeting, by=by, now=now, announced_late_because=announced_late_because)
    return meeting


def _kind(kind: str, councils: list[Council]) -> str:
    """The kind of a meeting, by how many councils meet where nobody says it."""
    if not councils:
        raise MeetingRefused(_("Choose the council that meets."))
    if kind in ("", Meeting.Kind.COUNCIL, Meeting.Kind.JOINT):
        return Meeting.Kind.COUNCIL if len(councils) == 1 else Meeting.Kind.JOINT
    return kind


def _refuse_double(councils: list[Council], starts_at: datetime) -> None:
    """A council cannot meet twice at once: a form sent twice makes one meeting. Locks the councils, in pk order."""
    ids = sorted(council.pk for council in councils)
    list(Council.objects.select_for_update(no_key=True).filter(pk__in=ids).order_by("pk"))
    if Meeting.objects.filter(councils__in=ids, event__starts_at=starts_at, event__cancelled_at=None).exists():
        raise MeetingRefused(_("This council already has a meeting at this time."))


@transaction.atomic
def publish_meeting(*, meeting: Meeting, by: User | None, now: datetime, announced_late_because: str = "") -> Meeting:
    """Show the meeting in the portal: members are asked whether they come, followers are told, once. The text for the
    municipality's own site goes to the coordinators if it did not yet (§38). Publishing twice changes nothing.

    Raises MeetingRefused when it comes later than §38.2 demands and nobody says why, or, from a council that has sent
    the administration nothing yet, later than §38.1 does; without a place, when it lies in the past or is cancelled.
    Locks the meeting.
    """
    row = lock_meeting(meeting.pk)
    if row.event.published_at:
        return row
    announcements.refuse_nowhere(row.event)
    late_because = announced_late_because.strip() or row.announced_late_because
    today = timezone.localdate(now)
    rules = regulation.in_force(today)
    is_owed = announcements.is_owed(row)
    is_late = is_owed and today > rules.announce_by(row.held_on) and row.event.starts_at > now
    if is_late and not late_because:
        raise MeetingRefused(announcements.say_announced_late(rules))
    if is_owed and not late_because and announcements.is_sent_late(row, publisher=by, on=today, rules=rules):
        raise MeetingRefused(announcements.say_send_late(rules))
    row.announced_late_because = late_because if is_late else ""
    write(row, MeetingRefused)
    _show(row, by=by, now=now)
    if is_owed:
        announcements.issue(row, by=by, now=now, late_because=late_because)
    return row


def _show(row: Meeting, *, by: User | None, now: datetime) -> None:
    """The portal shows the meeting from now on: members are asked, followers told."""
    members = member_ids(row.councils.all(), row.held_on)
    with _as_meeting():
        row.event = events.publish_event(event=row.event, by=by, now=now, but_not=members)
    _call_members(row, now)


def _call_members(meeting: Meeting, now: datetime) -> None:
    """Ask each member of the councils that meet whether they come; anew when the meeting moved to another time."""
    stamp = meeting.event.start_stamp
    members = sitting(meeting).values_list("person_id", flat=True)
    notices.plan_many(
        [(f"meeting_call:{meeting.pk}:{person_id}:{stamp}", person_id) for person_id in members],
        kind="meeting_call",
        about=events.about(meeting.event),
        now=now,
        expires_at=meeting.event.starts_at,
        data={"meeting": meeting.pk, "stamp": stamp},
    )


@transaction.atomic
def record_publication(
    *,
    announcement: Announcement,
    published_on: date,
    url: str,
    by: User | None,
    now: datetime,
    late_because: str = "",
) -> Announcement:
    """Write down where and when the municipality's own site announced the meeting (§38.2); the portal shows it from
    then on, too. What was recorded wrongly is recorded again.

    Raises MeetingRefused for a text that a newer one replaced, a day that has not come, an address that is none, and
    for a day later than the regulation says when nobody says why. Locks the meeting.
    """
    meeting = lock_meeting(announcement.meeting_id)
    row = Announcement.objects.get(pk=announcement.pk)
    if row.replaced_at is not None:
        raise MeetingRefused(_("A newer text takes the place of this one. Publish that one."))
    if meeting.event.cancelled_at:
        raise MeetingRefused(_("A cancelled or past event can no longer be changed."))
    refuse_future_day(published_on, now, MeetingRefused)
    rules = regulation.in_force(published_on)
    announce_by = rules.announce_by(row.meeting_on)
    earlier = meeting.announcements.standing().exclude(pk=row.pk).filter(published_on__lte=announce_by)
    late_because = late_because.strip() or meeting.announced_late_because
    is_late = published_on > announce_by and not earlier.exists()
    if is_late and not late_because:
        raise MeetingRefused(announcements.say_announced_late(rules))
    names = ("published_on", "published_url", "published_late_because")
    before = {name: getattr(row, name) or "" for name in names}
    row.published_on, row.published_url, row.recorded_at, row.recorded_by = published_on, url, now, by
    row.published_late_because = late_because if is_late else ""
    write(row, MeetingRefused)
    after = {name: getattr(row, name) or "" for name in names}
    details = {"before": before, "after": after}
    people.record(by=by, verb="record_publication", target=meeting, now=now, details=details)
    if meeting.event.published_at is None and meeting.event.starts_at > now:
        _show(meeting, by=by, now=now)
    return row


MOVES = ("starts_at", "venue", "format")  # time and place, as §38 has them


@transaction.atomic
def change_meeting(
    *,
    meeting: Meeting,
    by: User | None,
    now: datetime,
    agenda: Iterable[dict | str] | None = None,
    announced_late_because: str | None = None,
    move_reason: str = "",
    seen: datetime | None = None,
    **event_changes: Any,
) -> Meeting:
    """Write changes of the event (names of its fields) and, when given, a new agenda.

    A meeting that moves in time or place owes a new announcement (§38): what was sent is void; one that is announced
    says why it moves, the new text goes to the coordinators, and who has an RSVP, was told of it, or sits in the
    council is told once. When it moves in time, members are asked anew whether they come.

    `seen` is the event's `changed_at` as the editor saw it (see `events.operations.change_event`); a new agenda counts
    as a change of it. Raises MeetingRefused for what `change_event` refuses, for an announced one without place or
    without the reason of its move, and when an agenda item with something on it would vanish. Locks the meeting.
    """
    row = lock_meeting(meeting.pk)
    before = {name: getattr(row.event, name) for name in event_changes}
    for name, value in event_changes.items():
        setattr(row.event, name, value)
    moved = [name for name in MOVES if name in before and before[name] != getattr(row.event, name)]
    if row.event.published_at:
        announcements.refuse_nowhere(row.event)
        if moved and not move_reason.strip():
            raise MeetingRefused(_("Say why the meeting moves."))
        row.move_reason = move_reason.strip() if moved else row.move_reason
    check(row.event, MeetingRefused)
    if announced_late_because is not None:
        row.announced_late_because = announced_late_because
    members = member_ids(row.councils.all(), timezone.localdate(now))
    with _as_meeting():
        row.event = events.change_event(event=row.event, by=by, now=now, also_tell=members, seen=seen, **event_changes)
    write(row, MeetingRefused)
    if agenda is not None:
        _change_agenda(row, agenda, by=by, now=now)
    if moved:
        _announce_anew(row, moved, by=by, now=now)
    return row


def _change_agenda(row: Meeting, lines: Iterable[dict | str], *, by: User | None, now: datetime) -> None:
    before = agendas.outline(row)
    agendas.write_agenda(row, lines)
    agendas.touch(row, now)
    details = {"before": before, "after": agendas.outline(row)}
    people.record(by=by, verb="change_agenda", target=row, now=now, details=details)


def _announce_anew(row: Meeting, moved: list[str], *, by: User | None, now: datetime) -> None:
    announcements.void(row, now=now)
    if row.event.published_at is None:
        return
    details = {"after": {"moved": moved, "reason": row.move_reason, "meeting_on": row.held_on}}
    people.record(by=by, verb="move_meeting", target=row, now=now, details=details)
    if "starts_at" in moved:
        Attendance.objects.filter(meeting=row).exclude(answer="").update(answer="", answered_at=None)
        notices.cancel(about=events.about(row.event), now=now, kinds=["meeting_call", "quorum_at_risk"])
        _call_members(row, now)
    if announcements.is_owed(row):
        announcements.issue(row, by=by, now=now, late_because=row.move_reason)


COPIED = (
    "title", "description", "format", "venue", "directions", "online_url", "accessibility", "takes_rsvps", "capacity",
    "online_capacity", "reserved_seats", "party_limit", "reminder_hours",
)  # fmt: skip


@transaction.atomic
def copy_meeting(*, meeting: Meeting, starts_at: datetime, by: User | None, now: datetime) -> Meeting:
    """A draft of the next meeting from this one: same councils, place, seats, length, agenda lines, questions and
    access services, no people."""
    source = Meeting.objects.select_related("event").get(pk=meeting.pk)
    closes_at = source.event.rsvps_close_at
    return schedule_meeting(
        councils=source.councils.all(),
        kind=source.kind,
        starts_at=starts_at,
        ends_at=starts_at + (source.event.ends_at - source.event.starts_at),
        agenda=[
            {
                "title": item.title,
                "depth": item.depth,
                "minutes": item.minutes,
                "is_restricted": item.is_restricted,
                "kind": item.kind,
            }
            for item in source.agenda.numbered()
        ],
        by=by,
        now=now,
        publish=False,
        like=source,
        # In UTC: three hours before are three hours also in the night in which clocks change.
        rsvps_close_at=closes_at and starts_at.astimezone(UTC) - (source.event.starts_at - closes_at),
        **{name: getattr(source.event, name) for name in COPIED},
    )


def series_days(first: date, *, every: int, unit: str, until: date) -> list[date]:
    """The days after `first`, up to `until` and with it, MOST at the most: every so many "weeks", or "months" on the
    same weekday of the month."""
    repeats = Recurrence(Unit.WEEKS if unit == "weeks" else Unit.WEEKDAY, every)
    return list(takewhile(lambda day: day <= until, islice(repeats.endless(first), 1, 1 + MOST)))


@transaction.atomic
def schedule_series(*, meeting: Meeting, days: Iterable[date], by: User | None, now: datetime) -> list[Meeting]:
    """Drafts like this meeting on each of the days, at the same time by the clock on the wall; all of them or none.

    Raises MeetingRefused without days, for one that has passed, and where a council already meets at that time.
    """
    chosen = sorted(set(days))
    if not chosen or len(chosen) > MOST:
        raise MeetingRefused(_("Choose between 1 and %(most)d days.") % {"most": MOST})
    if chosen[0] <= timezone.localdate(now):
        raise MeetingRefused(_("The start is in the past. Choose a later time."))
    clock = timezone.localtime(meeting.event.starts_at).time()
    zone = timezone.get_current_timezone()
    return [
        copy_meeting(meeting=meeting, starts_at=datetime.combine(day, clock, zone), by=by, now=now) for day in chosen
    ]


@transaction.atomic
def cancel_meeting(*, meeting: Meeting, by: User | None, now: datetime, reason: str = "") -> Meeting:
    """Call the meeting off; members, guests and who was told of it are told once. Cancelling twice changes nothing.

    Raises MeetingRefused when it is over.
    """
    row = lock_meeting(meeting.pk)
    members = member_ids(row.councils.all(), timezone.localdate(now))
    with _as_meeting():
        row.event = events.cancel_event(event=row.event, by=by, now=now, reason=reason, also_tell=members)
    if row.event.cancelled_at == now:
        announcements.tell_of_cancellation(row, by=by, now=now)
    return row


@transaction.atomic
def record_minutes(
    *,
    meeting: Meeting,
    by: User | None,
    now: datetime,
    sent_on: date | None = None,
    published_on: date | None = None,
    url: str = "",
) -> Meeting:
    """Write down when the minutes were sent and published, and where they are; what is not given stays (§25).

    Raises MeetingRefused for a meeting that was not held, and for days before it, after today, or in the wrong order.
    """
    row = lock_meeting(meeting.pk)
    if not Meeting.objects.held(now).filter(pk=row.pk).exists():
        raise MeetingRefused(_("Only a meeting that was held has minutes."))
    before = _days_of_minutes(row)
    row.minutes_sent_on = sent_on or row.minutes_sent_on
    row.minutes_published_on = published_on or row.minutes_published_on
    row.minutes_url = url or row.minutes_url
    days = [day for day in (row.held_on, row.minutes_sent_on, row.minutes_published_on) if day]
    if days != sorted(days):
        raise MeetingRefused(_("Minutes are sent after the meeting and published after that."))
    refuse_future_day(days[-1], now, MeetingRefused)
    write(row, MeetingRefused)
    details = {"before": before, "after": _days_of_minutes(row)}
    people.record(by=by, verb="record_minutes", target=row, now=now, details=details)
    return row


def _days_of_minutes(row: Meeting) -> dict[str, Any]:
    """For the audit log."""
    names = ("minutes_sent_on", "minutes_published_on", "minutes_url")
    return {name: getattr(row, name) or "" for name in names}
