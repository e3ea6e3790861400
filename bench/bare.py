"""A bare event page, as a tutorial would write it: five queries, 15 kB, translated, behind all middleware.

It is the floor that the portal's pages are measured beside; it shows what Django itself costs on this machine. Its form
is the floor of a sign-up: one row, with no lock, no seats to count and no message.
"""

from django.contrib.auth.decorators import login_not_required
from django.db.models import Sum
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from councils.models import AgendaItem
from events.models import Event, Rsvp
from neighbourhoods.models import Neighbourhood


@login_not_required
def event(request, pk):
    row = get_object_or_404(Event, pk=pk)
    context = {
        "event": row,
        "areas": list(row.neighbourhoods.all()),
        "taken": row.rsvps.filter(state="going").aggregate(n=Sum("party_size"))["n"] or 0,
        "agenda": list(AgendaItem.objects.filter(meeting__event=row).order_by("position")),
        "others": list(Neighbourhood.objects.order_by("legal_order")),
        "lines": range(48),
    }
    return render(request, "bench/bare.html", context)


def sign_up(request, pk):
    """The row of whoever is logged in, numbered by the person, and back to the page."""
    if request.method == "POST":
        person = request.user.person
        now = timezone.now()
        Rsvp.objects.create(
            event_id=pk, person=person, number=person.pk, state="going", rsvped_at=now, confirmed_at=now
        )
        return redirect("bare", pk)
    return event(request, pk)
