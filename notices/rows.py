"""Inserting one row while others wait for a lock.

Django builds the text of an INSERT anew for every row, which takes longer than the database needs to execute it. Here
it is built once per model; the values go through the fields as always, so both databases get what `save()` would give.
"""

from functools import cache

from django.db import DEFAULT_DB_ALIAS, connection, connections, models


@cache
def _statement(model: type[models.Model], ignore_conflicts: bool) -> tuple[str, tuple]:
    fields = tuple(field for field in model._meta.concrete_fields if not field.primary_key)
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in fields)
    values = ", ".join(["%s"] * len(fields))
    conflict = " ON CONFLICT DO NOTHING" if ignore_conflicts else ""
    assert model._meta.pk is not None
    pk = quote(str(model._meta.pk.column))
    table = quote(model._meta.db_table)
    into = f"INSERT INTO {table} ({columns})"
    return " ".join([into, f"VALUES ({values}){conflict} RETURNING {pk}"]), fields


def insert(row: models.Model, *, ignore_conflicts: bool = False) -> bool:
    """Write `row` as `save(force_insert=True)` would, without its signals; False when a constraint already had it."""
    sql, fields = _statement(type(row), ignore_conflicts)
    database = connections[DEFAULT_DB_ALIAS]  # not through the proxy `connection`, which looks it up for every field
    with database.cursor() as cursor:
        cursor.execute(sql, [field.get_db_prep_save(field.pre_save(row, True), database) for field in fields])
        answer = cursor.fetchone()
    if answer is None:
        return False
    row.pk = answer[0]
    row._state.adding, row._state.db = False, DEFAULT_DB_ALIAS
    return True
