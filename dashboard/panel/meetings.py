"""Meetings and other events: one form each, copied in two clicks, moved and cancelled with everybody told once."""

from datetime import date, datetime, timedelta
from typing import cast
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.http import QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from councils import operations, permissions, regulation
from councils.models import COUNCILS, Council, CouncilState, Meeting, Minutes
from councils.operations import agenda, announcements
from councils.operations import meetings as meeting_operations
from dashboard import filters
from dashboard.panel import series, worklist
from dashboard.panel.forms.events import CancelForm, EventForm, MeetingForm, MinutesForm, SeriesForm
from dashboard.panel.forms.lists import EventFilter, MeetingFilter
from dashboard.panel.page import (
    coordinators_only,
    form_page,
    officers_councils,
    page_of,
    panel,
    query_without_page,
    to_copy,
)
from events import operations as events
from events.models import Event
from events.recurrence import Recurrence, Unit
from neighbourhoods import latvian
from neighbourhoods.requests import form_view, posted
from notices.models import Notice
from people.permissions import can_coordinate

SECTION = "events"
HALF_A_YEAR = timedelta(days=183)


def _meeting(request, pk) -> Meeting:
    """The meeting, for who may run it; the others learn that they may not."""
    meeting = get_object_or_404(Meeting.objects.with_state(timezone.now()).select_related("event"), pk=pk)
    if not permissions.can_run_meeting(request.user, meeting, timezone.localdate()):
        raise PermissionDenied
    return meeting


def _event(pk) -> Event:
    """An event that is no council meeting."""
    return get_object_or_404(Event, pk=pk, meeting=None)


def _councils_to_meet(user):
    """Councils for which this person may call a meeting: all for the coordinator, the own ones for an officer."""
    if can_coordinate(user):
        return Council.objects.select_related("neighbourhood").by_name()
    return officers_councils(user)


def _publishes(request, event: Event | None) -> bool:
    """Is the event public, or is it to become so by this form?"""
    return bool(event and event.published_at) or request.POST.get("action") == "publish"


def _told(event: Event, *kinds: str) -> int:
    """How many people a message of the kinds is going to reach about the event; who has no address is phoned."""
    waiting = Notice.objects.open().filter(about=events.about(event), kind__in=kinds)
    return events.reached(waiting.values("person"))


def _say_published(request, event: Event) -> None:
    count = _told(event, "event_announced", "meeting_call")
    told = ngettext("%(count)d person is told by e-mail.", "%(count)d people are told by e-mail.", count)
    messages.success(request, f"{_('Published.')} {told % {'count': count}}")


# --- meetings ---------------------------------------------------------------------------------------------------------


@form_view
def meeting_new(request):
    """A meeting from nothing (`?padome=` names the council) or from an earlier one (`?kopet=`)."""
    now = timezone.now()
    councils = _councils_to_meet(request.user)
    if not councils and not can_coordinate(request.user):
        raise PermissionDenied
    copied = request.GET.get("kopet", "")
    source = _meeting(request, int(copied[:18])) if copied.isdecimal() else None
    form = MeetingForm(
        posted(request),
        councils=councils,
        rules=regulation.in_force(timezone.localdate(now)),
        now=now,
        is_public=_publishes(request, None),
        sends=_sends(request),
        coordinates=can_coordinate(request.user),
        initial=_copied(source, now) if source else _suggested(request, councils),
    )
    if _only_checks(request):
        form.only_days()
    elif request.method == "POST" and form.is_valid():
        try:
            meeting = _schedule(request, form, now, source)
        except operations.MeetingRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect("dashboard:panel-rsvps", meeting.event_id)
    context = {
        "form": form,
        "source": source,
        "coordinates": can_coordinate(request.user),
        "earlier": _earlier(councils) if source is None else [],
        "title": _("Copy of a meeting") if source else _("New meeting"),
        "back": reverse("dashboard:panel-events") if can_coordinate(request.user) else "",
    }
    return panel(request, "meeting_form", context, section=SECTION)


def _schedule(request, form: MeetingForm, now: datetime, like: Meeting | None) -> Meeting:
    """The new meeting: a draft, one sent to the administration, or an announced one."""
    with transaction.atomic():
        late_because = form.cleaned_data["announced_late_because"]
        meeting = operations.schedule_meeting(
            councils=form.cleaned_data["councils"],
            kind=form.cleaned_data["meeting_kind"],
            agenda=form.cleaned_data["agenda"],
            announced_late_because=late_because if form.is_public else "",
            publish=form.is_public,
            like=like,
            by=request.user,
            now=now,
            **form.event_fields(),
        )
        if form.sends:
            announcements.send_to_administration(meeting=meeting, by=request.user, now=now, late_because=late_because)
    if form.is_public:
        _say_published(request, meeting.event)
    else:
        messages.success(request, _say_sent() if form.sends else _("The draft is saved. Nobody else sees it yet."))
    return meeting


