"""Load what is publicly known (`neighbourhoods.facts`) into an empty or a living portal."""

from collections.abc import Callable
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from councils import operations as councils
from councils.models import Council, RegulationValue, Topic
from elections import operations as elections
from elections.models import Formation, Step
from neighbourhoods.facts import COUNCIL_FACTS, NEIGHBOURHOODS, REGULATION, TOPICS, CouncilFact, NeighbourhoodFact
from neighbourhoods.models import Neighbourhood, Place

# How a published figure is written into a step's note.
FIGURES = {
    "candidates": "kandidāti",
    "seats": "vietas",
    "ballots handed out": "izsniegtas balsošanas zīmes",
    "voters": "nobalsojuši",
    "valid votes": "derīgas balsis",
    "elected": "ievēlēti",
}
# What was published, the step of the formation it says something of, and whether it is its day or its last day.
DONE = {
    "process started": Step.DECISION,
    "applications closed": Step.CANDIDATES,
    "voting": Step.VOTING,
    "results approved": Step.RESULT,
    "first meeting": Step.FIRST_MEETING,
}
DUE = {"results due": Step.RESULT, "first meeting due": Step.FIRST_MEETING}
ABOUT = {"assembly": Step.VOTING}


@transaction.atomic
def load_facts(*, now: datetime, say: Callable[[str], object]) -> None:
    """Create what is missing, and say what. A neighbourhood or council that exists is left alone with all it has: its
    places may have moved, its formation may have been written more exactly than the sources know."""
    areas = [fact for fact in NEIGHBOURHOODS if _load_neighbourhood(fact)]
    say(f"Neighbourhoods: {len(areas)} new with their places, {len(NEIGHBOURHOODS) - len(areas)} already there.")
    known = set(RegulationValue.objects.values_list("code", flat=True))
    missing = [rule for rule in REGULATION if rule.code not in known]
    RegulationValue.objects.bulk_create(
        RegulationValue(
            code=rule.code,
            value=str(rule.value),
            unit=rule.unit,
            paragraph=rule.source,
            note=rule.note,
            valid_from=rule.valid_from,
        )
        for rule in missing
    )
    say(f"Numbers of the regulation: {len(missing)} new, {len(REGULATION) - len(missing)} already there.")
    topics = set(Topic.objects.values_list("code", flat=True))
    unlisted = [(place, fact) for place, fact in enumerate(TOPICS, 1) if fact.code not in topics]
    Topic.objects.bulk_create(
        Topic(
            code=fact.code,
            name_lv=fact.name_lv,
            name_en=fact.name_en,
            paragraph=f"§{fact.code}",
            position=place,
        )
        for place, fact in unlisted
    )
    say(f"Topics: {len(unlisted)} new, {len(TOPICS) - len(unlisted)} already there.")
    slugs = list(dict.fromkeys(fact.slug for fact in COUNCIL_FACTS if fact.slug))
    new = [slug for slug in slugs if _load_council(slug, now)]
    say(f"Councils known from published sources: {len(new)} new, {len(slugs) - len(new)} already there or not in use.")


def _load_neighbourhood(fact: NeighbourhoodFact) -> bool:
    """Is it new? A neighbourhood is known by its address or by its paragraph, whatever it is called now."""
    rows = Neighbourhood.objects.filter(slug=fact.slug) | Neighbourhood.objects.filter(legal_paragraph=fact.paragraph)
    if rows.exists():
        return False
    row = Neighbourhood.objects.create(
        name=fact.official_name,
        short_name=fact.short_name,
        slug=fact.slug,
        legal_paragraph=fact.paragraph,
        legal_order=int(fact.paragraph.partition(".")[2]),
        hex_q=fact.q,
        hex_r=fact.r,
        valid_from=fact.valid_from,
    )
    for place in fact.places:
        Place.objects.create(
            neighbourhood=row,
            name=place.name,
            kind=place.kind,
            printed_mark=place.printed_mark,
            valid_from=fact.valid_from,
        )
    return True


def council_name(neighbourhood: Neighbourhood) -> str:
    """ "Daugmales apkaime" has the "Daugmales apkaimes iedzīvotāju padome"."""
    return f"{neighbourhood.name.removesuffix('apkaime')}apkaimes iedzīvotāju padome"


def _load_council(slug: str, now: datetime) -> bool:
    """Is it new? Writes no more than the sources say: seats stay unknown, and so do the days of most steps."""
    area = Neighbourhood.objects.filter(slug=slug).first()
    if area is None or Council.objects.filter(neighbourhood=area).exists():
        return False
    today = timezone.localdate(now)
    facts = [fact for fact in COUNCIL_FACTS if fact.slug in ("", slug) and (fact.ended_on or fact.on) <= today]
    council = councils.create_council(neighbourhood=area, name=council_name(area), by=None, now=now)
    if not facts:
        return True
    began = facts[0]
    formation = elections.start_formation(council=council, opened_on=began.on, source=began.source, by=None, now=now)
    about: dict[Step, list[CouncilFact]] = {}
    for fact in facts:
        if step := (DONE | DUE | ABOUT).get(fact.step):
            about.setdefault(step, []).append(fact)
    for fact in facts:
        if (step := DONE.get(fact.step)) is not None:
            done_on, note = fact.ended_on or fact.on, _note(about[step])
            elections.complete_step(formation=formation, step=step, done_on=done_on, note=note, by=None, now=now)
        if fact.step == "first meeting":
            # Its number of seats was not published; the first convocation begins with its first meeting.
            councils.open_term(council=council, number=1, seat_count=None, started_on=fact.on, by=None, now=now)
    formation.steps.update(due_on=None)  # what the regulation would suggest was not published
    if Formation.objects.open().filter(pk=formation.pk).exists():
        for fact in facts:
            if (step := DUE.get(fact.step)) and not formation.steps.filter(step=step, done_on__isnull=False).exists():
                note = _note(about[step])
                elections.plan_step(formation=formation, step=step, due_on=fact.on, note=note, by=None, now=now)
        candidates = max((fact.figures.get("candidates", 0) for fact in facts), default=0)
        elections.count_candidates(formation=formation, candidates=candidates, by=None, now=now)
    return True


def _note(facts: list[CouncilFact]) -> str:
    """ "plkst. 17.00, attālināti; kandidāti: 9 (jauns.lv 690118)"."""
    said = []
    for fact in facts:
        clock = f"plkst. {fact.starts_at:%H.%M}" if fact.starts_at else ""
        how = {None: "", True: "attālināti", False: "klātienē"}[fact.is_remote]
        said.append(", ".join(part for part in (clock, how, fact.place) if part))
        said += [f"{FIGURES[name]}: {count}" for name, count in fact.figures.items()]
    text = "; ".join(part for part in said if part)
    sources = ", ".join(dict.fromkeys(fact.source for fact in facts))
    return f"{text} ({sources})" if text else sources
