"""What came out: of what really happened, and of many replays of it with a band. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import floor
from statistics import fmean
from typing import Final

from handoff.calendars.working_time import Schedule
from sla.simulation.arrivals import Arrival
from sla.simulation.axis import Axis
from sla.simulation.learning import Learnt
from sla.simulation.queue import Demand, Handling, Order, Run, demand_of, draw, replay

SEEDS: Final = 20
RUN_OUT: Final = timedelta(days=60)
"""How long after the last arrival a replay still has open hours for what waits."""
HOUR: Final = 3_600.0
SLACK: Final = 1e-3
"""Seconds by which sums of fractions may miss a deadline that they meet."""


@dataclass(frozen=True)
class Plan:
    """How the queue is run. `staffing` multiplies the hands; targets that are None stay each
    lead's own."""

    schedule: Schedule
    staffing: float = 1.0
    claim_target: int | None = None
    attempt_target: int | None = None
    order: Order = Order.DEADLINE


@dataclass(frozen=True)
class Figures:
    """Promises kept of those decided, and how long leads waited, in seconds.

    `response` is open time from the offer to the first attempt, `wall` the same by the clock on
    the wall: median and 90th percentile over leads that were tried. `queue`, `seller` and
    `closed` are the mean parts of the wall time: waiting for the claim and from the claim on in
    open hours, and closed hours. `soon` is the share tried within an hour by the wall clock.
    `unreached` were still waiting when the replay ran out of open hours.
    """

    claims_kept: int
    claims: int
    attempts_kept: int
    attempts: int
    response: tuple[float, float] | None
    wall: tuple[float, float] | None
    queue: float
    seller: float
    closed: float
    soon: float | None
    unreached: int = 0

    @property
    def attainment(self) -> float | None:
        decided = self.claims + self.attempts
        return (self.claims_kept + self.attempts_kept) / decided if decided else None

    @property
    def claim_rate(self) -> float | None:
        return self.claims_kept / self.claims if self.claims else None

    @property
    def attempt_rate(self) -> float | None:
        return self.attempts_kept / self.attempts if self.attempts else None

    @property
    def whole(self) -> float:
        """The mean time by the wall clock, which its parts add up to."""
        return self.queue + self.seller + self.closed


@dataclass(frozen=True)
class Band:
    """The mean over replays, and the 5th and 95th percentile."""

    mean: float
    low: float
    high: float

    def holds(self, value: float) -> bool:
        return self.low - 1e-9 <= value <= self.high + 1e-9


Measure = Callable[[Figures], float | None]


@dataclass(frozen=True)
class Waits:
    """Of the leads that were tried: open seconds until claimed and from then on, wall seconds."""

    queue: list[float]
    seller: list[float]
    wall: list[float]


def axis_for(schedule: Schedule, arrivals: Sequence[Arrival]) -> Axis:
    """Open time from the first arrival to well after all that is known of them."""
    start = min(each.offered_at for each in arrivals)
    end = max(max(each.freed_at, each.claimed_at, each.offered_at) for each in arrivals)
    return Axis.of(schedule, start=start - timedelta(days=1), end=end + RUN_OUT)


def really(arrivals: Sequence[Arrival], axis: Axis) -> Figures:
    """What happened, by the verdicts that stand."""
    waits = Waits([], [], [])
    for each in arrivals:
        if not each.tried:
            continue
        offered, freed = each.offered_at.timestamp(), each.freed_at.timestamp()
        claimed = min(max(axis.position(each.claimed_at.timestamp()), 0.0), axis.position(freed))
        waits.queue.append(max(claimed - axis.position(offered), 0.0))
        waits.seller.append(axis.position(freed) - claimed)
        waits.wall.append(max(freed - offered, 0.0))
    claims = [each.claim_kept for each in arrivals if each.claim_kept is not None]
    attempts = [each.attempt_kept for each in arrivals if each.attempt_kept is not None]
    return _figures(waits, (sum(claims), len(claims)), (sum(attempts), len(attempts)))


