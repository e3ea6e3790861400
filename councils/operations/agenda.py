"""Agendas: written as a whole, item by item, with papers; what was left unfinished comes again."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from difflib import SequenceMatcher
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, F, Field, Max, OuterRef, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from councils.models import (
    AgendaItem,
    Announcement,
    Matter,
    Meeting,
    Minutes,
    Paper,
    Proposal,
    Recusal,
    Resolution,
    StoredFile,
    Task,
)
from councils.models.meeting import is_closed
from councils.operations.base import MeetingRefused, lock_meeting, write
from neighbourhoods import latvian
from people import operations as people
from people.models import User

DEEPEST = 2  # "1.1.1"
TAKE_UP = (Meeting.Kind.COUNCIL, Meeting.Kind.JOINT)  # meetings that take up what earlier ones left over
LIKE_ENOUGH = 0.6  # how much alike two titles are (difflib) for the one to be the other, reworded
_OUT_OF_THE_WAY = 1_000  # positions while an agenda is renumbered; it has far fewer items


def refuse_closed(meeting: Meeting, now: datetime) -> None:
    """What is over or called off keeps its agenda."""
    event = meeting.event
    if event.cancelled_at or meeting.closed_at or (event.published_at and event.ends_at <= now):
        raise MeetingRefused(_("A cancelled or past event can no longer be changed."))


# --- the whole agenda -------------------------------------------------------------------------------------------------


def write_agenda(meeting: Meeting, agenda: Iterable[dict | str]) -> None:
    """Make the agenda say these lines, from the first to the last; empty titles fall away.

    A line is a title, or a dict with `title` and any of `depth` (0 at the top; one more than the line before at most),
    `minutes`, `description`, `rapporteur`, `is_restricted`, `kind`, `matter`, `carried_from`; what a line does not say
    stays as it was. Rows are kept, because votes, papers and matters hang on them: a line is the item of the same
    title, or else of the most similar one. Raises MeetingRefused when an item with something on it would vanish.
    The caller holds the meeting's lock. As many queries however many lines.
    """
    lines: list[dict[str, Any]] = [{"title": line} if isinstance(line, str) else dict(line) for line in agenda]
    lines = [line | {"title": " ".join(line["title"].split())} for line in lines if line["title"].strip()]
    rows = list(meeting.agenda.order_by("position", "pk"))
    matched = _match(lines, rows)
    kept = set(matched.values())
    _refuse_to_lose(meeting, [row for row in rows if row not in kept])
    if rows:
        meeting.agenda.update(position=F("position") + _OUT_OF_THE_WAY)
    above: list[AgendaItem] = []  # the items that the next one may belong to, by depth
    by_depth: dict[int, list[AgendaItem]] = {}
    changed: list[AgendaItem] = []
    for position, line in enumerate(lines, 1):
        row = matched.get(position - 1) or AgendaItem(meeting=meeting, kind=_kind_of(line["title"]))
        before = _content(row)
        depth = min(line.pop("depth", 0), len(above), DEEPEST)
        for name, value in line.items():
            setattr(row, name, value)
        row.position = position
        row.parent = above[depth - 1] if depth else None
        _check_item(row)
        above[depth:] = [row]
        if row.pk is None:
            by_depth.setdefault(depth, []).append(row)
        else:
            row.revision += _content(row) != before
            changed.append(row)
    for depth in sorted(by_depth):  # those above first: a row is written with the key of its parent
        AgendaItem.objects.bulk_create(by_depth[depth])
    AgendaItem.objects.bulk_update(changed, [*CONTENT, "position", "parent", "revision"])
    meeting.agenda.exclude(pk__in=[row.pk for row in kept]).filter(position__gt=_OUT_OF_THE_WAY).delete()


CONTENT = ("title", "minutes", "description", "rapporteur", "is_restricted", "kind", "matter", "carried_from")


def standard_titles() -> dict[str, str]:
    """What the items are called that the portal fills itself, in the language of the municipality, by kind."""
    with translation.override("lv"):
        return {
            AgendaItem.Kind.APPROVAL: _("Approval of the minutes of the previous meeting"),
            AgendaItem.Kind.PREVIOUS: _("How the previous resolutions are carried out"),
        }


def _kind_of(title: str) -> str:
    """The kind of a new item, by its title."""
    kinds = {latvian.fold(words): kind for kind, words in standard_titles().items()}
    return kinds.get(latvian.fold(title), AgendaItem.Kind.ORDINARY)


_COLUMNS = [cast(Field, AgendaItem._meta.get_field(name)).attname for name in CONTENT]


def _content(row: AgendaItem) -> list:
    return [getattr(row, name) for name in _COLUMNS]


def _check_item(row: AgendaItem) -> None:
    try:
        row.clean_fields(exclude=["meeting", "parent", "matter", "carried_from"])
    except ValidationError as error:
        raise MeetingRefused(" ".join(dict.fromkeys(error.messages))) from error


def _match(lines: list[dict], rows: list[AgendaItem]) -> dict[int, AgendaItem]:
    """Which row each line is, by the line's place: first those of the same words, then the most alike."""
    found: dict[int, AgendaItem] = {}
    free = list(rows)
    for place, line in enumerate(lines):
        same = next((row for row in free if latvian.fold(row.title) == latvian.fold(line["title"])), None)
        if same:
            found[place] = same
            free.remove(same)
    alike = [
        (_likeness(latvian.fold(row.title), latvian.fold(line["title"])), place, row)
        for place, line in enumerate(lines)
        if place not in found
        for row in free
    ]
    for ratio, place, row in sorted(alike, key=lambda item: (-item[0], item[1], item[2].position)):
        if ratio >= LIKE_ENOUGH and place not in found and row in free:
            found[place] = row
            free.remove(row)
    return found


