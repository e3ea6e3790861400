"""Whoever lives or works in a neighbourhood proposes what its council talks about (§31)."""

from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_safe

from councils.forms.proposals import GuestProposalForm, ProposalForm
from councils.models import Council, CouncilState, Matter, Proposal
from councils.operations import CouncilRefused
from councils.operations import proposals as operations
from events.views import by_link, client_network, get_shows, masked


def _council(slug: str) -> Council:
    """A council at work; nobody reads proposals to another one."""
    on = timezone.localdate()
    council = get_object_or_404(
        Council.objects.with_state(on).select_related("neighbourhood"), neighbourhood__slug=slug
    )
    if council.state != CouncilState.WORKING:
        raise Http404
    return council


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request, slug):
    """One step with an account; without one, a link in the mail proves the address."""
    council = _council(slug)
    is_guest = not request.user.is_authenticated
    form = (GuestProposalForm if is_guest else ProposalForm)(request.POST if request.method == "POST" else None)
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
    operations.propose_as_guest(
        council=council,
        name=form.cleaned_data["name"],
        email=form.cleaned_data["email"],
        network=client_network(request),
        language=get_language() or "lv",
        now=timezone.now(),
        **form.proposal(),
    )
    # Nothing here may come from the row: the answer is the same whether the portal knew the address or not.
    said = signing.dumps(masked(form.cleaned_data["email"]), salt="proposal-sent")
    return f"{reverse('councils:proposal-sent', args=[council.neighbourhood.slug])}?z={said}"


@login_not_required
@require_safe
def proposal_sent(request, slug):
    council = _council(slug)
    try:
        to = signing.loads(request.GET.get("z", ""), salt="proposal-sent", max_age=timedelta(days=1))
    except signing.BadSignature:
        to = ""
    return render(request, "councils/proposal_sent.html", {"council": council, "to": to})


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