def _say_sent() -> str:
    return _("Sent to the administration. The coordinators have it as a task and by e-mail.")


def _only_checks(request) -> bool:
    """The button beside the day: show what choosing it means, save nothing."""
    return request.method == "POST" and request.POST.get("action") == "check"


def _sends(request) -> bool:
    return request.POST.get("action") == "send"


def _suggested(request, councils) -> dict:
    """The council of the address, and the items that every meeting after the first begins with."""
    slug = request.GET.get("padome", "")
    chosen = [council for council in councils if council.neighbourhood.slug == slug]
    initial: dict = {"councils": chosen} if chosen else {}
    if request.GET.get("veids") in Meeting.Kind.values:
        initial["meeting_kind"] = request.GET["veids"]
    if Meeting.objects.filter(councils__in=chosen or list(councils)).exists():
        initial["agenda"] = "\n".join(agenda.standard_titles().values())
    return initial


@require_safe
def deadlines(request):
    """What choosing a day means (§38), as a part of the form: for the script that shows it while one chooses."""
    if not can_coordinate(request.user) and not officers_councils(request.user).exists():
        raise PermissionDenied
    today = timezone.localdate()
    day = filters.Address({"diena": request.GET.get("diena", "")}).day("diena")
    found = announcements.deadlines(day, today, regulation.in_force(today)) if day else None
    return render(request, "dashboard/panel/_deadlines.html", {"deadlines": found})


def _earlier(councils) -> list[Meeting]:
    """The latest meeting of each council, to be copied. Three queries."""
    latest = Subquery(to_copy().filter(councils=OuterRef("pk")).values("pk")[:1])
    ids = councils.annotate(latest=latest).values_list("latest", flat=True)
    rows = Meeting.objects.filter(pk__in=[pk for pk in ids if pk]).select_related("event")
    return list(rows.prefetch_related(COUNCILS).order_by("-event__starts_at", "-pk"))


def _copied(meeting: Meeting, now: datetime) -> dict:
    """What the form of the next meeting begins with: council, place, seats, agenda; a month later, same weekday."""
    initial = MeetingForm(None, meeting=meeting, rules=regulation.AS_ADOPTED, now=now, is_public=False).initial
    initial["day"] = same_weekday_next_month(meeting.held_on, timezone.localdate(now))
    initial["councils"] = list(meeting.councils.all())
    initial["meeting_kind"] = Meeting.Kind.COUNCIL if meeting.kind == Meeting.Kind.JOINT else meeting.kind
    left_out = {"version", "announced_late_because", "opens_day", "opens_time"}
    return {name: value for name, value in initial.items() if name not in left_out}


def same_weekday_next_month(day: date, today: date) -> date:
    """The second Wednesday after a second Wednesday, the last after a fifth; months go by until it lies ahead."""
    return next(found for found in Recurrence(Unit.WEEKDAY).endless(day) if found > max(day, today))


@form_view
def meeting_edit(request, pk):
    """Change a draft or an announced meeting. Before people are told of a move, the page says how many."""
    meeting = _meeting(request, pk)
    now = timezone.now()
    if _is_past_change(meeting.event, now):
        return _to_read(request, meeting.event)
    on = timezone.localdate(now)
    form = MeetingForm(
        posted(request),
        meeting=meeting,
        rules=regulation.in_force(on),
        now=now,
        is_public=_publishes(request, meeting.event),
        sends=_sends(request),
        coordinates=can_coordinate(request.user),
    )
    telling = 0
    if _only_checks(request):
        form.only_days()
    elif request.method == "POST" and form.is_valid():
        members = operations.member_ids(meeting.councils.all(), on)
        telling = _asks_first(request, form, meeting.event, members)
        if not telling and _save_meeting(request, form, meeting, now):
            return redirect("dashboard:panel-rsvps", meeting.event_id)
    context = {
        "form": form,
        "meeting": meeting,
        "event": meeting.event,
        "telling": telling,
        "coordinates": can_coordinate(request.user),
        "title": meeting.event.title,
    }
    return panel(request, "meeting_form", context, section=SECTION)