def _likeness(before: str, after: str) -> float:
    """From 0 to 1; a title that was only made longer or shorter is the same."""
    if before.startswith(after) or after.startswith(before):
        return 1
    return SequenceMatcher(None, before, after).ratio()


def _refuse_to_lose(meeting: Meeting, rows: list[AgendaItem]) -> None:
    """An item with votes, notes, papers or a resident's proposal does not vanish by a line that is left out."""
    if not rows:
        return
    lost = in_use(meeting.agenda.filter(pk__in=[row.pk for row in rows])).order_by("position").first()
    if lost is not None:
        raise MeetingRefused(
            _(
                "“%(item)s” has papers, notes, votes or a resident’s proposal, so it stays on the agenda. To call it "
                "otherwise or to move it to another meeting, open the item."
            )
            % {"item": lost.title}
        )


def in_use(items: QuerySet[AgendaItem]) -> QuerySet[AgendaItem]:
    """Those that something hangs on which would be lost with them."""
    hangs = ~Q(notes="") | ~Q(outcome="")
    for model in (Resolution, Task, Recusal, Paper, Proposal):
        hangs |= Q(Exists(model._base_manager.filter(item=OuterRef("pk"))))
    return items.filter(hangs)


def outline(meeting: Meeting) -> list[str]:
    """The agenda in words, for the audit: "2.1. Roads". One query."""
    return [f"{item.label}. {item.title}" for item in meeting.agenda.numbered()]


# --- one item ---------------------------------------------------------------------------------------------------------


@transaction.atomic
def change_item(*, item: AgendaItem, by: User | None, now: datetime, **changes: Any) -> AgendaItem:
    """Write `changes` (names among CONTENT) of one item. Raises MeetingRefused when the meeting is over or called off,
    and for whatever an item cannot be. Locks the meeting."""
    meeting = lock_meeting(item.meeting_id)
    refuse_closed(meeting, now)
    row = AgendaItem.objects.get(pk=item.pk)
    before = {name: _plain(getattr(row, name)) for name in changes}
    for name, value in changes.items():
        setattr(row, name, value)
    after = {name: _plain(getattr(row, name)) for name in changes}
    if after == before:
        return row
    row.revision += 1
    write(row, MeetingRefused)
    touch(meeting, now)
    details = {
        "before": {name: before[name] for name in changes if before[name] != after[name]},
        "after": {name: after[name] for name in changes if before[name] != after[name]},
    }
    people.record(by=by, verb="change_agenda_item", target=row, now=now, details=details)
    return row


def _plain(value: Any) -> Any:
    return value.pk if isinstance(value, Matter | AgendaItem) else value


def touch(meeting: Meeting, now: datetime) -> None:
    """Who edits the meeting in another window learns that something changed."""
    meeting.event.changed_at = now
    meeting.event.save(update_fields=["changed_at"])


def append(meeting: Meeting, **fields: Any) -> AgendaItem:
    """One more item at the end. The caller holds the meeting's lock and has asked whether the meeting takes items."""
    last = meeting.agenda.aggregate(last=Max("position"))["last"] or 0
    return write(AgendaItem(meeting=meeting, position=last + 1, **fields), MeetingRefused)


