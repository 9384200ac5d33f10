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


class RunningHouse:
    """One launcher, and what it has said so far."""

    def __init__(self, data_dir: Path, *, port: int, options: tuple[str, ...] = ()) -> None:
        self.data_dir = data_dir
        self.port = port
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
        """Everything alive that works with this folder or was started by this launcher."""
        found = {}
        for entry in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                surroundings = (entry / "environ").read_bytes().decode(errors="replace")
                ours = f"HANDOFF_DATA_DIR={self.data_dir}\0" in surroundings
                if command and int(entry.name) != self.launcher.pid and ours:
                    found[int(entry.name)] = command
        return found

    def pid_of(self, pattern: str) -> int:
        """The first process of a command: children are younger and have higher numbers."""
        return min(pid for pid, command in self.processes().items() if re.search(pattern, command))

    def kill(self, pattern: str) -> None:
        victim = self.pid_of(pattern)
        os.kill(victim, signal.SIGKILL)
        assert eventually(lambda: victim not in self.processes(), within=5)

    def stop(self, number: signal.Signals = signal.SIGINT, *, within: float = 15) -> int:
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
            house.launcher.kill()
            house.launcher.wait()
        for pid in house.processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
