"""The meeting's own record, written while it happens: who is there, what is said, who does what (§23, §24, §33).

Every part is saved by itself and counts its `revision`. A writer says which one was seen: when somebody else saved in
between, `Overtaken` hands back what stands there now, and nothing is overwritten. The same words sent twice are one
change, so a phone that lost its net may send again. All acts lock the meeting's row.

After the close the record changes only with the reason of a correction, and not at all once the minutes are signed.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from councils import regulation
from councils.models import (
    AgendaItem,
    Attendance,
    Council,
    Meeting,
    Membership,
    Minutes,
    Office,
    Recusal,
    Resolution,
    Task,
)
from councils.operations import absences
from councils.operations.base import MeetingRefused, check, lock_meeting, refuse_future_day
from neighbourhoods import latvian
from people import operations as people
from people.models import AuditEntry, Person, User


class RoomRefused(MeetingRefused):
    """This cannot stand in the meeting's record; the text says why."""


class Overtaken(RoomRefused):
    """Somebody else saved the same part in between; `theirs` is the row as it stands now, None when it is gone."""

    def __init__(self, theirs: models.Model | None) -> None:
        super().__init__(_("Somebody else saved this in the meantime. Look at both and choose what stays."))
        self.theirs = theirs


# --- who is there -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Quorum:
    """How many of the members are there, and how many it takes (§23)."""

    council: Council
    present: int
    members: int
    needed: int

    @property
    def is_there(self) -> bool:
        return self.present >= self.needed

    @property
    def missing(self) -> int:
        return max(0, self.needed - self.present)


@dataclass(frozen=True)
class Line:
    """A member on the roll: the seat's holder on the day, the office if there is one, and what was called."""

    membership: Membership
    attendance: Attendance | None
    office: str = ""

    @property
    def mark(self) -> str:
        return self.attendance.mark if self.attendance else ""

    def is_there(self, at: datetime) -> bool:
        return self.attendance is not None and self.attendance.is_there(at)


@dataclass(frozen=True)
class Roll:
    """Who sits in one council on the day of the meeting, by name, and who of them is there."""

    council: Council
    rules: regulation.Regulation
    lines: list[Line] = field(default_factory=list)

    def quorum(self, at: datetime) -> Quorum:
        """Of the seats that are filled on the day, not of all: more than half of the members, in the room or remote.

        A member who keeps out of an item (§33) is still at the meeting and counts here; the act does not say
        otherwise. In that item's vote the member does not count.
        """
        present = sum(line.is_there(at) for line in self.lines)
        return Quorum(self.council, present, len(self.lines), self.rules.quorum(len(self.lines)))

    def there(self, at: datetime) -> list[Line]:
        return [line for line in self.lines if line.is_there(at)]

    def chair(self) -> Line | None:
        return next((line for line in self.lines if line.office == Office.Kind.CHAIR), None)

    @property
    def called(self) -> int:
        return sum(bool(line.mark) for line in self.lines)

    @property
    def uncalled(self) -> list[Line]:
        return [line for line in self.lines if not line.mark]


def rolls(meeting: Meeting) -> list[Roll]:
    """The roll of each council that meets. Five queries, however many councils and members."""
    day = meeting.held_on
    rules = regulation.in_force(day)
    councils = list(meeting.councils.select_related("neighbourhood").by_name())
    found = {council.pk: Roll(council, rules) for council in councils}
    called = {row.membership_id: row for row in meeting.attendances.all()}
    offices = {
        (row.council_id, row.person_id): row.kind
        for row in Office.objects.held(day).filter(council__in=councils).by_rank().reverse()
    }
    members = Membership.objects.held(day).filter(seat__term__council__in=councils)
    for row in members.select_related("person", "seat__term").by_name():
        council_id = row.seat.term.council_id
        office = offices.get((council_id, row.person_id), "")
        found[council_id].lines.append(Line(row, called.get(row.pk), office))
    return list(found.values())


