"""A calendar has changed, and its open clocks go over to the new version in the background.

    python -m bench.moves [--clocks 100000]

In a durable house of its own, beside nothing else; `verify_clocks` then derives all of them again.
"""

from typing import Final

from bench.figures import Figure, alone, at_most
from bench.house import house, milliseconds, within

SMALL: Final = {"clocks": 4_000}


def measure(*, clocks: int = 100_000) -> list[Figure]:
    with house(served=False) as place:
        ground = within("bench.moved").Ground(clocks)
        commit = place.commit()
        moved = milliseconds(ground.move) / 1_000
        verified = milliseconds(ground.verify) / 1_000
    return [
        Figure(
            f"{clocks:,} open clocks to a new version", moved, "s", reach=at_most(60), commit=commit
        ),
        Figure(f"… and {clocks:,} clocks verified", verified, "s"),
    ]


if __name__ == "__main__":
    alone("moves", measure, __doc__)
