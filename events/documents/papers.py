"""The papers of an event, made from its record when they are asked for: poster, list for the door, name badges, agenda,
certificate. All are A4, in the language of the municipality. 300 names take about a second, see
tests/events/test_papers.py.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from django.conf import settings
from django.db.models import F, QuerySet, Sum
from django.db.models.functions import Collate
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.text import Truncator, capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from events import agenda, qr, wording
from events.documents.drawing import draw
from events.models import Event, Rsvp
from neighbourhoods import latvian
from notices.emails import absolute

BADGES_ON_A_PAGE = 10
WALK_INS = 15  # empty lines for people who come without a sign-up
FEWEST_EMPTY_BADGES = 4
WORDS_ON_A_POSTER, WORDS_OF_DIRECTIONS = 120, 40
LONGEST_LINE = 90  # letters of a title where only a line or two have room


@dataclass(frozen=True)
class Paper:
    """What stands on a paper, and the template that draws it."""

    template: str
    on: date
    content: dict[str, Any]
    leads_to: str = ""  # the address of the QR code on it

    @property
    def version(self) -> str:
        """The same for the same paper."""
        return hashlib.sha256(
            json.dumps([self.template, self.content, self.leads_to], sort_keys=True).encode()
        ).hexdigest()[:20]

    def pdf(self) -> bytes:
        code = qr.svg(self.leads_to).decode() if self.leads_to else ""
        template = Path(__file__).with_name(f"{self.template}.typ")
        return draw(template, on=self.on, picture=code, paper=self.content)


T = TypeVar("T")
P = ParamSpec("P")


def in_latvian(make: Callable[P, T]) -> Callable[P, T]:
    @wraps(make)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> T:
        with translation.override(settings.LANGUAGE_CODE):
            return make(*args, **kwargs)

    return wrapped


def short_address(event: Event) -> str:
    """The address of the event that fits on a poster, with its scheme."""
    return absolute(reverse("events:short", args=[event.pk]))


def _seen(address: str) -> str:
    """An address as one types it."""
    return address.removeprefix("https://").removeprefix("http://").rstrip("/")


def _paper(
    template: str,
    event: Event,
    *,
    kicker: str,
    facts: list[tuple[str, str]] | None = None,
    leads_to: str = "",
    **more: Any,
) -> Paper:
    on = timezone.localdate(event.starts_at)
    organiser = wording.organiser(event)
    rows = [*facts, (pgettext("paper", "Organiser"), organiser)] if facts else []
    content = {
        "language": settings.LANGUAGE_CODE,
        "on": f"{on:%Y-%m-%d}",
        "kicker": kicker,
        "title": event.title,
        "organiser": organiser,
        "facts": [row for row in rows if row[1]],
        "footer": _seen(short_address(event)),
        "page_words": _("page {page} of {pages}"),
    }
    return Paper(template, on, content | more, leads_to)


def _when(event: Event) -> str:
    return capfirst(latvian.span(event.starts_at, event.ends_at, latvian.EVERY_YEAR))


def _facts(event: Event) -> list[tuple[str, str]]:
    return [
        (pgettext("paper", "When"), _when(event)),
        (pgettext("paper", "Where"), wording.where(event)),
    ]


@in_latvian
def poster(event: Event) -> Paper:
    """What hangs on the board: the code leads to the event's page. Two queries, one more for a meeting."""
    described = Truncator(event.description.strip()).words(WORDS_ON_A_POSTER)
    services = [capfirst(str(row)) for row in event.services.order_by("kind")]
    directions = Truncator(event.directions.strip()).words(WORDS_OF_DIRECTIONS) if event.has_room else ""
    details = [
        *filter(None, [directions, event.accessibility.strip()]),
        *(["; ".join(services)] if services else []),
    ]
    return _paper(
        "poster",
        event,
        kicker=event.get_kind_display(),
        when=capfirst(latvian.span(event.starts_at, event.ends_at)),
        where=wording.where(event),
        text=[part for part in described.split("\n\n") if part.strip()],
        details=details,
        mark=pgettext("event", "Cancelled") if event.cancelled_at else "",
        leads_to=short_address(event),
        call=_("Sign up: scan the code or type") if event.takes_rsvps else _("More: scan the code or type"),
        address=_seen(short_address(event)),
        code_alt=_("QR code with the address %(address)s") % {"address": _seen(short_address(event))},
    )