def roll_of(meeting: Meeting, council: Council) -> Roll:
    return next(roll for roll in rolls(meeting) if roll.council.pk == council.pk)


def quorum(meeting: Meeting, council: Council, at: datetime) -> Quorum:
    """The council's quorum in the meeting at a moment, as arrivals and departures make it. Five queries."""
    return roll_of(meeting, council).quorum(at)


def moment_of(meeting: Meeting, now: datetime) -> datetime:
    """The moment the room shows: now, and the last one of the meeting when it is over."""
    return min(meeting.closed_at, now) if meeting.closed_at else now


# --- what every change begins and ends with ---------------------------------------------------------------------------


def is_signed(meeting: Meeting) -> bool:
    return Minutes.objects.filter(meeting=meeting, signed_at__isnull=False).exists()


def begin(
    meeting: Meeting, now: datetime, correction: str, *, needs_open: bool = True, may_be_closed: bool = False
) -> Meeting:
    """The meeting's row, locked, in which something may be written now; RoomRefused says why not."""
    row = lock_meeting(meeting.pk)
    if row.event.published_at is None or row.event.cancelled_at is not None:
        raise RoomRefused(_("Only an announced meeting has a record."))
    if row.held_on > timezone.localdate(now):
        raise RoomRefused(
            _("The record opens on the day of the meeting, %(day)s.")
            % {"day": latvian.day(row.held_on, timezone.localdate(now))}
        )
    if needs_open and row.opened_at is None:
        raise RoomRefused(_("Open the meeting first."))
    if is_signed(row):
        raise RoomRefused(_("The minutes are signed, so the record does not change any more."))
    if row.closed_at is not None and not may_be_closed and not correction.strip():
        raise RoomRefused(_("The meeting is closed. Say why you correct the record."))
    return row


Row = TypeVar("Row", bound=models.Model)


def revise(row: Row, seen: int, values: dict[str, Any], counter: str = "revision") -> dict[str, Any] | None:
    """Write `values` into the row; what stood there before, or None when they stood there already.

    Raises Overtaken when the row is not the one that was seen. The caller holds the meeting's lock.
    """
    before = {name: getattr(row, name) for name in values}
    if row.pk and before == values:
        return None
    if getattr(row, counter) != seen:
        raise Overtaken(row if row.pk else None)
    for name, value in values.items():
        setattr(row, name, value)
    setattr(row, counter, seen + 1)
    check(row, RoomRefused)
    row.save()
    return before


def record(
    *,
    meeting: Meeting,
    verb: str,
    by: User | None,
    now: datetime,
    before: Any,
    after: Any,
    correction: str,
    item: AgendaItem | None = None,
    person: Person | None = None,
) -> None:
    """The change of the meeting, or of an item of it, in the audit log; a correction stands there with its reason."""
    details = {"before": before, "after": after}
    if correction.strip():
        details |= {"reason": correction.strip(), "corrected": verb}
        verb = "correct_record"
    people.record(by=by, verb=verb, target=item or meeting, now=now, on_behalf_of=person, details=details)


def minute(at: datetime) -> datetime:
    """Clocks are written down to the minute: what lies in the same minute is not out of order."""
    return at.replace(second=0, microsecond=0)


def refuse_future(at: datetime | None, now: datetime) -> None:
    """A phone's clock may run a minute ahead of ours."""
    if at is not None and at > now + timedelta(minutes=2):
        raise RoomRefused(_("This time has not come yet: %(time)s.") % {"time": latvian.clock(at)})


# --- the meeting itself -----------------------------------------------------------------------------------------------


