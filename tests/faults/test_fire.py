"""The whole house under load while its processes are killed with -9, one after another."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.house import GIVEN, ROOT, RunningHouse, eventually, running_house
from tests.faults.load import Company
from tests.faults.test_launcher import PROGRAMS

pytestmark = pytest.mark.soak

VICTIMS = ("worker", "postgres", "clocks", "beat", "web", "postgres", "valkey", "worker", "clocks")
SECONDS_BETWEEN = 5.0


@pytest.fixture
def folder() -> Iterator[Path]:
    place = Path(tempfile.mkdtemp(prefix="handoff-fire-"))
    place.chmod(0o711)
    yield place / "data"
    shutil.rmtree(place)


def _command(house: RunningHouse, *words: str) -> subprocess.CompletedProcess[str]:
    """A management command beside the running launcher, whose servers it finds by itself."""
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=_beside(house),
        capture_output=True,
        text=True,
        check=False,
    )


def _beside(house: RunningHouse) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name not in GIVEN}
    return kept | {"HANDOFF_DATA_DIR": str(house.data_dir), "HANDOFF_PLAIN_STATIC": "1"}


def test_nothing_acknowledged_is_lost_under_fire(folder: Path) -> None:
    with running_house(folder) as house:
        company = Company.founded(f"http://127.0.0.1:{house.port}", _beside(house))
        threads = company.work()
        for victim in VICTIMS:
            time.sleep(SECONDS_BETWEEN)
            house.kill(PROGRAMS[victim])
        assert eventually(house.answers, within=60)
        time.sleep(SECONDS_BETWEEN)
        company.stopping.set()
        for thread in threads:
            thread.join(20)
        assert len(company.leads) > 50, company.answers
        assert len(company.claims) > 20, company.answers
        assert company.answers.get(500, 0) == 0, company.answers
        _everything_acknowledged_stands(company)
        assert eventually(lambda: _settled(house), within=150), _command(
            house, "audit_invariants"
        ).stdout
        assert house.stop() == 0
        assert house.processes() == {}


def _everything_acknowledged_stands(company: Company) -> None:
    for lead_id in company.leads:
        status, lead = company.ask("Mara", f"leads/{lead_id}/")
        assert (status, lead.get("id")) == (200, lead_id)
    for who, handoff_id in company.claims:
        status, handoff = company.ask(who, f"handoffs/{handoff_id}/")
        assert status == 200
        assert handoff["claimed_by"] == who
    for handoff_id in company.ended:
        assert company.ask("Sam", f"handoffs/{handoff_id}/")[1]["state"] == "won"


def _settled(house: RunningHouse) -> bool:
    audit = _command(house, "audit_invariants", "--json")
    return audit.returncode == 0 and not any(json.loads(audit.stdout).values())
