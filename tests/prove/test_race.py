"""Two hundred people want fifty seats at the same moment, and a thousand two hundred while some give theirs back."""

import json
import statistics
import sys
import threading
import time
from contextlib import ExitStack

import pytest

from tests.prove.conftest import DATABASES, LOGINS, run, shape
from tests.servers import ROOT, Process
from tests.visitor import Answer, Visitor

pytestmark = pytest.mark.prove

PEOPLE, SEATS, PROCESSES = 200, 50, 8

CROWD = f"""{LOGINS}
event = factories.event(title="Lielā kopsapulce", capacity={SEATS})
sessions = [session_of(factories.user(f"pulks{{n}}@example.org", name=f"Jānis Ķēniņš {{n}}")) for n in range({PEOPLE})]
answer = [event.pk, event.get_absolute_url(), sessions]
"""

COUNT = """
from events.models import Rsvp
from notices.models import Notice
rows = list(Rsvp.objects.filter(event_id={event}).order_by("number").values_list("number", "state", "person_id"))
notices = list(Notice.objects.filter(about="event:{event}").values_list("kind", flat=True))
answer = [rows, notices]
"""


@pytest.mark.parametrize("database", DATABASES)
def test_two_hundred_people_take_fifty_seats_and_nobody_is_lost(database):
    with ExitStack() as stack:
        portal, _sink, _broker, _server = shape(stack, database, web_workers=PROCESSES, web_threads=2)
        event, path, sessions = run(portal, CROWD)
        start = threading.Barrier(PEOPLE + 1, timeout=120)
        answers: list = [None] * PEOPLE

        def sign_up(n: int, session: str) -> None:
            visitor = Visitor(portal.url, session)
            page = visitor.get(path)
            start.wait()
            answers[n] = visitor.submit(page, "/pieteikties/")

        threads = [threading.Thread(target=sign_up, args=pair) for pair in enumerate(sessions)]
        for thread in threads:
            thread.start()
        start.wait()
        began = time.monotonic()
        for thread in threads:
            thread.join()
        seconds = time.monotonic() - began

        assert [answer.status for answer in answers if answer] == [200] * PEOPLE
        assert all(answer.path.startswith("/r/") for answer in answers)
        rows, notices = run(portal, COUNT.format(event=event))
        assert [number for number, _state, _person in rows] == list(range(1, PEOPLE + 1))
        assert [state for _number, state, _person in rows] == ["going"] * SEATS + ["waiting"] * (PEOPLE - SEATS)
        assert len({person for _number, _state, person in rows}) == PEOPLE
        assert (notices.count("rsvp_confirmed"), notices.count("rsvp_waiting")) == (SEATS, PEOPLE - SEATS)
        assert "Traceback" not in portal.said()
        assert "deadlock" not in portal.said().lower()
        print(f"{database}: {PEOPLE} sign-ups over HTTP through {PROCESSES} processes in {seconds:.1f} s")


# --- again and again, beside what the server does at all --------------------------------------------------------------

REPEATS = 5
HALLS = f"""{LOGINS}
sessions = [session_of(factories.user(f"pulks{{n}}@example.org", name=f"Jānis Ķēniņš {{n}}")) for n in range({PEOPLE})]
halls = [factories.event(title=f"Kopsapulce {{n}}", capacity={SEATS}) for n in range({REPEATS})]
bare = [factories.event(title=f"Tukša {{n}}").pk for n in range({REPEATS})]
answer = [sessions, [[event.pk, event.get_absolute_url()] for event in halls], bare]
"""

COUNT_ALL = """
from events.models import Rsvp
from notices.models import Notice
def facts(event):
    rows = Rsvp.objects.filter(event_id=event).order_by("number").values_list("number", "state", "person_id")
    return list(rows), list(Notice.objects.filter(about=f"event:{{event}}").values_list("kind", flat=True))
answer = [[facts(event), facts(bare)] for (event, _path), bare in zip({halls}, {bare})]
"""


def all_at_once(visitors: list[Visitor], path: str, action: str) -> tuple[float, list[Answer | None]]:
    """Each gets the form, sends it and gets the page after it; the seconds from the first to the last."""
    start = threading.Barrier(len(visitors) + 1, timeout=120)
    answers: list[Answer | None] = [None] * len(visitors)

    def come(n: int) -> None:
        start.wait()
        answers[n] = visitors[n].submit(visitors[n].get(path), action)

    threads = [threading.Thread(target=come, args=[n]) for n in range(len(visitors))]
    for thread in threads:
        thread.start()
    start.wait()
    began = time.monotonic()
    for thread in threads:
        thread.join()
    return time.monotonic() - began, answers


