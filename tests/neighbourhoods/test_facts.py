from datetime import date

from neighbourhoods import facts


def test_the_eleven_neighbourhoods_are_complete_and_apart():
    eleven = facts.NEIGHBOURHOODS
    assert [n.paragraph for n in eleven] == [f"3.{number}" for number in range(1, 12)]
    assert (
        len({n.slug for n in eleven}) == len({n.short_name for n in eleven}) == len({(n.q, n.r) for n in eleven}) == 11
    )
    assert all(n.slug.isascii() and n.slug == n.slug.lower() for n in eleven)
    places = [place.name for n in eleven for place in n.places]
    assert len(places) == len(set(places)) == 34


def test_known_council_facts_speak_of_known_neighbourhoods():
    slugs = {n.slug for n in facts.NEIGHBOURHOODS}
    assert {fact.slug for fact in facts.COUNCIL_FACTS} - {""} <= slugs
    assert all(fact.on <= date(2026, 3, 4) for fact in facts.COUNCIL_FACTS)


def test_each_number_of_the_regulation_has_a_code_and_a_paragraph():
    codes = [rule.code for rule in facts.REGULATION]
    assert len(codes) == len(set(codes))
    assert all("§" in rule.source or rule.source.startswith("Pašvaldību likums") for rule in facts.REGULATION)
