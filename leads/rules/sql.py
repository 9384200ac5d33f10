"""Rules compiled to SQL: the same expression scores one lead, a million, and an earlier moment.

Each criterion becomes one column of hundredths (a must-have or veto: 1 where it holds). Touches are
counted in one pass over them. Nothing of a rule's text enters the SQL but as a parameter.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from leads.rules.as_it_was import AS_IT_WAS
from leads.rules.criteria import (
    ATTRIBUTE,
    GRADES,
    INTERESTS,
    LISTED,
    PROFILES,
    UTM,
    ActivityTest,
    Axis,
    Criterion,
    FieldTest,
    Op,
    Role,
    Rules,
    folded,
)

AT: Final = "%(at)s::timestamptz"
"""The instant of a statement that asks about one."""
DAY: Final = 86_400
MOST_HALVINGS: Final = 1_000
MOST_OF_ONE: Final = 30_000_000
"""Hundredths that one criterion can come to, so that sixty of them add up to an integer."""
NUMBER: Final = r"^[+-]?[0-9]{1,15}([.,][0-9]{1,6})?$"
COLUMNS: Final[Mapping[str, str]] = {
    "campaign": "(SELECT c.name FROM leads_campaign c WHERE c.id = l.campaign_id)",
    "source": "(SELECT o.name FROM leads_source o WHERE o.id = l.source_id)",
    "email_domain": "split_part(l.email_key, '@', 2)",
    "phone": "l.phone_key",
    "pains": "(SELECT string_agg(p, ' ') FROM jsonb_array_elements_text(l.pains) p)",
}


@dataclass(frozen=True)
class Compiled:
    """Rules as SQL over `l` (the lead) and `a` (its counted touches); `prefix` keeps the
    parameters of two rule sets in one statement apart."""

    rules: Rules
    prefix: str = "r"
    params: dict[str, Any] = field(default_factory=dict)
    counts: list[str] = field(default_factory=list)
    points: list[str] = field(default_factory=list)

    def param(self, value: Any) -> str:
        name = f"{self.prefix}_{len(self.params)}"
        self.params[name] = value
        return f"%({name})s"

    def column(self, number: int) -> str:
        return f"{self.prefix}_c{number}"

    @property
    def columns(self) -> list[str]:
        return [self.column(number) for number in range(len(self.rules.criteria))]


def compiled(rules: Rules, *, at: str, prefix: str = "r") -> Compiled:
    """Compile rules. `at` is the SQL of the instant they are asked about, a timestamptz."""
    made = Compiled(rules, prefix)
    for number, criterion in enumerate(rules.criteria):
        if isinstance(criterion.test, FieldTest):
            earned = _field(made, criterion, criterion.test)
        else:
            earned = _activity(made, criterion, criterion.test, number, at)
        made.points.append(f"{earned} AS {made.column(number)}")
    return made


def scored(made: Compiled, source: str) -> str:
    """Axes, grade and verdict over `source`, a relation `s` with the criteria's columns.

    The columns are `<prefix>_fit`, `_engagement`, `_intent`, `_grade` and `_qualifies`, beside
    all of the source's own.
    """
    p, rules = made.prefix, made.rules
    axes = ", ".join(f"{_axis(made, axis)} AS {p}_{axis}" for axis in Axis)
    profile = _steps(f"x.{p}_fit", rules.profile, PROFILES)
    interest = _steps(f"x.{p}_engagement + x.{p}_intent", rules.interest, INTERESTS)
    line = [
        f"y.{p}_{axis} >= {made.param(least)}" for axis, least in sorted(rules.thresholds.items())
    ]
    for number, criterion in enumerate(rules.criteria):
        if criterion.role != Role.POINTS:
            line.append(f"y.{made.column(number)} = {int(criterion.role == Role.MUST)}")
    if set(rules.accepts) < set(GRADES):
        line.append(f"y.{p}_grade = ANY({made.param(list(rules.accepts))})")
    return (
        f"SELECT y.*, {' AND '.join(line) or 'true'} AS {p}_qualifies FROM ("
        f"SELECT x.*, {profile} || {interest} AS {p}_grade FROM ("
        f"SELECT s.*, {axes} FROM ({source}) s OFFSET 0) x) y"
    )


def known_of(made: Compiled, fields: Sequence[str], *, newest: str) -> str:
    """How many leads `newest` (a condition, an order and a limit) has, and of each field whether
    any of them has it."""
    known = [f"COALESCE(bool_or({_column(made, name)} IS NOT NULL), false)" for name in fields]
    return f"SELECT {', '.join(['count(*)', *known])} FROM (SELECT * FROM leads_lead l {newest}) l"


def scope_of(team_id: int | None) -> str:
    """A condition on `l`: the leads of the team `%(team)s`, or of every team but `%(but)s`."""
    return "l.team_id <> ALL(%(but)s::bigint[])" if team_id is None else "l.team_id = %(team)s"


def of_leads(leads: str, *all_made: Compiled, also: str = "") -> str:
    """The columns of one or two rule sets for the leads of `leads` (a condition on `l`), as of
    `%(at)s`; each lead's touches are looked up. `also`: one more column, before them."""
    touches = _looked_up("i.lead_id = l.id AND i.occurred_at <= %(at)s", all_made)
    points = _points(_lead(also), all_made)
    return f"SELECT {points} FROM leads_lead l{touches} WHERE {leads}"


