"""A process that dies is started again at once, one that keeps dying ever later."""

import subprocess
import sys
from pathlib import Path

import pytest

from handoff.launcher.supervision import STEADY, Program, Supervisor, Watched


class Falling:
    """A unit whose process ends by itself, each time."""

    name = "worker"

    def __init__(self) -> None:
        self.starts = 0
        self.start()

    def start(self) -> None:
        self.starts += 1
        self.process: subprocess.Popen[bytes] = subprocess.Popen(
            [sys.executable, "-c", "raise SystemExit(3)"], start_new_session=True
        )
        self.process.wait()

    def stop(self) -> None: ...


@pytest.fixture
def falling(tmp_path: Path) -> Watched:
    return Watched(Falling(), tmp_path / "worker.log", started=0.0)


def starts(watched: Watched) -> int:
    unit = watched.unit
    assert isinstance(unit, Falling)
    return unit.starts


def test_the_first_death_is_mended_at_once(
    falling: Watched, capsys: pytest.CaptureFixture[str]
) -> None:
    falling.look(1.0)
    assert starts(falling) == 2
    assert capsys.readouterr().out == "worker ended with code 3; started again\n"


def test_later_deaths_wait_longer_and_longer(
    falling: Watched, capsys: pytest.CaptureFixture[str]
) -> None:
    falling.look(1.0)
    falling.look(1.1)
    assert starts(falling) == 2
    assert "worker ended with code 3; next try in 1 s, its log is" in capsys.readouterr().out
    falling.look(2.2)
    assert starts(falling) == 3
    falling.look(2.3)
    falling.look(4.2)
    assert starts(falling) == 3
    falling.look(4.4)
    assert starts(falling) == 4


def test_a_steady_process_is_forgiven(tmp_path: Path) -> None:
    sleeper = Program(
        "web",
        lambda: subprocess.Popen(["sleep", "60"], start_new_session=True, stdin=subprocess.DEVNULL),
    )
    supervisor = Supervisor(tmp_path)
    supervisor.start(sleeper)
    watched = supervisor.watched[0]
    watched.failures = 5
    watched.look(watched.started + STEADY + 1)
    assert watched.failures == 0
    supervisor.stop()
    assert sleeper.process.returncode is not None


def test_a_large_log_is_emptied_and_kept_once(
    tmp_path: Path, falling: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handoff.launcher.supervision.LARGEST_LOG", 10)
    falling.log.write_text("more than ten bytes")
    supervisor = Supervisor(tmp_path)
    supervisor.watched.append(falling)
    supervisor.shorten_logs()
    assert falling.log.read_text() == ""
    assert (tmp_path / "worker.log.1").read_text() == "more than ten bytes"
