"""At the door, on a phone: who came, found by name or by the code; who came without signing up; the numbers.

Every form works as it is. `static/js/checkin.js` sends it with `Accept: application/json`, keeps it while the net is
away, and is answered what came of it ("saved", "full", "refused") and what the page has to show from now on.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID, uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, Q
from django.db.models.functions import Collate
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from dashboard.panel.forms.checkin import ArrivalForm, WalkInForm
from events import operations
from events.models import CheckIn, Event, Rsvp
from events.permissions import can_check_in
from neighbourhoods import latvian
from neighbourhoods.requests import by_script, form_view

OVERLAP = timedelta(seconds=30)  # between two looks, for what was being written at the moment of the first
LIST, CARD = "saraksts", "karte"  # the two pages that send the forms


@dataclass
class Line:
    """One line of the list: a sign-up, or people without a name (`rsvp` is None)."""

    rsvp: Rsvp | None
    arrival: CheckIn | None
    key: UUID
    is_gone: bool = False

    @property
    def mark(self) -> str:
        if self.rsvp:
            return f"p-{self.rsvp.pk}"
        assert self.arrival
        return f"i-{self.arrival.pk}"

    @property
    def words(self) -> str:
        """The name as the script searches in it while somebody types."""
        return latvian.fold(self.rsvp.person.name) if self.rsvp else ""


def _event(request: HttpRequest, pk: int) -> Event:
    event = get_object_or_404(Event, pk=pk)
    if not can_check_in(request.user, event, timezone.localdate()):
        raise PermissionDenied
    return event


def _sign_up(request: HttpRequest, pk: int) -> Rsvp:
    row = get_object_or_404(_with_arrivals(Rsvp.objects.select_related("event")), pk=pk)
    if not can_check_in(request.user, row.event, timezone.localdate()):
        raise PermissionDenied
    if row.person.erased_at:
        raise Http404
    return row


def _with_arrivals(rows):
    """Add `standing`, the arrivals that count: one, or none. Two queries however many rows."""
    standing = Prefetch("check_ins", CheckIn.objects.standing(), to_attr="standing")
    return rows.select_related("person").prefetch_related(standing)


def _line(row, *, is_gone: bool = False) -> Line:
    return Line(row, row.standing[0] if row.standing else None, uuid4(), is_gone=is_gone)


def _changed(rows) -> list[Line]:
    """Lines as the script puts them into the list, from which a cancelled sign-up goes."""
    return [_line(row, is_gone=not row.is_active) for row in _by_name(_with_arrivals(rows))]


def _by_name(rows):
    return rows.order_by(Collate("person__family_name", "lv"), Collate("person__given_name", "lv"), "number")


def _lines(event: Event, query: str) -> list[Line]:
    """Everybody on the list, and who was let in without a name; of the cancelled only those whose name is asked for.

    Three queries.
    """
    rows = Rsvp.objects.filter(event=event, person__erased_at=None)
    terms = latvian.search_terms(query)
    if not terms:
        named = [_line(row) for row in _by_name(_with_arrivals(rows.active()))]
        return named + _unnamed(event.check_ins.standing())
    for term in terms:
        rows = rows.filter(person__search_text__contains=term)
    found = list(_by_name(_with_arrivals(rows)))
    active = {row.person_id for row in found if row.is_active}
    return [_line(row) for row in found if row.is_active or row.person_id not in active]


def _unnamed(rows) -> list[Line]:
    return [
        Line(None, row, uuid4(), is_gone=row.undone_at is not None) for row in rows.filter(rsvp=None).order_by("pk")
    ]


def _shown(request: HttpRequest, event: Event, now: datetime, lines: Iterable[Line]) -> dict:
    return {
        "event": event,
        "lines": lines,
        "numbers": operations.attendance(event),
        "takes_arrivals": operations.takes_arrivals_at(event, now),
        "opens_at": operations.door_opens_at(event),
        "query": request.GET.get("q", "")[:100],
        "now": now,
        "since": now - OVERLAP,
    }


# --- the list ---------------------------------------------------------------------------------------------------------


@never_cache
@require_safe
def door(request, pk):
    """Everybody who may come, each with one button; at the top the numbers and who did not sign up."""
    now = timezone.now()
    event = _event(request, pk)
    lines = _lines(event, request.GET.get("q", "")[:100])
    context = {**_shown(request, event, now, lines), "form": WalkInForm()}
    return render(request, "dashboard/panel/door.html", context)


@never_cache
@require_safe
def news(request, pk):
    """What changed at the door since the moment `kops`: the numbers and the lines, to be put in their places."""
    now = timezone.now()
    event = _event(request, pk)
    try:
        since = parse_datetime(request.GET.get("kops", ""))
    except ValueError:
        since = None
    since = since if since and timezone.is_aware(since) else now
    changed = CheckIn.objects.filter(Q(recorded_at__gte=since) | Q(undone_at__gte=since), event=event)
    rows = Rsvp.objects.filter(event=event, person__erased_at=None).filter(
        Q(pk__in=changed.values("rsvp")) | Q(rsvped_at__gte=since) | Q(cancelled_at__gte=since)
    )
    context = _shown(request, event, now, [*_changed(rows), *_unnamed(changed)])
    return render(request, "dashboard/panel/_door_news.html", context)


# --- what is pressed --------------------------------------------------------------------------------------------------


def _answer(
    request: HttpRequest, event: Event, now: datetime, write: Callable[[], CheckIn], here: str, shown: Rsvp | None
) -> HttpResponse | None:
    """Write the arrival and answer; None where the organiser has to look a second time, on a page. `shown` is the
    sign-up that was pressed; another one may have come of it."""
    try:
        found = write()
    except operations.NoSeatLeft as refusal:
        return JsonResponse({"state": "full", "said": str(refusal)}) if by_script(request) else None
    except operations.CheckInRefused as refusal:
        return _refused(request, str(refusal), _back(request, event, here, shown.pk if shown else None))
    back = _back(request, event, here, found.rsvp_id)
    if by_script(request):
        rows = Rsvp.objects.filter(pk__in=[pk for pk in (found.rsvp_id, shown and shown.pk) if pk])
        lines = _changed(rows) or _unnamed(CheckIn.objects.filter(pk=found.pk))
        html = render_to_string("dashboard/panel/_door_news.html", _shown(request, event, now, lines), request)
        return JsonResponse({"state": "saved", "html": html, "next": back})
    _tell(request, found)
    return redirect(back)


def _back(request: HttpRequest, event: Event, here: str, rsvp_id: int | None) -> str:
    """Where to go on: the card, or the list as it was searched, at the line that was pressed."""
    if here == CARD and rsvp_id:
        return reverse("dashboard:panel-check-in", args=[rsvp_id])
    query = urlencode({"q": request.POST.get("q", "")[:100]}) if request.POST.get("q") else ""
    mark = f"#p-{rsvp_id}" if rsvp_id else ""
    return f"{reverse('dashboard:panel-door', args=[event.pk])}{'?' if query else ''}{query}{mark}"


def _refused(request: HttpRequest, said: str, back: str) -> HttpResponse:
    if by_script(request):
        return JsonResponse({"state": "refused", "said": said})
    messages.error(request, said)
    return redirect(back)


def _tell(request: HttpRequest, found: CheckIn) -> None:
    if found.undone_at:
        messages.info(request, _("Taken back: nobody came in by this."))
    elif found.rsvp:
        messages.success(request, _("%(person)s is in.") % {"person": found.rsvp.person})
    else:
        words = ngettext("%(count)d person let in.", "%(count)d people let in.", found.people)
        messages.success(request, words % {"count": found.people})


def _second_look(request: HttpRequest, event: Event, form: ArrivalForm, who: str, back: str) -> HttpResponse:
    """All seats are taken: the same once more, with how things stand and a button that says so."""
    context = {
        "event": event,
        "who": who,
        "hidden": {name: form.data.get(name, "") for name in ("key", "people", "name", "no") if form.data.get(name)},
        "numbers": operations.attendance(event),
        "back": back,
    }
    return render(request, "dashboard/panel/door_full.html", context)


def _first_error(form: ArrivalForm) -> str:
    return next(str(error) for errors in form.errors.values() for error in errors)


@never_cache
@form_view
def check_in(request, pk):
    """The card of one sign-up, which its code opens: one button, and how many came. The list sends the same form."""
    now = timezone.now()
    row = _sign_up(request, pk)
    event = row.event
    if request.method != "POST":
        line = _line(row)
        context = {**_shown(request, event, now, [line]), "row": row, "line": line}
        return render(request, "dashboard/panel/door_card.html", context)
    here = request.POST.get("no", CARD)
    back = _back(request, event, here, row.pk)
    form = ArrivalForm(request.POST)
    if not form.is_valid():
        return _refused(request, _first_error(form), back)
    note = form.note(now)

    def write() -> CheckIn:
        if row.is_active:
            return operations.check_in(rsvp=row, by=request.user, now=now, **note)
        people = note.pop("people") or row.party_size
        return operations.walk_in(event=event, person=row.person, people=people, by=request.user, now=now, **note)

    answer = _answer(request, event, now, write, here, row)
    return answer or _second_look(request, event, form, row.person.name, back)


@require_POST
def walk_in(request, pk):
    """Let people in who did not sign up, with a name or without."""
    now = timezone.now()
    event = _event(request, pk)
    back = _back(request, event, LIST, None)
    form = WalkInForm(request.POST)
    if not form.is_valid():
        return _refused(request, _first_error(form), back)

    def write() -> CheckIn:
        return operations.walk_in(event=event, by=request.user, now=now, **form.note(now))

    answer = _answer(request, event, now, write, LIST, None)
    return answer or _second_look(request, event, form, form.cleaned_data["name"], back)


@require_POST
def undo(request, pk):
    """Take an arrival back."""
    now = timezone.now()
    found = get_object_or_404(CheckIn.objects.select_related("event", "rsvp"), pk=pk)
    if not can_check_in(request.user, found.event, timezone.localdate()):
        raise PermissionDenied

    def write() -> CheckIn:
        return operations.undo_check_in(check_in=found, by=request.user, now=now)

    answer = _answer(request, found.event, now, write, request.POST.get("no", LIST), found.rsvp)
    assert answer is not None  # an undoing needs no seat
    return answer
