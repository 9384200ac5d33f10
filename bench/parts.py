"""Everything that is measured, in the order in which `python -m bench` does it."""

import multiprocessing
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from types import ModuleType
from typing import Final

from bench import claims, clocks, create, deadlines, imports, live, moves, queue, race, scores
from bench.figures import Figure

MODULES: Final = (race, claims, create, queue, live, imports, clocks, moves, deadlines, scores)
PARTS: Final[Mapping[str, ModuleType]] = {
    module.__name__.removeprefix("bench."): module for module in MODULES
}


def subject(name: str) -> str:
    """What a part is about, in one line."""
    return (PARTS[name].__doc__ or "").split("\n")[0]


def measured(name: str, *, small: bool) -> Sequence[Figure]:
    """A part in a process of its own, since a process has one house. Raises what the part did."""
    apart = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=apart) as pool:
        return pool.submit(figures, name, small=small).result()


def figures(name: str, *, small: bool) -> Sequence[Figure]:
    part = PARTS[name]
    found: Sequence[Figure] = part.measure(**(part.SMALL if small else {}))
    return found
