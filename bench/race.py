"""200 sellers on one lead at once, over real HTTP.

    python -m bench.race [--sellers 200] [--rounds 100]

A round has one winner, everybody else is told who, and there is no 5xx. Works in a durable house
of its own.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from bench.figures import Figure, alone, at_most
from bench.house import house, percentile, within
from bench.wire import Answer, Browser

SMALL: Final = {"sellers": 20, "rounds": 5}


def measure(*, sellers: int = 200, rounds: int = 100, patience: float = 200.0) -> list[Figure]:
    """So many rounds, or as many as `patience` (seconds) lets happen."""
    with house() as place:
        crowd = within("bench.crowd").Crowd(sellers)
        commit = place.commit()
        wrong, answers = asyncio.run(races(place.port, crowd, rounds, patience))
    rounds = len(answers) // sellers
    statuses = Counter(answer.status for answer in answers)
    taken = [answer.seconds * 1_000 for answer in answers]
    failed = sum(count for status, count in statuses.items() if status >= 500)
    return [
        Figure(
            f"rounds of {rounds} without exactly one winner among {sellers}",
            wrong,
            reach=at_most(0),
        ),
        Figure(f"answers of {len(answers):,} that were 5xx", failed, reach=at_most(0)),
        Figure("an answer when all click at once, p50", percentile(taken, 0.5), "ms"),
        Figure("… p99", percentile(taken, 0.99), "ms", commit=commit),
    ]


async def races(
    port: int, crowd: Any, rounds: int, patience: float
) -> tuple[int, Sequence[Answer]]:
    """How many rounds went wrong, and every answer."""
    browsers = [Browser(port, session) for session in crowd.sessions]
    await asyncio.gather(*(browser.get("/queue/rows/") for browser in browsers))
    found: list[Answer] = []
    wrong, until = 0, time.monotonic() + patience
    for _ in range(rounds):
        pk = await asyncio.to_thread(within("bench.claimed").one_more, crowd)
        answers = await asyncio.gather(
            *(browser.post(f"/handoffs/{pk}/claim/") for browser in browsers)
        )
        found += answers
        wrong += not await asyncio.to_thread(one_winner, answers, pk)
        if time.monotonic() > until:
            break
    for browser in browsers:
        await browser.close()
    return wrong, found


def one_winner(answers: Sequence[Answer], pk: int) -> bool:
    """One is taken to the lead, the rest are told the name of the one who holds it."""
    won = [answer for answer in answers if "hx-redirect" in answer.headers]
    name: str = within("bench.claimed").holder_of(pk)
    told = [answer for answer in answers if answer.status == 409 and name.encode() in answer.body]
    return len(won) == 1 and len(told) == len(answers) - 1


if __name__ == "__main__":
    alone("race", measure, __doc__)
