"""Agenda items proposed by residents, associations and businesses (§31): the list, and the decision on one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from councils import permissions
from councils.models import Proposal, Topic
from councils.operations import proposals as operations
from dashboard import filters
from dashboard.panel.forms.lists import ProposalFilter
from dashboard.panel.forms.proposals import DeclineForm, TakeForm
from dashboard.panel.page import coordinators_only, page_of, panel, query_without_page
from people.permissions import can_coordinate

SECTION = "proposals"


@coordinators_only
@require_safe
def proposal_list(request):
    """All that were confirmed, the latest first; the page begins with those that nobody has decided yet."""
    params = request.GET if request.GET.get("statuss") is not None else {**request.GET.dict(), "statuss": "gaida"}
    filtered = filters.filter_proposals(Proposal.objects.confirmed(), params)
    rows = filtered.rows.select_related("council__neighbourhood", "person").order_by("-proposed_at", "-pk")
    context = {
        "filter": ProposalFilter(params, on=timezone.localdate()),
        "ignored": filtered.ignored,
        "page": page_of(request, rows),
        "query": query_without_page(request),
        "today": timezone.localdate(),
    }
    return panel(request, "proposals", context, section=SECTION)


def _proposal(request, pk) -> Proposal:
    """A confirmed proposal, for the officers of its council and the coordinator."""
    rows = Proposal.objects.confirmed().select_related(
        "council__neighbourhood", "person", "matter", "decided_by__person"
    )
    row = get_object_or_404(rows.select_related("item__meeting__event"), pk=pk)
    if not permissions.can_run_meetings(request.user, row.council, timezone.localdate()):
        raise PermissionDenied
    return row


@require_safe
def proposal(request, pk):
    return _page(request, _proposal(request, pk))


def _page(request, row: Proposal, *, take_form=None, decline_form=None):
    now = timezone.now()
    context = {
        "proposal": row,
        "topic": Topic.objects.filter(code=row.topic).first() if row.topic else None,
        "form": take_form or decline_form,  # the one with errors, for the page's title
        "take_form": take_form or TakeForm(proposal=row, meetings=operations.meetings_for(row, now)),
        "decline_form": decline_form or DeclineForm(),
        "has_meetings": operations.meetings_for(row, now).exists(),
        "coordinates": can_coordinate(request.user),
        "room": row.council,
        "today": timezone.localdate(now),
    }
    return panel(request, "proposal", context, section=SECTION)


@require_POST
def proposal_take(request, pk):
    row = _proposal(request, pk)
    now = timezone.now()
    form = TakeForm(request.POST, proposal=row, meetings=operations.meetings_for(row, now))
    if form.is_valid():
        try:
            operations.take_proposal(proposal=row, by=request.user, now=now, **form.cleaned_data)
        except operations.CouncilRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The proposal is on the agenda. The proposer is told by e-mail."))
            return redirect("dashboard:panel-proposal", row.pk)
    return _page(request, row, take_form=form)


@require_POST
def proposal_decline(request, pk):
    row = _proposal(request, pk)
    form = DeclineForm(request.POST)
    if form.is_valid():
        try:
            operations.decline_proposal(
                proposal=row, reason=form.cleaned_data["reason"], by=request.user, now=timezone.now()
            )
        except operations.CouncilRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The proposal is declined. The proposer receives the reason by e-mail."))
            return redirect("dashboard:panel-proposal", row.pk)
    return _page(request, row, decline_form=form)
