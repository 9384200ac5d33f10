"""How long until somebody tries? Two lengths that are never mixed.

Response time: business time from the claim to the first attempt, by the calendar version that the
handoff's clock was counted by. Speed to lead: wall clock from the moment the person came in to
the first attempt, for first journeys only, since a later one began with a later touch.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection
from django.db.models import Max, Min, OuterRef, Subquery

from feedback.reports.cut import Cut
from feedback.reports.rulers import COLUMNS, Ruler, reading, table_of
from handoff.calendars.models import CalendarVersion
from sla.models import ClauseKind, Clock

BANDS: Final = ("0-5", "5-15", "15-60", "60+")
"""Minutes; a band holds its upper end, as a promise of five minutes does."""


@dataclass(frozen=True)
class Spread:
    """Lengths of a group, in seconds: `bands` counts them by BANDS, the rest are percentiles."""

    count: int = 0
    bands: tuple[int, int, int, int] = (0, 0, 0, 0)
    p50: float | None = None
    p90: float | None = None
    p95: float | None = None


@dataclass(frozen=True)
class Waits:
    """One group of a cohort. `never` ended without an attempt; `open` may still get one."""

    handed: int = 0
    response: Spread = Spread()
    speed: Spread = Spread()
    never: int = 0
    open: int = 0


@dataclass(frozen=True)
class Answer:
    """The whole cohort, then by team and by week."""

    in_all: Waits
    teams: dict[str, Waits]
    weeks: dict[date, Waits]


def of(cut: Cut) -> Answer:
    """All figures in three queries, however many handoffs there are."""
    table, parameters = table_of(_rulers(cut))
    cohort, bounds = cut.handoffs().values("pk").query.sql_with_params()
    sql = QUERY.format(rulers=table, cohort=cohort)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*parameters, cut.period.zone.key, *bounds])
        rows = cursor.fetchall()
    return Answer(
        in_all=next((_waits(row) for row in rows if row[0] == ALL), Waits()),
        teams={row[1]: _waits(row) for row in rows if row[0] == TEAM},
        weeks={row[2]: _waits(row) for row in rows if row[0] == WEEK},
    )


def _rulers(cut: Cut) -> list[Ruler]:
    """One ruler for each calendar version of the cohort, just long enough."""
    newest = Clock.objects.filter(handoff=OuterRef("pk"), kind=ClauseKind.FIRST_ATTEMPT)
    spans = (
        cut.handoffs()
        .filter(claimed_at__isnull=False, first_attempt_at__isnull=False)
        .annotate(calendar=Subquery(newest.order_by("-id").values("calendar_id")[:1]))
        .filter(calendar__isnull=False)
        .values_list("calendar")
        .annotate(Min("claimed_at"), Max("first_attempt_at"))
    )
    ends: dict[int, tuple[datetime, datetime]] = {pk: (start, end) for pk, start, end in spans}
    return [
        Ruler.of(version, *ends[version.pk])
        for version in CalendarVersion.objects.filter(pk__in=ends)
    ]


def _waits(row: Sequence[Any]) -> Waits:
    return Waits(
        handed=row[3],
        never=row[4],
        open=row[5],
        response=_spread(row[6:12]),
        speed=_spread(row[12:]),
    )


def _spread(row: Sequence[Any]) -> Spread:
    count, *bands, percentiles = row
    return Spread(count, tuple(bands), *(percentiles or (None, None, None)))


ALL, TEAM, WEEK = 3, 1, 2
"""What GROUPING() says of a row: a bit for each of team and week that it is not grouped by."""


def _columns(length: str) -> str:
    return f"""
        count({length}),
        count(*) FILTER (WHERE {length} <= 300),
        count(*) FILTER (WHERE {length} > 300 AND {length} <= 900),
        count(*) FILTER (WHERE {length} > 900 AND {length} <= 3600),
        count(*) FILTER (WHERE {length} > 3600),
        percentile_cont(ARRAY[0.5, 0.9, 0.95]) WITHIN GROUP (ORDER BY {length})"""


QUERY: Final = f"""
    WITH rulers {COLUMNS} AS ({{rulers}}),
    journeys AS (
        SELECT
            h.id,
            h.state,
            team.name AS team,
            date_trunc('week', h.offered_at AT TIME ZONE %s)::date AS week,
            h.claimed_at,
            h.first_attempt_at,
            (
                SELECT c.calendar_id FROM sla_clock c
                WHERE c.handoff_id = h.id AND c.kind = 'first_attempt'
                ORDER BY c.id DESC LIMIT 1
            ) AS calendar_id,
            CASE WHEN NOT EXISTS (
                SELECT FROM leads_handoff earlier
                WHERE earlier.lead_id = h.lead_id AND earlier.offered_at < h.offered_at
            ) THEN l.inbound_at END AS inbound_at
        FROM leads_handoff h
        JOIN leads_lead l ON l.id = h.lead_id
        JOIN people_team team ON team.id = h.team_id
        WHERE h.id IN ({{cohort}})
    ),
    lengths AS (
        SELECT
            journeys.*,
            CASE WHEN first_attempt_at <= claimed_at THEN 0
                 ELSE {reading("first_attempt_at")} - {reading("claimed_at")}
            END AS response,
            GREATEST(extract(epoch FROM first_attempt_at - inbound_at)::float8, 0) AS speed
        FROM journeys LEFT JOIN rulers USING (calendar_id)
    ),
    checked AS (
        SELECT
            lengths.id, state, team, week, first_attempt_at,
            CASE WHEN first_attempt_at IS NOT NULL AND claimed_at IS NOT NULL
                 AND calendar_id IS NOT NULL THEN response END AS response,
            CASE WHEN first_attempt_at IS NOT NULL AND inbound_at IS NOT NULL
                 THEN speed END AS speed
        FROM lengths
    )
    SELECT
        GROUPING(team, week), team, week,
        count(*),
        count(*) FILTER (
            WHERE first_attempt_at IS NULL AND state IN ('returned', 'won', 'lost')),
        count(*) FILTER (
            WHERE first_attempt_at IS NULL AND state IN ('waiting', 'claimed', 'accepted')),
        {_columns("response")},
        {_columns("speed")}
    FROM checked
    GROUP BY GROUPING SETS ((), (team), (week))
    ORDER BY 1, 2, 3
"""  # noqa: S608  # composed of constants; values are parameters
