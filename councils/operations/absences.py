"""Members who stay away without excuse (§32): cases that the council decides, and the dome's right to know.

The act: a member may be released for three absences in a row without a justified reason; the chair or the deputy tells
the dome within three working days. What it leaves open is decided here:

- Being there ends the row, and so does an excused absence: with a justified reason between them, the absences without
  one are not in a row.
- Meetings of the council count, alone or joint. A working group and the yearly meetings with the dome and of all
  councils (§35, §36) are no meetings of the council.
- A meeting whose roll call was not closed in the portal says nothing and is passed over; the page of a case shows the
  days on which it rests, so that people judge and not the count.
- "May": the portal raises a case and releases nobody. After "keep" the count begins anew.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from councils import regulation
from councils.models import AbsenceCase, Attendance, Meeting, Membership
from councils.operations import roster
from councils.operations.base import CouncilRefused, check, lock, refuse_future_day
from neighbourhoods import latvian
from people import operations as people
from people.models import User

COUNTED = (Meeting.Kind.COUNCIL, Meeting.Kind.JOINT)


class AbsenceRefused(CouncilRefused):
    """The case cannot be decided so; the text says why."""


def missed(rows: Iterable[Attendance], needed: int) -> list[Attendance]:
    """The first `needed` unexcused absences in a row among the marks of one member, oldest first; [] when none are."""
    row: list[Attendance] = []
    for attendance in rows:
        row = [*row, attendance] if attendance.mark == Attendance.Mark.UNEXCUSED else []
        if len(row) == needed:
            return row
    return []


def _marks(memberships: Iterable[Membership]) -> dict[int, list[Attendance]]:
    """What the closed roll calls of council meetings say of each member, oldest first. One query."""
    rows = Attendance.objects.filter(
        membership__in=memberships,
        meeting__closed_at__isnull=False,
        meeting__event__cancelled_at=None,
        meeting__kind__in=COUNTED,
    )
    found: dict[int, list[Attendance]] = {}
    for row in rows.exclude(mark="").select_related("meeting__event").order_by("meeting__event__starts_at", "pk"):
        found.setdefault(row.membership_id, []).append(row)
    return found


def _since(marks: list[Attendance], decided: AbsenceCase | None) -> list[Attendance]:
    """The marks after the last meeting of a decided case: what was forgiven is not counted again."""
    if decided is None:
        return marks
    last = decided.last_meeting.event.starts_at
    return [row for row in marks if row.meeting.event.starts_at > last]


@transaction.atomic
def review(*, meeting: Meeting, by: User | None, now: datetime) -> None:
    """After the roll call of the meeting is closed or corrected: raise the cases there are now, and withdraw those,
    not decided yet, that rested on a mark that was corrected.

    Locks the councils. A fixed number of queries, and one or two more for each case.
    """
    if meeting.kind not in COUNTED:
        return
    for council_id in meeting.councils.order_by("pk").values_list("pk", flat=True):
        lock(council_id)
    called = Attendance.objects.filter(meeting=meeting).exclude(mark="").values("membership")
    members = list(Membership.objects.filter(pk__in=called).select_related("person", "seat__term"))
    marks = _marks(members)
    cases = AbsenceCase.objects.filter(membership__in=members).select_related("last_meeting__event")
    decided = {case.membership_id: case for case in cases.exclude(decision="").order_by("decided_on", "pk")}
    waiting = {case.membership_id: case for case in cases.filter(decision="")}
    rules = regulation.in_force(meeting.held_on)
    for member in members:
        row = missed(_since(marks.get(member.pk, []), decided.get(member.pk)), rules["ABSENCES"])
        _keep_true(member, row, waiting.get(member.pk), by, now)


def _keep_true(
    member: Membership, row: list[Attendance], case: AbsenceCase | None, by: User | None, now: datetime
) -> None:
    """Make the member's waiting case, if any, rest on this row of absences."""
    last = row[-1].meeting_id if row else None
    if case is not None and case.last_meeting_id != last:
        details = {"before": {"raised_on": case.raised_on}}
        people.record(
            by=by, verb="withdraw_absence_case", target=case, now=now, on_behalf_of=member.person, details=details
        )
        case.delete()
        case = None
    if case is None and last is not None and member.ended_on is None:
        case = AbsenceCase(membership=member, last_meeting_id=last, raised_on=timezone.localdate(now))
        case.save()
        days = [attendance.meeting.held_on for attendance in row]
        people.record(
            by=by,
            verb="raise_absence_case",
            target=case,
            now=now,
            on_behalf_of=member.person,
            details={"after": {"absent_on": days}},
        )


