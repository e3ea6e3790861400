"""The announcement of a meeting (§38): the text, where and when it was published, and the proof of both."""

from datetime import date, datetime

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from councils import operations, regulation
from councils.documents import announcement as document
from councils.models import Announcement, Meeting
from councils.operations import announcements
from councils.operations import meetings as meeting_operations
from dashboard.panel.agenda import OPEN, load
from dashboard.panel.forms.announcements import PublicationForm, SendForm
from dashboard.panel.page import panel
from people.permissions import can_coordinate

SECTION = "events"
PUBLICATION = "publicets_%s"  # ids of the fields: both forms ask why something is late


@require_safe
def announcement(request, pk):
    return _page(request, load(request, pk), timezone.now())


def _page(request, meeting: Meeting, now: datetime, *, send_form=None, publication_form=None):
    """The deadlines, the text that stands or would be sent, and every text before it."""
    today = timezone.localdate(now)
    history = list(
        meeting.announcements.select_related("sent_by__person", "recorded_by__person").order_by("-sent_at", "-pk")
    )
    days = {today, meeting.held_on, *(day for row in history for day in _days_of(row))}
    rules = dict(zip(days, regulation.on_days(*days), strict=True))
    deadlines = announcements.deadlines(meeting.held_on, today, rules[today])
    newest = next((row for row in history if row.replaced_at is None), None)
    fresh = document.text(meeting, rules[meeting.held_on])
    is_open = meeting.state in OPEN  # type: ignore[attr-defined]
    may_send = is_open and announcements.is_owed(meeting) and (newest is None or newest.text != fresh)
    standing = [row for row in history if row.voided_at is None]
    context = {
        "meeting": meeting,
        "event": meeting.event,
        "is_open": is_open,
        "is_owed": announcements.is_owed(meeting),
        "deadlines": deadlines,
        "newest": newest,
        "fresh": fresh,
        "may_send": may_send,
        "is_outdated": may_send and newest is not None,
        "form": send_form or publication_form,  # the one with errors, for the page's title
        "send_form": send_form or SendForm(is_late=deadlines.is_late_to_send and not standing),
        "publication_form": publication_form or PublicationForm(initial=_recorded(newest, today), auto_id=PUBLICATION),
        "coordinates": can_coordinate(request.user),
        "history": [_proof(row, rules) for row in history],
        "today": today,
    }
    return panel(request, "announcement", context, section=SECTION)


def _recorded(row: Announcement | None, today) -> dict:
    if row is None or row.published_on is None:
        return {"published_on": today}
    return {"published_on": row.published_on, "url": row.published_url, "late_because": row.published_late_because}


def _days_of(row: Announcement) -> tuple[date, date]:
    """When it was sent, and when it was published; until then, the day of sending again."""
    sent_on = timezone.localdate(row.sent_at)
    return sent_on, row.published_on or sent_on


def _proof(row: Announcement, rules: dict[date, regulation.Regulation]) -> dict:
    """One text with the days it kept to, or not: by the regulation as it stood when it was sent, and published."""
    sent_on, published_on = _days_of(row)
    sending = announcements.deadlines(row.meeting_on, sent_on, rules[sent_on])
    publishing = announcements.deadlines(row.meeting_on, published_on, rules[published_on])
    return {
        "row": row,
        "send_by": sending.send_by,
        "announce_by": publishing.announce_by,
        "was_sent_late": sending.is_late_to_send,
        "was_published_late": row.published_on is not None and publishing.is_late_to_announce,
        "is_whole": document.sha256(row.text) == row.sha256,
    }


@require_POST
def announcement_send(request, pk):
    meeting = load(request, pk)
    now = timezone.now()
    today = timezone.localdate(now)
    days = announcements.deadlines(meeting.held_on, today, regulation.in_force(today))
    form = SendForm(request.POST, is_late=days.is_late_to_send and not meeting.announcements.standing().exists())
    if form.is_valid():
        try:
            announcements.send_to_administration(
                meeting=meeting, by=request.user, now=now, late_because=form.cleaned_data.get("late_because", "")
            )
        except operations.MeetingRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(
                request, _("Sent to the administration. The coordinators have it as a task and by e-mail.")
            )
            return redirect("dashboard:panel-announcement", meeting.pk)
    return _page(request, meeting, now, send_form=form)


@require_POST
def announcement_record(request, pk):
    """The coordinator writes down where the municipality's site has it; the portal shows the meeting from then on."""
    meeting = load(request, pk)
    if not can_coordinate(request.user):
        raise PermissionDenied
    now = timezone.now()
    newest = announcements.newest(meeting)
    if newest is None:
        raise Http404
    form = PublicationForm(request.POST, auto_id=PUBLICATION)
    if form.is_valid():
        try:
            meeting_operations.record_publication(announcement=newest, by=request.user, now=now, **form.cleaned_data)
        except operations.MeetingRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("dashboard:panel-announcement", meeting.pk)
    return _page(request, meeting, now, publication_form=form)


@never_cache
@require_safe
def announcement_file(request, pk, ending):
    """The text as it was sent, plain or as HTML, to be put on the municipality's site."""
    meeting = load(request, pk)
    newest = announcements.newest(meeting)
    if newest is None:
        raise Http404
    content, kind = (newest.text, "plain") if ending == "txt" else (document.html(newest.text), "html")
    name = f"sede-{newest.meeting_on:%Y-%m-%d}.{ending}"
    return HttpResponse(
        content,
        content_type=f"text/{kind}; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"},
    )
