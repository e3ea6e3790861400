"""What visitors get when the portal itself fails."""

import sqlite3
from contextlib import closing

import psycopg
import pytest
from django.conf import settings
from django.db import OperationalError, ProgrammingError, connection


def no_connection():
    psycopg.connect("postgresql://127.0.0.1:1/nowhere", connect_timeout=2)


def stopped():
    raise psycopg.errors.AdminShutdown("terminating connection due to administrator command")


def locked():
    path = settings.DATA_DIR / "locked.sqlite3"
    with closing(sqlite3.connect(path)) as one, closing(sqlite3.connect(path, timeout=0)) as other:
        one.execute("BEGIN EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")


def no_table():
    with closing(sqlite3.connect(":memory:")) as one:
        one.execute("SELECT * FROM t")


def no_column():
    raise psycopg.errors.UndefinedColumn("column does not exist")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fails", "raised", "status"),
    [
        (no_connection, OperationalError, 503),
        (stopped, OperationalError, 503),
        (locked, OperationalError, 503),
        (no_table, OperationalError, 500),
        (no_column, ProgrammingError, 500),
    ],
)
def test_who_comes_while_the_database_is_away_is_told_to_come_again(client, fails, raised, status):
    """With the moment when; a defect of ours stays 500."""
    client.raise_request_exception = False

    def without_database(*args):
        try:
            fails()
        except (psycopg.Error, sqlite3.Error) as error:
            raise raised(*error.args) from error

    with connection.execute_wrapper(without_database):
        response = client.get("/")
    page = response.content.decode()
    assert response.status_code == status
    assert response.headers.get("Retry-After") == ("60" if status == 503 else None)
    assert "Kaut kas" in page
    assert f">{status}<" in page
