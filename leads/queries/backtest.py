"""A rule set asked about the past: what it would have said at each decision, against what sales
made of it.

A decision is a handoff, at the moment it was offered; or a lead that was never handed over, at its
latest touch. Features are as of that moment. A decision has a label once it is mature: won, or not
won. Never handed over is no label and is counted apart, except where a file said that its outcomes
are complete: its MQLs without a sale are not won.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction

from leads.rules.criteria import Rules
from leads.rules.intervals import Share, ratio
from leads.rules.sql import Compiled, compiled, of_moments, scored

MATURE_AFTER: Final = timedelta(days=60)
FIRST: Final = datetime(1970, 1, 1, tzinfo=UTC)
SMALL: Final = 30
"""Below this many labelled decisions nothing is ranked."""
MOMENTS: Final = """
SELECT h.lead_id, h.offered_at AS at, h.imported AS history,
    h.state = 'won' AS won, true AS labelled
FROM leads_handoff h JOIN leads_lead d ON d.id = h.lead_id
WHERE h.state <> 'withdrawn' AND h.offered_at >= %(since)s AND h.offered_at < %(until)s
    AND (%(team)s IS NULL OR d.team_id = %(team)s)
UNION ALL
SELECT d.id, m.at, d.batch_id IS NOT NULL, false, m.complete
FROM leads_lead d
LEFT JOIN leads_importbatch b ON b.id = d.batch_id
CROSS JOIN LATERAL (
    SELECT COALESCE(b.mapping ->> 'outcomes' = 'complete', false)
            AND d.marketing_qualified_at IS NOT NULL AS complete,
        CASE WHEN b.mapping ->> 'outcomes' = 'complete'
            THEN COALESCE(d.marketing_qualified_at, d.touched_at) ELSE d.touched_at END AS at
) m
WHERE m.at >= %(since)s AND m.at < %(until)s AND (%(team)s IS NULL OR d.team_id = %(team)s)
    AND NOT EXISTS (
        SELECT 1 FROM leads_handoff h WHERE h.lead_id = d.id AND h.state <> 'withdrawn')
"""
KEEP: Final = """
CREATE TEMPORARY TABLE leads_backtest ON COMMIT DROP AS
SELECT f.*, f.at <= %(mature)s AS mature, f.labelled AND f.at <= %(mature)s AS counts,
    date_trunc('week', f.at AT TIME ZONE %(zone)s)::date AS week
