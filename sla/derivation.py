"""When a promise is warned of, due and escalated, and what became of it. Pure.

All instants UTC, all lengths in open time of the calendar that the clock pins.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from handoff.calendars.derivation import Derivation, Gap, derive, joined
from handoff.calendars.sentences import sentence
from handoff.calendars.working_time import Schedule, deadline, elapsed
from sla.stages import CLOSINGS, EVIDENCE, Occurrence, Stage, Verdict

LATE_LOGGED: Final = timedelta(minutes=15)
"""Evidence recorded longer after it happened is flagged: shown, and not silently believed."""


@dataclass(frozen=True)
class Promise:
    """Seconds of open time: the target, the warning counted back from it, the escalation on."""

    target: int
    warn_before: int = 0
    escalate_after: int | None = None


class NeverStarted(ValueError):
    """What happened to a clock does not say when it began."""


@dataclass(frozen=True)
class Happening:
    """One thing that happened to a clock, in the order in which it was recorded (UTC).

    `schedule` is what counts from a start or a move on, `calendar_id` names it; `until` is when a
    pause ends by itself; `bulk` says of evidence that it was logged among many at once.
    """

    kind: str
    at: datetime
    recorded_at: datetime
    why: str = ""
    by_id: int | None = None
    calendar_id: int | None = None
    schedule: Schedule | None = None
    until: datetime | None = None
    bulk: bool = False


class Span(NamedTuple):
    """A time through which a clock is counted, by one schedule; without an end it still is."""

    schedule: Schedule
    start: datetime
    end: datetime | None = None

    def used(self, until: datetime | None = None) -> timedelta:
        ends = [end for end in (self.end, until) if end is not None]
        return elapsed(self.schedule, start=self.start, end=min(ends, default=self.start))


class Moments(NamedTuple):
    """The instants a clock lives by. Without a warning, `warn_at` equals `due_at`."""

    warn_at: datetime
    due_at: datetime
    escalate_at: datetime | None


def moments(schedule: Schedule, *, start: datetime, promise: Promise) -> Moments:
    """The instants of a promise that begins at `start`. Raises Unreachable past two years."""
    return moments_over((Span(schedule, start),), promise)


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


@dataclass(frozen=True)
class Standing:
    """How a clock stands by what happened to it: all that its row says, and how it is counted."""

    started_at: datetime
    moments: Moments
    verdict: Verdict
    spans: Sequence[Span]
    stopped_at: datetime | None = None
    paused_at: datetime | None = None
    paused_until: datetime | None = None
    calendar_id: int | None = None
    late_logged: bool = False
    bulk_logged: bool = False
    contested_at: datetime | None = None
    contested_by_id: int | None = None
    settled_at: datetime | None = None
    settled_by_id: int | None = None

    @property
    def used(self) -> timedelta:
        """Open time until it was stopped, or so far as its spans are closed."""
        spans = _until(self.spans, self.stopped_at)
        return sum((span.used() for span in spans), timedelta(0))

    def sentence(
        self,
        target: int,
        *,
        gaps: Sequence[Gap] = (),
        holidays: Mapping[date, str] | None = None,
    ) -> str:
        """How the deadline came about, or once it is stopped or paused, what was used by then.

        `gaps` are the pauses and moves in the reader's words.
        """
        ends = self.stopped_at or self.paused_at
        parts = _counted(self.spans, ends) if ends else _awaited(self.spans, target)
        return sentence(joined(parts), holidays=holidays, gaps=gaps)


def standing(
    promise: Promise, happened: Iterable[Happening], *, at: datetime, lease: bool = False
) -> Standing:
    """All of a clock from its terms, the schedules it pins and what happened to it, as of `at`.

    A lease is not kept or broken: it is met by a touch, and else ends with a rescue. Raises
    NeverStarted, and Unreachable for what lies past two years.
    """
    story = _Story()
    for each in happened:
        story.take(each)
    return story.told(promise, at, lease)


def after(spans: Sequence[Span], seconds: int) -> datetime:
    """When so many seconds of open time have been counted; beyond the last span as if it went on.

    Raises Unreachable past two years.
    """
    left = timedelta(seconds=seconds)
    for span in spans[:-1]:
        used = span.used()
        if left <= used:
            return deadline(span.schedule, start=span.start, target=left)
        left -= used
    return deadline(spans[-1].schedule, start=spans[-1].start, target=left)


def moments_over(spans: Sequence[Span], promise: Promise) -> Moments:
    """The instants of a promise that is counted through these spans."""
    late = promise.escalate_after
    return Moments(
        warn_at=after(spans, promise.target - promise.warn_before),
        due_at=after(spans, promise.target),
        escalate_at=after(spans, promise.target + late) if late else None,
    )


class _Story:
    """What happened so far, taken one thing after the other."""

    def __init__(self) -> None:
        self.spans: list[Span] = []
        self.schedule: Schedule | None = None
        self.calendar_id: int | None = None
        self.pause: Happening | None = None
        self.evidence: Happening | None = None
        self.closing: Happening | None = None
        self.contest: Happening | None = None
        self.settling: Happening | None = None
        self.bulk = self.waived = False

    def take(self, each: Happening) -> None:
        if each.kind in EVIDENCE:
            self.evidence, self.closing, self.bulk = each, None, each.bulk
        elif each.kind in CLOSINGS or each.kind == Occurrence.RESCUED:
            self.closing = each
        elif each.kind in {Occurrence.STARTED, Occurrence.MOVED}:
            self._count_by(each)
        elif each.kind == Occurrence.PAUSED:
            self.pause = each
            self._end_span(each.at)
        elif each.kind == Occurrence.RESUMED:
            self.pause = None
            self._begin_span(each.at)
        elif each.kind == Occurrence.CONTESTED:
            self.contest, self.settling = each, None
        elif each.kind in {Occurrence.WAIVED, Occurrence.KEPT}:
            self.settling, self.waived = each, each.kind == Occurrence.WAIVED
        elif each.kind == Occurrence.FLAGGED:
            self.bulk = True

    def told(self, promise: Promise, at: datetime, lease: bool) -> Standing:
        if not self.spans:
            raise NeverStarted("A clock has no event that began it.")
        instants = moments_over(self.spans, promise)
        ended = self.evidence if self.closing is None else self.closing
        pause = self.pause if ended is None else None
        evidence, contest, settling = self.evidence, self.contest, self.settling
        return Standing(
            started_at=self.spans[0].start,
            moments=instants,
            verdict=self._lease(ended) if lease else self._verdict(instants.due_at, ended, at),
            spans=tuple(self.spans),
            stopped_at=ended.at if ended else None,
            paused_at=pause.at if pause else None,
            paused_until=pause.until if pause else None,
            calendar_id=self.calendar_id,
            late_logged=evidence is not None and is_late(evidence.at, evidence.recorded_at),
            bulk_logged=self.bulk,
            contested_at=contest.at if contest else None,
            contested_by_id=contest.by_id if contest else None,
            settled_at=settling.at if settling else None,
            settled_by_id=settling.by_id if settling else None,
        )

    def _verdict(self, due_at: datetime, ended: Happening | None, at: datetime) -> Verdict:
        if ended is not None and ended.at <= due_at:
            return CLOSINGS.get(Occurrence(ended.kind), Verdict.MET)
        if ended is None and (self.pause is not None or due_at >= at):
            return Verdict.RUNNING
        return Verdict.WAIVED if self.waived else Verdict.BREACHED

    def _lease(self, ended: Happening | None) -> Verdict:
        if ended is None:
            return Verdict.RUNNING
        if ended.kind == Occurrence.RESCUED:
            return Verdict.BREACHED
        return CLOSINGS.get(Occurrence(ended.kind), Verdict.MET)

    def _count_by(self, each: Happening) -> None:
        """From here on by another schedule; what was counted before stays counted."""
        self.schedule, self.calendar_id = each.schedule, each.calendar_id
        if self.pause is None:
            self._end_span(each.at)
            self._begin_span(each.at)

    def _begin_span(self, start: datetime) -> None:
        if self.schedule is None:
            raise NeverStarted("A clock goes on that never began.")
        self.spans.append(Span(self.schedule, start))

    def _end_span(self, end: datetime) -> None:
        if self.spans and self.spans[-1].end is None:
            self.spans[-1] = self.spans[-1]._replace(end=end)


def is_late(happened: datetime, recorded: datetime) -> bool:
    """Whether evidence was recorded so long after it happened that it is flagged."""
    return recorded - happened > LATE_LOGGED


def _until(spans: Sequence[Span], end: datetime | None) -> list[Span]:
    """The spans as far as an instant; of one that starts there or later nothing is left."""
    if end is None:
        return list(spans)
    cut = [span._replace(end=min(span.end or end, end)) for span in spans if span.start < end]
    return cut or [spans[0]._replace(end=spans[0].start)]


def _counted(spans: Sequence[Span], end: datetime) -> list[Derivation]:
    return [derive(each.schedule, start=each.start, end=each.end) for each in _until(spans, end)]


def _awaited(spans: Sequence[Span], target: int) -> list[Derivation]:
    """Whole spans, then the one in which the target is reached."""
    parts: list[Derivation] = []
    left = timedelta(seconds=target)
    for span in spans:
        used = span.used()
        if span.end is None or left <= used:
            return [*parts, derive(span.schedule, start=span.start, target=left)]
        parts.append(derive(span.schedule, start=span.start, end=span.end))
        left -= used
    return parts
