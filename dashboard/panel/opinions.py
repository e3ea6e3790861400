"""The municipal council asks councils for their opinion (PL 58(2)): requests, and the next step of each."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from councils import files, permissions
from councils.models import Council, Meeting, OpinionRequest, Resolution
from councils.operations import CouncilRefused, opinions
from dashboard.panel.forms import opinions as forms
from dashboard.panel.page import coordinators_only, form_page, page_of, panel, query_without_page
from neighbourhoods.requests import form_view, posted
from people.permissions import can_coordinate

SECTION = "submissions"


@coordinators_only
@require_safe
def opinion_list(request):
    """Those that wait first, by the day they are due."""
    rows = OpinionRequest.objects.select_related("council__neighbourhood")
    rows = rows.order_by(F("sent_on").desc(nulls_first=True), "due_on", "pk")
    context = {"page": page_of(request, rows), "query": query_without_page(request), "today": timezone.localdate()}
    return panel(request, "opinions", context, section=SECTION)


@coordinators_only
@form_view
def opinion_new(request):
    initial = {"received_on": timezone.localdate()}
    councils = Council.objects.select_related("neighbourhood").by_name()
    form = forms.RequestForm(posted(request), request.FILES or None, councils=councils, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            row = opinions.record_request(by=request.user, now=timezone.now(), **form.cleaned_data)
        except CouncilRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved. The council’s officers are told."))
            return redirect("dashboard:panel-opinion", row.pk)
    return form_page(
        request,
        form,
        section=SECTION,
        title=_("New request for an opinion"),
        lead=_("The municipal council asks a council before it changes what touches its residents (PL 58(2))."),
        submit=_("Save"),
        back=reverse("dashboard:panel-opinions"),
        crumb=_("Requests for opinions"),
    )


def _load(request, pk) -> OpinionRequest:
    rows = OpinionRequest.objects.select_related("council__neighbourhood", "matter", "resolution", "file")
    row = get_object_or_404(rows, pk=pk)
    if not permissions.can_give_opinion(request.user, row, timezone.localdate()):
        raise PermissionDenied
    return row


@form_view
def opinion(request, pk):
    """One request: put it on an agenda, write the opinion, send it; each by its own form, told apart by `step`."""
    row = _load(request, pk)
    now = timezone.now()
    item = opinions.item_of(row)
    steps = {} if row.sent_on else _forms(request, row, item, now)
    if request.method == "POST":
        step = steps.get(request.POST.get("step", ""))
        if step is None:
            messages.info(request, _("This is not possible any more, or not yet."))
            return redirect("dashboard:panel-opinion", pk)
        form, write, said = step
        if form.is_valid():
            try:
                write(request=row, by=request.user, now=now, **form.cleaned_data)
            except CouncilRefused as refusal:
                form.add_error(None, str(refusal))
            else:
                messages.success(request, said)
                return redirect("dashboard:panel-opinion", pk)
    context = {
        "request_row": row,
        "item": item,
        "steps": {name: form for name, (form, _write, _said) in steps.items()},
        "bound": next((form for form, _write, _said in steps.values() if form.is_bound), None),
        "back": _home(request, row),
        "today": timezone.localdate(now),
    }
    return panel(request, "opinion", context, section=SECTION)


def _home(request, row: OpinionRequest) -> str:
    if can_coordinate(request.user):
        return reverse("dashboard:panel-opinions")
    return reverse("dashboard:council-room", args=[row.council.neighbourhood.slug])


def _forms(request, row: OpinionRequest, item, now) -> dict:
    """The forms that fit now, with the operation that takes each and what is said after it."""

    def data(step):
        return request.POST if request.method == "POST" and request.POST.get("step") == step else None

    found: dict[str, tuple[Any, Any, str]] = {}
    form: Any
    if item is None or item.meeting.closed_at:
        ahead = Meeting.objects.not_over(now).filter(councils=row.council).select_related("event")
        if not row.opinion:
            form = forms.AgendaForm(data("agenda"), meetings=ahead)
            found["agenda"] = (form, opinions.put_on_agenda, _("It is on the agenda."))
    resolutions = Resolution.objects.filter(
        council=row.council, matter=row.matter_id, outcome=Resolution.Outcome.ADOPTED
    ).order_by("-voted_at", "-pk")
    latest = row.resolution or resolutions.first()
    initial = {"opinion": row.opinion or (latest.text if latest else ""), "resolution": latest}
    form = forms.OpinionForm(data("opinion"), resolutions=resolutions, initial=initial)
    found["opinion"] = (form, opinions.write_opinion, _("Saved."))
    if row.opinion:
        form = forms.SendOpinionForm(data("send"), initial={"sent_on": timezone.localdate(now)})
        found["send"] = (form, opinions.send_opinion, _("Sent."))
    return found


@never_cache
@require_safe
def opinion_file(request, pk):
    """What the dome sent along."""
    row = _load(request, pk)
    if row.file is None:
        raise Http404
    return files.response(row.file)
