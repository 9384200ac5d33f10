"""A file looked at before it is brought in: its first rows, or all of it with nothing kept."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import transaction

from leads.actions.bulk import Door, Tally
from leads.actions.imports import source_of, table_of, take_in_chunk
from leads.actions.reading import CHUNK, Reading
from leads.mapping import Plan, plan_from
from leads.models import ImportBatch
from leads.problems import Problem
from leads.staging import Staged, Stager
from leads.tabular.opening import open_table
from leads.tabular.table import Row


@dataclass
class Report:
    """The counts of a file, which add up to its rows, and why rows were not taken in."""

    rows: int = 0
    created: int = 0
    updated: int = 0
    duplicate: int = 0
    quarantined: int = 0
    reasons: list[tuple[int, list[Problem]]] | None = None

    def add(self, rows: int, tally: Tally, refused: Sequence[tuple[Row, list[Problem]]]) -> None:
        self.rows += rows
        self.created += tally.created
        self.updated += tally.updated
        self.duplicate += tally.duplicate
        self.quarantined += len(refused)
        self.reasons = [*(self.reasons or []), *((row.number, why) for row, why in refused)]


def rehearse(*, path: Path, plan: Plan, door: Door, at: datetime) -> Report:
    """What would become of each row; nothing is kept."""
    report = Report()
    with transaction.atomic():
        table = open_table(path, most_bytes=settings.IMPORT_MAX_BYTES)
        plan.require_columns(table.columns)
        reading = Reading(table, Stager(plan, table.columns, at))
        source = source_of(plan)
        door = replace(door, rehearsal=True, source_id=source.pk if source else None)
        while (chunk := reading.take()).rows:
            report.add(len(chunk.rows), *take_in_chunk(chunk, door=door, at=at))
            if len(chunk.rows) < CHUNK:
                break
        transaction.set_rollback(True)
    return report


@dataclass(frozen=True)
class Looked:
    """One row before anything is brought in: what stands there and what is wrong with it."""

    row: Row
    problems: Sequence[Problem]


def look(batch: ImportBatch, *, at: datetime, rows: int = 20) -> list[Looked]:
    """The first rows as the mapping reads them. Raises FileProblem and MappingProblem."""
    table, plan = table_of(batch), plan_from(batch.mapping, zone=settings.TIME_ZONE)
    stager = Stager(plan, table.columns, at)
    looked = []
    for row in islice(table.rows(), rows):
        staged = stager.stage(row)
        looked.append(Looked(row, [] if isinstance(staged, Staged) else staged))
    return looked
