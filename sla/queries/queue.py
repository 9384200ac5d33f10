"""The queue: what waits to be claimed, the nearest deadline first, at the same cost at any length.

Both statements go down one index per team and stop early; nothing counts a whole queue.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from handoff.people.access import reach_of
from handoff.people.models import Side, Team, User
from leads.models import Handoff, Interaction
from leads.models.interaction import STRONG
from sla.queries.keyset import Place

PAGE: Final = 50
COUNTED: Final = 1_000

HEAD: Final = """
    FROM sla_clock WHERE kind = 'claim' AND stopped_at IS NULL AND team_id = team.id
"""
ROWS: Final = f"""
    WITH head AS MATERIALIZED (
        SELECT clock.* FROM unnest(%s::bigint[]) AS team (id) CROSS JOIN LATERAL (
            SELECT id, handoff_id, team_id, warn_at, due_at, paused_at {HEAD}
            AND (due_at, id) > (%s, %s) ORDER BY due_at, id LIMIT %s
        ) AS clock ORDER BY clock.due_at, clock.id LIMIT %s
    )
    SELECT head.id, head.warn_at, head.due_at, head.paused_at, head.team_id, handoff.id,
        handoff.why_now, handoff.offered_at, handoff.rescues, lead.id, lead.company, lead.origin,
        campaign.name,
        coalesce(nullif(lead.name, ''), nullif(lead.email, ''), nullif(lead.company, ''),
            nullif(lead.phone, ''), lead.external_id),
        coalesce(score.grade, '')
    FROM head
    JOIN leads_handoff AS handoff ON handoff.id = head.handoff_id
    JOIN leads_lead AS lead ON lead.id = handoff.lead_id
    LEFT JOIN leads_score AS score ON score.lead_id = lead.id
    LEFT JOIN leads_campaign AS campaign ON campaign.id = handoff.campaign_id
    ORDER BY head.due_at, head.id
"""  # noqa: S608  only the constant above is put in
COUNTS: Final = f"""
    SELECT coalesce(sum(waiting), 0), coalesce(sum(risk), 0), coalesce(sum(late), 0)
    FROM unnest(%s::bigint[]) AS team (id) CROSS JOIN LATERAL (
        SELECT count(*) AS waiting, count(*) FILTER (WHERE due_at < %s AND runs) AS late,
            count(*) FILTER (
                WHERE due_at >= %s AND warn_at <= %s AND warn_at < due_at AND runs) AS risk
        FROM (
            SELECT warn_at, due_at, paused_at IS NULL AND verdict <> 'waived' AS runs {HEAD}
            ORDER BY due_at, id LIMIT %s) AS first
    ) AS counted
"""  # noqa: S608  only the constant above is put in


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One waiting lead, with the nearest deadline of its claim (UTC)."""

    clock_id: int
    warn_at: datetime
    due_at: datetime
    paused_at: datetime | None
    team_id: int
    handoff_id: int
    why_now: str
    offered_at: datetime
    rescues: int
    lead_id: int
    company: str
    origin: str
    campaign: str | None
    name: str
    grade: str


@dataclass(frozen=True, slots=True)
class Signal:
    """What a lead did last that says why now, in the reader's language, and when (UTC)."""

    text: str
    at: datetime


@dataclass(frozen=True)
class QueuePage:
    rows: Sequence[QueueRow]
    signals: dict[int, Signal]
    next: Place | None


@dataclass(frozen=True)
class Counts:
    """How many wait, how many of them are at risk and late; counted to a thousand a team."""

    waiting: int
    risk: int
    late: int

    @property
    def waiting_text(self) -> str:
        return f"{COUNTED}+" if self.waiting > COUNTED else str(self.waiting)


@dataclass(frozen=True)
class Load:
    """Open claims of a person, and their limit where they have one."""

    held: int
    limit: int | None

    @property
    def text(self) -> str:
        return str(self.held) if self.limit is None else f"{self.held} / {self.limit}"

    @property
    def full(self) -> bool:
        return self.limit is not None and self.held >= self.limit


def queue_teams(user: User) -> list[Team]:
    """The sales teams whose queue the person sees, by name."""
    reach = reach_of(user)
    if reach.holds_everywhere("see_queue"):
        return list(Team.objects.filter(side=Side.SALES, archived_at__isnull=True))
    teams = (one.team for one in reach.memberships if one.team is not None)
    mine = [one for one in teams if one.side == Side.SALES and reach.holds("see_queue", one.pk)]
    return sorted(mine, key=lambda team: team.name)


def queue_page(
    team_ids: Sequence[int], *, after: Place | None = None, limit: int = PAGE
) -> QueuePage:
    """One page of the queues of some teams; two statements."""
    due_at, pk = (str(after.due_at), after.pk) if after else ("-infinity", 0)
    with connection.cursor() as cursor:
        cursor.execute(ROWS, [list(team_ids), due_at, pk, limit + 1, limit + 1])
        rows = [QueueRow(*values) for values in cursor.fetchall()]
    last = rows[limit - 1] if len(rows) > limit else None
    page = rows[:limit]
    return QueuePage(
        page,
        signals_of([row.lead_id for row in page]),
        Place(last.due_at, last.clock_id) if last else None,
    )


def signals_of(lead_ids: Sequence[int]) -> dict[int, Signal]:
    """The newest strong signal of each lead that has one."""
    newest = (
        Interaction.objects.filter(lead_id__in=lead_ids, kind__in=STRONG)
        .order_by("lead_id", "-occurred_at", "-id")
        .distinct("lead_id")
        .values_list("lead_id", "kind", "text", "material__name", "occurred_at")
    )
    labels = {kind.value: str(kind.label) for kind in STRONG}
    return {
        lead_id: Signal(": ".join(filter(None, (labels[kind], material or text[:120]))), at)
        for lead_id, kind, text, material, at in newest
    }


def counts_of(team_ids: Sequence[int], *, at: datetime) -> Counts:
    with connection.cursor() as cursor:
        cursor.execute(COUNTS, [list(team_ids), at, at, at, COUNTED + 1])
        return Counts(*map(int, cursor.fetchone()))


def load_of(user: User) -> Load:
    limits = [one.capacity for one in reach_of(user).memberships if one.capacity is not None]
    held = Handoff.objects.held_by(user).count()
    return Load(held, sum(limits) if limits else None)