def of_many(leads: str, *all_made: Compiled, touches: str, also: str = "") -> str:
    """The same for many leads, their touches read in one pass; `touches` is a condition on `i` that
    holds for all of theirs."""
    counts, joined = _counts(all_made), ""
    if counts:
        joined = (
            f" LEFT JOIN (SELECT i.lead_id, {counts} FROM leads_interaction i"
            f" WHERE {touches} AND i.occurred_at <= %(at)s GROUP BY i.lead_id) a"
            " ON a.lead_id = l.id"
        )
    points = _points(_lead(also), all_made)
    return f"SELECT {points} FROM leads_lead l{joined} WHERE {leads}"


def _lead(also: str) -> str:
    return f"l.id AS lead_id, {also}" if also else "l.id AS lead_id"


def of_moments(moments: str, *all_made: Compiled) -> str:
    """The columns of one or two rule sets for `moments`: a relation with `lead_id`, `at` (when it
    was decided) and `history` (the decision came from a file, so its touches' dates are believed).

    Nothing that happened, or was heard of, after a moment counts in it.
    """
    touches = _looked_up(
        "i.lead_id = s.lead_id AND i.occurred_at <= s.at AND (s.history OR i.recorded_at <= s.at)",
        all_made,
    )
    return (
        f"SELECT {_points('s.*', all_made)} FROM ({moments}) s"
        f" JOIN LATERAL {AS_IT_WAS} l ON true{touches}"
    )


def touches_of(made: Compiled, number: int, *, most: int) -> str:
    """The newest touches that criterion `number`, an activity, counts for the lead `%(lead)s` as of
    `%(at)s`: number, kind, material, when, the points each is worth; how many there are, and what
    all of them are worth."""
    criterion = made.rules.criteria[number]
    if not isinstance(criterion.test, ActivityTest):
        raise TypeError(criterion.key)
    worth = _decayed(criterion, AT, "i.occurred_at")
    return (
        f"(SELECT {number}, i.kind, m.name, i.occurred_at, {worth}, count(*) OVER (),"
        f" sum({worth}) OVER ()::bigint FROM leads_interaction i"
        " LEFT JOIN leads_material m ON m.id = i.material_id"
        f" WHERE i.lead_id = %(lead)s AND i.occurred_at <= {AT}"
        f" AND {_matches(made, criterion.test, AT)}"
        f" ORDER BY i.occurred_at DESC, i.id DESC LIMIT {most})"
    )


def _looked_up(touches: str, all_made: Sequence[Compiled]) -> str:
    counts = _counts(all_made)
    if not counts:
        return ""
    return (
        f" LEFT JOIN LATERAL (SELECT {counts} FROM leads_interaction i WHERE {touches}) a ON true"
    )


def _counts(all_made: Sequence[Compiled]) -> str:
    return ", ".join(count for made in all_made for count in made.counts)


def _points(first: str, all_made: Sequence[Compiled]) -> str:
    return ", ".join([first, *(points for made in all_made for points in made.points)])


def _axis(made: Compiled, axis: Axis) -> str:
    earned = [
        f"s.{made.column(number)}"
        for number, criterion in enumerate(made.rules.criteria)
        if criterion.axis == axis and criterion.role == Role.POINTS
    ]
    total = " + ".join(earned) or "0"
    cap = made.rules.caps.get(axis)
    return total if cap is None else f"LEAST({made.param(cap)}, {total})"


def _steps(score: str, least: tuple[int, int, int], letters: str) -> str:
    first, second, third = least
    return (
        f"CASE WHEN {score} >= {first} THEN '{letters[0]}' WHEN {score} >= {second}"
        f" THEN '{letters[1]}' WHEN {score} >= {third} THEN '{letters[2]}'"
        f" ELSE '{letters[3]}' END"
    )


def _field(made: Compiled, criterion: Criterion, test: FieldTest) -> str:
    holds = _holds(made, _column(made, test.field), test)
    earned = criterion.points if criterion.role == Role.POINTS else 1
    return f"CASE WHEN {holds} THEN {earned} ELSE 0 END"


def _column(made: Compiled, name: str) -> str:
    """The field's text, trimmed and in small letters; NULL where there is none."""
    for mark, column in ((ATTRIBUTE, "attributes"), (UTM, "utm")):
        if name.startswith(mark):
            found = f"l.{column} ->> {made.param(name.removeprefix(mark))}"
            break
    else:
        found = column_of(name)
    return f"NULLIF(lower(btrim({found})), '')"


