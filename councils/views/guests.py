"""How somebody without an account reaches a council: the council is at work, and the answer tells nobody whether the
portal knew the address."""

from datetime import timedelta

from django.core import signing
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from councils.models import Council, CouncilState
from events.views import client_network, masked


def council_at_work(slug: str) -> Council:
    """Nobody would read what is written to another one."""
    rows = Council.objects.with_state(timezone.localdate()).select_related("neighbourhood")
    council = get_object_or_404(rows, neighbourhood__slug=slug)
    if council.state != CouncilState.WORKING:
        raise Http404
    return council


def who(request: HttpRequest, form) -> dict:
    """What an operation takes of a guest, from a form with `name` and `email`."""
    return {
        "name": form.cleaned_data["name"],
        "email": form.cleaned_data["email"],
        "network": client_network(request),
        "language": get_language() or "lv",
        "now": timezone.now(),
    }


def address_when_sent(page: str, council: Council, email: str) -> str:
    """Where the guest goes on; `page` is the name of an address of this room. Nothing here may come from a row: the
    answer is the same whether the portal knew the address or not."""
    said = signing.dumps(masked(email), salt=page)
    return f"{reverse(f'councils:{page}', args=[council.neighbourhood.slug])}?z={said}"


def show_sent(request: HttpRequest, page: str, slug: str, *, title: str, text: str) -> HttpResponse:
    """The page at that address."""
    council = council_at_work(slug)
    try:
        to = signing.loads(request.GET.get("z", ""), salt=page, max_age=timedelta(days=1))
    except signing.BadSignature:
        to = ""
    return render(request, "councils/sent.html", {"council": council, "to": to, "title": title, "text": text})
