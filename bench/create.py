"""Leads created one by one over the API, against the bare insert in pgbench.

    python -m bench.create [--clients 8] [--seconds 8] [--bare 16000]

Ours checks the key, the right and the values, looks the person up, and writes the lead, its touch
and its journal entry in one transaction. The bare statement is the lead's row alone, into the same
table with the same indexes. Works in a durable house of its own.
"""

import asyncio
import json
import time
from typing import Final

from bench.figures import Figure, alone, at_least, at_most
from bench.house import house, percentile, within
from bench.pgbench import per_second
from bench.wire import Program

BARE: Final = r"""\set n random(1, 9000000000000000000)
INSERT INTO leads_lead (team_id, stage, name, email, email_key, phone, phone_key, external_id,
company, cnpj, job_title, city, region, origin, utm, landing_page, attributes, pains, legal_basis,
search, inbound_at, touched_at, qualification_reason, disqualified_reason, created_at, updated_at)
VALUES ({team}, 'new', 'Ana Prado', 'ana' || :n || '@bare.example', 'ana' || :n || '@bare.example',
'', '', '', 'Acme', '', 'Buyer', 'São Paulo', '', 'organic_search', '{{}}', '', '{{}}', '[]',
'consent', 'ana prado acme ' || :n, now(), now(), '', '', now(), now());
"""
UNTOLD: Final = """
SELECT count(*) FROM leads_lead AS lead WHERE email LIKE '%@ours.example' AND NOT EXISTS (
    SELECT FROM journal_entry WHERE about = 'lead' AND about_id = lead.id)
"""
SMALL: Final = {"seconds": 2.0, "bare": 2_000}


def measure(*, clients: int = 8, seconds: float = 8.0, bare: int = 16_000) -> list[Figure]:
    with house() as place:
        cast = within("bench.crowd").make_cast()
        key = within("bench.crowd").key_of(cast.mara)
        commit = place.commit()
        statement = BARE.format(team=cast.marketing.pk)
        limit = per_second(place, statement, clients=clients, times=bare)
        asyncio.run(creations(place.port, key, clients, 1.0, "warm"))
        taken = asyncio.run(creations(place.port, key, clients, seconds, "ours"))
        untold = place.run(UNTOLD)
    return [
        Figure(
            f"leads created by {clients} clients",
            *(len(taken) / seconds, "/s"),
            limit=limit,
            by="pgbench, bare insert",
            reach=at_least(0.13, of_ratio=True),
            commit=commit,
        ),
        Figure("… p99", percentile(taken, 0.99), "ms"),
        Figure("… without a line in the journal", untold, reach=at_most(0)),
    ]


async def creations(port: int, key: str, clients: int, seconds: float, name: str) -> list[float]:
    """Milliseconds of each."""
    until = time.monotonic() + seconds
    taken: list[float] = []

    async def keep_creating(number: int) -> None:
        program, done = Program(port, key), 0
        while time.monotonic() < until:
            done += 1
            answer = await program.post("/api/v1/leads/", lead(f"{number}.{done}@{name}.example"))
            if answer.status != 201:
                raise SystemExit(f"A new lead was answered with {answer.status}: {answer.body!r}")
            taken.append(answer.seconds * 1_000)
        await program.close()

    await asyncio.gather(*map(keep_creating, range(clients)))
    return taken


def lead(email: str) -> str:
    return json.dumps(
        {
            "name": "Ana Prado",
            "email": email,
            "company": "Acme",
            "job_title": "Buyer",
            "city": "São Paulo",
            "origin": "organic_search",
            "legal_basis": "consent",
            "text": "Please call.",
        }
    )


if __name__ == "__main__":
    alone("create", measure, __doc__)
