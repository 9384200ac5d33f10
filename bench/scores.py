"""Scores by twelve criteria: of every lead, of one that was touched, of a draft, of the past.

    python -m bench.scores [--leads 200000]

Every lead has ten touches, in no order. A wave over all leads is held against the same criteria
written by hand as one statement over the same rows, in a table vacuumed before each; both must come
to the same scores. A draft's preview and a backtest are over the same leads. Works in a durable
house of its own.
"""

import resource
from collections.abc import Sequence
from typing import Any, Final

from bench.figures import Figure, alone, at_most
from bench.house import house, percentile, within

SMALL: Final = {"leads": 2_000}
BY: Final = "one statement by hand"


def measure(*, leads: int = 200_000) -> Sequence[Figure]:
    with house(served=False) as place:
        crowd, commit = within("bench.scored").Crowd(leads), place.commit()
        return [
            *waves(crowd, f"{leads:,} leads", commit),
            *beside(crowd),
            Figure(f"preview over {leads:,} leads", crowd.previewed(), "s", reach=at_most(1)),
            Figure(f"backtest over {leads:,} decisions", crowd.tested(), "s", reach=at_most(10)),
        ]


def waves(crowd: Any, leads: str, commit: float) -> list[Figure]:
    """The first scores, all of them by the next version, and a wave that changes nothing."""
    first, then = crowd.version(), crowd.version()
    hand_first = crowd.by_hand(first)
    crowd.forget()
    memory = peak()
    wave_first = crowd.wave(then)
    crowd.tidy()
    hand_next = crowd.by_hand(first)
    crowd.tidy()
    same = crowd.sums()
    wave_next = crowd.wave(last := crowd.version())
    crowd.tidy()
    if crowd.sums() != same:
        raise RuntimeError(f"The wave came to {crowd.sums()}, the statement by hand to {same}.")
    wave_none, hand_none = crowd.wave(last), crowd.by_hand(last)
    goal = at_most(1.2, of_ratio=True)
    return [
        Figure(f"{leads} scored for the first time", wave_first, "s", limit=hand_first, by=BY),
        Figure("… all scored anew", wave_next, "s", limit=hand_next, by=BY, reach=goal,
            commit=commit),
        Figure("… none changed", wave_none, "s", limit=hand_none, by=BY, reach=goal),
        Figure("… memory of the worker grew by", peak() - memory, "MB", reach=at_most(20)),
    ]  # fmt: skip


def beside(crowd: Any) -> list[Figure]:
    """One lead scored on a touch, and the queue read, alone and while a wave goes by."""
    alone_, queue = [crowd.touched(n) for n in range(200)], [crowd.queue() for _ in range(200)]
    during = crowd.beside_a_wave(crowd.version(), crowd.touched_next)
    queue_during = crowd.beside_a_wave(crowd.version(), crowd.queue)
    return [
        Figure("a touched lead scored, p95", p95(alone_), "ms", reach=at_most(10)),
        Figure("… while a wave goes by", p95(during), "ms", limit=p95(alone_), by="without"),
        Figure("queue page read during a wave, p95", p95(queue_during), "ms", limit=p95(queue),
            by="without"),
    ]  # fmt: skip


def p95(found: list[float]) -> float:
    return percentile(found, 0.95)


def peak() -> float:
    """The most memory this process ever held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_024


if __name__ == "__main__":
    alone("scores", measure, __doc__)
