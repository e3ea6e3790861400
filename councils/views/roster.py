"""Who is and was on a council, as everybody may know it; how to write to it; what one officer hands to the next."""

from datetime import date

import tablib
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from councils import handover as handovers
from councils import operations, permissions, regulation, roster
from councils.forms.roster import DayForm, EnquiryForm, GuestEnquiryForm, HandoverForm
from councils.models import Council, Enquiry, Office, Term
from councils.operations import CouncilRefused, enquiries
from councils.views.guests import address_when_sent, council_at_work, show_sent, who
from events.views import by_link, get_shows
from neighbourhoods.formats import LatvianCSV
from neighbourhoods.pages import cached_for_visitors
from neighbourhoods.requests import form_view, posted
from notices.emails import absolute
from people.permissions import can_coordinate

HEADINGS = (
    "Apkaime", "Padome", "Diena", "Sasaukums", "Sasaukums no", "Sasaukuma pirmā diena pēc beigām", "Vieta", "Uzvārds",
    "Vārds", "Amats", "Pilnvaras no", "Pirmā diena bez pilnvarām",
)  # fmt: skip


def _council(slug: str) -> Council:
    return get_object_or_404(Council.objects.select_related("neighbourhood"), neighbourhood__slug=slug)


# --- the council on a day ---------------------------------------------------------------------------------------------


@login_not_required
@require_safe
@cached_for_visitors
def on_day(request, slug):
    """Members, offices and seats of any day, the empty ones, too, and the terms there were. Six queries."""
    today = timezone.localdate()
    council = _council(slug)
    form = DayForm(request.GET)
    day = form.day(today)
    history = roster.read([council])[0]
    found = history.on(day or today)
    rules = regulation.in_force(found.on)
    context = {
        "council": council,
        "form": form,
        "roster": found,
        "ends_on": found.ends_on(rules),
        "terms": history.terms,
        "changes": history.changes(found.term) if found.term else [],
        "is_today": found.on == today,
        "may_export": can_coordinate(request.user),
    }
    return render(request, "councils/roster.html", context, status=200 if day else 400)


