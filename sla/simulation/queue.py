"""One replay: leads come as they really came, and each free hand claims the next. Pure."""

import random
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from heapq import heappop, heappush
from typing import Final, NamedTuple

from sla.simulation.arrivals import Arrival
from sla.simulation.axis import Axis

NEVER: Final = float("inf")
NEAR: Final = 200
"""Among how many handlings around the same time one is drawn."""


class Handling(NamedTuple):
    """One real lead's handling in open seconds: until a free hand claimed it, and from then on.

    `tried` says that it ended with an attempt, and was not let go.
    """

    pick_up: float
    work: float
    tried: bool


@dataclass(frozen=True)
class Hands:
    """`steps` are positions on an axis and how many hands there are from each one on."""

    places: list[float]
    counts: list[int]

    def at(self, position: float) -> int:
        return self.counts[max(bisect_right(self.places, position) - 1, 0)]

    def changes_after(self, position: float) -> float:
        place = bisect_right(self.places, position)
        return self.places[place] if place < len(self.places) else float("inf")


class Order(StrEnum):
    """What a free hand takes first."""

    DEADLINE = "deadline"
    OLDEST = "oldest"
    NEWEST = "newest"
    GRADE = "grade"


@dataclass(frozen=True)
class Demand:
    """Arrivals on an axis: when each was offered, what was promised, and which goes first.

    `rank` is each one's place in the order of the queue, `by_rank` the same the other way round.
    """

    offered: list[float]
    claim_targets: list[float]
    attempt_targets: list[float | None]
    rank: list[int]
    by_rank: list[int]


@dataclass(frozen=True)
class Run:
    """Positions of each arrival's claim and of the end of its first handling, in their order."""

    claimed: list[float]
    freed: list[float]
    tried: list[bool]


def demand_of(
    arrivals: Sequence[Arrival],
    axis: Axis,
    *,
    order: Order,
    claim_target: int | None = None,
    attempt_target: int | None = None,
) -> Demand:
    """The arrivals as a replay sees them; a target that is named stands for every lead's own."""
    offered = [axis.position(each.offered_at.timestamp()) for each in arrivals]
    claims = [float(claim_target or each.claim_target) for each in arrivals]
    usual = next((each.attempt_target for each in arrivals if each.attempt_target), None)
    attempts = [attempt_target or each.attempt_target or usual for each in arrivals]
    keys = [_key(each, offered[n] + claims[n], order) for n, each in enumerate(arrivals)]
    by_rank = sorted(range(len(arrivals)), key=keys.__getitem__)
    rank = [0] * len(arrivals)
    for place, number in enumerate(by_rank):
        rank[number] = place
    return Demand(offered, claims, list(attempts), rank, by_rank)


def _key(arrival: Arrival, due: float, order: Order) -> tuple[str | float, float]:
    offered = arrival.offered_at.timestamp()
    if order == Order.NEWEST:
        return (-offered, 0.0)
    if order == Order.OLDEST:
        return (offered, 0.0)
    if order == Order.GRADE:
        return (arrival.grade or "~", due)
    return (due, offered)


def draw(
    handlings: Sequence[Handling], count: int, *, seed: int, ahead: bool = False
) -> list[Handling]:
    """So many real handlings, each drawn at random from `NEAR` around the same time.

    A team that became faster within the period thus becomes faster in its replay. `ahead` draws
    all from the newest ones, for a time that comes after. The same for a seed.
    """
    dice = random.Random(seed)  # noqa: S311  no secret hangs on it
    near = min(NEAR, len(handlings))
    last = len(handlings) - near
    drawn = []
    for place in range(count):
        middle = len(handlings) if ahead else place * len(handlings) // count
        first = min(max(middle - near // 2, 0), last)
        drawn.append(handlings[first + int(dice.random() * near)])
    return drawn


def replay(demand: Demand, hands: Hands, drawn: Sequence[Handling], *, pace: float = 1.0) -> Run:
    """Run the queue once. `pace` stretches the time until a free hand claims.

    A hand that is free while a lead waits begins at once, claims after the pick-up time drawn
    whatever is first in the queue by then, and is free again after the work drawn with it.
    """
    offered, rank, by_rank = demand.offered, demand.rank, demand.by_rank
    count = len(offered)
    claimed, freed, tried = [NEVER] * count, [NEVER] * count, [False] * count
    waiting: list[int] = []
    ends: list[tuple[float, int]] = []  # a pick-up ends (its number), or a work (-1)
    came = begun = reaching = busy = 0
    at, room, changes = 0.0, hands.at(0.0), hands.changes_after(0.0)
    while came < count or ends or waiting:
        blocked = len(waiting) > reaching
        coming = offered[came] if came < count else NEVER
        at = min(coming, ends[0][0] if ends else NEVER, changes if blocked else NEVER)
        if at >= changes:
            room, changes = hands.at(at), hands.changes_after(at)
        if at == coming:
            heappush(waiting, rank[came])
            came += 1
        elif ends and at == ends[0][0]:
            _at, number = heappop(ends)
            if number < 0:
                busy -= 1
            else:
                reaching -= 1
                lead, handling = by_rank[heappop(waiting)], drawn[number]
                done = at + handling.work
                claimed[lead], freed[lead], tried[lead] = at, done, handling.tried
                heappush(ends, (done, -1))
        while busy < room and len(waiting) > reaching:
            heappush(ends, (at + drawn[begun].pick_up * pace, begun))
            begun, busy, reaching = begun + 1, busy + 1, reaching + 1
    return Run(claimed, freed, tried)
