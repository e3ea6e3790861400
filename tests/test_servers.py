"""The servers that the other tests lean on do what they promise, and leave nothing behind."""

import os
import smtplib
import subprocess
import sys
import time
from email.message import EmailMessage

import psycopg
import pytest
import redis

from tests.servers import ROOT, Portal, PostgresServer, RedisServer, SmtpSink, missing, production, wait_until


def _send(sink: SmtpSink, text: str = "Tiekamies sēdē.") -> None:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "padomes@portal.example", "anna@example.com", "Sēde rīt"
    message.set_content(text)
    message.add_attachment(b"BEGIN:VCALENDAR", maintype="text", subtype="calendar", filename="sede.ics")
    with smtplib.SMTP("127.0.0.1", sink.port, timeout=5) as client:
        client.send_message(message)


def test_the_mail_sink_keeps_and_reads_what_it_takes():
    with SmtpSink() as sink:
        _send(sink)
        [mail] = sink.wait_for(1, to="anna@example.com")
    assert (mail.subject, mail.sender) == ("Sēde rīt", "padomes@portal.example")
    assert mail.body() == "Tiekamies sēdē.\n"
    assert mail.attachment(".ics") == b"BEGIN:VCALENDAR"


@pytest.mark.parametrize(("mode", "code"), [("refuse-451", 451), ("refuse-550", 550)])
def test_the_mail_sink_refuses(mode, code):
    with SmtpSink() as sink:
        sink.mode = mode
        with pytest.raises(smtplib.SMTPDataError) as refusal:
            _send(sink)
    assert refusal.value.smtp_code == code
    assert (len(sink.messages), len(sink.refused)) == (0, 1)


def test_the_mail_sink_takes_a_message_and_leaves_the_sender_in_doubt():
    with SmtpSink() as sink:
        sink.mode = "accept-then-die"
        with pytest.raises(smtplib.SMTPServerDisconnected):
            _send(sink)
        assert len(sink.messages) == 1


def test_the_mail_sink_is_slow_goes_down_and_comes_back_on_the_same_port():
    with SmtpSink() as sink:
        sink.mode, sink.delay = "slow", 0.3
        started = time.monotonic()
        _send(sink)
        assert time.monotonic() - started >= 0.3
        sink.mode = "ok"
        sink.down()
        with pytest.raises(ConnectionRefusedError):
            _send(sink)
        sink.up()
        _send(sink)
        assert len(sink.messages) == 2


def test_nothing_is_left_when_the_tests_are_ended_from_outside(tmp_path):
    script = (
        "import pathlib, sys, time; from tests.servers import Process\n"
        "print(Process(['sleep', '300'], log=pathlib.Path(sys.argv[1])).pid, flush=True); time.sleep(300)"
    )
    command = [sys.executable, "-c", script, str(tmp_path / "log")]
    tests = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    assert tests.stdout is not None
    pid = int(tests.stdout.readline())
    tests.terminate()
    tests.wait(10)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.skipif(bool(missing("redis")), reason=missing("redis"))
def test_redis_goes_down_pauses_and_comes_back_on_the_same_port():
    with RedisServer() as server:
        client = redis.Redis.from_url(server.url, socket_timeout=0.3)
        assert client.set("a", "b")
        server.kill()
        with pytest.raises(redis.ConnectionError):
            client.ping()
        server.start()
        assert client.get("a") is None
        server.pause()
        with pytest.raises(redis.TimeoutError):
            client.ping()
        server.resume()
        wait_until(server.answers, 5, "Redis answers again")
        client.close()


@pytest.mark.skipif(bool(missing("postgresql")), reason=missing("postgresql"))
def test_postgresql_sorts_latvian_survives_a_kill_and_leaves_no_process():
    with PostgresServer() as server:
        address = server.create("portal")
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("CREATE TABLE word (text text)")
            connection.execute("INSERT INTO word VALUES ('ķ'), ('k'), ('ā'), ('b'), ('a'), ('l')")
        server.kill()
        assert not server.answers()
        server.start()
        with psycopg.connect(address) as connection:
            words = connection.execute('SELECT text FROM word ORDER BY text COLLATE "lv-x-icu"').fetchall()
        assert "".join(word for (word,) in words) == "aābkķl"
        family = server.process.family()
        assert len(family) > 3
    for pid in family:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert not server.folder.exists()


def test_the_embedded_portal_serves_and_its_worker_and_beat_run():
    with Portal(worker_pool="threads") as portal:
        assert portal.get("/")[0] == 200
        assert portal.get("/does-not-exist/")[0] == 404
        portal.manage("facts")
        pids = [pid for process in portal.processes for pid in process.family()]
        assert len(portal.processes) == 3
        portal.kill_worker()
        assert len(portal.processes) == 2
        portal.start_worker()
        portal.stop()
        assert "Traceback" not in portal.said()
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


@pytest.mark.prove
@pytest.mark.skipif(bool(missing("postgresql") or missing("redis")), reason="PostgreSQL and Redis are not installed")
def test_the_production_shape_serves_survives_its_servers_and_knows_its_worker():
    with production() as (portal, sink, database, broker):
        portal.manage("facts")
        status, page = portal.get("/")
        assert status == 200
        assert 'href="/static/built/portal.' in page  # the name with the hash of its content
        answer = portal.module("celery", "-A", "kekava_portal", "inspect", "ping", "--timeout", "10")
        assert "pong" in answer  # the health check of the worker's container

        portal.kill_web_worker()
        wait_until(lambda: '"database": "ok"' in portal.health(seconds=2), 20, "another web process answers")
        broker.kill()
        assert portal.get("/")[0] == 200
        assert '"cache": "down"' in portal.health()
        broker.start()
        wait_until(lambda: '"cache": "ok"' in portal.health(), 20, "the cache is back")
        database.kill()
        assert portal.get("/veseliba/", seconds=30)[0] == 503
        database.start()
        portal.wait_until_healthy()
        assert sink.messages == []
