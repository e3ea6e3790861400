from datetime import date

import pytest

from neighbourhoods import finder
from neighbourhoods.models import Place
from tests import factories

TODAY = date(2026, 11, 23)


@pytest.fixture
def towns(db):
    kekava = factories.neighbourhood("Ķekavas pilsēta")
    balozi = factories.neighbourhood("Baloži")
    baldone = factories.neighbourhood("Baldone")
    factories.place("Odukalns", neighbourhood=kekava)
    factories.place("Ķekavas pilsēta", neighbourhood=kekava, kind=Place.Kind.TOWN)
    factories.place("Krustkalni", neighbourhood=balozi)
    factories.place("Misa", neighbourhood=balozi)
    factories.place("Misas", neighbourhood=baldone)
    factories.street("Rīgas iela", town="Ķekava", houses="1–40", neighbourhood=kekava)
    factories.street("Rīgas iela", town="Ķekava", houses="41–120", neighbourhood=baldone)
    factories.street("8. marta iela", town="Baloži", neighbourhood=balozi)
    factories.street("Ķekavas iela", town="Baldone", neighbourhood=baldone)
    return {"kekava": kekava, "balozi": balozi, "baldone": baldone}


def names(hits):
    return [str(hit.neighbourhood) for hit in hits]


@pytest.mark.parametrize(
    "query", ["Krustkalni", "krustkalni", "KRUSTKALNI", "Krustkalnos", "krustkalnu", " Krustkalni, LV-2112 ", "krustk"]
)
def test_a_village_in_any_form_leads_to_its_neighbourhood(towns, query):
    found = finder.find(query, on=TODAY)
    assert found.best.neighbourhood == towns["balozi"]
    assert found.best.named == ("Krustkalni",)
    assert found.others == ()


@pytest.mark.parametrize("query", ["Ķekava", "kekava", "Ķekavā", "ķekavas"])
def test_a_town_comes_before_streets_that_carry_its_name(towns, query):
    found = finder.find(query, on=TODAY)
    assert found.best.neighbourhood == towns["kekava"]
    assert names(found.others) == ["Baldone"]
    assert found.others[0].named == ("Ķekavas iela, Baldone",)


def test_streets_of_a_town_are_not_listed_for_the_town_alone(towns):
    found = finder.find("Ķekava", on=TODAY)
    assert not any("Rīgas iela" in name for hit in (found.best, *found.others) for name in hit.named)


def test_the_name_typed_exactly_is_meant(towns):
    found = finder.find("Misa", on=TODAY)
    assert found.best.neighbourhood == towns["balozi"]
    assert names(found.others) == ["Baldone"]


@pytest.mark.parametrize(
    ("query", "area"),
    [
        ("Rīgas iela 5", "kekava"),
        ("rigas iela 5a-12, Ķekava", "kekava"),
        ("Rīgas 40", "kekava"),
        ("Rīgas iela 41", "baldone"),
        ("Rīgas iela 117/2", "baldone"),
        ("8. marta iela 5", "balozi"),
        ("8. marta iela", "balozi"),
    ],
)
def test_an_address_leads_to_the_part_of_the_street(towns, query, area):
    assert finder.find(query, on=TODAY).best.neighbourhood == towns[area]


def test_a_street_through_two_neighbourhoods_offers_both(towns):
    found = finder.find("Rīgas iela", on=TODAY)
    assert found.best is None
    assert {hit.named for hit in found.others} == {("Rīgas iela, Ķekava: 1–40",), ("Rīgas iela, Ķekava: 41–120",)}


def test_a_house_that_no_part_holds_shows_all_parts(towns):
    assert len(finder.find("Rīgas iela 500", on=TODAY).others) == 2


@pytest.mark.parametrize("query", ["", "   ", "?!", "Parīze", "5"])
def test_nothing_is_found_for_what_is_nowhere(towns, query):
    assert not finder.find(query, on=TODAY)


def test_a_place_that_moved_is_found_where_it_belongs_on_the_day(towns):
    Place.objects.filter(name="Odukalns").update(valid_until=date(2027, 1, 1))
    factories.place("Odukalns", neighbourhood=towns["balozi"], valid_from=date(2027, 1, 1))
    assert finder.find("Odukalns", on=TODAY).best.neighbourhood == towns["kekava"]
    assert finder.find("Odukalns", on=date(2027, 1, 1)).best.neighbourhood == towns["balozi"]


def test_a_neighbourhood_that_ended_is_not_found(towns):
    factories.neighbourhood("Senā", valid_until=date(2026, 1, 1))
    assert not finder.find("Senā", on=TODAY)


@pytest.mark.parametrize("streets", [1, 300])
def test_finding_asks_three_times(towns, django_assert_num_queries, streets):
    for n in range(streets):
        factories.street(f"Bērzu iela {n}", town="Ķekava", neighbourhood=towns["kekava"])
    with django_assert_num_queries(3):
        finder.find("Bērzu iela", on=TODAY)


@pytest.mark.parametrize(
    ("query", "parts"),
    [
        ("Rīgas iela 5a-12, Ķekava, LV-2123", ("Rīgas iela Ķekava", 5)),
        ("8. marta iela 5", ("8. marta iela", 5)),
        ("1905. gada iela 3", ("1905. gada iela", 3)),
        ("Rīgas iela 5/7 k-2 dz. 14", ("Rīgas iela", 5)),
        ("Ķekava", ("Ķekava", None)),
        ("5", ("5", None)),
    ],
)
def test_an_address_is_taken_apart(query, parts):
    assert finder.split_address(query) == parts


@pytest.mark.parametrize(
    ("houses", "inside", "outside"),
    [
        ("1–25", [1, 25], [26]),
        ("1-25, odd", [1, 25], [2, 27]),
        ("nepāra", [7], [8]),
        ("pāra numuri, 2–40", [2, 40], [3, 42]),
        ("2, 4, 10–", [2, 4, 10, 999], [3, 6]),
        ("1a–9b", [1, 9], [10]),
        ("no krustojuma līdz galam", [1, 500], []),
    ],
)
def test_house_numbers_of_a_part_are_read(houses, inside, outside):
    assert all(finder.covers(houses, number) for number in inside)
    assert not any(finder.covers(houses, number) for number in outside)
