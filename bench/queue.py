"""The queue page with 100 and with 100,000 open handoffs in one team, in one run.

    python -m bench.queue [--few 100] [--many 100000] [--times 60]

Milliseconds over real HTTP for the whole page, for the rows alone and for the rows of the deepest
page, and how many queries each takes; then what the rows cost in this process beside the same
rows written by hand. Works in a durable house of its own.
"""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from bench.figures import Figure, alone, at_least, at_most
from bench.house import house, milliseconds, percentile, within
from bench.wire import Browser

WARM: Final = 10
SMALL: Final = {"many": 5_000, "times": 20, "seconds": 0.5}


class Seen(NamedTuple):
    """Milliseconds of a page, and how many queries it takes."""

    p50: float
    p95: float
    queries: int


def measure(
    *, few: int = 100, many: int = 100_000, times: int = 60, seconds: float = 6.0
) -> list[Figure]:
    with house() as place:
        crowd = within("bench.crowd").Crowd(2)
        small, large = (pages(place.port, crowd, count, times) for count in (few, many))
        queued = within("bench.queued")
        works = queued.drawn_by_template(crowd), queued.written_by_hand(crowd)
        drawn, by_hand = per_second(works, seconds)
    ratios = [
        figure
        for label, page in large.items()
        for figure in growth(f"{label}, {many:,} open", f"with {few:,}", page, small[label])
    ]
    return [
        *ratios,
        Figure(
            "deepest rows against the first",
            *(large["deepest rows"].p50, "ms"),
            limit=large["rows"].p50,
            by=f"with {many:,}",
            reach=at_most(1.1, of_ratio=True),
        ),
        Figure(
            "50 rows drawn",
            *(drawn, "/s"),
            limit=by_hand,
            by="formatted by hand",
            reach=at_least(0.5, of_ratio=True),
        ),
    ]


def growth(label: str, by: str, page: Seen, small: Seen) -> list[Figure]:
    """A page against the same with few open."""
    return [
        Figure(
            f"{label}, p50",
            *(page.p50, "ms"),
            limit=small.p50,
            by=by,
            reach=at_most(1.5, of_ratio=True),
        ),
        Figure("… p95", page.p95, "ms", limit=small.p95, by=by),
        Figure(
            "… queries",
            page.queries,
            limit=small.queries,
            by=by,
            reach=at_most(1, of_ratio=True),
        ),
    ]


def pages(port: int, crowd: Any, count: int, times: int) -> dict[str, Seen]:
    """Every page once so many are open."""
    crowd.flood(count)
    within("bench.queued").grade(crowd)
    deepest = within("bench.queued").deepest(crowd)
    paths = {
        "page": "/queue/",
        "rows": "/queue/rows/",
        "deepest rows": f"/queue/rows/?{deepest}",
    }
    taken = asyncio.run(in_turns(port, crowd.sessions[0], paths, times))
    queries = within("bench.queued").queries_of
    return {
        label: Seen(percentile(each, 0.5), percentile(each, 0.95), queries(crowd, paths[label]))
        for label, each in taken.items()
    }


async def in_turns(
    port: int, session: str, paths: dict[str, str], times: int
) -> dict[str, list[float]]:
    """Of each page, one after the other in turns, so that all meet the same machine."""
    browser = Browser(port, session)
    taken: dict[str, list[float]] = {label: [] for label in paths}
    for turn in range(-WARM, times):
        for label, path in paths.items():
            answer = await browser.get(path)
            if answer.status != 200:
                raise SystemExit(f"{path} answered {answer.status}.")
            if turn >= 0:
                taken[label].append(answer.seconds * 1_000)
    await browser.close()
    return taken


def per_second(works: Sequence[Callable[[], object]], seconds: float) -> list[float]:
    """How often each can be done in a second, one after the other in turns."""
    taken: list[list[float]] = [[] for _ in works]
    while sum(map(sum, taken)) < seconds * 1_000:
        for work, each in zip(works, taken, strict=True):
            each.append(milliseconds(work))
    return [1_000 / percentile(each, 0.5) for each in taken]


if __name__ == "__main__":
    alone("queue", measure, __doc__)
