"""Real servers for the tests: PostgreSQL, Redis, a mail server, the portal's own processes.

Each runs on a port of its own, out of a folder of its own, in a process group of its own, and is a context manager: at
its end the group is killed, also when the test failed.  None of the machine's own servers is touched.

    with PostgresServer() as database, RedisServer() as redis, SmtpSink() as sink:
        with Portal(database_url=database.create("portal"), redis_url=redis.url, email_url=sink.url) as portal:
            portal.manage("facts")
            requests go to portal.url, mails come to sink.messages
"""

import asyncio
import atexit
import email
import email.policy
import os
import pwd
import re
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from pathlib import Path
from typing import Literal, Self, TypeVar

import psycopg
import redis
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
T = TypeVar("T")


# --- what the machine lacks ------------------------------------------------------------------------------------------
def postgres_program(name: str) -> str | None:
    """Debian keeps the server's programs out of PATH, one folder a version; the newest is taken."""
    versions = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: float(path.parts[4]))
    return str(versions[-1]) if versions else shutil.which(name)


def chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


FINDERS: dict[str, tuple[str, str, Callable[[], str | None]]] = {
    "postgresql": ("PostgreSQL", "postgresql", lambda: postgres_program("postgres")),
    "redis": ("Redis", "redis-server", lambda: shutil.which("redis-server")),
    "browser": ("Chromium", "chromium", chromium),
    "office": ("LibreOffice Calc", "libreoffice-calc", lambda: shutil.which("soffice")),
}


def missing(thing: str) -> str:
    """What this machine lacks for `thing` (a key of FINDERS) and the command that brings it; empty when it is there."""
    name, package, find = FINDERS[thing]
    return "" if find() else f"{name} is not installed: sudo apt-get install {package}"


# --- processes -------------------------------------------------------------------------------------------------------
_given_ports: set[int] = set()


def free_port() -> int:
    """A port that nothing listens on and that was not given out before in this process."""
    while True:
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            port = probe.getsockname()[1]
        if port not in _given_ports:
            _given_ports.add(port)
            return port


def wait_until(found: Callable[[], T], seconds: float, what: str) -> T:
    """The first true answer of `found`; AssertionError naming `what` when none comes in time."""
    deadline = time.monotonic() + seconds
    while not (answer := found()):
        assert time.monotonic() < deadline, f"{what}: not within {seconds:.0f} s"
        time.sleep(0.05)
    return answer


class Process:
    """A program as the leader of its own process group, its output in a file; killed when Python ends."""

    def __init__(
        self,
        command: list[str],
        *,
        log: Path,
        env: Mapping[str, str] | None = None,
        cwd: Path = ROOT,
        user: str | None = None,
    ) -> None:
        self.name = Path(command[0]).name
        self.log = log
        if threading.current_thread() is threading.main_thread():
            # SIGTERM, as of a time limit or a build machine, does what Ctrl-C does: nothing is left behind.
            signal.signal(signal.SIGTERM, signal.default_int_handler)
        with log.open("ab") as output:
            self.popen = subprocess.Popen(
                command,
                cwd=cwd,
                env=dict(env) if env is not None else None,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=user,
                group=user,
                extra_groups=[] if user else None,
            )
        _started.append(self)

    @property
    def pid(self) -> int:
        return self.popen.pid

    @property
    def alive(self) -> bool:
        return self.popen.poll() is None

    def family(self) -> list[int]:
        """The process and all its descendants: PostgreSQL's lead groups of their own, so the group is not enough."""
        found = [self.pid]
        for parent in found:  # grows while it is read
            found += [pid for pid, ppid in _parents().items() if ppid == parent]
        return found

    def send(self, number: signal.Signals) -> None:
        for pid in self.family():
            with suppress(ProcessLookupError):
                os.kill(pid, number)

    def kill(self) -> None:
        """kill -9 of the process and of all its descendants."""
        if self.alive:
            self.send(signal.SIGSTOP)  # so that none starts another one meanwhile
            self.send(signal.SIGKILL)
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.popen.wait()

    def stop(self, number: signal.Signals = signal.SIGTERM, seconds: float = 15) -> None:
        """Ask the process to end; kill what is left of its group."""
        if self.alive:
            self.popen.send_signal(number)
            with suppress(subprocess.TimeoutExpired):
                self.popen.wait(seconds)
        self.kill()

    def pause(self) -> None:
        self.send(signal.SIGSTOP)

    def resume(self) -> None:
        self.send(signal.SIGCONT)

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace")


