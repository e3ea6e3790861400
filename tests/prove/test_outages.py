"""The broker is down, the mail server is down, a worker dies in the middle: nobody sees an error, nothing is lost."""

import threading
import time
from collections import Counter
from contextlib import ExitStack

import pytest

from tests.prove.conftest import DATABASES, LOGINS, run, shape
from tests.servers import wait_until
from tests.visitor import Visitor

pytestmark = pytest.mark.prove

ONE = f"""{LOGINS}
event = factories.event(title="Sēde pie ķiršiem", capacity=20)
answer = [event.get_absolute_url(), session_of(factories.user("anna@example.org", name="Anna Ķirse"))]
"""

MANY = """
from events import operations
from django.utils import timezone
event = factories.event(title="Liela sēde", capacity=500)
for n in range({count}):
    person = factories.person(f"Ieva Ļaudona {{n}}", email=f"viesis{{n}}@example.org")
    operations.rsvp(event=event, person=person, by=None, now=timezone.now())
answer = event.pk
"""

LEDGER = """
from notices.models import Notice
answer = list(Notice.objects.with_state().order_by("pk").values_list("state", "attempts", "person_id"))
"""


def sign_up(portal, path: str, session: str) -> float:
    """Sign up as somebody logged in; returns the seconds of the POST and its redirect."""
    visitor = Visitor(portal.url, session)
    page = visitor.get(path)
    assert page.status == 200, page.text
    began = time.monotonic()
    answer = visitor.submit(page, "/pieteikties/")
    assert (answer.status, answer.path[:3]) == (200, "/r/")
    return time.monotonic() - began


def ask_for_a_code(portal) -> float:
    """Ask for a code to log in, which Redis counts; returns the seconds of the POST and its redirect."""
    visitor = Visitor(portal.url)
    page = visitor.get("/konts/ienakt/kods/")
    began = time.monotonic()
    answer = visitor.submit(page, "/konts/ienakt/kods/", email="anna@example.org")
    assert (answer.status, answer.path) == (200, "/konts/ienakt/kods/apstiprinat/")
    return time.monotonic() - began


def test_dead_broker_shows_nobody_an_error_and_its_messages_arrive_later():
    with ExitStack() as stack:
        portal, sink, broker, _server = shape(stack, "postgresql")
        path, session = run(portal, ONE)
        broker.kill()
        assert Visitor(portal.url).get("/").status == 200
        assert sign_up(portal, path, session) < 5
        assert ask_for_a_code(portal) < 5
        time.sleep(3)
        assert sink.to("anna@example.org") == []
        broker.start()
        sink.wait_for(2, to="anna@example.org", seconds=90)
        time.sleep(3)
        [mail] = [mail for mail in sink.to("anna@example.org") if "Sēde pie ķiršiem" in mail.subject]
        assert len(sink.to("anna@example.org")) == 2
        assert mail.attachment(".ics").startswith(b"BEGIN:VCALENDAR")


def test_broker_that_hangs_holds_up_no_page():
    with ExitStack() as stack:
        portal, sink, broker, _server = shape(stack, "postgresql")
        path, session = run(portal, ONE)
        broker.pause()
        assert sign_up(portal, path, session) < 10
        assert ask_for_a_code(portal) < 10
        broker.resume()
        sink.wait_for(2, to="anna@example.org", seconds=90)


def test_message_the_broker_lost_is_found_by_the_next_tick():
    with ExitStack() as stack:
        portal, sink, broker, _server = shape(stack, "postgresql", workers=0)
        path, session = run(portal, ONE)
        sign_up(portal, path, session)
        broker.stop()  # keeps nothing on disk: the nudge is gone
        broker.start()
        portal.start_worker()
        sink.wait_for(1, to="anna@example.org", seconds=90)
        time.sleep(3)
        assert len(sink.to("anna@example.org")) == 1


