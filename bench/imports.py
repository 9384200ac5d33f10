"""Rows a second through the whole import, at two sizes, against a bare COPY of the same leads.

    python -m bench.imports [--rows 10000 100000]

Each row is read, validated (e-mail, phone, dates), looked up, inserted with its touch and its
journal entry, in chunks that each commit. Then the same file again, where everybody is known.
Works in a durable Postgres of its own that is gone afterwards.
"""

import argparse
import csv
import os
import random
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import django
from django.apps import apps

from handoff.embedded import start_postgres

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


@contextmanager
def own_database() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="handoff-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        server = start_postgres(folder / "postgres", log=folder / "postgres.log")
        try:
            os.environ["DATABASE_URL"] = server.url
            os.environ["HANDOFF_DATA_DIR"] = str(folder)
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "handoff.settings")
            django.setup()
            yield folder
        finally:
            server.stop()


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
        from django.core.management import call_command  # noqa: PLC0415  after the settings

        from tests.cast import make_cast  # noqa: PLC0415

        call_command("migrate", verbosity=0)
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


def measure(ground: Ground, folder: Path, rows: int) -> None:
    path = folder / f"leads-{rows}.csv"
    write_file(path, rows, seed=rows)
    before = memory()
    batch, took = ground.bring_in(path)
    if batch.created != rows:
        raise SystemExit(f"{batch.state}: {batch.created} of {rows} were created. {batch.error}")
    grown = memory() - before
    again, took_again = ground.bring_in(path)
    bare = ground.copy(folder, rows)
    print(
        f"{rows:>9,} {rows / took:>11,.0f}/s {rows / took_again:>11,.0f}/s {rows / bare:>11,.0f}/s"
        f" {bare / took:>8.2f} {grown:>7} MB   known again: {again.duplicate:,}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, nargs="+", default=[10_000, 100_000])
    options = parser.parse_args()
    with own_database() as folder:
        ground = Ground()
        print("     rows         new          known    bare COPY  to COPY  memory")
        for rows in options.rows:
            measure(ground, folder, rows)
        apps.clear_cache()


if __name__ == "__main__":
    main()