_started: list[Process] = []


@atexit.register
def _kill_what_is_left() -> None:
    for process in _started:
        if process.alive:
            process.kill()


def _parents() -> dict[int, int]:
    """Every process of the machine with its parent."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    return parents


class Server:
    """What PostgreSQL and Redis have in common: a folder, a port that stays, and a process that may go away."""

    process: Process

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="portal-server-"))
        self.port = free_port()

    def start(self) -> None:
        raise NotImplementedError

    def answers(self) -> bool:
        raise NotImplementedError

    def stop(self) -> None:
        self.process.stop()

    def kill(self) -> None:
        self.process.kill()

    def pause(self) -> None:
        """It keeps its connections and answers nothing until `resume`."""
        self.process.pause()

    def resume(self) -> None:
        self.process.resume()

    def _wait(self) -> None:
        def ready() -> bool:
            assert self.process.alive, f"{self.process.name} ended: {self.process.said()[-2000:]}"
            return self.answers()

        wait_until(ready, 30, f"{self.process.name} answers")

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._end()

    def _end(self) -> None:
        if hasattr(self, "process"):
            self.process.resume()
            self.process.stop(seconds=5)
        shutil.rmtree(self.folder, ignore_errors=True)


# --- PostgreSQL ------------------------------------------------------------------------------------------------------
class PostgresServer(Server):
    """A cluster as production has it (ICU, Latvian order).  PostgreSQL refuses root, so there it runs as `postgres`.

    Not `durable`, it skips the disk, which a killed process does not notice but a measurement does.
    """

    def __init__(self, *, durable: bool = False, max_connections: int = 300) -> None:
        super().__init__()
        self.durable = durable
        self.max_connections = max_connections
        self.data = self.folder / "data"
        self.user = "postgres" if os.getuid() == 0 else None
        if self.user:
            os.chown(self.folder, pwd.getpwnam(self.user).pw_uid, -1)

    def url(self, name: str = "postgres") -> str:
        return f"postgres://postgres@{HOST}:{self.port}/{name}"

    def create(self, name: str) -> str:
        """The address of a new empty database."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name)))
        return self.url(name)

    def start(self) -> None:
        if not self.data.exists():
            self._init()
        options = {
            "listen_addresses": HOST,
            "port": str(self.port),
            "unix_socket_directories": "",
            "max_connections": str(self.max_connections),
        }
        if not self.durable:
            # Nor does it tidy up behind tests that roll everything back, or compile what is asked once.
            options |= {"fsync": "off", "full_page_writes": "off"}
            options |= {"autovacuum": "off", "jit": "off", "wal_level": "minimal", "max_wal_senders": "0"}
        program = postgres_program("postgres")
        assert program, missing("postgresql")
        arguments = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        log = self.folder / "log"
        self.process = Process([program, "-D", str(self.data), *arguments], log=log, cwd=self.folder, user=self.user)
        self._wait()

    def _init(self) -> None:
        program = postgres_program("initdb")
        assert program, missing("postgresql")
        version = int(re.findall(r"\d+", subprocess.check_output([program, "--version"], text=True))[0])
        icu = ["--locale-provider=icu", "--icu-locale=lv"] if version >= 15 else []
        options = ["-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", *icu, "--no-sync"]
        process = Process(
            [program, "-D", str(self.data), *options], log=self.folder / "initdb", cwd=self.folder, user=self.user
        )
        assert process.popen.wait(60) == 0, process.said()

    def answers(self) -> bool:
        try:
            psycopg.connect(self.url(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        self.process.stop(signal.SIGINT)  # PostgreSQL's "fast": does not wait for its clients


# --- Redis -----------------------------------------------------------------------------------------------------------
class RedisServer(Server):
    """Without persistence: a restart is empty, as after a crash."""

    @property
    def url(self) -> str:
        return f"redis://{HOST}:{self.port}/0"

    def start(self) -> None:
        program = shutil.which("redis-server")
        assert program, missing("redis")
        where = ["--bind", HOST, "--port", str(self.port), "--dir", str(self.folder)]
        self.process = Process([program, *where, "--save", "", "--appendonly", "no"], log=self.folder / "log")
        self._wait()

    def answers(self) -> bool:
        try:
            with redis.Redis(host=HOST, port=self.port, socket_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False


# --- mail ------------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Mail:
    """One message as the mail server took it."""

    sender: str
    recipients: list[str]
    message: EmailMessage
    raw: bytes
    at: float = field(default_factory=time.time)

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def message_id(self) -> str:
        return str(self.message["Message-ID"])

    def body(self, kind: Literal["plain", "html"] = "plain") -> str:
        part = self.message.get_body((kind,))
        assert part is not None, f"no {kind} body in {self.subject}"
        return part.get_content().replace("\r\n", "\n")

    def attachment(self, ending: str) -> bytes:
        for part in self.message.iter_attachments():
            if (part.get_filename() or "").endswith(ending):
                content = part.get_payload(decode=True)
                assert isinstance(content, bytes)
                return content
        raise AssertionError(f"no attachment *{ending} in {self.subject}")


SinkMode = Literal["ok", "refuse-451", "refuse-550", "accept-then-die", "slow"]


class _Door(SMTP):
    """aiosmtpd's server, which lets the sink cut the connection."""

    def cut(self) -> None:
        assert isinstance(self.transport, asyncio.Transport)
        self.transport.abort()


class SmtpSink:
    """A mail server that keeps what it takes, and fails as it is told.

    `mode` may change at any time:
    "ok"; "refuse-451" (try later) and "refuse-550" (never) after DATA; "slow" (takes the message, answers `delay`
    seconds later); "accept-then-die" (takes the message and drops the connection before it answers, so that the sender
    cannot know).
    `down()` closes the port, `up()` opens it again.  `on_taken` is called with each message taken, before the answer.
    """

    def __init__(self) -> None:
        self.port = free_port()
        self.mode: SinkMode = "ok"
        self.delay = 2.0
        self.messages: list[Mail] = []
        self.refused: list[Mail] = []
        self.on_taken: Callable[[Mail], None] | None = None
        self._changed = threading.Condition()
        self._controller: Controller | None = None

    @property
    def url(self) -> str:
        return f"smtp://{HOST}:{self.port}"

    def up(self) -> None:
        if self._controller is None:
            self._controller = _SinkController(self, hostname=HOST, port=self.port, ready_timeout=10)
            self._controller.start()

    def down(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def clear(self) -> None:
        with self._changed:
            self.messages.clear()
            self.refused.clear()

    def to(self, address: str) -> list[Mail]:
        with self._changed:
            return [mail for mail in self.messages if address in mail.recipients]

    def wait_for(self, count: int, *, to: str | None = None, seconds: float = 30) -> list[Mail]:
        """At least `count` messages, of all or to one address; more may come later."""

        def enough() -> list[Mail] | None:
            found = self.to(to) if to else list(self.messages)
            return found if len(found) >= count else None

        found = wait_until(enough, seconds, f"{count} message(s) to {to or 'anybody'}")
        assert found is not None
        return found

    async def handle_DATA(self, server: _Door, session: Session, envelope: Envelope) -> str:
        raw = envelope.content if isinstance(envelope.content, bytes) else (envelope.content or "").encode()
        message = email.message_from_bytes(raw, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        mail = Mail(envelope.mail_from or "", list(envelope.rcpt_tos), message, raw)
        mode = self.mode
        if mode in ("refuse-451", "refuse-550"):
            with self._changed:
                self.refused.append(mail)
            return "451 Try again later" if mode == "refuse-451" else "550 No such mailbox"
        with self._changed:
            self.messages.append(mail)
        if self.on_taken:
            self.on_taken(mail)
        if mode == "slow":
            await asyncio.sleep(self.delay)
        if mode == "accept-then-die":
            server.cut()
        return "250 OK"

    def __enter__(self) -> Self:
        self.up()
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self.down()


class _SinkController(Controller):
    def factory(self) -> SMTP:
        return _Door(self.handler, enable_SMTPUTF8=True, decode_data=False)


# --- the portal ------------------------------------------------------------------------------------------------------


SQLITE_FILE = "portal.sqlite3"
_empty: dict[str, bytes] = {}  # a database with tables and nothing of a test's, by kind


def _restore_sqlite(folder: Path) -> bool:
    if "sqlite" not in _empty:
        return False
    (folder / SQLITE_FILE).write_bytes(_empty["sqlite"])
    return True


def _restore_postgres(address: str) -> bool:
    if "postgresql" not in _empty or not address.startswith("postgres"):
        return False
    program = postgres_program("psql")
    assert program, missing("postgresql")
    command = [program, "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--output", os.devnull, "--dbname", address]
    subprocess.run(command, input=_empty["postgresql"], check=True, stderr=subprocess.PIPE)
    return True


class Portal:
    """The portal's real processes, as `up` (embedded) or the compose file (production) starts them.

    Without `database_url` on SQLite, without `redis_url` on the broker of files, without `email_url` mails are files.
    Production without a TLS proxy in front: HTTPS is off, all else is production.
    `beat` sweeps every second instead of every minute, so that tests need not wait.  `env` goes over everything.
    """

    def __init__(
        self,
        *,
        database_url: str = "",
        redis_url: str = "",
        email_url: str = "",
        mode: Literal["embedded", "production"] = "embedded",
        web_workers: int = 2,
        web_threads: int = 2,
        workers: int = 1,
        worker_pool: Literal["prefork", "threads", "solo"] = "prefork",
        worker_size: int = 2,
        beat: bool = True,
        env: Mapping[str, str] | None = None,
    ) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="portal-run-"))
        self.port = free_port()
        self.url = f"http://localhost:{self.port}"
        self.mode = mode
        self.web_workers = web_workers
        self.web_threads = web_threads
        self.worker_count = workers
        self.worker_pool = worker_pool
        self.worker_size = worker_size
        self.with_beat = beat
        self.web: Process | None = None
        self.workers: list[Process] = []
        self.beat: Process | None = None
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR", "TZ") if name in os.environ}
        self.env = {
            **kept,
            "PYTHONUNBUFFERED": "1",
            "PORTAL_MODE": mode,
            "DATA_DIR": str(self.folder),
            "PORT": str(self.port),
            "DATABASE_URL": database_url,
            "REDIS_URL": redis_url,
            "EMAIL_URL": email_url,
            "BEAT_SECONDS": "1",
            "PUBLIC_URL": self.url,
            "ALLOWED_HOSTS": f"localhost,{HOST}",
        }
        if mode == "production":
            self.env |= {
                "HTTPS": "false",
                "TRUSTED_PROXY_COUNT": "0",
                "SECRET_KEY": secrets.token_urlsafe(50),
                "STATIC_ROOT": str(collected_static_files()),
            }
        self.env |= env or {}

    def manage(self, *arguments: str, seconds: float = 300) -> str:
        """Run a management command to its end and return what it printed; AssertionError when it fails."""
        return self._finish(["manage.py", *arguments], seconds)

    def module(self, *arguments: str, seconds: float = 300) -> str:
        """The same with `python -m`."""
        return self._finish(["-m", *arguments], seconds)

    def _finish(self, arguments: list[str], seconds: float) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=seconds,
            check=False,
        )
        assert done.returncode == 0, f"{' '.join(arguments)}: {done.stdout[-3000:]}"
        return done.stdout

    def prepare(self) -> None:
        """Make the tables. The first portal on each database migrates, the next ones get a copy of what that made."""
        address = self.env["DATABASE_URL"]
        copied = _restore_sqlite(self.folder) if not address else _restore_postgres(address)
        if copied:
            return
        self.manage("migrate", "--verbosity=0")
        self.manage("createcachetable")
        if address:
            dump = postgres_program("pg_dump")
            assert dump, missing("postgresql")
            _empty["postgresql"] = subprocess.check_output([dump, "--no-owner", "--dbname", address])
        else:
            _empty["sqlite"] = (self.folder / SQLITE_FILE).read_bytes()

    def start(self) -> None:
        self.start_web()
        for _ in range(self.worker_count):
            self.start_worker()
        if self.with_beat:
            self.start_beat()
        self.wait_until_healthy()

    def start_web(self) -> None:
        where = ["--host", HOST, "--port", str(self.port)]
        size = ["--workers", str(self.web_workers), "--blocking-threads", str(self.web_threads)]
        self.web = self._module("web", "granian", "--interface", "wsgi", *where, *size, *WEB_OPTIONS)

    def start_worker(self) -> Process:
        size = ["--pool", self.worker_pool, "--concurrency", str(self.worker_size)]
        name = f"worker-{len(self.workers) + 1}"
        options = [*size, "--hostname", f"{name}@%h", *WORKER_OPTIONS]
        process = self._module(name, "celery", "-A", "kekava_portal", "worker", *options)
        self.workers.append(process)
        return process

    def start_beat(self) -> None:
        schedule = ["--schedule", str(self.folder / "schedule"), "--pidfile", ""]
        self.beat = self._module("beat", "celery", "-A", "kekava_portal", "beat", *schedule, "--loglevel", "warning")

    def _module(self, name: str, *arguments: str) -> Process:
        return Process([sys.executable, "-m", *arguments], log=self.folder / f"{name}.log", env=self.env)

    def kill_worker(self, number: int = 0) -> None:
        """kill -9 of one worker with its children; `start_worker` starts another."""
        self.workers.pop(number).kill()

    def kill_web_worker(self) -> None:
        """kill -9 of one of the web server's processes; the server starts another."""
        assert self.web is not None
        os.kill(self.web.family()[1], signal.SIGKILL)

    def get(self, path: str, *, seconds: float = 10) -> tuple[int, str]:
        """Status and text of a page, as a visitor without cookies gets it; redirects are followed."""
        try:
            with urllib.request.urlopen(f"{self.url}{path}", timeout=seconds) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def health(self, *, seconds: float = 10) -> str:
        """What /veseliba/ says, or an empty text when nobody answers."""
        try:
            return self.get("/veseliba/", seconds=seconds)[1]
        except OSError:
            return ""

    def wait_until_healthy(self, seconds: float = 60) -> None:
        def healthy() -> bool:
            assert all(process.alive for process in self.processes), f"a process of the portal ended:\n{self.said()}"
            return '"database": "ok"' in self.health()

        try:
            wait_until(healthy, seconds, "the portal is healthy")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.said()}") from None

    @property
    def processes(self) -> list[Process]:
        return [process for process in (self.web, *self.workers, self.beat) if process is not None]

    def said(self) -> str:
        """The end of every process's log."""
        logs = {process.log for process in self.processes}
        return "\n".join(f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}" for log in sorted(logs))

    def stop(self) -> None:
        """Stop all processes; the data stays, `start` goes on with it."""
        for process in self.processes:
            process.resume()
            if process.alive:
                process.popen.terminate()
        for process in self.processes:
            process.stop()
        self.web, self.workers, self.beat = None, [], None

    def __enter__(self) -> Self:
        try:
            self.prepare()
            self.start()
        except BaseException:
            self._end()
            raise
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is not None:
            print(self.said())  # pytest shows it below the failed test
        self._end()

    def _end(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


WEB_OPTIONS = ["--no-ws", "--respawn-failed-workers", "--log-level", "warning", "kekava_portal.wsgi:application"]
WORKER_OPTIONS = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--loglevel", "warning"]
_static: list[Path] = []


def collected_static_files() -> Path:
    """`collectstatic` of production, once in this process."""
    if not _static:
        folder = Path(tempfile.mkdtemp(prefix="portal-static-"))
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
        env = {**os.environ, **production_settings(), "STATIC_ROOT": str(folder)}
        subprocess.run(
            [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"], cwd=ROOT, env=env, check=True
        )
        _static.append(folder)
    return _static[0]


def production_settings() -> dict[str, str]:
    """An environment with which the production settings load; nothing listens at its addresses."""
    return {
        "PORTAL_MODE": "production",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "PUBLIC_URL": "https://padomes.example",
        "ALLOWED_HOSTS": "padomes.example",
        "DATABASE_URL": f"postgres://portal@{HOST}:1/portal",
        "REDIS_URL": f"redis://{HOST}:1/0",
        "EMAIL_URL": f"smtp://{HOST}:1",
        "DEFAULT_FROM_EMAIL": "padomes@padomes.example",
    }


@contextmanager
def production() -> Iterator[tuple[Portal, SmtpSink, PostgresServer, RedisServer]]:
    """The whole production shape: web server, worker and beat on PostgreSQL and Redis of its own, mails to a sink."""
    with PostgresServer() as database, RedisServer() as broker, SmtpSink() as sink:
        address = database.create("portal")
        with Portal(mode="production", database_url=address, redis_url=broker.url, email_url=sink.url) as portal:
            yield portal, sink, database, broker
