"""The launcher under harm: processes killed, a port taken, a second start, its own sudden death."""

import shutil
import signal
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.house import RunningHouse, eventually, free_port, running_house

pytestmark = pytest.mark.skipif(
    not Path("/proc/self/environ").exists(), reason="finds processes by /proc"
)

PROGRAMS = {
    "web": r"uvicorn handoff\.asgi",
    "worker": r"celery -A handoff worker",
    "beat": r"celery -A handoff beat",
    "clocks": r"manage\.py keep_clocks",
    "postgres": r"bin/postgres -D",
    "valkey": r"valkey-server",
}


@pytest.fixture
def folder() -> Iterator[Path]:
    """Open to the account that Postgres has under root, unlike pytest's own."""
    place = Path(tempfile.mkdtemp(prefix="handoff-house-"))
    place.chmod(0o711)
    yield place / "data"
    shutil.rmtree(place)


def test_a_killed_worker_is_started_again_and_ctrl_c_leaves_nothing(folder: Path) -> None:
    with running_house(folder) as house:
        assert (folder / "secret-key").stat().st_mode & 0o777 == 0o600
        house.kill(PROGRAMS["worker"])
        assert house.said("worker ended by signal 9; started again", within=10)
        assert house.answers()
        assert house.stop() == 0
        assert house.processes() == {}


def test_a_taken_port_is_said_at_once(folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        house = RunningHouse(folder, port=port)
        assert house.launcher.wait(15) == 1
    said = house.screen.read_text()
    assert f"Port {port} is taken by another program" in said
    assert "Starting" not in said


@pytest.mark.soak
@pytest.mark.parametrize("name", PROGRAMS)
def test_any_process_may_be_killed(folder: Path, name: str) -> None:
    with running_house(folder) as house:
        for _ in range(2):
            house.kill(PROGRAMS[name])
            assert eventually(house.answers, within=30)
        assert house.said(f"{name} ended by signal 9; started again", within=30)
        assert house.stop() == 0
        assert house.processes() == {}


@pytest.mark.soak
def test_everything_ends_with_a_launcher_that_is_killed(folder: Path) -> None:
    with running_house(folder) as house:
        assert len(house.processes()) > len(PROGRAMS)
        house.stop(signal.SIGKILL)
        assert eventually(lambda: not house.processes(), within=15), house.processes()
        key = (folder / "secret-key").read_text()
    with running_house(folder) as house:
        assert (folder / "secret-key").read_text() == key
        assert house.stop(signal.SIGTERM) == 0


@pytest.mark.soak
def test_a_folder_is_used_by_one_launcher_at_a_time(folder: Path) -> None:
    with running_house(folder):
        second = RunningHouse(folder, port=free_port())
        assert second.launcher.wait(15) == 1
        assert "already runs with the data in" in second.screen.read_text()
