"""docker-compose.yml runs what the launcher runs, and every service says how it is."""

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
import yaml

from handoff.launcher.processes import MIGRATE, PROCESSES

ROOT = Path(__file__).resolve().parents[2]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name for name, service in SERVICES.items() if service.get("image") == "handoff"}


def filled(command: str) -> list[str]:
    return shlex.split(command.format(host="0.0.0.0", port=8000, data="/data"))


def test_every_process_of_the_launcher_is_a_service_and_no_other() -> None:
    assert set(SERVICES) == {"postgres", "redis", "migrate", *PROCESSES}


@pytest.mark.parametrize("name", PROCESSES)
def test_a_service_runs_the_launchers_command(name: str) -> None:
    assert shlex.split(SERVICES[name]["command"]) == filled(PROCESSES[name])


def test_the_tables_are_made_by_the_launchers_command() -> None:
    assert shlex.split(SERVICES["migrate"]["command"]) == filled(MIGRATE)
    waiting = {name for name in OURS if "migrate" in SERVICES[name]["depends_on"]}
    assert waiting == set(PROCESSES)


def test_the_image_runs_the_web_by_itself() -> None:
    line = (ROOT / "Dockerfile").read_text().strip().split("\n")[-1]
    assert json.loads(line.removeprefix("CMD ")) == filled(PROCESSES["web"])


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"migrate"}))
def test_every_service_has_a_health_check(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]


@pytest.mark.parametrize("name", sorted(OURS))
def test_a_service_gets_its_secrets_from_outside(name: str) -> None:
    environment = SERVICES[name]["environment"]
    assert environment["SECRET_KEY"].startswith("${SECRET_KEY:?")
    assert "${POSTGRES_PASSWORD:?" in environment["DATABASE_URL"]