def _is_past_change(event: Event, now: datetime) -> bool:
    """Would every change be refused: cancelled, or over?"""
    return event.cancelled_at is not None or (event.published_at is not None and event.ends_at <= now)


def _to_read(request, event: Event):
    """From the form of what can no longer be changed to the page where it is read."""
    messages.error(request, _("A cancelled or past event can no longer be changed."))
    return redirect("dashboard:panel-rsvps", event.pk)


def _asks_first(request, form: EventForm, event: Event, members=()) -> int:
    """How many would be told of this move, when nobody has agreed to it yet; 0: go on."""
    fields = form.event_fields()
    moves = any(fields[name] != getattr(event, name) for name in events.TOLD_WHEN_CHANGED)
    if not moves or event.published_at is None or request.POST.get("action") == "tell":
        return 0
    return events.count_concerned(event=event, also_tell=members)


def _save_meeting(request, form: MeetingForm, meeting: Meeting, now: datetime) -> bool:
    """Write the form and publish when that was asked; a refusal stands in the form."""
    publishes = form.is_public and not form.is_announced
    try:
        with transaction.atomic():
            changed = operations.change_meeting(
                meeting=meeting,
                agenda=form.new_agenda,
                announced_late_because=form.cleaned_data.get("announced_late_because") if publishes else None,
                move_reason=form.cleaned_data.get("move_reason", ""),
                seen=form.cleaned_data["version"],
                by=request.user,
                now=now,
                **form.event_fields(),
            )
            if publishes:
                changed = operations.publish_meeting(meeting=changed, by=request.user, now=now)
            elif form.sends:
                late_because = form.cleaned_data["announced_late_because"]
                announcements.send_to_administration(
                    meeting=changed, by=request.user, now=now, late_because=late_because
                )
    except operations.MeetingRefused as refusal:
        _show_refusal(form, refusal, Event.objects.get(pk=meeting.event_id))
        return False
    if publishes:
        _say_published(request, changed.event)
    elif form.sends:
        messages.success(request, _say_sent())
    else:
        _say_changed(request, changed.event)
        _say_outdated(request, changed)
    return True


def _say_outdated(request, meeting: Meeting) -> None:
    """What was sent says something else by now: whoever changed it sends the new text, or lets the old one stand."""
    sent = announcements.newest(meeting)
    if sent is not None and announcements.is_outdated(meeting, sent):
        text = _("What was sent to the administration says something else. Open “Announcement” and send the new text.")
        messages.warning(request, text)


def _show_refusal(form: EventForm, refusal: Exception, fresh: Event) -> None:
    """Put the refusal above the form; when somebody else was quicker, sending it again counts as having looked."""
    form.add_error(None, str(refusal))
    data = cast(QueryDict, form.data).copy()
    data["version"] = fresh.changed_at.isoformat()
    form.data = data


def _say_changed(request, event: Event) -> None:
    count = _told(event, "event_moved")
    told = ngettext("%(count)d person is told by e-mail.", "%(count)d people are told by e-mail.", count)
    messages.success(request, f"{_('Saved.')} {told % {'count': count}}" if count else _("Saved."))


@form_view
def meeting_series(request, pk):
    """Drafts like this meeting, every so many weeks or months. First the days are shown, then those chosen are made."""
    meeting = _meeting(request, pk)
    if meeting.event.cancelled_at:
        return _to_read(request, meeting.event)
    now = timezone.now()
    today = timezone.localdate(now)
    form = SeriesForm(posted(request), initial={"until": max(meeting.held_on, today) + HALF_A_YEAR})
    days: list[dict] = []
    if request.method == "POST" and form.is_valid():
        first = meeting.held_on
        days = _series(meeting, meeting_operations.series_days(first, **form.cleaned_data), today)
        chosen = [row["day"] for row in days if row["day"].isoformat() in request.POST.getlist("day")]
        if not days:
            form.add_error("until", _("No day is found until then. Choose a later one."))
        elif request.POST.get("action") == "create":
            try:
                made = meeting_operations.schedule_series(meeting=meeting, days=chosen, by=request.user, now=now)
            except operations.MeetingRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                told = ngettext("%(count)d draft is made.", "%(count)d drafts are made.", len(made))
                messages.success(request, told % {"count": len(made)})
                return redirect("dashboard:panel-rsvps", meeting.event_id)
            for row in days:
                row["is_chosen"] = row["day"] in chosen
    context = {"form": form, "meeting": meeting, "event": meeting.event, "days": days}
    return panel(request, "series", context, section=SECTION)


