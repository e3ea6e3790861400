"""What the settings promise: production does not start insecurely, personal links stay out of the log, a dead Redis
keeps nobody out."""

import logging
import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from events.models import Rsvp
from kekava_portal.logs import WithoutFormMistakes, WithoutPersonalLinks
from tests import factories
from tests.servers import ROOT, production_settings


def load(code: str = "import kekava_portal.settings", without: str = "", **changes: str) -> subprocess.CompletedProcess:
    """Load the settings in a process of its own, in production with `changes` and `without` one of them."""
    env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ} | production_settings()
    env.pop(without, None)
    command = [sys.executable, "-c", code]
    return subprocess.run(command, cwd=ROOT, env=env | changes, capture_output=True, text=True, check=False)


def test_production_settings_load():
    assert load().stderr == ""
    assert load(EMBED_ORIGINS="https://www.novads.example,https://novads.example:8443").stderr == ""
    assert load(PUBLIC_URL="http://localhost:8000", HTTPS="false").stderr == "", "without a proxy on this machine"


@pytest.mark.parametrize("name", ["SECRET_KEY", "DATABASE_URL", "REDIS_URL", "EMAIL_URL"])
def test_secret_may_be_a_file(name, tmp_path):
    """As containers get them; a file ends with a line break, which is no part of the secret."""
    given = production_settings() | {"SECRET_KEY": "k" * 50}
    file = tmp_path / "secret"
    file.write_text(given.pop(name) + "\n")
    told = "from kekava_portal.settings import DATABASES, EMAIL_HOST, REDIS_URL, SECRET_KEY; "
    told += "print(SECRET_KEY, REDIS_URL, EMAIL_HOST, DATABASES['default']['NAME'], DATABASES['default']['HOST'])"

    by_environment = load(told, SECRET_KEY="k" * 50)
    by_file = load(told, without=name, **given, **{f"{name}_FILE": str(file)})

    assert by_file.stderr == by_environment.stderr == ""
    assert by_file.stdout == by_environment.stdout
    assert len(by_file.stdout.split()) == 5


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_secret_file_that_cannot_be_read_is_told_in_one_sentence(content, tmp_path):
    file = tmp_path / "secret"
    if content:
        file.write_bytes(content)
    for name in ("SECRET_KEY", "EMAIL_URL"):
        said = load(without=name, **{f"{name}_FILE": str(file)}).stderr
        assert said.count("Traceback") == 1, "the file's own error is not told on top of it"
        assert "ImproperlyConfigured" in said.splitlines()[-1]
        assert f"{name}_FILE names a file that cannot be read, '{file}'" in said.splitlines()[-1]


@pytest.mark.parametrize(
    ("given", "expected"),
    [({"DATA_DIR": "", "PORT": ""}, ROOT / "var"), ({"DATA_DIR": "~/portāls"}, Path("portāls"))],
)
def test_data_folder_left_empty_is_the_usual_one_and_a_tilde_is_home(given, expected, tmp_path):
    code = "from kekava_portal.settings import DATA_DIR, PUBLIC_URL; print(DATA_DIR, PUBLIC_URL)"
    env = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "SECRET_KEY": "x" * 50, "PYTHONUTF8": "1", **given}
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT / "tests",
        env=env | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert (done.stdout, done.stderr) == (f"{tmp_path / expected} http://localhost:8000\n", "")


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


def test_log_repeats_no_mailbox_and_an_endless_address_holds_nobody_up():
    text = "Refused: %s <b.ķ@c.lv>, to=z@d.e.lv; @home [a@b.lv][c@d.lv] ?e=a@b.lv&c@d.lv 'a@b.lv\\nc@d.lv' x@y"
    said = logging.makeLogRecord({"msg": text, "args": ("anna+1@example.org",)})
    endless = logging.makeLogRecord({"msg": "Not found: /" + "9" * 200_000})  # took minutes when each digit was a start
    began = time.process_time()
    assert WithoutPersonalLinks().filter(said)
    assert WithoutPersonalLinks().filter(endless)
    assert time.process_time() - began < 5
    assert said.getMessage() == "Refused: …@… <…@…>, to=…@…; @home …@… ?e=…@… '…@…' x@y"
    assert endless.getMessage().count("9") == 200_000


