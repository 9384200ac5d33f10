"""The dumb loop around a step, bounded in time, and the mark it leaves for health."""

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final, Protocol

from django.utils import timezone

from handoff.journal.models import Heartbeat

BEATS_APART: Final = timedelta(seconds=5)


class Step(Protocol):
    """Does one piece of due work. True (or how many): there may be more."""

    def __call__(self, *, at: datetime) -> int: ...


def turn(
    name: str,
    step: Step,
    *,
    seconds: float = 20.0,
    stopped: Callable[[], bool] = lambda: False,
) -> int:
    """Repeat a step until nothing is due, for at most so many seconds; returns how often."""
    rounds, until = 0, time.monotonic() + seconds
    while True:
        at = timezone.now()
        beat(name, at=at)
        if stopped() or time.monotonic() > until or not step(at=at):
            return rounds
        rounds += 1


def beat(name: str, *, at: datetime) -> None:
    """Say that the loop came round; written at most every five seconds."""
    seen = Heartbeat.objects.filter(name=name).values_list("beat_at", flat=True).first()
    if seen is None or not at - BEATS_APART < seen <= at:
        Heartbeat.objects.update_or_create(name=name, defaults={"beat_at": at})
