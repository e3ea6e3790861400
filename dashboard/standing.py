"""Where the neighbourhoods and their councils stand: one answer for the map, the cards, the table and the pages."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy, ngettext

from councils.models import Council, CouncilState
from councils.regulation import Regulation
from elections.models import Formation, Step
from events.models import Event
from neighbourhoods import latvian
from neighbourhoods.models import Neighbourhood
from neighbourhoods.prepared import prepared
from people.models import Follow

# What a card says of the step under way: without a day, and with one ("%(day)s" is when, "%(until)s" until when).
STEP_LINES = {
    Step.APPLICATIONS: (gettext_lazy("Candidates are awaited"), gettext_lazy("Candidates are awaited %(until)s")),
    Step.DECISION: (
        gettext_lazy("The municipal council is to decide"),
        gettext_lazy("The municipal council is to decide %(day)s"),
    ),
    Step.CANDIDATES: (gettext_lazy("Candidates may apply"), gettext_lazy("Candidates may apply %(until)s")),
    Step.LIST: (
        gettext_lazy("The list of candidates is awaited"),
        gettext_lazy("The list of candidates is awaited %(until)s"),
    ),
    Step.VOTING: (gettext_lazy("Assembly and voting"), gettext_lazy("Assembly and voting %(until)s")),
    Step.RESULT: (gettext_lazy("The results are awaited"), gettext_lazy("The results are awaited %(until)s")),
    Step.FIRST_MEETING: (gettext_lazy("The first meeting is awaited"), gettext_lazy("First meeting %(until)s")),
}


def with_standing(neighbourhoods: QuerySet[Neighbourhood], now: datetime, on: date) -> QuerySet[Any]:
    """Add `state`, `members`, `seats` of the council on the day, `followers`, `next_kind` and `next_at` of what comes.

    The next event has not begun and names the neighbourhood; those for the whole municipality stand in the calendar.
    """
    councils = Council.objects.filter(neighbourhood=OuterRef("pk")).order_by()
    numbers = councils.with_numbers(on)
    follows = Follow.objects.filter(neighbourhood=OuterRef("pk")).order_by().values("neighbourhood")
    upcoming = Event.objects.upcoming(now).filter(neighbourhoods=OuterRef("pk"), starts_at__gt=now)
    return neighbourhoods.annotate(
        state=Coalesce(Subquery(councils.with_state(on).values("state")), Value(CouncilState.NONE)),
        members=Coalesce(Subquery(numbers.values("members")), 0),
        seats=Subquery(numbers.values("seats")),
        followers=Coalesce(Subquery(follows.annotate(n=Count("pk")).values("n")), 0),
        next_kind=Subquery(upcoming.values("kind")[:1]),
        next_at=Subquery(upcoming.values("starts_at")[:1]),
    )


@dataclass(frozen=True)
class Card:
    """A neighbourhood as the home page, the list and the map show it."""

    neighbourhood: Any  # a Neighbourhood as `with_standing` gives it
    formation: Any  # a Formation as `with_progress` gives it, or None
    regulation: Regulation
    now: datetime

    @property
    def name(self) -> str:
        return self.neighbourhood.short_name

    @property
    def url(self) -> str:
        return self.neighbourhood.get_absolute_url()

    @property
    def state(self) -> str:
        return self.neighbourhood.state

    @property
    def hex_q(self) -> int | None:
        return self.neighbourhood.hex_q

    @property
    def hex_r(self) -> int | None:
        return self.neighbourhood.hex_r

    @property
    def numbers(self) -> str:
        """How many sit in the council, if there is one, and how many follow the neighbourhood."""
        members, followers = self.neighbourhood.members, self.neighbourhood.followers
        follow = ngettext("%(followers)s follower", "%(followers)s followers", followers) % {"followers": followers}
        if not members:
            return follow
        return f"{ngettext('%(members)s member', '%(members)s members', members) % {'members': members}} · {follow}"

    @property
    def line(self) -> str:
        """What comes next here, in one line."""
        forming = self.state == CouncilState.FORMING
        if self.neighbourhood.next_at and not (forming and self.neighbourhood.next_kind != Event.Kind.ASSEMBLY):
            return self._next_event()
        if forming:
            return step_line(self.formation, self.now)
        if self.state == CouncilState.WORKING:
            return gettext("The next meeting is not announced yet")
        return gettext("At least %(number)s candidates are needed") % {"number": self.regulation["MIN_CANDIDATES"]}

    def _next_event(self) -> str:
        day = latvian.day(self.neighbourhood.next_at, timezone.localdate(self.now))
        if self.neighbourhood.next_kind == Event.Kind.MEETING:
            return gettext("Next meeting %(day)s") % {"day": day}
        return f"{Event.Kind(self.neighbourhood.next_kind).label} {day}"


def step_line(formation: Any, now: datetime) -> str:
    """The step of a formation (or None) under way, with its last day while that lies ahead. Reads `with_progress()`."""
    step = formation.current_step if formation else None
    if step is None:
        return gettext("The council is being formed")
    today = timezone.localdate(now)
    undated, dated = STEP_LINES[step]
    due_on = formation.current_due_on
    if due_on is None or due_on < today:
        return str(undated)
    return dated % {"day": latvian.day(due_on, today), "until": latvian.by(due_on, today)}


_standing = prepared(lambda now, on: with_standing(Neighbourhood.objects.valid(on).by_law(), now, on))
_formations = prepared(lambda: Formation.objects.open().with_progress().select_related("council"))


def cards(regulation: Regulation, now: datetime) -> list[Card]:
    """All neighbourhoods of today in the order of the regulation, in two queries."""
    by_neighbourhood = {formation.council.neighbourhood_id: formation for formation in _formations()}
    rows = _standing(now=now, on=timezone.localdate(now))
    return [Card(row, by_neighbourhood.get(row.pk), regulation, now) for row in rows]


def counts(rows: list[Card]) -> dict[str, int]:
    """How many neighbourhoods are in each state, for the map's legend."""
    return {state: sum(row.state == state for row in rows) for state in CouncilState.values}
