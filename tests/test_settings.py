"""What the settings promise: production does not start insecurely, personal links stay out of the log, a dead Redis
keeps nobody out."""

import logging
import os
import subprocess
import sys

import pytest
from django.urls import reverse

from kekava_portal.logs import WithoutPersonalLinks
from tests import factories
from tests.servers import ROOT, production_settings


def load(**changes: str) -> subprocess.CompletedProcess:
    """Load the settings in a process of its own, in production with `changes`."""
    env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    command = [sys.executable, "-c", "import kekava_portal.settings"]
    return subprocess.run(
        command, cwd=ROOT, env=env | production_settings() | changes, capture_output=True, text=True, check=False
    )


def test_production_settings_load():
    assert load().stderr == ""
    assert load(EMBED_ORIGINS="https://www.novads.example,https://novads.example:8443").stderr == ""
    assert load(PUBLIC_URL="http://localhost:8000", HTTPS="false").stderr == "", "without a proxy on this machine"


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"SECRET_KEY": ""}, "SECRET_KEY"),
        ({"SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"DEBUG": "true"}, "DEBUG"),
        ({"DATABASE_URL": ""}, "DATABASE_URL"),
        ({"DATABASE_URL": "sqlite:///portal.sqlite3"}, "DATABASE_URL"),
        ({"REDIS_URL": ""}, "REDIS_URL"),
        ({"EMAIL_URL": ""}, "EMAIL_URL"),
        ({"ALLOWED_HOSTS": ""}, "ALLOWED_HOSTS"),
        ({"ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS"),
        ({"PUBLIC_URL": ""}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "http://padomes.example"}, "PUBLIC_URL"),
        ({"PUBLIC_URL": "http://padomes.example", "HTTPS": "false"}, "PUBLIC_URL"),
        ({"EMBED_ORIGINS": "www.novads.example"}, "EMBED_ORIGINS"),
        ({"EMBED_ORIGINS": "https://novads.example/lapa"}, "EMBED_ORIGINS"),
        ({"EMBED_ORIGINS": "https://novads.example; script-src *"}, "EMBED_ORIGINS"),
        ({"EMBED_ORIGINS": "*"}, "EMBED_ORIGINS"),
    ],
)
def test_production_refuses_to_start(changes, name):
    said = load(**changes).stderr.splitlines()
    assert said
    assert "ImproperlyConfigured" in said[-1]
    assert name in said[-1]


@pytest.mark.django_db
def test_dead_redis_keeps_nobody_from_logging_in(client, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "kekava_portal.cache.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
            "OPTIONS": {"SOCKET_CONNECT_TIMEOUT": 0.5, "SOCKET_TIMEOUT": 1, "IGNORE_EXCEPTIONS": True},
        }
    }
    user = factories.user(password="gaišs-rīts-2026")
    response = client.post(reverse("account_login"), {"login": user.email, "password": "gaišs-rīts-2026"})
    assert (response.status_code, response["Location"]) == (302, reverse("dashboard:my"))


@pytest.mark.django_db
def test_log_does_not_repeat_personal_links(client, caplog):
    row = factories.rsvp(factories.event())
    caplog.handler.addFilter(WithoutPersonalLinks())
    caplog.set_level(logging.WARNING)

    assert client.get(f"/r/{row.token}/what/").status_code == 404
    assert client.delete(reverse("people:settings-by-link", args=[row.person.settings_token])).status_code == 405
    assert client.get("/does-not-exist/").status_code == 404
    assert client.post("/mans/kalendars/mana-slepena-atslega.ics").status_code == 405

    assert "/r/…/what/" in caplog.text
    assert "/a/…/" in caplog.text
    assert "/mans/kalendars/…" in caplog.text
    assert "slepena" not in caplog.text
    assert "/does-not-exist/" in caplog.text
    assert row.token not in caplog.text
    assert row.person.settings_token not in caplog.text


def test_every_handler_of_the_log_leaves_personal_links_out(settings):
    assert all("links" in handler["filters"] for handler in settings.LOGGING["handlers"].values())
    assert settings.LOGGING["filters"]["links"] == {"()": "kekava_portal.logs.WithoutPersonalLinks"}
