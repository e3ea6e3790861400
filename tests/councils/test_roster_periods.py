"""No two periods of one thing share a day: held by the database itself, whichever way a row is written."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, models, transaction

from councils import operations
from councils.models import Membership, NoOverlap, Office, Term
from councils.operations import CouncilRefused
from tests import factories

DAY = timedelta(days=1)
MARCH, APRIL, MAY, JUNE = (date(2026, month, 1) for month in (3, 4, 5, 6))


def terms():
    """A row of each kind that may not overlap, for a period, and the constraint that says so."""
    council = factories.council()
    numbers = iter(range(1, 100))
    return lambda start, end: Term(council=council, number=next(numbers), started_on=start, ended_on=end)


def seat_holders():
    seat = factories.term(seats=1).seats.get()
    return lambda start, end: Membership(
        seat=seat, person=factories.person(), started_on=start, ended_on=end, end_reason="resigned" if end else ""
    )


def seats_of_a_person():
    person = factories.person()
    seats = [seat for _n in range(4) for seat in factories.term(seats=5).seats.all()]
    return lambda start, end: Membership(
        seat=seats.pop(), person=person, started_on=start, ended_on=end, end_reason="resigned" if end else ""
    )


def chairs():
    council = factories.council()
    return lambda start, end: Office(
        council=council, person=factories.person(), kind=Office.Kind.CHAIR, started_on=start, ended_on=end
    )


KINDS = {
    "council_has_one_term_at_a_time": terms,
    "seat_is_held_by_one_member": seat_holders,
    "person_sits_in_one_council": seats_of_a_person,
    "office_is_held_by_one_person": chairs,
}
OVERLAPPING = {
    "closed in closed": ((MARCH, JUNE), (APRIL, MAY)),
    "closed around closed": ((APRIL, MAY), (MARCH, JUNE)),
    "closed over the end": ((MARCH, MAY), (APRIL, JUNE)),
    "closed over the start": ((APRIL, JUNE), (MARCH, MAY)),
    "the same days": ((MARCH, MAY), (MARCH, MAY)),
    "the same open start": ((MARCH, None), (MARCH, None)),
    "open over closed": ((APRIL, MAY), (MARCH, None)),
    "closed within open": ((MARCH, None), (APRIL, MAY)),
    "one day": ((MARCH, APRIL), (APRIL - DAY, MAY)),
    "an end that lies ahead": ((MARCH, date(2999, 1, 1)), (JUNE, None)),
}
APART = {
    "one after the other": ((MARCH, APRIL), (APRIL, MAY)),
    "before what is there": ((APRIL, None), (MARCH, APRIL)),
    "open after closed": ((MARCH, APRIL), (APRIL, None)),
    "no day at all, within": ((MARCH, JUNE), (APRIL, APRIL)),
    "around one without a day": ((APRIL, APRIL), (MARCH, None)),
    "twice no day": ((APRIL, APRIL), (APRIL, APRIL)),
}


@pytest.fixture(params=KINDS)
def row(request, db):
    """Makes rows of one kind that differ only in their period; they are not written yet."""
    make = KINDS[request.param]()
    make.constraint = request.param
    return make


def refused(write, name):
    """The database refuses to `write`, and says for which constraint."""
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        write()


def test_every_such_constraint_is_tested_here():
    from django.apps import apps

    found = {
        constraint.name
        for model in apps.get_models()
        for constraint in model._meta.constraints
        if isinstance(constraint, NoOverlap)
    }
    assert found == set(KINDS)


@pytest.mark.parametrize(("first", "second"), OVERLAPPING.values(), ids=OVERLAPPING)
def test_database_refuses_two_periods_with_a_day_in_common(row, first, second):
    row(*first).save()
    refused(row(*second).save, row.constraint)


@pytest.mark.parametrize(("first", "second"), APART.values(), ids=APART)
def test_periods_without_a_day_in_common_stand_beside_each_other(row, first, second):
    for period in (first, second):
        made = row(*period)
        made.full_clean(exclude=[field.name for field in made._meta.fields if not field.editable])
        made.save()


def test_bulk_create_is_refused(row):
    """Two rows of one INSERT are in each other's way, too."""
    rows = [row(MARCH, MAY), row(APRIL, JUNE)]
    refused(lambda: type(rows[0]).objects.bulk_create(rows), row.constraint)


