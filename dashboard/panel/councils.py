"""Councils, their convocations, members and officers, and the way to a council."""

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet, Subquery
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from councils import operations, regulation
from councils.models import Council, Meeting, Membership, Office, Term
from dashboard.facts import council_name
from dashboard.filters import WAS_HELD
from dashboard.panel import operations as panel_operations
from dashboard.panel import roster, today, worklist
from dashboard.panel.forms.councils import (
    CandidatesForm,
    CloseFormationForm,
    CouncilForm,
    FormationForm,
    MembershipCorrectForm,
    MembershipEndForm,
    OfficeCorrectForm,
    OfficeEndForm,
    OfficeForm,
    StepForm,
    TermChangeForm,
    TermForm,
)
from dashboard.panel.forms.lists import CouncilFilter
from dashboard.panel.forms.people import MemberForm
from dashboard.panel.page import coordinators_only, form_page, panel, query_without_page, to_copy
from elections import operations as elections
from elections.models import Formation, FormationStep, Step
from neighbourhoods import latvian
from neighbourhoods.models import Neighbourhood
from neighbourhoods.requests import form_view, posted
from people.models import ContactChannel, Person

SECTION = "councils"


def _area(slug: str) -> Neighbourhood:
    return get_object_or_404(Neighbourhood.objects.select_related("council"), slug=slug)


def _council(slug: str) -> Council:
    return get_object_or_404(Council.objects.select_related("neighbourhood"), neighbourhood__slug=slug)


def _term(request, council: Council) -> Term:
    """The convocation that the address names by its number, else the one at work; 404 while there is none."""
    terms = list(council.terms.all())
    asked = request.GET.get("sasaukums", "")
    named = (term for term in terms if asked == str(term.number))
    term = next(named, None) if asked else roster.term_at_work(terms, timezone.localdate())
    if term is None:
        raise Http404
    return term


def _address(council: Council) -> str:
    return reverse("dashboard:panel-council", args=[council.neighbourhood.slug])


@coordinators_only
@require_safe
def council_list(request):
    desk = worklist.read(timezone.now())
    context = {
        "desk": desk,
        "filter": CouncilFilter(request.GET or None),
        "query": query_without_page(request),
        **today.overview(desk, request.GET),
    }
    return panel(request, "councils", context, section=SECTION)


@coordinators_only
@require_safe
def council(request, slug):
    """Everything about one neighbourhood's council; also where there is none yet. Five queries beside the desk's."""
    now = timezone.now()
    on = timezone.localdate(now)
    desk = worklist.read(now)
    row = next((row for row in desk.councils if row.neighbourhood.slug == slug), None)
    area = row.neighbourhood if row else _area(slug)
    context = {"area": area, "council": row, "today": on, "desk": desk}
    if row is not None:
        terms = list(row.terms.order_by("-number"))
        term = roster.term_at_work(terms, on)
        memberships = list(_memberships(row, on))
        meetings = list(_meetings(row, now))
        context |= {
            "terms": terms,
            "term": term,
            "vacancies": roster.vacancies(term, desk.rules) if term else None,
            "members": [one for one in memberships if one.started_on <= on and not _has_ended(one, on)],
            "coming": [one for one in memberships if one.started_on > on and one.ended_on != one.started_on],
            "former": _former(memberships, on),
            "formation": next((one for one in desk.formations if one.council_id == row.pk), None),
            "steps_total": len(Step),
            "meetings": [one for one in meetings if one.event.ends_at > now and one.state not in WAS_HELD],
            "last": next((one for one in reversed(meetings) if one.kind == Meeting.Kind.COUNCIL), None),
        }
    return panel(request, "council", context, section=SECTION)