@pytest.mark.django_db
def test_log_does_not_speak_of_mistyped_forms(client, caplog, settings):
    caplog.handler.addFilter(WithoutFormMistakes())
    event = factories.event()
    assert client.post(f"{event.get_absolute_url()}pieteikties-viesis/", {"email": "nav"}).status_code == 422
    assert client.get("/does-not-exist/").status_code == 404
    assert [record.status_code for record in caplog.records] == [404]
    assert all("mistakes" in handler["filters"] for handler in settings.LOGGING["handlers"].values())


def test_address_of_the_database_keeps_what_it_says_of_the_connection():
    url = "postgres://portal:secret@db:5432/portal?sslmode=verify-full"
    code = "import kekava_portal.settings as s; options = s.DATABASES['default']['OPTIONS']"
    code += "; print(options['sslmode'], options['pool']['max_size'])"
    assert load(code, DATABASE_URL=url, DATABASE_POOL="3").stdout == "verify-full 3\n"


@pytest.mark.postgresql
@pytest.mark.django_db(transaction=True)
def test_pool_hands_out_no_connection_that_the_server_closed():
    others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    before = connection.cursor().execute("SELECT pg_backend_pid()").fetchone()
    connection.close()  # back into the pool
    with psycopg.connect(
        os.environ["TEST_DATABASE_URL"].rpartition("/")[0] + f"/{connection.settings_dict['NAME']}"
    ) as us:
        us.execute(f"SELECT pg_terminate_backend(pid) {others}")
        while us.execute(f"SELECT count(*) {others}").fetchone() != (0,):
            us.commit()
            time.sleep(0.01)
    after = connection.cursor().execute("SELECT pg_backend_pid()").fetchone()
    assert before != after


@pytest.mark.postgresql
@pytest.mark.django_db
def test_log_repeats_no_row_that_the_database_refused(caplog):
    caplog.handler.addFilter(WithoutPersonalLinks())
    row = factories.rsvp(factories.event())
    with pytest.raises(IntegrityError, match="Failing row") as caught, transaction.atomic():
        Rsvp.objects.filter(pk=row.pk).update(party_size=-1)
    logging.getLogger("portal").error("Refused: %r", caught.value, exc_info=caught.value)
    assert row.token not in caplog.text
    assert "Failing row" not in caplog.text
    assert "IntegrityError" in caplog.text
    assert "test_settings.py" in caplog.text, "where it happened is still said"


def test_log_repeats_no_address_in_a_traceback(caplog):
    """Whatever a library puts into its exception: a mailbox, a personal link, a row over several lines."""
    caplog.handler.addFilter(WithoutPersonalLinks())
    refused = "duplicate key\nDETAIL:  Key (email)=(liga) has\n\nbeen here (slepeni)\nHINT:  Look there."
    address = "http://localhost/r/slepena-atslega/ for Līga.Šķēle@example.org refused"
    try:
        try:
            raise ValueError(refused)
        except ValueError as error:
            raise RuntimeError(address) from error
    except RuntimeError:
        logging.getLogger("portal").exception("%s is refused", "liga@example.org")
    for secret in ("slepen", "liga", "Šķēle", "@example.org"):
        assert secret not in caplog.text
    for said in ("…@… is refused", "HINT:  Look there.", "/r/…/ for …@… refused", "The above exception"):
        assert said in caplog.text


def test_every_handler_of_the_log_leaves_personal_links_out(settings):
    assert all("links" in handler["filters"] for handler in settings.LOGGING["handlers"].values())
    assert settings.LOGGING["filters"]["links"] == {"()": "kekava_portal.logs.WithoutPersonalLinks"}