def test_update_is_refused(row):
    earlier, later = row(MARCH, APRIL), row(MAY, JUNE)
    earlier.save()
    later.save()
    written = type(earlier).objects

    refused(lambda: written.filter(pk=earlier.pk).update(ended_on=MAY + DAY), row.constraint)
    refused(lambda: written.filter(pk=later.pk).update(started_on=APRIL - DAY), row.constraint)
    assert written.filter(pk=earlier.pk).update(ended_on=MAY) == 1


def test_bulk_update_is_refused(row):
    earlier, later = row(MARCH, APRIL), row(MAY, JUNE)
    earlier.save()
    later.save()
    earlier.ended_on = JUNE
    refused(lambda: type(earlier).objects.bulk_update([earlier, later], ["ended_on"]), row.constraint)


def test_row_that_had_no_day_cannot_grow_over_another(row):
    row(MARCH, None).save()
    empty = row(APRIL, APRIL)
    empty.save()
    empty.ended_on = MAY
    refused(empty.save, row.constraint)


@pytest.mark.parametrize(("first", "second"), OVERLAPPING.values(), ids=OVERLAPPING)
def test_form_and_operation_hear_a_sentence_instead(row, first, second):
    """The same rule in Python, in the words of the constraint."""
    row(*first).save()
    sentence = next(c for c in row(*second)._meta.constraints if c.name == row.constraint).violation_error_message
    with pytest.raises(CouncilRefused) as refusal:
        operations.check(row(*second), CouncilRefused)
    assert str(sentence) in str(refusal.value)


def test_row_is_not_in_its_own_way(row):
    made = row(MARCH, MAY)
    made.save()
    made.ended_on = JUNE
    operations.write(made)
    made.refresh_from_db()
    assert made.ended_on == JUNE


# --- later migrations


def test_constraints_outlive_a_change_of_their_table(transactional_db):
    """SQLite makes a table anew to change a column, and loses its triggers; PostgreSQL alters in place."""
    makers = [(name, make()) for name, make in KINDS.items()]
    for model in (Term, Membership, Office):
        name = "seat_count_source" if model is Term else "source"
        before = model._meta.get_field(name)
        after = models.CharField(max_length=301, blank=True, default="")
        after.set_attributes_from_name(name)
        after.model = model
        for old, new in ((before, after), (after, before)):
            with connection.schema_editor() as editor:
                editor.alter_field(model, old, new, strict=True)
    for name, make in makers:
        make(MARCH, MAY).save()
        refused(make(APRIL, JUNE).save, name)


@pytest.mark.parametrize("model", [Term, Membership, Office])
def test_constraint_that_is_taken_off_and_put_back_holds_again(transactional_db, model):
    for constraint in [c for c in model._meta.constraints if isinstance(c, NoOverlap)]:
        make = KINDS[constraint.name]()
        kept = model._meta.constraints
        model._meta.constraints = [c for c in kept if c is not constraint]
        try:
            with connection.schema_editor() as editor:
                editor.remove_constraint(model, constraint)
            with transaction.atomic():
                make(MARCH, MAY).save()
                make(APRIL, JUNE).save()
                transaction.set_rollback(True)
        finally:
            model._meta.constraints = kept
            with connection.schema_editor() as editor:
                editor.add_constraint(model, constraint)
        make(MARCH, MAY).save()
        refused(make(APRIL, JUNE).save, constraint.name)


def test_nothing_of_a_constraint_is_left_twice(transactional_db):
    """Each has two triggers on SQLite and one exclusion constraint on PostgreSQL, under its own name."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' ORDER BY name")
            expected = sorted(f"{name}_{event}" for name in KINDS for event in ("insert", "update"))
        else:
            cursor.execute("SELECT conname FROM pg_constraint WHERE contype = 'x' ORDER BY conname")
            expected = sorted(KINDS)
        assert [name for (name,) in cursor.fetchall()] == expected
