"""The figures of the reports once more, row by row and in plain Python: the slow way round."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from feedback.reports.attainment import Kept
from feedback.reports.cut import Cut
from handoff.calendars.working_time import elapsed
from leads.models import Handoff
from sla.delays import Delays, split
from sla.models import ClauseKind, Clock, Verdict
from sla.queries.delays import journey_of


@dataclass
class Journey:
    """A handoff of the cohort, with all that is counted of it."""

    row: Handoff
    clocks: list[Clock]
    is_first: bool
    response: float | None = None
    speed: float | None = None


def cohort(cut: Cut) -> list[Journey]:
    clocks: dict[int, list[Clock]] = {}
    for clock in Clock.objects.select_related("calendar", "team").order_by("pk"):
        clocks.setdefault(clock.handoff_id, []).append(clock)
    first: dict[int, Handoff] = {}
    found = []
    for row in Handoff.objects.select_related("lead", "team").order_by("offered_at", "pk"):
        is_first = first.setdefault(row.lead_id, row) == row
        if _within(row, cut):
            found.append(_measured(Journey(row, clocks.get(row.pk, []), is_first)))
    return found


def _within(row: Handoff, cut: Cut) -> bool:
    mine = cut.everywhere or row.team_id in cut.sales or row.lead.team_id in cut.marketing
    return mine and not row.imported and cut.period.start <= row.offered_at < cut.period.end


def _measured(journey: Journey) -> Journey:
    """Business seconds from claim to first attempt, and wall clock from the first touch."""
    row, tried_at = journey.row, journey.row.first_attempt_at
    if tried_at is not None:
        counted = [one for one in journey.clocks if one.kind == ClauseKind.FIRST_ATTEMPT]
        if row.claimed_at and counted:
            schedule = counted[-1].calendar.schedule()
            length = elapsed(schedule, start=row.claimed_at, end=tried_at)
            journey.response = length.total_seconds()
        if journey.is_first:
            journey.speed = max((tried_at - row.lead.inbound_at).total_seconds(), 0.0)
    return journey


def kept(cut: Cut) -> dict[tuple[str, str], Kept]:
    found: dict[tuple[str, str], Kept] = {}
    for journey in cohort(cut):
        for clock in journey.clocks:
            if clock.kind != ClauseKind.LEASE:
                key = (clock.kind, clock.team.name)
                found[key] = found.get(key, Kept()) + _outcome(clock, cut.at)
    return found


def _outcome(clock: Clock, at: datetime) -> Kept:
    if clock.verdict in {Verdict.CANCELLED, Verdict.SUPERSEDED}:
        return Kept(cancelled=1)
    flags = {"late_logged": int(clock.late_logged), "bulk_logged": int(clock.bulk_logged)}
    if clock.verdict == Verdict.WAIVED:
        return Kept(waived=1, **flags)
    if clock.paused_at is not None:
        return Kept(running=1)
    end = clock.stopped_at or at
    if clock.verdict == Verdict.BREACHED or end > clock.due_at:
        return Kept(breached=1, **flags)
    return Kept(met=1, **flags) if clock.stopped_at else Kept(running=1)


def is_breached(clock: Clock, at: datetime) -> bool:
    return _outcome(clock, at).breached == 1


def by_hour(instants: Iterable[datetime], cut: Cut) -> Counter[tuple[int, int]]:
    """How many lie in each weekday (1 is Monday) and hour."""
    local = [instant.astimezone(cut.period.zone) for instant in instants]
    return Counter((instant.isoweekday(), instant.hour) for instant in local)


def bands(seconds: Sequence[float]) -> tuple[int, ...]:
    counted = Counter(
        0 if each <= 300 else 1 if each <= 900 else 2 if each <= 3_600 else 3 for each in seconds
    )
    return tuple(counted[band] for band in range(4))


def percentile(seconds: Sequence[float], share: float) -> float | None:
    """Between the two nearest, by how near each is."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    place = share * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def week_of(instant: datetime, cut: Cut) -> date:
    day = instant.astimezone(cut.period.zone).date()
    return day - timedelta(days=day.weekday())


def delays(cut: Cut) -> list[tuple[Journey, Delays]]:
    """First journeys of the cohort that were tried, each split by the pure arithmetic."""
    return [
        (journey, split(journey_of(journey.row), at=cut.at))
        for journey in cohort(cut)
        if journey.is_first and journey.row.first_attempt_at is not None
    ]
