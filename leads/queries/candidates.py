"""Candidates for a criterion, counted over past decisions in a few statements.

Decisions, their moments and their labels are those of the backtest; only mature ones with a label
count. Each candidate is counted by what a criterion would see at that moment: the fields as they
were, and touches that had happened and been heard of. A candidate takes no statement of its own:
the decisions are unfolded once into what each said and did, and counted together.
"""

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any, Final

from leads.models import InteractionKind
from leads.queries.backtest import MOMENTS, Period, params_of
from leads.rules.as_it_was import AS_IT_WAS
from leads.rules.criteria import ATTRIBUTE, TEXT_FIELDS, UTM, ActivityTest, FieldTest, Op, folded
from leads.rules.ideas import Counted, sayable
from leads.rules.intervals import Share
from leads.rules.sql import NUMBER, column_of, scope_of

TABLES: Final = ("leads_idea_moment", "leads_idea", "leads_idea_said", "leads_idea_touch")
MOST_DECISIONS: Final = 100_000
"""The newest of them are looked at."""
MOST_ATTRIBUTES: Final = 60
"""The attributes that most of the newest decisions have."""
SAMPLED: Final = 2_000
MOST_VALUES: Final = 20
"""Values of one field, the commonest."""
MOST_MATERIALS: Final = 40
STEPS: Final = 8
"""An attribute of more different numbers than these is cut into quarters."""
MOSTLY: Final = 0.9
RECENT_DAYS: Final = 90
LATELY_DAYS: Final = 30
TOUCHES: Final = (1, 2, 3, 5, 10)
LONGEST: Final = 200
WHO: Final = frozenset({"name", "phone", "cnpj", "pains"})
"""Fields whose values name one person or firm, or are words of their own: known or missing."""