def _series(meeting: Meeting, days: list[date], today: date) -> list[dict]:
    """Each day that lies ahead, with what speaks against it: a day off, or that the council meets on it already."""
    rules = regulation.in_force(today)
    same = Meeting.objects.filter(councils__in=meeting.councils.values("pk"), event__cancelled_at=None)
    taken = {row.held_on for row in same.select_related("event")}
    rows = []
    for day in days:
        if day > today:
            is_off, is_taken = not rules.is_working_day(day), day in taken
            rows.append({"day": day, "is_off": is_off, "is_taken": is_taken, "is_chosen": not is_off and not is_taken})
    return rows


@form_view
def meeting_cancel(request, pk):
    meeting = _meeting(request, pk)
    now = timezone.now()
    members = operations.member_ids(meeting.councils.all(), timezone.localdate(now))

    def cancel(reason):
        operations.cancel_meeting(meeting=meeting, by=request.user, now=now, reason=reason)

    return _cancel_page(request, meeting.event, _("Cancel the meeting"), members, cancel)


def _cancel_page(request, event: Event, title: str, members, cancel):
    """Ask for the reason and say how many will read it."""
    if event.cancelled_at:
        return _to_read(request, event)
    form = CancelForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            cancel(form.cleaned_data["reason"])
        except events.EventRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Cancelled. Everyone concerned is told."))
            return redirect("dashboard:panel-rsvps", event.pk)
    count = events.count_concerned(event=event, also_tell=members)
    lead = ngettext("%(count)d person will be told by e-mail.", "%(count)d people will be told by e-mail.", count)
    day = latvian.when(event.starts_at, timezone.localdate())
    return form_page(
        request,
        form,
        section=SECTION,
        title=title,
        crumb=event.title,
        written=[event.title],
        lead=f"{event.title}, {day}. {lead % {'count': count}}" if count else f"{event.title}, {day}.",
        submit=title,
        danger=True,
        back=reverse("dashboard:panel-rsvps", args=[event.pk]),
    )


@form_view
def meeting_minutes(request, pk):
    meeting = _meeting(request, pk)
    now = timezone.now()
    initial = {
        "sent_on": meeting.minutes_sent_on,
        "published_on": meeting.minutes_published_on,
        "url": meeting.minutes_url,
    }
    form = MinutesForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            operations.record_minutes(meeting=meeting, by=request.user, now=now, **form.cleaned_data)
        except operations.MeetingRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            is_listed = can_coordinate(request.user)
            return redirect(
                *(["dashboard:panel-minutes"] if is_listed else ["dashboard:panel-rsvps", meeting.event_id])
            )
    due_on = regulation.in_force(meeting.held_on).minutes_due_on(meeting.held_on)
    lead = _("Minutes are sent for publication %(until)s (§25).") % {"until": latvian.by(due_on, meeting.held_on)}
    context = {
        "form": form,
        "meeting": meeting,
        "minutes": Minutes.objects.filter(meeting=meeting).first(),
        "title": _("Minutes of the meeting of %(day)s")
        % {"day": latvian.day(meeting.held_on, timezone.localdate(now))},
        "crumb": meeting.event.title,
        "lead": lead,
        "back": reverse("dashboard:panel-rsvps", args=[meeting.event_id]),
    }
    return panel(request, "meeting_minutes", context, section="minutes")


@coordinators_only
@require_safe
def minutes_list(request):
    """Meetings that were held and their minutes; those without come first, and that is what the page shows at first."""
    now = timezone.now()
    params = (
        request.GET if request.GET.get("statuss") is not None else {**request.GET.dict(), "statuss": "bez-protokola"}
    )
    filtered = filters.filter_meetings(Meeting.objects.all(), params, now)
    rows = filtered.rows.select_related("event").prefetch_related(COUNCILS).order_by("-event__starts_at", "-pk")
    rules = regulation.in_force(timezone.localdate(now))
    page = page_of(request, rows)
    for row in page.object_list:
        row.minutes_due_on = rules.minutes_due_on(row.held_on)
    context = {
        "filter": MeetingFilter(params, on=timezone.localdate(now)),
        "page": page,
        "ignored": filtered.ignored,
        "query": query_without_page(request),
        "export_query": urlencode(filtered.chosen),
        "today": timezone.localdate(now),
    }
    return panel(request, "minutes", context, section="minutes")


# --- other events -----------------------------------------------------------------------------------------------------


