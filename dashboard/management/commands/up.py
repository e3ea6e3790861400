"""The whole portal in one terminal: what `make run` ends with."""

import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation

from dashboard.demo import demo_logins
from events.models import Event
from people.models import Person

HOST = "127.0.0.1"
LOG_LIMIT = 5_000_000  # bytes; a longer log is set aside at the next start
WARNINGS = "ignore:You're running the worker with superuser"  # who tries the portal in a container is root
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Child:
    """One process of the portal, leader of its own group; what it says goes to its log and to the terminal."""

    def __init__(self, name: str, module: str, *arguments: str) -> None:
        self.name = name
        self.stopping = False
        self.log = settings.DATA_DIR / "logs" / f"{name}.log"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            self.log.replace(self.log.with_suffix(".log.old"))
        self.process = subprocess.Popen(  # noqa: S603 - our own words only
            [sys.executable, "-m", module, *arguments],
            cwd=settings.BASE_DIR,
            env={**os.environ, "PYTHONUNBUFFERED": "1", "PYTHONWARNINGS": WARNINGS},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # the terminal's Ctrl-C reaches `up` alone, which then stops all in order
            text=True,
            errors="replace",
        )
        self.reader = threading.Thread(target=self._read, args=[self.process.stdout], daemon=True)
        self.reader.start()

    def _read(self, said: IO[str]) -> None:
        """The children log warnings and worse, so the terminal shows every line of theirs."""
        with self.log.open("a", encoding="utf-8", buffering=1) as log:
            for line in said:
                log.write(line)
                if not self.stopping:
                    sys.stderr.write(f"{self.name}: {line}")

    def signal(self, number: signal.Signals) -> None:
        """To the whole group: beat is a child of the worker, the web worker one of the web server."""
        try:
            os.killpg(self.process.pid, number)
        except ProcessLookupError:
            return


class Command(BaseCommand):
    help = (
        "Prepares the embedded database, then runs web server, worker and beat until Ctrl-C (exit status 0). "
        "When one of them ends by itself, all are stopped and the exit status is 1."
    )

    def handle(self, *args: object, **options: object) -> None:
        if not settings.EMBEDDED:
            raise CommandError("`up` is for PORTAL_MODE=embedded; docs/operations.md says how production runs.")
        for number in STOP_SIGNALS:
            signal.signal(number, signal.default_int_handler)
        children: list[Child] = []
        failure = ""
        settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
        try:
            with (settings.DATA_DIR / "up.lock").open("w") as lock:
                try:
                    fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    raise CommandError(f"The portal already runs on {settings.DATA_DIR}.") from None
                port = self.free_port()
                self.prepare()
                self.say("Web server, worker, beat …")
                children += [web(port), worker()]
                failure = self.wait_for_home(port, children)
                if not failure:
                    self.welcome(port)
                    failure = wait_for_an_end(children)
        except KeyboardInterrupt:
            self.say("\nStopping …")
        finally:
            stop(children)
        if failure:
            raise CommandError(failure)
        self.say("Stopped.")

    def say(self, text: str) -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def free_port(self) -> int:
        port = int(os.environ.get("PORT") or 8000)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((HOST, port))
            except OSError as error:
                raise CommandError(
                    f"Port {port} cannot be used ({error.strerror}): choose another with PORT=…."
                ) from None
        return port

    def prepare(self) -> None:
        """Everything here leaves a portal that is already prepared as it is."""
        settings.STATIC_ROOT.mkdir(exist_ok=True)  # stays empty in this mode; whitenoise warns when it is missing
        compiler = settings.BASE_DIR / "tools" / "translations.py"
        subprocess.run([sys.executable, compiler, "compile"], check=True, stdout=subprocess.DEVNULL)  # noqa: S603 - ours
        self.say("Database …")
        call_command("migrate", verbosity=0)
        call_command("createcachetable", verbosity=0)
        call_command("facts", verbosity=0)
        if not Event.objects.exists() and not Person.objects.exists():
            self.say("Demonstration data, the first time only …")
            call_command("demo", verbosity=0)

    def wait_for_home(self, port: int, children: list[Child], seconds: float = 60) -> str:
        """Why the home page does not answer, or an empty text when it does."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if ended := first_ended(children):
                return ended
            try:
                with urllib.request.urlopen(f"http://{HOST}:{port}/", timeout=10):
                    return ""
            except urllib.error.HTTPError as error:
                return f"The home page answered {error.code}: see {children[0].log}."
            except OSError:  # it does not listen yet
                time.sleep(0.1)
        return f"The home page did not answer in {seconds:.0f} seconds: see {children[0].log}."

    def welcome(self, port: int) -> None:
        address = f"http://localhost:{port}/"
        lines = ["", f"The portal runs   {address}"]
        with translation.override("en"):
            logins = demo_logins()
        for number, (role, email, password) in enumerate(logins):
            lines.append(f"{'Log in as' if not number else '':<18}{email}  {password}  ({role})")
        lines += [
            f"Mails it sent     {address}pasts/  (files in {shown(settings.MAIL_FOLDER)})",
            f"Logs              {shown(settings.DATA_DIR / 'logs')}",
            "Ctrl-C stops it.",
            "",
        ]
        self.say("\n".join(lines))


def web(port: int) -> Child:
    where = ["--host", HOST, "--port", str(port)]
    size = ["--workers", "1", "--blocking-threads", "4"]
    quiet = ["--log-level", "warning", "--no-ws", "--workers-kill-timeout", "5"]
    return Child("web", "granian", "--interface", "wsgi", *where, *size, *quiet, "kekava_portal.wsgi:application")


def worker() -> Child:
    alone = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    size = ["--pool", "threads", "--concurrency", "2"]
    return Child(
        "worker", "celery", "-A", "kekava_portal", "--quiet", "worker", "--beat", *size, *alone, "--loglevel", "warning"
    )


def shown(path: Path) -> str:
    """`path` as one would type it in the project's folder."""
    return str(path.relative_to(settings.BASE_DIR)) if path.is_relative_to(settings.BASE_DIR) else str(path)


def first_ended(children: list[Child]) -> str:
    for child in children:
        status = child.process.poll()
        if status is not None:
            return f"The {child.name} process ended by itself with status {status}: see {child.log}."
    return ""


def wait_for_an_end(children: list[Child]) -> str:
    while not (ended := first_ended(children)):
        time.sleep(0.5)
    return ended


def stop(children: list[Child]) -> None:
    """Ask all groups to end, and make them after ten seconds; a second Ctrl-C changes nothing."""
    for number in STOP_SIGNALS:
        signal.signal(number, signal.SIG_IGN)
    for child in children:
        child.stopping = True
        child.signal(signal.SIGTERM)
    deadline = time.monotonic() + 10
    for child in children:
        with suppress(subprocess.TimeoutExpired):
            child.process.wait(max(0, deadline - time.monotonic()))
    for child in children:
        child.signal(signal.SIGKILL)  # also what its leader left behind
        child.process.wait()
        child.reader.join(2)
