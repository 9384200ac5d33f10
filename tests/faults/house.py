"""A whole house under its launcher, in a folder and on a port of its own, to do harm to."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from handoff.launcher.pulse import is_well

ROOT = Path(__file__).resolve().parents[2]
GIVEN = {"DATABASE_URL", "REDIS_URL", "SECRET_KEY", "SITE_URL", "ALLOWED_HOSTS"}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def eventually(question: Callable[[], object], *, within: float) -> bool:
    """Whether the answer becomes true within so many seconds."""
    give_up = time.monotonic() + within
    while not question():
        if time.monotonic() > give_up:
            return False
        time.sleep(0.1)
    return True


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").glob("[0-9]*")]


def _facts(pid: int) -> tuple[int, str] | None:
    """Parent and birth of a process; none where it is dead, if only waiting to be noticed."""
    try:
        words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if words[0] in "ZX" else (int(words[1]), words[19])


def _command(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""


class RunningHouse:
    """One launcher, and what it has said so far."""

    def __init__(self, data_dir: Path, *, port: int, options: tuple[str, ...] = ()) -> None:
        self.data_dir = data_dir
        self.port = port
        self.seen: dict[int, str] = {}
        self.screen = data_dir.with_suffix(".screen")
        given = {name: value for name, value in os.environ.items() if name not in GIVEN}
        with self.screen.open("wb") as screen:
            self.launcher = subprocess.Popen(
                [sys.executable, "manage.py", "up", "--port", str(port), *options],
                cwd=ROOT,
                env=given | {"HANDOFF_DATA_DIR": str(data_dir), "HANDOFF_PLAIN_STATIC": "1"},
                stdin=subprocess.DEVNULL,
                stdout=screen,
                stderr=screen,
                start_new_session=True,
            )

    def said(self, text: str, *, within: float = 60) -> bool:
        return eventually(lambda: text in self.screen.read_text(), within=within)

    def answers(self) -> bool:
        return is_well(f"http://127.0.0.1:{self.port}/healthz/live")

    def processes(self) -> dict[int, str]:
        """Everything alive that this launcher or a child of its ever started, as seen so far."""
        alive = {pid: facts for pid in _pids() if (facts := _facts(pid))}
        ours = {self.launcher.pid}
        grown = True
        while grown:
            young = {pid for pid, (parent, _) in alive.items() if parent in ours} - ours
            ours |= young
            grown = bool(young)
        self.seen |= {pid: alive[pid][1] for pid in ours if pid in alive}
        running = {
            pid: born for pid, born in self.seen.items() if alive.get(pid, (0, ""))[1] == born
        }
        return {pid: _command(pid) for pid in running if pid != self.launcher.pid}

    def pid_of(self, pattern: str) -> int:
        """The launcher's own child with such a command; 0 where there is none at the moment."""
        for pid, command in self.processes().items():
            facts = _facts(pid)
            if facts and facts[0] == self.launcher.pid and re.search(pattern, command):
                return pid
        return 0

    def kill(self, pattern: str) -> None:
        """With -9, once it is there (again)."""
        assert eventually(lambda: self.pid_of(pattern), within=20)
        victim = self.pid_of(pattern)
        os.kill(victim, signal.SIGKILL)
        assert eventually(lambda: victim not in self.processes(), within=5)

    def stop(self, number: signal.Signals = signal.SIGINT, *, within: float = 15) -> int:
        self.processes()
        self.launcher.send_signal(number)
        return self.launcher.wait(within)


@contextmanager
def running_house(data_dir: Path, *options: str) -> Iterator[RunningHouse]:
    """Up and answering; ended with force if the test did not end it."""
    house = RunningHouse(data_dir, port=free_port(), options=options)
    try:
        assert house.said("Handoff is at", within=120), house.screen.read_text()
        yield house
    finally:
        if house.launcher.poll() is None:
            with suppress(subprocess.TimeoutExpired):
                house.stop()
        for pid in (house.launcher.pid, *house.processes()):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        house.launcher.wait()