@transaction.atomic
def open_meeting(
    *, meeting: Meeting, leader: Person, minute_taker: Person, opened_at: datetime, by: User | None, now: datetime
) -> Meeting:
    """The meeting begins. Opening it again with the same words changes nothing; with others it is refused.

    Leader and minute taker need not be members: the first meeting is led by the head of the election commission (§22),
    a yearly one (§36) by the administration.
    """
    row = begin(meeting, now, "", needs_open=False)
    values = {"opened_at": opened_at, "leader": leader, "minute_taker": minute_taker}
    if row.opened_at is not None:
        if {name: getattr(row, name) for name in values} == values:
            return row
        raise RoomRefused(_("The meeting was already opened at %(time)s.") % {"time": latvian.clock(row.opened_at)})
    refuse_future(opened_at, now)
    _refuse_other_day(row, opened_at)
    for name, value in values.items():
        setattr(row, name, value)
    check(row, RoomRefused)
    row.save()
    record(meeting=row, verb="open_meeting", by=by, now=now, before=None, after=values, correction="")
    return row


def _refuse_other_day(meeting: Meeting, at: datetime) -> None:
    """The meeting of a day may end after midnight, but not begin before its day."""
    if not 0 <= (timezone.localdate(at) - meeting.held_on).days <= 1:
        raise RoomRefused(
            _("The meeting is on %(day)s.") % {"day": latvian.number_date(meeting.held_on)}  # as tables have it
        )


@transaction.atomic
def write_head(
    *,
    meeting: Meeting,
    seen: int,
    residents_present: int | None,
    others_present: str,
    leader: Person,
    minute_taker: Person,
    opened_at: datetime,
    by: User | None,
    now: datetime,
    closed_at: datetime | None = None,
    correction: str = "",
) -> Meeting:
    """Who else was there and who leads: residents as a number (domain rule: never their names), invited officials and
    guests by name. `closed_at` moves the end of a closed meeting and means nothing before."""
    row = begin(meeting, now, correction)
    values: dict[str, Any] = {
        "residents_present": residents_present,
        "others_present": others_present,
        "leader": leader,
        "minute_taker": minute_taker,
        "opened_at": opened_at,
    }
    if row.closed_at is not None and closed_at is not None:
        values["closed_at"] = closed_at
    for at in (opened_at, closed_at):
        if at is not None:
            refuse_future(at, now)
            _refuse_other_day(row, at)
    was_closed = row.closed_at
    before = revise(row, seen, values, "room_revision")
    if before is None:
        return row
    if was_closed is not None or _votes(row):
        _refuse_votes_outside(row)
    after = {name: value for name, value in values.items() if before[name] != value}
    before = {name: before[name] for name in after}
    record(meeting=row, verb="write_head", by=by, now=now, before=before, after=after, correction=correction)
    return row


def _votes(meeting: Meeting) -> list[datetime]:
    rows = AgendaItem.objects.filter(meeting=meeting, resolutions__voted_at__isnull=False)
    return [at for at in rows.values_list("resolutions__voted_at", flat=True) if at is not None]


def _refuse_votes_outside(meeting: Meeting) -> None:
    """Every vote lies between the opening and the close."""
    assert meeting.opened_at is not None
    moments = sorted([*_votes(meeting), *([meeting.closed_at] if meeting.closed_at else [])])
    if moments and moments[0] < minute(meeting.opened_at):
        raise RoomRefused(_("The meeting opens before its first vote and its end."))
    if meeting.closed_at and minute(moments[-1]) > meeting.closed_at:
        raise RoomRefused(_("The meeting ends after its last vote."))


