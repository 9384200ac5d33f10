"""Scores by twelve criteria: of every lead, of one that was touched, of a draft, of the past.

    python -m bench.scores [--leads 200000]

Every lead has ten touches, in no order. The wave is held against the same criteria written by hand
as one statement; a draft's preview and a backtest are over the same leads. Works in a
durable house of its own.
"""

from collections.abc import Sequence
from typing import Final

from bench.figures import Figure, alone, at_most
from bench.house import house, percentile, within

SMALL: Final = {"leads": 2_000}


def measure(*, leads: int = 200_000) -> Sequence[Figure]:
    with house(served=False) as place:
        crowd = within("bench.scored").Crowd(leads)
        by_hand, first, again = crowd.by_hand(), crowd.wave(), crowd.wave()
        touched = [crowd.touched(number) for number in range(200)]
        commit = place.commit()
        return [
            Figure(
                f"{leads:,} leads scored anew, all changed",
                *(first, "s"),
                limit=by_hand,
                by="one statement by hand",
                reach=at_most(1.2, of_ratio=True),
                commit=commit,
            ),
            Figure("… none changed", again, "s", limit=by_hand, by="one statement by hand"),
            Figure(
                "a touched lead scored, p95", percentile(touched, 0.95), "ms", reach=at_most(10)
            ),
            Figure(f"preview over {leads:,} leads", crowd.previewed(), "s", reach=at_most(1)),
            Figure(f"backtest over {leads:,} decisions", crowd.tested(), "s", reach=at_most(10)),
        ]


if __name__ == "__main__":
    alone("scores", measure, __doc__)