def _memberships(council: Council, on: date) -> QuerySet[Membership]:
    """All who sit, sat or will sit in the council, with the office of the day, the one that begins later (`coming_…`),
    the one that ended last (`ended_…`), and the ways to reach them. One query."""
    of_person = Office.objects.filter(council=council, person=OuterRef("person"))
    office, coming = of_person.held(on).by_rank(), of_person.lasting_beyond(on).filter(started_on__gt=on)
    coming = coming.order_by("started_on", "pk")
    # The last one that ended during the mandate, and before it did: that end can be corrected apart from the mandate's.
    ended = of_person.filter(ended_on__lte=on, ended_on__gt=F("started_on"), started_on__gte=OuterRef("started_on"))
    ended = ended.order_by("-ended_on", "-pk")
    channel = ContactChannel.objects.filter(person=OuterRef("person"))
    reached = {kind: Subquery(channel.filter(kind=kind).values("value")[:1]) for kind in ContactChannel.Kind.values}
    rows = Membership.objects.of_council(council).select_related("person", "seat__term")
    return rows.annotate(
        office=Subquery(office.values("kind")[:1]),
        office_pk=Subquery(office.values("pk")[:1]),
        office_ended_on=Subquery(office.values("ended_on")[:1]),
        coming_office=Subquery(coming.values("kind")[:1]),
        coming_office_pk=Subquery(coming.values("pk")[:1]),
        coming_office_on=Subquery(coming.values("started_on")[:1]),
        coming_office_ended_on=Subquery(coming.values("ended_on")[:1]),
        ended_office=Subquery(ended.values("kind")[:1]),
        ended_office_pk=Subquery(ended.values("pk")[:1]),
        ended_office_on=Subquery(ended.values("ended_on")[:1]),
        **reached,
    ).by_name()


def _has_ended(row: Membership, on: date) -> bool:
    return row.ended_on is not None and row.ended_on <= on


def _former(rows: list[Membership], on: date) -> list[Membership]:
    """Who left last stands first; who never had a day is left out."""
    ended = [row for row in rows if _has_ended(row, on) and row.ended_on != row.started_on]
    return sorted(ended, key=lambda row: (row.ended_on or on, row.pk), reverse=True)


def _meetings(council: Council, now: datetime) -> QuerySet[Any]:
    """Meetings that are neither over nor closed, soonest first, and the one the next is made from. One query."""
    latest = to_copy().filter(councils=council).values("pk")[:1]
    rows = Meeting.objects.filter(councils=council, event__cancelled_at=None).with_state(now).select_related("event")
    ahead = Q(event__ends_at__gt=now) & ~Q(state__in=WAS_HELD)
    return rows.filter(ahead | Q(pk=Subquery(latest))).order_by("event__starts_at", "pk")


@coordinators_only
@form_view
def council_edit(request, slug):
    """Create the council of a neighbourhood, or correct what it is called and where it is reached."""
    area = _area(slug)
    row = getattr(area, "council", None)
    now = timezone.now()
    form = CouncilForm(posted(request), instance=row, initial={} if row else {"name": council_name(area)})
    if request.method == "POST" and form.is_valid():
        try:
            if row is None:
                operations.create_council(neighbourhood=area, by=request.user, now=now, **form.changes())
            else:
                operations.change_council(council=row, by=request.user, now=now, **form.changes())
        except operations.CouncilRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect("dashboard:panel-council", slug)
    return form_page(
        request,
        form,
        section=SECTION,
        title=_("Change the council") if row else _("New council"),
        crumb=area.short_name,
        submit=_("Save"),
        back=reverse("dashboard:panel-council", args=[slug]),
    )


@coordinators_only
@form_view
def term_open(request, slug):
    """A new convocation; what the regulation says of seats and length stands in the form to begin with."""
    row = _council(slug)
    now = timezone.now()
    last = row.terms.order_by("-number").first()
    rules = regulation.in_force(timezone.localdate(now))
    form = TermForm(posted(request), rules=rules, initial=_term_as_the_law_has_it(row, last, rules, now))
    if request.method == "POST" and form.is_valid():
        try:
            operations.open_term(council=row, by=request.user, now=now, **form.cleaned_data)
        except operations.CouncilRefused as refusal:
            form.add_error(getattr(refusal, "field", None), str(refusal))
        else:
            messages.success(request, _("The convocation is open. Now add its members."))
            return redirect(_address(row))
    lead = _("The convocation before it, its mandates and offices end on the same day.") if last else ""
    return form_page(
        request,
        form,
        section=SECTION,
        title=_("New convocation"),
        crumb=row.neighbourhood.short_name,
        lead=lead,
        submit=_("Open the convocation"),
        back=_address(row),
    )


