"""What is read off a backtest's decisions, once leads.queries.backtest has laid them out in the
temporary table `leads_backtest`: one row for each, with what every version says of it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from django.core.exceptions import EmptyResultSet

from handoff.people.models import User
from leads.models import Lead
from leads.rules.intervals import SMALL, Share, ratio
from leads.rules.sql import Compiled

NAMED: Final = 20
"""Leads told of those that flip, the newest decisions first."""
CELLS: Final = """
SELECT {q}, mature, labelled, won, count(*) FROM leads_backtest GROUP BY 1, 2, 3, 4
"""
SEGMENTS: Final = """
SELECT {columns}, count(*), count(*) FILTER (WHERE t.won),
    count(*) FILTER (WHERE t.d_qualifies), count(*) FILTER (WHERE t.d_qualifies AND t.won)
FROM leads_backtest t JOIN leads_lead l ON l.id = t.lead_id
JOIN people_team m ON m.id = l.team_id
WHERE t.counts GROUP BY {columns} ORDER BY count(*) DESC, {columns} LIMIT 50
"""
FLIPS: Final = """
SELECT d_qualifies, count(*), count(*) FILTER (WHERE counts AND won),
    count(*) FILTER (WHERE counts)
FROM leads_backtest WHERE mature AND d_qualifies <> a_qualifies GROUP BY 1
"""
FLIPPED: Final = """
SELECT d_qualifies, lead_id FROM (
    SELECT d_qualifies, lead_id, max(at) AS at,
        row_number() OVER (PARTITION BY d_qualifies ORDER BY max(at) DESC, lead_id) AS place
    FROM leads_backtest WHERE mature AND d_qualifies <> a_qualifies AND {visible} GROUP BY 1, 2
) f WHERE place <= {named} ORDER BY at DESC, lead_id
"""


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


def figures(cursor: Any, made: Sequence[Compiled], by: User | None) -> dict[str, Any]:
    """All but the period; `made` is the version asked about and, if any, the one in force."""
    weeks = _one(cursor, "SELECT count(DISTINCT week) FROM leads_backtest WHERE mature")
    result: dict[str, Any] = {
        "population": _population(cursor),
        "draft": _verdict(cursor, "d_qualifies", weeks).kept(),
        "criteria": _criteria(cursor, made[0]),
        "by_team": _by_team(cursor),
        "by_origin": _by_origin(cursor),
        "weekly": _weekly(cursor, made),
    }
    if len(made) > 1:
        result["active"] = _verdict(cursor, "a_qualifies", weeks).kept()
        result["flips"] = _flips(cursor, by)
    return result


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
    if not made.columns:
        return []
    held = " | ".join(
        f"(({name} <> 0)::int::bigint << {place})" for place, name in enumerate(made.columns)
    )
    cursor.execute(f"SELECT won, {held}, count(*) FROM leads_backtest WHERE counts GROUP BY 1, 2")
    alike = Alike.of(cursor.fetchall(), len(made.columns))
    return [_criterion(made, number, alike) for number in range(len(made.columns))]


@dataclass(frozen=True)
class Alike:
    """Decisions in which the same criteria hold and that ended alike, as one bit of whole numbers:
    so two criteria are held against each other at once, however many patterns there are.

    `held` has the bits of each criterion; `digits` those whose count has the binary digit 1, 2, 4…
    """

    held: Sequence[int]
    won: int
    digits: Sequence[int]

    @classmethod
    def of(cls, rows: Sequence[tuple[bool, int, int]], criteria: int) -> Self:
        """`rows` are won or not, a bit for each criterion that holds, and how many."""
        longest = max((n for _won, _held, n in rows), default=0).bit_length()
        return cls(
            [_bits(held >> place & 1 for _won, held, _n in rows) for place in range(criteria)],
            _bits(won for won, _held, _n in rows),
            [_bits(n >> place & 1 for _won, _held, n in rows) for place in range(longest)],
        )

    def count(self, some: int = -1) -> int:
        """How many decisions those bits are; all of them if none are named."""
        return sum((some & each).bit_count() << place for place, each in enumerate(self.digits))

    def overlap(self, one: int, other: int) -> float:
        """The Jaccard index of two criteria."""
        both = self.count(self.held[one] & self.held[other])
        either = self.count(self.held[one] | self.held[other])
        return both / either if either else 0.0


def _bits(marks: Iterable[int]) -> int:
    return int("".join("1" if mark else "0" for mark in marks) or "0", 2)


def _criterion(made: Compiled, number: int, alike: Alike) -> dict[str, Any]:
    base = Share(alike.count(alike.won), alike.count())
    n = alike.count(alike.held[number])
    precision = Share(alike.count(alike.held[number] & alike.won), n)
    twins = [
        (alike.overlap(number, other), made.rules.criteria[other].key)
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


def _by_team(cursor: Any) -> list[dict[str, Any]]:
    cursor.execute(SEGMENTS.format(columns="m.name, m.id"))
    return [
        {"team": name, "team_id": pk, **_segment(*counts)}
        for name, pk, *counts in cursor.fetchall()
    ]


def _by_origin(cursor: Any) -> list[dict[str, Any]]:
    cursor.execute(SEGMENTS.format(columns="l.origin"))
    return [{"origin": origin, **_segment(*counts)} for origin, *counts in cursor.fetchall()]


def _segment(n: int, won: int, says: int, tp: int) -> dict[str, Any]:
    return {
        "labelled": n,
        "base_rate": Share(won, n).kept(),
        "precision": Share(tp, says).kept(),
        "recall": Share(tp, won).kept(),
        "ranked": n >= SMALL,
    }


def _weekly(cursor: Any, made: Sequence[Compiled]) -> list[dict[str, Any]]:
    says = ", ".join(f"count(*) FILTER (WHERE {each.prefix}_qualifies)" for each in made)
    cursor.execute(f"SELECT week, count(*), {says} FROM leads_backtest GROUP BY 1 ORDER BY 1")
    names = ("draft", "active")
    return [
        {"week": week.isoformat(), "decisions": n, **dict(zip(names, counts, strict=False))}
        for week, n, *counts in cursor.fetchall()
    ]


def _flips(cursor: Any, by: User | None) -> dict[str, Any]:
    cursor.execute(FLIPS)
    found = {enters: counts for enters, *counts in cursor.fetchall()}
    leads = _flipped(cursor, by)
    flips = {}
    for name, enters in (("enter", True), ("leave", False)):
        n, won, labelled = found.get(enters, (0, 0, 0))
        ids = [pk for side, pk in leads if side == enters]
        flips[name] = {"decisions": n, "won": Share(won, labelled).kept(), "lead_ids": ids}
    return flips


def _flipped(cursor: Any, by: User | None) -> list[tuple[bool, int]]:
    """The newest of each side, among those whom `by` may see."""
    visible, params = "true", ()
    if by is not None:
        try:
            seen, params = Lead.objects.visible_to(by).values("pk").query.sql_with_params()
        except EmptyResultSet:
            return []
        visible = f"lead_id IN ({seen})"
    cursor.execute(FLIPPED.format(visible=visible, named=NAMED), params)
    found: list[tuple[bool, int]] = cursor.fetchall()
    return found
