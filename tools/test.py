"""The tests, on everything that the machine can run them on.

    python tools/test.py test  [pytest's arguments]   what one runs before a commit
    python tools/test.py prove [pytest's arguments]   the tests marked `prove`

Both run twice: on SQLite, and on PostgreSQL with Redis; and what drives a browser runs once.  `test` runs these three
side by side, the longest of them, PostgreSQL's, before the others where all want the processor; `prove`, which measures
and kills, one after the other, beside the pages' accessibility.  The first prints as it goes, what runs beside it when
the first has ended.
The second run uses the servers that TEST_DATABASE_URL and TEST_REDIS_URL name; without them it starts its own, and only
where their programs are missing it looks for servers that answer on this machine's usual ports.  `prove` uses none but
its own, and its second run takes only what is marked
`postgresql` or `databases`: most of its tests start the portal's processes on both databases themselves.  So do the
browser's tests, which run once; and so, on SQLite, does what asks no database (tests/conftest.py) or opens a file in
Office.
What could not run stands in the last lines with the command that enables it; with CI=true that is a failure.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import psycopg
import redis

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from tests.servers import PostgresServer, RedisServer, missing  # noqa: E402 - the tests are beside, not installed

# What has no part in Django's test database runs once, beside SQLite.
WITHOUT_DATABASE = ["assets", "compose", "contrast", "fsbroker", "servers", "tools", "translations", "up"]
MATRIX = "tests/prove/test_accessibility.py"  # every page, in a browser
BESIDE = 5  # how much lower in priority runs what is done before PostgreSQL's run is
NO_TESTS = 5  # pytest's exit status when nothing was selected
LOCAL_DATABASE = "postgres://postgres@127.0.0.1:5432/test"
LOCAL_REDIS = "redis://127.0.0.1:6379/15"


def main() -> int:
    what, *arguments = sys.argv[1:] or ["test"]
    if what not in ("test", "prove"):
        sys.exit("Say which tests: python tools/test.py test|prove")
    ci = os.environ.get("CI", "").lower() in ("1", "true", "yes")
    subprocess.run(
        [sys.executable, "tools/translations.py", "compile"], cwd=ROOT, check=True, stdout=subprocess.DEVNULL
    )

    lacking = [f"Tests marked `{mark}`: {why}" for mark in ("browser", "office") if (why := missing(mark))]
    without = [f"not {mark}" for mark in ("browser", "office") if missing(mark)]
    chosen = "prove" if what == "prove" else "not prove"
    nice = BESIDE if what == "test" else 0
    runs = [Run("SQLite", " and ".join([chosen, "not postgresql", "not browser", *without]), arguments, {}, nice)]
    with ExitStack() as servers:
        try:
            addresses = production_servers(servers, own_only=what == "prove")
        except LookupError as error:
            lacking.append(f"PostgreSQL with Redis: {error}")
        else:
            databases = ["(postgresql or databases)"] if what == "prove" else []
            marks = " and ".join([chosen, "not browser", "not office", *databases])
            once = [f"--ignore=tests/test_{name}.py" for name in WITHOUT_DATABASE]
            runs.append(Run("PostgreSQL with Redis", marks, [*once, *arguments], addresses))
        groups = [[run] for run in runs] if what == "test" else [runs]
        if not missing("browser"):
            browser = f"{chosen} and browser"
            if what == "test":
                groups.append([Run("Browser", browser, arguments, {}, nice)])
            else:  # the matrix takes as long as all the rest
                runs.append(Run("Browser", browser, [f"--ignore={MATRIX}", *arguments], {}))
                groups.append([Run("Accessibility", browser, [MATRIX, *arguments], {})])
        results = run_all(groups)

    print()
    for name, status, seconds in results:
        verdict = {0: "passed", NO_TESTS: "no test selected"}.get(status, f"FAILED (status {status})")
        print(f"{name}: {verdict}, {seconds:.0f} s")
    for line in lacking:
        print(f"Not run: {line}")
    failed = any(status not in (0, NO_TESTS) for _, status, _ in results)
    nothing = all(status == NO_TESTS for _, status, _ in results)
    if lacking and ci:
        print("CI=true: everything must run.")
    return int(failed or nothing or (bool(lacking) and ci))


@dataclass
class Run:
    """pytest in a process of its own; `output` keeps what it prints while another one is printing."""

    name: str
    marks: str
    arguments: list[str]
    addresses: dict[str, str]
    nice: int = 0
    process: subprocess.Popen | None = None
    output: IO[bytes] | None = None
    watch: threading.Thread | None = None
    seconds: float = 0

    def start(self, *, quietly: bool) -> None:
        env = {**os.environ, "TEST_DATABASE_URL": "", "TEST_REDIS_URL": "", **self.addresses}
        if quietly:
            self.output = tempfile.TemporaryFile()  # noqa: SIM115 - closed by end()
        else:
            print(f"\n=== {self.name}", flush=True)
        words = [sys.executable, "-m", "pytest", "-m", self.marks, *self.arguments]
        self.process = subprocess.Popen(words, cwd=ROOT, env=env, stdout=self.output, stderr=subprocess.STDOUT)
        if self.nice:
            os.setpriority(os.PRIO_PROCESS, self.process.pid, os.getpriority(os.PRIO_PROCESS, 0) + self.nice)
        self.watch = threading.Thread(target=self._watch, args=[time.monotonic()], daemon=True)
        self.watch.start()

    def _watch(self, started: float) -> None:
        assert self.process
        self.process.wait()
        self.seconds = time.monotonic() - started

    def end(self) -> tuple[str, int, float]:
        assert self.process
        assert self.watch
        status = self.process.wait()
        self.watch.join()
        if self.output:
            print(f"\n=== {self.name}", flush=True)
            self.output.seek(0)
            shutil.copyfileobj(self.output, sys.stdout.buffer)
            sys.stdout.flush()
            self.output.close()
        return self.name, status, self.seconds

    def stop(self) -> None:
        if self.process and self.process.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(5)  # pytest heard Ctrl-C, too, and stops its servers; SIGTERM only we have heard
            self.process.terminate()
            self.process.wait(60)


def run_all(groups: list[list[Run]]) -> list[tuple[str, int, float]]:
    """The runs of a group one after the other, the groups side by side; what each came to, in order."""
    first, *others = groups
    beside = [threading.Thread(target=_run_quietly, args=[group], daemon=True) for group in others]
    for thread in beside:
        thread.start()
    results = []
    try:
        for run in first:
            run.start(quietly=False)
            results.append(run.end())
        for group, thread in zip(others, beside, strict=True):
            thread.join()
            results += [run.end() for run in group]
    except KeyboardInterrupt:
        for group in groups:
            for run in group:
                run.stop()
        raise
    return results


def _run_quietly(group: list[Run]) -> None:
    for run in group:
        run.start(quietly=True)
        assert run.process
        run.process.wait()


def production_servers(servers: ExitStack, *, own_only: bool) -> dict[str, str]:
    """Addresses of PostgreSQL and Redis; LookupError says what is missing and how it comes."""
    names = ("TEST_DATABASE_URL", "TEST_REDIS_URL")
    given = {name: "" if own_only else os.environ.get(name, "") for name in names}
    lacks = []
    if not given["TEST_DATABASE_URL"]:
        if not missing("postgresql"):
            given["TEST_DATABASE_URL"] = servers.enter_context(PostgresServer()).url("portal")
        elif not own_only and database_answers(LOCAL_DATABASE):
            given["TEST_DATABASE_URL"] = LOCAL_DATABASE
        else:
            lacks.append(missing("postgresql"))
    if not given["TEST_REDIS_URL"]:
        if not missing("redis"):
            given["TEST_REDIS_URL"] = servers.enter_context(RedisServer()).url
        elif not own_only and redis_answers(LOCAL_REDIS):
            given["TEST_REDIS_URL"] = LOCAL_REDIS
        else:
            lacks.append(missing("redis"))
    if lacks:
        raise LookupError("; ".join(lacks))
    return given


def database_answers(address: str) -> bool:
    try:
        psycopg.connect(address.rpartition("/")[0] + "/postgres", connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def redis_answers(address: str) -> bool:
    try:
        with redis.Redis.from_url(address, socket_timeout=2) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit("\nStopped.")
