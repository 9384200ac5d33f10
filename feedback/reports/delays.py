"""Where did the time until the first attempt go? Parts whose sum is the whole, to the microsecond.

The rule for what is missing or out of order is that of `sla.delays`, written once more in SQL so
that a cohort of any size is three queries; a test holds the two together. First journeys only, as
for speed to lead, and only those that were tried: the others stand apart.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from django.db import connection
from django.db.models import Max, Min

from feedback.reports.cut import Cut
from feedback.reports.rulers import COLUMNS, Ruler, reading, table_of
from handoff.calendars.models import CalendarVersion
from leads.events import LEAD, QUALIFIED, QUALIFIED_BY_RULES
from sla.delays import SECOND, Part, longest_of, shared_out
from sla.models import ClauseKind, Clock


@dataclass(frozen=True)
class Spent:
    """Microseconds of a group's tried journeys by part, all together.

    `never` ended without an attempt; `open` may still get one.
    """

    tried: int = 0
    whole: int = 0
    never: int = 0
    open: int = 0
    parts: dict[Part, int] = field(default_factory=lambda: dict.fromkeys(Part, 0))

    @property
    def average(self) -> int | None:
        """Seconds a lead."""
        return round(self.whole / self.tried / SECOND) if self.tried else None

    @property
    def averages(self) -> list[int | None]:
        """Seconds a lead by part, which add up to the average."""
        if self.average is None:
            return [None] * len(self.parts)
        return [*shared_out(list(self.parts.values()), self.average)]

    @property
    def longest(self) -> Part | None:
        return longest_of(self.parts)


@dataclass(frozen=True)
class Answer:
    in_all: Spent
    teams: dict[str, Spent]
    weeks: dict[date, Spent]


def of(cut: Cut) -> Answer:
    table, parameters = table_of(_rulers(cut))
    cohort, bounds = cut.handoffs().values("pk").query.sql_with_params()
    sql = QUERY.format(rulers=table, cohort=cohort)
    marks: list[Any] = [LEAD, [QUALIFIED, QUALIFIED_BY_RULES]]
    with connection.cursor() as cursor:
        cursor.execute(sql, [*parameters, cut.period.zone.key, *marks, *bounds])
        rows = cursor.fetchall()
    return Answer(
        in_all=next((_spent(row) for row in rows if row[0] == ALL), Spent()),
        teams={row[1]: _spent(row) for row in rows if row[0] == TEAM},
        weeks={row[2]: _spent(row) for row in rows if row[0] == WEEK},
    )


def _rulers(cut: Cut) -> list[Ruler]:
    """One ruler for each calendar version that a wait in the queue was counted by."""
    spans = (
        Clock.objects.filter(kind=ClauseKind.CLAIM, handoff__in=cut.handoffs())
        .filter(handoff__first_attempt_at__isnull=False)
        .values_list("calendar")
        .annotate(Min("handoff__offered_at"), Max("handoff__first_attempt_at"))
    )
    ends = {pk: (start, end) for pk, start, end in spans}
    return [
        Ruler.of(version, *ends[version.pk])
        for version in CalendarVersion.objects.filter(pk__in=ends)
    ]


def _spent(row: Sequence[Any]) -> Spent:
    tried, never, still_open, whole, *parts = map(int, row[3:])
    return Spent(tried, whole, never, still_open, dict(zip(Part, parts, strict=True)))


ALL, TEAM, WEEK = 3, 1, 2
"""What GROUPING() says of a row: a bit for each of team and week that it is not grouped by."""


def _length(start: str, end: str) -> str:
    """SQL for the microseconds between two instants."""
    return f"(extract(epoch FROM {end} - {start}) * 1000000)::bigint"


def _open(start: str, end: str) -> str:
    """SQL for the open microseconds between two instants; without a calendar, all of them."""
    measured = f"round((({reading(end)}) - ({reading(start)})) * 1000000)::bigint"
    return f"CASE WHEN calendar_id IS NULL THEN {_length(start, end)} ELSE {measured} END"


QUERY: Final = f"""
    WITH rulers {COLUMNS} AS ({{rulers}}),
    journeys AS (
        SELECT
            h.id, h.state, team.name AS team,
            date_trunc('week', h.offered_at AT TIME ZONE %s)::date AS week,
            l.inbound_at AS began, l.created_at, h.offered_at, h.claimed_at, h.first_attempt_at,
            GREATEST(h.first_attempt_at, l.inbound_at) AS ends,
            CASE
                WHEN l.marketing_qualified_at <= h.offered_at THEN l.marketing_qualified_at
                WHEN l.marketing_qualified_at IS NOT NULL THEN (
                    SELECT max(mark.at) FROM journal_entry mark
                    WHERE mark.about = %s AND mark.about_id = l.id AND mark.event = ANY(%s)
                        AND mark.at <= h.offered_at)
            END AS marked_at
        FROM leads_handoff h
        JOIN leads_lead l ON l.id = h.lead_id
        JOIN people_team team ON team.id = h.team_id
        WHERE h.id IN ({{cohort}}) AND NOT EXISTS (
            SELECT FROM leads_handoff earlier
            WHERE earlier.lead_id = h.lead_id AND earlier.offered_at < h.offered_at)
    ),
    ordered AS (
        SELECT journeys.*, recorded, qualified, offered
        FROM journeys
        CROSS JOIN LATERAL (SELECT LEAST(GREATEST(created_at, began), ends) AS recorded) r
        CROSS JOIN LATERAL (
            SELECT LEAST(GREATEST(COALESCE(marked_at, offered_at), recorded), ends) AS qualified) q
        CROSS JOIN LATERAL (SELECT LEAST(GREATEST(offered_at, qualified), ends) AS offered) o
        WHERE first_attempt_at IS NOT NULL
    ),
    turns AS (
        SELECT
            ordered.id, ends, c.calendar_id,
            CASE WHEN row_number() OVER turn = 1 THEN offered
                 ELSE LEAST(GREATEST(c.started_at, offered), ends) END AS starts,
            CASE WHEN lead(c.started_at) OVER turn IS NULL THEN ends
                 ELSE LEAST(GREATEST(lead(c.started_at) OVER turn, offered), ends) END AS until,
            CASE WHEN c.id IS NULL THEN ordered.claimed_at ELSE c.stopped_at END AS stopped_at
        FROM ordered
        LEFT JOIN sla_clock c ON c.handoff_id = ordered.id AND c.kind = 'claim'
        WINDOW turn AS (PARTITION BY ordered.id ORDER BY c.started_at, c.id)
    ),
    spans AS (
        SELECT turns.*, CASE WHEN stopped_at IS NULL THEN until
                             ELSE LEAST(GREATEST(stopped_at, starts), until) END AS claimed
        FROM turns
    ),
    measured AS (
        SELECT
            spans.id,
            {_length("starts", "claimed")} AS queue_whole,
            {_open("starts", "claimed")} AS queue,
            {_length("claimed", "until")} AS seller_whole,
            {_open("claimed", "until")} AS seller
        FROM spans LEFT JOIN rulers USING (calendar_id)
    ),
    held AS (
        SELECT
            id, sum(queue) AS queue, sum(queue_whole - queue) AS queue_closed,
            sum(seller) AS seller, sum(seller_whole - seller) AS seller_closed
        FROM measured GROUP BY id
    )
    SELECT
        GROUPING(team, week), team, week,
        count(ordered.id),
        count(*) FILTER (
            WHERE journeys.first_attempt_at IS NULL AND state IN ('returned', 'won', 'lost')),
        count(*) FILTER (
            WHERE journeys.first_attempt_at IS NULL
                AND state IN ('waiting', 'claimed', 'accepted')),
        COALESCE(sum({_length("ordered.began", "ordered.ends")}), 0),
        COALESCE(sum({_length("ordered.began", "recorded")}), 0),
        COALESCE(sum({_length("recorded", "qualified")}), 0),
        COALESCE(sum({_length("qualified", "offered")}), 0),
        COALESCE(sum(queue), 0),
        COALESCE(sum(queue_closed), 0),
        COALESCE(sum(seller), 0),
        COALESCE(sum(seller_closed), 0)
    FROM journeys
    LEFT JOIN (
        SELECT id, began, ends, recorded, qualified, offered FROM ordered
    ) ordered USING (id)
    LEFT JOIN held USING (id)
    GROUP BY GROUPING SETS ((), (team), (week))
    ORDER BY 1, 2, 3
"""  # noqa: S608  # composed of constants; values are parameters