ROOM: Final = "SET LOCAL work_mem = '64MB'; SET LOCAL jit = off"
"""Many small counts at once: in memory, and not worth compiling."""
MOMENTS_KEPT: Final = """
CREATE TEMPORARY TABLE leads_idea_moment ON COMMIT DROP AS
SELECT m.*, m.at <= %(mature)s AS mature FROM ({moments}) m
WHERE %(teams)s::bigint[] IS NULL
    OR m.lead_id IN (SELECT x.id FROM leads_lead x WHERE x.team_id = ANY(%(teams)s::bigint[]))
"""
POPULATION: Final = """
SELECT count(*), count(*) FILTER (WHERE NOT mature),
    count(*) FILTER (WHERE mature AND NOT labelled)
FROM leads_idea_moment
"""
DECISIONS: Final = """
CREATE TEMPORARY TABLE leads_idea ON COMMIT DROP AS
SELECT row_number() OVER () AS number, s.lead_id, s.at, s.history, s.won, {columns},
    l.attributes, l.utm
FROM (
    SELECT * FROM leads_idea_moment WHERE mature AND labelled
    ORDER BY at DESC, lead_id LIMIT %(most)s
) s JOIN LATERAL {as_it_was} l ON true
"""
ATTRIBUTES: Final = """
SELECT e.key FROM (SELECT attributes FROM leads_idea ORDER BY at DESC LIMIT %(sampled)s) t,
    jsonb_object_keys(t.attributes) AS e(key)
GROUP BY e.key ORDER BY count(*) DESC, e.key LIMIT %(attributes)s
"""
SAID: Final = """
CREATE TEMPORARY TABLE leads_idea_said ON COMMIT DROP AS
SELECT field, lower(raw) AS text, (array_agg(raw ORDER BY n DESC, raw))[1] AS shown,
    sum(n)::bigint AS n, sum(won)::bigint AS won,
    CASE WHEN lower(raw) ~ '{number}' THEN replace(lower(raw), ',', '.')::numeric END AS number
FROM (
    SELECT field, raw, count(*) AS n, count(*) FILTER (WHERE won) AS won
    FROM (
        SELECT t.won, f.field, CASE WHEN f.field = ANY(%(who)s) THEN left(btrim(f.raw), 1)
            ELSE left(btrim(f.raw), %(longest)s + 1) END AS raw
        FROM leads_idea t, LATERAL (VALUES {columns}) f(field, raw)
        UNION ALL
        SELECT t.won, %(attribute)s || k.key, left(btrim(t.attributes ->> k.key), %(longest)s + 1)
        FROM leads_idea t, unnest(%(keys)s::text[]) k(key)
        UNION ALL
        SELECT t.won, %(utm)s || e.key, left(btrim(e.value), %(longest)s + 1)
        FROM leads_idea t, jsonb_each_text(t.utm) e
    ) each
    WHERE raw <> '' GROUP BY 1, 2
) spelled GROUP BY 1, 2, 6
"""
FIELDS: Final = """
SELECT field, sum(n), sum(won), COALESCE(sum(n) FILTER (WHERE number IS NOT NULL), 0),
    count(DISTINCT number)
FROM leads_idea_said GROUP BY 1 ORDER BY 1
"""
VALUES: Final = """
SELECT field, text, shown, n, won FROM (
    SELECT s.*, row_number() OVER (PARTITION BY field ORDER BY n DESC, text) AS place
    FROM leads_idea_said s WHERE field <> ALL(%(but)s) AND n >= %(least)s
) s WHERE place <= %(most)s ORDER BY field, place
"""
QUARTERS: Final = """
SELECT field, min(number), max(number), sum(n), sum(won) FROM (
    SELECT s.*, floor(4 * (sum(n) OVER (PARTITION BY field ORDER BY number) - n)
        / sum(n) OVER (PARTITION BY field)) AS part
    FROM (
        SELECT field, number, sum(n) AS n, sum(won) AS won FROM leads_idea_said
        WHERE field = ANY(%(numbers)s) AND number IS NOT NULL GROUP BY 1, 2
    ) s
) s GROUP BY field, part ORDER BY field, part
"""
TOUCHED: Final = """
CREATE TEMPORARY TABLE leads_idea_touch ON COMMIT DROP AS
SELECT t.number, t.won, i.kind, i.material_id,
    count(*) FILTER (WHERE i.occurred_at > t.at - interval '{lately} days') AS lately,
    bool_or(i.occurred_at > t.at - interval '{recent} days') AS recent
FROM leads_idea t
JOIN leads_interaction i ON i.lead_id = t.lead_id AND i.occurred_at <= t.at
    AND (t.history OR i.recorded_at <= t.at)
GROUP BY 1, 2, 3, 4
"""
KINDS: Final = """
SELECT kind, count(*), count(*) FILTER (WHERE won)
FROM (SELECT DISTINCT number, won, kind FROM leads_idea_touch WHERE recent) t GROUP BY 1 ORDER BY 1
"""
MATERIALS: Final = """
WITH took AS (
    SELECT DISTINCT t.number, t.won, lower(m.name) AS material, t.kind
    FROM leads_idea_touch t JOIN leads_material m ON m.id = t.material_id
)
SELECT k.material, NULL AS kind, k.n, k.won FROM (
    SELECT material, count(*) AS n, count(*) FILTER (WHERE won) AS won
    FROM (SELECT DISTINCT number, won, material FROM took) t
    GROUP BY 1 HAVING count(*) >= %(least)s ORDER BY 2 DESC, 1 LIMIT %(most)s
) k
UNION ALL
SELECT material, kind, count(*), count(*) FILTER (WHERE won) FROM took GROUP BY 1, 2
HAVING count(*) >= %(least)s
"""
NAMES: Final = """
SELECT lower(name), min(name) FROM leads_material WHERE lower(name) = ANY(%(names)s) GROUP BY 1
"""
NUMBERS: Final = """
SELECT k.least, count(*), count(*) FILTER (WHERE t.won)
FROM (SELECT number, won, sum(lately) AS lately FROM leads_idea_touch GROUP BY 1, 2) t
JOIN unnest(%(touches)s::int[]) k(least) ON t.lately >= k.least GROUP BY 1 ORDER BY 1
"""


def candidates(cursor: Any, *, base: Share, least: int) -> Iterator[Counted]:
    """What held in at least `least` of the decisions that are kept, and not in all of them."""
    for found in (_fields(cursor, base, least), _touches(cursor, least)):
        for each in found:
            if least <= each.n < base.n and sayable(each.test):
                yield each


def keep(cursor: Any, period: Period, teams: Sequence[int] | None) -> tuple[int, int, int]:
    """The decisions, with what their leads were; returns all, the immature and the unlabelled."""
    cursor.execute(ROOM)
    cursor.execute(f"DROP TABLE IF EXISTS {', '.join(TABLES)}")
    cursor.execute(
        MOMENTS_KEPT.format(moments=MOMENTS.format(scope=scope_of(period.team_id))),
        params_of(period) | {"teams": None if teams is None else list(teams)},
    )
    columns = ", ".join(f"{column_of(name)} AS f_{name}" for name in TEXT_FIELDS)
    made = DECISIONS.format(columns=columns, as_it_was=AS_IT_WAS)
    cursor.execute(made, {"most": MOST_DECISIONS})
    cursor.execute(POPULATION)
    decisions, immature, unlabelled = cursor.fetchone()
    return decisions, immature, unlabelled


