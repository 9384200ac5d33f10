"""The stages of a clock are recorded once each, at their true instants, many clocks at a time."""

import json
from datetime import datetime
from typing import Any, Final

from django.db import connection

from handoff.journal.models import Entry
from handoff.journal.reactions import AFTER
from handoff.journal.record import note_written
from handoff.journal.vocabulary import msgid
from sla import events
from sla.models import ClauseKind, Clock, Escalation, Stage

EVENT_OF: Final = {
    Stage.WARNED: events.WARNED,
    Stage.BREACHED: events.BREACHED,
    Stage.ESCALATED: events.ESCALATED,
}
CLAUSES: Final = {kind.value: msgid(kind.label) for kind in ClauseKind}

DUE: Final = """
    SELECT * FROM {clock} WHERE next_at < %(upto)s AND kind <> 'lease' AND paused_at IS NULL
    ORDER BY next_at, id LIMIT %(limit)s FOR NO KEY UPDATE SKIP LOCKED
"""
ONE: Final = "SELECT * FROM {clock} WHERE id = %(clock)s FOR NO KEY UPDATE"
STAGES: Final = """
WITH due AS MATERIALIZED ({chosen}),
words (stage, event, waits) AS (VALUES
    ('warned', %(warned)s, %(warned_waits)s),
    ('breached', %(breached)s, %(breached_waits)s),
    ('escalated', %(escalated)s, %(escalated_waits)s)),
gone AS (
    SELECT due.*, words.*, moment,
        moment < max(moment) OVER (PARTITION BY id)
            OR (%(ended)s AND words.stage = 'warned') AS superseded
    FROM due
    CROSS JOIN LATERAL (VALUES
        ('warned', nullif(warn_at, due_at)),
        ('breached', due_at),
        ('escalated', escalate_at)) AS stages (stage, moment)
    JOIN words ON words.stage = stages.stage
    WHERE moment < %(upto)s),
kept AS (
    INSERT INTO {escalation} (clock_id, stage, due_at, recorded_at, superseded)
    SELECT id, stage, moment, %(noticed_at)s, superseded FROM gone
    ON CONFLICT (clock_id, stage) DO NOTHING RETURNING clock_id, stage),
told AS (
    INSERT INTO {entry} (event, about, about_id, at, data, delivered_at, next_at, attempts, error)
    SELECT event, 'clock', id, moment, jsonb_build_object(
            'clause', %(clauses)s::jsonb ->> kind, 'kind', kind, 'handoff_id', handoff_id,
            'team_id', team_id, 'owner_id', owner_id, 'due_at', due_at, 'superseded', superseded),
        CASE WHEN NOT waits THEN moment END, CASE WHEN waits THEN moment END, 0, ''
    FROM gone JOIN kept ON kept.clock_id = gone.id AND kept.stage = gone.stage
    ORDER BY moment, id),
moved AS (
    UPDATE {clock} AS clock SET
        verdict = CASE WHEN clock.verdict = 'running' AND clock.due_at < %(upto)s
            THEN 'breached' ELSE clock.verdict END,
        next_at = CASE
            WHEN clock.warn_at >= %(upto)s AND clock.warn_at < clock.due_at THEN clock.warn_at
            WHEN clock.due_at >= %(upto)s THEN clock.due_at
            WHEN clock.escalate_at >= %(upto)s THEN clock.escalate_at END
    FROM due WHERE clock.id = due.id)
SELECT count(*) FROM due
"""
"""Everything about due clocks in one statement: a later stage overtakes the earlier ones."""


def pass_due(*, upto: datetime, limit: int) -> int:
    """Bring up to `limit` due clocks up to an instant, leases excepted; returns how many.

    What happens at a moment itself has not passed it. Clocks held by others are left for later.
    """
    return _run(DUE, upto=upto, limit=limit, noticed_at=upto, ended=False)


def pass_one(clock: Clock, *, upto: datetime, noticed_at: datetime) -> None:
    """The same for one clock, held locked, that something ends at `upto`; a warning is too late.

    A lease has no stages.
    """
    if clock.kind == ClauseKind.LEASE or min(clock.warn_at, clock.due_at) >= upto:
        return
    _run(ONE, upto=upto, clock=clock.pk, noticed_at=noticed_at, ended=True)
    clock.refresh_from_db(fields=("verdict",))


def told(clock: Clock) -> dict[str, Any]:
    """What an entry about a clock carries; the statement above writes the same."""
    return {
        "clause": CLAUSES[clock.kind],
        "kind": clock.kind,
        "handoff_id": clock.handoff_id,
        "team_id": clock.team_id,
        "owner_id": clock.owner_id,
        "due_at": clock.due_at.isoformat(),
    }


def _run(chosen: str, **values: Any) -> int:
    tables = {
        "clock": Clock._meta.db_table,
        "escalation": Escalation._meta.db_table,
        "entry": Entry._meta.db_table,
    }
    for stage, event in EVENT_OF.items():
        values |= {stage.value: event, f"{stage.value}_waits": bool(AFTER.get(event))}
    values["clauses"] = json.dumps(CLAUSES)
    with connection.cursor() as cursor:
        cursor.execute(STAGES.format(chosen=chosen.format(**tables), **tables), values)
        count: int = cursor.fetchone()[0]
    if count:
        note_written(*EVENT_OF.values())
    return count
