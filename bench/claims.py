"""Claims a second over real HTTP, against the bare statement in pgbench.

    python -m bench.claims [--seconds 8] [--bare 16000]

"Claim the one that waits longest" by 8 and by 32 clients, beside pgbench with as many clients that
takes the next and writes one line of history. Valid only if each claim has its own lead. Whether
the rate decays is asked of the claims of this run: for half a million of them give --seconds 700.
Works in a durable house of its own.
"""

import asyncio
import time
from typing import Any, Final

from bench.figures import Figure, alone, at_least, at_most
from bench.house import House, house, percentile, within
from bench.pgbench import per_second
from bench.wire import Browser

STATEMENT: Final = """
WITH next AS (
    SELECT id FROM leads_handoff WHERE team_id = {team} AND state = 'waiting'
    ORDER BY offered_at, id LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED
), taken AS (
    UPDATE leads_handoff SET state = 'claimed', claimed_by_id = {user}, claimed_at = now()
    FROM next WHERE leads_handoff.id = next.id RETURNING leads_handoff.id
)
INSERT INTO journal_entry (event, about, about_id, at, data, delivered_at, attempts, error)
SELECT 'handoff.claimed', 'handoff', id, now(), '{{}}', now(), 0, '' FROM taken;
"""
BY: Final = "pgbench"
CLIENTS: Final = (8, 32)
FASTEST: Final = 2_000
"""More claims a second than there ever were, so that the queue does not run dry."""
SMALL: Final = {"seconds": 2.0, "bare": 2_000}


def measure(*, seconds: float = 8.0, bare: int = 16_000) -> list[Figure]:
    with house() as place:
        crowd = within("bench.crowd").Crowd(max(CLIENTS))
        crowd.flood(len(CLIENTS) * (bare + round(seconds * FASTEST)))
        found = [
            figure
            for clients in CLIENTS
            for figure in against_bare(place, crowd, clients, seconds, bare)
        ]
        doubles = within("bench.claimed").doubles()
    few, many = (figure for figure in found if figure.by == BY)
    return [
        *found,
        Figure(
            f"claims by {CLIENTS[1]} clients against {CLIENTS[0]}",
            *(many.seen, "/s"),
            limit=few.seen,
            by=f"{CLIENTS[0]} clients",
            reach=at_least(0.9, of_ratio=True),
        ),
        Figure("leads that were claimed twice", doubles, reach=at_most(0)),
    ]


def against_bare(place: House, crowd: Any, clients: int, seconds: float, bare: int) -> list[Figure]:
    statement = STATEMENT.format(team=crowd.cast.sales.pk, user=crowd.cast.sam.pk)
    commit = place.commit()
    limit = per_second(place, " ".join(statement.split()), clients=clients, times=bare)
    place.run("VACUUM leads_handoff")
    claimed = asyncio.run(claims(place.port, crowd, clients, seconds))
    moments = sorted(moment for moment, _taken in claimed)
    begin = min(moment - taken for moment, taken in claimed)
    middle = begin + (moments[-1] - begin) / 2
    early = sum(moment < middle for moment in moments)
    return [
        Figure(
            f"claims by {clients} clients",
            *(len(moments) / (moments[-1] - begin), "/s"),
            limit=limit,
            by=BY,
            reach=at_least(0.15, of_ratio=True),
            commit=commit,
        ),
        Figure("… p99", percentile([taken * 1_000 for _moment, taken in claimed], 0.99), "ms"),
        Figure(
            f"… claims in the later half of {seconds:g} s",
            len(moments) - early,
            limit=early,
            by="the earlier half",
            reach=at_least(0.9, of_ratio=True),
        ),
    ]


async def claims(port: int, crowd: Any, clients: int, seconds: float) -> list[tuple[float, float]]:
    """When each claim was answered, and after how many seconds."""
    browsers = [Browser(port, session) for session in crowd.sessions[:clients]]
    await asyncio.gather(*(browser.get("/queue/rows/") for browser in browsers))
    until = time.monotonic() + seconds
    found: list[tuple[float, float]] = []

    async def keep_claiming(browser: Browser) -> None:
        while time.monotonic() < until:
            answer = await browser.post(f"/teams/{crowd.cast.sales.pk}/claim-next/")
            if "hx-redirect" not in answer.headers:
                raise SystemExit(f"A claim was answered with {answer.status}.")
            found.append((time.monotonic(), answer.seconds))
        await browser.close()

    await asyncio.gather(*map(keep_claiming, browsers))
    return found


if __name__ == "__main__":
    alone("claims", measure, __doc__)
