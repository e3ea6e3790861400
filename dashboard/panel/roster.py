"""Empty seats of a council and who comes next (§19, §20): the order of substitutes, entered by hand or from a table."""

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe
from import_export.tmp_storages import CacheStorage

from councils import operations
from councils.models import Council, Seat, Substitute, SubstituteState, Term
from councils.regulation import Regulation
from councils.resources import SubstituteTable
from dashboard.panel import operations as panel_operations
from dashboard.panel.forms.roster import ImportForm, OfferForm, PlaceForm, RefusalForm, SubstituteForm, TakeSeatForm
from dashboard.panel.page import coordinators_only, form_page, panel
from neighbourhoods.formats import LatvianCSV, SafeXLSX, Unreadable
from neighbourhoods.requests import form_view, posted

SECTION = "councils"
FORMATS: dict[str, type[SafeXLSX] | type[LatvianCSV]] = {"xlsx": SafeXLSX, "csv": LatvianCSV}


# --- what is empty, and who is next -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Vacancies:
    """The seats of a term that nobody holds to its end, and the order of those who may take them."""

    term: Term
    seats: list[Seat]  # vacant, with `empty_from`
    substitutes: list[Substitute]
    minimum: int  # fewest members (§20)

    @property
    def next(self) -> Substitute | None:
        """Who is asked next (§19)."""
        open_states = (SubstituteState.WAITING, SubstituteState.OFFERED)
        return next((row for row in self.substitutes if row.state in open_states), None)

    @property
    def below_from(self) -> date | None:
        """From which day on the council has fewer members than the minimum; None while it has enough, and while its
        first members are being entered: §20 is about mandates that have ended."""
        spare = (self.term.seat_count or 0) - self.minimum
        if all(seat.empty_from <= self.term.started_on for seat in self.seats):
            return None
        return self.seats[spare].empty_from if len(self.seats) > spare else None

    def begins_on(self, today: date) -> date:
        """The first day on which somebody can take a seat."""
        return max(self.seats[0].empty_from, today) if self.seats else today


def term_at_work(terms: list[Term], on: date) -> Term | None:
    """The convocation of the day; before the first one begins, that one."""
    lasting = [term for term in terms if term.ended_on is None or term.ended_on > on]
    return min(lasting, key=lambda term: term.started_on, default=None)


def vacancies(term: Term, rules: Regulation) -> Vacancies:
    """Two queries."""
    return Vacancies(
        term=term,
        seats=list(term.seats.vacant()) if term.seat_count else [],
        substitutes=list(term.substitutes.in_order().select_related("person")),
        minimum=rules.min_members(term.seat_count or 0),
    )


def is_out_of_order(rows: list[Substitute]) -> bool:
    """Does somebody with fewer votes, or with as many and a later application, stand before another (§17)?"""
    known = [(row.votes, row.applied_at) for row in rows if row.votes is not None]
    for (votes, applied_at), (more, earlier) in pairwise(known):
        if votes < more or (votes == more and applied_at and earlier and applied_at > earlier):
            return True
    return False


def _term(slug: str) -> Term:
    """The convocation at work; 404 while there is none."""
    council = get_object_or_404(Council.objects.select_related("neighbourhood"), neighbourhood__slug=slug)
    term = term_at_work(list(council.terms.all()), timezone.localdate())
    if term is None:
        raise Http404
    term.council = council
    return term


def _substitute(pk: int) -> Substitute:
    rows = Substitute.objects.select_related("person", "term__council__neighbourhood")
    return get_object_or_404(rows, pk=pk)


def _list(term: Term) -> str:
    return reverse("dashboard:panel-substitutes", args=[term.council.neighbourhood.slug])


def _council(term: Term) -> str:
    return reverse("dashboard:panel-council", args=[term.council.neighbourhood.slug])


# --- the order --------------------------------------------------------------------------------------------------------


@coordinators_only
@require_safe
def substitute_list(request, slug):
    term = _term(slug)
    rows = list(term.substitutes.in_order().select_related("person", "membership"))
    open_states = (SubstituteState.WAITING, SubstituteState.OFFERED)
    context = {
        "term": term,
        "council": term.council,
        "rows": rows,
        "next": next((row for row in rows if row.state in open_states), None),
        "out_of_order": is_out_of_order(rows),
        "query": urlencode({"apkaime": slug}),
    }
    return panel(request, "substitutes", context, section=SECTION)


