"""The council's own room: what its members see of their council before everybody else does."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, F, OuterRef, Prefetch, Subquery
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from councils import answers, permissions, regulation
from councils.models import AbsenceCase, Council, Meeting, Membership, Office, Proposal, Question, Task
from councils.operations import absences, announcements
from dashboard.panel.page import panel, to_copy
from events.models import Event
from people.models import Person
from people.permissions import can_coordinate

MOST_TASKS = 20  # the rest comes when these are done


def _ahead(
    council: Council,
    rules: regulation.Regulation,
    now: datetime,
    members: list[Membership],
    *,
    runs: bool,
    coordinates: bool,
) -> list[Meeting]:
    """Meetings that are not over, each with its state, its deadlines, the members' answers, and whether this person
    runs it. `members` are all whose mandate lasts beyond today. Three queries."""
    others = Meeting.councils.through.objects.filter(meeting=OuterRef("pk")).exclude(council=council)
    rows = Meeting.objects.not_over(now).filter(councils=council).annotate(is_joint=Exists(others))
    rows = rows.with_state(now).with_notice()
    meetings = list(rows.prefetch_related(Prefetch("event", Event.objects.with_seats())))
    tallies = answers.tallies_of(council, meetings, rules, rows=members)
    for meeting in meetings:
        meeting.deadlines = announcements.deadlines(meeting.held_on, timezone.localdate(now), rules)
        meeting.tally = tallies[meeting.pk]
        meeting.runs = coordinates or (runs and not meeting.is_joint)  # as `can_run_meeting` has it
    return meetings


def _cases(user, council: Council, on: date, rules: regulation.Regulation) -> list[AbsenceCase]:
    """Members who stayed away (§32), each with `inform_by`, but not this person. One query."""
    rows = AbsenceCase.objects.of_council(council).open(on).select_related("membership__person")
    cases = [row for row in rows if row.membership.person_id != user.person.pk]
    for row in cases:
        row.inform_by = absences.inform_by(row, rules)
    return cases


def _asked_and_owed(council: Council, runs: bool) -> dict:
    """For who acts for the council: resolutions to be sent, questions of units, opinions that the dome waits for."""
    if not runs:
        return {}
    questions = Question.objects.filter(submission__councils=council, answered_at=None, submission__replied_on=None)
    return {
        "to_submit": council.resolutions.to_submit().select_related("item")[:5],
        "questions": questions.select_related("submission").order_by("asked_at", "pk"),
        "opinions": council.opinion_requests.filter(sent_on=None).order_by("due_on", "pk"),
    }


def council_tasks(council: Council, person: Person | None) -> list[Task]:
    """What members and others took home and is not done, the nearest day first; only this person's, when one is given.
    One query."""
    rows = Task.objects.filter(item__meeting__councils=council, done_on=None)
    if person is not None:
        rows = rows.filter(person=person)
    rows = rows.select_related("person", "item").order_by(F("due_on").asc(nulls_last=True), "pk")
    return list(rows[:MOST_TASKS])


@require_safe
def room(request, slug):
    """Next meetings with which members and how many others come, drafts, minutes to send, residents' proposals, what
    the council asked for, members; its officers run the meetings."""
    now = timezone.now()
    on = timezone.localdate(now)
    last = to_copy().filter(councils=OuterRef("pk")).values("pk")[:1]
    rows = Council.objects.select_related("neighbourhood").annotate(last_meeting=Subquery(last))
    council = get_object_or_404(rows, neighbourhood__slug=slug)
    coordinates = can_coordinate(request.user)
    offices = frozenset() if coordinates else permissions.offices_of(request.user, council, on)
    runs = coordinates or bool(offices)  # as `can_run_meetings` has it
    if not runs and not permissions.can_see_drafts(request.user, council, on):
        raise PermissionDenied
    rules = regulation.in_force(on)
    office = Office.objects.held(on).filter(council=council, person=OuterRef("person")).by_rank()
    lasting = Membership.objects.of_council(council).lasting_beyond(on).select_related("person")
    lasting = list(lasting.annotate(office=Subquery(office.values("kind")[:1])).by_name())
    ahead = _ahead(council, rules, now, lasting, runs=runs, coordinates=coordinates)
    awaited = list(Meeting.objects.filter(councils=council).awaiting_minutes(now).select_related("event"))
    for meeting in awaited:
        meeting.minutes_due_on = rules.minutes_due_on(meeting.held_on)
    tallies = {meeting.pk: meeting.tally for meeting in ahead}  # type: ignore[attr-defined]
    decides = coordinates or not offices.isdisjoint(permissions.DECIDE)
    context = {
        "council": council,
        "room": council,
        "runs": runs,
        "ahead": ahead,
        "calls": answers.calls_of(tallies, ahead, request.user.person, now),
        "proposals": list(Proposal.objects.filter(council=council).undecided().select_related("person"))
        if runs
        else [],
        "awaited": awaited,
        "cases": _cases(request.user, council, on, rules) if decides else [],
        "tasks": council_tasks(council, None if runs else request.user.person),
        "members": [row for row in lasting if row.started_on <= on],
        "submissions": council.submissions.with_state(on).select_related("matter").order_by("-pk")[:10],
        **_asked_and_owed(council, runs),
        "today": on,
    }
    return panel(request, "room", context, section="councils", counts=False)