def _coming(event: Event) -> QuerySet[Rsvp]:
    """Those with a seat in the room, by name."""
    rows = event.rsvps.filter(state=Rsvp.State.GOING, person__erased_at=None)
    if event.format == Event.Format.HYBRID:
        rows = rows.filter(attending=Rsvp.Attending.IN_PERSON)
    names = (Collate(F(f"person__{name}"), "lv") for name in ("family_name", "given_name"))
    return rows.select_related("person").order_by(*names, "number")


def _named(event: Event) -> tuple[list[Rsvp], int]:
    """Who agreed to have the name on a list, and how many people come beside them. Two queries."""
    rows = _coming(event)
    people = rows.order_by().aggregate(n=Sum("party_size"))["n"] or 0
    named = list(rows.filter(name_on_list=True))
    return named, people - len(named)


@in_latvian
def sign_in_sheet(event: Event) -> Paper:
    """Who agreed to stand on it, each with a line to sign; empty lines for their companions, the others who signed up
    and those who just come. Three queries, one more for a meeting."""
    named, others = _named(event)
    rows = [[row.person.name, f"{row.party_size}" if row.party_size > 1 else ""] for row in named]
    return _paper(
        "sheet",
        event,
        kicker=_("Sign-in sheet"),
        facts=_facts(event),
        head=[_("No."), _("Name"), pgettext("sign-in sheet", "People"), _("Signature")],
        rows=rows + [["", ""]] * (others + WALK_INS),
    )


@in_latvian
def badges(event: Event) -> Paper:
    """A badge for each who agreed to it, and empty ones for the others, the last page full. As many queries."""
    named, others = _named(event)
    names = [row.person.name for row in named]
    empty = max(others, FEWEST_EMPTY_BADGES)
    empty += -(len(names) + empty) % BADGES_ON_A_PAGE
    paper = _paper("badges", event, kicker=_("Name badges"), names=names + [""] * empty)
    shortened = {
        f"{name}_short": Truncator(paper.content[name]).chars(LONGEST_LINE, truncate="…")
        for name in ("title", "organiser")
    }
    return Paper(paper.template, paper.on, paper.content | shortened)


@in_latvian
def agenda_sheet(event: Event) -> Paper | None:
    """The agenda as its page shows it; None where there is none. Three queries."""
    found = agenda.lines(event)
    if not found:
        return None
    return _paper(
        "agenda",
        event,
        kicker=event.get_kind_display(),
        facts=_facts(event),
        agenda_words=_("Agenda"),
        items=[_item(line) for line in found],
    )


def _item(line: agenda.AgendaLine) -> dict[str, Any]:
    return {
        "at": latvian.clock(line.at) if line.at else "",
        "label": line.label,
        "title": line.title,
        "notes": [note for note in (line.description.strip(), line.rapporteur) if note],
        "parts": [_item(part) for part in line.parts],
    }


def certificate_number(rsvp: Rsvp) -> str:
    """ "2026/12-7": year and number of the event, number of the sign-up; it never changes."""
    return f"{timezone.localdate(rsvp.event.starts_at).year}/{rsvp.event_id}-{rsvp.number}"


@in_latvian
def certificate(rsvp: Rsvp) -> Paper:
    """That its person took part in the training. One query, two for a meeting."""
    event = rsvp.event
    return _paper(
        "certificate",
        event,
        kicker=_("Certificate"),
        number=_("No. %(number)s") % {"number": certificate_number(rsvp)},
        name=rsvp.person.name,
        took_part=_("took part in the training"),
        facts=[
            (pgettext("paper", "Date"), _days(event)),
            (pgettext("paper", "Length"), _length(event)),
        ],
        footer=_("Made by the portal %(address)s; valid without a signature.") % {"address": _seen(absolute(""))},
    )


def _days(event: Event) -> str:
    first, last = (timezone.localdate(moment) for moment in (event.starts_at, event.ends_at))
    numbers = [latvian.number_date(day) for day in dict.fromkeys([first, last])]
    return "–".join(numbers)


def _length(event: Event) -> str:
    """ "2 stundas 30 minūtes"; nothing for what went on for days, whose hours nobody knows."""
    if timezone.localdate(event.starts_at) != timezone.localdate(event.ends_at):
        return ""
    hours, minutes = divmod(round((event.ends_at - event.starts_at).total_seconds() / 60), 60)
    words = []
    if hours:
        words.append(ngettext("%(count)d hour", "%(count)d hours", hours) % {"count": hours})
    if minutes:
        words.append(ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes})
    return " ".join(words)
