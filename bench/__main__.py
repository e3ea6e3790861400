"""`make bench`: how fast the portal is beside what Django and PostgreSQL themselves can do on this machine.

Everything is measured in one run, in interleaved rounds; medians; the ratios are what counts. Servers of its own.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from bench import pages
from tests.prove.conftest import LOGINS, run
from tests.servers import Portal, PostgresServer, RedisServer, SmtpSink, missing

GOALS = {"uncached": 0.6, "cached": 5.0, "operation": 0.5}

# On an event of its own: the demonstration's would differ from run to run as the days pass.
CONTENT = f"""{LOGINS}
from councils.models import AgendaItem
from neighbourhoods.models import Neighbourhood
area = Neighbourhood.objects.get(slug="kekavas-pilseta")
meeting = factories.meeting(area.council, title="Padomes sēde: gājēju pārejas un ielu apgaismojums", capacity=60,
                            description="Iedzīvotāju priekšlikumi un Ceļu nodaļas izvērtējums.")
for n in range(1, 7):
    AgendaItem.objects.create(meeting=meeting, position=n, title=f"Jautājums {{n}}", minutes=15)
for n in range(40):
    factories.rsvp(meeting.event, person=factories.person(f"Anna Ķirse {{n}}"))
answer = [meeting.event_id, meeting.event.get_absolute_url(), session_of(factories.user("merit@example.org"))]
"""


def main() -> None:
    for thing in ("postgresql", "redis"):
        if why := missing(thing):
            sys.exit(why)
    with PostgresServer(durable=True) as database, RedisServer() as redis, SmtpSink() as sink:

        def server(env: dict[str, str], database_url: str = "") -> Portal:
            return Portal(
                mode="production",
                database_url=database_url,
                redis_url=redis.url,
                email_url=sink.url,
                web_threads=1,
                workers=0,
                beat=False,
                env=env,
            )

        env = {"DJANGO_SETTINGS_MODULE": "bench.settings", "PAGE_CACHE_SECONDS": "0"}
        uncached = server(env, database.create("bench"))
        began = time.perf_counter()
        uncached.manage("migrate", "--verbosity=0")
        migrate = time.perf_counter() - began
        with uncached:
            uncached.manage("demo", "--accept-public-passwords")
            event, path, session = run(uncached, CONTENT)
            cached_env = {**uncached.env, "PAGE_CACHE_SECONDS": "3600"}
            cached = server({})
            cached.env = {**cached_env, "PORT": str(cached.port), "PUBLIC_URL": cached.url}
            cached.start()
            try:
                report(uncached, cached, event, path, session)
            finally:
                cached.stop()
            print(f"Time of `migrate` on an empty database: {migrate:.1f} s")
            print(f"Memory of two web workers (PSS, after the load): {memory(uncached):.0f} MB")
            contended(uncached)


def report(uncached: Portal, cached: Portal, event: int, path: str, session: str) -> None:
    cookie = f"sessionid={session}"
    measured = pages.measure(
        {
            "bare page": (uncached.url, f"/bare/{event}/", ""),
            "home": (uncached.url, "/", ""),
            "event": (uncached.url, path, ""),
            "calendar": (uncached.url, "/kalendars/", ""),
            "bare page, logged in": (uncached.url, f"/bare/{event}/", cookie),
            "event, logged in": (uncached.url, path, cookie),
            "home, cached": (cached.url, "/", ""),
            "event, cached": (cached.url, path, ""),
            "calendar, cached": (cached.url, "/kalendars/", ""),
        }
    )
    print(f"\n{'page':24}{'pages/s':>9}{'kB':>7}{'ratio':>8}  goal")
    for name, (rate, size) in measured.items():
        floor = measured["bare page, logged in" if name.endswith("logged in") else "bare page"][0]
        goal = GOALS["cached" if name.endswith("cached") else "uncached"]
        verdict = "" if name.startswith("bare") else f"  ≥ {goal} {'held' if rate / floor >= goal else 'MISSED'}"
        print(f"{name:24}{rate:9.0f}{size / 1024:7.1f}{rate / floor:8.2f}{verdict}")
    print()


def memory(portal: Portal) -> float:
    """Proportional set size of the web server's processes, MB."""
    assert portal.web is not None
    total = 0
    for pid in portal.web.family():
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
        total += int(next(line for line in text.splitlines() if line.startswith("Pss:")).split()[1])
    return total / 1024


def contended(portal: Portal) -> None:
    env = {**portal.env, "DJANGO_SETTINGS_MODULE": "kekava_portal.settings", "DATABASE_POOL": "2"}
    code = """import django, json; django.setup()
from bench import contended; print(json.dumps(contended.measure()))"""
    command = [sys.executable, "-c", code]
    out = subprocess.run(command, env=env, cwd=Path.cwd(), check=True, stdout=subprocess.PIPE, text=True)
    figures = json.loads(out.stdout)
    verdict = "held" if figures["ratio"] >= GOALS["operation"] else "MISSED"
    print(
        f"RSVP operation on one contended event: {figures['operation']:.0f}/s, by hand {figures['hand']:.0f}/s, "
        f"ratio {figures['ratio']:.2f}  ≥ {GOALS['operation']} {verdict}"
    )


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bench.settings")
    main()
