"""Series of events: one form, its dates looked at before they are made, and what is left of it cancelled at once."""

from datetime import date, datetime

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from councils.working_days import is_holiday
from dashboard.panel.forms.series import SeriesCancelForm, SeriesForm
from dashboard.panel.page import coordinators_only, form_page, panel
from events import operations, series
from events.models import Event, EventSeries
from events.recurrence import words
from neighbourhoods import latvian
from neighbourhoods.requests import form_view, posted
from notices.models import Notice

SECTION = "events"


@coordinators_only
@form_view
def series_new(request):
    """First the dates are shown, days off among them named; then those that stay chosen are made."""
    now = timezone.now()
    action = request.POST.get("action", "")
    form = SeriesForm(posted(request), now=now, is_public=action == "publish")
    dates: list[dict] = []
    if request.method == "POST" and form.is_valid():
        chosen = request.POST.getlist("date") if form.was_seen else []
        dates = _dates(form, chosen if form.was_seen else None)
        if form.was_seen and action in ("publish", "draft"):
            picked = [row["day"] for row in dates if row["is_chosen"]]
            if row := _create(request, form, picked, now):
                return redirect("dashboard:panel-series", row.pk)
    context = {"form": form, "dates": dates, "back": reverse("dashboard:panel-events")}
    if dates:
        context |= {"rule": capfirst(words(form.rule)), "seen": f"{form.cleaned_data['day']:%Y%m%d};{form.rule}"}
    return panel(request, "event_series_form", context, section=SECTION)


def _dates(form: SeriesForm, chosen: list[str] | None) -> list[dict]:
    """Each date with what may speak against it. All are chosen at first, but for public holidays."""
    rows = []
    for day in form.dates:
        is_chosen = not is_holiday(day) if chosen is None else day.isoformat() in chosen
        rows.append({"day": day, "is_holiday": is_holiday(day), "is_chosen": is_chosen})
    return rows


def _create(request, form: SeriesForm, days: list[date], now: datetime) -> EventSeries | None:
    """The series, or None with the refusal in the form."""
    try:
        row = series.create_series(
            rule=form.rule,
            moments=[form.moments[day] for day in days],
            neighbourhoods=form.cleaned_data["neighbourhoods"],
            publish=form.is_public,
            by=request.user,
            now=now,
            **form.series_fields(),
        )
    except operations.EventRefused as refusal:
        form.add_error(None, str(refusal))
        return None
    made = ngettext("%(count)d date is made.", "%(count)d dates are made.", len(days)) % {"count": len(days)}
    messages.success(request, f"{made} {_told(row) if form.is_public else _('Nobody else sees them yet.')}")
    return row


def _told(row: EventSeries) -> str:
    waiting = Notice.objects.open().filter(about=series.about(row), kind="series_announced")
    count = operations.reached(waiting.values("person"))
    return ngettext(
        "%(count)d person gets one e-mail about all of them.",
        "%(count)d people get one e-mail each about all of them.",
        count,
    ) % {"count": count}


@coordinators_only
@form_view
def series_page(request, pk):
    """All dates of a series; POST shows its drafts to everybody."""
    row = get_object_or_404(EventSeries, pk=pk)
    now = timezone.now()
    if request.method == "POST":
        try:
            shown = series.publish_series(series=row, by=request.user, now=now)
        except operations.EventRefused as refusal:
            messages.error(request, str(refusal))
        else:
            said = ngettext("%(count)d date is published.", "%(count)d dates are published.", len(shown))
            messages.success(request, f"{said % {'count': len(shown)}} {_told(row) if shown else ''}".strip())
        return redirect("dashboard:panel-series", row.pk)
    events = list(row.events.with_seats().with_phase(now).order_by("starts_at", "pk"))
    context = {
        "series": row,
        "events": events,
        "title": events[0].title if events else str(row),
        "rule": capfirst(words(row.rule)),
        "drafts": sum(event.phase == "draft" and event.starts_at > now for event in events),
    }
    return panel(request, "event_series", context, section=SECTION)


def event_cancel(request, event: Event):
    """Cancel one date of a series, or this and all after it. The caller has asked whether this person may."""
    now = timezone.now()
    form = SeriesCancelForm(posted(request))
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        try:
            if form.cleaned_data["which"] == SeriesCancelForm.FOLLOWING:
                ended = series.cancel_following(event=event, by=request.user, now=now, reason=reason)
            else:
                ended = [operations.cancel_event(event=event, by=request.user, now=now, reason=reason)]
        except operations.EventRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            said = ngettext("%(count)d date is cancelled.", "%(count)d dates are cancelled.", len(ended))
            messages.success(request, f"{said % {'count': len(ended)}} {_('Everyone concerned is told.')}")
            return redirect("dashboard:panel-series", event.series_id)
    dates, following = series.count_concerned(event=event, now=now)
    alone = operations.count_concerned(event=event)
    form.explain(alone=alone, dates=dates, following=following)
    return form_page(
        request,
        form,
        section=SECTION,
        title=_("Cancel the event"),
        crumb=event.title,
        written=[event.title],
        lead=f"{event.title}, {latvian.when(event.starts_at, timezone.localdate(now))}.",
        submit=_("Cancel the event"),
        danger=True,
        back=reverse("dashboard:panel-series", args=[event.series_id]),
    )