@coordinators_only
@require_safe
def event_list(request):
    now = timezone.now()
    params = {"statuss": "gaidamie", **request.GET.dict()}
    filtered = filters.filter_events(Event.objects.all(), params, now)
    is_past = filtered.chosen.get("statuss") in ("bijusie", "atcelti")
    states = Meeting.objects.with_state(now).filter(event=OuterRef("pk")).values("state")
    rows = filtered.rows.with_seats().select_related("meeting").prefetch_related("neighbourhoods")
    rows = rows.annotate(meeting_state=Subquery(states))  # empty for what is no council's meeting
    context = {
        "filter": EventFilter(params, on=timezone.localdate(now)),
        "page": page_of(request, rows.order_by(*(["-starts_at", "-pk"] if is_past else ["starts_at", "pk"]))),
        "ignored": filtered.ignored,
        "query": query_without_page(request),
        "export_query": urlencode(filtered.chosen),
        "desk": (desk := worklist.read(now)),
        "yearly": _yearly(desk),
    }
    return panel(request, "events", context, section=SECTION)


def _yearly(desk: worklist.Desk) -> dict:
    """The meetings that are due once a year: of each council with the municipal council (§35), and the joint one of all
    (§36), each planned, held or missing. Two queries."""
    on = desk.today
    kinds = (Meeting.Kind.WITH_DOME, Meeting.Kind.YEARLY)
    found = Meeting.objects.with_state(desk.now).filter(kind__in=kinds, event__cancelled_at=None)
    found = found.filter(event__starts_at__year=on.year).select_related("event").prefetch_related("councils")
    meetings = list(found.order_by("event__starts_at", "pk"))
    with_dome = [row for row in meetings if row.kind == Meeting.Kind.WITH_DOME]
    return {
        "year": on.year,
        "joint": [row for row in meetings if row.kind == Meeting.Kind.YEARLY],
        "councils": [
            {"council": council, "meetings": [row for row in with_dome if council in row.councils.all()]}
            for council in desk.councils
            if council.state == CouncilState.WORKING
        ],
    }


@coordinators_only
@form_view
def event_new(request):
    now = timezone.now()
    form = EventForm(posted(request), now=now, is_public=_publishes(request, None))
    if request.method == "POST" and form.is_valid():
        try:
            event = events.create_event(
                neighbourhoods=form.cleaned_data["neighbourhoods"],
                publish=form.is_public,
                by=request.user,
                now=now,
                **form.event_fields(),
            )
        except events.EventRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            if form.is_public:
                _say_published(request, event)
            else:
                messages.success(request, _("The draft is saved. Nobody else sees it yet."))
            return redirect("dashboard:panel-rsvps", event.pk)
    context = {"form": form, "title": _("New event"), "back": reverse("dashboard:panel-events")}
    return panel(request, "meeting_form", context, section=SECTION)


@coordinators_only
@form_view
def event_edit(request, pk):
    event = _event(pk)
    now = timezone.now()
    if _is_past_change(event, now):
        return _to_read(request, event)
    form = EventForm(
        posted(request),
        event=event,
        now=now,
        is_public=_publishes(request, event),
        initial={"neighbourhoods": event.neighbourhoods.all()},
    )
    telling = 0
    if request.method == "POST" and form.is_valid():
        telling = _asks_first(request, form, event)
        if not telling and _save_event(request, form, event, now):
            return redirect("dashboard:panel-rsvps", event.pk)
    context = {"form": form, "event": event, "telling": telling, "title": event.title}
    return panel(request, "meeting_form", context, section=SECTION)


def _save_event(request, form: EventForm, event: Event, now: datetime) -> bool:
    publishes = form.is_public and event.published_at is None
    try:
        with transaction.atomic():
            changed = events.change_event(
                event=event,
                neighbourhoods=form.cleaned_data["neighbourhoods"],
                seen=form.cleaned_data["version"],
                by=request.user,
                now=now,
                **form.event_fields(),
            )
            if publishes:
                changed = events.publish_event(event=changed, by=request.user, now=now)
    except events.EventRefused as refusal:
        _show_refusal(form, refusal, Event.objects.get(pk=event.pk))
        return False
    if publishes:
        _say_published(request, changed)
    else:
        _say_changed(request, changed)
    return True


@coordinators_only
@form_view
def event_cancel(request, pk):
    event = _event(pk)
    if event.series_id:
        return series.event_cancel(request, event)
    now = timezone.now()

    def cancel(reason):
        events.cancel_event(event=event, by=request.user, now=now, reason=reason)

    return _cancel_page(request, event, _("Cancel the event"), (), cancel)
