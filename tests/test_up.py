"""`manage.py up`, what `make run` ends with, run as one runs it: real processes, real signals."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.servers import HOST, ROOT, Process, free_port, production_settings, wait_until

CACHES = {"cache"}  # tables that a visit may change


@pytest.fixture(scope="module")
def data_folder(tmp_path_factory):
    """One folder for the whole module: the tests follow each other as the starts of a developer do."""
    return tmp_path_factory.mktemp("up")


class Up(Process):
    """`manage.py up` on `folder`; several may be started one after the other."""

    def __init__(self, folder, port: int | None = None) -> None:
        self.port = port or free_port()
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
        log = folder / f"up-{self.port}.txt"
        env = {**kept, "DATA_DIR": str(folder), "PORT": str(self.port)}
        super().__init__([sys.executable, "manage.py", "up"], log=log, env=env)

    def __enter__(self) -> "Up":
        return self

    def __exit__(self, *exc: object) -> None:
        self.send(signal.SIGTERM)
        self.stop()

    def wait_for(self, words: str, seconds: float = 90) -> None:
        wait_until(lambda: words in self.said() or not self.alive, seconds, f"up says {words}")
        assert words in self.said(), self.said()

    def get(self, path: str = "/") -> str:
        with urllib.request.urlopen(f"http://localhost:{self.port}{path}", timeout=10) as response:
            return response.read().decode()

    def ends_with(self, status: int) -> list[int]:
        """Wait for its end; the children it had, each the leader of a group."""
        assert self.popen.wait(30) == status, self.said()
        return self.family()[1:]


def rows(folder) -> dict[str, list]:
    with sqlite3.connect(f"file:{folder / 'portal.sqlite3'}?mode=ro", uri=True) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: sorted(map(repr, connection.execute(f'SELECT * FROM "{name}"'))) for name in {*names} - CACHES}


def assert_gone(pids: list[int]) -> None:
    def none_left() -> bool:
        return not any(Path(f"/proc/{pid}").exists() for pid in pids)

    wait_until(none_left, 5, "every process of the portal ended")


def test_first_start_loads_the_demonstration_serves_and_ends_with_ctrl_c(data_folder):
    with Up(data_folder) as up:
        up.wait_for("Ctrl-C stops it.")
        # Itself, the web server and its process, the worker and beat.
        wait_until(lambda: len(up.family()) == 5, 20, "all five processes run")
        family = up.family()
        said = up.said()
        assert "Demonstration data, the first time only …" in said
        assert f"http://localhost:{up.port}/pasts/" in said
        assert "coordinator" in said
        assert "Traceback" not in said
        assert "<html" in up.get("/")
        assert "<html" in up.get("/pasts/")

        second = subprocess.run(
            [sys.executable, "manage.py", "up"],
            cwd=ROOT,
            env={**os.environ, "DATA_DIR": str(data_folder), "DATABASE_URL": "", "REDIS_URL": "", "PORT": "0"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert second.returncode == 1
        assert f"The portal already runs on {data_folder}." in second.stderr

        os.kill(up.pid, signal.SIGINT)
        up.ends_with(0)
        assert up.said().endswith("Stopping …\nStopped.\n")
    assert_gone(family)


def test_second_start_changes_no_data_and_a_dead_worker_ends_everything(data_folder):
    before = rows(data_folder)
    assert before["events_event"]
    with Up(data_folder) as up:
        up.wait_for("Ctrl-C stops it.")
        assert "Demonstration data" not in up.said()
        up.get("/")
        assert rows(data_folder) == before
        family = up.family()
        worker = next(pid for pid in family if "celery" in Path(f"/proc/{pid}/cmdline").read_text())
        os.kill(worker, signal.SIGKILL)
        up.ends_with(1)
        assert "The worker process ended by itself with status -9" in up.said()
    assert_gone(family)


def test_a_signal_while_it_prepares_ends_it_quietly(data_folder):
    with Up(data_folder) as up:
        up.wait_for("Database …")
        os.kill(up.pid, signal.SIGTERM)
        up.ends_with(0)
        assert "Traceback" not in up.said()


def test_a_taken_port_gets_one_sentence(data_folder):
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        with Up(data_folder, port=taken.getsockname()[1]) as up:
            up.ends_with(1)
            assert up.said().startswith(f"CommandError: Port {up.port} cannot be used (Address already in use)")
            assert len(up.said().splitlines()) == 1


def test_production_is_not_started_this_way(tmp_path):
    done = subprocess.run(
        [sys.executable, "manage.py", "up"],
        cwd=ROOT,
        env={**os.environ, **production_settings(), "DATA_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "`up` is for PORTAL_MODE=embedded" in done.stderr
