"""Who comes to an event: the list, somebody who phoned, a sign-up taken back, more seats."""

from datetime import date
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, Sum
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_safe

from councils import regulation
from councils.models import Council, Meeting
from councils.operations import announcements
from councils.permissions import can_run_meeting
from dashboard import filters
from dashboard.panel import operations as panel_operations
from dashboard.panel.forms.events import CapacityForm
from dashboard.panel.forms.lists import RsvpFilter
from dashboard.panel.forms.people import EnterRsvpForm
from dashboard.panel.page import coordinators_only, form_page, panel
from events import operations
from events.models import Answer, CheckIn, Event, Phase, Rsvp
from events.permissions import can_ask, can_enter_others, can_see_rsvps
from neighbourhoods.requests import form_view, posted
from people.permissions import can_coordinate

SECTION = "events"


@require_safe
def rsvp_list(request, pk):
    """Who comes and who waits, in order; contacts and changes are the coordinator's alone."""
    now = timezone.now()
    on = timezone.localdate(now)
    rows = Event.objects.with_seats().with_more().with_phase(now)
    event = get_object_or_404(rows.prefetch_related("neighbourhoods"), pk=pk)
    if not can_see_rsvps(request.user, event, on):
        raise PermissionDenied
    coordinates = can_coordinate(request.user)
    meeting = Meeting.objects.filter(event=event).with_state(now).first()
    counts_arrivals = event.published_at is not None and operations.door_opens_at(event) <= now
    rows = Rsvp.objects.filter(event=event).select_related("person__user", "entered_by__person").order_by("number")
    if counts_arrivals:
        rows = rows.prefetch_related(Prefetch("check_ins", CheckIn.objects.standing(), to_attr="standing"))
    if event.has_more:
        rows = rows.prefetch_related(Prefetch("answers", Answer.objects.in_order()), "services")
    if coordinates:
        rows = rows.prefetch_related("person__channels")
    asked = {name: request.GET.get(name, "") for name in RsvpFilter.FIELDS}
    filtered = filters.filter_rsvps(rows, asked)
    people = list(filtered.rows)
    active = [row for row in people if row.is_active]
    context = {
        "event": event,
        "meeting": meeting,
        "runs_it": can_run_meeting(request.user, meeting, on) if meeting else coordinates,
        "coordinates": coordinates,
        "filter": RsvpFilter(asked),
        "is_narrow": filtered.is_narrow,
        "coming": [row for row in active if row.state != Rsvp.State.WAITING],
        "queue": [row for row in active if row.state == Rsvp.State.WAITING],
        "cancelled": [row for row in people if not row.is_active],
        "by_phone": _by_phone(active) if coordinates and not filtered.is_narrow else _to_phone(request.user, event),
        "may_enter": can_enter_others(request.user, event, on) and event.takes_rsvps and event.phase == Phase.UPCOMING,
        "may_ask": can_ask(request.user, event, on),
        "has_more": event.has_more,
        "is_ahead": event.phase == Phase.UPCOMING,
        "is_open": event.phase in (Phase.DRAFT, Phase.UPCOMING, Phase.RUNNING),
        "has_door": event.phase not in (Phase.DRAFT, Phase.CANCELLED),
        "counts_arrivals": counts_arrivals,
        "attendance": operations.attendance(event) if counts_arrivals else None,
        "room": Council.objects.filter(meetings=meeting).select_related("neighbourhood").first() if meeting else None,
        "deadlines": _deadlines(meeting, on) if meeting and event.phase == Phase.DRAFT else None,
        "export_query": urlencode({"pasakums": event.pk, **filtered.chosen}),
        "today": on,
    }
    return panel(request, "rsvps", context, section=SECTION)


def _by_phone(rows: list[Rsvp]) -> list[Rsvp]:
    """Those of the sign-ups, read with their channels, whom no mail reaches."""
    return [
        row for row in rows if not any(way.kind == "email" and way.confirmed_at for way in row.person.channels.all())
    ]


def _to_phone(user, event: Event) -> list[Rsvp]:
    """Whom no mail reaches, whatever the list is narrowed to: for an officer, of those whom the officer entered."""
    rows = Rsvp.objects.filter(event=event).active().select_related("person").prefetch_related("person__channels")
    if not can_coordinate(user):
        rows = rows.filter(entered_by=user)
    return _by_phone(list(rows.order_by("number")))


