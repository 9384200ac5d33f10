"""From the marketer's commit to the row on 200 sellers' screens, in one run.

    python -m bench.live [--streams 200] [--rounds 25]

Each stream is a seller's open queue. The clock starts when the transaction is committed, and
stops when the stream has delivered the list with the new row, as the browser puts it on screen.
`told` is the same for pages that only hear that something changed. Then the same from Mara's
click: the whole request that hands a lead off. Works in a durable house of its own.
"""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Final

from bench.figures import Figure, Reach, alone, at_most
from bench.house import house, percentile, within
from bench.wire import Browser

PATIENCE = 10.0
Sign = Callable[[bytes, bytes], bool]
SMALL: Final = {"streams": 20, "rounds": 3}


def measure(*, streams: int = 200, rounds: int = 25) -> list[Figure]:
    with house() as place:
        crowd = within("bench.crowd").Crowd(streams)
        offers = within("bench.offers").Offers(crowd, place.port)
        told = f"/events?topics=queue:{crowd.cast.sales.pk}"
        drawn = f"{told}&picture=queue"
        commit = place.commit()

        def scene(query: str, happen: Callable[[], float]) -> tuple[list[float], int]:
            showing = show(place.port, offers, rounds, query, happen, drawn=query == drawn)
            return asyncio.run(showing)

        heard = scene(told, offers.commit)
        committed = scene(drawn, offers.commit)
        clicked = scene(drawn, offers.click)
    missed = sum(missed for _taken, missed in (heard, committed, clicked))
    label = f"row on {streams} screens, from the commit"
    return [
        line("told that something changed, p50", heard[0], 0.5),
        line("… p99", heard[0], 0.99),
        line(f"{label}, p50", committed[0], 0.5, reach=at_most(10), commit=commit),
        line("… p99", committed[0], 0.99, reach=at_most(250)),
        line("… p99, to aim at", committed[0], 0.99, reach=at_most(50)),
        line("… from the click that hands off, p50", clicked[0], 0.5),
        line("… p99", clicked[0], 0.99),
        Figure(f"of {3 * streams * rounds:,} screens, missed it", missed, reach=at_most(0)),
    ]


def line(
    label: str,
    taken: list[float],
    part: float,
    *,
    reach: Reach | None = None,
    commit: float | None = None,
) -> Figure:
    return Figure(label, percentile(taken, part), "ms", reach=reach, commit=commit)


class Screens:
    """Open queues, and when each showed what it waited for."""

    def __init__(self) -> None:
        self.wanted = b"\0"
        self.shown: list[float] = []
        self.live = 0

    async def watch(
        self, browser: Browser, path: str, sign: Callable[[bytes, bytes], bool]
    ) -> None:
        async for name, data in browser.events(path):
            if name == b"live":
                self.live += 1
            elif sign(name, data):
                self.shown.append(time.perf_counter())

    async def all_show(self, many: int) -> None:
        until = time.perf_counter() + PATIENCE
        while len(self.shown) < many and time.perf_counter() < until:
            await asyncio.sleep(0.002)


async def show(
    port: int,
    offers: Any,
    rounds: int,
    query: str,
    happen: Callable[[], float],
    *,
    drawn: bool,
) -> tuple[list[float], int]:
    """Milliseconds for each screen and round, and how many screens missed theirs."""
    screens = Screens()

    def sign(name: bytes, data: bytes) -> bool:
        return (name == b"picture" and screens.wanted in data) if drawn else name == b"changed"

    browsers = [Browser(port, session) for session in offers.crowd.sessions]
    tasks = [asyncio.create_task(screens.watch(one, query, sign)) for one in browsers]
    while screens.live < len(browsers):
        await asyncio.sleep(0.05)
    taken: list[float] = []
    missed = 0
    for _ in range(rounds):
        screens.wanted = b"\0"
        wanted = await asyncio.to_thread(offers.prepare)
        await asyncio.sleep(0.4)
        screens.shown.clear()
        screens.wanted = wanted
        begin = await asyncio.to_thread(happen)
        await screens.all_show(len(browsers))
        taken += [max(0.0, (at - begin) * 1_000) for at in screens.shown[: len(browsers)]]
        missed += len(browsers) - min(len(browsers), len(screens.shown))
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return taken, missed


if __name__ == "__main__":
    alone("live", measure, __doc__)
