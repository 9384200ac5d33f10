"""Keeps processes running: one that dies is started again, after a pause that grows."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from django.utils.translation import gettext as _

from handoff.embedded import EmbeddedError
from handoff.launcher.screen import say
from handoff.spawn import end, sweep, wait

STEADY = 30.0  # seconds after which a process counts as well again
LONGEST_PAUSE = 30.0
LARGEST_LOG = 20 * 1024 * 1024  # bytes; one older log is kept beside it


class Unit(Protocol):
    """Something that runs in a process of its own."""

    name: str
    process: "subprocess.Popen[bytes]"

    def start(self) -> None: ...
    def stop(self) -> None: ...


@dataclass
class Program:
    """A unit that is nothing but a command."""

    name: str
    launch: Callable[[], "subprocess.Popen[bytes]"]
    process: "subprocess.Popen[bytes]" = field(init=False)

    def start(self) -> None:
        self.process = self.launch()

    def ask_to_end(self) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        """Whatever did not end when asked."""
        end(self.process)


@dataclass
class Watched:
    """A unit and how it fared."""

    unit: Unit
    log: Path
    started: float
    failures: int = 0
    ending: str = ""
    again_at: float | None = None

    def look(self, now: float) -> None:
        if self.again_at is None:
            if self.unit.process.poll() is not None:
                self._note_death(now)
            elif now - self.started > STEADY:
                self.failures = 0
        if self.again_at is not None and now >= self.again_at:
            self._start_again(now)

    def _note_death(self, now: float) -> None:
        sweep(self.unit.process)
        self.ending = how_it_ended(self.unit.name, self.unit.process.returncode)
        pause = min(2.0 ** (self.failures - 1), LONGEST_PAUSE) if self.failures else 0.0
        self.failures += 1
        self.again_at = now + pause
        if pause:
            say(
                _("%(ending)s; next try in %(seconds)d s, its log is %(log)s")
                % {"ending": self.ending, "seconds": pause, "log": self.log}
            )

    def _start_again(self, now: float) -> None:
        try:
            self.unit.start()
        except EmbeddedError as problem:
            self.failures += 1
            self.again_at = now + min(2.0**self.failures, LONGEST_PAUSE)
            say(str(problem))
            return
        self.started, self.again_at = now, None
        say(_("%(ending)s; started again") % {"ending": self.ending})


def how_it_ended(name: str, code: int) -> str:
    if code < 0:
        return _("%(name)s ended by signal %(number)d") % {"name": name, "number": -code}
    return _("%(name)s ended with code %(number)d") % {"name": name, "number": code}


class Supervisor:
    """Starts units in order and stops them in the opposite one."""

    def __init__(self, logs: Path) -> None:
        self.logs = logs
        self.watched: list[Watched] = []
        self.stopping = False

    def start(self, unit: Unit) -> None:
        unit.start()
        self.keep(unit)

    def keep(self, unit: Unit) -> None:
        """Watch a unit that runs already."""
        log = self.logs / f"{unit.name}.log"
        self.watched.append(Watched(unit, log, started=time.monotonic()))

    def run(self) -> None:
        """Watch until `stopping` is set by a signal."""
        tidied = time.monotonic()
        while not self.stopping:
            now = time.monotonic()
            for watched in self.watched:
                watched.look(now)
            if now - tidied > 60:
                tidied = now
                self.shorten_logs()
            time.sleep(0.2)

    def stop(self) -> None:
        """Programs all at once, then the servers that they used."""
        programs = [w.unit for w in self.watched if isinstance(w.unit, Program)]
        servers = [w.unit for w in self.watched if not isinstance(w.unit, Program)]
        for program in programs:
            program.ask_to_end()
        give_up = time.monotonic() + 4
        for program in programs:
            wait(program.process, max(0.0, give_up - time.monotonic()))
        for unit in (*programs, *reversed(servers)):
            unit.stop()

    def shorten_logs(self) -> None:
        """Processes append, so a log can be emptied under them."""
        for watched in self.watched:
            if watched.log.exists() and watched.log.stat().st_size > LARGEST_LOG:
                shutil.copyfile(watched.log, watched.log.with_suffix(".log.1"))
                os.truncate(watched.log, 0)