def column_of(name: str) -> str:
    """The SQL of a lead's own field, neither trimmed nor in small letters."""
    return COLUMNS.get(name, f"l.{name}")


def _holds(made: Compiled, column: str, test: FieldTest) -> str:
    if test.op == Op.PRESENT:
        return f"{column} IS NOT NULL"
    if test.op == Op.ABSENT:
        return f"{column} IS NULL"
    if test.op in LISTED or test.op in (Op.IS, Op.IS_NOT):
        texts = made.param([folded(value) for value in test.values])
        within = f"COALESCE({column} = ANY({texts}::text[]), false)"
        return within if test.op in (Op.IS, Op.ANY_OF) else f"NOT {within}"
    if test.op == Op.CONTAINS:
        part = made.param(folded(test.values[0]))
        return f"COALESCE(strpos({column}, {part}) > 0, false)"
    return _compares(made, column, test)


def _compares(made: Compiled, column: str, test: FieldTest) -> str:
    """A number written with a point or a comma; other text compares with nothing."""
    number = (
        f"CASE WHEN {column} ~ '{NUMBER}' THEN replace({column}, ',', '.')::numeric ELSE NULL END"
    )
    bounds = [f"{made.param(value)}::numeric" for value in test.values]
    if test.op == Op.BETWEEN:
        return f"COALESCE({number} BETWEEN {bounds[0]} AND {bounds[1]}, false)"
    sign = ">=" if test.op == Op.AT_LEAST else "<="
    return f"COALESCE({number} {sign} {bounds[0]}, false)"


def _activity(
    made: Compiled, criterion: Criterion, test: ActivityTest, number: int, at: str
) -> str:
    matches = _matches(made, test, at)
    name = made.column(number)
    earns = criterion.role == Role.POINTS
    if earns and criterion.each:
        earned = _decayed(criterion, at, "i.occurred_at")
        made.counts.append(f"sum({earned}) FILTER (WHERE {matches}) AS {name}_sum")
        total = _capped(criterion, f"COALESCE(a.{name}_sum, 0)")
    elif earns and criterion.half_life_days is not None:
        made.counts.append(f"max(i.occurred_at) FILTER (WHERE {matches}) AS {name}_last")
        total = _decayed(criterion, at, f"a.{name}_last")
        total = f"CASE WHEN a.{name}_last IS NOT NULL THEN {total} ELSE 0 END"
    else:
        made.counts.append(f"count(*) FILTER (WHERE {matches}) AS {name}_n")
        total = str(criterion.points) if earns else "1"
        return f"CASE WHEN a.{name}_n >= {test.at_least} THEN {total} ELSE 0 END"
    if test.at_least > 1:
        made.counts.append(f"count(*) FILTER (WHERE {matches}) AS {name}_n")
        return f"CASE WHEN a.{name}_n >= {test.at_least} THEN ({total})::int ELSE 0 END"
    return f"({total})::int"


def _matches(made: Compiled, test: ActivityTest, at: str) -> str:
    parts = []
    if test.kinds:
        kinds = [kind.value for kind in test.kinds]
        one = len(kinds) == 1
        parts.append(
            f"i.kind = {made.param(kinds[0])}"
            if one
            else f"i.kind = ANY({made.param(kinds)}::text[])"
        )
    if test.material:
        parts.append(
            "i.material_id = ANY(ARRAY(SELECT m.id FROM leads_material m"
            f" WHERE lower(m.name) = {made.param(test.material.lower())}))"
        )
    if test.within_days is not None:
        parts.append(f"i.occurred_at > {at} - interval '{test.within_days} days'")
    return " AND ".join(parts) or "true"


def _decayed(criterion: Criterion, at: str, happened: str) -> str:
    """points × 0.5^(age ÷ half-life), to the nearest hundredth; halves go up.

    After MOST_HALVINGS nothing is left; Postgres would fail on a number that small.
    """
    if criterion.half_life_days is None:
        return str(criterion.points)
    half_life = criterion.half_life_days * DAY
    age = f"date_part('epoch', {at} - {happened})"
    age = f"LEAST({age}, {half_life * MOST_HALVINGS!r}::float8)"
    share = f"power(0.5::float8, {age} / {half_life!r}::float8)"
    return f"floor({criterion.points}::float8 * {share} + 0.5::float8)::int"


def _capped(criterion: Criterion, total: str) -> str:
    if criterion.cap is None:
        return f"GREATEST(LEAST({total}, {MOST_OF_ONE}), -{MOST_OF_ONE})"
    bound = "LEAST" if criterion.points > 0 else "GREATEST"
    return f"{bound}({total}, {criterion.cap})"