def test_database_that_was_restarted_shows_nobody_an_error():
    with ExitStack() as stack:
        portal, _sink, _broker, server = shape(stack, "postgresql", env={"PAGE_CACHE_SECONDS": "0"})
        path, session = run(portal, ONE)
        assert {Visitor(portal.url).get("/").status for _ in range(20)} == {200}  # every process is connected
        server.stop()
        server.start()
        sign_up(portal, path, session)
        assert {Visitor(portal.url).get("/").status for _ in range(20)} == {200}


def test_database_that_is_away_is_told_as_such():
    with ExitStack() as stack:
        portal, _sink, _broker, server = shape(stack, "postgresql", env={"PAGE_CACHE_SECONDS": "0"})
        _path, session = run(portal, ONE)
        assert Visitor(portal.url).get("/").status == 200
        server.stop()
        for visitor in (Visitor(portal.url), Visitor(portal.url, session)):
            page = visitor.get("/")
            assert (page.status, page.headers["retry-after"]) == (503, "60")
            assert "Pagaidi minūti" in page.text
        server.start()
        assert Visitor(portal.url).get("/").status == 200


@pytest.mark.parametrize("database", DATABASES)
def test_dead_mail_server_loses_and_doubles_nothing(database):
    with ExitStack() as stack:
        portal, sink, _broker, _server = shape(stack, database, env={"NOTICE_RETRY_SECONDS": "2"})
        sink.down()
        path, session = run(portal, ONE)
        assert sign_up(portal, path, session) < 5
        wait_until(lambda: any(attempts for _s, attempts, _p in run(portal, LEDGER)), 30, "an attempt was made")
        sink.mode = "refuse-451"
        sink.up()
        wait_until(lambda: sink.refused, 60, "the mail server refused it for now")
        sink.mode = "ok"
        sink.wait_for(1, to="anna@example.org", seconds=60)
        time.sleep(3)
        assert len(sink.to("anna@example.org")) == 1
        assert [state for state, _a, _p in run(portal, LEDGER)] == ["sent"]


@pytest.mark.parametrize("database", DATABASES)
def test_worker_killed_in_the_middle_loses_nothing_and_doubles_only_the_one_in_its_hands(database):
    count = 60
    with ExitStack() as stack:
        # One process with its threads in the embedded mode, one process of prefork in production.
        pool = {"worker_pool": "threads"} if database == "sqlite" else {"worker_size": 1}
        portal, sink, _broker, _server = shape(stack, database, env={"NOTICE_LEASE_SECONDS": "4"}, **pool)
        killed = threading.Event()

        def kill_at_the_twentieth(_mail) -> None:
            # The server holds the message and has not answered: the moment that no system can close.
            if len(sink.messages) == 20 and not killed.is_set():
                portal.kill_worker()
                killed.set()

        sink.on_taken = kill_at_the_twentieth
        run(portal, MANY.format(count=count))
        assert killed.wait(60)
        portal.start_worker()
        wait_until(lambda: all(s in ("sent", "uncertain") for s, _a, _p in run(portal, LEDGER)), 90, "all are sent")
        ids = Counter(mail.message_id for mail in sink.messages)
        addresses = Counter(address for mail in sink.messages for address in mail.recipients)
        states = Counter(state for state, _a, _p in run(portal, LEDGER))
        assert len(ids) == len(addresses) == count
        doubled = [message_id for message_id, times in ids.items() if times > 1]
        assert len(doubled) == states["uncertain"] == 1
        assert all(times <= 2 for times in ids.values())


@pytest.mark.parametrize("database", DATABASES)
def test_several_workers_send_each_message_once(database):
    count = 120
    with ExitStack() as stack:
        portal, sink, _broker, _server = shape(stack, database, workers=3)
        run(portal, MANY.format(count=count))
        sink.wait_for(count, seconds=120)
        time.sleep(3)
        ids = Counter(mail.message_id for mail in sink.messages)
        assert (len(ids), set(ids.values())) == (count, {1})
        assert Counter(state for state, _a, _p in run(portal, LEDGER)) == {"sent": count}