def base_of(cursor: Any) -> Share:
    cursor.execute("SELECT count(*) FILTER (WHERE won), count(*) FROM leads_idea")
    return Share(*cursor.fetchone())


def _fields(cursor: Any, base: Share, least: int) -> Iterator[Counted]:
    """Values, ranges, known and missing. What is known by one value alone is told by the value."""
    _say(cursor)
    cursor.execute(FIELDS)
    known = cursor.fetchall()
    numbers = [
        name
        for name, n, _won, numeric, different in known
        if name.startswith(ATTRIBUTE) and different > STEPS and numeric >= MOSTLY * float(n)
    ]
    values = list(_values(cursor, [*numbers, *WHO], least))
    alone = {(each.test.field, each.n) for each in values if isinstance(each.test, FieldTest)}
    yield from values
    yield from _quarters(cursor, numbers)
    for name, n, won, *_more in known:
        if (name, int(n)) not in alone:
            yield Counted(FieldTest(name, Op.PRESENT), int(n), int(won))
        yield Counted(FieldTest(name, Op.ABSENT), base.n - int(n), base.k - int(won))


def _say(cursor: Any) -> None:
    cursor.execute(ATTRIBUTES, {"sampled": SAMPLED, "attributes": MOST_ATTRIBUTES})
    keys = [key for (key,) in cursor.fetchall()]
    columns = ", ".join(f"('{name}', t.f_{name})" for name in TEXT_FIELDS)
    cursor.execute(
        SAID.format(columns=columns, number=NUMBER),
        {
            "keys": keys,
            "who": list(WHO),
            "longest": LONGEST,
            "attribute": ATTRIBUTE,
            "utm": UTM,
        },
    )


def _values(cursor: Any, but: Iterable[str], least: int) -> Iterator[Counted]:
    cursor.execute(VALUES, {"but": list(but), "least": least, "most": MOST_VALUES})
    for name, text, shown, n, won in cursor.fetchall():
        if folded(shown) == text:
            yield Counted(FieldTest(name, Op.IS, (shown,)), int(n), int(won))


def _quarters(cursor: Any, numbers: list[str]) -> Iterator[Counted]:
    cursor.execute(QUARTERS, {"numbers": numbers})
    rows = cursor.fetchall()
    for place, (name, low, high, n, won) in enumerate(rows):
        first = place == 0 or rows[place - 1][0] != name
        last = place + 1 == len(rows) or rows[place + 1][0] != name
        if not (first and last):
            yield Counted(_range(name, low, high, first=first, last=last), int(n), int(won))


def _range(name: str, low: Decimal, high: Decimal, *, first: bool, last: bool) -> FieldTest:
    if first:
        return FieldTest(name, Op.AT_MOST, (high,))
    if last:
        return FieldTest(name, Op.AT_LEAST, (low,))
    return FieldTest(name, Op.BETWEEN, (low, high))


def _touches(cursor: Any, least: int) -> Iterator[Counted]:
    cursor.execute(TOUCHED.format(lately=LATELY_DAYS, recent=RECENT_DAYS))
    cursor.execute(KINDS)
    for kind, n, won in cursor.fetchall():
        test = ActivityTest((InteractionKind(kind),), within_days=RECENT_DAYS)
        yield Counted(test, n, won)
    yield from _materials(cursor, least)
    cursor.execute(NUMBERS, {"touches": list(TOUCHES)})
    for at_least, n, won in cursor.fetchall():
        yield Counted(ActivityTest((), within_days=LATELY_DAYS, at_least=at_least), n, won)


def _materials(cursor: Any, least: int) -> Iterator[Counted]:
    """Any touch of a material, or the kind where it is touched in one way alone; and each kind."""
    cursor.execute(MATERIALS, {"least": least, "most": MOST_MATERIALS})
    rows = cursor.fetchall()
    chosen = {material for material, kind, _n, _won in rows if kind is None}
    alone = {(material, n) for material, kind, n, _won in rows if kind is not None}
    cursor.execute(NAMES, {"names": list(chosen)})
    names = dict(cursor.fetchall())
    for material, kind, n, won in sorted(rows, key=lambda row: (row[0], row[1] or "")):
        if material not in chosen or names[material].lower() != material:
            continue
        if kind is not None:
            yield Counted(ActivityTest((InteractionKind(kind),), names[material]), n, won)
        elif (material, n) not in alone:
            yield Counted(ActivityTest((), names[material]), n, won)
