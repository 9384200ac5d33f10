"""Files of leads: uploaded, mapped, looked at, and brought in chunk by chunk.

A chunk is one transaction that also moves `done` and the counts, so that a process killed at any
moment loses and repeats nothing. Whoever comes next reads on from `done`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import structlog
from django.conf import settings
from django.core.files.base import File
from django.db import DatabaseError, OperationalError, connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from handoff.journal.nudges import nudger
from handoff.journal.record import record as tell
from handoff.notices.live import changed
from handoff.people.access import allowed
from handoff.people.models import Side, Team, User
from leads import events, refusals
from leads.actions.bulk import Door, Tally, take_in
from leads.actions.intake import marketing_teams
from leads.actions.known import hold_the_door
from leads.actions.reading import CHUNK, Chunk, Reading
from leads.mapping import MappingProblem, Plan, guess, plan_from
from leads.models import ImportBatch, Quarantine, Source
from leads.problems import Problem, problem
from leads.staging import Stager
from leads.tabular.opening import open_table, require_rows
from leads.tabular.table import FileProblem, Row, Table

LEASE: Final = timedelta(seconds=20)
FILES_KEPT: Final = timedelta(days=7)
MOST_OPEN: Final = 4
CONTINUE: Final = "leads.tasks.continue_imports"
log = structlog.get_logger(__name__)


_readings: dict[int, Reading] = {}
"""Files that this process has open; another one that takes over reads on from `done`."""


@transaction.atomic
def upload(*, file: "File[bytes]", name: str, team_id: int, by: User, at: datetime) -> ImportBatch:
    """Keep a file and look at its columns. Raises the refusals `not_allowed` and `invalid`."""
    if not allowed(by, "import", on=team_id):
        raise refusals.not_allowed()
    if all(team.pk != team_id for team in marketing_teams(by)):
        raise refusals.wrong(team=_("Choose a marketing team."))
    if (file.size or 0) > settings.IMPORT_MAX_BYTES:
        limit = str(settings.IMPORT_MAX_BYTES // (1024 * 1024))
        raise refusals.wrong(file=str(FileProblem("too_big", limit=limit)))
    batch = ImportBatch(team_id=team_id, by=by, file_name=Path(name).name[-255:], created_at=at)
    batch.file.save(f"{at:%Y%m%d-%H%M%S}.table", file, save=False)
    try:
        table = table_of(batch)
        require_rows(table)
    except FileProblem as found:
        batch.file.delete(save=False)
        raise refusals.wrong(file=str(found)) from None
    batch.rows = table.estimate()
    batch.mapping = {
        "columns": guess(table.columns),
        "source": Path(name).stem[:120],
        "attributes": "*",
    }
    batch.save()
    return batch


@transaction.atomic
def set_mapping(
    *, batch_id: int, mapping: Mapping[str, Any], by: User, at: datetime
) -> ImportBatch:
    """Say what the columns are; the file is ready to be brought in then, not yet running."""
    batch = _lock(batch_id, by)
    if batch.state not in (ImportBatch.State.UPLOADED, ImportBatch.State.READY):
        raise refusals.not_now("map", batch.get_state_display())
    try:
        plan = plan_from(mapping, zone=settings.TIME_ZONE)
        plan.require_columns(table_of(batch).columns)
        sales_team(plan)
    except (MappingProblem, FileProblem) as found:
        raise refusals.wrong(mapping=str(found)) from None
    batch.mapping, batch.state = plan.kept(), ImportBatch.State.READY
    batch.source = source_of(plan)
    batch.save(update_fields=("mapping", "state", "source"))
    return batch


@transaction.atomic
def begin(*, batch_id: int, by: User, at: datetime) -> ImportBatch:
    """Let it run in the background; one that failed goes on where it stopped."""
    batch = _lock(batch_id, by)
    if batch.state == ImportBatch.State.RUNNING:
        return batch
    if batch.state not in (ImportBatch.State.READY, ImportBatch.State.FAILED):
        raise refusals.not_now("begin", batch.get_state_display())
    batch.state, batch.error, batch.next_at = ImportBatch.State.RUNNING, "", at
    batch.started_at = batch.started_at or at
    batch.save(update_fields=("state", "error", "next_at", "started_at"))
    transaction.on_commit(lambda: nudger.nudge(CONTINUE), robust=True)
    return batch


@transaction.atomic
def discard(*, batch_id: int, by: User) -> None:
    """Forget a file of which nothing was brought in."""
    batch = _lock(batch_id, by)
    if batch.state not in (ImportBatch.State.UPLOADED, ImportBatch.State.READY):
        raise refusals.not_now("discard", batch.get_state_display())
    transaction.on_commit(lambda: batch.file.delete(save=False), robust=True)
    ImportBatch.objects.filter(pk=batch.pk).delete()


def import_next(*, at: datetime, batch_id: int | None = None) -> bool:
    """Bring in one chunk of the file that has waited longest. True: there may be more."""
    with transaction.atomic():
        batch = _due(at, batch_id)
        if batch is None:
            return False
        reading = _readings.pop(batch.pk, None)
        try:
            with transaction.atomic():
                reading = _bring_in_chunk(batch, reading, at)
        except OperationalError:
            raise
        except (FileProblem, MappingProblem) as found:
            reading = None
            with override(batch.by.language or settings.LANGUAGE_CODE):
                _fail(batch, str(found))
        except (DatabaseError, ArithmeticError, LookupError, OSError, ValueError):
            log.exception("import_failed", batch=batch.pk, done=batch.done)
            reading = None
            _fail(batch, "")
    if reading is not None and batch.state == ImportBatch.State.RUNNING:
        _readings[batch.pk] = reading
        while len(_readings) > MOST_OPEN:
            _readings.pop(next(iter(_readings)))
    changed(batch.topic)
    return True


@transaction.atomic
def forget_old_files(*, at: datetime) -> int:
    """Delete what holds people's data and is of no use any more; how many files.

    Those brought in, and those that nobody went on with for seven days, nor does right now.
    """
    kept = ImportBatch.objects.exclude(file="").exclude(state=ImportBatch.State.RUNNING)
    old = kept.filter(Q(state=ImportBatch.State.FINISHED) | Q(created_at__lte=at - FILES_KEPT))
    batches = list(old.select_for_update(skip_locked=True, no_key=True))
    for batch in batches:
        batch.file.delete(save=True)
    return len(batches)


def table_of(batch: ImportBatch) -> Table:
    """The uploaded file as a table. Raises FileProblem."""
    if not batch.file:
        raise FileProblem("gone")
    return open_table(Path(batch.file.path), most_bytes=settings.IMPORT_MAX_BYTES)


def source_of(plan: Plan) -> Source | None:
    """The source of record that the plan names, made if it is new."""
    return Source.objects.get_or_create(name=plan.source)[0] if plan.source else None


def sales_team(plan: Plan) -> Team | None:
    """The team to which imported journeys belong: the one named, else the only one.

    Raises MappingProblem where there are journeys and no telling whose they were.
    """
    if not plan.has_outcomes:
        return None
    teams = list(Team.objects.filter(side=Side.SALES, archived_at__isnull=True))
    named = [team for team in teams if plan.sales_team in ("", team.name)]
    if len(named) == 1:
        return named[0]
    raise MappingProblem(
        _("Say in “sales_team” which sales team the outcomes belong to: %(teams)s.")
        % {"teams": ", ".join(team.name for team in teams) or "–"}
    )


def door_of(batch: ImportBatch, plan: Plan) -> Door:
    selling = sales_team(plan)
    return Door(
        team_id=batch.team_id,
        by=batch.by,
        source_id=batch.source_id,
        sales_team_id=selling.pk if selling else None,
        batch_id=batch.pk,
        file_name=batch.file_name,
        touch=plan.touch,
        creates=plan.creates,
    )


def _lock(batch_id: int, by: User) -> ImportBatch:
    rows = ImportBatch.objects.visible_to(by).filter(pk=batch_id)
    batch = rows.select_related("team").select_for_update(of=("self",)).first()
    if batch is None:
        raise refusals.unknown()
    if not allowed(by, "import", on=batch.team_id):
        raise refusals.not_allowed()
    return batch


def _due(at: datetime, batch_id: int | None) -> ImportBatch | None:
    """The next file to go on with: one's own at once, another's when its lease has run out."""
    rows = ImportBatch.objects.filter(state=ImportBatch.State.RUNNING).select_related("by")
    rows = rows.filter(Q(next_at__lte=at) | Q(pk__in=list(_readings)))
    if batch_id is not None:
        rows = rows.filter(pk=batch_id)
    return rows.order_by("next_at", "pk").select_for_update(skip_locked=True, of=("self",)).first()


def _bring_in_chunk(batch: ImportBatch, reading: Reading | None, at: datetime) -> Reading:
    plan = plan_from(batch.mapping, zone=settings.TIME_ZONE)
    if reading is None or reading.done != batch.done:
        reading = _read_on(batch, plan)
    chunk = reading.take()
    if len(chunk.rows) == CHUNK:
        _commit_lazily()
    tally, refused = take_in_chunk(chunk, door=door_of(batch, plan), at=at)
    Quarantine.objects.bulk_create(
        Quarantine(
            batch=batch,
            row=row.number,
            reason=why[0].code,
            problems=[each.kept() for each in why],
            raw=_raw(row, reading.columns),
        )
        for row, why in refused
    )
    _count(batch, chunk, tally, len(refused), at)
    return reading


def _commit_lazily() -> None:
    """A power cut may take the last moment of chunks back together with their counts, whole; the
    last chunk commits as usual, and with it all before it."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit TO off")