@login_not_required
@require_safe
@cached_for_visitors
def feed(request, slug, kind):
    """The same as data, for programs of others: `datums` is the day, today without it. No contacts, no reasons."""
    council = _council(slug)
    day = DayForm(request.GET).day(timezone.localdate())
    if day is None:
        with translation.override("lv"):
            said = _("Write the day as 2026-03-12.")
        return JsonResponse({"error": said}, status=400, json_dumps_params={"ensure_ascii": False})
    found = roster.read([council])[0].on(day)
    if kind == "json":
        return JsonResponse(_as_data(found), json_dumps_params={"ensure_ascii": False})
    with translation.override("lv"):
        content = LatvianCSV().export_data(_as_table(found))
    name = f"padome-{slug}-{day:%Y-%m-%d}.csv"
    return HttpResponse(
        content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _as_data(found: roster.Roster) -> dict:
    """`ended_on` is always the first day after the end; an open one is null, and `ends` says until when it lasts."""
    area, term = found.council.neighbourhood, found.term
    return {
        "council": found.council.name,
        "neighbourhood": {"name": area.short_name, "slug": area.slug},
        "url": absolute(reverse("councils:roster", args=[area.slug])),
        "on": _iso(found.on),
        "term": term
        and {
            "number": term.number,
            "started_on": _iso(term.started_on),
            "ended_on": _iso(term.ended_on),
            "ends": "on_the_day" if term.ended_on else _ENDS[Term.EndRule(term.end_rule)],
            "seats": term.seat_count,
        },
        "seats": [
            {
                "seat": seat.number,
                "member": seat.membership
                and {
                    "given_name": seat.membership.person.given_name,
                    "family_name": seat.membership.person.family_name,
                    "offices": seat.offices,
                    "started_on": _iso(seat.membership.started_on),
                    "ended_on": _iso(seat.membership.ended_on),
                },
            }
            for seat in sorted(found.seats, key=lambda seat: seat.number)
        ],
    }


_ENDS = {
    Term.EndRule.SUCCESSOR: "with_the_first_meeting_of_the_next_term",
    Term.EndRule.YEARS: "after_the_years_of_the_regulation",
}


def _as_table(found: roster.Roster) -> tablib.Dataset:
    """One row for each seat, in Latvian: what a clerk opens."""
    area, term = found.council.neighbourhood, found.term
    dataset = tablib.Dataset(headers=HEADINGS, title="Padomes sastāvs")
    if term is None:
        return dataset
    for seat in sorted(found.seats, key=lambda seat: seat.number):
        row, person = seat.membership, seat.membership and seat.membership.person
        dataset.append(
            [
                area.short_name,
                found.council.name,
                found.on,
                term.number,
                term.started_on,
                term.ended_on,
                seat.number,
                person.family_name if person else None,
                person.given_name if person else None,
                ", ".join(seat.office_labels),
                row.started_on if row else None,
                row.ended_on if row else None,
            ]
        )
    return dataset


# --- a letter to the council ------------------------------------------------------------------------------------------


@login_not_required
@form_view
def enquiry_new(request, slug):
    """One step with an account; without one, a link in the mail proves the address."""
    council = council_at_work(slug)
    is_guest = not request.user.is_authenticated
    form = (GuestEnquiryForm if is_guest else EnquiryForm)(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            address = _write_as_guest(request, council, form) if is_guest else _write(request, council, form)
        except CouncilRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return redirect(address)
    status = 422 if form.errors else 200
    return render(request, "councils/roster_enquiry.html", {"council": council, "form": form}, status=status)


def _write(request, council: Council, form: EnquiryForm) -> str:
    enquiries.write_to_council(council=council, person=request.user.person, now=timezone.now(), **form.enquiry())
    messages.success(request, _("Your letter is on its way to the council."))
    return council.get_absolute_url()


def _write_as_guest(request, council: Council, form: EnquiryForm) -> str:
    enquiries.write_as_guest(council=council, **who(request, form), **form.enquiry())
    return address_when_sent("enquiry-sent", council, form.cleaned_data["email"])


@login_not_required
@require_safe
def enquiry_sent(request, slug):
    text = _("Open it and confirm the letter: then the council gets it.")
    return show_sent(request, "enquiry-sent", slug, title=_("My letter to the council"), text=text)


@by_link
@require_safe
def enquiry(request, token):
    """The letter behind the link; its writer confirms it with one button."""
    row = get_object_or_404(Enquiry.objects.select_related("council__neighbourhood"), token=token)
    return render(request, "councils/roster_letter.html", {"enquiry": row, "council": row.council})


@by_link
@get_shows("councils:enquiry")
def enquiry_confirm(request, token):
    row = get_object_or_404(Enquiry, token=token)
    try:
        enquiries.confirm_enquiry(enquiry=row, now=timezone.now())
    except CouncilRefused as refusal:
        messages.error(request, str(refusal))
    return redirect("councils:enquiry", token)


# --- from one officer to the next -------------------------------------------------------------------------------------


@never_cache
@form_view
def handover(request, slug):
    """What is open, the papers and the people, to print; POST sends what is open to who takes over an office."""
    now = timezone.now()
    on = timezone.localdate(now)
    council = _council(slug)
    if not permissions.can_hand_over(request.user, council, on):
        raise PermissionDenied
    offices = Office.objects.lasting_beyond(on).filter(council=council).select_related("person").by_rank()
    form = HandoverForm(posted(request), offices=offices)
    if request.method == "POST" and form.is_valid():
        office = form.cleaned_data["office"]
        try:
            operations.send_handover(office=office, by=request.user, now=now)
        except CouncilRefused as refusal:
            form.add_error("office", str(refusal))
        else:
            messages.success(request, _("The handover is on its way to %(person)s.") % {"person": office.person})
            return redirect("councils:handover", slug)
    things = handovers.open_things(council, now)
    context = {
        "council": council,
        "form": form,
        "offices": offices,
        "things": things,
        "documents": handovers.documents(council),
        "contacts": handovers.contacts(council, on),
        "coordinates": can_coordinate(request.user),
        "now": now,
        "today": on,
    }
    return render(request, "councils/roster_handover.html", context, status=422 if form.errors else 200)
