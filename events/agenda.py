"""The agenda of a meeting as everybody may see it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from events.models import Event


@dataclass
class AgendaLine:
    at: datetime | None  # None once the length of an earlier item is not known
    label: str
    title: str
    description: str = ""
    rapporteur: str = ""
    papers: list = field(default_factory=list)
    address: str = ""  # of the item's matter, where the course of it stands
    parts: list["AgendaLine"] = field(default_factory=list)


def lines(event: Event) -> list[AgendaLine]:
    """The agenda of a meeting with running times. Of an item that is not public only that there is one, with nothing
    of what stands under it. An item without a length of its own lasts as long as its parts. Two queries."""
    meeting = getattr(event, "meeting", None)
    if meeting is None:
        return []
    found: list[AgendaLine] = []
    at: datetime | None = event.starts_at
    items = meeting.agenda.select_related("matter").prefetch_related("papers").numbered()
    for item in items:
        if item.depth:
            if not item.is_closed and found:
                found[-1].parts.append(_line(item, None, event))
            continue
        found.append(AgendaLine(at, item.label, _("Closed item")) if item.is_closed else _line(item, at, event))
        parts = [part.minutes for part in items if part.parent_id == item.pk]
        minutes = item.minutes or (sum(parts) if parts and all(parts) else None)
        at = at + timedelta(minutes=minutes) if at and minutes else None
    return found


def _line(item, at: datetime | None, event: Event) -> AgendaLine:
    papers = [paper for paper in item.papers.all() if not paper.is_restricted]
    is_shown = item.matter is not None and item.matter.is_public and event.cancelled_at is None
    address = item.matter.get_absolute_url() if is_shown else ""
    return AgendaLine(at, item.label, item.title, item.description, item.rapporteur, papers, address)