@transaction.atomic
def close_meeting(*, meeting: Meeting, closed_at: datetime, by: User | None, now: datetime) -> Meeting:
    """The meeting ends, and with it the roll call: absences are looked through (§32).

    Whoever is not marked, and a resolution without its vote, keep it open: the record must be whole. What became of an
    item that nobody said so of follows from the record (see `ends`). Closing twice changes nothing.
    """
    row = begin(meeting, now, "", may_be_closed=True)
    if row.closed_at is not None:
        return row
    refuse_future(closed_at, now)
    _refuse_other_day(row, closed_at)
    if uncalled := [str(line.membership.person) for roll in rolls(row) for line in roll.uncalled]:
        raise RoomRefused(_("Say first who was there: %(names)s.") % {"names": ", ".join(uncalled)})
    if open_votes := AgendaItem.objects.filter(meeting=row, resolutions__voted_at=None).exclude(resolutions=None):
        titles = ", ".join(open_votes.order_by("position").values_list("title", flat=True).distinct())
        raise RoomRefused(_("A resolution waits for its vote: %(items)s. Vote on it or delete it.") % {"items": titles})
    row.closed_at = closed_at
    _refuse_votes_outside(row)
    check(row, RoomRefused)
    row.save()
    for item, outcome in ends(row):
        AgendaItem.objects.filter(pk=item.pk).update(outcome=outcome, revision=models.F("revision") + 1)
    record(
        meeting=row, verb="close_meeting", by=by, now=now, before=None, after={"closed_at": closed_at}, correction=""
    )
    absences.review(meeting=row, by=by, now=now)
    return row


def ends(meeting: Meeting) -> list[tuple[AgendaItem, str]]:
    """What becomes, at the close, of the items of which nobody said it: discussed when something was written on it or
    on a part of it; else moved to the next meeting, but for those that every agenda has. One query."""
    hangs = [
        models.Exists(rows.filter(item=models.OuterRef("pk")))
        for rows in (Resolution.objects.all(), Task.objects.all())
    ]
    items = list(meeting.agenda.annotate(has_more=hangs[0] | hangs[1]).order_by("-position"))
    touched = {item.pk for item in items if item.notes or item.outcome or item.has_more}
    for item in items:  # from the last to the first: a part stands after what it is part of
        if item.pk in touched and item.parent_id:
            touched.add(item.parent_id)
    found: list[tuple[AgendaItem, str]] = []
    for item in reversed(items):
        if item.outcome:
            continue
        if item.pk in touched:
            found.append((item, AgendaItem.Outcome.DISCUSSED.value))
        elif item.kind not in (AgendaItem.Kind.PREVIOUS, AgendaItem.Kind.APPROVAL):
            found.append((item, AgendaItem.Outcome.POSTPONED.value))
    return found


# --- roll call --------------------------------------------------------------------------------------------------------


def _line(meeting: Meeting, membership: Membership) -> Membership:
    """The membership, when it is one of a council that meets, on the day."""
    members = Membership.objects.held(meeting.held_on).filter(seat__term__council__meetings=meeting)
    row = members.select_related("person", "seat__term__council").filter(pk=membership.pk).first()
    if row is None:
        raise RoomRefused(_("%(person)s is no member of this council on that day.") % {"person": membership.person})
    return row


@transaction.atomic
def call(
    *,
    meeting: Meeting,
    membership: Membership,
    seen: int,
    mark: str,
    by: User | None,
    now: datetime,
    arrived_at: datetime | None = None,
    left_at: datetime | None = None,
    note: str = "",
    correction: str = "",
) -> Attendance:
    """One member of the roll: there, there remotely, excused, not excused; when somebody came later or left earlier.

    Times belong to who was there; with another mark they fall away. After the close it is a correction, and absences
    are looked through anew (§32).
    """
    row = begin(meeting, now, correction, needs_open=False)
    member = _line(row, membership)
    attendance = row.attendances.filter(membership=member).first() or Attendance(meeting=row, membership=member)
    is_there = mark in Attendance.HERE
    arrived_at, left_at = (arrived_at, left_at) if is_there else (None, None)
    values = {"mark": mark, "arrived_at": arrived_at, "left_at": left_at, "note": note}
    if not mark and row.closed_at is not None:
        raise RoomRefused(_("Say whether %(person)s was there.") % {"person": member.person})
    for at in (arrived_at, left_at):
        refuse_future(at, now)
    before = revise(attendance, seen, values)
    if before is None:
        return attendance
    _refuse_lost_ballots(row, attendance)
    record(
        meeting=row,
        verb="call_roll",
        by=by,
        now=now,
        before=before,
        after=values,
        correction=correction,
        person=member.person,
    )
    if row.closed_at is not None:
        absences.review(meeting=row, by=by, now=now)
    return attendance


