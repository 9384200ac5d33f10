"""What a draft would make of the leads of the last ninety days, against what is in force."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from handoff.people.models import User
from leads.models import Lead, RuleSet
from leads.rules.criteria import Rules
from leads.rules.reading import read
from leads.rules.sql import AT, compiled, of_many, scope_of, scored

DAYS: Final = 90
NAMED: Final = 8


@dataclass(frozen=True)
class Flip:
    """How many would enter or leave, and the newest of them by name."""

    count: int
    leads: Sequence[Lead]


@dataclass(frozen=True)
class Preview:
    """`leads` came in; `draft` of them would qualify, and `active` do, None without any active."""

    leads: int
    draft: int
    active: int | None
    enter: Flip
    leave: Flip

    @property
    def percent(self) -> int:
        return round(100 * self.draft / self.leads) if self.leads else 0


def preview_of(rules: Rules, *, team_id: int | None, by: User, at: datetime) -> Preview:
    """A few statements; names are of leads that `by` may see."""
    active = RuleSet.objects.speaking_for(team_id)
    cells = _cells(rules, read(active.rules) if active else Rules(), team_id, at)
    count = {pair: n for pair, (n, _ids) in cells.items()}
    return Preview(
        leads=sum(count.values()),
        draft=count.get((True, True), 0) + count.get((True, False), 0),
        active=count.get((True, True), 0) + count.get((False, True), 0) if active else None,
        enter=_flip(cells.get((True, False), (0, [])) if active else (0, []), by),
        leave=_flip(cells.get((False, True), (0, [])) if active else (0, []), by),
    )


def _cells(
    rules: Rules, active: Rules, team_id: int | None, at: datetime
) -> dict[tuple[bool, bool], tuple[int, list[int]]]:
    draft, now = compiled(rules, at=AT, prefix="d"), compiled(active, at=AT, prefix="a")
    own = RuleSet.objects.active().exclude(team=None).values_list("team_id", flat=True)
    leads = f"l.inbound_at > %(since)s AND l.inbound_at <= %(at)s AND {scope_of(team_id)}"
    touches = f"i.lead_id IN (SELECT l.id FROM leads_lead l WHERE {leads})"
    found = scored(now, scored(draft, of_many(leads, draft, now, touches=touches)))
    params: dict[str, Any] = {
        "at": at,
        "since": at - timedelta(days=DAYS),
        "team": team_id,
        "but": list(own),
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT d_qualifies, a_qualifies, count(*),"
            f" (array_agg(lead_id ORDER BY lead_id DESC))[:{NAMED}] FROM ({found}) f GROUP BY 1, 2",
            {**params, **draft.params, **now.params},
        )
        return {(d, a): (n, ids) for d, a, n, ids in cursor.fetchall()}


def _flip(cell: tuple[int, list[int]], by: User) -> Flip:
    count, ids = cell
    return Flip(count, list(Lead.objects.visible_to(by).filter(pk__in=ids).order_by("-pk")))
