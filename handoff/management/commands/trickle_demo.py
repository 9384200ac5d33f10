"""`manage.py trickle_demo`: while it runs, a new lead comes in every half a minute or so.

SIGTERM and SIGINT end it after the turn at hand; a database that goes away is waited for.
"""

import random
import signal
import threading
from argparse import ArgumentParser
from typing import Any

import structlog
from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, connection
from django.utils import timezone, translation

from handoff.demo.trickle import Stream
from leads.refusals import Refusal

log = structlog.get_logger(__name__)


class Command(BaseCommand):
    help = "Let new leads trickle into the demo until it is stopped."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--shortest", type=float, default=20.0, help="seconds between turns")
        parser.add_argument("--longest", type=float, default=40.0, help="seconds between turns")
        parser.add_argument("--turns", type=int, default=0, help="end after so many; 0 for never")

    def handle(self, *args: Any, **options: Any) -> None:
        stopping = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stopping.set())
        pauses = random.Random()  # noqa: S311  no secret hangs on it
        stream: Stream | None = None
        done = 0
        while not stopping.wait(pauses.uniform(options["shortest"], options["longest"])):
            stream = _turn(stream)
            done += 1
            if done == options["turns"]:
                break


def _turn(stream: Stream | None) -> Stream | None:
    """One turn; whatever fails is said and forgotten, and the stream is opened anew."""
    now = timezone.now()
    try:
        stream = stream or Stream.opened(now)
        if stream is None:
            log.info("trickle_waits", why="this house has no demo in it")
            return None
        with translation.override("pt-br"):
            log.info("trickle", what=stream.turn(at=now))
    except (DatabaseError, InterfaceError, Refusal) as error:
        log.warning("trickle_failed", error=repr(error))
        connection.close()
        return None
    return stream
