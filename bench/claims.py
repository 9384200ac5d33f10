"""200 sellers on one lead, over real HTTP; then how many claims a second there are.

    python -m bench.claims [--sellers 200] [--rounds 100] [--seconds 8]

A round has one winner, everybody else told who, and no 5xx. The rate is that of "claim the
longest waiting" by 8 and by 32 clients, beside pgbench running the bare statement (take the next,
write one line of history) in the same database; `ratio` is ours ÷ pgbench's. Valid only if each
claim has its own lead. Works in a durable house of its own.
"""

import argparse
import asyncio
import re
import subprocess
import time
from collections import Counter
from pathlib import Path
from typing import Any, Final

from bench.house import House, house, percentile, within
from bench.wire import Answer, Browser
from handoff.embedded.installs import postgres_installs

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
CLIENTS: Final = (8, 32)


async def races(port: int, crowd: Any, rounds: int, patience: float) -> dict[str, float]:
    browsers = [Browser(port, session) for session in crowd.sessions]
    await asyncio.gather(*(browser.get("/queue/rows/") for browser in browsers))
    seen: Counter[int] = Counter()
    wrong, taken, begin = 0, [], time.monotonic()
    for done in range(rounds):
        pk = await asyncio.to_thread(within("bench.claimed").one_more, crowd)
        answers = await asyncio.gather(
            *(browser.post(f"/handoffs/{pk}/claim/") for browser in browsers)
        )
        seen.update(answer.status for answer in answers)
        wrong += not await asyncio.to_thread(one_winner, answers, pk)
        taken += [answer.seconds for answer in answers]
        if time.monotonic() - begin > patience:
            rounds = done + 1
            break
    for browser in browsers:
        await browser.close()
    return {
        "rounds": rounds,
        "rounds without exactly one winner": wrong,
        "answers 5xx": sum(count for status, count in seen.items() if status >= 500),
        "answers p50 ms": percentile(taken, 0.5) * 1_000,
        "answers p99 ms": percentile(taken, 0.99) * 1_000,
    }


def one_winner(answers: list[Answer], pk: int) -> bool:
    """One is taken to the lead, the rest are told the name of the one who holds it."""
    won = [answer for answer in answers if "hx-redirect" in answer.headers]
    name: str = within("bench.claimed").holder_of(pk)
    told = [answer for answer in answers if answer.status == 409 and name.encode() in answer.body]
    return len(won) == 1 and len(told) == len(answers) - 1


async def rate(port: int, crowd: Any, clients: int, seconds: float) -> tuple[float, float]:
    """Claims a second by so many clients, and the 99th percentile of one in milliseconds."""
    until, taken = time.monotonic() + seconds, []

    async def keep_claiming(browser: Browser) -> None:
        while time.monotonic() < until:
            answer = await browser.post(f"/teams/{crowd.cast.sales.pk}/claim-next/")
            if "hx-redirect" not in answer.headers:
                raise SystemExit(f"A claim was answered with {answer.status}.")
            taken.append(answer.seconds)
        await browser.close()

    begin = time.monotonic()
    browsers = [Browser(port, session) for session in crowd.sessions[:clients]]
    await asyncio.gather(*map(keep_claiming, browsers))
    return len(taken) / (time.monotonic() - begin), percentile(taken, 0.99) * 1_000


def pgbench(place: House, crowd: Any, clients: int, seconds: float) -> float:
    """The bare statement's transactions a second."""
    script = place.folder / "claim.sql"
    line = STATEMENT.format(team=crowd.cast.sales.pk, user=crowd.cast.sam.pk)
    script.write_text(" ".join(line.split()))
    program = next(install.tool("pgbench") for install in postgres_installs())
    said = run(program, "-n", "-f", script, "-c", clients, "-j", 2, "-T", int(seconds), "-d",
               place.database)  # fmt: skip
    found = re.search(r"tps = ([\d.]+)", said)
    return float(found[1]) if found else 0.0


def run(program: Path, *words: object) -> str:
    command = [str(program), *map(str, words)]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sellers", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--patience", type=float, default=400, help="seconds for all rounds")
    options = parser.parse_args()
    with house() as place:
        crowd = within("bench.crowd").Crowd(options.sellers)
        told = asyncio.run(races(place.port, crowd, options.rounds, options.patience))
        for label, value in told.items():
            print(f"{label:<36} {value:>9,.0f}")
        crowd.flood(crowd.flooded + 60_000)
        for clients in CLIENTS:
            bare = pgbench(place, crowd, clients, options.seconds)
            ours, slowest = asyncio.run(rate(place.port, crowd, clients, options.seconds))
            print(f"{clients:>2} clients   ours {ours:>7,.0f} claims/s, p99 {slowest:>5,.0f} ms   "
                  f"pgbench {bare:>7,.0f}/s   ratio {ours / bare:.3f}")  # fmt: skip
        print(f"claims without a lead of their own   {within('bench.claimed').doubles():>9}")


if __name__ == "__main__":
    main()
