"""The day of an event on paper, and what comes after it: what came of it, thanks, the survey."""

from collections import Counter
from dataclasses import dataclass

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models.functions import Collate
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from dashboard.operations import record_export
from dashboard.panel.forms.events import ResultsForm
from dashboard.panel.page import panel
from events import operations
from events.attendance import FEWEST_ANSWERS
from events.documents import papers
from events.models import Event, Phase
from events.permissions import can_see_rsvps
from neighbourhoods.requests import form_view, posted

SECTION = "events"


def load(request, pk: int) -> Event:
    """The event, for those who may see who signed up."""
    event = get_object_or_404(Event.objects.select_related("meeting"), pk=pk)
    if not can_see_rsvps(request.user, event, timezone.localdate()):
        raise PermissionDenied
    return event


# --- paper ------------------------------------------------------------------------------------------------------------


@require_safe
def sign_in_sheet(request, pk):
    """The list for the door; who takes names out of the portal is written down."""
    return _names_on_paper(request, load(request, pk), papers.sign_in_sheet, "dalibnieku-saraksts")


@require_safe
def badges(request, pk):
    return _names_on_paper(request, load(request, pk), papers.badges, "vardu-kartes")


def _names_on_paper(request, event: Event, make, name: str) -> HttpResponse:
    if not event.has_room:
        raise Http404
    paper = make(event)
    rows = len([row for row in paper.content.get("names") or paper.content["rows"] if any(row)])
    about = f"{Event._meta.label}:{event.pk}"
    record_export(name=f"{name}.pdf", about=about, filters={}, rows=rows, by=request.user, now=timezone.now())
    headers = {"Content-Disposition": f'inline; filename="{name}-{event.slug}.pdf"', "Cache-Control": "no-store"}
    return HttpResponse(paper.pdf(), content_type="application/pdf", headers=headers)


# --- afterwards -------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Survey:
    """The answers as numbers and comments; nothing but their count while there are fewer than FEWEST_ANSWERS."""

    count: int
    average: float = 0
    ratings: tuple[tuple[str, int], ...] = ()
    heard: int = 0
    not_heard: int = 0
    comments: tuple[str, ...] = ()

    @property
    def is_shown(self) -> bool:
        return self.count >= FEWEST_ANSWERS


def _survey(event: Event) -> Survey:
    """One query. Comments stand in the order of their letters, which says nothing of who wrote when."""
    rows = list(event.survey_answers.order_by(Collate("comment", "lv"), "pk"))
    if len(rows) < FEWEST_ANSWERS:
        return Survey(len(rows))
    given = Counter(row.rating for row in rows)
    return Survey(
        count=len(rows),
        average=sum(row.rating for row in rows) / len(rows),
        ratings=tuple((f"{rating}", given[rating]) for rating in range(5, 0, -1)),
        heard=sum(row.was_heard is True for row in rows),
        not_heard=sum(row.was_heard is False for row in rows),
        comments=tuple(row.comment for row in rows if row.comment),
    )


@form_view
def afterwards(request, pk):
    """What came of the event, the thanks that go out once, and what people thought of it."""
    event = load(request, pk)
    now = timezone.now()
    if event.phase_at(now) != Phase.OVER:
        messages.error(request, _("This can be written once the event is over."))
        return redirect("dashboard:panel-rsvps", event.pk)
    form = ResultsForm(posted(request), initial={"results": event.results})
    if request.method == "POST" and form.is_valid():
        sends = "thank" in request.POST
        write = operations.thank if sends else operations.write_results
        try:
            row = write(event=event, results=form.cleaned_data["results"], by=request.user, now=now)
        except operations.EventRefused as refusal:
            form.add_error("results", str(refusal))
        else:
            messages.success(request, _("The thanks are on their way.") if row.thanked_at == now else _("Saved."))
            return redirect("dashboard:panel-afterwards", event.pk)
    context = {
        "event": event,
        "form": form,
        "to_thank": 0 if event.thanked_at else operations.to_be_thanked(event).count(),
        "survey": _survey(event),
        "fewest": FEWEST_ANSWERS,
        "survey_ends_at": operations.survey_ends_at(event),
        "survey_is_open": now < operations.survey_ends_at(event),
        "back": reverse("dashboard:panel-rsvps", args=[event.pk]),
    }
    return panel(request, "afterwards", context, section=SECTION)