def _term_as_the_law_has_it(council: Council, last: Term | None, rules: regulation.Regulation, now) -> dict:
    area = council.neighbourhood
    initial = {
        "number": last.number + 1 if last else 1,
        "started_on": timezone.localdate(now),
        "end_rule": Term.EndRule.YEARS if last else Term.EndRule.SUCCESSOR,
    }
    if area.population:
        initial["seat_count"] = rules.seats_for(area.population)
        initial["seat_count_source"] = _("%(residents)d residents, §9") % {"residents": area.population}
    return initial


@coordinators_only
@form_view
def term_edit(request, slug):
    """The days of a convocation, and how many seats it has."""
    row = _council(slug)
    term = _term(request, row)
    form = TermChangeForm(posted(request), term=term, rules=regulation.in_force(timezone.localdate()))
    if request.method == "POST" and form.is_valid():
        refused_in = None
        try:
            with transaction.atomic():
                operations.change_term(term=term, by=request.user, now=timezone.now(), **form.days())
                if seats := form.seats():
                    refused_in = "seat_count"
                    operations.change_seat_count(term=term, by=request.user, now=timezone.now(), **seats)
        except operations.CouncilRefused as refusal:
            form.add_error(getattr(refusal, "field", refused_in), str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect(_address(row))
    return form_page(
        request,
        form,
        section=SECTION,
        title=_("Change the convocation"),
        crumb=row.neighbourhood.short_name,
        lead=_("Convocation %(number)d") % {"number": term.number},
        submit=_("Save"),
        back=_address(row),
    )


# --- members and officers ---------------------------------------------------------------------------------------------


@coordinators_only
@form_view
def member_add(request, slug):
    row = _council(slug)
    term = _term(request, row)
    now = timezone.now()
    form = MemberForm(
        posted(request),
        by=request.user,
        now=now,
        initial={"started_on": max(timezone.localdate(now), term.started_on)},
    )
    if request.method == "POST" and form.is_valid():
        mandate = form.mandate()
        try:
            seated = panel_operations.enter_and_seat(
                # The day says which convocation is meant: there is one at a time.
                term=row.terms.held(mandate["started_on"]).first() or term,
                person=form.chosen,
                new_person=form.new_person(),
                is_namesake=form.is_namesake,
                by=request.user,
                now=now,
                **mandate,
            )
        except operations.CouncilRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _said_of_member(seated, now))
            return redirect(_address(row))
    return form_page(
        request,
        form,
        section=SECTION,
        title=_("Add a member"),
        crumb=row.neighbourhood.short_name,
        submit=_("Add"),
        back=_address(row),
    )


def _said_of_member(seated: Membership, now: datetime) -> str:
    if _has_ended(seated, timezone.localdate(now)):
        return _("%(person)s was a member of the council: written down.") % {"person": seated.person}
    return _("%(person)s is a member of the council.") % {"person": seated.person}


@coordinators_only
@form_view
def membership_end(request, pk):
    rows = Membership.objects.select_related("person", "seat__term__council__neighbourhood")
    membership = get_object_or_404(rows, pk=pk)
    row = membership.seat.term.council
    now = timezone.now()
    form = MembershipEndForm(posted(request), initial={"ended_on": max(timezone.localdate(now), membership.started_on)})
    if request.method == "POST" and form.is_valid():
        try:
            operations.end_membership(membership=membership, by=request.user, now=now, **form.cleaned_data)
        except operations.CouncilRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The mandate of %(person)s is ended.") % {"person": membership.person})
            if after := operations.next_substitute(membership.seat.term):
                messages.info(request, _("Next comes %(person)s (§19). Offer the seat.") % {"person": after.person})
            return redirect(f"{_address(row)}#vietas")
    return form_page(
        request,
        form,
        section=SECTION,
        title=_("End the mandate: %(person)s") % {"person": membership.person},
        crumb=row.neighbourhood.short_name,
        lead=_("The person’s offices in the council end on the same day."),
        submit=_("End the mandate"),
        danger=True,
        back=_address(row),
    )


