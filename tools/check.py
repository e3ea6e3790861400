"""Everything about the source that needs no running portal; all steps run, the last lines say which failed.

python tools/check.py [words]     only the steps whose name holds one of the words
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from tests.servers import production_settings  # noqa: E402 - the tests are beside, not installed

BIN = Path(sys.executable).parent
BIGGEST = 500_000  # bytes; what is bigger is no source

# Written in parts, so that this file does not find itself.
REGISTRY = re.compile(
    "|".join(["py" + r"pi\.org", "python" + r"hosted\.org", "npm" + r"js\.(org|com)", "yarn" + r"pkg\.com"])
    + "|"
    + "|".join(["deb" + r"ian\.org", "ubuntu" + r"\.com", "docker" + r"\.(io|com)", "gh" + r"cr\.io", "qu" + r"ay\.io"])
)
MACHINE_PATH = re.compile(r"(?<![\w.*/-])/(?:work|root|tmp|home|Users)/\w")
ADDRESS = re.compile(r"https?" + "://")


def command(*words: str, env: dict[str, str] | None = None) -> Callable[[], str]:
    """A step that runs a program and is sound when it ends with 0."""

    def step() -> str:
        with tempfile.TemporaryDirectory() as folder:
            environment = {**os.environ, "DATA_DIR": folder, "PYTHONWARNINGS": "ignore", **(env or {})}
            done = subprocess.run(
                words,
                cwd=ROOT,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
                check=False,
            )
        return done.stdout or f"status {done.returncode}" if done.returncode else ""

    return step


def manage(*words: str, env: dict[str, str] | None = None) -> Callable[[], str]:
    return command(sys.executable, "manage.py", *words, env=env)


def tree() -> str:
    """No package registry's host, no path of a machine, no big file: nothing that binds the source to one place."""
    faults = []
    for path in tracked_files():
        content = path.read_bytes()
        name = path.relative_to(ROOT)
        if len(content) > BIGGEST:
            faults.append(f"{name}: {len(content):,} bytes")
        if b"\0" in content[:8000]:
            continue
        for number, line in enumerate(content.decode(errors="replace").splitlines(), 1):
            for pattern, what in ((REGISTRY, "a registry's host"), (MACHINE_PATH, "a machine's path")):
                if found := pattern.search(line):
                    faults.append(f"{name}:{number}: {what}: {found[0]}")
    return "\n".join(faults)


def tracked_files() -> list[Path]:
    """What git knows or would take in."""
    words = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    return [ROOT / name for name in sorted(set(names)) if name and (ROOT / name).is_file()]


def locks() -> str:
    """The lock files name versions and hashes and leave it to the machine where packages come from."""
    faults = []
    for path in sorted(ROOT.glob("requirements*.lock")):
        text = path.read_text(encoding="utf-8")
        if ADDRESS.search(text) or re.search(r"^--", text, re.MULTILINE):
            faults.append(f"{path.name}: holds an address or an option")
        if re.search(r"^[\w.\[\]-]+==\S+$", text, re.MULTILINE):
            faults.append(f"{path.name}: a package without a hash")
    packages = json.loads((ROOT / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    for name, package in packages.items():
        if "resolved" in package:
            faults.append(f"package-lock.json: {name} holds an address")
        if name and "integrity" not in package:
            faults.append(f"package-lock.json: {name} has no hash")
    return "\n".join(faults)


def compose() -> str:
    """The compose file is YAML, and Docker takes it where there is Docker; tests/test_compose.py has the rest."""
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    try:
        yaml.safe_load(text)
    except yaml.YAMLError as error:
        return str(error)
    docker = shutil.which("docker")
    if docker and not subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        return command(docker, "compose", "--env-file", "docker/portal.env.example", "config", "--quiet")()
    return ""


STEPS: dict[str, Callable[[], str]] = {
    "ruff": command(str(BIN / "ruff"), "check", "--quiet", "."),
    "ruff format": command(str(BIN / "ruff"), "format", "--check", "--quiet", "."),
    "mypy": command(sys.executable, "-m", "mypy", "--no-error-summary", "."),
    "templates format": command(str(BIN / "djlint"), "--check", "templates"),
    "templates lint": command(str(BIN / "djlint"), "--lint", "--quiet", "templates"),
    "import contracts": command(str(BIN / "lint-imports"), "--no-cache"),
    "migrations": manage("makemigrations", "--check", "--dry-run"),
    "translations": command(sys.executable, "tools/translations.py", "check"),
    "deployment": manage("check", "--deploy", "--fail-level", "WARNING", env=production_settings()),
    "tree": tree,
    "locks": locks,
    "compose": compose,
}


def main() -> int:
    words = sys.argv[1:]
    failed = []
    for name, step in STEPS.items():
        if words and not any(word in name for word in words):
            continue
        started = time.monotonic()
        said = step()
        print(f"{name:<18}{'FAILED' if said else 'ok':<8}{time.monotonic() - started:5.1f} s", flush=True)
        if said:
            failed.append(name)
            print("    " + said.strip().replace("\n", "\n    "), flush=True)
    print(f"\nFailed: {', '.join(failed)}." if failed else "\nAll sound.")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main())
