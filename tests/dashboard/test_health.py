import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from notices.models import Notice
from tests import factories

ROOT = Path(__file__).resolve().parents[2]
ASK = """
import django
django.setup()
from django.test import Client
answer = Client().get("/veseliba/")
print(answer.status_code, answer.content.decode())
"""


def ask(folder, **environment):
    """What a portal with a data folder of its own answers, in a process of its own."""
    kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "REDIS_URL")}
    environment = kept | {"DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "kekava_portal.settings"} | environment
    environment["ALLOWED_HOSTS"] = "testserver"
    run = subprocess.run([sys.executable, "-c", ASK], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    status, _space, body = run.stdout.strip().rpartition("\n")[2].partition(" ")
    return int(status), json.loads(body)


def notice(**fields):
    values = {"key": "k", "kind": "k", "about": "a", "person": factories.person(), "due_at": timezone.now()}
    return Notice.objects.create(**(values | fields))


@pytest.mark.django_db
def test_health_answers_without_log_in_session_or_redirect(client):
    response = client.get("/veseliba/")
    assert response.status_code == 200
    assert response.json()["database"] == "ok"
    assert not response.cookies
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db
def test_health_refuses_other_methods(client):
    assert client.post("/veseliba/").status_code == 405


@pytest.mark.django_db
def test_health_tells_of_mail_that_nobody_sends(client):
    notice(due_at=timezone.now() - timedelta(minutes=11))
    response = client.get("/veseliba/")
    assert (response.status_code, response.json()["sweep"]) == (200, "late")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"due_at": timedelta(minutes=-5)},
        {"due_at": timedelta(days=1)},
        {"due_at": timedelta(days=-1), "leased_until": timedelta(minutes=5)},
        {"due_at": timedelta(days=-1), "sent_at": timedelta(), "closed_at": timedelta()},
    ],
    ids=["just due", "not due", "held by a worker or waiting for the next attempt", "sent"],
)
def test_health_finds_mail_in_time(client, fields):
    notice(**{name: timezone.now() + away for name, away in fields.items()})
    assert client.get("/veseliba/").json()["sweep"] == "ok"


def test_health_is_503_without_a_database(tmp_path):
    (tmp_path / "portal.sqlite3").mkdir()  # a folder where the database file should be: it cannot be opened
    status, body = ask(tmp_path)
    assert (status, body["database"]) == (503, "down")


def test_health_is_200_without_redis(tmp_path):
    environment = os.environ | {"DATA_DIR": str(tmp_path), "DATABASE_URL": "", "REDIS_URL": ""}
    migrate = [sys.executable, "manage.py", "migrate", "-v0"]
    subprocess.run(migrate, cwd=ROOT, env=environment, check=True)
    status, body = ask(tmp_path, REDIS_URL="redis://127.0.0.1:1/0")
    assert (status, body) == (200, {"database": "ok", "cache": "down", "sweep": "ok"})