FROM ({found}) f
"""
CELLS: Final = """
SELECT {q}, mature, labelled, won, count(*) FROM leads_backtest GROUP BY 1, 2, 3, 4
"""


@dataclass(frozen=True)
class Period:
    """Decisions from `since` up to `until` (UTC); those less than `mature_after` before `now` are
    immature. `zone` is where weeks begin."""

    since: datetime
    until: datetime
    now: datetime
    mature_after: timedelta = MATURE_AFTER
    zone: str = "UTC"
    team_id: int | None = None


@dataclass(frozen=True)
class Confusion:
    """Labelled, mature decisions by what the rules said and what became of them."""

    tp: int = 0
    fp: int = 0
    fn: int = 0
    tn: int = 0

    @property
    def labelled(self) -> int:
        return self.tp + self.fp + self.fn + self.tn

    @property
    def precision(self) -> Share:
        return Share(self.tp, self.tp + self.fp)

    @property
    def recall(self) -> Share:
        return Share(self.tp, self.tp + self.fn)

    @property
    def base(self) -> Share:
        return Share(self.tp + self.fn, self.labelled)


@dataclass(frozen=True)
class Verdict:
    """What one rule set makes of the period. `unlabelled` of the qualified were never handed over;
    had all of them been lost or won, precision would lie at the bounds."""

    confusion: Confusion
    unlabelled: int
    weeks: int

    @property
    def qualified(self) -> int:
        return self.confusion.tp + self.confusion.fp + self.unlabelled

    @property
    def bounds(self) -> tuple[float | None, float | None]:
        tp, n = self.confusion.tp, self.qualified
        return (tp / n, (tp + self.unlabelled) / n) if n else (None, None)

    def kept(self) -> dict[str, Any]:
        found = self.confusion
        low, high = self.bounds
        return {
            "qualified": self.qualified,
            "qualified_unlabelled": self.unlabelled,
            "per_week": self.qualified / self.weeks if self.weeks else None,
            "confusion": {"tp": found.tp, "fp": found.fp, "fn": found.fn, "tn": found.tn},
            "precision": found.precision.kept(),
            "precision_bounds": {"low": low, "high": high},
            "recall": found.recall.kept(),
            "lift": ratio(found.precision, found.base),
        }


@transaction.atomic
def backtest(rules: Rules, *, period: Period, against: Rules | None = None) -> dict[str, Any]:
    """The figures as JSON: of `rules`, of the rules they would replace, and who flips."""
    draft = compiled(rules, at="s.at", prefix="d")
    made = [draft] if against is None else [draft, compiled(against, at="s.at", prefix="a")]
    with connection.cursor() as cursor:
        _keep(cursor, made, period)
        weeks = _one(cursor, "SELECT count(DISTINCT week) FROM leads_backtest WHERE mature")
        result: dict[str, Any] = {
            "period": {"since": period.since.isoformat(), "until": period.until.isoformat()},
            "population": _population(cursor),
            "draft": _verdict(cursor, "d_qualifies", weeks).kept(),
            "criteria": _criteria(cursor, draft),
            "by_origin": _by_origin(cursor),
            "weekly": _weekly(cursor, made),
        }
        if against is not None:
            result["active"] = _verdict(cursor, "a_qualifies", weeks).kept()
            result["flips"] = _flips(cursor)
    return result


def _keep(cursor: Any, made: Sequence[Compiled], period: Period) -> None:
    found = of_moments(MOMENTS, *made)
    for each in made:
        found = scored(each, found)
    params: dict[str, Any] = {
        "since": period.since,
        "until": period.until,
        "team": period.team_id,
        "mature": period.now - period.mature_after,
        "zone": period.zone,
    }
    for each in made:
        params |= each.params
    cursor.execute(KEEP.format(found=found), params)


def _one(cursor: Any, statement: str) -> int:
    cursor.execute(statement)
    return int(cursor.fetchone()[0])


def _population(cursor: Any) -> dict[str, Any]:
    cursor.execute(
        "SELECT count(*), count(*) FILTER (WHERE counts), count(*) FILTER (WHERE counts AND won),"
        " count(*) FILTER (WHERE NOT mature), count(*) FILTER (WHERE mature AND NOT labelled)"
        " FROM leads_backtest"
    )
    decisions, labelled, won, immature, unlabelled = cursor.fetchone()
    return {
        "decisions": decisions,
        "labelled": labelled,
        "won": won,
        "immature": immature,
        "unlabelled": unlabelled,
        "base_rate": Share(won, labelled).kept(),
    }


def _verdict(cursor: Any, qualifies: str, weeks: int) -> Verdict:
    cursor.execute(CELLS.format(q=qualifies))
    cells = {"tp": 0, "fp": 0, "fn": 0, "tn": 0}
    unlabelled = 0
    for says, mature, labelled, won, n in cursor.fetchall():
        if mature and labelled:
            cells[("t" if says == won else "f") + ("p" if says else "n")] += n
        elif mature and says:
            unlabelled += n
    return Verdict(Confusion(**cells), unlabelled, weeks)


def _criteria(cursor: Any, made: Compiled) -> list[dict[str, Any]]:
    """Of each criterion: how often it holds, and what became of those; and which other holds on
    the most of the same decisions (Jaccard index), that is, makes it redundant."""
    names = made.columns
    if not names:
        return []
    held = ", ".join(f"{name} <> 0" for name in names)
    cursor.execute(
        f"SELECT won, {held}, count(*) FROM leads_backtest WHERE counts GROUP BY won, {held}"
    )
    patterns = cursor.fetchall()
    total = sum(row[-1] for row in patterns)
    base = Share(sum(row[-1] for row in patterns if row[0]), total)
    return [_criterion(made, number, patterns, base) for number in range(len(names))]


def _criterion(made: Compiled, number: int, patterns: Sequence[Any], base: Share) -> dict[str, Any]:
    holds = [row for row in patterns if row[1 + number]]
    n, won = sum(row[-1] for row in holds), sum(row[-1] for row in holds if row[0])
    precision = Share(won, n)
    twins = [
        (_overlap(patterns, number, other), made.rules.criteria[other].key)
        for other in range(len(made.columns))
        if other != number
    ]
    overlap, twin = max(twins, key=lambda pair: pair[0], default=(0.0, ""))
    return {
        "key": made.rules.criteria[number].key,
        "coverage": Share(n, base.n).kept(),
        "precision": precision.kept(),
        "lift": ratio(precision, base),
        "ranked": n >= SMALL,
        "redundancy": {"with": twin if overlap else "", "overlap": overlap},
    }


def _overlap(patterns: Sequence[Any], one: int, other: int) -> float:
    both = sum(row[-1] for row in patterns if row[1 + one] and row[1 + other])
    either = sum(row[-1] for row in patterns if row[1 + one] or row[1 + other])
    return both / either if either else 0.0


def _by_origin(cursor: Any) -> list[dict[str, Any]]:
    cursor.execute(
        "SELECT d.origin, count(*), count(*) FILTER (WHERE t.won),"
        " count(*) FILTER (WHERE t.d_qualifies), count(*) FILTER (WHERE t.d_qualifies AND t.won)"
        " FROM leads_backtest t JOIN leads_lead d ON d.id = t.lead_id WHERE t.counts"
        " GROUP BY d.origin ORDER BY count(*) DESC, d.origin LIMIT 50"
    )
    return [
        {
            "origin": origin,
            "labelled": n,
            "base_rate": Share(won, n).kept(),
            "precision": Share(tp, says).kept(),
            "recall": Share(tp, won).kept(),
            "ranked": n >= SMALL,
        }
        for origin, n, won, says, tp in cursor.fetchall()
    ]


def _weekly(cursor: Any, made: Sequence[Compiled]) -> list[dict[str, Any]]:
    says = ", ".join(f"count(*) FILTER (WHERE {each.prefix}_qualifies)" for each in made)
    cursor.execute(f"SELECT week, count(*), {says} FROM leads_backtest GROUP BY 1 ORDER BY 1")
    names = ("draft", "active")
    return [
        {"week": week.isoformat(), "decisions": n, **dict(zip(names, counts, strict=False))}
        for week, n, *counts in cursor.fetchall()
    ]


def _flips(cursor: Any) -> dict[str, Any]:
    cursor.execute(
        "SELECT d_qualifies, count(*), count(*) FILTER (WHERE counts AND won),"
        " count(*) FILTER (WHERE counts), (array_agg(lead_id ORDER BY at DESC, lead_id))[:20]"
        " FROM leads_backtest WHERE d_qualifies <> a_qualifies GROUP BY 1"
    )
    found = {True: (0, 0, 0, []), False: (0, 0, 0, [])} | {row[0]: row[1:] for row in cursor}
    return {
        name: {"decisions": n, "won": Share(won, labelled).kept(), "lead_ids": ids}
        for name, (n, won, labelled, ids) in (("enter", found[True]), ("leave", found[False]))
    }