@coordinators_only
@form_view
def membership_correct(request, pk):
    """Another end of a mandate, or none."""
    rows = Membership.objects.select_related("person", "seat__term__council__neighbourhood")
    membership = get_object_or_404(rows, pk=pk, ended_on__isnull=False)
    row = membership.seat.term.council
    initial = {"ended_on": membership.ended_on, "reason": membership.end_reason, "source": membership.source}
    form = MembershipCorrectForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        now = timezone.now()
        try:
            operations.correct_membership_end(membership=membership, by=request.user, now=now, **form.cleaned_data)
        except operations.CouncilRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect(_address(row))
    return form_page(
        request,
        form,
        section=SECTION,
        title=_("Correct the end of the mandate: %(person)s") % {"person": membership.person},
        crumb=row.neighbourhood.short_name,
        lead=_(
            "Offices that ended on the same day go along, unless somebody else holds them by now; those that were "
            "still to begin do not come back."
        ),
        submit=_("Save"),
        back=_address(row),
    )


def _office_page(request, form, office: Office, **words) -> HttpResponse:
    """The form on an office that somebody holds or held."""
    return form_page(
        request,
        form,
        section=SECTION,
        title=f"{capfirst(office.get_kind_display())}: {office.person}",
        crumb=office.council.neighbourhood.short_name,
        back=_address(office.council),
        **words,
    )


@coordinators_only
@form_view
def office_correct(request, pk):
    """Another end of an office, or none."""
    rows = Office.objects.select_related("person", "council__neighbourhood")
    office = get_object_or_404(rows, pk=pk, ended_on__isnull=False)
    form = OfficeCorrectForm(posted(request), initial={"ended_on": office.ended_on})
    if request.method == "POST" and form.is_valid():
        try:
            operations.correct_office_end(office=office, by=request.user, now=timezone.now(), **form.cleaned_data)
        except operations.CouncilRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect(_address(office.council))
    return _office_page(request, form, office, lead=_("Correct the day on which the office ends."), submit=_("Save"))


@coordinators_only
@form_view
def office_give(request, slug):
    row = _council(slug)
    now = timezone.now()
    on = timezone.localdate(now)
    members = Person.objects.filter(memberships__in=Membership.objects.of_council(row).lasting_beyond(on)).distinct()
    form = OfficeForm(
        posted(request),
        members=members.by_name(),
        initial={"started_on": on, "kind": request.GET.get("amats", "")},
    )
    if request.method == "POST" and form.is_valid():
        try:
            office = operations.give_office(council=row, by=request.user, now=now, **form.cleaned_data)
        except operations.CouncilRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _said_of_office(office, on))
            messages.info(request, _("Hand over what is open: the page “Handover” can be printed and sent."))
            return redirect(_address(row))
    return form_page(
        request,
        form,
        section=SECTION,
        title=_("Give an office"),
        crumb=row.neighbourhood.short_name,
        lead=_("Who held the office before ends it on the same day."),
        submit=_("Give the office"),
        back=_address(row),
    )


def _said_of_office(office: Office, on: date) -> str:
    told = {"person": office.person, "office": office.get_kind_display()}
    if office.started_on > on:
        told["day"] = latvian.number_date(office.started_on)
        return _("%(person)s is %(office)s from %(day)s.") % told
    return _("%(person)s is now %(office)s.") % told


@coordinators_only
@form_view
def office_end(request, pk):
    office = get_object_or_404(Office.objects.select_related("person", "council__neighbourhood"), pk=pk)
    now = timezone.now()
    on = timezone.localdate(now)
    former = operations.office_before(office) if office.started_on > on else None
    form = OfficeEndForm(posted(request), former=former, initial={"ended_on": max(on, office.started_on)})
    if request.method == "POST" and form.is_valid():
        try:
            operations.end_office(office=office, by=request.user, now=now, **form.cleaned_data)
        except operations.CouncilRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The office is ended; the membership stays."))
            return redirect(_address(office.council))
    return _office_page(
        request,
        form,
        office,
        lead=_("The person stays a member of the council."),
        submit=_("End the office"),
        danger=True,
    )


