"""Make .venv and node_modules what the lock files say, then (for `run`) check that the portal can start.

    python3 tools/install.py run     what the portal runs on
    python3 tools/install.py dev     the same and what one needs to change and to prove it

Standard library only.  A stamp of each lock file's content says what is installed, so a second call does next to
nothing.  Everything that goes wrong ends in one sentence on stderr and exit status 1.
The syntax down to the version check must be readable by an old Python: that is whom it speaks to.
"""

import fcntl
import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

MINIMUM = (3, 11)
KNOWN_MINORS = (13, 12, 11, 14, 15)  # tried first to last where `python3` itself is too old


def fail(sentence):
    sys.exit(sentence)


def version_of(python):
    """`python`'s (major, minor), or None when it does not start."""
    code = "import sys; print(*sys.version_info[:2])"
    try:
        told = subprocess.run([python, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return tuple(int(part) for part in told.stdout.split())


def go_on_with_a_newer_python():
    """Replace this process by one of a Python that is new enough; a choice made with PY= is left alone."""
    if not os.environ.get("PY"):
        for minor in KNOWN_MINORS:
            found = shutil.which(f"python3.{minor}")
            if found and version_of(found):
                os.execv(found, [found, *sys.argv])
    fail(
        f"The portal needs Python 3.11 or newer, this is {sys.version_info[0]}.{sys.version_info[1]}: install one"
        " (Debian 12 and Ubuntu 24.04 have it: apt-get install python3 python3-venv) or name it: make run PY=python3.12"
    )


if sys.version_info < MINIMUM:
    go_on_with_a_newer_python()

from pathlib import Path  # noqa: E402 - an old Python has been told off by now

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
LOG = VENV / "install.log"
LOCKS = {
    "run": ROOT / "requirements.lock",
    "dev": ROOT / "requirements-dev.lock",
    "node": ROOT / "requirements-node.lock",
}
NODE_MINIMUM = 20
MACHINE_CERTIFICATES = Path("/etc/ssl/certs/ca-certificates.crt")  # Debian's and Ubuntu's


# --- stamps ----------------------------------------------------------------------------------------------------------
def digest(*paths: Path) -> str:
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()


def is_stamped(name: str, value: str) -> bool:
    stamp = VENV / "stamps" / name
    return stamp.exists() and stamp.read_text() == value


def stamp(name: str, value: str) -> None:
    (VENV / "stamps").mkdir(exist_ok=True)
    (VENV / "stamps" / name).write_text(value)


# --- showing what happens --------------------------------------------------------------------------------------------
class Step:
    """One numbered line: what is being done, and in the end how long it took."""

    def __init__(self, number: int, what: str) -> None:
        self.text = f"{number}/4 {what}"
        self.started = time.monotonic()

    def ready(self) -> None:
        print(f"{self.text}: ready", flush=True)

    def begin(self) -> None:
        print(f"{self.text} …", end="", flush=True)

    def progress(self, done: int, total: int) -> None:
        if sys.stdout.isatty():
            print(f"\r{self.text} … {min(done, total)} of {total} ", end="", flush=True)

    def end(self) -> None:
        print(
            f"{chr(13) + self.text + ' …' if sys.stdout.isatty() else ''} {time.monotonic() - self.started:.0f} s      "
        )


def run(command: list[str], step: Step, env: dict[str, str], total: int = 0) -> None:
    """Run `command` with its output in the log; counts "Collecting" lines as progress.  Raises CalledProcessError."""
    with LOG.open("a", encoding="utf-8") as log:
        log.write(f"\n$ {' '.join(command)}\n")
        process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
        )
        said, collected = [], 0
        assert process.stdout is not None
        for line in process.stdout:
            log.write(line)
            said.append(line.strip())
            if total and line.startswith("Collecting"):
                collected += 1
                step.progress(collected, total)
        if process.wait():
            raise subprocess.CalledProcessError(process.returncode, command, "\n".join(said))


def reason(said: str) -> str:
    """The last line in which a tool names an error, without the addresses it tried and the log it points to."""
    lines = [line for line in said.splitlines() if "A complete log of this run" not in line]
    errors = [line for line in lines if re.search(r"error|ERR!|No space left", line, re.IGNORECASE)]
    chosen = errors[-1] if errors else (lines or ["it said nothing"])[-1]
    return re.sub(r"\S+://\S+", "…", chosen).removeprefix("ERROR: ").removeprefix("npm error ")[:200].rstrip(". ")


# --- the steps -------------------------------------------------------------------------------------------------------
def environment() -> dict[str, str]:
    """The tools' environment; their caches go into .venv where HOME is missing or cannot be written."""
    env = {**os.environ, "PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PYTHONUTF8": "1"}
    home = os.environ.get("HOME", "")
    try:
        with tempfile.TemporaryFile(dir=home or os.devnull):
            pass
    except OSError:
        own = VENV / "home"
        own.mkdir(exist_ok=True)
        env |= {"HOME": str(own), "npm_config_cache": str(own / "npm"), "PIP_CACHE_DIR": str(own / "pip")}
    return env


def make_environment(step: Step) -> None:
    """.venv with a Python that starts and is new enough, and is the one chosen with PY= where one was chosen."""
    there = version_of(str(PYTHON)) if PYTHON.exists() else None
    chosen = bool(os.environ.get("PY"))
    if there and there >= MINIMUM and not (chosen and there != sys.version_info[:2]):
        step.ready()
        return
    try:
        import ensurepip  # noqa: F401 - only to see whether it is there: Debian packs it apart
        import venv
    except ImportError:
        fail(
            "This Python cannot make virtual environments: install the missing part"
            f" (Debian, Ubuntu: apt-get install python3-venv or python3.{sys.version_info[1]}-venv)."
        )
    step.begin()
    shutil.rmtree(VENV / "stamps", ignore_errors=True)
    try:
        venv.EnvBuilder(clear=False, with_pip=True, symlinks=True, upgrade_deps=False).create(VENV)
    except (OSError, subprocess.CalledProcessError) as error:
        fail(f"\nThe virtual environment .venv could not be made: {error}.")
    step.end()


def install_packages(step: Step, which: str, env: dict[str, str]) -> None:
    """Every package at the version and with the hash of the lock file; wheels only, so nothing is compiled."""
    lock = LOCKS[which]
    if is_stamped(which, digest(lock)) or (which == "run" and is_stamped("dev", digest(LOCKS["dev"]))):
        if which != "node":
            step.ready()
        return
    if which != "node":
        step.begin()
    total = len(re.findall(r"^[\w.-]+(?:\[.*\])?==", lock.read_text(), re.MULTILINE))
    pip = [str(PYTHON), "-m", "pip", "install", "--progress-bar", "off", "--retries", "2", "--require-hashes"]
    try:
        run([*pip, "--only-binary", ":all:", "-r", lock.name], step, env, total)
    except subprocess.CalledProcessError as error:
        fail(
            f"\nPython packages could not be installed ({reason(error.output)}): is there a network, and does the"
            " package index answer?  More in .venv/install.log."
        )
    stamp(which, digest(lock))
    if which != "node":
        step.end()


def npm(step: Step, env: dict[str, str]) -> tuple[str, dict[str, str]]:
    """The machine's npm where its Node is new enough, else the one of a Python wheel."""
    node, found = shutil.which("node"), shutil.which("npm")
    if node and found:
        told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
        major = re.match(r"v(\d+)", told)
        if major and int(major[1]) >= NODE_MINIMUM:
            return found, env
    install_packages(step, "node", env)
    env = {**env, "PATH": f"{VENV / 'bin'}{os.pathsep}{env.get('PATH', os.defpath)}"}
    if MACHINE_CERTIFICATES.exists():  # a Node from a wheel knows only its own, an office's proxy may need one more
        env.setdefault("NODE_EXTRA_CA_CERTS", str(MACHINE_CERTIFICATES))
    return str(VENV / "bin" / "npm"), env


def install_front_end(step: Step, env: dict[str, str]) -> None:
    value = digest(ROOT / "package.json", ROOT / "package-lock.json")
    if (ROOT / "node_modules").is_dir() and is_stamped("npm", value):
        step.ready()
        return
    step.begin()
    command, env = npm(step, env)
    try:
        run([command, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], step, env)
    except subprocess.CalledProcessError as error:
        fail(
            f"\nFront-end packages could not be installed ({reason(error.output)}): is there a network, and does the"
            " package registry answer?  More in .venv/install.log."
        )
    stamp("npm", value)
    step.end()


def build(step: Step, env: dict[str, str]) -> None:
    """Styles, icons and translations; both tools know themselves when there is nothing to do."""
    step.begin()
    for command in (["tools/assets.py", "build"], ["tools/translations.py", "compile"]):
        try:
            run([str(PYTHON), *command], step, env)
        except subprocess.CalledProcessError as error:
            fail(f"\n{command[0]} failed ({reason(error.output)}).  More in .venv/install.log.")
    step.end()


# --- what can be known before anything is downloaded -----------------------------------------------------------------
def check_writable(folder: Path, name: str, advice: str) -> None:
    if folder.exists() and not folder.is_dir():
        fail(f"{name} {folder} is a file, not a folder: {advice}.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        fail(f"{name} {folder} cannot be written to ({error.strerror}): {advice}.")


def check_port() -> None:
    given = os.environ.get("PORT") or "8000"
    if not given.isdigit() or not 0 < int(given) < 65536:
        fail(f"PORT={given} is no port: give a number between 1 and 65535.")
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(given)))
        except OSError as error:
            fail(f"Port {given} cannot be used ({error.strerror}): try make run PORT={next_free_port(int(given))}")


def next_free_port(taken: int) -> int:
    """The next port above `taken` that this user may open and nobody has."""
    for port in range(max(taken + 1, 1024), 65536):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    return 8000


def main() -> None:
    what = sys.argv[1] if len(sys.argv) == 2 else ""
    if what not in ("run", "dev"):
        fail("Say what to install: python3 tools/install.py run|dev")
    check_writable(ROOT, "The folder", "copy the project to a folder of yours")
    if what == "run":
        data = Path(os.environ.get("DATA_DIR") or ROOT / "var").expanduser()
        check_writable(data, "DATA_DIR", "name another one: make run DATA_DIR=…")
        check_port()
    VENV.mkdir(exist_ok=True)
    with (VENV / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two terminals may say `make` at the same time
        LOG.write_text("")
        make_environment(Step(1, "Python environment"))
        env = environment()
        install_packages(Step(2, "Python packages"), what, env)
        install_front_end(Step(3, "Front-end packages"), env)
        build(Step(4, "Styles, icons, translations"), env)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("\nStopped; the next call goes on from here.")
