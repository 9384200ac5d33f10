"""Running clocks by the million, and making some of them due. Needs `house()` first."""

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from leads.models import Handoff
from sla.actions import clocks
from sla.actions.agreements import terms_in_force
from sla.models import Escalation
from tests.cast import make_cast
from tests.walk import new_lead

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
FIND: Final = "SELECT id FROM sla_clock WHERE next_at < %s ORDER BY next_at, id LIMIT %s"
BARE: Final = (
    "UPDATE sla_clock SET verdict = 'breached', next_at = NULL WHERE id = ANY(%(ids)s)",
    """
    INSERT INTO sla_escalation (clock_id, stage, due_at, recorded_at, superseded)
    SELECT unnest(%(ids)s), 'breached', %(at)s, %(at)s, false
    """,
    """
    INSERT INTO journal_entry (event, about, about_id, at, data, next_at, attempts, error)
    SELECT 'clock.breached', 'clock', unnest(%(ids)s), %(at)s, '{}', %(at)s, 0, ''
    """,
)
"""What a sweep writes at the least, of ids that are known already."""
TELL_NOBODY: Final = """
UPDATE journal_entry SET delivered_at = at, next_at = NULL WHERE next_at IS NOT NULL
"""


class Ground:
    """One lead, one team, one agreement; as many ended journeys that owe feedback as asked for."""

    def __init__(self) -> None:
        self.at, self.cast = timezone.now(), make_cast()
        cast = self.cast
        terms = terms_in_force(cast.sales.pk, at=self.at)
        self.names = {
            "lead": new_lead(cast, at=self.at).pk,
            "team": cast.sales.pk,
            "user": cast.sam.pk,
            "clause": terms.clauses["feedback"].pk,
            "version": terms.version.pk,
        }
        self.count = 0

    def run(self, statement: str, **values: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(statement.format(**self.names), values)

    def grow(self, count: int) -> None:
        newest = Handoff.objects.order_by("-id").values_list("id", flat=True).first() or 0
        self.run(HANDOFFS, at=self.at, count=count - self.count)
        self.run(CLOCKS, at=self.at, after=newest)
        self.run("VACUUM ANALYZE")
        self.count = count

    def make_due(self, count: int, *, at: datetime | None = None) -> None:
        """So many more running clocks are due, at once or at an instant to come."""
        self.run(MAKE_DUE, at=at or self.at, due=count)

    def look(self) -> object:
        """A turn of the loop in which nothing is due."""
        return clocks.fire_some(at=self.at)

    def find(self, count: int) -> Sequence[int]:
        with connection.cursor() as cursor:
            cursor.execute(FIND, [self.at + timedelta(seconds=1), count])
            return [pk for (pk,) in cursor.fetchall()]

    def sweep(self) -> int:
        return clocks.fire_due(at=self.at + timedelta(seconds=1))

    def write_bare(self, ids: Sequence[int]) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for statement in BARE:
                cursor.execute(statement, {"ids": list(ids), "at": self.at})

    def tell_nobody(self) -> None:
        """What was written so far waits for no one."""
        self.run(TELL_NOBODY)

    def lateness(self, ahead: timedelta, patience: timedelta) -> float:
        """Seconds from a moment, so far ahead, to its breach being there for all to read."""
        moment = timezone.now() + ahead
        self.make_due(1, at=moment)
        while not Escalation.objects.filter(due_at=moment).exists():
            if timezone.now() > moment + patience:
                raise SystemExit("Nobody records a breach.")
            time.sleep(0.005)
        return (timezone.now() - moment).total_seconds()
