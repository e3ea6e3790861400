"""The meeting's room: pages on which officers keep the record while the meeting goes on, and members follow it.

Each form is a part of its own. It is sent as a plain form, or by `static/js/room.js` with `Accept: application/json`;
the answers to the script say what came of it ("saved", "conflict", "refused") and bring the part as it is now.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from councils import permissions
from councils.forms.room import (
    CloseForm,
    HeadForm,
    ItemForm,
    MarkForm,
    OpenForm,
    PartForm,
    ReasonForm,
    RecusalForm,
    ResolutionForm,
    TaskForm,
    VoteByCountForm,
    VoteByNameForm,
    VoteForm,
    clock_of,
    moment,
)
from councils.models import AgendaItem, Attendance, Council, Meeting, Office, Recusal, Resolution, Task
from councils.operations import agenda, room, votes
from councils.operations.base import CouncilRefused
from neighbourhoods import latvian
from neighbourhoods.requests import by_script, form_view, posted
from people.models import Person


@dataclass(frozen=True)
class Room:
    """A meeting as one visitor may see it: `own` are the councils whose roll and votes this visitor keeps."""

    meeting: Meeting
    own: set[int]
    now: datetime
    is_signed: bool

    @property
    def at(self) -> datetime:
        return room.moment_of(self.meeting, self.now)

    @property
    def keeps(self) -> bool:
        """May this visitor write into the record now, be it as a correction?"""
        return bool(self.own) and not self.is_signed

    @property
    def is_closed(self) -> bool:
        return self.meeting.closed_at is not None

    @property
    def has_opened(self) -> bool:
        return self.meeting.opened_at is not None

    @property
    def has_begun(self) -> bool:
        """Is it the day of the meeting, or later?"""
        return self.meeting.held_on <= timezone.localdate(self.now)

    @property
    def writes(self) -> bool:
        """Does this visitor write without being asked for the reason of a correction?"""
        return self.keeps and not self.is_closed and self.meeting.opened_at is not None

    def keeps_of(self, council: Council) -> bool:
        return council.pk in self.own and self.keeps


def enter(request: HttpRequest, pk: int, *, to_write: bool = False) -> Room:
    """The room of an announced meeting, for who may see it; with `to_write` for who keeps the record."""
    now = timezone.now()
    meetings = Meeting.objects.filter(event__published_at__isnull=False, event__cancelled_at=None)
    meeting = get_object_or_404(meetings.select_related("event", "leader", "minute_taker"), pk=pk)
    on = timezone.localdate(now)
    own = permissions.rooms_of(request.user, meeting, on)
    if not own and (to_write or not permissions.can_see_record(request.user, meeting, on)):
        raise PermissionDenied
    return Room(meeting, own, now, room.is_signed(meeting))


def show(request: HttpRequest, template: str, here: Room, context: dict, status: int = 200) -> HttpResponse:
    councils = context.get("councils") or list(here.meeting.councils.select_related("neighbourhood").by_name())
    own = [council for council in councils if council.pk in here.own]
    own = own or (councils if len(councils) == 1 else [])
    areas = [council.neighbourhood for council in own[:1]]
    crumbs = [(area, reverse("dashboard:council-room", args=[area.slug])) for area in areas]
    if template != "room":
        crumbs.append((latvian.written(here.meeting.event.title), _room_address(here)))
    if "item" in context and template != "room_item":
        crumbs.append((latvian.written(context["item"].title), _item_address(here, context["item"])))
    context = {
        "here": here,
        "meeting": here.meeting,
        "crumbs": crumbs,
        "is_joint": len(councils) > 1,
        "today": timezone.localdate(here.now),
        "action": request.path,
        **context,
    }
    return render(request, f"councils/{template}.html", context, status=status)


def own_council(here: Room, slug: str) -> Council:
    """The council of the meeting whose votes this visitor closes."""
    council = get_object_or_404(here.meeting.councils.select_related("neighbourhood"), neighbourhood__slug=slug)
    if council.pk not in here.own:
        raise PermissionDenied
    return council


# --- how a part is sent -----------------------------------------------------------------------------------------------


@dataclass
class Part:
    """A form of the room with the row it is about. `save` takes what was said and the revision that was seen."""

    form: PartForm
    save: Callable[[dict[str, Any], int], Any]
    values_of: Callable[[Any], Mapping[str, Any]] = lambda row: {}
    row: Any = None
    counter: str = "revision"

    def revision(self) -> int:
        return getattr(self.row, self.counter, 0)

    def send(self) -> bool:
        """Save what was sent. False: the form says why not, or holds two texts to choose from (`form.conflict`)."""
        form = self.form
        if not form.is_valid():
            return False
        if form.keep == "theirs":
            return True
        said = form.joined(self.values_of(self.row)) if form.keep == "both" and self.row else form.said()
        try:
            self.row = self.save(said, form.seen)
        except room.Overtaken as overtaken:
            self.row = overtaken.theirs
            if self.row is None:
                form.add_error(None, _("Somebody else deleted this in the meantime. Send it again to make it anew."))
                form.travel_with(0)
            else:
                form.differ(self.values_of(self.row), self.revision())
            return False
        except CouncilRefused as refusal:
            form.add_error(None, str(refusal))
            return False
        return True


def told(request: HttpRequest, here: Room, form: PartForm, partial: str, context: dict) -> JsonResponse:
    """The answer to the script when a part was not saved: the part again, with what was typed."""
    context = {"here": here, "meeting": here.meeting, "action": request.path, **context}
    html = render_to_string(f"councils/{partial}.html", context, request)
    return JsonResponse({"state": "conflict" if form.conflict else "refused", "html": html})


def saved(request: HttpRequest, here: Room, address: str, hidden: Mapping[str, Any] | None = None) -> HttpResponse:
    """The answer to a part that was saved: where to go on, and for the script what travels along from now."""
    clock = latvian.clock(timezone.localtime(here.now))
    if by_script(request):
        return JsonResponse({"state": "saved", "at": clock, "next": address, "values": hidden or {}})
    messages.success(request, _("Saved at %(time)s.") % {"time": clock})
    return redirect(address)


def page(
    request: HttpRequest,
    here: Room,
    part: Part,
    context: dict,
    address: str,
    template: str = "room_form",
    partial: str = "_room_form",
) -> HttpResponse:
    """A page of which one part is a form: shown, or saved and left for `address`."""
    form = part.form
    context = {"form": form, "submit": _("Save"), **context}
    if "correction" in form.fields:
        context["sends"] = "press"
    if request.method != "POST":
        return show(request, template, here, context)
    if part.send():
        return saved(request, here, address, {form.add_prefix("revision"): part.revision()})
    if by_script(request):
        return told(request, here, form, partial, context)
    return show(request, template, here, context, status=409 if form.conflict else 200)


# --- the overview -----------------------------------------------------------------------------------------------------


@require_safe
def overview(request, pk):
    """Where the meeting stands: quorum, people, items. Its number of queries does not depend on how many."""
    here = enter(request, pk)
    rolls = room.rolls(here.meeting)
    items = _agenda(here.meeting)
    context = {
        "rolls": rolls,
        "quorums": [roll.quorum(here.at) for roll in rolls],
        "councils": [roll.council for roll in rolls],
        "items": items,
        "next_item": next((item for item in items if not item.is_dealt_with), None),
        "called": sum(roll.called for roll in rolls),
        "members": sum(len(roll.lines) for roll in rolls),
    }
    return show(request, "room", here, context)


def _agenda(meeting: Meeting) -> list[Any]:
    """The agenda with its numbers, resolutions and what became of each item. Four queries."""
    resolutions = Prefetch("resolutions", Resolution.objects.select_related("council__neighbourhood").order_by("pk"))
    recusals = Prefetch("recusals", Recusal.objects.select_related("membership__person").order_by("pk"))
    items: list[Any] = meeting.agenda.prefetch_related(resolutions, recusals, "tasks").numbered()
    for item in items:
        waits = any(resolution.voted_at is None for resolution in item.resolutions.all())
        item.is_dealt_with = bool(item.outcome or item.resolutions.all()) and not waits
    return items


@require_safe
def quorum_now(request, pk):
    """The part of the page that changes by itself; the script asks for it, and puts it in its place."""
    here = enter(request, pk)
    quorums = [roll.quorum(here.at) for roll in room.rolls(here.meeting)]
    return render(request, "councils/_quorum.html", {"here": here, "meeting": here.meeting, "quorums": quorums})


# --- the meeting begins and ends --------------------------------------------------------------------------------------


def _who_may_lead(request, here: Room) -> tuple[list[int], dict[str, Any]]:
    """Ids of people who may lead or take minutes, and who does by office: the chair, or else the deputy; the secretary.

    Members of the councils, who is logged in, and who was chosen already.
    """
    rolls = room.rolls(here.meeting)
    lines = [line for roll in rolls for line in roll.lines]
    people = {line.membership.person_id for line in lines} | {request.user.person.pk}
    people |= {row for row in (here.meeting.leader_id, here.meeting.minute_taker_id) if row}
    absent = {Attendance.Mark.EXCUSED, Attendance.Mark.UNEXCUSED}

    def first(*kinds: str) -> Person | None:
        holders = {line.office: line.membership.person for line in reversed(lines) if line.mark not in absent}
        return next((holders[kind] for kind in kinds if kind in holders), None)

    leader = first(Office.Kind.CHAIR, Office.Kind.DEPUTY_CHAIR)
    return sorted(people), {"leader": leader, "minute_taker": first(Office.Kind.SECRETARY)}


def _clock_now(here: Room, otherwise: datetime) -> time | None:
    """The clock now on the day of the meeting, and what was planned when it is written down later."""
    is_today = here.meeting.held_on == timezone.localdate(here.now)
    return clock_of(here.now if is_today else otherwise)


@form_view
def meeting_open(request, pk):
    here = enter(request, pk, to_write=True)
    if here.meeting.opened_at is not None:
        return redirect("councils:room", pk)
    people, by_office = _who_may_lead(request, here)
    initial = {"opened": _clock_now(here, here.meeting.event.starts_at), **by_office}
    form = OpenForm(posted(request), people=people, initial=initial)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            room.open_meeting(
                meeting=here.meeting,
                leader=said["leader"],
                minute_taker=said["minute_taker"],
                opened_at=moment(here.meeting, said["opened"]),
                by=request.user,
                now=here.now,
            )
        except room.RoomRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The meeting is open."))
            return redirect("councils:room-roll", pk)
    context = {"form": form, "title": _("Open the meeting"), "submit": _("Open the meeting")}
    return show(request, "room_form", here, context)


@form_view
def meeting_close(request, pk):
    here = enter(request, pk, to_write=True)
    if here.is_closed or here.meeting.opened_at is None:
        return redirect("councils:room", pk)
    form = CloseForm(
        posted(request),
        initial={"closed": _clock_now(here, here.meeting.event.ends_at)},
    )
    if request.method == "POST" and form.is_valid():
        closed_at = moment(here.meeting, form.cleaned_data["closed"], here.now)
        try:
            room.close_meeting(meeting=here.meeting, closed_at=closed_at, by=request.user, now=here.now)
        except room.RoomRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, _("The meeting is closed. The record is whole; now the minutes can be made."))
            return redirect("councils:room", pk)
    postponed = [item for item, outcome in room.ends(here.meeting) if outcome == AgendaItem.Outcome.POSTPONED]
    context = {
        "form": form,
        "postponed": postponed,
        "title": _("Close the meeting"),
        "submit": _("Close the meeting"),
    }
    return show(request, "room_form", here, context)


@form_view
def head(request, pk):
    """Residents present, invited guests, who leads: parts of the minutes that belong to no item."""
    here = enter(request, pk, to_write=True)
    if here.meeting.opened_at is None or not here.keeps:
        return redirect("councils:room", pk)
    people, _by_office = _who_may_lead(request, here)
    form = HeadForm(posted(request), meeting=here.meeting, people=people)

    def save(said, seen):
        return room.write_head(
            meeting=here.meeting,
            seen=seen,
            by=request.user,
            now=here.now,
            correction=form.correction_said,
            **form.of(said),
        )

    context = {"part": "head", "title": _("Who else is here"), "sends": "typing"}
    part = Part(form, save, HeadForm.values_of, here.meeting, "room_revision")
    return page(request, here, part, context, _room_address(here))


def _room_address(here: Room) -> str:
    return reverse("councils:room", args=[here.meeting.pk])


# --- roll call --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Called:
    """A member on the page of the roll: the form where this visitor may call."""

    line: room.Line
    form: MarkForm | None


@form_view
def roll(request, pk):
    """All members of the councils that meet; each is a part of its own. After the close one is corrected at a time
    (`?labot=`), with the reason."""
    here = enter(request, pk, to_write=request.method == "POST")
    if request.method == "POST" and not here.keeps:
        raise PermissionDenied
    rolls = room.rolls(here.meeting)
    groups = [(roll, _callable(request, here, roll)) for roll in rolls]
    if request.method == "POST":
        forms = [called.form for _roll, lines in groups for called in lines if called.form and called.form.is_sent]
        results = [_save_mark(request, here, form) for form in forms]
        if all(results):
            fresh = {form.membership.pk: form for form in forms}
            return saved(request, here, _after_roll(here), _fresh_marks(here, fresh))
        if by_script(request):
            form = next(form for form, result in zip(forms, results, strict=True) if not result)
            line = next(line for _roll, lines in groups for line in lines if line.form is form)
            return told(request, here, form, "_room_mark", {"called": line})
    conflict = any(called.form and called.form.conflict for _roll, lines in groups for called in lines)
    context = {
        "title": _("Roll call"),
        "groups": groups,
        "councils": [roll.council for roll in rolls],
        "quorums": [roll.quorum(here.at) for roll in rolls],
        "has_form": any(called.form for _roll, lines in groups for called in lines),
    }
    return show(request, "room_roll", here, context, status=409 if conflict else 200)


def _after_roll(here: Room) -> str:
    return reverse("councils:room-roll" if here.is_closed else "councils:room", args=[here.meeting.pk])


def _mark_form(here: Room, line: room.Line, data=None) -> MarkForm:
    return MarkForm(data, meeting=here.meeting, membership=line.membership, attendance=line.attendance, now=here.now)


def _callable(request: HttpRequest, here: Room, roll: room.Roll) -> list[Called]:
    if not here.keeps_of(roll.council) or not here.has_begun:
        return [Called(line, None) for line in roll.lines]
    data = posted(request)
    chosen = request.GET.get("labot", "")
    found = []
    for line in roll.lines:
        form = None
        if not here.is_closed or str(line.membership.pk) == chosen or data:
            form = _mark_form(here, line, data)
            if data and not form.is_sent:
                form = None
                if not here.is_closed:
                    form = _mark_form(here, line)
        found.append(Called(line, form))
    return found


def _save_mark(request, here: Room, form: MarkForm) -> bool:
    if not form.is_touched:
        return True

    def save(said, seen):
        return room.call(
            meeting=here.meeting,
            membership=form.membership,
            seen=seen,
            by=request.user,
            now=here.now,
            correction=form.correction_said,
            **form.of(said),
        )

    return Part(form, save, MarkForm.values_of, form.attendance).send()


def _fresh_marks(here: Room, forms: Mapping[int, MarkForm]) -> dict[str, Any]:
    """What travels along with each saved member from now on: the revision, and what the page shows."""
    values: dict[str, Any] = {}
    for row in here.meeting.attendances.filter(membership__in=forms):
        form = forms[row.membership_id]
        values[form.add_prefix("revision")] = row.revision
        for name, value in MarkForm.values_of(row).items():
            shown = value.strftime("%H:%M") if isinstance(value, time) else value or ""
            values[form.add_initial_prefix(name)] = shown
    return values


@require_POST
def roll_rest(request, pk, slug):
    """One button for all who are not marked yet."""
    here = enter(request, pk, to_write=True)
    council = own_council(here, slug)
    try:
        count = room.call_rest(
            meeting=here.meeting, council=council, mark=Attendance.Mark.PRESENT, by=request.user, now=here.now
        )
    except room.RoomRefused as refusal:
        messages.error(request, str(refusal))
    else:
        said = ngettext("%(count)d member marked as present.", "%(count)d members marked as present.", count)
        messages.success(request, said % {"count": count})
    return redirect("councils:room-roll", pk)


# --- an item ----------------------------------------------------------------------------------------------------------


def _item(here: Room, pk: int) -> tuple[Any, list[Any]]:
    """The item and the whole agenda, which its number follows from."""
    items = _agenda(here.meeting)
    found = next((item for item in items if item.pk == pk), None)
    if found is None:
        raise Http404
    found.meeting = here.meeting
    return found, items


def _item_address(here: Room, item: AgendaItem) -> str:
    return reverse("councils:room-item", args=[here.meeting.pk, item.pk])


@dataclass(frozen=True)
class Votes:
    """What one council resolves on an item, and whether this visitor closes its votes."""

    council: Council
    is_own: bool
    resolutions: list[Resolution]

    @property
    def next_position(self) -> int:
        return _next(self.resolutions)


@form_view
def item(request, pk, item_pk):
    """The words on an item and what became of it; its recusals, resolutions and tasks each have a form of their own."""
    here = enter(request, pk, to_write=request.method == "POST")
    row, items = _item(here, item_pk)
    if request.method == "POST" and not here.keeps:
        raise PermissionDenied
    corrects = here.is_closed and "labot" in request.GET
    form = None
    if here.writes or (here.keeps and (corrects or request.method == "POST")):
        form = ItemForm(posted(request), item=row, is_closed=here.is_closed)
    place = items.index(row)
    rolls = room.rolls(here.meeting)
    resolutions: dict[int, list[Resolution]] = {roll.council.pk: [] for roll in rolls}
    for written in row.resolutions.all():
        resolutions.setdefault(written.council_id, []).append(written)
    groups = [Votes(roll.council, here.keeps_of(roll.council), resolutions[roll.council.pk]) for roll in rolls]
    context = {
        "item": row,
        "part": f"item-{row.pk}",
        "title": row.title,
        "sends": "typing",
        "quiet": any(group.is_own and one.voted_at is None for group in groups for one in group.resolutions),
        "before": items[place - 1] if place else None,
        "after": items[place + 1] if place + 1 < len(items) else None,
        "councils": [roll.council for roll in rolls],
        "quorums": [roll.quorum(here.at) for roll in rolls],
        "votes": groups,
        "tasks": row.tasks.select_related("person").order_by("position", "pk"),
        "next_task": _next(row.tasks.all()),
        "papers": row.papers.order_by("pk"),
        "business": agenda.open_business(here.meeting) if row.kind in FILLED else None,
    }
    if form is None:
        return show(request, "room_item", here, {"form": None, **context})

    def save(said, seen):
        return room.write_item(
            item=row, seen=seen, by=request.user, now=here.now, correction=form.correction_said, **said
        )

    part = Part(form, save, ItemForm.values_of, row)
    return page(request, here, part, context, _item_address(here, row), template="room_item")


FILLED = (AgendaItem.Kind.PREVIOUS, AgendaItem.Kind.APPROVAL)  # items that say what earlier meetings left open


def _next(rows) -> int:
    """The place after the last of these."""
    return max((row.position for row in rows), default=0) + 1


@form_view
def recusal_new(request, pk, item_pk):
    here = enter(request, pk, to_write=True)
    row, _items = _item(here, item_pk)
    if not here.keeps:
        return redirect(_item_address(here, row))
    lines = [line for roll in room.rolls(here.meeting) if roll.council.pk in here.own for line in roll.lines]
    form = RecusalForm(
        posted(request),
        members=[line.membership.pk for line in lines],
        is_closed=here.is_closed,
    )

    def save(said, _seen):
        return room.recuse(item=row, by=request.user, now=here.now, correction=form.correction_said, **said)

    context = {
        "item": row,
        "part": f"recusal-{row.pk}",
        "title": _("Conflict of interest (§33)"),
        "lead": _(
            "The member does not vote on this item. For the quorum of the meeting the member counts as before: "
            "the regulation does not say otherwise."
        ),
        "submit": _("Write it down"),
        "sends": "press",
    }
    return page(request, here, Part(form, save), context, _item_address(here, row))


@form_view
def recusal_drop(request, pk, item_pk, recusal_pk):
    here = enter(request, pk, to_write=True)
    row, _items = _item(here, item_pk)
    recusal = row.recusals.select_related("membership__person", "membership__seat__term").filter(pk=recusal_pk).first()
    if recusal is None:  # somebody else was quicker
        return redirect(_item_address(here, row))
    if recusal.membership.seat.term.council_id not in here.own:
        raise PermissionDenied

    def drop(correction):
        room.unrecuse(recusal=recusal, by=request.user, now=here.now, correction=correction)

    title = _("%(person)s takes part after all") % {"person": recusal.membership.person}
    return _drop(request, here, row, drop, title, _("Takes part"))


def _drop(request: HttpRequest, here: Room, row: Any, drop: Callable[[str], None], title: str, submit: str):
    """Ask before something goes, and why when the meeting is closed."""
    form = ReasonForm(posted(request), is_closed=here.is_closed)
    if request.method == "POST" and form.is_valid():
        try:
            drop(form.correction_said)
        except CouncilRefused as refusal:
            form.add_error(None, str(refusal))
        else:
            return saved(request, here, _item_address(here, row))
    context = {"form": form, "item": row, "title": title, "submit": submit, "danger": True}
    return show(request, "room_form", here, context)


# --- resolutions and votes --------------------------------------------------------------------------------------------


def _resolution(row: Any, council: Council, position: int) -> Resolution | None:
    return row.resolutions.filter(council=council, position=position).select_related("council", "matter").first()


@form_view
def resolution(request, pk, item_pk, slug, position):
    """The text of a resolution at its place in the item: written anew or changed, so the same form sent twice is one.

    A link to a new one that somebody else filled meanwhile (`?jauns`) leads to the next place.
    """
    here = enter(request, pk, to_write=True)
    row, _items = _item(here, item_pk)
    council = own_council(here, slug)
    found = _resolution(row, council, position)
    if not here.keeps:
        return redirect(_item_address(here, row))
    if request.method != "POST" and found and "jauns" in request.GET:
        place = room.next_position(row.resolutions.filter(council=council))
        return redirect("councils:room-resolution", pk, item_pk, slug, place)
    form = ResolutionForm(
        posted(request),
        resolution=found,
        is_closed=here.is_closed or bool(found and found.voted_at),
    )

    def save(said, seen):
        return votes.write_resolution(
            item=row,
            council=council,
            position=position,
            seen=seen,
            by=request.user,
            now=here.now,
            correction=form.correction_said,
            **said,
        )

    context = {
        "item": row,
        "part": f"resolution-{row.pk}-{council.pk}-{position}",
        "title": _("Resolution"),
        "lead": council.name if here.meeting.kind != Meeting.Kind.COUNCIL else "",
        "sends": "typing" if found else "press",
        "drop": _drop_address(here, row, found, slug, position),
    }
    part = Part(form, save, ResolutionForm.values_of, found)
    return page(request, here, part, context, _item_address(here, row))


def _drop_address(here: Room, row: Any, found: Resolution | None, slug: str, position: int) -> str:
    if found is None or found.voted_at is not None or here.is_closed:
        return ""
    return reverse("councils:room-resolution-drop", args=[here.meeting.pk, row.pk, slug, position])


@form_view
def resolution_drop(request, pk, item_pk, slug, position):
    here = enter(request, pk, to_write=True)
    row, _items = _item(here, item_pk)
    council = own_council(here, slug)
    found = _resolution(row, council, position)
    if found is None:
        return redirect(_item_address(here, row))

    def drop(_correction):
        votes.drop_resolution(resolution=found, by=request.user, now=here.now)

    return _drop(request, here, row, drop, _("Delete the resolution"), _("Delete"))


@form_view
def vote(request, pk, item_pk, slug, position):
    """The vote on a resolution, by name or by count (`?veids=skaits`); with a closed vote, its correction."""
    here = enter(request, pk, to_write=True)
    row, _items = _item(here, item_pk)
    council = own_council(here, slug)
    found = _resolution(row, council, position)
    if found is None:
        raise Http404
    found.item = row
    if not here.keeps or (found.voted_at is not None and request.method != "POST" and "labot" not in request.GET):
        return redirect(_item_address(here, row))
    who = votes.voters(row, council, found.voted_at or here.at)
    by_count = request.GET.get("veids", "") == "skaits"
    if "veids" not in request.GET and found.voted_at is not None:
        by_count = found.vote_kind == Resolution.VoteKind.BY_COUNT
    form = _vote_form(request, here, found, who, by_count)

    def save(_said, seen):
        try:
            return votes.close_vote(
                resolution=found,
                seen=seen,
                at=form.voted_at(),
                by=request.user,
                now=here.now,
                correction=form.correction_said,
                **form.cast(),
            )
        except votes.CastingVoteNeeded:
            form.asks_casting = True
            raise

    context = {
        "item": row,
        "resolution": found,
        "who": who,
        "quorums": [who.roll.quorum(found.voted_at or here.at)],
        "by_count": by_count,
        "part": f"vote-{found.pk}-{'count' if by_count else 'name'}",
        "title": _("Correct the vote") if found.voted_at else _("Vote"),
        "submit": _("Correct the vote") if found.voted_at else _("Close the vote"),
        "sends": "press",
        "action": request.get_full_path(),
        "other_kind": f"?veids={'vardi' if by_count else 'skaits'}{'&labot' if found.voted_at else ''}",
    }
    part = Part(form, save, lambda theirs: _vote_values(theirs, form), found)
    return page(request, here, part, context, _item_address(here, row), template="room_vote", partial="_room_vote")


def _vote_form(request, here: Room, found: Resolution, who: votes.Voters, by_count: bool) -> VoteForm:
    data = posted(request)
    common: dict[str, Any] = {"meeting": here.meeting, "resolution": found, "now": here.now}
    if by_count:
        return VoteByCountForm(data, **common)
    cast = dict(found.ballots.values_list("membership_id", "choice"))
    return VoteByNameForm(data, members=[line.membership for line in who.eligible], ballots=cast, **common)


def _vote_values(theirs: Resolution, form: VoteForm) -> dict[str, Any]:
    """What the form would show of the vote as it stands now."""
    values: dict[str, Any] = {name: getattr(theirs, name, "") for name in form.fields}
    values |= {"at": clock_of(theirs.voted_at), "casting": theirs.casting_vote, "rest": ""}
    cast = dict(theirs.ballots.values_list("membership_id", "choice"))
    values |= {name: cast.get(int(name[1:]), "") for name in form.fields if name[0] == "b" and name[1:].isdecimal()}
    return values


# --- tasks ------------------------------------------------------------------------------------------------------------


@form_view
def task(request, pk, item_pk, position):
    """A task at its place in the item; as with resolutions, the same form sent twice is one task."""
    here = enter(request, pk, to_write=True)
    row, _items = _item(here, item_pk)
    if not here.keeps:
        return redirect(_item_address(here, row))
    found = row.tasks.filter(position=position).select_related("person").first()
    if request.method != "POST" and found and "jauns" in request.GET:
        return redirect("councils:room-task", pk, item_pk, room.next_position(row.tasks))
    people = [line.membership.person_id for roll in room.rolls(here.meeting) for line in roll.lines]
    form = TaskForm(
        posted(request),
        task=found,
        people=[*people, *([found.person_id] if found and found.person_id else [])],
        is_closed=here.is_closed,
    )

    def save(said, seen):
        return room.write_task(
            item=row,
            position=position,
            seen=seen,
            by=request.user,
            now=here.now,
            correction=form.correction_said,
            **said,
        )

    context = {
        "item": row,
        "part": f"task-{row.pk}-{position}",
        "title": _("Task"),
        "sends": "press",
        "drop": reverse("councils:room-task-drop", args=[pk, item_pk, position]) if found else "",
    }
    return page(request, here, Part(form, save, TaskForm.values_of, found), context, _item_address(here, row))


@form_view
def task_drop(request, pk, item_pk, position):
    here = enter(request, pk, to_write=True)
    row, _items = _item(here, item_pk)
    found: Task | None = row.tasks.filter(position=position).first()
    if found is None:
        return redirect(_item_address(here, row))
    found.item = row

    def drop(correction):
        room.drop_task(task=found, by=request.user, now=here.now, correction=correction)

    return _drop(request, here, row, drop, _("Delete the task"), _("Delete"))


@require_POST
def task_done(request, pk):
    """A task of any meeting is done, or not after all; back to where the button was."""
    now = timezone.now()
    found = get_object_or_404(Task.objects.select_related("item__meeting__event"), pk=pk)
    if not permissions.can_finish_task(request.user, found, timezone.localdate(now)):
        raise PermissionDenied
    done_on = None if request.POST.get("done") == "no" else timezone.localdate(now)
    room.finish_task(task=found, done_on=done_on, by=request.user, now=now)
    back = request.POST.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = reverse("councils:room-item", args=[found.item.meeting_id, found.item_id])
    return redirect(back)
