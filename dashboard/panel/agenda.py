"""The agenda of a meeting, item by item: who presents it, its papers, its matter, another meeting for it."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, OuterRef, Q, Subquery
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from councils import files, operations, permissions, regulation
from councils.answers import tallies
from councils.models import AgendaItem, Meeting, MeetingState, Paper, Proposal
from councils.models.meeting import numbered
from councils.operations import agenda as agendas
from dashboard.panel.forms.agenda import ItemForm, MoveItemForm, PaperForm
from dashboard.panel.page import form_page, panel
from neighbourhoods.requests import form_view, posted

SECTION = "events"
OPEN = (MeetingState.DRAFT, MeetingState.SENT, MeetingState.ANNOUNCED, MeetingState.MOVED)


def load(request, pk) -> Meeting:
    """The meeting with its state, for who may run it; the others learn that they may not."""
    now = timezone.now()
    meeting = get_object_or_404(Meeting.objects.with_state(now).select_related("event"), pk=pk)
    if not permissions.can_run_meeting(request.user, meeting, timezone.localdate(now)):
        raise PermissionDenied
    return meeting


def _item(meeting: Meeting, pk) -> AgendaItem:
    """The item with its number and with `proposal_id`, the resident's proposal it came from. 404 for one of another
    meeting."""
    proposed = Proposal.objects.filter(item=OuterRef("pk")).order_by("pk").values("pk")[:1]
    for row in meeting.agenda.annotate(proposal_id=Subquery(proposed)).numbered():
        if row.pk == pk:
            row.meeting = meeting
            return row
    raise Http404


def _context(meeting: Meeting) -> dict:
    return {"meeting": meeting, "event": meeting.event, "is_open": meeting.state in OPEN}  # type: ignore[attr-defined]


@form_view
def agenda(request, pk):
    """All items with what hangs on them; what earlier meetings left over is taken up with one button."""
    meeting = load(request, pk)
    now = timezone.now()
    if request.method == "POST":
        try:
            carried = agendas.carry_over(meeting=meeting, by=request.user, now=now)
        except operations.MeetingRefused as refusal:
            messages.error(request, str(refusal))
        else:
            told = ngettext("%(count)d item is taken over.", "%(count)d items are taken over.", len(carried))
            messages.success(request, told % {"count": len(carried)})
        return redirect("dashboard:panel-agenda", meeting.pk)
    left_over = agendas.unfinished(meeting).values("pk")
    rows = AgendaItem.objects.filter(Q(meeting=meeting) | Q(pk__in=left_over)).annotate(
        paper_count=Count("papers", distinct=True)
    )
    found = list(rows.select_related("matter", "carried_from__meeting__event").order_by("position", "pk"))
    context = {
        **_context(meeting),
        "items": numbered(item for item in found if item.meeting_id == meeting.pk),
        "business": agendas.open_business(meeting),
        "unfinished": [item for item in found if item.meeting_id != meeting.pk],
        "today": timezone.localdate(now),
    }
    return panel(request, "agenda", context, section=SECTION)


@require_safe
def answers(request, pk):
    """Who of the members comes, and whether that is enough to decide (§23)."""
    meeting = load(request, pk)
    rules = regulation.in_force(timezone.localdate())
    context = {**_context(meeting), "tallies": tallies(meeting, rules)}
    return panel(request, "answers", context, section=SECTION)


@form_view
def item(request, pk, item_pk):
    meeting = load(request, pk)
    row = _item(meeting, item_pk)
    form = ItemForm(posted(request), item=row)
    if request.method == "POST" and form.is_valid():
        try:
            agendas.change_item(item=row, by=request.user, now=timezone.now(), **form.cleaned_data)
        except operations.MeetingRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("dashboard:panel-agenda-item", meeting.pk, row.pk)
    return _item_page(request, meeting, row, form=form)


def _item_page(request, meeting: Meeting, row: AgendaItem, *, form=None, paper_form=None):
    now = timezone.now()
    others = Meeting.objects.ahead(now).filter(councils__in=meeting.councils.values("pk")).exclude(pk=meeting.pk)
    others = list(others.select_related("event").distinct()) if meeting.state in OPEN else []  # type: ignore[attr-defined]
    context = {
        **_context(meeting),
        "item": row,
        "form": form or paper_form,  # the one with errors, for the page's title
        "item_form": form or ItemForm(item=row),
        "paper_form": paper_form or PaperForm(),
        "papers": row.papers.select_related("file").order_by("pk"),
        "move_form": MoveItemForm(meetings=others) if others else None,
    }
    return panel(request, "agenda_item", context, section=SECTION)


@require_POST
def paper_add(request, pk, item_pk):
    meeting = load(request, pk)
    row = _item(meeting, item_pk)
    now = timezone.now()
    form = PaperForm(request.POST, request.FILES)
    if form.is_valid():
        given = form.cleaned_data
        try:
            with transaction.atomic():
                agendas.add_paper(
                    item=row,
                    file=files.store(given["file"], by=request.user, now=now),
                    title=given["paper_title"],
                    is_restricted=given["paper_is_restricted"],
                    by=request.user,
                    now=now,
                )
        except operations.MeetingRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The paper is added."))
            return redirect("dashboard:panel-agenda-item", meeting.pk, row.pk)
    return _item_page(request, meeting, row, paper_form=form)


@form_view
def paper_remove(request, pk):
    paper = get_object_or_404(Paper.objects.select_related("item", "file"), pk=pk)
    meeting = load(request, paper.item.meeting_id)
    if request.method == "POST":
        try:
            agendas.remove_paper(paper=paper, by=request.user, now=timezone.now())
        except operations.MeetingRefused as refusal:
            messages.error(request, str(refusal))
        else:
            messages.success(request, _("The paper is taken off."))
        return redirect("dashboard:panel-agenda-item", meeting.pk, paper.item_id)
    return form_page(
        request,
        None,
        section=SECTION,
        title=_("Take the paper off: %(title)s") % {"title": paper.title},
        crumb=paper.item.title,
        written=[paper.title, paper.item.title],
        submit=_("Take it off"),
        danger=True,
        back=reverse("dashboard:panel-agenda-item", args=[meeting.pk, paper.item_id]),
    )


@require_POST
def item_move(request, pk, item_pk):
    """To another meeting of the council, with papers and sub-items."""
    meeting = load(request, pk)
    row = _item(meeting, item_pk)
    now = timezone.now()
    form = MoveItemForm(request.POST, meetings=list(Meeting.objects.ahead(now).select_related("event")))
    if not form.is_valid():
        messages.error(request, _("Choose a meeting that lies ahead."))
        return redirect("dashboard:panel-agenda-item", meeting.pk, row.pk)
    try:
        agendas.move_item(item=row, meeting=form.chosen, by=request.user, now=now)
    except operations.MeetingRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("dashboard:panel-agenda-item", meeting.pk, row.pk)
    messages.success(request, _("The item is on the other agenda now."))
    return redirect("dashboard:panel-agenda", meeting.pk)
