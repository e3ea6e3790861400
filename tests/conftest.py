import datetime
import gc
import itertools
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection

RIGA = ZoneInfo("Europe/Riga")


def pytest_configure(config):
    (settings.DATA_DIR / "mails").mkdir()
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    # Files are looked for when they are asked for: a list of all of them for every client costs more than its request.
    settings.WHITENOISE_AUTOREFRESH = True
    # Nudges of unit tests go nowhere: nothing listens on the memory broker of this process.
    from kekava_portal.celery import app

    app.conf.update(broker_url="memory://", broker_transport_options={})


def pytest_collection_modifyitems(config, items):
    """On PostgreSQL runs what asks a database; the rest ran beside it on SQLite, and would do the same again."""
    if connection.vendor == "sqlite":
        return
    asks = {"db", "transactional_db", "django_db_setup"}
    again = [
        item
        for item in items
        if item.get_closest_marker("django_db")
        or item.get_closest_marker("postgresql")
        or item.get_closest_marker("databases")
        or asks & set(item.fixturenames)
    ]
    config.hook.pytest_deselected(items=[item for item in items if item not in again])
    items[:] = again


def pytest_collection_finish(session):
    """What is there now stays to the end: looking through it for garbage again and again took an eighth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


@pytest.fixture(autouse=True)
def fresh_caches(request):
    """No page, rate limit or demo band of an earlier test."""
    if request.node.get_closest_marker("django_db") or "db" in request.fixturenames:
        request.getfixturevalue("db")
        cache.clear()
    from people.context_processors import _demo

    _demo.update(until=0.0, loaded=False)


_mail_folders = itertools.count(1)


@pytest.fixture(autouse=True)
def mail_folder():
    """Each test has its own folder of sent mail, which is there once a mail is."""
    settings.MAIL_FOLDER = settings.DATA_DIR / "mails" / str(next(_mail_folders))
    return settings.MAIL_FOLDER


@pytest.fixture
def now():
    """A Monday morning in Riga: the day the demonstration pictures show."""
    return datetime.datetime(2026, 11, 23, 9, 0, tzinfo=RIGA)
