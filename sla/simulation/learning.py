"""How a team works, read from what really happened: how many at a time, and how long it takes.

Pure counting. A hand is one lead that can be in work at a time: so many sellers, each with so
many leads in hand.
"""

from bisect import bisect_right, insort
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil, sqrt
from operator import attrgetter
from statistics import fmean
from typing import Final, NamedTuple

from handoff.calendars.working_time import Schedule
from sla.simulation.arrivals import Arrival
from sla.simulation.axis import Axis
from sla.simulation.queue import Demand, Handling, Hands, draw, replay

IN_HAND: Final = (1, 2, 3, 4, 5, 6, 8, 12, 20, 40)
PARTS: Final = (0.5, 1.0, 2.0)
TRIALS: Final = 3
PACES: Final = (0.5, 2.0)
HALVINGS: Final = 6
TRIED_ON: Final = 2_500
"""How many of the newest arrivals it is tried on how many leads a seller has in hand."""
AS_CLOSE: Final = 0.001
ENOUGH: Final = 2
"""Worse ones in a row after which the search ends."""

Hour = tuple[int, int]
"""Weekday (0 is Monday) and hour, local."""


class Span(NamedTuple):
    """A real lead's positions: offered, claimed, and its seller free again.

    `promised` is the open seconds within which it was to be claimed.
    """

    offered: float
    claimed: float
    freed: float
    tried: bool
    promised: float


@dataclass(frozen=True)
class Learnt:
    """`at_work` is how many sellers were seen at work at a time, by hour of the week.

    `in_hand` is how many leads one of them has at a time, `sellers` how many different ones there
    were, `handlings` those of all leads, in the order in which they were claimed. `pace` stretches
    their pick-up times, so that as many are claimed in time in a replay as really were.
    """

    at_work: Mapping[Hour, float]
    in_hand: int
    pace: float
    sellers: int
    handlings: Sequence[Handling]

    @property
    def usual(self) -> float:
        """How many are at work at a time, on average over the hours seen."""
        return fmean(self.at_work.values()) if self.at_work else 1.0

    @property
    def most(self) -> tuple[Hour, float] | None:
        """The hour with most people at work."""
        if not self.at_work:
            return None
        return max(self.at_work.items(), key=lambda item: (item[1], (-item[0][0], -item[0][1])))

    def hands(self, axis: Axis, schedule: Schedule, *, staffing: float = 1.0) -> Hands:
        """Hands along an axis. An hour in which nobody was ever seen has as many as usual."""
        return _hands(self.at_work, self.in_hand * staffing, axis, schedule)


def learn(arrivals: Sequence[Arrival], axis: Axis, schedule: Schedule) -> Learnt:
    """Read how the team works; the arrivals are in the order in which they were offered."""
    at_work = _at_work(arrivals, schedule)
    spans = [
        Span(
            axis.position(each.offered_at.timestamp()),
            axis.position(each.claimed_at.timestamp()),
            axis.position(each.freed_at.timestamp()),
            each.tried,
            float(each.claim_target),
        )
        for each in arrivals
    ]
    in_hand = _in_hand(
        spans[-TRIED_ON:], [_hands(at_work, each, axis, schedule) for each in IN_HAND]
    )
    hands = _hands(at_work, in_hand, axis, schedule)
    handlings = _handlings(spans, hands)
    pace = _pace(spans[-TRIED_ON:], hands)
    sellers = len({each.seller for each in arrivals if each.seller is not None})
    return Learnt(at_work, in_hand, pace, max(sellers, 1), handlings)


def _in_hand(spans: Sequence[Span], hands: Sequence[Hands]) -> int:
    """The smallest number with which as many are claimed in time in a replay as really were.

    In time is here within a half, once and twice what was promised, so that all of the wait is
    met and not its length at one place.
    """
    real = _in_time(spans, [span.claimed for span in spans])
    best, closest, worse = IN_HAND[0], float("inf"), 0
    for in_hand, there in zip(IN_HAND, hands, strict=True):
        tried = _tried(spans, there, _handlings(spans, there))
        apart = sum(abs(one - two) for one, two in zip(tried, real, strict=True))
        if apart < closest - AS_CLOSE:
            best, closest, worse = in_hand, apart, 0
        else:
            worse += 1
        if worse == ENOUGH:
            break
    return best


