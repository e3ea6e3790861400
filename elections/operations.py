from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from councils import operations as councils
from councils import regulation
from councils.models import Council
from councils.operations.base import refuse_future_day
from elections.models import Formation, FormationStep, Step
from people import operations as people
from people.models import User


class FormationRefused(councils.CouncilRefused):
    """The step of forming a council is not possible; the text says why."""


def _lock(formation: Formation) -> Formation:
    """The open formation's row, locked to the end of the transaction. Raises FormationRefused once it is closed."""
    row = Formation.objects.select_for_update(no_key=True, of=("self",)).select_related("council").get(pk=formation.pk)
    if row.closed_on is not None:
        raise FormationRefused(_("This formation is closed."))
    return row


def due_after(step: str, done_on: date, rules: regulation.Regulation) -> date | None:
    """Last day of the step that follows `step` done on the day, where the regulation says one; a suggestion, as
    calls and votes have dates of their own."""
    match step:
        case Step.DECISION:
            return rules.applications_end(done_on)[1]
        case Step.LIST:
            return rules.voting_ends_on(rules.assembly(done_on)[1])
        case Step.VOTING:
            return rules.results_due_on(done_on)
        case Step.RESULT:
            return rules.first_meeting_due_on(done_on)
    return None


@transaction.atomic
def start_formation(
    *, council: Council, opened_on: date, by: User | None, now: datetime, source: str = ""
) -> Formation:
    """Open the way to a council with all its steps ahead; the council counts as forming from the day on.

    Raises FormationRefused when it is already being formed or at work. Locks the council.
    """
    row = Council.objects.select_for_update(no_key=True).get(pk=council.pk)
    if row.formations.open().exists():
        raise FormationRefused(_("This council is already being formed."))
    if row.terms.held(opened_on).exists():
        raise FormationRefused(_("This council is already at work."))
    councils.change_council(
        council=row,
        formation_started_on=opened_on,
        formation_closed_on=None,
        formation_source=source or row.formation_source,
        by=by,
        now=now,
    )
    formation = Formation.objects.create(council=row, opened_on=opened_on)
    FormationStep.objects.bulk_create(FormationStep(formation=formation, step=step) for step in Step)
    details = {"after": {"opened_on": opened_on}}
    people.record(by=by, verb="start_formation", target=row, now=now, details=details)
    return formation


@transaction.atomic
def plan_step(
    *, formation: Formation, step: str, by: User | None, now: datetime, due_on: date | None = None, note: str = ""
) -> FormationStep:
    """Set a step's last day and what is to be done. Raises FormationRefused once it is done. Locks the formation."""
    row = _lock(formation)
    planned = row.steps.get(step=step)
    if planned.done_on is not None:
        raise FormationRefused(_("This step is already done."))
    before = _told(planned)
    planned.due_on, planned.note = due_on, note
    planned.save(update_fields=["due_on", "note"])
    details = {"step": step, "before": before, "after": _told(planned)}
    people.record(by=by, verb="plan_step", target=row.council, now=now, details=details)
    return planned


@transaction.atomic
def complete_step(
    *, formation: Formation, step: str, done_on: date, by: User | None, now: datetime, note: str = ""
) -> FormationStep:
    """A step is done; the next one gets its last day by the regulation, unless a day is already planned for it.

    An earlier step may stay without a day, when nobody knows it. With the first meeting the formation ends: opening the
    term is a step of its own (`councils.operations.open_term`).
    Raises FormationRefused when the step is done, the day has not come, or is out of order with the opening or another
    step. Locks the formation.
    """
    row = _lock(formation)
    steps = {item.step: item for item in row.steps.all()}
    order = Step.values
    done, later = steps[step], order[order.index(step) + 1 :]
    if done.done_on is not None:
        raise FormationRefused(_("This step is already done."))
    refuse_future_day(done_on, now, FormationRefused)
    before = [row.opened_on, *(steps[name].done_on for name in order[: order.index(step)])]
    after = [steps[name].done_on for name in later]
    if any(day and day > done_on for day in before) or any(day and day < done_on for day in after):
        raise FormationRefused(_("The steps follow one another, and so must their days."))
    was = _told(done)
    done.done_on, done.note = done_on, note or done.note
    done.save(update_fields=["done_on", "note"])
    if later:
        following = steps[later[0]]
        if following.due_on is None and following.done_on is None:
            following.due_on = due_after(step, done_on, regulation.in_force(done_on))
            following.save(update_fields=["due_on"])
    else:
        row.closed_on = done_on
        row.save(update_fields=["closed_on"])
    details = {"step": step, "before": was, "after": _told(done)}
    people.record(by=by, verb="complete_step", target=row.council, now=now, details=details)
    return done


def _told(step: FormationStep) -> dict[str, Any]:
    """For the audit log."""
    return {name: getattr(step, name) or "" for name in ("due_on", "done_on", "note")}


@transaction.atomic
def count_candidates(*, formation: Formation, candidates: int, by: User | None, now: datetime) -> Formation:
    """How many have applied so far. Locks the formation."""
    row = _lock(formation)
    before, row.candidates = row.candidates, candidates
    row.save(update_fields=["candidates"])
    details = {"before": {"candidates": before}, "after": {"candidates": candidates}}
    people.record(by=by, verb="count_candidates", target=row.council, now=now, details=details)
    return row


@transaction.atomic
def close_formation(
    *, formation: Formation, closed_on: date, by: User | None, now: datetime, reason: str = ""
) -> Formation:
    """Close the way without a council, as when too few applied (§14.7). Raises FormationRefused for a day before it
    opened. Locks the formation."""
    row = _lock(formation)
    if closed_on < row.opened_on:
        raise FormationRefused(_("The last day must come after the first."))
    row.closed_on = closed_on
    row.save(update_fields=["closed_on"])
    councils.change_council(council=row.council, formation_closed_on=closed_on, by=by, now=now)
    details = {"after": {"closed_on": closed_on, "reason": reason}}
    people.record(by=by, verb="close_formation", target=row.council, now=now, details=details)
    return row
