from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from councils import regulation
from councils.models import Council
from elections import operations
from elections.models import Formation, FormationStep, Step
from elections.operations import FormationRefused
from people.models import AuditEntry
from tests import factories

pytestmark = pytest.mark.django_db
ON = date(2026, 11, 23)
OPENED = date(2026, 9, 1)
DAY = timedelta(days=1)


@pytest.fixture
def who(now):
    return {"by": factories.coordinator(), "now": now}


@pytest.fixture
def formation(who):
    return operations.start_formation(council=factories.council(), opened_on=OPENED, source="Lēmums Nr. 9", **who)


def progress(formation):
    return Formation.objects.with_progress().get(pk=formation.pk)


def state_on(day):
    return Council.objects.with_state(day).get().state


def test_start_formation_lays_all_steps_ahead_and_the_council_forms(formation):
    council = Council.objects.get()
    assert (council.formation_started_on, council.formation_source) == (OPENED, "Lēmums Nr. 9")
    assert state_on(OPENED - DAY) == "none"
    assert state_on(OPENED) == "forming"
    assert [(step.position, step.step) for step in formation.steps.by_law()] == list(enumerate(Step.values, 1))
    assert progress(formation).current_number == 1
    assert AuditEntry.objects.filter(verb="start_formation").exists()


def test_start_formation_refuses_a_council_that_forms_or_works(formation, who):
    with pytest.raises(FormationRefused):
        operations.start_formation(council=formation.council, opened_on=ON, **who)
    with pytest.raises(FormationRefused):
        operations.start_formation(council=factories.term().council, opened_on=ON, **who)
    assert Formation.objects.count() == 1


def test_progress_is_the_step_after_the_last_done(formation, who):
    operations.complete_step(formation=formation, step=Step.DECISION, done_on=date(2026, 11, 6), **who)
    operations.plan_step(formation=formation, step=Step.CANDIDATES, due_on=date(2026, 12, 4), note="Rakstīt", **who)

    row = progress(formation)

    assert (row.current_number, row.current_step) == (3, Step.CANDIDATES)
    assert (row.current_due_on, row.current_note) == (date(2026, 12, 4), "Rakstīt")


def test_completed_step_gives_the_next_its_last_day_by_the_regulation(formation, who):
    operations.complete_step(formation=formation, step=Step.DECISION, done_on=date(2026, 11, 6), **who)
    assert progress(formation).current_due_on == date(2026, 12, 6)  # §14.2


def test_completed_step_leaves_a_planned_day(formation, who):
    operations.plan_step(formation=formation, step=Step.CANDIDATES, due_on=date(2026, 11, 25), **who)
    operations.complete_step(formation=formation, step=Step.DECISION, done_on=date(2026, 11, 6), **who)
    assert progress(formation).current_due_on == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("step", "done_on", "due_on"),
    [
        (Step.APPLICATIONS, date(2026, 1, 5), None),
        (Step.DECISION, date(2025, 11, 6), date(2025, 12, 6)),
        (Step.CANDIDATES, date(2026, 1, 5), None),
        (Step.LIST, date(2026, 1, 1), date(2026, 2, 7)),
        (Step.VOTING, date(2026, 1, 20), date(2026, 2, 3)),
        (Step.RESULT, date(2026, 1, 28), date(2026, 2, 11)),
        (Step.FIRST_MEETING, date(2026, 2, 11), None),
    ],
)
def test_due_after_follows_the_regulation(step, done_on, due_on):
    assert operations.due_after(step, done_on, regulation.AS_ADOPTED) == due_on


def test_first_meeting_closes_the_formation_and_the_council_forms_until_its_term(formation, who):
    operations.complete_step(formation=formation, step=Step.FIRST_MEETING, done_on=ON, **who)

    row = progress(formation)
    assert (row.closed_on, row.current_number, row.current_step) == (ON, None, None)
    assert state_on(ON) == "forming"
    factories.term(Council.objects.get(), started_on=ON)
    assert state_on(ON) == "working"


def test_steps_follow_one_another(formation, who):
    operations.complete_step(formation=formation, step=Step.LIST, done_on=date(2026, 11, 2), **who)
    for step, day in (
        (Step.LIST, ON),  # done already
        (Step.VOTING, date(2026, 11, 1)),  # before the list
        (Step.DECISION, date(2026, 11, 3)),  # after the list
        (Step.DECISION, OPENED - DAY),
        (Step.VOTING, ON + DAY),  # has not come
    ):
        with pytest.raises(FormationRefused):
            operations.complete_step(formation=formation, step=step, done_on=day, **who)
    operations.complete_step(formation=formation, step=Step.DECISION, done_on=OPENED, **who)
    assert FormationStep.objects.filter(done_on__isnull=False).count() == 2
    with pytest.raises(FormationRefused):
        operations.plan_step(formation=formation, step=Step.DECISION, due_on=ON, **who)


def test_p14_7_formation_may_close_without_a_council(formation, who):
    operations.count_candidates(formation=formation, candidates=3, **who)
    operations.close_formation(formation=formation, closed_on=ON, reason="Pieteicās tikai trīs", **who)

    assert Formation.objects.get().candidates == 3
    assert (state_on(ON - DAY), state_on(ON)) == ("forming", "none")
    for call in (
        lambda: operations.complete_step(formation=formation, step=Step.LIST, done_on=ON, **who),
        lambda: operations.count_candidates(formation=formation, candidates=4, **who),
        lambda: operations.close_formation(formation=formation, closed_on=ON, **who),
    ):
        with pytest.raises(FormationRefused):
            call()

    operations.start_formation(council=Council.objects.get(), opened_on=ON, **who)
    assert state_on(ON) == "forming"


def test_formation_is_not_closed_before_it_opens(formation, who):
    with pytest.raises(FormationRefused):
        operations.close_formation(formation=formation, closed_on=OPENED - DAY, **who)
    with pytest.raises(IntegrityError), transaction.atomic():
        Formation.objects.update(closed_on=OPENED - DAY)


@pytest.mark.parametrize("rows", [1, 3])
def test_progress_is_one_query_and_stands_by_due_date(rows, who, django_assert_num_queries):
    for number in range(rows):
        row = operations.start_formation(council=factories.council(), opened_on=OPENED, **who)
        operations.plan_step(formation=row, step=Step.APPLICATIONS, due_on=ON - number * DAY, **who)
    with django_assert_num_queries(1):
        days = [row.current_due_on for row in Formation.objects.open().with_progress().by_due()]
    assert days == sorted(days)
