"""From the marketer's commit to the row on 200 sellers' screens, in one run.

    python -m bench.live [--streams 200] [--rounds 40]

Each stream is a seller's open queue. The clock starts when the transaction is committed, and
stops when the stream has delivered the list with the new row, as the browser puts it on screen.
`told` is the same for pages that only hear that something changed. Then the same from Mara's
click: the whole request that hands a lead off. Works in a durable house of its own.
"""

import argparse
import asyncio
import time
from collections.abc import Callable
from typing import Any

from bench.house import house, percentile, within
from bench.wire import Browser

PATIENCE = 10.0
Sign = Callable[[bytes, bytes], bool]


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


async def measure(
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=40)
    options = parser.parse_args()
    with house() as place:
        crowd = within("bench.crowd").Crowd(options.streams)
        offers = within("bench.offers").Offers(crowd, place.port)
        topic = f"/events?topics=queue:{crowd.cast.sales.pk}"
        scenes = (
            ("told", topic, offers.commit, False),
            ("row on screen, from commit", f"{topic}&picture=queue", offers.commit, True),
            ("row on screen, from click", f"{topic}&picture=queue", offers.click, True),
        )
        for label, query, happen, drawn in scenes:
            taken, missed = asyncio.run(
                measure(place.port, offers, options.rounds, query, happen, drawn=drawn)
            )
            print(f"{label:<28} p50 {percentile(taken, 0.5):6.1f} ms   "
                  f"p99 {percentile(taken, 0.99):6.1f} ms   slowest {max(taken):6.1f} ms   "
                  f"missed {missed} of {options.streams * options.rounds}")  # fmt: skip


if __name__ == "__main__":
    main()