def absences_of(case: AbsenceCase) -> list[Attendance]:
    """The unexcused absences up to the case's last meeting, oldest first: on what it rests. One query."""
    last = case.last_meeting.event.starts_at
    row: list[Attendance] = []
    for attendance in _marks([case.membership]).get(case.membership_id, []):
        if attendance.meeting.event.starts_at > last:
            break
        row = [*row, attendance] if attendance.mark == Attendance.Mark.UNEXCUSED else []
    return row


def inform_by(case: AbsenceCase, rules: regulation.Regulation) -> date | None:
    """The last day on which the dome is told of a release (§32); None for a member who stays."""
    if case.decision != AbsenceCase.Decision.RELEASED or case.decided_on is None:
        return None
    return rules.removal_notice_due_on(case.decided_on)


@transaction.atomic
def decide(*, case: AbsenceCase, decision: str, reason: str, by: User | None, now: datetime) -> AbsenceCase:
    """Keep the member or release them, with a reason. Deciding the same again changes nothing.

    A release ends the mandate with the day: the member still counts at a meeting that was held on it.
    Raises AbsenceRefused without a reason, when it was decided otherwise, and when the mandate has ended already.
    Locks the council.
    """
    lock(case.membership.seat.term.council_id)
    row = AbsenceCase.objects.select_related("membership__person", "membership__seat__term").get(pk=case.pk)
    if row.decision:
        if (row.decision, row.reason) == (decision, reason.strip()):
            return row
        decided_on = latvian.day(row.decided_on, timezone.localdate(now)) if row.decided_on else ""
        raise AbsenceRefused(_("This was decided on %(day)s.") % {"day": decided_on})
    row.decision, row.reason, row.decided_on = decision, reason.strip(), timezone.localdate(now)
    check(row, AbsenceRefused)
    row.save()
    people.record(
        by=by,
        verb="decide_absence_case",
        target=row,
        now=now,
        on_behalf_of=row.membership.person,
        details={"after": {"decision": decision, "reason": row.reason}},
    )
    if decision == AbsenceCase.Decision.RELEASED:
        roster.end_membership(
            membership=row.membership,
            ended_on=row.decided_on + timedelta(days=1),
            reason=Membership.EndReason.ABSENCES,
            source=row.reason,
            by=by,
            now=now,
        )
    return row


@transaction.atomic
def inform_dome(*, case: AbsenceCase, informed_on: date, by: User | None, now: datetime) -> AbsenceCase:
    """Write down when the dome was told of the release (§32).

    Raises AbsenceRefused for a member who stays, and for a day before the release or after today.
    """
    row = AbsenceCase.objects.select_for_update(of=("self",)).select_related("membership__person").get(pk=case.pk)
    if row.decision != AbsenceCase.Decision.RELEASED or row.decided_on is None:
        raise AbsenceRefused(_("Only a release is told to the municipal council (§32)."))
    if informed_on < row.decided_on:
        raise AbsenceRefused(_("The municipal council is informed after the release."))
    refuse_future_day(informed_on, now, AbsenceRefused)
    before, row.dome_informed_on = row.dome_informed_on, informed_on
    row.save(update_fields=["dome_informed_on"])
    people.record(
        by=by,
        verb="inform_dome",
        target=row,
        now=now,
        on_behalf_of=row.membership.person,
        details={"before": before, "after": informed_on},
    )
    return row
