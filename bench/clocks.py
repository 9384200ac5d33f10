"""The sweep over 10,000 and over 1,000,000 running clocks, in one run.

    python -m bench.clocks [--few 10000] [--many 1000000]

Prints the idle tick and the sweep of 1,000 due clocks with its commit, and their ratios. Works in
a durable Postgres of its own that is gone afterwards.
"""

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import django
from django.apps import apps

from handoff.embedded import start_postgres

AT: Final = datetime(2026, 11, 16, 15, 0, tzinfo=UTC)
DUE: Final = 1_000
ROUNDS: Final = 9

HANDOFFS: Final = """
INSERT INTO leads_handoff (lead_id, team_id, state, note, pains, promise, why_now, completeness,
    offered_at, claimed_at, claimed_by_id, ended_at, reason, reason_note, rescues, imported)
SELECT {lead}, {team}, 'lost', '', '[]', '', '', 0, %(at)s, %(at)s, {user}, %(at)s, 'other', '', 0,
    false FROM generate_series(1, %(count)s) RETURNING id
"""
CLOCKS: Final = """
INSERT INTO sla_clock (handoff_id, clause_id, calendar_id, kind, team_id, owner_id, verdict,
    started_at, warn_at, due_at, escalate_at, next_at)
SELECT id, {clause}, {version}, 'feedback', {team}, {user}, 'running', %(at)s,
    at + interval '1 hour', at + interval '2 hours', at + interval '3 hours',
    at + interval '1 hour'
FROM (SELECT id, %(at)s + id %% 1000 * interval '1 hour' + interval '30 days' AS at
      FROM leads_handoff WHERE id > %(after)s) AS ours
"""
MAKE_DUE: Final = """
UPDATE sla_clock SET warn_at = %(at)s, due_at = %(at)s, next_at = %(at)s, started_at = %(at)s,
    verdict = 'running', escalate_at = NULL
WHERE id IN (SELECT id FROM sla_clock WHERE verdict = 'running' LIMIT %(due)s)
"""


@contextmanager
def own_database() -> Iterator[None]:
    with tempfile.TemporaryDirectory(prefix="handoff-bench-") as name:
        folder = Path(name)
        folder.chmod(0o711)
        server = start_postgres(folder / "postgres", log=folder / "postgres.log")
        try:
            os.environ["DATABASE_URL"] = server.url
            os.environ.setdefault("DJANGO_SETTINGS_MODULE", "handoff.settings")
            django.setup()
            yield
        finally:
            server.stop()


class Ground:
    """One lead, one team, one agreement; as many ended journeys that owe feedback as asked for."""

    def __init__(self) -> None:
        from django.core.management import call_command  # noqa: PLC0415  after the settings
        from django.db import connection  # noqa: PLC0415

        from sla.actions.agreements import terms_in_force  # noqa: PLC0415
        from tests.cast import make_cast  # noqa: PLC0415
        from tests.walk import new_lead  # noqa: PLC0415

        call_command("migrate", verbosity=0)
        self.connection, cast = connection, make_cast()
        terms = terms_in_force(cast.sales.pk, at=AT)
        self.names = {
            "lead": new_lead(cast, at=AT).pk,
            "team": cast.sales.pk,
            "user": cast.sam.pk,
            "clause": terms.clauses["feedback"].pk,
            "version": terms.version.pk,
        }
        self.count = 0

    def run(self, statement: str, **values: Any) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(statement.format(**self.names), values)

    def grow(self, count: int) -> None:
        model = apps.get_model("leads", "Handoff")
        newest = model.objects.order_by("-id").values_list("id", flat=True).first() or 0
        self.run(HANDOFFS, at=AT, count=count - self.count)
        self.run(CLOCKS, at=AT, after=newest)
        self.run("VACUUM ANALYZE")
        self.count = count

    def make_due(self) -> None:
        self.run(MAKE_DUE, at=AT, due=DUE)


def milliseconds(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return (time.perf_counter() - begin) * 1_000


def measure(ground: Ground) -> tuple[float, float]:
    """The median idle tick and the median sweep of 1,000, in milliseconds."""
    from sla.actions import clocks  # noqa: PLC0415  after the settings

    idle = [milliseconds(lambda: clocks.fire_some(at=AT)) for _ in range(50)]
    swept = []
    for _ in range(ROUNDS):
        ground.make_due()
        swept.append(milliseconds(lambda: clocks.fire_due(at=AT + timedelta(seconds=1))))
    return statistics.median(idle), statistics.median(swept)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", type=int, default=10_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    options = parser.parse_args()
    with own_database():
        ground, found = Ground(), []
        for count in (options.few, options.many):
            ground.grow(count)
            found.append(measure(ground))
            print(f"{count:>9,} clocks   idle tick {found[-1][0]:6.2f} ms   "
                  f"sweep of {DUE:,} {found[-1][1]:7.1f} ms")  # fmt: skip
        (idle, swept), (much_idle, much_swept) = found
        print(f"many against few   {much_idle / idle:15.2f}      {much_swept / swept:18.2f}")


if __name__ == "__main__":
    main()
