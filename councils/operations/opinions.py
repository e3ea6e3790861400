"""The municipal council (dome) asks a council for its opinion: request, agenda item, opinion, sent (PL 58(2))."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from councils import files
from councils.models import AgendaItem, Council, Meeting, Office, OpinionRequest, Resolution
from councils.operations import agenda, matters
from councils.operations.announcements import coordinators
from councils.operations.base import CouncilRefused, lock_meeting, refuse_future_day, write
from notices import operations as notices
from people import operations as people
from people.models import Person, User


class OpinionRefused(CouncilRefused):
    """What was said of a request for an opinion cannot be; the text says why."""


def about(request: OpinionRequest) -> str:
    """What the ledger calls messages about a request."""
    return f"opinion:{request.pk}"


@transaction.atomic
def record_request(
    *,
    council: Council,
    title: str,
    received_on: date,
    due_on: date,
    by: User | None,
    now: datetime,
    text: str = "",
    upload: Any = None,
) -> OpinionRequest:
    """Write down what the dome asks, and by when; the council's officers are told. It opens a matter.

    Raises OpinionRefused for a day that has not come, a deadline before the request, and a file that is not taken.
    """
    refuse_future_day(received_on, now, OpinionRefused)
    row = OpinionRequest(council=council, title=title, text=text, received_on=received_on, due_on=due_on)
    if upload:
        try:
            row.file = files.store(upload, by=by, now=now)
        except files.FileRefused as refusal:
            raise OpinionRefused(str(refusal)) from refusal
    try:
        row.matter = matters.open_matter(councils=[council], title=title, by=by, now=now)
    except matters.MatterRefused as refusal:
        raise OpinionRefused(str(refusal)) from refusal
    write(row, OpinionRefused)
    details = {"after": {"received_on": received_on, "due_on": due_on, "text": text}}
    people.record(by=by, verb="record_opinion_request", target=row, now=now, details=details)
    held = Office.objects.held(timezone.localdate(now)).filter(council=council)
    told = Person.objects.filter(offices__in=held, erased_at=None).order_by("pk").distinct()
    _tell(row, "opinion_asked", told.values_list("pk", flat=True), by=by, now=now)
    return row


def _tell(row: OpinionRequest, kind: str, person_ids, *, by: User | None, now: datetime) -> None:
    mine = by.person.pk if by else None
    notices.plan_many(
        [(f"{kind}:{row.pk}:{pk}", pk) for pk in person_ids if pk != mine],
        kind=kind,
        about=about(row),
        now=now,
        data={"request": row.pk},
    )


def _lock(request: OpinionRequest) -> OpinionRequest:
    """The request, locked, while the opinion is not sent."""
    rows = OpinionRequest.objects.select_for_update(of=("self",), no_key=True)
    row = rows.select_related("council", "matter", "resolution").get(pk=request.pk)
    if row.sent_on:
        raise OpinionRefused(_("This opinion is already sent."))
    return row


def item_of(request: OpinionRequest) -> AgendaItem | None:
    """The agenda item on which the council deals with it: the latest that was neither put off nor withdrawn."""
    put_off = (AgendaItem.Outcome.POSTPONED, AgendaItem.Outcome.WITHDRAWN)
    rows = AgendaItem.objects.filter(matter=request.matter_id, kind=AgendaItem.Kind.OPINION)
    rows = rows.filter(meeting__event__cancelled_at=None).exclude(outcome__in=put_off)
    return rows.select_related("meeting__event").order_by("-meeting__event__starts_at", "-pk").first()


@transaction.atomic
def put_on_agenda(*, request: OpinionRequest, meeting: Meeting, by: User | None, now: datetime) -> AgendaItem:
    """The council deals with it at this meeting. Raises OpinionRefused for another council's meeting, one that is over
    or called off (MeetingRefused), and when it stands on an agenda already. Locks the meeting and the request."""
    target = lock_meeting(meeting.pk)
    row = _lock(request)
    agenda.refuse_closed(target, now)
    if not target.councils.filter(pk=row.council_id).exists():
        raise OpinionRefused(_("This meeting is another council’s."))
    known = item_of(row)
    if known is not None and not known.meeting.closed_at:
        raise OpinionRefused(_("It is on an agenda already."))
    item = agenda.append(target, kind=AgendaItem.Kind.OPINION, title=row.title, description=row.text, matter=row.matter)
    agenda.touch(target, now)
    details = {"after": {"meeting": target.pk, "item": item.pk}}
    people.record(by=by, verb="put_opinion_on_agenda", target=row, now=now, details=details)
    return item


@transaction.atomic
def write_opinion(
    *, request: OpinionRequest, opinion: str, by: User | None, now: datetime, resolution: Resolution | None = None
) -> OpinionRequest:
    """What the council thinks, in words, and the resolution by which it said so. The coordinators are told.

    Raises OpinionRefused for an empty opinion, another council's resolution or one not adopted, and after the sending.
    """
    row = _lock(request)
    if not opinion.strip():
        raise OpinionRefused(_("Write the opinion first."))
    if resolution is not None:
        if resolution.council_id != row.council_id:
            raise OpinionRefused(_("This resolution is another council’s."))
        if resolution.outcome != Resolution.Outcome.ADOPTED:
            raise OpinionRefused(_("The council did not adopt this resolution."))
    before = row.opinion
    row.opinion, row.resolution = opinion.strip(), resolution
    write(row, OpinionRefused)
    details = {"before": {"opinion": before}, "after": {"opinion": row.opinion, "resolution": row.resolution_id}}
    people.record(by=by, verb="write_opinion", target=row, now=now, details=details)
    _tell(row, "opinion_written", coordinators(timezone.localdate(now)), by=by, now=now)
    return row


@transaction.atomic
def send_opinion(*, request: OpinionRequest, sent_on: date, by: User | None, now: datetime) -> OpinionRequest:
    """The opinion went to the dome. Raises OpinionRefused without one, and for a day to come or before the request."""
    row = _lock(request)
    if not row.opinion:
        raise OpinionRefused(_("Write the opinion first."))
    refuse_future_day(sent_on, now, OpinionRefused)
    if sent_on < row.received_on:
        raise OpinionRefused(_("Nothing is answered before it is asked."))
    row.sent_on = sent_on
    write(row, OpinionRefused)
    details = {"after": {"sent_on": sent_on}}
    people.record(by=by, verb="send_opinion", target=row, now=now, details=details)
    return row