def experiment(
    arrivals: Sequence[Arrival],
    learnt: Learnt,
    plan: Plan,
    *,
    seeds: int = SEEDS,
    ahead: bool = False,
) -> list[Figures]:
    """Replay the arrivals under a plan, once for each seed; the same seeds, the same answer.

    `ahead` says that they came after what was learnt from.
    """
    axis = axis_for(plan.schedule, arrivals)
    demand = demand_of(
        arrivals,
        axis,
        order=plan.order,
        claim_target=plan.claim_target,
        attempt_target=plan.attempt_target,
    )
    hands = learnt.hands(axis, plan.schedule, staffing=plan.staffing)
    instants = [each.offered_at for each in arrivals]
    found = []
    for seed in range(seeds):
        drawn: Sequence[Handling] = draw(learnt.handlings, len(arrivals), seed=seed, ahead=ahead)
        run = replay(demand, hands, drawn, pace=learnt.pace / plan.staffing)
        found.append(judged(run, demand, axis, instants))
    return found


def judged(run: Run, demand: Demand, axis: Axis, instants: Sequence[datetime]) -> Figures:
    """One replay by the promises: at or before the deadline is met; what is let go untried
    before its deadline is undecided."""
    waits = Waits([], [], [])
    kept = tried_in_time = tried_judged = unreached = 0
    length = axis.length
    for number, offered in enumerate(demand.offered):
        claimed, freed = run.claimed[number], run.freed[number]
        unreached += claimed > length
        kept += claimed - offered <= demand.claim_targets[number] + SLACK
        target, work = demand.attempt_targets[number], freed - claimed
        in_time = target is not None and work <= target + SLACK
        if target is not None and (run.tried[number] or not in_time):
            tried_judged += 1
            tried_in_time += in_time
        if run.tried[number]:
            began = instants[number].timestamp()
            waits.queue.append(claimed - offered)
            waits.seller.append(work)
            waits.wall.append(max(axis.instant(freed) - began, freed - offered))
    return _figures(
        waits, (kept, len(demand.offered)), (tried_in_time, tried_judged), unreached=unreached
    )


def _figures(
    waits: Waits, claims: tuple[int, int], attempts: tuple[int, int], *, unreached: int = 0
) -> Figures:
    response = [sum(parts) for parts in zip(waits.queue, waits.seller, strict=True)]
    queue, seller, wall = (_mean(each) for each in (waits.queue, waits.seller, waits.wall))
    return Figures(
        *claims,
        *attempts,
        response=_half_and_most(response),
        wall=_half_and_most(waits.wall),
        queue=queue,
        seller=seller,
        closed=max(wall - queue - seller, 0.0),
        soon=sum(each <= HOUR for each in waits.wall) / len(waits.wall) if waits.wall else None,
        unreached=unreached,
    )


def _mean(values: Sequence[float]) -> float:
    return fmean(values) if values else 0.0


def _half_and_most(values: Sequence[float]) -> tuple[float, float] | None:
    if not values:
        return None
    ordered = sorted(values)
    return quantile(ordered, 0.5), quantile(ordered, 0.9)


def quantile(ordered: Sequence[float], share: float) -> float:
    """Between the two nearest of sorted values, in proportion."""
    place = (len(ordered) - 1) * share
    low = floor(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def band_of(runs: Sequence[Figures], measure: Measure) -> Band | None:
    """A measure over replays; None where some replay has none."""
    values = [value for value in map(measure, runs) if value is not None]
    return _band(values) if values and len(values) == len(runs) else None


def change_of(before: Sequence[Figures], after: Sequence[Figures], measure: Measure) -> Band | None:
    """How a measure moves from one plan to another, replay by replay with the same draws."""
    pairs = [(measure(one), measure(two)) for one, two in zip(before, after, strict=True)]
    moves = [two - one for one, two in pairs if one is not None and two is not None]
    return _band(moves) if moves and len(moves) == len(pairs) else None


def _band(values: Sequence[float]) -> Band:
    ordered = sorted(values)
    return Band(fmean(values), quantile(ordered, 0.05), quantile(ordered, 0.95))
