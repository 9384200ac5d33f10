"""`manage.py keep_clocks`: every due step in plain loops that need no Redis.

Each loop has a thread and a connection of its own, so that a mail server that hangs delays no
clock. A database that goes away is waited for. SIGTERM and SIGINT end it after the step at hand.
"""

import signal
import threading
from collections.abc import Mapping
from typing import Any, Final

import structlog
from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, connection

from handoff.journal import outbox as journal
from handoff.journal.loops import Step, turn
from handoff.notices import outbox as notices
from leads.actions.imports import import_next
from leads.actions.scoring import rescore_next
from sla.actions import clocks, moving

PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 10.0
PATIENCE: Final = 5.0
LOOPS: Final[Mapping[str, Step]] = {
    "clocks": clocks.fire_some,
    "relay": journal.fire_next,
    "notices": notices.fire_next,
    "imports": import_next,
    "scores": rescore_next,
    "moves": moving.move_next,
}
log = structlog.get_logger(__name__)


class Loop:
    """One step, again and again, with a longer pause after each failure in a row."""

    def __init__(self, name: str, step: Step, stopping: threading.Event) -> None:
        self.name, self.step, self.stopping = name, step, stopping
        self.pause = PAUSE

    def run(self) -> None:
        while not self.stopping.is_set():
            self._once()
            self.stopping.wait(self.pause)
        connection.close()

    def _once(self) -> None:
        try:
            turn(self.name, self.step, stopped=self.stopping.is_set)
        except Exception as error:
            if self.pause == PAUSE:
                known = isinstance(error, DatabaseError | InterfaceError)
                log.warning("loop_waits", loop=self.name, error=repr(error), exc_info=not known)
            self.pause = min(self.pause * 2, LONGEST_PAUSE)
            connection.close()
        else:
            if self.pause > PAUSE:
                log.info("loop_goes_on", loop=self.name)
            self.pause = PAUSE


class Command(BaseCommand):
    help = "Sweeps clocks, tells the news and brings in files, without Celery or Redis."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        loops = [Loop(name, step, stopping) for name, step in LOOPS.items()]
        threads = [threading.Thread(target=loop.run, name=loop.name, daemon=True) for loop in loops]
        for thread in threads:
            thread.start()
        log.info("keeping_clocks", loops=list(LOOPS))
        while not stopping.wait(1.0):
            if not all(thread.is_alive() for thread in threads):
                raise SystemExit("A loop has ended; the launcher starts all of them anew.")
        for thread in threads:
            thread.join(PATIENCE)
