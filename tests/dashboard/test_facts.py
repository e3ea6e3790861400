from datetime import date, datetime, timedelta
from io import StringIO
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command

from councils.models import Council, CouncilState, Membership, RegulationValue, Term, Topic
from dashboard.facts import load_facts
from elections.models import Formation, FormationStep, Step
from neighbourhoods.facts import NEIGHBOURHOODS, REGULATION, REGULATION_IN_FORCE_ON, TOPICS
from neighbourhoods.models import Neighbourhood, Place
from people.models import Person

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 23)


def load(now=None):
    said = []
    load_facts(now=now or datetime(2026, 11, 23, 9, tzinfo=ZoneInfo("Europe/Riga")), say=said.append)
    return said


def everything():
    """All rows that facts may write, as they are."""
    models = (Neighbourhood, Place, RegulationValue, Topic, Council, Term, Formation)
    return {model: list(model.objects.order_by("pk").values()) for model in models}


def test_facts_load_neighbourhoods_places_and_numbers():
    load()

    assert [area.legal_paragraph for area in Neighbourhood.objects.by_law()] == [f"3.{n}" for n in range(1, 12)]
    told = [
        (fact.slug, fact.official_name, fact.short_name, fact.q, fact.r, place.name, place.kind, place.printed_mark)
        for fact in NEIGHBOURHOODS
        for place in fact.places
    ]
    area = [f"neighbourhood__{name}" for name in ("slug", "name", "short_name", "hex_q", "hex_r")]
    assert sorted(Place.objects.values_list(*area, "name", "kind", "printed_mark")) == sorted(told)
    for model in (Neighbourhood, Place):
        periods = model.objects.values_list("valid_from", "valid_until").distinct()
        assert list(periods.order_by()) == [(REGULATION_IN_FORCE_ON, None)]
    assert date(2025, 4, 11) == REGULATION_IN_FORCE_ON
    assert RegulationValue.objects.count() == len(REGULATION)
    row = RegulationValue.objects.get(code="MINUTES_SENT")
    assert (row.value, row.unit, row.paragraph) == ("5", "darbdienas", "Nr. 12/2025 §25")


def test_par_5_topics_are_rows_that_the_municipality_may_change():
    load()
    assert list(Topic.objects.in_use(ON).values_list("code", flat=True)) == [f"5.{n}" for n in range(1, 8)]
    Topic.objects.filter(code="5.1").update(name_lv="labiekārtošana", retired_on=ON)
    Topic.objects.filter(code="5.7").delete()
    assert f"Topics: 1 new, {len(TOPICS) - 1} already there." in load()
    assert Topic.objects.get(code="5.1").name_lv == "labiekārtošana"
    assert Topic.objects.get(code="5.7").position == 7


def test_facts_claim_no_more_than_the_sources():
    load()

    states = dict(Council.objects.with_state(ON).values_list("neighbourhood__slug", "state"))
    assert states == {
        "daugmale": CouncilState.FORMING,  # elected; nothing was found on its first meeting
        "kekavas-pilseta": CouncilState.FORMING,  # voted; nothing was found on the result
        "baldone": CouncilState.WORKING,
        "dzerumi": CouncilState.WORKING,
        "jaunsils": CouncilState.WORKING,
    }
    assert dict(Term.objects.values_list("council__neighbourhood__slug", "started_on")) == {
        "baldone": date(2026, 1, 9),
        "dzerumi": date(2026, 1, 9),
        "jaunsils": date(2026, 1, 12),
    }
    assert not Term.objects.exclude(seat_count=None).exists()  # published for none of them
    assert not Membership.objects.exists()
    assert not Person.objects.exists()
    assert not Council.objects.filter(is_invented=True).exists()


