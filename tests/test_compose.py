"""The production shape as docker-compose.yml has it: contained, checked, no secret in it, no setting made up."""

import re
import stat
import subprocess

import pytest
import yaml

from tests.servers import ROOT

COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
OURS = ["migrate", "web", "worker", "beat"]
SETTINGS = (ROOT / "kekava_portal/settings.py").read_text(encoding="utf-8")
KNOWN_SETTINGS = set(re.findall(r"""(?:env\.\w+|_required)\(["']([A-Z_]+)["']""", SETTINGS))


def test_compose_has_every_part_of_the_portal():
    assert set(SERVICES) == {*OURS, "postgres", "redis", "proxy"}


@pytest.mark.parametrize("name", SERVICES)
def test_service_is_contained(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    user, group = service["user"].split(":")
    assert min(int(user), int(group)) > 0
    assert service.get("cap_add", []) == (["NET_BIND_SERVICE"] if name == "proxy" else [])
    assert service["logging"]["options"]["max-size"]


@pytest.mark.parametrize("name", [name for name in SERVICES if name != "migrate"])
def test_service_restarts_and_tells_its_health(name):
    assert SERVICES[name]["restart"] == "unless-stopped"
    assert SERVICES[name]["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")


def test_migration_is_a_step_of_its_own_before_anything_of_ours_runs():
    assert SERVICES["migrate"]["restart"] == "no"
    steps = SERVICES["migrate"]["command"][-1].split(" && ")
    assert steps == ["python manage.py migrate --noinput", "python manage.py facts"]  # and no demonstration
    assert SERVICES["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    for name in ("web", "worker", "beat"):
        assert SERVICES[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


def test_only_the_proxy_is_reachable_and_the_data_has_no_way_out():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["back"]["internal"] is True
    assert SERVICES["postgres"]["networks"] == SERVICES["redis"]["networks"] == ["back"]


def test_proxies_before_ours_are_believed_only_when_they_are_named():
    """Caddy drops the X-Forwarded-For of whom it does not trust, so a count of more than one needs their addresses."""
    caddyfile = (ROOT / "docker/Caddyfile").read_text(encoding="utf-8")
    assert "trusted_proxies {$TRUSTED_PROXIES}\n" in caddyfile
    assert SERVICES["proxy"]["environment"]["TRUSTED_PROXIES"] == "${TRUSTED_PROXIES:-}"
    assert SERVICES["web"]["environment"]["TRUSTED_PROXY_COUNT"] == "${TRUSTED_PROXY_COUNT:-1}"


def test_every_variable_of_the_caddyfile_reaches_the_proxy():
    asked = set(re.findall(r"\{\$([A-Z_]+)\}", (ROOT / "docker/Caddyfile").read_text(encoding="utf-8")))
    assert asked == set(SERVICES["proxy"]["environment"])


def test_web_has_two_processes_or_more_and_beat_is_one():
    assert "--workers ${WEB_CONCURRENCY:-2}" in SERVICES["web"]["command"]
    assert "celery -A kekava_portal beat" in SERVICES["beat"]["command"]
    assert "--beat" not in SERVICES["worker"]["command"]


@pytest.mark.parametrize("name", OURS)
def test_every_variable_is_one_the_settings_read(name):
    given = {variable.removesuffix("_FILE") for variable in SERVICES[name]["environment"]}
    assert given <= KNOWN_SETTINGS
    required = set(re.findall(r'_required\("([A-Z_]+)"\)', SETTINGS))
    assert required <= given
    assert SERVICES[name]["environment"]["PORTAL_MODE"] == "production"


@pytest.mark.parametrize("name", OURS)
def test_every_setting_of_the_operator_reaches_the_portal(name):
    """What the manual says may be set is set in one file; a service that lists its own environment keeps that file."""
    assert SERVICES[name]["env_file"] == [{"path": "docker/portal.env", "required": False}]


def test_settings_that_the_manual_names_exist():
    manual = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    [worth] = re.findall(r"(?s)Worth knowing: (.*?)\n\n", manual)
    named = set(re.findall(r"`([A-Z_]{6,})`", worth))
    named -= {"WEB_CONCURRENCY", "WORKER_CONCURRENCY", "TRUSTED_PROXIES"}  # the compose file's
    assert named
    assert named <= KNOWN_SETTINGS


def test_secrets_are_files_that_are_made_and_not_kept_in_the_source():
    text = (ROOT / "docker-compose.yml").read_text(encoding="utf-8")
    assert not re.search(r"(?i)(password|secret_key)\s*[:=]\s*[^/\s]*[a-z0-9]{8}", text)
    for secret in COMPOSE["secrets"].values():
        assert secret["file"].startswith("docker/secrets/")
    assert "/docker/secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert "docker/secrets" in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()


def test_volumes_and_secrets_that_are_used_are_declared():
    for service in SERVICES.values():
        assert {volume.partition(":")[0] for volume in service.get("volumes", [])} <= set(COMPOSE["volumes"])
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"])
        assert set(service["networks"]) <= set(COMPOSE["networks"])


def test_every_variable_of_the_operator_is_in_the_example():
    example = (ROOT / "docker/portal.env.example").read_text(encoding="utf-8")
    asked = set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text(encoding="utf-8")))
    assert asked == set(re.findall(r"^([A-Z_]+)=", example, re.MULTILINE))


def test_every_image_has_a_tag_and_the_build_stages_exist():
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    stages = set(re.findall(r"^FROM \S+ AS (\w+)$", dockerfile, re.MULTILINE))
    bases = re.findall(r"^FROM (\S+)", dockerfile, re.MULTILINE)
    assert {service["build"]["target"] for service in SERVICES.values() if "build" in service} <= stages
    for image in [*bases, *(service["image"] for service in SERVICES.values() if "build" not in service)]:
        assert re.fullmatch(r"[a-z]+:[\w.-]+", image)
        assert not image.endswith(":latest")


def test_secrets_are_made_once_and_are_sound(tmp_path):
    script = tmp_path / "secrets.sh"
    script.write_bytes((ROOT / "docker/secrets.sh").read_bytes())
    script.chmod(0o755)

    def call(*arguments: str) -> subprocess.CompletedProcess:
        return subprocess.run([script, *arguments], capture_output=True, text=True, check=False)

    assert call().returncode == 1
    assert "mail server" in call().stderr
    assert call("smtp+tls://portal:word@mail.example:587").returncode == 0
    made = {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()}
    assert set(made) == set(COMPOSE["secrets"])
    assert len(made["secret_key"]) == len(made["postgres_password"]) == 64
    assert made["secret_key"] != made["postgres_password"]
    assert made["database_url"] == f"postgres://portal:{made['postgres_password']}@postgres:5432/portal"
    assert stat.S_IMODE((tmp_path / "secrets").stat().st_mode) == 0o700
    assert call().returncode == 0
    assert {path.name: path.read_text() for path in (tmp_path / "secrets").iterdir()} == made
