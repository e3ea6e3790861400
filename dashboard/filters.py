"""What lists of the panel are narrowed by, read from the page's address; screens and exports share it.

The names in the address: `apkaime` (slug), `statuss` and `veids` (keys of the tables below), `no` and `lidz` (first and
last day in Latvia, as 2026-11-23), `diena`, `pasakums` (number of an event) and `q` (words in any grammatical case). A
value that means nothing narrows nothing and is named in `Filtered.ignored`, so that a page can say so.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

from councils.models import (
    CouncilQuerySet,
    CouncilState,
    Matter,
    MatterQuerySet,
    Meeting,
    MeetingQuerySet,
    MeetingState,
    MembershipQuerySet,
    Proposal,
    ProposalQuerySet,
)
from dashboard.forms import MATTER_SLUGS
from events.models import CheckIn, Event, EventQuerySet, Phase, Rsvp, RsvpQuerySet
from neighbourhoods import latvian
from neighbourhoods.models import Neighbourhood, NeighbourhoodQuerySet
from neighbourhoods.periods import moment_on
from people.models import Follow

NEW_FOLLOWERS = timedelta(days=30)
State = tuple[str | Promise, tuple[str, ...]]  # the words on the screen, and the states they mean

EVENT_STATES: dict[str, State] = {
    "gaidamie": (pgettext_lazy("events", "Upcoming"), (Phase.UPCOMING, Phase.RUNNING)),
    "bijusie": (pgettext_lazy("events", "Past"), (Phase.OVER,)),
    "melnraksti": (pgettext_lazy("events", "Drafts"), (Phase.DRAFT,)),
    "atcelti": (pgettext_lazy("events", "Cancelled"), (Phase.CANCELLED,)),
}
WAS_HELD = (
    MeetingState.HELD,
    MeetingState.AWAITING_MINUTES,
    MeetingState.MINUTES_SIGNED,
    MeetingState.PUBLISHED,
)
MEETING_STATES: dict[str, State] = {
    "melnraksti": (pgettext_lazy("meetings", "Drafts"), (MeetingState.DRAFT,)),
    "nosutitas": (pgettext_lazy("meetings", "Sent to the administration"), (MeetingState.SENT,)),
    "izsludinatas": (pgettext_lazy("meetings", "Announced"), (MeetingState.ANNOUNCED, MeetingState.MOVED)),
    "parceltas": (pgettext_lazy("meetings", "Moved, to be announced anew"), (MeetingState.MOVED,)),
    "notikusas": (pgettext_lazy("meetings", "Held"), WAS_HELD),
    "bez-protokola": (
        pgettext_lazy("meetings", "Minutes awaited"),
        (MeetingState.AWAITING_MINUTES, MeetingState.MINUTES_SIGNED),
    ),
    "ar-protokolu": (pgettext_lazy("meetings", "Minutes published"), (MeetingState.PUBLISHED,)),
    "atceltas": (pgettext_lazy("meetings", "Cancelled"), (MeetingState.CANCELLED,)),
}
RSVP_STATES: dict[str, State] = {
    "nak": (pgettext_lazy("sign-ups", "Going"), (Rsvp.State.GOING,)),
    "rinda": (pgettext_lazy("sign-ups", "Waiting"), (Rsvp.State.WAITING,)),
    "piedavats": (pgettext_lazy("sign-ups", "Seat offered"), (Rsvp.State.OFFERED,)),
    "neapstiprinati": (pgettext_lazy("sign-ups", "Seat held until confirmed"), (Rsvp.State.HELD,)),
    "atteikti": (pgettext_lazy("sign-ups", "Cancelled"), (Rsvp.State.CANCELLED,)),
}
ARRIVALS: dict[str, str | Promise] = {
    "ja": pgettext_lazy("sign-ups", "Came"),
    "ne": pgettext_lazy("sign-ups", "Did not come"),
}
PROPOSAL_STATES: dict[str, State] = {
    "gaida": (pgettext_lazy("residents' proposals", "Not decided yet"), ("",)),
    "pienemti": (pgettext_lazy("residents' proposals", "Taken onto the agenda"), (Proposal.Decision.TAKEN,)),
    "noraiditi": (pgettext_lazy("residents' proposals", "Declined"), (Proposal.Decision.DECLINED,)),
}
COUNCIL_STATES: dict[str, State] = {
    "darbojas": (CouncilState.WORKING.label, (CouncilState.WORKING,)),
    "veidojas": (CouncilState.FORMING.label, (CouncilState.FORMING,)),
    "nav": (CouncilState.NONE.label, (CouncilState.NONE,)),
}
MEMBER_STATES: dict[str, State] = {
    "amata": (pgettext_lazy("members", "Sit in a council"), ("sitting",)),
    "bijusie": (pgettext_lazy("members", "Mandate ended"), ("ended",)),
    "visi": (pgettext_lazy("members", "All who ever sat"), ("sitting", "ended")),
}


@dataclass(frozen=True)
class Filtered:
    """The rows that pass; `chosen` says what narrows them, as in the address, `ignored` which names had no meaning."""

    rows: Any  # the QuerySet that came in, so that its own methods can be called; a list where rows are put together
    chosen: dict[str, str]
    ignored: list[str]

    @property
    def is_narrow(self) -> bool:
        return bool(self.chosen)


def choices(states: dict[str, State]) -> list[tuple[str, str | Promise]]:
    """The states as a select field takes them."""
    return [(slug, label) for slug, (label, _states) in states.items()]


class Address:
    """Reads the known names from the address and remembers which were used and which meant nothing."""

    def __init__(self, params: Mapping[str, str]):
        self.params = params
        self.chosen: dict[str, str] = {}
        self.ignored: list[str] = []

    def _take(self, name: str, found: Any, text: str) -> Any:
        if found is None:
            self.ignored.append(name)
        else:
            self.chosen[name] = text
        return found

    def _text(self, name: str) -> str:
        return str(self.params.get(name) or "").strip()

    def key(self, name: str, keys: Iterable[str]) -> str | None:
        text = self._text(name)
        return self._take(name, text if text in set(keys) else None, text) if text else None

    def day(self, name: str) -> date | None:
        text = self._text(name)
        return self._take(name, _day(text), text) if text else None

    def number(self, name: str) -> int | None:
        text = self._text(name)
        found = int(text) if re.fullmatch(r"[0-9]{1,18}", text) else None
        return self._take(name, found, text) if text else None

    def words(self, name: str) -> str:
        text = self._text(name)[:100]
        return self._take(name, text if latvian.search_terms(text) else None, text) or "" if text else ""

    def neighbourhood(self) -> Neighbourhood | None:
        """One query, when an address names one."""
        text = self._text("apkaime")
        if not text:
            return None
        is_slug = re.fullmatch(r"[-a-z0-9]{1,60}", text)
        return self._take("apkaime", Neighbourhood.objects.filter(slug=text).first() if is_slug else None, text)

    def filtered(self, rows: QuerySet) -> Filtered:
        return Filtered(rows, self.chosen, self.ignored)


def _day(text: str) -> date | None:
    """A day between 1900 and 2199; beyond these a moment in another time zone may not exist."""
    if not re.fullmatch(r"(?:19|20|21)[0-9]{2}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _starting(address: Address, field: str) -> Q:
    """Between the days `no` and `lidz`, both of them included, as the clock on the wall in Latvia has them."""
    begin, end = address.day("no"), address.day("lidz")
    condition = Q()
    if begin:
        condition &= Q(**{f"{field}__gte": moment_on(begin)})
    if end:
        condition &= Q(**{f"{field}__lt": moment_on(end + timedelta(days=1))})
    return condition


def filter_events(queryset: EventQuerySet, params: Mapping[str, str], now: datetime) -> Filtered:
    """Events by apkaime (those meant for all of the municipality among them), statuss, veids, no, lidz and q.

    Adds `phase`.
    """
    address = Address(params)
    rows = queryset.with_phase(now).filter(_starting(address, "starts_at"))
    if area := address.neighbourhood():
        rows = rows.in_neighbourhood(area)
    if state := address.key("statuss", EVENT_STATES):
        rows = rows.filter(phase__in=EVENT_STATES[state][1])
    if kind := address.key("veids", Event.Kind.values):
        rows = rows.filter(kind=kind)
    return address.filtered(rows.matching(address.words("q")))


def filter_meetings(queryset: MeetingQuerySet, params: Mapping[str, str], now: datetime) -> Filtered:
    """Meetings by apkaime of a council that meets, statuss, veids, no, lidz and q. Adds `state`."""
    address = Address(params)
    rows = queryset.with_state(now).filter(_starting(address, "event__starts_at"))
    if area := address.neighbourhood():
        through = Meeting.councils.through.objects.filter(council__neighbourhood=area)
        rows = rows.filter(pk__in=through.values("meeting_id"))
    if state := address.key("statuss", MEETING_STATES):
        rows = rows.filter(state__in=MEETING_STATES[state][1])
    if kind := address.key("veids", Meeting.Kind.values):
        rows = rows.filter(kind=kind)
    if words := address.words("q"):
        rows = rows.filter(event__in=Event.objects.matching(words).values("pk"))
    return address.filtered(rows)


def filter_rsvps(queryset: RsvpQuerySet, params: Mapping[str, str]) -> Filtered:
    """Sign-ups by pasakums, statuss, ieradas, words of the person's name (q), and their event's apkaime, veids, no and
    lidz. Who did not come had a seat."""
    address = Address(params)
    rows = queryset.filter(_starting(address, "event__starts_at"))
    event = address.number("pasakums")
    if event is not None:
        rows = rows.filter(event_id=event)
    if area := address.neighbourhood():
        rows = rows.filter(event__in=Event.objects.in_neighbourhood(area).values("pk"))
    if state := address.key("statuss", RSVP_STATES):
        rows = rows.filter(state__in=RSVP_STATES[state][1])
    if came := address.key("ieradas", ARRIVALS):
        arrived = CheckIn.objects.standing().filter(rsvp=OuterRef("pk"))
        rows = rows.filter(Exists(arrived)) if came == "ja" else rows.filter(~Exists(arrived), state=Rsvp.State.GOING)
    if kind := address.key("veids", Event.Kind.values):
        rows = rows.filter(event__kind=kind)
    return address.filtered(_named(rows, "person", address))


def filter_proposals(queryset: ProposalQuerySet, params: Mapping[str, str]) -> Filtered:
    """Residents' proposals by apkaime, statuss and words of the proposer's name (q)."""
    address = Address(params)
    rows = queryset
    if area := address.neighbourhood():
        rows = rows.filter(council__neighbourhood=area)
    if state := address.key("statuss", PROPOSAL_STATES):
        rows = rows.filter(decision__in=PROPOSAL_STATES[state][1])
    return address.filtered(_named(rows, "person", address))


@dataclass(frozen=True)
class AreaRow:
    """A neighbourhood and its council; where none was ever begun, the state is NONE."""

    area: Any  # Neighbourhood, as it came in
    council: Any  # Council, as it came in, or None

    @property
    def state(self) -> str:
        return self.council.state if self.council else CouncilState.NONE


def with_followers(now: datetime) -> NeighbourhoodQuerySet:
    """All neighbourhoods with `followers`, and `new_followers` of the last thirty days."""
    follows = Follow.objects.filter(neighbourhood=OuterRef("pk")).order_by().values("neighbourhood")
    new = Count("pk", filter=Q(followed_at__gt=now - NEW_FOLLOWERS))
    return Neighbourhood.objects.annotate(
        followers=Coalesce(Subquery(follows.annotate(n=Count("pk")).values("n")), 0),
        new_followers=Coalesce(Subquery(follows.annotate(n=new).values("n")), 0),
    )


def filter_areas(
    areas: NeighbourhoodQuerySet, councils: Iterable[Any], params: Mapping[str, str], on: date
) -> Filtered:
    """Neighbourhoods of the day with their councils, by apkaime, statuss and words of the name (q), as AreaRow.

    `councils`: all of them, with their `state` on the day.
    """
    address = Address(params)
    found = areas.valid(on).matching(address.words("q")).by_name()
    if area := address.neighbourhood():
        found = found.filter(pk=area.pk)
    of_area = {council.neighbourhood_id: council for council in councils}
    rows = [AreaRow(area, of_area.get(area.pk)) for area in found]
    if state := address.key("statuss", COUNCIL_STATES):
        rows = [row for row in rows if row.state in COUNCIL_STATES[state][1]]
    return Filtered(rows, address.chosen, address.ignored)


def filter_members(queryset: MembershipQuerySet, params: Mapping[str, str], on: date) -> Filtered:
    """Memberships by apkaime and words of the person's name (q), of those who sit on the day.

    `diena` names another day than `on`; statuss takes the ended ones, or all that began by the day, instead.
    """
    address = Address(params)
    on = address.day("diena") or on
    state = address.key("statuss", MEMBER_STATES) or "amata"
    if state == "amata":
        rows = queryset.held(on)
    else:
        rows = queryset.filter(started_on__lte=on).exclude(ended_on=F("started_on"))  # what never had a day
        rows = rows.filter(ended_on__lte=on) if state == "bijusie" else rows
    if area := address.neighbourhood():
        rows = rows.filter(seat__term__council__neighbourhood=area)
    return address.filtered(_named(rows, "person", address))


def filter_rosters(queryset: CouncilQuerySet, params: Mapping[str, str]) -> Filtered:
    """Councils by apkaime; `diena` names the day on which they are asked for."""
    address = Address(params)
    address.day("diena")
    area = address.neighbourhood()
    return address.filtered(queryset.filter(neighbourhood=area) if area else queryset)


def filter_matters(queryset: MatterQuerySet, params: Mapping[str, str], on: date) -> Filtered:
    """Matters by apkaime of a council, statuss, the day they last moved (no, lidz) and q. Adds `state`."""
    address = Address(params)
    rows = queryset.with_state(on)
    begin, end = address.day("no"), address.day("lidz")
    if begin:
        rows = rows.filter(moved_on__gte=begin)
    if end:
        rows = rows.filter(moved_on__lte=end)
    if area := address.neighbourhood():
        through = Matter.councils.through.objects.filter(council__neighbourhood=area)
        rows = rows.filter(pk__in=through.values("matter_id"))
    if state := address.key("statuss", MATTER_SLUGS):
        rows = rows.filter(state=MATTER_SLUGS[state])
    return address.filtered(rows.matching(address.words("q")))


def _named(rows: QuerySet, path: str, address: Address) -> QuerySet:
    """Rows whose person is found by the words of `q`."""
    for term in latvian.search_terms(address.words("q")):
        rows = rows.filter(**{f"{path}__search_text__contains": term})
    return rows