@transaction.atomic
def move_item(*, item: AgendaItem, meeting: Meeting, by: User | None, now: datetime) -> AgendaItem:
    """Take an item, with its papers, proposals and sub-items, to the end of another meeting's agenda.

    Raises MeetingRefused when one of the meetings is over, when they have no council in common, and when the item was
    dealt with already. Locks both meetings, in pk order.
    """
    source, target = AgendaItem.objects.get(pk=item.pk).meeting_id, meeting.pk
    if source == target:
        return item
    locked = {pk: lock_meeting(pk) for pk in sorted((source, target))}
    for meeting in locked.values():
        refuse_closed(meeting, now)
    if not locked[source].councils.filter(pk__in=locked[target].councils.values("pk")).exists():
        raise MeetingRefused(_("This meeting is another council’s."))
    branch = _branch(locked[source], item)
    dealt_with = AgendaItem.objects.filter(pk__in=[row.pk for row in branch]).filter(
        ~Q(notes="") | ~Q(outcome="") | Q(resolutions__isnull=False) | Q(tasks__isnull=False)
    )
    if dealt_with.exists():
        raise MeetingRefused(_("The council has begun to deal with this item, so it stays in this meeting."))
    last = locked[target].agenda.aggregate(last=Max("position"))["last"] or 0
    for position, row in enumerate(branch, last + 1):
        row.meeting, row.position = locked[target], position
        row.parent = row.parent if row.pk != item.pk else None
    AgendaItem.objects.bulk_update(branch, ["meeting", "position", "parent"])
    for changed in locked.values():
        touch(changed, now)
    details = {"before": {"meeting": source}, "after": {"meeting": target}}
    people.record(by=by, verb="move_agenda_item", target=branch[0], now=now, details=details)
    return branch[0]


def _branch(meeting: Meeting, item: AgendaItem) -> list[AgendaItem]:
    """The item and all below it, in order."""
    found: dict[int, AgendaItem] = {}
    for row in meeting.agenda.order_by("position", "pk"):
        if row.pk == item.pk or row.parent_id in found:
            found[row.pk] = row
    return list(found.values())


# --- papers -----------------------------------------------------------------------------------------------------------


@transaction.atomic
def add_paper(
    *, item: AgendaItem, file: StoredFile, title: str, is_restricted: bool, by: User | None, now: datetime
) -> Paper:
    """Lay a stored file beside an item. Raises MeetingRefused when the meeting was called off."""
    meeting = lock_meeting(item.meeting_id)
    if meeting.event.cancelled_at:
        raise MeetingRefused(_("A cancelled or past event can no longer be changed."))
    paper = write(
        Paper(item=item, file=file, title=title.strip() or file.name, is_restricted=is_restricted), MeetingRefused
    )
    details = {"after": {"paper": paper.title, "sha256": file.sha256, "is_restricted": is_restricted}}
    people.record(by=by, verb="add_paper", target=item, now=now, details=details)
    return paper


@transaction.atomic
def remove_paper(*, paper: Paper, by: User | None, now: datetime) -> None:
    """Take a paper off an item. Raises MeetingRefused when the meeting is over: the council has read it."""
    refuse_closed(lock_meeting(paper.item.meeting_id), now)
    people.record(
        by=by,
        verb="remove_paper",
        target=paper.item,
        now=now,
        details={"before": {"paper": paper.title, "sha256": paper.file.sha256}},
    )
    paper.delete()


# --- what was left unfinished -----------------------------------------------------------------------------------------


def left_over() -> QuerySet[AgendaItem]:
    """Items that were put off, or that nobody came to, in meetings that are closed; no later agenda has them yet."""
    untouched = Q(outcome="", notes="", children=None, resolutions=None, tasks=None)
    untouched &= Q(kind__in=(AgendaItem.Kind.ORDINARY, AgendaItem.Kind.OPINION))
    return AgendaItem.objects.filter(
        untouched | Q(outcome=AgendaItem.Outcome.POSTPONED),
        meeting__closed_at__isnull=False,
        meeting__event__cancelled_at=None,
        carried_to=None,
    )