def _refuse_lost_ballots(meeting: Meeting, attendance: Attendance) -> None:
    """Whoever voted was there: the roll does not contradict a closed vote."""
    cast = attendance.membership.ballots.filter(resolution__item__meeting=meeting, resolution__voted_at__isnull=False)
    for at in cast.values_list("resolution__voted_at", flat=True):
        if at is not None and not attendance.is_there(at):
            raise RoomRefused(
                _("%(person)s voted at %(time)s, so was there then. Correct the vote first.")
                % {"person": attendance.membership.person, "time": latvian.clock(at)}
            )


@transaction.atomic
def call_rest(*, meeting: Meeting, council: Council, mark: str, by: User | None, now: datetime) -> int:
    """Give all members of the council who are not marked yet the same mark; how many they were."""
    row = begin(meeting, now, "", needs_open=False)
    rest = roll_of(row, council).uncalled
    for line in rest:
        seen = line.attendance.revision if line.attendance else 0
        note = line.attendance.note if line.attendance else ""
        call(meeting=row, membership=line.membership, seen=seen, mark=mark, note=note, by=by, now=now)
    return len(rest)


# --- items ------------------------------------------------------------------------------------------------------------

WRITING_LASTS = timedelta(minutes=10)


@transaction.atomic
def write_item(
    *,
    item: AgendaItem,
    seen: int,
    notes: str,
    outcome: str,
    by: User | None,
    now: datetime,
    correction: str = "",
) -> AgendaItem:
    """The course of the discussion and what became of the item.

    Words are saved every few seconds while somebody types. The audit log has an entry for each writer and ten
    minutes, with what stood there before; a correction of a closed meeting always has its own.
    """
    meeting = begin(item.meeting, now, correction)
    row = item_of(meeting, item)
    before = revise(row, seen, {"notes": notes, "outcome": outcome})
    if before is None:
        return row
    after = {"notes": notes, "outcome": outcome}
    if meeting.closed_at is not None or not _is_writing(row, by, now):
        record(
            meeting=meeting,
            verb="write_item",
            by=by,
            now=now,
            before=before,
            after=after,
            correction=correction,
            item=row,
        )
    return row


def item_of(meeting: Meeting, item: AgendaItem) -> AgendaItem:
    """The item as it stands on the agenda now, with its number and whether it is public (`numbered`)."""
    row = next((row for row in meeting.agenda.numbered() if row.pk == item.pk), None)
    if row is None:
        raise RoomRefused(_("This item is no longer on the agenda."))
    return row


def _is_writing(item: AgendaItem, by: User | None, now: datetime) -> bool:
    """Is the last entry about this item's words this writer's own, and fresh?"""
    entries = AuditEntry.objects.filter(target=f"{item._meta.label}:{item.pk}", verb="write_item")
    last = entries.filter(at__gt=now - WRITING_LASTS).order_by("-at", "-pk").first()
    return last is not None and last.by_id == (by.pk if by else None)


