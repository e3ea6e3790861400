"""QuerySets compiled once.

What a page asks for is the same every time but for the moment and the reader, yet Django builds the SQL of it anew for
every visitor; for the annotated lists of the home page that took three times as long as PostgreSQL took to answer.
`prepared` compiles such a QuerySet on its first use in a process and later only puts the values in. Rows, annotations,
related objects and prefetches come as from any QuerySet, because Django's own iterators read the answer.

    upcoming = prepared(lambda now: Event.objects.upcoming(now).for_lists(now)[:4])
    events = upcoming(now=now)

The values may be aware datetimes, dates, and whole numbers that stand in the statement as parameters; a value that
decides what the statement looks like makes another statement, and so another call of `prepared`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connections
from django.db.models import QuerySet

# Stand-ins that no real value equals, found again among the parameters of the compiled statement.
_MOMENT = datetime(1901, 1, 1, 1, 1, 1, 101, tzinfo=UTC)
_DAY = date(1801, 1, 1)
_NUMBER = -(10**12)


class _Prepared:
    """One compiled statement: the QuerySet it came from, its SQL, and where each value goes."""

    def __init__(self, build: Callable[..., QuerySet], values: dict[str, Any], alias: str):
        stand_ins = {name: _stand_in(value, n) for n, (name, value) in enumerate(sorted(values.items()))}
        self.queryset = build(**stand_ins)
        self.compiler = self.queryset.query.get_compiler(using=alias)
        self.sql, self.params = self.compiler.as_sql()
        adapted = {name: _adapted(value, self.compiler.connection) for name, value in stand_ins.items()}
        self.places = [
            (place, name)
            for place, param in enumerate(self.params)
            for name, value in adapted.items()
            if type(param) is type(value) and param == value
        ]
        if {name for _place, name in self.places} != set(values):
            raise ValueError(f"Not every value stands in the statement as a parameter: {sorted(values)}")

    def rows(self, values: dict[str, Any], alias: str) -> QuerySet:
        connection = connections[alias]
        adapted = {name: _adapted(value, connection) for name, value in values.items()}
        params = list(self.params)
        for place, name in self.places:
            params[place] = adapted[name]
        compiler = copy.copy(self.compiler)
        compiler.connection = connection
        compiler.as_sql = lambda *args, **kwargs: (self.sql, tuple(params))
        rows = self.queryset.all()
        setattr(rows.query, "get_compiler", lambda *args, **kwargs: compiler)  # noqa: B010  (mypy: a method on one object)
        return rows


def _stand_in(value: Any, n: int) -> Any:
    if isinstance(value, datetime):
        return _MOMENT + timedelta(microseconds=n)
    if isinstance(value, date):
        return _DAY + timedelta(days=n)
    return _NUMBER - n


def _adapted(value: Any, connection) -> Any:
    if isinstance(value, datetime):
        return connection.ops.adapt_datetimefield_value(value)
    if isinstance(value, date):
        return connection.ops.adapt_datefield_value(value)
    return value


def prepared(build: Callable[..., QuerySet]) -> Callable[..., QuerySet]:
    """A function of the same named values that gives the rows of `build(**values)`; to be iterated, not narrowed."""
    kept: dict[tuple, _Prepared] = {}

    def rows(**values: Any) -> QuerySet:
        alias = "default"
        key = (alias, *((name, type(value)) for name, value in sorted(values.items())))
        if key not in kept:
            kept[key] = _Prepared(build, values, alias)
        return kept[key].rows(values, alias)

    return rows
