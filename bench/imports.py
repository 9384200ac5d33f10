"""Rows a second through the whole import, at two sizes, against a bare COPY of the same leads.

    python -m bench.imports [--few 10000] [--many 100000]

Each row is read, validated (e-mail, phone, dates), looked up, inserted with its touch and its
journal entry, in chunks that each commit. Then the same file again, where everybody is known.
Memory is the most that this process has held. Works in a durable house of its own.
"""

import csv
import random
import resource
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final, NamedTuple

from bench.figures import Figure, alone, at_least, at_most
from bench.house import house

START: Final = datetime(2026, 1, 1, tzinfo=UTC)
HEADER: Final = (
    *("Nome", "E-mail", "Telefone", "Empresa", "Cargo", "Cidade", "Origem", "Data", "Segmento"),
)
MAPPING: Final = {
    "source": "bench",
    "columns": {
        "Nome": "name",
        "E-mail": "email",
        "Telefone": "phone",
        "Empresa": "company",
        "Cargo": "job_title",
        "Cidade": "city",
        "Origem": "origin",
        "Data": "occurred_at",
    },
    "attributes": "*",
    "constants": {"legal_basis": "consent"},
}
FIRST: Final = ("Ana", "João", "Bia", "Caio", "Luísa", "Otávio", "Zélia", "Iara")
LAST: Final = ("Prado", "Souza", "Araújo", "Lima", "Conceição", "Teixeira")
ORIGINS: Final = ("organic_search", "paid_search", "social", "referral", "")


SMALL: Final = {"few": 2_000, "many": 10_000}


class Seen(NamedTuple):
    """Rows a second, and megabytes held at most."""

    new: float
    known: float
    copied: float
    memory: int


def measure(*, few: int = 10_000, many: int = 100_000) -> list[Figure]:
    with house(served=False) as place:
        ground = Ground()
        small = bring_in(ground, place.folder, few)
        commit = place.commit()
        large = bring_in(ground, place.folder, many)
    label = f"rows of {many:,} imported"
    return [
        Figure(label, large.new, "/s", reach=at_least(10_000), commit=commit),
        Figure("… to aim at", large.new, "/s", reach=at_least(25_000)),
        Figure(
            "… against the database alone",
            *(large.new, "/s"),
            limit=large.copied,
            by="COPY",
            reach=at_least(0.33, of_ratio=True),
        ),
        Figure("… of people who are known", large.known, "/s"),
        Figure(
            "… memory held at most",
            *(large.memory, "MB"),
            limit=small.memory,
            by=f"with {few:,}",
            reach=at_most(1.1, of_ratio=True),
        ),
    ]


def write_file(path: Path, rows: int, seed: int) -> None:
    dice = random.Random(seed)
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.writer(file, delimiter=";")
        out.writerow(HEADER)
        for number in range(rows):
            name = f"{dice.choice(FIRST)} {dice.choice(LAST)} {dice.choice(LAST)}"
            day = START + timedelta(minutes=dice.randrange(400_000))
            out.writerow(
                (
                    *(name, f"p{seed}.{number}@empresa{number % 5000}.com.br"),
                    f"({dice.choice((11, 21, 31))}) 9{dice.randrange(10**7, 10**8)}",
                    *(f"Empresa {number % 5000} Ltda", "Gerente", "São Paulo"),
                    *(dice.choice(ORIGINS), f"{day:%d/%m/%Y %H:%M}", dice.choice(LAST)),
                )
            )


class Ground:
    """A marketing team and who imports into it."""

    def __init__(self) -> None:
        from tests.cast import make_cast  # noqa: PLC0415  after the settings

        self.cast = make_cast()
        self.at = datetime(2026, 11, 16, 13, 0, tzinfo=UTC)

    def bring_in(self, path: Path) -> tuple[Any, float]:
        from django.core.files import File  # noqa: PLC0415

        from leads.actions import imports  # noqa: PLC0415

        by = self.cast.mara
        with path.open("rb") as file:
            batch = imports.upload(
                file=File(file), name=path.name, team_id=self.cast.marketing.pk, by=by, at=self.at
            )
        imports.set_mapping(batch_id=batch.pk, mapping=MAPPING, by=by, at=self.at)
        imports.begin(batch_id=batch.pk, by=by, at=self.at)
        started = time.perf_counter()
        while imports.import_next(at=self.at, batch_id=batch.pk):
            pass
        took = time.perf_counter() - started
        batch.refresh_from_db()
        return batch, took

    def copy(self, folder: Path, rows: int) -> float:
        """Seconds to COPY the newest leads into an empty table with the same indexes."""
        from django.db import connection  # noqa: PLC0415

        path = folder / "leads.copy"
        with connection.cursor() as cursor:
            cursor.execute("CREATE TABLE bench_lead (LIKE leads_lead INCLUDING ALL)")
            with path.open("wb") as out:
                newest = f"SELECT * FROM leads_lead ORDER BY id DESC LIMIT {rows}"
                cursor.copy_expert(f"COPY ({newest}) TO STDOUT", out)
            started = time.perf_counter()
            with path.open("rb") as file:
                cursor.copy_expert("COPY bench_lead FROM STDIN", file)
            took = time.perf_counter() - started
            cursor.execute("DROP TABLE bench_lead")
        return took


def memory() -> int:
    """The most memory this process has held, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def bring_in(ground: Ground, folder: Path, rows: int) -> Seen:
    path = folder / f"leads-{rows}.csv"
    write_file(path, rows, seed=rows)
    batch, took = ground.bring_in(path)
    if batch.created != rows:
        raise SystemExit(f"{batch.state}: {batch.created} of {rows} were created. {batch.error}")
    again, took_again = ground.bring_in(path)
    if again.duplicate != rows:
        raise SystemExit(f"{again.duplicate} of {rows} were known again.")
    return Seen(rows / took, rows / took_again, rows / ground.copy(folder, rows), memory())


if __name__ == "__main__":
    alone("imports", measure, __doc__)
