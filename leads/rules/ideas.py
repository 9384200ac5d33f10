"""What speaks for a sale, or against one: candidate criteria judged by how often sales won. Pure.

A candidate that held in so many decisions, so many of them won, is an idea where the interval of
its share excludes the base rate.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from math import floor, log2
from typing import Any, Final

from leads.models.interaction import ASKED
from leads.rules.criteria import (
    ATTRIBUTE,
    HUNDRED,
    NUMERIC,
    ActivityTest,
    Axis,
    Criterion,
    FieldTest,
    Op,
    Rules,
    Test,
    folded,
    free_key,
    kept,
)
from leads.rules.intervals import Share, ratio
from leads.rules.reading import RulesProblem, read
from leads.rules.sentences import condition

STEP: Final = 5
MOST_POINTS: Final = 50
PER_DOUBLING: Final = 10
OUTSIDE: Final = 0.05
"""How much of what makes no difference lies outside its interval of 95 % by chance."""
NEARLY_ALL: Final = 0.95
SELDOM: Final = 0.5
"""Below this lift, for sure, an idea may be a veto."""


class InDraft(StrEnum):
    """Whether a draft has an idea already, or something that looks at the same."""

    NEW = "new"
    SIMILAR = "similar"
    SAME = "same"


@dataclass(frozen=True)
class Counted:
    """A candidate: in how many decisions it held, and how many of those were won."""

    test: Test
    n: int
    won: int


@dataclass(frozen=True)
class Idea:
    """A candidate beside the base rate of all decisions, and beside the draft."""

    test: Test
    share: Share
    base: Share
    in_draft: InDraft = InDraft.NEW

    @property
    def sentence(self) -> str:
        return condition(self.test)

    @cached_property
    def lift(self) -> float:
        return ratio(self.share, self.base) or 0.0

    @property
    def lift_bounds(self) -> tuple[float, float]:
        """The bounds of the share against the base rate as it stands."""
        base = self.base.value or 1.0
        return (self.share.low or 0.0) / base, (self.share.high or 0.0) / base

    @property
    def coverage(self) -> Share:
        return Share(self.share.n, self.base.n)

    @property
    def points(self) -> int:
        return suggested(self.lift)

    @property
    def may_veto(self) -> bool:
        return self.lift_bounds[1] < SELDOM

    @property
    def suspicious(self) -> bool:
        """Whether so many were won that the attribute may have been written once it was known."""
        told = isinstance(self.test, FieldTest) and self.test.field.startswith(ATTRIBUTE)
        return told and (self.share.value or 0.0) >= NEARLY_ALL

    def criterion(self) -> dict[str, Any]:
        """The JSON form of a criterion that says this, with the points that are suggested."""
        made = Criterion("", axis_of(self.test), self.test, points=self.points * HUNDRED)
        said: dict[str, Any] = kept(Rules((made,)))["criteria"][0]
        return {name: value for name, value in said.items() if name != "key"}

    def kept(self) -> dict[str, Any]:
        low, high = self.lift_bounds
        return {
            "sentence": self.sentence,
            "criterion": self.criterion(),
            "share": self.share.kept(),
            "lift": {"value": self.lift, "low": low, "high": high},
            "coverage": self.coverage.kept(),
            "may_veto": self.may_veto,
            "in_draft": self.in_draft.value,
            "suspicious": self.suspicious,
        }


def ranked(found: Iterable[Counted], *, base: Share, rules: Rules) -> tuple[list[Idea], list[Idea]]:
    """What speaks for a sale and what speaks against one, the surest first: by that bound of the
    interval which is nearer to the base rate, so that few decisions lead nothing."""
    ideas = [
        Idea(each.test, Share(each.won, each.n), base, in_draft(each.test, rules)) for each in found
    ]
    rate = base.value or 0.0
    better = [idea for idea in ideas if (idea.share.low or 0.0) > rate]
    worse = [idea for idea in ideas if (1.0 if idea.share.high is None else idea.share.high) < rate]
    return (
        sorted(better, key=lambda idea: (-(idea.share.low or 0.0), -idea.share.n, idea.sentence)),
        sorted(worse, key=lambda idea: (idea.share.high or 0.0, -idea.share.n, idea.sentence)),
    )


def suggested(lift: float) -> int:
    """Whole points: 10 for each doubling, to the nearest 5; at least 5 and at most 50 in size, and
    below zero where the lift is below 1."""
    if lift <= 0:
        return -MOST_POINTS
    exact = PER_DOUBLING * log2(lift)
    size = min(max(STEP, STEP * floor(abs(exact) / STEP + 0.5)), MOST_POINTS)
    return size if exact > 0 else -size


def axis_of(test: Test) -> Axis:
    """Who they are is fit; what they did is engagement, and intent where they asked for it."""
    if isinstance(test, FieldTest):
        return Axis.FIT
    return Axis.INTENT if test.kinds and ASKED.issuperset(test.kinds) else Axis.ENGAGEMENT


def sayable(test: Test) -> bool:
    """Whether a criterion can say exactly this; some values of old files are none that it keeps."""
    line = Rules((Criterion("idea", Axis.FIT, test, points=HUNDRED),))
    try:
        return read(kept(line)).criteria == line.criteria
    except RulesProblem:
        return False


def in_draft(test: Test, rules: Rules) -> InDraft:
    tests = [criterion.test for criterion in rules.criteria]
    if any(_same(test, other) for other in tests):
        return InDraft.SAME
    similar = any(_similar(test, other) for other in tests)
    return InDraft.SIMILAR if similar else InDraft.NEW


def _same(one: Test, other: Test) -> bool:
    if isinstance(one, ActivityTest) and isinstance(other, ActivityTest):
        spans = (one.within_days, one.at_least) == (other.within_days, other.at_least)
        return spans and _similar(one, other)
    if not isinstance(one, FieldTest) or not isinstance(other, FieldTest):
        return False
    if one.field != other.field:
        return False
    if one.op == Op.IS and other.op in (Op.IS, Op.ANY_OF):
        return set(map(folded, one.values)) <= set(map(folded, other.values))
    return (one.op, one.values) == (other.op, other.values)


def _similar(one: Test, other: Test) -> bool:
    """The same touches in another number or time, or another range of the same number."""
    if isinstance(one, ActivityTest) and isinstance(other, ActivityTest):
        kinds = set(one.kinds) == set(other.kinds)
        return kinds and one.material.lower() == other.material.lower()
    if not isinstance(one, FieldTest) or not isinstance(other, FieldTest):
        return False
    return one.field == other.field and one.op in NUMERIC and other.op in NUMERIC


def added(rules: Mapping[str, Any], criterion: Any) -> tuple[dict[str, Any], str]:
    """The JSON form with one criterion more, and the key that it got."""
    criteria: Sequence[Any] = rules.get("criteria", ())
    key = free_key([each.get("key") for each in criteria])
    line = {**criterion, "key": key} if isinstance(criterion, Mapping) else criterion
    return {**rules, "criteria": [*criteria, line]}, key


def dropped(rules: Mapping[str, Any], key: str) -> dict[str, Any]:
    """The JSON form without the criterion of this key."""
    rest = [each for each in rules.get("criteria", ()) if each.get("key") != key]
    return {**rules, "criteria": rest}