@transaction.atomic
def recuse(
    *, item: AgendaItem, membership: Membership, reason: str, by: User | None, now: datetime, correction: str = ""
) -> Recusal:
    """A member keeps out of the item because of an own interest (§33): no vote in it, shown in the record.

    The member stays at the meeting and counts for its quorum (see `Roll.quorum`). Saying it again changes the reason.
    """
    meeting = begin(item.meeting, now, correction)
    row = item_of(meeting, item)
    member = _line(meeting, membership)
    recusal = row.recusals.filter(membership=member).first() or Recusal(item=row, membership=member)
    before = recusal.reason if recusal.pk else None
    if before == reason:
        return recusal
    if member.ballots.filter(resolution__item=row, resolution__voted_at__isnull=False).exists():
        raise RoomRefused(_("%(person)s has voted on this item. Correct the vote first.") % {"person": member.person})
    recusal.reason = reason
    check(recusal, RoomRefused)
    recusal.save()
    record(
        meeting=meeting,
        verb="recuse",
        by=by,
        now=now,
        before=before,
        after=reason,
        correction=correction,
        item=row,
        person=member.person,
    )
    return recusal


@transaction.atomic
def unrecuse(*, recusal: Recusal, by: User | None, now: datetime, correction: str = "") -> None:
    """The member takes part after all. Done twice it changes nothing."""
    meeting = begin(recusal.item.meeting, now, correction)
    row = Recusal.objects.select_related("item", "membership__person").filter(pk=recusal.pk).first()
    if row is None:
        return
    council = row.membership.seat.term.council_id
    if row.item.resolutions.filter(council=council, voted_at__isnull=False).exists() and not correction.strip():
        raise RoomRefused(_("The vote on this item is closed."))
    row.delete()
    record(
        meeting=meeting,
        verb="unrecuse",
        by=by,
        now=now,
        before=row.reason,
        after=None,
        correction=correction,
        item=row.item,
        person=row.membership.person,
    )


# --- tasks ------------------------------------------------------------------------------------------------------------


def next_position(rows: models.QuerySet) -> int:
    return (rows.aggregate(last=models.Max("position"))["last"] or 0) + 1


@transaction.atomic
def write_task(
    *,
    item: AgendaItem,
    position: int,
    seen: int,
    title: str,
    person: Person | None,
    owner: str,
    due_on: date | None,
    by: User | None,
    now: datetime,
    correction: str = "",
) -> Task:
    """What somebody takes home from the item: a member (`person`) or anybody (`owner`), by a day.

    `position` within the item names the task; `seen` 0 means that it is new there.
    """
    meeting = begin(item.meeting, now, correction)
    row = item_of(meeting, item)
    task = row.tasks.filter(position=position).first() or Task(item=row, position=position)
    values = {"title": title, "person": person, "owner": owner, "due_on": due_on}
    if person is None and not owner.strip():
        raise RoomRefused(_("Say who does it."))
    is_new = task.pk is None
    before = revise(task, seen, values)
    if before is not None:
        record(
            meeting=meeting,
            verb="write_task",
            by=by,
            now=now,
            before=None if is_new else before,
            after=values,
            correction=correction,
            item=row,
        )
    return task


@transaction.atomic
def drop_task(*, task: Task, by: User | None, now: datetime, correction: str = "") -> None:
    """Done twice it changes nothing."""
    meeting = begin(task.item.meeting, now, correction)
    row = Task.objects.filter(pk=task.pk).first()
    if row is None:
        return
    row.delete()
    record(
        meeting=meeting,
        verb="drop_task",
        by=by,
        now=now,
        before=task.title,
        after=None,
        correction=correction,
        item=task.item,
    )


@transaction.atomic
def finish_task(*, task: Task, done_on: date | None, by: User | None, now: datetime) -> Task:
    """The task is done, or (None) not done after all. It lives on after its meeting: neither the close nor the
    signature of the minutes is in the way. Said twice it is one change."""
    row = Task.objects.select_for_update(no_key=True, of=("self",)).select_related("item", "person").get(pk=task.pk)
    if done_on is not None:
        refuse_future_day(done_on, now, RoomRefused)
    if row.done_on == done_on:
        return row
    before, row.done_on = row.done_on, done_on
    row.save(update_fields=["done_on"])
    details = {"task": row.title, "before": before, "after": done_on}
    people.record(by=by, verb="finish_task", target=row.item, now=now, on_behalf_of=row.person, details=details)
    return row
