"""What a rule set says, read from its JSON form and back. Pure; docs/rules.md describes the form.

Points are kept in hundredths, as whole numbers, so that parts add up to the score exactly.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from leads.models.interaction import InteractionKind

HUNDRED: Final = 100
ATTRIBUTE: Final = "attributes."
UTM: Final = "utm."
TEXT_FIELDS: Final = (
    *("company", "job_title", "city", "region", "origin", "campaign", "source", "landing_page"),
    *("legal_basis", "cnpj", "name", "email_domain", "phone", "pains"),
)
PROFILES: Final = "ABCD"
INTERESTS: Final = "1234"
GRADES: Final = tuple(f"{profile}{interest}" for profile in PROFILES for interest in INTERESTS)


class Axis(StrEnum):
    FIT = "fit"
    ENGAGEMENT = "engagement"
    INTENT = "intent"


class Role(StrEnum):
    """What a criterion is for: points, a condition that must hold, or one that must not."""

    POINTS = "points"
    MUST = "must"
    VETO = "veto"


class Op(StrEnum):
    """How a field is compared. Texts are compared trimmed and without regard to case."""

    IS = "is"
    IS_NOT = "is_not"
    CONTAINS = "contains"
    ANY_OF = "any_of"
    NONE_OF = "none_of"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    BETWEEN = "between"
    PRESENT = "present"
    ABSENT = "absent"


NUMERIC: Final = frozenset({Op.AT_LEAST, Op.AT_MOST, Op.BETWEEN})
VALUELESS: Final = frozenset({Op.PRESENT, Op.ABSENT})
LISTED: Final = frozenset({Op.ANY_OF, Op.NONE_OF})


@dataclass(frozen=True)
class FieldTest:
    """A comparison of one field: a column of the lead, `attributes.<name>` or `utm.<name>`.

    `values` are texts for text comparisons and numbers (as Decimal) for numeric ones.
    """

    field: str
    op: Op
    values: tuple[str | Decimal, ...] = ()


@dataclass(frozen=True)
class ActivityTest:
    """A count of touches: of these kinds (none: all) and this material (empty: any), not older
    than `within_days` (None: ever), at least `at_least` of them."""

    kinds: tuple[InteractionKind, ...] = ()
    material: str = ""
    within_days: int | None = None
    at_least: int = 1


Test = FieldTest | ActivityTest


@dataclass(frozen=True)
class Criterion:
    """One line of a rule set.

    `points` and `cap` are hundredths of a point. `each`: every touch that matches earns them, up
    to `cap`, else they are earned once. `half_life_days`: they halve with the age of the touch,
    or, earned once, with that of the newest. `points` and what follows is for Role.POINTS.
    """

    key: str
    axis: Axis
    test: Test
    name: str = ""
    role: Role = Role.POINTS
    points: int = 0
    each: bool = False
    cap: int | None = None
    half_life_days: float | None = None


@dataclass(frozen=True)
class Rules:
    """A whole rule set.

    A lead qualifies if each threshold is reached, each must-have holds, no veto does, and its
    grade is one of `accepts`. The profile letter comes from fit, the interest number from
    engagement and intent together; `profile` and `interest` are the least hundredths for A, B, C
    and for 1, 2, 3. `caps` bound an axis from above.
    """

    criteria: tuple[Criterion, ...] = ()
    thresholds: Mapping[Axis, int] = field(default_factory=dict)
    caps: Mapping[Axis, int] = field(default_factory=dict)
    profile: tuple[int, int, int] = (6_000, 4_000, 2_000)
    interest: tuple[int, int, int] = (6_000, 4_000, 2_000)
    accepts: tuple[str, ...] = GRADES

    def on(self, axis: Axis) -> tuple[Criterion, ...]:
        return tuple(each for each in self.criteria if each.axis == axis)

    def of_role(self, role: Role) -> tuple[Criterion, ...]:
        return tuple(each for each in self.criteria if each.role == role)

    @property
    def ages(self) -> bool:
        """Whether a score changes by the mere passing of time."""
        return any(
            criterion.half_life_days is not None or criterion.test.within_days is not None
            for criterion in self.criteria
            if isinstance(criterion.test, ActivityTest)
        )


def folded(value: object) -> str:
    """A text of a test as it is compared."""
    return str(value).strip().lower()


def free_key(taken: Collection[object]) -> str:
    """A key that none of a rule set's criteria has."""
    return next(f"c{n}" for n in range(1, len(taken) + 2) if f"c{n}" not in taken)


def kept(rules: Rules) -> dict[str, Any]:
    """As JSON; `leads.rules.reading.read` is the way back."""
    return {
        "criteria": [_kept(criterion) for criterion in rules.criteria],
        "thresholds": {axis.value: _points(value) for axis, value in rules.thresholds.items()},
        "caps": {axis.value: _points(value) for axis, value in rules.caps.items()},
        "profile": [_points(value) for value in rules.profile],
        "interest": [_points(value) for value in rules.interest],
        "accepts": list(rules.accepts),
    }


def _kept(criterion: Criterion) -> dict[str, Any]:
    said: dict[str, Any] = {
        "key": criterion.key,
        "axis": criterion.axis.value,
        "role": criterion.role.value,
        **({"name": criterion.name} if criterion.name else {}),
        **_test(criterion.test),
    }
    if criterion.role == Role.POINTS:
        said["points"] = _points(criterion.points)
        if criterion.each:
            said["each"] = True
        if criterion.cap is not None:
            said["cap"] = _points(criterion.cap)
        if criterion.half_life_days is not None:
            said["half_life_days"] = _number(Decimal(str(criterion.half_life_days)))
    return said


def _test(test: Test) -> dict[str, Any]:
    if isinstance(test, FieldTest):
        values = [_number(each) if isinstance(each, Decimal) else each for each in test.values]
        return {"field": test.field, "op": test.op.value, "values": values}
    return {
        "activity": [kind.value for kind in test.kinds],
        **({"material": test.material} if test.material else {}),
        **({"within_days": test.within_days} if test.within_days is not None else {}),
        "at_least": test.at_least,
    }


def _points(hundredths: int) -> int | float:
    return hundredths // HUNDRED if hundredths % HUNDRED == 0 else hundredths / HUNDRED


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)