@coordinators_only
@form_view
def substitute_new(request, slug):
    term = _term(slug)
    now = timezone.now()
    last = term.substitutes.order_by("-rank").values_list("rank", flat=True).first() or 0
    form = SubstituteForm(posted(request), by=request.user, now=now, initial={"rank": last + 1})
    if request.method == "POST" and form.is_valid():
        try:
            row = panel_operations.enter_and_list(
                term=term,
                person=form.chosen,
                new_person=form.new_person(),
                is_namesake=form.is_namesake,
                by=request.user,
                now=now,
                **form.place(),
            )
        except operations.CouncilRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("%(person)s is in the order.") % {"person": row.person})
            return redirect(_list(term))
    return form_page(
        request,
        form,
        section=SECTION,
        title=_("Add a candidate"),
        crumb=_("Next candidates"),
        lead=_("Somebody who stood for the council, was not elected, and takes over when a mandate ends (§19)."),
        submit=_("Add"),
        back=_list(term),
    )


@coordinators_only
@form_view
def substitute_edit(request, pk):
    row = _substitute(pk)
    initial = {name: getattr(row, name) for name in operations.SUBSTITUTE_FIELDS}
    form = PlaceForm(posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            operations.change_substitute(substitute=row, by=request.user, now=timezone.now(), **form.place())
        except operations.CouncilRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("Saved."))
            return redirect(_list(row.term))
    was_asked = row.state != SubstituteState.WAITING
    return form_page(
        request,
        form,
        section=SECTION,
        title=row.person.name,
        crumb=_("Next candidates"),
        submit=_("Save"),
        back=_list(row.term),
        remove="" if was_asked else reverse("dashboard:panel-substitute-remove", args=[row.pk]),
    )


def _act(request, row: Substitute, form, act, *, title, lead="", submit, said, danger=False, back=""):
    """A page with one act on a substitute; `act` takes what the form says."""
    back = back or _council(row.term)
    if request.method == "POST" and (form is None or form.is_valid()):
        given = form.cleaned_data if form else {}
        try:
            act(substitute=row, by=request.user, now=timezone.now(), **given)
        except operations.CouncilRefused as refusal:
            if form is None:
                messages.error(request, str(refusal))
                return redirect(back)
            form.add_error(None, str(refusal))
        else:
            messages.success(request, said % {"person": row.person})
            return redirect(back)
    return form_page(
        request,
        form,
        section=SECTION,
        title=title % {"person": row.person},
        crumb=_("Next candidates") if back == _list(row.term) else row.term.council.neighbourhood.short_name,
        lead=lead,
        submit=submit,
        back=back,
        danger=danger,
    )


@coordinators_only
@form_view
def substitute_remove(request, pk):
    row = _substitute(pk)
    return _act(
        request,
        row,
        None,
        operations.remove_substitute,
        title=_("Remove from the order: %(person)s"),
        lead=_("For somebody who was entered by mistake. Who refuses a seat stays in the order, with the reason."),
        submit=_("Remove"),
        said=_("%(person)s is removed from the order."),
        danger=True,
        back=_list(row.term),
    )


@coordinators_only
@form_view
def substitute_offer(request, pk):
    return _act(
        request,
        _substitute(pk),
        OfferForm(posted(request), initial={"offered_on": timezone.localdate()}),
        operations.offer_seat,
        title=_("Offer the seat: %(person)s"),
        lead=_("Call or write to the candidate, then write down the day here. The answer is written down afterwards."),
        submit=_("The seat is offered"),
        said=_("Written down: the seat is offered to %(person)s."),
    )


@coordinators_only
@form_view
def substitute_seat(request, pk):
    row = _substitute(pk)
    first = row.term.seats.vacant().first()
    begins = max(first.empty_from, timezone.localdate()) if first else timezone.localdate()
    return _act(
        request,
        row,
        TakeSeatForm(posted(request), initial={"started_on": begins, "source": row.source}),
        operations.seat_substitute,
        title=_("Takes the seat: %(person)s"),
        lead=_("The candidate is a member for the rest of the convocation (§19)."),
        submit=_("Make a member"),
        said=_("%(person)s is a member of the council."),
    )


