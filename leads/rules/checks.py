"""What in a readable rule set makes no sense: said before it is proposed. Pure."""

from decimal import Decimal

from django.utils.translation import gettext as _

from leads.rules.criteria import (
    HUNDRED,
    LISTED,
    Axis,
    Criterion,
    FieldTest,
    Op,
    Role,
    Rules,
    folded,
)


def faults_of(rules: Rules) -> dict[str, str]:
    """Each place with what is wrong there, as leads.rules.reading names places."""
    if not rules.criteria:
        return {"criteria": _("There is no criterion yet.")}
    return {**_out_of_reach(rules), **_contradictions(rules)}


def doubts_of(rules: Rules) -> dict[str, str]:
    """What can be but is hardly meant, by its place."""
    said = _("“{value}” is one value. Write several on lines of their own.")
    return {
        f"criteria.{number}.values": said.format(value=value)
        for number, criterion in enumerate(rules.criteria)
        if isinstance(criterion.test, FieldTest) and criterion.test.op in LISTED
        for value in criterion.test.values
        if ";" in str(value)
    }


def _reach(rules: Rules, axis: Axis) -> tuple[int, int]:
    """The least and the most hundredths that an axis can come to."""
    least = most = 0
    for criterion in rules.on(axis):
        if criterion.role != Role.POINTS:
            continue
        bound = criterion.cap if criterion.cap is not None else criterion.points
        if criterion.each and criterion.cap is None:
            bound = criterion.points * 1_000
        least, most = least + min(0, bound), most + max(0, bound)
    return least, min(most, rules.caps.get(axis, most))


def _out_of_reach(rules: Rules) -> dict[str, str]:
    faults = {}
    for axis, threshold in rules.thresholds.items():
        least, most = _reach(rules, axis)
        if threshold > most:
            said = _("Nobody can reach this: the most is %(most)s.") % {"most": _spoken(most)}
            faults[f"thresholds.{axis}"] = said
        elif threshold <= least and rules.on(axis):
            said = _("Everybody passes this: the least is %(least)s.") % {"least": _spoken(least)}
            faults[f"thresholds.{axis}"] = said
    return faults


def _contradictions(rules: Rules) -> dict[str, str]:
    faults = {}
    must = [(n, each) for n, each in enumerate(rules.criteria) if each.role == Role.MUST]
    for place, (number, criterion) in enumerate(must):
        if any(_never_both(criterion, other) for _n, other in must[:place]):
            faults[f"criteria.{number}"] = _("No lead can meet this and an earlier must-have.")
        elif any(criterion.test == veto.test for veto in rules.of_role(Role.VETO)):
            faults[f"criteria.{number}"] = _("This is a must-have and a veto at once.")
    return faults


def _never_both(one: Criterion, other: Criterion) -> bool:
    """Whether two must-haves on one field exclude each other for sure."""
    a, b = one.test, other.test
    if not isinstance(a, FieldTest) or not isinstance(b, FieldTest) or a.field != b.field:
        return False
    if Op.ABSENT in (a.op, b.op):
        absent = b if a.op == Op.ABSENT else a
        return absent.op not in (Op.ABSENT, Op.IS_NOT, Op.NONE_OF)
    ranges = [_range(test) for test in (a, b)]
    if all(found is not None for found in ranges):
        (low, high), (least, most) = ranges  # type: ignore[misc]
        return low > most or least > high
    return _disjoint(a, b) or _disjoint(b, a)


def _range(test: FieldTest) -> tuple[Decimal, Decimal] | None:
    bounds = [value for value in test.values if isinstance(value, Decimal)]
    far = Decimal("Infinity")
    if test.op == Op.BETWEEN:
        return bounds[0], bounds[1]
    if test.op == Op.AT_LEAST:
        return bounds[0], far
    return (-far, bounds[0]) if test.op == Op.AT_MOST else None


def _disjoint(one: FieldTest, other: FieldTest) -> bool:
    if one.op not in (Op.IS, Op.ANY_OF):
        return False
    named, others = set(map(folded, one.values)), set(map(folded, other.values))
    if other.op in (Op.IS, Op.ANY_OF):
        return named.isdisjoint(others)
    return other.op in (Op.IS_NOT, Op.NONE_OF) and named <= others


def _spoken(hundredths: int) -> str:
    return f"{Decimal(hundredths) / HUNDRED:f}"
