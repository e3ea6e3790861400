"""Dated rows: half-open periods, and the rules that hold them apart, in the database itself."""

from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, models
from django.db.backends.ddl_references import Statement
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from neighbourhoods.periods import holds, lasts


class DatedQuerySet(models.QuerySet):
    """Half-open periods: `ended_on` is the first day out."""

    def held(self, on):
        return self.filter(holds(on))

    def lasting_beyond(self, day):
        """Not ended by the day, begun or not: in the way of what begins on it. What never had a day is left out."""
        return self.filter(lasts(day)).exclude(ended_on=F("started_on"))

    def overlapping(self, start, end=None):
        """Those with a day in common with `[start, end)`; no end is for ever."""
        rows = self.lasting_beyond(start)
        return rows if end is None else rows.filter(started_on__lt=end)


def is_held(row, on):
    """The twin of `DatedQuerySet.held` for a row that is loaded."""
    return row.started_on <= on and (row.ended_on is None or row.ended_on > on)


def last_day(row):
    """The last day of the row's period, as people say it; None while it has no end."""
    return row.ended_on - timedelta(days=1) if row.ended_on else None


def ends_after_it_begins(name):
    return models.CheckConstraint(
        condition=Q(ended_on=None) | Q(ended_on__gte=F("started_on")),
        name=name,
        violation_error_message=_("The last day must come after the first."),
    )


class NoOverlap(models.BaseConstraint):
    """No two rows of a `DatedQuerySet` that agree in `fields` have a day in common: `[started_on, ended_on)`, an empty
    end being for ever.

    PostgreSQL holds it with an exclusion constraint (extension btree_gist), SQLite with two triggers; both raise
    IntegrityError. A period that ends on the day it begins has no day and is in nobody's way.
    """

    def __init__(self, *, fields, name, violation_error_code=None, violation_error_message=None):
        super().__init__(
            name=name, violation_error_code=violation_error_code, violation_error_message=violation_error_message
        )
        self.fields = tuple(fields)

    def deconstruct(self):
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "fields": self.fields}

    def __eq__(self, other):
        return isinstance(other, NoOverlap) and self.deconstruct() == other.deconstruct()

    __hash__ = object.__hash__

    def validate(self, model, instance, exclude=None, using=DEFAULT_DB_ALIAS):
        if exclude and not {*self.fields, "started_on", "ended_on"}.isdisjoint(exclude):
            return
        values = {name: getattr(instance, model._meta.get_field(name).attname) for name in self.fields}
        start, end = instance.started_on, instance.ended_on
        if start is None or start == end or None in values.values():
            return
        rows = model._default_manager.using(using).filter(**values).exclude(pk=instance.pk)
        if rows.overlapping(start, end).exists():
            raise ValidationError(self.get_violation_error_message(), code=self.violation_error_code)

    # SQLite makes a table anew to change it, and its triggers go with the old one: they come back with the new one's
    # deferred statements, which the schema editor runs at the end of the change.

    def constraint_sql(self, model, schema_editor):
        if schema_editor.connection.vendor == "sqlite":
            schema_editor.deferred_sql.extend(self._triggers(model, schema_editor))
            return None
        return f"CONSTRAINT {schema_editor.quote_name(self.name)} {self._exclusion(model, schema_editor)}"

    def create_sql(self, model, schema_editor):
        table, name = schema_editor.quote_name(model._meta.db_table), schema_editor.quote_name(self.name)
        return Statement(f"ALTER TABLE {table} ADD CONSTRAINT {name} {self._exclusion(model, schema_editor)}")

    def remove_sql(self, model, schema_editor):
        table, name = schema_editor.quote_name(model._meta.db_table), schema_editor.quote_name(self.name)
        return Statement(f"ALTER TABLE {table} DROP CONSTRAINT IF EXISTS {name}")

    def _columns(self, model, schema_editor):
        return [schema_editor.quote_name(model._meta.get_field(name).column) for name in self.fields]

    def _exclusion(self, model, schema_editor):
        same = "".join(f"{column} WITH =, " for column in self._columns(model, schema_editor))
        return f"EXCLUDE USING gist ({same}daterange(started_on, ended_on) WITH &&)"

    def _triggers(self, model, schema_editor):
        table = schema_editor.quote_name(model._meta.db_table.removeprefix("new__"))
        same = "".join(f" AND other.{name} = NEW.{name}" for name in self._columns(model, schema_editor))
        when = (
            "NEW.ended_on IS NOT NEW.started_on AND EXISTS (SELECT 1 FROM "  # noqa: S608 - names of our own columns
            f"{table} AS other WHERE other.id <> NEW.id AND other.ended_on IS NOT other.started_on{same}"
            " AND (other.ended_on IS NULL OR other.ended_on > NEW.started_on)"
            " AND (NEW.ended_on IS NULL OR NEW.ended_on > other.started_on))"
        )
        for event in ("INSERT", "UPDATE"):
            # After the row is written, so that it has its id; ABORT takes the statement back.
            name = schema_editor.quote_name(f"{self.name}_{event.lower()}")
            yield (
                f"CREATE TRIGGER IF NOT EXISTS {name} AFTER {event} ON {table} WHEN {when} "
                f"BEGIN SELECT RAISE(ABORT, 'no overlap: {self.name}'); END"
            )
