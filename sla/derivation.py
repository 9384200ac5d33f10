"""When a promise is warned of, due and escalated, and what became of it. Pure.

All instants UTC, all lengths in open time of the calendar that the clock pins.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from handoff.calendars.derivation import derive
from handoff.calendars.sentences import sentence
from handoff.calendars.working_time import Schedule, deadline, elapsed
from sla.stages import Stage, Verdict


@dataclass(frozen=True)
class Promise:
    """Seconds of open time: the target, the warning counted back from it, the escalation on."""

    target: int
    warn_before: int = 0
    escalate_after: int | None = None


class Moments(NamedTuple):
    """The instants a clock lives by. Without a warning, `warn_at` equals `due_at`."""

    warn_at: datetime
    due_at: datetime
    escalate_at: datetime | None


def moments(schedule: Schedule, *, start: datetime, promise: Promise) -> Moments:
    """The instants of a promise that begins at `start`. Raises Unreachable past two years."""

    def after(seconds: int) -> datetime:
        return deadline(schedule, start=start, target=timedelta(seconds=seconds))

    late = promise.escalate_after
    return Moments(
        warn_at=after(promise.target - promise.warn_before),
        due_at=after(promise.target),
        escalate_at=after(promise.target + late) if late else None,
    )


def timetable(of: Moments) -> list[tuple[Stage, datetime]]:
    """The stages ahead of a clock that nobody stops, in order."""
    stages = [(Stage.WARNED, of.warn_at)] if of.warn_at < of.due_at else []
    stages.append((Stage.BREACHED, of.due_at))
    if of.escalate_at is not None:
        stages.append((Stage.ESCALATED, of.escalate_at))
    return stages


def next_moment(of: Moments, *, upto: datetime) -> datetime | None:
    """When the sweep must look again, everything before `upto` being done."""
    return next((due_at for _, due_at in timetable(of) if due_at >= upto), None)


def verdict(*, due_at: datetime, evidence_at: datetime | None, at: datetime) -> Verdict:
    """Met by evidence at or before the deadline, else breached once it has passed."""
    if evidence_at is not None and evidence_at <= due_at:
        return Verdict.MET
    return Verdict.BREACHED if due_at < at else Verdict.RUNNING


def due_sentence(
    schedule: Schedule,
    *,
    start: datetime,
    target: int,
    holidays: Mapping[date, str] | None = None,
) -> str:
    """How the deadline came about: "Fri 17:42→18:00 = 18 min; Sat, Sun closed: due Mon 09:42"."""
    derivation = derive(schedule, start=start, target=timedelta(seconds=target))
    return sentence(derivation, holidays=holidays)


def used_sentence(
    schedule: Schedule,
    *,
    start: datetime,
    end: datetime,
    holidays: Mapping[date, str] | None = None,
) -> str:
    """How the open time between a start and its end adds up."""
    return sentence(derive(schedule, start=start, end=end), holidays=holidays)


def used(schedule: Schedule, *, start: datetime, end: datetime) -> timedelta:
    """Open time between a start and an end."""
    return elapsed(schedule, start=start, end=end)
