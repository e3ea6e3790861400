"""From what a resident types, a village or a street with a house number, to the neighbourhood.

A query costs three SQL statements. Places come before streets: who types a village means the village, although streets
carry its name, too.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from neighbourhoods import latvian
from neighbourhoods.models import Neighbourhood, Place, Street

MOST_STREETS = 500  # parts of streets looked at; a query that matches more is too wide to answer

_NOISE = re.compile(r"^(LV-?\d{4}|k-?\d+|dz\.?)$", re.IGNORECASE)  # postcode, block, the word before a flat
_HOUSE = re.compile(r"^\d{1,4}[^\W\d_]?([/-]\w{1,5})*$")  # 5, 5a, 12/14, 5-31 (a flat); but not the "8." of a name
_RANGE = re.compile(r"(\d+)[^\W\d_]?\s*(?:([–—-])\s*(\d+)?)?")  # 2–40, 10–, 7
_ENDLESS = 9999
_ODD, _EVEN = ("nepar", "odd"), ("par", "even")
_SMALL_WORDS = ("numur", "number", "maj", "house", "un", "and")


@dataclass(frozen=True)
class Hit:
    """A neighbourhood and what of it the query named."""

    neighbourhood: Neighbourhood
    named: tuple[str, ...] = ()


@dataclass(frozen=True)
class Found:
    """`best` is the one neighbourhood that the query means, if it means one; `others` hold the rest of what matches."""

    best: Hit | None = None
    others: tuple[Hit, ...] = ()

    def __bool__(self):
        return bool(self.best or self.others)


def find(query: str, *, on: date) -> Found:
    """The neighbourhoods that a village, a town, a street or an address belongs to on the day."""
    words, house = split_address(query)
    if not latvian.search_terms(words):
        return Found()
    places = _places(words, on)
    streets = _streets(words, house, on)
    exact = [row for row in places if latvian.fold(str(row)) == latvian.fold(words)]
    telling = exact or places or streets
    hits = _by_neighbourhood([*places, *streets])
    meant = {_area(row) for row in telling}
    if len(meant) != 1:
        return Found(None, tuple(hits))
    (area,) = meant
    return Found(
        next(hit for hit in hits if hit.neighbourhood == area),
        tuple(hit for hit in hits if hit.neighbourhood != area),
    )


def split_address(query: str) -> tuple[str, int | None]:
    """Part "Rīgas iela 5a-12, Ķekava, LV-2123" into "Rīgas iela Ķekava" and 5. A number in front belongs to a name."""
    words: list[str] = []
    house = None
    for word in query.replace(",", " ").split():
        if words and _HOUSE.match(word):
            house = house or int(re.findall(r"\d+", word)[0])
        elif not _NOISE.match(word):
            words.append(word)
    return " ".join(words), house


def covers(houses: str, number: int) -> bool:
    """Does a part of a street, "1–25, odd" ("nepāra") or "2, 4, 10–", hold the house? True where it cannot be read."""
    text = latvian.fold(houses)
    words = re.findall(r"[^\W\d_]{2,}", text)
    if not all(word.startswith((*_ODD, *_EVEN, *_SMALL_WORDS)) for word in words):
        return True
    if number % 2 == 0 and any(word.startswith(_ODD) for word in words):
        return False
    if number % 2 == 1 and any(word.startswith(_EVEN) for word in words):
        return False
    ranges = [(int(first), int(last or (_ENDLESS if dash else first))) for first, dash, last in _RANGE.findall(text)]
    return not ranges or any(first <= number <= last for first, last in ranges)


def _places(words: str, on: date) -> list[Place | Neighbourhood]:
    places = Place.objects.valid(on).matching(words).select_related("neighbourhood").by_name()
    named = Neighbourhood.objects.valid(on).matching(words).by_name()
    return [*named, *(place for place in places if _is_valid(place.neighbourhood, on))]


def _streets(words: str, house: int | None, on: date) -> list[Street]:
    """Parts of streets; at least one word must be the street's own, or a town would list all its streets."""
    rows = Street.objects.matching(words).select_related("neighbourhood").by_name()[:MOST_STREETS]
    terms = latvian.search_terms(words)
    streets = [
        row
        for row in rows
        if _is_valid(row.neighbourhood, on) and any(term in latvian.search_text(row.name) for term in terms)
    ]
    if house is None:
        return streets
    return [row for row in streets if not row.houses or covers(row.houses, house)] or streets


def _is_valid(neighbourhood: Neighbourhood, on: date) -> bool:
    return neighbourhood.valid_from <= on and (neighbourhood.valid_until is None or on < neighbourhood.valid_until)


def _area(row: Place | Street | Neighbourhood) -> Neighbourhood:
    return row if isinstance(row, Neighbourhood) else row.neighbourhood


def _name(row: Place | Street) -> str:
    return f"{row}: {row.houses}" if isinstance(row, Street) and row.houses else str(row)


def _by_neighbourhood(rows: Iterable[Place | Street | Neighbourhood]) -> list[Hit]:
    named: dict[Neighbourhood, list[str]] = {}
    for row in rows:
        names = named.setdefault(_area(row), [])
        if not isinstance(row, Neighbourhood):
            names.append(_name(row))
    return [Hit(area, tuple(dict.fromkeys(names))) for area, names in named.items()]
