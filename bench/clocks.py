"""The sweep over 10,000 and over 1,000,000 running clocks, in one run.

    python -m bench.clocks [--few 10000] [--many 1000000] [--rounds 5]

The idle tick, finding 1,000 due clocks, and sweeping them with the commit, beside the same rows
written bare; then how late `manage.py keep_clocks` records a breach. Works in a durable house of
its own.
"""

import random
import statistics
from collections.abc import Sequence
from datetime import timedelta
from typing import Any, Final, NamedTuple

from bench.figures import Figure, alone, at_most
from bench.house import House, child, house, milliseconds, within

DUE: Final = 1_000
PATIENCE: Final = timedelta(seconds=30)
SMALL: Final = {"few": 4_000, "many": 20_000, "rounds": 2, "breaches": 2}


class Seen(NamedTuple):
    """Milliseconds: medians."""

    idle: float
    found: float
    swept: float
    bare: float


def measure(
    *, few: int = 10_000, many: int = 1_000_000, rounds: int = 5, breaches: int = 8
) -> list[Figure]:
    with house(served=False) as place:
        ground = within("bench.due").Ground()
        small = sweeps(ground, few, rounds)
        commit = place.commit()
        large = sweeps(ground, many, rounds)
        late = lateness(place, ground, breaches)
    label = f"{DUE:,} due of {many:,} clocks"
    with_few = f"with {few:,}"
    return [
        Figure(
            f"a turn in which none of {many:,} clocks is due",
            *(large.idle, "ms"),
            limit=small.idle,
            by=with_few,
            reach=at_most(1),
        ),
        Figure(f"{label}, found bare", large.found, "ms", limit=small.found, by=with_few),
        Figure(
            "… swept and committed",
            *(large.swept, "ms"),
            limit=large.bare,
            by="the same rows written bare",
            reach=at_most(20),
            commit=commit,
        ),
        Figure(
            "… against few clocks",
            *(large.swept, "ms"),
            limit=small.swept,
            by=with_few,
            reach=at_most(2, of_ratio=True),
        ),
        Figure("a breach on record after its moment, at most", max(late), "s", reach=at_most(1)),
    ]


def sweeps(ground: Any, clocks: int, rounds: int) -> Seen:
    """Once so many clocks run; each round uses up two thousand of them."""
    if clocks < 2 * rounds * DUE:
        raise SystemExit(f"{rounds} rounds need {2 * rounds * DUE:,} clocks.")
    ground.grow(clocks)
    idle = [milliseconds(ground.look) for _ in range(50)]
    found, swept, bare = [], [], []
    for _ in range(rounds):
        ground.make_due(DUE)
        found.append(milliseconds(lambda: ground.find(DUE)))
        swept.append(milliseconds(lambda: all_of_them(ground.sweep())))
        ground.make_due(DUE)
        ids: Sequence[int] = ground.find(DUE)
        bare.append(milliseconds(lambda: ground.write_bare(ids)))  # noqa: B023  called at once
    return Seen(*map(statistics.median, (idle, found, swept, bare)))


def all_of_them(count: int) -> None:
    if count != DUE:
        raise SystemExit(f"{count} of {DUE} clocks were swept.")


def lateness(place: House, ground: Any, breaches: int) -> list[float]:
    """Seconds, by a `keep_clocks` that has nothing else to do."""
    ground.tell_nobody()
    dice = random.Random(1)
    with child("manage.py", "keep_clocks", log=place.folder / "clocks.log"):
        ground.lateness(timedelta(0), PATIENCE)  # it is up
        return [
            ground.lateness(timedelta(seconds=dice.uniform(1, 2)), PATIENCE)
            for _ in range(breaches)
        ]


if __name__ == "__main__":
    alone("clocks", measure, __doc__)
