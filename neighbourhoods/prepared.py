"""QuerySets compiled once.

What a page asks for is the same every time but for the moment and the reader, yet Django builds the SQL of it anew for
every visitor; for the annotated lists of the home page that took three times as long as PostgreSQL took to answer.
`prepared` compiles such a QuerySet on its first use in a process and later only puts the values in. Rows, annotations
and related objects come as from any QuerySet, because Django's own iterators read the answer. Many-to-many fields of
the rows are prefetched by statements that are compiled once, too; other prefetches are refused.

    upcoming = prepared(lambda now: Event.objects.upcoming(now).for_lists(now)[:4])
    events = upcoming(now=now)

The values may be aware datetimes, dates, and whole numbers that stand in the statement as parameters; a value that
decides what the statement looks like makes another statement, and so another call of `prepared`. What is worked out of
a value (a week before it, the day of a moment) is a value of its own. Where it is not, the first use is refused: the
statement is compiled with two sets of stand-ins for the values, and nothing but they may differ in it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import wraps
from typing import Any

from django.db import connections
from django.db.models import ManyToManyField, Model, Prefetch, QuerySet

# Stand-ins that no real value equals, found again among the parameters of the compiled statement: the first of each
# kind, and how far from each other the next ones lie. Of two sets, unlike in every part of a date.
_STAND_INS = (
    (datetime(1901, 1, 1, 1, 1, 1, 101, tzinfo=UTC), date(1801, 1, 1), -(10**12), 1_009),
    (datetime(1951, 6, 13, 7, 5, 11, 303, tzinfo=UTC), date(1851, 8, 22), -3 * 10**12, 1_511),
)
_KEYS_OF_ROWS = 10**15  # numbers of relations lie so far from those of the statement itself


class _Compiled:
    """A statement as it is with one of the sets of stand-ins."""

    def __init__(self, build: Callable[..., QuerySet], values: dict[str, Any], alias: str, which: int, apart: int):
        given = {name: _stand_in(value, n, which, apart) for n, (name, value) in enumerate(sorted(values.items()))}
        queryset: Any = build(**given)  # Any: what its stubs do not tell of is read from it
        self.queryset = queryset
        self.compiler = queryset.query.get_compiler(using=alias)
        self.sql, self.params = self.compiler.as_sql()
        adapted = {name: _adapted(value, self.compiler.connection) for name, value in given.items()}
        self.places = [
            (place, name)
            for place, param in enumerate(self.params)
            for name, value in adapted.items()
            if type(param) is type(value) and param == value
        ]
        placed = {place for place, _name in self.places}
        self.constants = [param for place, param in enumerate(self.params) if place not in placed]
        self.lookups = [
            lookup if isinstance(lookup, Prefetch) else Prefetch(lookup)
            for lookup in queryset._prefetch_related_lookups
        ]
        # A copy, because compiling writes into a query, and these are shared by threads and by other statements.
        narrowed = [lookup.queryset.all() for lookup in self.lookups if lookup.queryset is not None]
        self.constants += [rows.query.get_compiler(using=alias).as_sql() for rows in narrowed]


class _Prepared:
    """One compiled statement: the QuerySet it came from, its SQL, and where each value goes."""

    def __init__(self, build: Callable[..., QuerySet], values: dict[str, Any], alias: str, apart: int = 0):
        first, second = (_Compiled(build, values, alias, which, apart) for which in range(len(_STAND_INS)))
        if {name for _place, name in first.places} != set(values):
            raise ValueError(f"Not every value stands in the statement as a parameter: {sorted(values)}")
        if (first.sql, first.places, first.constants) != (second.sql, second.places, second.constants):
            raise ValueError(f"Worked out of a value when the statement was built, so it would stay: {first.constants}")
        self.queryset, self.compiler = first.queryset, first.compiler
        self.sql, self.params, self.places = first.sql, first.params, first.places
        self.relations = [_Relation(self.queryset.model, lookup) for lookup in first.lookups]

    def rows(self, values: dict[str, Any], alias: str) -> QuerySet:
        connection = connections[alias]
        adapted = {name: _adapted(value, connection) for name, value in values.items()}
        params = list(self.params)
        for place, name in self.places:
            params[place] = adapted[name]
        compiler = copy.copy(self.compiler)
        compiler.connection = connection
        compiler.as_sql = lambda *args, **kwargs: (self.sql, tuple(params))
        rows: Any = self.queryset.all()
        rows.query.get_compiler = lambda *args, **kwargs: compiler
        if self.relations:
            rows._prefetch_related_objects = lambda: self._add_related(rows, alias)
        return rows

    def _add_related(self, rows: Any, alias: str) -> None:
        instances = rows._result_cache
        for relation in self.relations if instances else ():
            relation.add_to(instances, alias)
        rows._prefetch_done = True
        del rows._prefetch_related_objects  # or the rows would hold themselves


class _Relation:
    """A many-to-many relation that the QuerySet prefetches: a statement for up to 1, 2, 4, 8, … rows, where the last of
    them stands for those that are not there."""

    def __init__(self, model: type[Model], lookup: Prefetch):
        self.model, self.lookup = model, lookup
        self.name = self.lookup.prefetch_through
        if self.lookup.prefetch_to != self.name or not isinstance(model._meta.get_field(self.name), ManyToManyField):
            raise ValueError(f"Only many-to-many fields of the rows themselves are prefetched: {self.name}")
        self.kept: dict[int, tuple[_Prepared, Callable, Callable]] = {}

    def add_to(self, instances: list[Any], alias: str) -> None:
        """Give each of the instances its related rows, as Django's own prefetch would. One query."""
        places = 1 << (len(instances) - 1).bit_length()
        keys = [instance.pk for instance in instances]
        values = {f"{n:06}": keys[min(n, len(keys) - 1)] for n in range(places)}
        if places not in self.kept:
            self.kept[places] = self._compiled(values, alias)
        statement, value_of_row, value_of_instance = self.kept[places]
        found: dict[Any, list[Any]] = {}
        for row in statement.rows(values, alias):
            found.setdefault(value_of_row(row), []).append(row)
        for instance in instances:
            manager = getattr(instance, self.name)
            rows = self.lookup.queryset
            related = manager.get_queryset() if rows is None else manager._apply_rel_filters(rows.all())
            related._result_cache = found.get(value_of_instance(instance), [])
            related._prefetch_done = True
            vars(instance).setdefault("_prefetched_objects_cache", {})[self.name] = related

    def _compiled(self, values: dict[str, int], alias: str) -> tuple[_Prepared, Callable, Callable]:
        keys: list[Callable] = []

        def build(**stand_ins: int) -> QuerySet:
            instances = [self.model(pk=pk) for pk in stand_ins.values()]
            manager = getattr(instances[0], self.name)
            given = None if self.lookup.queryset is None else [self.lookup.queryset.all()]
            queryset, *rest = manager.get_prefetch_querysets(instances, given)
            keys.extend(rest[:2])
            return queryset

        return _Prepared(build, values, alias, _KEYS_OF_ROWS), keys[0], keys[1]


def _stand_in(value: Any, n: int, which: int, apart: int) -> Any:
    moment, day, number, step = _STAND_INS[which]
    if isinstance(value, datetime):
        return moment + timedelta(days=step * n)
    if isinstance(value, date):
        return day + timedelta(days=step * n)
    return number - 1_000 * step * n - apart


def _adapted(value: Any, connection) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return value


def prepared(build: Callable[..., QuerySet]) -> Callable[..., QuerySet]:
    """A function of the same named values that gives the rows of `build(**values)`; to be iterated, not narrowed."""
    kept: dict[tuple, _Prepared] = {}

    @wraps(build)
    def rows(**values: Any) -> QuerySet:
        alias = "default"
        key = (alias, *((name, type(value)) for name, value in sorted(values.items())))
        if key not in kept:
            kept[key] = _Prepared(build, values, alias)
        return kept[key].rows(values, alias)

    return rows
