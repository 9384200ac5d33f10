"""Every clock derived again from its terms, its calendar versions and its events, and compared.

Clocks are read in chunks, so that a house with a million of them needs no more memory than one
with a thousand.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Prefetch

from handoff.calendars.models import CalendarVersion
from handoff.calendars.working_time import Unreachable
from sla.derivation import Moments, NeverStarted, Standing, timetable
from sla.models import ClauseKind, Clock, ClockEvent, Escalation, Stage, Verdict
from sla.queries.histories import Versions, standing_of

CHUNK: Final = 2_000
FIELDS: Final = (
    *("verdict", "started_at", "stopped_at", "paused_at", "paused_until", "calendar_id"),
    *(
        "late_logged",
        "bulk_logged",
        "contested_at",
        "contested_by_id",
        "settled_at",
        "settled_by_id",
    ),
)
MOMENTS: Final = Moments._fields


@dataclass(frozen=True)
class Difference:
    """One thing that a row says otherwise than its derivation; `what` names a column or a stage."""

    clock_id: int
    kind: str
    what: str
    said: Any
    derived: Any

    def __str__(self) -> str:
        return (
            f"clock {self.clock_id} ({self.kind}): {self.what} is {_word(self.said)}, "
            f"derived {_word(self.derived)}"
        )


@dataclass
class Verification:
    """What was looked at, and what differs; of many differences the first ones in full."""

    clocks: int = 0
    events: int = 0
    stages: int = 0
    wrong: int = 0
    by_what: Counter[str] = field(default_factory=Counter)
    first: list[Difference] = field(default_factory=list)

    def add(self, clock: Clock, found: list[Difference], most: int) -> None:
        self.clocks += 1
        self.events += len(clock.events.all())
        self.stages += len(clock.escalations.all())
        self.wrong += bool(found)
        self.by_what.update(each.what for each in found)
        self.first += found[: most - len(self.first)]


def verify(*, at: datetime, most: int = 20) -> Verification:
    """All clocks against their derivation as of `at`; `most` differences are told in full."""
    seen, versions = Verification(), _Versions()
    rows = Clock.objects.select_related("clause").prefetch_related(
        Prefetch("events", ClockEvent.objects.order_by("id")),
        Prefetch("escalations", Escalation.objects.order_by("id")),
    )
    for clock in rows.order_by("pk").iterator(chunk_size=CHUNK):
        seen.add(clock, list(differences(clock, versions, at=at)), most)
    return seen


class _Versions(dict[int, CalendarVersion]):
    """Calendar versions by id, each read once; one that is not there is missing."""

    def get(self, key: int, default: Any = None) -> Any:
        if key not in self:
            found = CalendarVersion.objects.filter(pk=key).first()
            if found is None:
                return default
            self[key] = found
        return self[key]


def differences(clock: Clock, versions: Versions, *, at: datetime) -> Iterator[Difference]:
    """Whatever a clock's row and its stages say otherwise than what happened to it does."""
    try:
        stands = standing_of(clock, at=_seen_until(clock, at), versions=versions)
    except (NeverStarted, Unreachable) as error:
        yield Difference(clock.pk, clock.kind, "events", "a row", str(error))
        return
    for what, said, derived in (*_of_row(clock, stands), *_of_stages(clock, stands)):
        yield Difference(clock.pk, clock.kind, what, said, derived)


def _of_row(clock: Clock, stands: Standing) -> Iterator[tuple[str, Any, Any]]:
    """Column, what it says, and what is derived, where they differ."""
    pairs = [(name, getattr(clock, name), getattr(stands, name)) for name in FIELDS]
    pairs += [(name, getattr(clock, name), getattr(stands.moments, name)) for name in MOMENTS]
    yield from (pair for pair in pairs if pair[1] != pair[2])
    coming = _next_moments(clock, stands)
    if clock.next_at not in coming:
        yield "next_at", clock.next_at, coming[0]


def _of_stages(clock: Clock, stands: Standing) -> Iterator[tuple[str, Any, Any]]:
    recorded = {stage.stage: stage.due_at for stage in clock.escalations.all()}
    for stage, moment, needed in _stages(clock, stands):
        said = recorded.pop(stage, None)
        if said != moment and (needed or said is not None):
            yield f"stage {stage}", said, moment
    for name, said in recorded.items():
        yield f"stage {name}", said, None


def _seen_until(clock: Clock, at: datetime) -> datetime:
    """A clock that is due for the sweep stands as it did before that moment."""
    return min(at, clock.next_at) if clock.next_at is not None else at


def _next_moments(clock: Clock, stands: Standing) -> list[datetime | None]:
    """When the sweep may look again: a moment of the timetable, or never where nothing is left."""
    if stands.stopped_at is not None or stands.verdict == Verdict.WAIVED:
        return [None]
    if stands.paused_at is not None:
        return [stands.paused_until]
    if clock.kind == ClauseKind.LEASE:
        # a rescue that failed is tried again a little later
        late = clock.next_at is not None and clock.next_at > stands.moments.due_at
        return [clock.next_at if late else stands.moments.due_at]
    coming: list[datetime | None] = [moment for _, moment in timetable(stands.moments)]
    return coming if stands.verdict == Verdict.RUNNING else [*coming, None]


def _stages(clock: Clock, stands: Standing) -> Iterator[tuple[Stage, datetime, bool]]:
    """Each stage that the clock may have passed, its moment, and whether it must be on record."""
    if clock.kind == ClauseKind.LEASE:
        if stands.verdict == Verdict.BREACHED and stands.stopped_at is not None:
            yield Stage.RESCUED, min(stands.moments.due_at, stands.stopped_at), True
        return
    ended = [each for each in (stands.stopped_at, stands.paused_at, clock.next_at) if each]
    if stands.verdict == Verdict.WAIVED and stands.stopped_at is None:
        ended = [stands.moments.due_at + timedelta(microseconds=1)]
    for stage, moment in timetable(stands.moments):
        yield stage, moment, not ended or moment < min(ended)


def _word(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