def test_every_repeat_gives_fifty_seats_and_a_queue_without_gaps():
    """With the seconds of the same visitors at a bare view that writes one row: bench/bare.py, on the same server."""
    with ExitStack() as stack:
        env = {"DJANGO_SETTINGS_MODULE": "bench.settings"}
        quiet = {"workers": 0, "beat": False}  # no mails are sent while the clock runs
        portal, _sink, _broker, _server = shape(stack, "postgresql", web_workers=PROCESSES, env=env, **quiet)
        sessions, halls, bare = run(portal, HALLS)
        visitors = [Visitor(portal.url, session) for session in sessions]
        took: dict[str, list[float]] = {"portal": [], "bare": []}
        for (_event, path), bare_event in zip(halls, bare, strict=True):
            seconds, answers = all_at_once(visitors, path, "/pieteikties/")
            took["portal"].append(seconds)
            assert [answer.status for answer in answers if answer] == [200] * PEOPLE
            assert all(answer.path.startswith("/r/") for answer in answers if answer)
            seconds, answers = all_at_once(visitors, f"/bare/{bare_event}/", "/sign-up/")
            took["bare"].append(seconds)
            assert [answer.status for answer in answers if answer] == [200] * PEOPLE
        for (rows, notices), (bare_rows, _none) in run(portal, COUNT_ALL.format(halls=halls, bare=bare)):
            assert [number for number, _state, _person in rows] == list(range(1, PEOPLE + 1))
            assert [state for _number, state, _person in rows] == ["going"] * SEATS + ["waiting"] * (PEOPLE - SEATS)
            assert len({person for _number, _state, person in rows}) == PEOPLE
            assert sorted(notices) == ["rsvp_confirmed"] * SEATS + ["rsvp_waiting"] * (PEOPLE - SEATS)
            assert len(bare_rows) == PEOPLE
        assert "Traceback" not in portal.said()
        assert "deadlock" not in portal.said().lower()
        mine, floor = statistics.median(took["portal"]), statistics.median(took["bare"])
        print(f"{PEOPLE} × form, sign-up and result: {', '.join(f'{seconds:.1f}' for seconds in took['portal'])} s")
        print(f"the same with a bare view: {', '.join(f'{seconds:.1f}' for seconds in took['bare'])} s")
        print(f"ratio of the medians: {mine / floor:.2f}")


# --- a thousand -------------------------------------------------------------------------------------------------------

CROWD_OF_A_THOUSAND, BIG_HALL, LEAVE = 1000, 200, 50

THOUSAND = f"""
from people.models import Person
people = Person.objects.bulk_create(Person(given_name="Anna", family_name=f"Ķirse {{n}}")
                                    for n in range({CROWD_OF_A_THOUSAND}))
answer = [factories.event(title="Liela zāle", capacity={BIG_HALL}).pk, [person.pk for person in people]]
"""

# One of the processes: signs up its share, and in between takes back some of the sign-ups it has made, seat or queue.
SHARE = """
import json, random, sys, time
import django
django.setup()
from django.utils import timezone
from events import operations
from events.models import Event
from people.models import Person
event_id, share, leave, start_at, seed = json.loads(sys.argv[1])
event, chance = Event.objects.get(pk=event_id), random.Random(seed)
people = list(Person.objects.filter(pk__in=share))
turns = sorted(chance.sample(range(1, len(people)), leave))
made = []
while time.time() < start_at:
    time.sleep(0.001)
for turn, person in enumerate(people):
    made.append(operations.rsvp(event=event, person=person, by=None, now=timezone.now()))
    if turn in turns:
        row = made.pop(chance.randrange(len(made)))
        operations.cancel_rsvp(rsvp=row, by=None, now=timezone.now())
print("DONE", flush=True)
"""

FACTS = """
from collections import Counter
from events.models import Rsvp
from notices.models import Notice
rows = list(Rsvp.objects.filter(event_id={event}).order_by("number")
            .values_list("number", "state", "person_id", "offered_at"))
kinds = Counter(Notice.objects.filter(about="event:{event}").values_list("kind", flat=True))
answer = [[[n, state, person, offered is not None] for n, state, person, offered in rows], kinds]
"""


def test_thousand_sign_ups_with_fifty_cancellations_in_between_are_exact(tmp_path):
    with ExitStack() as stack:
        portal, _sink, _broker, _server = shape(stack, "postgresql", web_workers=1, workers=0, beat=False)
        event, people = run(portal, THOUSAND)
        shares = [people[n::PROCESSES] for n in range(PROCESSES)]
        leave = [LEAVE // PROCESSES + (n < LEAVE % PROCESSES) for n in range(PROCESSES)]
        start_at = time.time() + 8
        env = {**portal.env, "DJANGO_SETTINGS_MODULE": "kekava_portal.settings"}
        processes = []
        for n, (share, count) in enumerate(zip(shares, leave, strict=True)):
            given = json.dumps([event, share, count, start_at, n])
            log = tmp_path / f"share-{n}.log"
            processes.append(Process([sys.executable, "-c", SHARE, given], log=log, env=env, cwd=ROOT))
        for process in processes:
            assert process.popen.wait(120) == 0, process.said()
            assert "DONE" in process.said()
        seconds = time.time() - start_at

        rows, kinds = run(portal, FACTS.format(event=event))
        assert [number for number, *_rest in rows] == list(range(1, CROWD_OF_A_THOUSAND + 1))
        assert len({person for _number, _state, person, _offered in rows}) == CROWD_OF_A_THOUSAND
        standing = [state for _number, state, *_rest in rows if state != "cancelled"]
        assert len(standing) == CROWD_OF_A_THOUSAND - LEAVE
        # Everybody came alone, so the seats belong to those who came first, be it at once or by an offer.
        assert set(standing[:BIG_HALL]) == {"going", "offered"}
        assert set(standing[BIG_HALL:]) == {"waiting"}
        offered = sum(was_offered for *_rest, was_offered in rows)
        at_once = kinds["rsvp_confirmed"]
        assert kinds == {
            "rsvp_confirmed": at_once,
            "rsvp_waiting": CROWD_OF_A_THOUSAND - at_once,
            "rsvp_offer": offered,
        }
        gone = sum(state == "cancelled" for _number, state, *_rest in rows)
        gave_back = at_once + offered - BIG_HALL
        assert 0 < gave_back <= gone == LEAVE
        print(f"{len(rows)} sign-ups, {gone} cancelled, {PROCESSES} processes: {seconds:.1f} s, {offered} offers")
