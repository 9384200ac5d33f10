"""The fast hand: asks a Celery worker to look now, from a thread of its own.

A nudge says "there is work" and no more; the work itself is a row. Many nudges become one, none
is ever waited for, and one that is lost costs the seconds until the next beat.
"""

import threading
import time
from collections.abc import Callable
from typing import Final

import structlog
from celery import current_app

SILENCE: Final = 5.0
APART: Final = 0.2
EXPIRES: Final = 30
log = structlog.get_logger(__name__)


def ask_celery(task: str) -> None:
    """Queue a task by name. Blocks up to the broker's time-outs and raises where it is away."""
    current_app.send_task(task, retry=False, ignore_result=True, expires=EXPIRES)


class Nudger:
    """Nudging returns at once; after a failure the broker is left alone for five seconds."""

    def __init__(self, ask: Callable[[str], object] = ask_celery) -> None:
        self.ask = ask
        self.silent_until = 0.0
        self._wanted: set[str] = set()
        self._lock = threading.Lock()
        self._called = threading.Event()
        self._thread: threading.Thread | None = None

    def nudge(self, task: str) -> None:
        if time.monotonic() < self.silent_until:
            return
        with self._lock:
            self._wanted.add(task)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="nudger", daemon=True)
                self._thread.start()
        self._called.set()

    def _run(self) -> None:
        while True:
            self._called.wait()
            self._called.clear()
            with self._lock:
                wanted, self._wanted = self._wanted, set()
            for task in sorted(wanted):
                self._try(task)
            time.sleep(APART)

    def _try(self, task: str) -> None:
        if time.monotonic() < self.silent_until:
            return
        try:
            self.ask(task)
        except Exception as error:  # noqa: BLE001  whatever ails the broker, the beat comes anyway
            self.silent_until = time.monotonic() + SILENCE
            log.warning("broker_away", error=repr(error))


nudger: Final = Nudger()
