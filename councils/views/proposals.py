"""Whoever lives or works in a neighbourhood proposes what its council talks about (§31)."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from councils.forms.proposals import GuestProposalForm, ProposalForm
from councils.models import Council, Matter, Proposal
from councils.operations import CouncilRefused
from councils.operations import proposals as operations
from councils.views.guests import address_when_sent, council_at_work, show_sent, who
from events.views import by_link, get_shows
from neighbourhoods.requests import form_view, posted


@login_not_required
@form_view
def propose(request, slug):
    """One step with an account; without one, a link in the mail proves the address."""
    council = council_at_work(slug)
    is_guest = not request.user.is_authenticated
    form_of = GuestProposalForm if is_guest else ProposalForm
    form = form_of(posted(request), on=timezone.localdate())
    if request.method == "POST" and form.is_valid():
        try:
            address = _send_as_guest(request, council, form) if is_guest else _send(request, council, form)
        except CouncilRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(address)
    status = 422 if form.errors else 200
    return render(request, "councils/propose.html", {"council": council, "form": form}, status=status)


def _send(request, council: Council, form: ProposalForm) -> str:
    proposal = operations.propose(
        council=council, person=request.user.person, by=request.user, now=timezone.now(), **form.proposal()
    )
    return reverse("councils:proposal", args=[proposal.token])


def _send_as_guest(request, council: Council, form: ProposalForm) -> str:
    operations.propose_as_guest(council=council, **who(request, form), **form.proposal())
    return address_when_sent("proposal-sent", council, form.cleaned_data["email"])


@login_not_required
@require_safe
def proposal_sent(request, slug):
    text = _("Open it and confirm the proposal: then the council reads it.")
    return show_sent(request, "proposal-sent", slug, title=_("My proposal"), text=text)


@by_link
@require_safe
def proposal(request, token):
    """Where the proposal stands; a guest confirms it here with one button."""
    rows = Proposal.objects.select_related("council__neighbourhood", "item__meeting__event")
    row = get_object_or_404(rows, token=token)
    event = row.item.meeting.event if row.item else None
    is_public = event is not None and event.published_at is not None and event.cancelled_at is None
    context = {
        "proposal": row,
        "council": row.council,
        "event": event if is_public else None,
        "matter": Matter.objects.public().filter(pk=row.matter_id).first() if row.matter_id else None,
    }
    return render(request, "councils/proposal.html", context)


@by_link
@get_shows("councils:proposal")
def proposal_confirm(request, token):
    row = get_object_or_404(Proposal, token=token)
    try:
        operations.confirm_proposal(proposal=row, now=timezone.now())
    except CouncilRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("councils:proposal", token)