@coordinators_only
@form_view
def substitute_refuse(request, pk):
    row = _substitute(pk)
    after = next((one for one in row.term.substitutes.waiting().select_related("person") if one != row), None)
    return _act(
        request,
        row,
        RefusalForm(posted(request), initial={"declined_on": timezone.localdate()}),
        operations.record_refusal,
        title=_("Refuses the seat: %(person)s"),
        lead=_("Then the next one is asked: %(person)s.") % {"person": after.person} if after else "",
        submit=_("Write down the refusal"),
        said=_("Written down: %(person)s does not take the seat."),
        danger=True,
    )


# --- the order from a table -------------------------------------------------------------------------------------------


@coordinators_only
@form_view
def substitute_import(request, slug):
    """First a look at what the table would change, then all of it or nothing."""
    term = _term(slug)
    if request.method == "POST" and "kept" in request.POST:
        return _import_kept(request, term)
    form = ImportForm(request.POST, request.FILES) if request.method == "POST" else ImportForm()
    context: dict = {"term": term, "council": term.council, "form": form, "headings": _headings()}
    context["query"] = urlencode({"apkaime": slug})
    if request.method != "POST" or not form.is_valid():
        return panel(request, "substitutes_import", context, section=SECTION)
    content = form.cleaned_data["file"].read()
    try:
        result = _load(request, term, content, form.ending, dry_run=True)
    except Unreadable as unreadable:
        form.add_error("file", str(unreadable))
        return panel(request, "substitutes_import", context, section=SECTION)
    faults = _faults(result)
    if not faults and not result.rows:
        form.add_error("file", _("The table has no rows."))
    elif faults:
        form.add_error("file", _("Nothing is changed: the table has mistakes. Correct them and choose it again."))
    else:
        storage = CacheStorage()
        storage.save(content)
        context |= {"rows": result.rows, "kept": storage.name, "ending": form.ending}
    return panel(request, "substitutes_import", {**context, "faults": faults}, section=SECTION)


def _headings() -> list[str]:
    return [SubstituteTable.fields[name].column_name for name in SubstituteTable._meta.fields]


def _load(request, term: Term, content: bytes, ending: str, *, dry_run: bool):
    """What import-export says of the table. Raises Unreadable for a file that is none."""
    dataset = FORMATS[ending]().create_dataset(content)
    table = SubstituteTable(term=term, by=request.user, now=timezone.now())
    return table.import_data(dataset, dry_run=dry_run, use_transactions=True, rollback_on_validation_errors=True)


def _faults(result) -> list[tuple[int | None, str]]:
    """Each mistake with the row it stands in, as the spreadsheet counts (its headings are row 1); None: all of it."""
    found: list[tuple[int | None, str]] = [(None, str(error.error)) for error in result.base_errors]
    for number, errors in result.row_errors():
        found += [(number + 1, str(error.error)) for error in errors]
    for row in result.invalid_rows:
        for heading, texts in row.field_specific_errors.items():
            found += [(row.number + 1, f"{heading}: {text}") for text in texts]
        found += [(row.number + 1, str(text)) for text in row.non_field_specific_errors]
    return sorted(found, key=lambda fault: (fault[0] or 0, fault[1]))


def _import_kept(request, term: Term):
    storage = CacheStorage(name=request.POST["kept"][:40])
    ending = request.POST.get("ending", "")
    address = reverse("dashboard:panel-substitutes-import", args=[term.council.neighbourhood.slug])
    try:
        result = _load(request, term, storage.read(), ending if ending in FORMATS else "xlsx", dry_run=False)
    except Unreadable as unreadable:  # kept for a day, and only while the cache is there
        messages.error(request, str(unreadable))
        return redirect(address)
    if _faults(result):
        messages.error(request, _("Nothing was changed: the data is different by now. Choose the file again."))
        return redirect(address)
    storage.remove()
    count = len(result.rows)
    said = ngettext("%(count)d candidate stands in the order.", "%(count)d candidates stand in the order.", count)
    messages.success(request, said % {"count": count})
    return redirect(_list(term))
