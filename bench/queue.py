"""The queue page with 100 and with 100,000 open handoffs in one team, in one run.

    python -m bench.queue [--few 100] [--many 100000] [--times 60]

Prints milliseconds over real HTTP for the whole page, for the rows alone and for the rows of the
deepest page, and how many queries each takes; then what the rows cost in this process beside the
same rows written by hand. Works in a durable house of its own.
"""

import argparse
import asyncio
import time
from collections.abc import Callable
from typing import Any, Final

from bench.house import house, percentile, within
from bench.wire import Browser

PAGES: Final = ("/queue/", "/queue/rows/")


async def milliseconds(port: int, session: str, path: str, times: int) -> list[float]:
    browser = Browser(port, session)
    for _ in range(10):
        await browser.get(path)
    taken = []
    for _ in range(times):
        answer = await browser.get(path)
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}.")
        taken.append(answer.seconds * 1_000)
    await browser.close()
    return taken


def measure(port: int, crowd: Any, paths: dict[str, str], times: int) -> dict[str, float]:
    """The median of each page, which is also printed with its tail and its queries."""
    found = {}
    for label, path in paths.items():
        taken = asyncio.run(milliseconds(port, crowd.sessions[0], path, times))
        found[label] = percentile(taken, 0.5)
        queries = within("bench.queued").queries_of(crowd, path)
        print(f"{crowd.flooded:>8,} open   {label:<14} p50 {found[label]:6.1f} ms   "
              f"p95 {percentile(taken, 0.95):6.1f} ms   {queries} queries")  # fmt: skip
    return found


def per_second(work: Callable[[], object], seconds: float = 3.0) -> float:
    done, begin = 0, time.perf_counter()
    while time.perf_counter() - begin < seconds:
        work()
        done += 1
    return done / (time.perf_counter() - begin)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", type=int, default=100)
    parser.add_argument("--many", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=60)
    options = parser.parse_args()
    with house() as place:
        crowd, found = within("bench.crowd").Crowd(2), []
        for count in (options.few, options.many):
            crowd.flood(count)
            deepest = within("bench.queued").deepest(crowd)
            paths = {"page": PAGES[0], "rows": PAGES[1], "deepest rows": f"{PAGES[1]}?{deepest}"}
            found.append(measure(place.port, crowd, paths, options.times))
        few, many = found
        ratios = "   ".join(f"{label} {many[label] / few[label]:.2f}" for label in few)
        print(f"many against few   {ratios}   (at most 1.5)")
        print(f"deepest against first, at many   {many['deepest rows'] / many['rows']:.2f}")
        drawn = per_second(within("bench.queued").drawn_by_template(crowd))
        by_hand = per_second(within("bench.queued").written_by_hand(crowd))
        print(f"rows drawn   {drawn:,.0f}/s by template, {by_hand:,.0f}/s by hand, "
              f"ratio {drawn / by_hand:.2f}")  # fmt: skip


if __name__ == "__main__":
    main()
