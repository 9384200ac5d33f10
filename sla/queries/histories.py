"""What happened to clocks, as the derivation takes it: rows in, plain values out."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from handoff.calendars.models import CalendarVersion
from sla.derivation import Happening, Promise, Standing, standing
from sla.models import ClauseKind, Clock, ClockEvent

Versions = Mapping[int, CalendarVersion]


def promise_of(clock: Clock) -> Promise:
    clause = clock.clause
    return Promise(clause.target, clause.warn_before, clause.escalate_after)


def versions_of(clocks: Iterable[Clock]) -> dict[int, CalendarVersion]:
    """Every calendar version that any of these clocks was ever counted by; one query at most."""
    known = {clock.calendar_id: clock.calendar for clock in clocks}
    named = {
        event.data["calendar"]
        for clock in clocks
        for event in clock.events.all()
        if "calendar" in event.data
    }
    missing = named - known.keys()
    return known | (CalendarVersion.objects.in_bulk(missing) if missing else {})


def history_of(clock: Clock, versions: Versions) -> list[Happening]:
    """In the order in which it was recorded; of rows that are read already where they are."""
    return [_happening(event, versions) for event in clock.events.all()]


def standing_of(
    clock: Clock,
    *,
    at: datetime,
    versions: Versions | None = None,
    more: Sequence[Happening] = (),
) -> Standing:
    """How a clock stands by its history, and by what is about to be added to it.

    Raises NeverStarted and Unreachable.
    """
    known = versions_of([clock]) if versions is None else versions
    lease = clock.kind == ClauseKind.LEASE
    happened = (*history_of(clock, known), *more)
    return standing(promise_of(clock), happened, at=at, lease=lease)


def _happening(event: ClockEvent, versions: Versions) -> Happening:
    version = versions.get(event.data["calendar"]) if "calendar" in event.data else None
    until = event.data.get("until")
    return Happening(
        kind=event.kind,
        at=event.at,
        recorded_at=event.recorded_at,
        why=event.why,
        by_id=event.by_id,
        calendar_id=version.pk if version else None,
        schedule=version.schedule() if version else None,
        until=datetime.fromisoformat(until) if until else None,
        bulk=bool(event.data.get("bulk")),
    )