def test_facts_tell_the_way_of_daugmale_as_published():
    load()

    formation = Formation.objects.with_progress().get(council__neighbourhood__slug="daugmale")
    assert (formation.opened_on, formation.candidates) == (date(2025, 11, 6), 9)
    assert (formation.current_step, formation.current_due_on) == (Step.FIRST_MEETING, date(2026, 2, 11))
    days = dict(formation.steps.values_list("step", "done_on"))
    assert days == {
        Step.APPLICATIONS: None,
        Step.DECISION: date(2025, 11, 6),
        Step.CANDIDATES: date(2025, 11, 30),
        Step.LIST: None,
        Step.VOTING: date(2026, 1, 20),
        Step.RESULT: date(2026, 1, 28),
        Step.FIRST_MEETING: None,
    }
    notes = dict(formation.steps.values_list("step", "note"))
    assert notes[Step.RESULT] == "nobalsojuši: 108; derīgas balsis: 99; ievēlēti: 7 (jauns.lv 693968)"
    assert notes[Step.VOTING].startswith("Daugmales multifunkcionālais centrs; izsniegtas balsošanas zīmes: 15 (")
    assert "kandidāti: 9; vietas: 7" in notes[Step.CANDIDATES]
    assert not formation.steps.exclude(due_on=None).exclude(step=Step.FIRST_MEETING).exists()


def test_facts_tell_of_kekava_that_it_voted_and_not_what_came_of_it():
    load()

    formation = Formation.objects.with_progress().get(council__neighbourhood__slug="kekavas-pilseta")
    assert (formation.opened_on, formation.candidates) == (date(2025, 11, 6), 9)
    assert (formation.current_step, formation.current_due_on) == (Step.RESULT, date(2026, 3, 4))
    steps = {row.step: (row.done_on, row.note) for row in formation.steps.all()}
    assert {step: day for step, (day, _note) in steps.items() if day} == {
        Step.DECISION: date(2025, 11, 6),
        Step.VOTING: date(2026, 2, 24),
    }
    assert steps[Step.VOTING][1] == "kandidāti: 9 (jauns.lv 697157)"


def test_facts_tell_how_the_first_meetings_were_held_and_who_said_so():
    load()

    first = {
        row.formation.council.neighbourhood.slug: (row.done_on, row.note)
        for row in FormationStep.objects.filter(step=Step.FIRST_MEETING).exclude(done_on=None)
    }
    assert first == {
        "baldone": (date(2026, 1, 9), "plkst. 17.00, attālināti (jauns.lv 690118)"),
        "dzerumi": (date(2026, 1, 9), "plkst. 15.30, attālināti (jauns.lv 690118)"),
        "jaunsils": (date(2026, 1, 12), "plkst. 17.30, klātienē (jauns.lv 690118)"),
    }


def test_facts_load_once():
    load()
    before = everything()
    load(now=datetime(2027, 3, 1, 9, tzinfo=ZoneInfo("Europe/Riga")))
    assert everything() == before


def test_facts_leave_alone_what_a_coordinator_edited():
    load()
    area = Neighbourhood.objects.get(slug="varpas")
    area.slug, area.short_name, area.hex_q = "misa", "Misa", 5
    area.save()
    Place.objects.filter(name="Kažoki").update(valid_until=ON)
    Place.objects.filter(name="Stūri").delete()
    RegulationValue.objects.filter(code="MINUTES_SENT").update(value="7")
    Council.objects.filter(neighbourhood__slug="baldone").update(name="Baldones padome", about="Mūsu padome")
    Term.objects.filter(council__neighbourhood__slug="baldone").update(seat_count=9)
    before = everything()

    load()

    assert everything() == before


def test_facts_bring_back_a_neighbourhood_and_a_number_that_are_missing():
    load()
    Place.objects.filter(neighbourhood__slug="mezinieki").delete()
    Neighbourhood.objects.filter(slug="mezinieki").delete()
    RegulationValue.objects.filter(code="TERM").delete()

    said = load()

    assert Neighbourhood.objects.get(slug="mezinieki").places.count() == 3
    assert RegulationValue.objects.filter(code="TERM").exists()
    assert "1 new" in said[0]


def test_facts_do_not_know_what_has_not_happened_yet():
    load(now=datetime(2026, 1, 10, 9, tzinfo=ZoneInfo("Europe/Riga")))
    on = date(2026, 1, 10)
    working = Council.objects.with_state(on).filter(state=CouncilState.WORKING)
    assert set(working.values_list("neighbourhood__slug", flat=True)) == {"baldone", "dzerumi"}
    assert not Formation.objects.filter(steps__done_on__gt=on + timedelta(days=0)).exists()


def test_command_says_what_it_did_unless_told_to_be_quiet():
    out = StringIO()
    call_command("facts", stdout=out)
    assert "11 new" in out.getvalue()
    quiet = StringIO()
    call_command("facts", stdout=quiet, verbosity=0)
    assert quiet.getvalue() == ""
