from datetime import date

from neighbourhoods import facts

# As points 3.1 to 3.11 of Nr. 12/2025 print them: typed a second time from the act, its marks included.
PRINTED = {
    "3.1": ("Ķekavas pilsētas apkaime", "Ķekavas pilsēta, Odukalns, Lielvārži¹, Vimbukrogs"),
    "3.2": ("Aleju apkaime", "Alejas, Skujenieki, Krogsils"),
    "3.3": ("Valdlauču, Rāmavas, Katlakalna apkaime", "Valdlauči, Rāmava, Katlakalns"),  # the act has the name alone
    "3.4": ("Baložu apkaime", "Baložu pilsēta, Krustkalni, Lapenieki"),
    "3.5": ("Jaunsila apkaime", "Jaunsils, Katrīnmuiža*"),
    "3.6": ("Mežinieku apkaime", "Plakanciems, Misas*, Mellupi"),
    "3.7": ("Dzērumu apkaime", "Dzērumi, Kažoki*"),
    "3.8": ("Pulkarnes apkaime", "Jenči, Pulkarne, Saulgoži, Sūnupes"),
    "3.9": ("Daugmales apkaime", "Daugmale, Dzintari, Bērzmente, Daugmales pagasts"),
    "3.10": ("Baldones apkaime", "Baldones pilsēta, Baldones pagasts"),
    "3.11": ("Vārpu apkaime", "Misa*, Sarma*, Stūri*, Vārpas"),
}
# Number and paragraph of each rule, in the same way; what the act is silent about stands in docs/regulation.md.
NUMBERS = {
    "SMALL_COUNCIL_UP_TO": (1000, "§9"),
    "SMALL_COUNCIL_SEATS": (5, "§9"),
    "MIDDLE_COUNCIL_UP_TO": (5000, "§9"),
    "MIDDLE_COUNCIL_SEATS": (7, "§9"),
    "LARGE_COUNCIL_SEATS": (9, "§9"),
    "TERM": (4, "§11"),
    "SECOND_ELECTIONS": (2027, "§40"),
    "MIN_CANDIDATES": (5, "§12, §14.6"),
    "APPLICATION_WINDOW_MIN": (14, "§14.2"),
    "APPLICATION_WINDOW_MAX": (30, "§14.2"),
    "ELECTION_AFTER_LIST_MIN": (14, "§15.2"),
    "ELECTION_AFTER_LIST_MAX": (30, "§15.2"),
    "VOTING_AFTER_ASSEMBLY": (7, "§15.3"),
    "MIN_TURNOUT": (1, "§15.4"),
    "VOTER_MIN_AGE": (16, "§15.5.1"),
    "MEMBER_MIN_AGE": (16, "§8"),
    "CANDIDATE_RESIDENCE": (90, "§8"),
    "PUBLISH_RESULTS": (10, "§18"),
    "FIRST_MEETING": (10, "§22"),
    "QUORUM": (50, "§23"),
    "MINUTES_SENT": (5, "§25"),
    "SUBMISSION_REPLY": (1, "§27"),
    "ABSENCES": (3, "§32"),
    "REMOVAL_NOTICE": (3, "§32"),
    "DOME_MEETS_COUNCIL": (1, "§35"),
    "JOINT_MEETING": (1, "§36"),
    "AGENDA_TO_ADMIN": (5, "§38.1"),
    "AGENDA_PUBLISHED": (3, "§38.2"),
}


def test_the_eleven_neighbourhoods_are_complete_and_apart():
    eleven = facts.NEIGHBOURHOODS
    assert [n.paragraph for n in eleven] == [f"3.{number}" for number in range(1, 12)]
    assert (
        len({n.slug for n in eleven}) == len({n.short_name for n in eleven}) == len({(n.q, n.r) for n in eleven}) == 11
    )
    assert all(n.slug.isascii() and n.slug == n.slug.lower() for n in eleven)
    places = [place.name for n in eleven for place in n.places]
    assert len(places) == len(set(places)) == 34


def test_neighbourhoods_and_their_places_are_those_of_the_act():
    printed = {
        n.paragraph: (n.official_name, ", ".join(place.name + place.printed_mark for place in n.places))
        for n in facts.NEIGHBOURHOODS
    }
    assert printed == PRINTED


def test_kinds_of_places_follow_their_names():
    kinds = {place.name: place.kind for n in facts.NEIGHBOURHOODS for place in n.places}
    for name, kind in kinds.items():
        by_name = {"pilsēta": facts.TOWN, "pagasts": facts.PARISH}.get(name.split()[-1], facts.VILLAGE)
        assert kind == (facts.AREA if name == "Lielvārži" else by_name), name


def test_numbers_and_paragraphs_are_those_of_the_act():
    adopted = {rule.code: (rule.value, rule.source) for rule in facts.REGULATION}
    silent = {code for code, (_value, source) in adopted.items() if "nesaka" in source or "izvēle" in source}
    assert adopted.pop("PUBLIC_DISCUSSION_MIN") == (30, "Pašvaldību likums 55(1)")
    act = {code: (value, f"Nr. 12/2025 {paragraph}") for code, (value, paragraph) in NUMBERS.items()}
    assert {code: fact for code, fact in adopted.items() if code not in silent} == act


def test_known_council_facts_speak_of_known_neighbourhoods():
    slugs = {n.slug for n in facts.NEIGHBOURHOODS}
    assert {fact.slug for fact in facts.COUNCIL_FACTS} - {""} <= slugs
    assert all(fact.on <= date(2026, 3, 4) for fact in facts.COUNCIL_FACTS)


def test_each_number_of_the_regulation_has_a_code_and_a_paragraph():
    codes = [rule.code for rule in facts.REGULATION]
    assert len(codes) == len(set(codes))
    assert all("§" in rule.source or rule.source.startswith("Pašvaldību likums") for rule in facts.REGULATION)
