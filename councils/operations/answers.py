"""Before a meeting: who of the members comes, and a word in time when too few do (§23)."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from councils import regulation
from councils.answers import choices, sitting, takes_answers, tallies
from councils.models import Attendance, Council, Meeting, Membership, Office
from councils.operations.announcements import coordinators
from councils.operations.base import MeetingRefused, lock_meeting, write
from events import operations as events
from neighbourhoods.periods import moment_on
from notices import operations as notices
from people import operations as people
from people.models import User

WARN_FROM = time(9)  # on the day before


@transaction.atomic
def answer(*, meeting: Meeting, membership: Membership, answer: str, by: User | None, now: datetime) -> Attendance:
    """A member says "coming", "remote" or "not coming"; the last word counts. `by` is None behind a mailed link.

    Raises MeetingRefused when the meeting takes no answers any more, when it has no such way to come, and for somebody
    who does not sit in a council that meets on that day. Locks the meeting.
    """
    row = lock_meeting(meeting.pk)
    if not takes_answers(row, now):
        raise MeetingRefused(_("This meeting takes no answers any more."))
    if answer not in dict(choices(row)):
        raise MeetingRefused(_("Choose one of the answers."))
    member = sitting(row).filter(pk=membership.pk).select_related("person").first()
    if member is None:
        raise MeetingRefused(_("Only members of the council answer this."))
    attendance = row.attendances.filter(membership=member).first() or Attendance(meeting=row, membership=member)
    if attendance.answer == answer:
        return attendance
    before, attendance.answer, attendance.answered_at = attendance.answer, answer, now
    write(attendance, MeetingRefused)
    if by is not None and by.pk != member.person.user_id:
        people.record(
            by=by,
            on_behalf_of=member.person,
            verb="answer_meeting",
            target=row,
            now=now,
            details={"before": before, "after": answer},
        )
    return attendance


# --- a word in time ---------------------------------------------------------------------------------------------------


def warn_of_quorum(*, now: datetime) -> None:
    """From nine o'clock on the day before a meeting, tell the chair and the coordinators, once, when fewer members of a
    council said that they come than it takes to decide. A working group decides nothing."""
    today = timezone.localdate(now)
    ends = moment_on(today + timedelta(days=2))
    if timezone.localtime(now).time() < WARN_FROM:
        ends -= timedelta(days=1)
    ahead = Meeting.objects.upcoming(now).filter(event__starts_at__gt=now, event__starts_at__lt=ends, opened_at=None)
    rules = regulation.in_force(today)
    for meeting in ahead.exclude(kind=Meeting.Kind.WORKING_GROUP).select_related("event"):
        for tally in tallies(meeting, rules):
            if tally.members and not tally.is_enough:
                _warn(meeting, tally.council, now)


def _warn(meeting: Meeting, council: Council, now: datetime) -> None:
    today = timezone.localdate(now)
    told = {*_chairs(council, today), *coordinators(today)}
    mark = f"{meeting.pk}:{council.pk}:{meeting.event.start_stamp}"
    notices.plan_many(
        [(f"quorum_at_risk:{mark}:{pk}", pk) for pk in sorted(told)],
        kind="quorum_at_risk",
        about=events.about(meeting.event),
        now=now,
        expires_at=meeting.event.starts_at,
        data={"meeting": meeting.pk, "council": council.pk, "stamp": meeting.event.start_stamp},
    )


def _chairs(council: Council, on) -> Iterable[int]:
    """The chair; the deputy where there is no chair."""
    held = Office.objects.held(on).filter(council=council)
    kinds = Q(kind=Office.Kind.CHAIR) | Q(kind=Office.Kind.DEPUTY_CHAIR)
    rows = list(held.filter(kinds).by_rank().values_list("person_id", flat=True))
    return rows[:1]