def _pace(spans: Sequence[Span], hands: Hands) -> float:
    """Between a half and twice, by halving what lies between, so that the promise itself is met."""
    promise = PARTS.index(1.0)
    real = _in_time(spans, [span.claimed for span in spans])[promise]
    handlings = _handlings(spans, hands)
    low, high = PACES
    for _step in range(HALVINGS):
        middle = sqrt(low * high)
        if _tried(spans, hands, handlings, pace=middle)[promise] > real:
            low = middle
        else:
            high = middle
    return sqrt(low * high)


def _tried(
    spans: Sequence[Span], hands: Hands, handlings: Sequence[Handling], *, pace: float = 1.0
) -> list[float]:
    """Shares claimed in time over some replays."""
    places = list(range(len(spans)))
    offered = [span.offered for span in spans]
    demand = Demand(offered, [0.0] * len(spans), [None] * len(spans), places, places)
    runs = []
    for seed in range(TRIALS):
        drawn = draw(handlings, len(spans), seed=seed)
        runs.append(_in_time(spans, replay(demand, hands, drawn, pace=pace).claimed))
    return [fmean(shares) for shares in zip(*runs, strict=True)]


def _in_time(spans: Sequence[Span], claimed: Sequence[float]) -> list[float]:
    """Shares of leads claimed within a half, once and twice what was promised."""
    waits = [(at - span.offered) / span.promised for at, span in zip(claimed, spans, strict=True)]
    return [fmean(wait <= part for wait in waits) for part in PARTS]


def _at_work(arrivals: Sequence[Arrival], schedule: Schedule) -> dict[Hour, float]:
    """A seller is at work on a day from the first to the last thing they are known to have done."""
    seen: dict[tuple[date, int], list[int]] = defaultdict(list)
    for each in arrivals:
        if each.seller is None:
            continue
        for instant in (each.claimed_at, *((each.freed_at,) if each.tried else ())):
            local = instant.astimezone(schedule.zone)
            seen[local.date(), each.seller].append(local.hour)
    counts: dict[Hour, int] = defaultdict(int)
    days: dict[int, set[date]] = defaultdict(set)
    for (day, _seller), hours in seen.items():
        days[day.weekday()].add(day)
        for hour in range(min(hours), max(hours) + 1):
            counts[day.weekday(), hour] += 1
    return {hour: count / len(days[hour[0]]) for hour, count in counts.items()}


def _hands(at_work: Mapping[Hour, float], each: float, axis: Axis, schedule: Schedule) -> Hands:
    """So many leads in hand of each at work, rounded up; at least one."""
    usual = fmean(at_work.values()) if at_work else 1.0
    hands = Hands([], [])
    for position, hour in axis.hours(schedule):
        count = max(ceil(at_work.get(hour, usual) * each - 1e-9), 1)
        if not hands.counts or hands.counts[-1] != count:
            hands.places.append(position)
            hands.counts.append(count)
    return hands if hands.counts else Hands([0.0], [1])


def _handlings(spans: Sequence[Span], hands: Hands) -> list[Handling]:
    """Each claim's wait since a hand was free for it, in the order of claims."""
    freed: list[float] = []
    found = []
    for offered, claimed, done, tried, _promised in sorted(spans, key=attrgetter("claimed")):
        start = _first_free(freed, hands, offered, claimed)
        found.append(Handling(max(claimed - start, 0.0), max(done - claimed, 0.0), tried))
        insort(freed, max(done, claimed))
    return found


def _first_free(freed: list[float], hands: Hands, offered: float, claimed: float) -> float:
    """The first position from the offer on with a hand free; past the claim if there is none."""
    at = offered
    while len(freed) - bisect_right(freed, at) >= hands.at(at):
        place = bisect_right(freed, at)
        at = min(freed[place], hands.changes_after(at))
        if at > claimed:
            break
    return at