def _read_on(batch: ImportBatch, plan: Plan) -> Reading:
    """Open the file and go to where the last chunk ended; dates lie before the start."""
    table = table_of(batch)
    plan.require_columns(table.columns)
    stager = Stager(plan, table.columns, batch.started_at or batch.created_at)
    return Reading(table, stager, done=batch.done)


def take_in_chunk(
    chunk: Chunk, *, door: Door, at: datetime
) -> tuple[Tally, Sequence[tuple[Row, list[Problem]]]]:
    """Bring in what can be; what became of it, and the rest with the reasons why not."""
    if chunk.fit is None:
        return Tally(), chunk.refused
    if not door.rehearsal:
        hold_the_door()
    tally = take_in(chunk.fit, door=door, at=at)
    unknown, why = set(tally.unknown), [problem("unknown_here")]
    more = [(row, why) for row in chunk.rows if row.number in unknown] if unknown else []
    return tally, sorted([*chunk.refused, *more], key=lambda each: each[0].number)


def _count(batch: ImportBatch, chunk: Chunk, tally: Tally, refused: int, at: datetime) -> None:
    finished = len(chunk.rows) < CHUNK
    batch.done += len(chunk.rows)
    batch.created += tally.created
    batch.updated += tally.updated
    batch.duplicate += tally.duplicate
    batch.quarantined += refused
    batch.rows = batch.done if finished else max(batch.rows, batch.done)
    batch.next_at = None if finished else at + LEASE
    if finished:
        batch.state, batch.finished_at = ImportBatch.State.FINISHED, at
        tell(events.IMPORT_FINISHED, about_id=batch.pk, at=at, by=batch.by, file=batch.file_name)
        transaction.on_commit(lambda: batch.file.delete(save=True), robust=True)
    batch.save()


def _raw(row: Row, columns: Sequence[str]) -> list[tuple[str, str]]:
    """Column and cell of the row as it stood, fit to be stored."""
    more = (f"column {place}" for place in range(len(columns) + 1, len(row.cells) + 1))
    return [
        (name, storable(cell)) for name, cell in zip([*columns, *more], row.cells, strict=False)
    ]


def storable(text: str) -> str:
    """Text with its NULs shown, since no database column can hold them."""
    return text.replace("\x00", "␀")


def _fail(batch: ImportBatch, why: str) -> None:
    """Stop with a reason that people can read; what was brought in stays, `begin` goes on."""
    batch.state, batch.error, batch.next_at = ImportBatch.State.FAILED, why[:500], None
    batch.save(update_fields=("state", "error", "next_at"))
