"""Who was on a council on a day: one answer for the page, the export, the feeds and the handover.

It follows from dated rows alone, so it says of a past day what was true then, and of a day to come what is known now.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from councils.models import Council, Membership, Office, Seat, Term
from councils.models.periods import is_held
from councils.regulation import Regulation

RANKS = {kind: rank for rank, kind in enumerate(Office.Kind.values)}


@dataclass(frozen=True)
class SeatOnDay:
    """A seat, who sat in it (None: it was empty), and the kinds of the offices that person held."""

    number: int
    membership: Membership | None
    offices: list[str]

    @property
    def office_labels(self) -> list[str]:
        return [str(Office.Kind(kind).label) for kind in self.offices]


@dataclass(frozen=True)
class Roster:
    """A council on a day; without a term it was not at work, and a term without seats is one of an unknown number."""

    council: Council
    on: date
    term: Term | None
    seats: list[SeatOnDay]

    @property
    def members(self) -> list[SeatOnDay]:
        """Who sat: officers first and by rank, then the others by name."""
        sat = [seat for seat in self.seats if seat.membership]
        return sorted(sat, key=lambda seat: min((RANKS[kind] for kind in seat.offices), default=len(RANKS)))

    @property
    def empty(self) -> list[int]:
        """Numbers of the seats nobody sat in."""
        return sorted(seat.number for seat in self.seats if seat.membership is None)

    def ends_on(self, rules: Regulation) -> date | None:
        """The first day after the term, decided or by the years of §11; None while it lasts until the first meeting of
        its successor (§39–42)."""
        if self.term is None or self.term.ended_on or self.term.end_rule != Term.EndRule.YEARS:
            return self.term.ended_on if self.term else None
        return rules.term_ends_on(self.term.started_on)


@dataclass(frozen=True)
class Change:
    """What changed in a council on a day. Why somebody left is not told: that is no matter of the public."""

    on: date
    came: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)
    offices: list[tuple[str, str]] = field(default_factory=list)  # label, name


@dataclass(frozen=True)
class History:
    """All dated rows of a council: its terms, the latest first, their seats, members by name, offices by rank."""

    council: Council
    terms: list[Term]
    seats: list[Seat]
    memberships: list[Membership]
    offices: list[Office]

    def on(self, day: date) -> Roster:
        term = next((term for term in self.terms if is_held(term, day)), None)
        sat = {row.seat_id: row for row in self.memberships if is_held(row, day)}
        offices: dict[int, list[str]] = defaultdict(list)
        for office in self.offices:
            if is_held(office, day):
                offices[office.person_id].append(office.kind)
        order = {row.seat_id: place for place, row in enumerate(self.memberships) if sat.get(row.seat_id) is row}
        found = []
        for seat in sorted(self.seats, key=lambda seat: (order.get(seat.pk, len(self.memberships)), seat.number)):
            if term is not None and seat.term_id == term.pk:
                row = sat.get(seat.pk)
                found.append(SeatOnDay(seat.number, row, offices[row.person_id] if row else []))
        return Roster(self.council, day, term, found)

    def changes(self, term: Term) -> list[Change]:
        """The days of the term on which the council was not as the day before, the latest first."""
        found: dict[date, Change] = {}

        def on(day: date) -> Change:
            return found.setdefault(day, Change(day))

        for row in self.memberships:
            if row.seat.term_id != term.pk or row.ended_on == row.started_on:
                continue
            on(row.started_on).came.append(row.person.name)
            if row.ended_on and row.ended_on != term.ended_on:
                on(row.ended_on).left.append(row.person.name)
        for office in self.offices:
            if is_held(term, office.started_on) and office.ended_on != office.started_on:
                on(office.started_on).offices.append((str(office.get_kind_display()), office.person.name))
        return sorted(found.values(), key=lambda change: change.on, reverse=True)


def read(councils: Iterable[Council]) -> list[History]:
    """The councils in their order, with all that ever was. Four queries however many."""
    rows = list(councils)
    terms = _by_council(Term.objects.filter(council__in=rows).order_by("-number", "pk"), lambda row: row.council_id)
    seats = _by_council(
        Seat.objects.filter(term__council__in=rows).select_related("term"), lambda row: row.term.council_id
    )
    memberships = _by_council(
        Membership.objects.filter(seat__term__council__in=rows).select_related("person", "seat__term").by_name(),
        lambda row: row.seat.term.council_id,
    )
    offices = _by_council(
        Office.objects.filter(council__in=rows).select_related("person").by_rank(), lambda row: row.council_id
    )
    return [History(row, terms[row.pk], seats[row.pk], memberships[row.pk], offices[row.pk]) for row in rows]


def _by_council(rows, council_of) -> dict[int, list]:
    found: dict[int, list] = defaultdict(list)
    for row in rows:
        found[council_of(row)].append(row)
    return found
