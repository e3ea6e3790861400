"""Latvian order and Latvian-aware search, as the database of the run answers (the suite runs on both)."""

import pytest

from councils.models import Council
from events.models import Event
from neighbourhoods.models import Neighbourhood, Place
from people.models import Person
from tests import factories

pytestmark = pytest.mark.django_db

IN_ORDER = ["Aleja", "Āboli", "Bērzi", "Celmi", "Čiekuri", "Daugmale", "Gailīši", "Ģipši", "Katlakalns", "Kūdra"]
IN_ORDER += ["Ķekava", "Lapenieki", "Ļaudona", "Nīca", "Ņega", "Saulgoži", "Šķūņi", "Vārpas", "Zari", "Žagari"]
IN_ORDER.sort(key=["Āboli", "Aleja", *IN_ORDER[2:]].index)  # ā stands with a: the next letter decides


def test_neighbourhoods_and_councils_stand_in_latvian_order():
    for name in reversed(IN_ORDER):
        factories.council(neighbourhood=factories.neighbourhood(name))
    assert [row.short_name for row in Neighbourhood.objects.by_name()] == IN_ORDER
    assert [row.neighbourhood.short_name for row in Council.objects.by_name()] == IN_ORDER


def test_places_and_people_stand_in_latvian_order():
    area = factories.neighbourhood()
    for name in reversed(IN_ORDER):
        factories.place(name, neighbourhood=area)
        factories.person(f"Zane {name}")
    factories.person("Āra Ķekava")
    assert [row.name for row in Place.objects.by_name()] == IN_ORDER
    people = [f"{row.family_name} {row.given_name}" for row in Person.objects.by_name()]
    assert people == [f"{n} Zane" if n != "Ķekava" else n for n in IN_ORDER][:10] + ["Ķekava Āra", "Ķekava Zane"] + [
        f"{name} Zane" for name in IN_ORDER[11:]
    ]


@pytest.mark.parametrize("asked", ["kekava", "Ķekavas", "Ķekavā", "ĶEKAVA", "kekavai", "ķekavu"])
def test_every_case_of_a_name_finds_it_with_and_without_diacritics(asked):
    place = factories.place("Ķekava")
    event = factories.event(title="Sēde Ķekavā par ielām")
    person = factories.person("Anna Ķekava")
    factories.place("Baloži", neighbourhood=place.neighbourhood)
    factories.event(title="Talka Baložos")
    assert list(Place.objects.matching(asked)) == [place]
    assert list(Event.objects.matching(asked)) == [event]
    assert list(Person.objects.matching(asked)) == [person]


def test_every_word_must_be_found():
    event = factories.event(title="Sēde par ielu apgaismojumu")
    assert list(Event.objects.matching("apgaismojums iela")) == [event]
    assert list(Event.objects.matching("apgaismojums skola")) == []