def _can_cancel(user, rsvp: Rsvp, on: date) -> bool:
    """A coordinator; and an officer who prepares the event, of whom the officer entered."""
    return can_coordinate(user) or (rsvp.entered_by_id == user.pk and can_enter_others(user, rsvp.event, on))


def _deadlines(meeting: Meeting, on: date) -> announcements.Deadlines | None:
    """Until when a draft is sent and announced (§38); a working group never is."""
    if not announcements.is_owed(meeting):
        return None
    return announcements.deadlines(meeting.held_on, on, regulation.in_force(on))


@form_view
def rsvp_add(request, pk):
    """Sign up somebody who phoned or came by. A coordinator finds whom the portal knows; an officer enters a name."""
    event = get_object_or_404(Event.objects.with_seats().with_more(), pk=pk)
    if not can_enter_others(request.user, event, timezone.localdate()):
        raise PermissionDenied
    now = timezone.now()
    may_search = can_coordinate(request.user)
    form = EnterRsvpForm(posted(request), event=event, by=request.user, may_search=may_search, now=now)
    if request.method == "POST" and form.is_valid():
        try:
            rsvp = panel_operations.enter_and_rsvp(
                event=event,
                person=form.chosen,
                new_person=form.new_person(),
                is_namesake=form.is_namesake,
                by=request.user,
                now=now,
                **form.answers(),
            )
        except operations.RsvpRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            told = {"person": rsvp.person, "number": rsvp.number}
            if rsvp.rsvped_at != now:
                said = _("%(person)s has signed up already, number %(number)d. Nothing is changed.")
                messages.warning(request, said % told)
            elif rsvp.state == Rsvp.State.WAITING:
                messages.success(request, _("%(person)s is in the queue, number %(number)d.") % told)
            else:
                messages.success(request, _("%(person)s is signed up, number %(number)d.") % told)
            return redirect("dashboard:panel-rsvps", event.pk)
    lead = _("All seats are taken: the person gets a place in the queue.") if event.is_full else ""
    return form_page(
        request,
        form,
        section=SECTION,
        title=_("Add a sign-up"),
        crumb=event.title,
        written=[event.title],
        lead=lead,
        submit=pgettext("somebody else", "Sign up"),
        back=reverse("dashboard:panel-rsvps", args=[event.pk]),
    )


@form_view
def rsvp_cancel(request, pk):
    """Take a sign-up back: the person asked for it, or the organiser decides, which the person is told."""
    rsvp = get_object_or_404(Rsvp.objects.select_related("event", "person"), pk=pk)
    if not _can_cancel(request.user, rsvp, timezone.localdate()):
        raise PermissionDenied
    if request.method == "POST":
        asked = request.POST.get("reason") == "self"
        reason = Rsvp.CancelledFor.SELF if asked else Rsvp.CancelledFor.ORGANISER
        try:
            operations.cancel_rsvp(rsvp=rsvp, by=request.user, now=timezone.now(), reason=reason)
        except operations.RsvpRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The sign-up of %(person)s is cancelled.") % {"person": rsvp.person})
        return redirect("dashboard:panel-rsvps", rsvp.event_id)
    return panel(request, "rsvp_cancel", {"rsvp": rsvp}, section=SECTION)


@coordinators_only
@form_view
def capacity(request, pk):
    """More seats, or fewer; what is added is offered to the queue."""
    event = get_object_or_404(Event.objects.with_seats(), pk=pk)
    form = CapacityForm(posted(request), event=event)
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_event(event=event, by=request.user, now=timezone.now(), **form.cleaned_data)
        except operations.EventRefused as refusal:
            form.add_error(None if event.format == Event.Format.HYBRID else "capacity", str(refusal))
        else:
            offered = event.rsvps.filter(state=Rsvp.State.OFFERED).aggregate(n=Sum("party_size"))["n"] or 0
            messages.success(request, _("Saved. Seats offered to the queue now: %(count)d.") % {"count": offered})
            return redirect("dashboard:panel-rsvps", event.pk)
    lead = _("Taken: %(taken)d, waiting: %(waiting)d.") % {
        "taken": event.people_coming,
        "waiting": event.people_waiting,
    }
    return form_page(
        request,
        form,
        section=SECTION,
        title=_("Number of seats"),
        crumb=event.title,
        written=[event.title],
        lead=lead,
        submit=_("Save"),
        back=reverse("dashboard:panel-rsvps", args=[event.pk]),
    )