def unfinished(meeting: Meeting) -> QuerySet[AgendaItem]:
    """What earlier meetings of the same councils left over, the oldest first."""
    earlier = Meeting.objects.filter(councils__in=meeting.councils.values("pk"))
    earlier = earlier.filter(event__starts_at__lt=meeting.event.starts_at).exclude(pk=meeting.pk)
    rows = left_over().filter(meeting__in=earlier.values("pk")).select_related("parent__parent")
    return rows.order_by("meeting__event__starts_at", "position", "pk")


@transaction.atomic
def carry_over(*, meeting: Meeting, by: User | None, now: datetime) -> list[AgendaItem]:
    """Put what was left unfinished at the end of this agenda, with its papers and its matter; once.

    Raises MeetingRefused when the meeting is over. Locks the meeting.
    """
    row = lock_meeting(meeting.pk)
    refuse_closed(row, now)
    items = list(unfinished(row).prefetch_related("papers"))
    carried = list(_carried(row, items))
    if carried:
        touch(row, now)
        titles = [item.title for item in carried]
        people.record(by=by, verb="carry_over", target=row, now=now, details={"after": {"items": titles}})
    return carried


LEFT_OVER_LASTS = timedelta(days=365)


def carry_over_everywhere(*, now: datetime) -> None:
    """Put what was left over in the last year onto the council's next meeting, where that is a draft of which nothing
    went out yet; an announced agenda is changed by people only."""
    recent = left_over().filter(meeting__closed_at__gt=now - LEFT_OVER_LASTS)
    waiting = Meeting.objects.filter(pk__in=recent.values("meeting"))
    drafts = Meeting.objects.ahead(now).filter(event__published_at=None, kind__in=TAKE_UP)
    drafts = drafts.exclude(announcements__in=Announcement.objects.standing())
    council_ids = waiting.order_by("councils").values_list("councils", flat=True).distinct()
    for council_id in council_ids:
        draft = drafts.filter(councils=council_id).first()
        if draft is not None:
            carry_over(meeting=draft, by=None, now=now)


def _carried(meeting: Meeting, items: list[AgendaItem]) -> Iterator[AgendaItem]:
    """Each item as it stands on the new agenda: a line of the same words that is there already, or one more."""
    lines = {latvian.fold(row.title): row for row in meeting.agenda.filter(carried_from=None)}
    for item in items:
        same = lines.pop(latvian.fold(item.title), None)
        if same is not None:
            same.carried_from, same.matter = item, same.matter or item.matter
            same.save(update_fields=["carried_from", "matter"])
            _copy_papers(item, same)
            yield same
            continue
        fields = {
            name: getattr(item, name) for name in ("title", "description", "minutes", "rapporteur", "kind", "matter")
        }
        new = append(meeting, carried_from=item, is_restricted=is_closed(item), **fields)  # without what it belonged to
        _copy_papers(item, new)
        yield new


def _copy_papers(item: AgendaItem, new: AgendaItem) -> None:
    Paper.objects.bulk_create(
        Paper(item=new, file_id=paper.file_id, title=paper.title, is_restricted=paper.is_restricted)
        for paper in item.papers.all()
    )


# --- what the items that fill themselves say --------------------------------------------------------------------------


@dataclass(frozen=True)
class Business:
    """What a council has not finished: an item of the kind PREVIOUS goes through the first two, APPROVAL the third."""

    resolutions: list[Resolution]
    tasks: list[Task]
    minutes: list[Minutes]


def open_business(meeting: Meeting) -> Business:
    """Resolutions and tasks of the councils that are neither done nor given up, and signed minutes of earlier meetings
    that none has approved; what came up in this meeting itself is not among them. Three queries."""
    councils = meeting.councils.values("pk")
    resolutions = Resolution.objects.filter(council__in=councils, outcome=Resolution.Outcome.ADOPTED)
    resolutions = resolutions.filter(carried_out_on=None, abandoned_on=None).exclude(item__meeting=meeting)
    earlier = Meeting.objects.filter(councils__in=councils, event__starts_at__lt=meeting.event.starts_at)
    tasks = Task.objects.filter(done_on=None, item__meeting__in=earlier.values("pk"))
    signed = Minutes.objects.filter(meeting__in=earlier.values("pk"), signed_at__isnull=False, approved_in=None)
    return Business(
        resolutions=list(
            resolutions.select_related("council", "matter").order_by(F("due_on").asc(nulls_last=True), "pk")
        ),
        tasks=list(tasks.select_related("person").order_by(F("due_on").asc(nulls_last=True), "pk")),
        minutes=list(signed.select_related("meeting__event").order_by("year", "number", "pk")),
    )