# --- the way to a council ---------------------------------------------------------------------------------------------


@coordinators_only
@form_view
def formation(request, slug):
    """The steps of the formation under way; without one, the form that starts it."""
    row = _council(slug)
    now = timezone.now()
    found = Formation.objects.open().with_progress().filter(council=row).first()
    if found is not None:
        if request.method == "POST":
            return _count_candidates(request, row, found)
        return _formation_page(request, row, found, CandidatesForm(initial={"candidates": found.candidates}))
    form = FormationForm(posted(request), initial={"opened_on": timezone.localdate(now)})
    if request.method == "POST" and form.is_valid():
        try:
            elections.start_formation(council=row, by=request.user, now=now, **form.cleaned_data)
        except operations.CouncilRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The formation is begun."))
            return redirect("dashboard:panel-formation", slug)
    return form_page(
        request,
        form,
        section=SECTION,
        title=_("Begin to form the council"),
        crumb=row.neighbourhood.short_name,
        submit=_("Begin"),
        back=_address(row),
    )


def _formation_page(request, row: Council, found: Formation, form: CandidatesForm):
    return panel(
        request,
        "formation",
        {
            "council": row,
            "formation": found,
            "steps": found.steps.by_law(),
            "steps_total": len(Step),
            "form": form,
            "today": timezone.localdate(),
        },
        section=SECTION,
    )


def _count_candidates(request, row: Council, found: Formation):
    form = CandidatesForm(request.POST)
    if not form.is_valid():
        return _formation_page(request, row, found, form)
    elections.count_candidates(formation=found, by=request.user, now=timezone.now(), **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("dashboard:panel-formation", row.neighbourhood.slug)


@coordinators_only
@form_view
def formation_step(request, slug, step):
    """Plan a step, or write down the day it was done: with a day it is done."""
    row = _council(slug)
    planned = get_object_or_404(
        FormationStep.objects.select_related("formation"), formation__council=row, formation__closed_on=None, step=step
    )
    back = reverse("dashboard:panel-formation", args=[slug])
    form = StepForm(posted(request), initial={"due_on": planned.due_on, "note": planned.note})
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        change = {"formation": planned.formation, "step": step, "by": request.user, "now": timezone.now()}
        try:
            if given["done_on"]:
                elections.complete_step(**change, done_on=given["done_on"], note=given["note"])
            else:
                elections.plan_step(**change, due_on=given["due_on"], note=given["note"])
        except operations.CouncilRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            if step == Step.FIRST_MEETING and given["done_on"]:
                messages.success(request, _("The council is formed. Open its convocation and add the members."))
                return redirect(_address(row))
            messages.success(request, _("Saved."))
            return redirect(back)
    return form_page(
        request,
        form,
        section=SECTION,
        title=capfirst(planned.get_step_display()),
        crumb=row.neighbourhood.short_name,
        submit=_("Save"),
        back=back,
    )


@coordinators_only
@form_view
def formation_close(request, slug):
    row = _council(slug)
    found = get_object_or_404(Formation.objects.open(), council=row)
    now = timezone.now()
    form = CloseFormationForm(posted(request), initial={"closed_on": timezone.localdate(now)})
    if request.method == "POST" and form.is_valid():
        try:
            elections.close_formation(formation=found, by=request.user, now=now, **form.cleaned_data)
        except operations.CouncilRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The formation is closed without a council."))
            return redirect(_address(row))
    return form_page(
        request,
        form,
        section=SECTION,
        title=_("Close the formation"),
        crumb=row.neighbourhood.short_name,
        lead=_("When too few applied even after the extension, the process is closed (§14.7)."),
        submit=_("Close without a council"),
        danger=True,
        back=reverse("dashboard:panel-formation", args=[slug]),
    )
