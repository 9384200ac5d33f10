"""Why a lead has its score: every point with its criterion, and what would make it qualify."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from leads.models import Lead, Score
from leads.rules.criteria import ActivityTest, Axis, Criterion, Role, Rules
from leads.rules.reading import read
from leads.rules.sentences import AXES, condition, points, sentence
from leads.rules.sql import AT, compiled, of_leads

MOST_FLIPS: Final = 3


@dataclass(frozen=True)
class Part:
    """A criterion that holds, or should or should not: its sentence and the points it gives."""

    text: str
    earned: int
    holds: bool
    role: Role = Role.POINTS

    @property
    def said(self) -> str:
        return points(self.earned, signed=True)

    @property
    def bars(self) -> bool:
        """Whether it alone keeps the lead from qualifying."""
        return self.role != Role.POINTS and self.holds == (self.role == Role.VETO)


@dataclass(frozen=True)
class AxisScore:
    """One axis: its parts add up to `total`; `least` is the threshold, None where there is none."""

    axis: Axis
    title: str | Promise
    total: int
    parts: Sequence[Part]
    least: int | None

    @property
    def said(self) -> str:
        return points(self.total)

    @property
    def needs(self) -> str:
        return points(self.least) if self.least is not None else ""

    @property
    def reached(self) -> bool:
        return self.least is None or self.total >= self.least


@dataclass(frozen=True)
class Explanation:
    """The score as it stands, with its version, its axes, and what would flip it."""

    score: Score
    axes: Sequence[AxisScore]
    flips: Sequence[str]

    @property
    def total(self) -> str:
        return points(self.score.fit + self.score.engagement + self.score.intent)


def explanation_of(lead: Lead) -> Explanation | None:
    """Why a lead has its score, as of when it was scored; None while no criteria speak for it."""
    score = Score.objects.filter(lead=lead).select_related("rule_set__team").first()
    if score is None:
        return None
    rules = read(score.rule_set.rules)
    earned = _earned(rules, score)
    axes = [_axis(rules, axis, earned, getattr(score, axis)) for axis in Axis]
    return Explanation(score, axes, [] if score.qualifies else _flips(rules, axes, earned))


def _earned(rules: Rules, score: Score) -> list[int]:
    made = compiled(rules, at=AT)
    with connection.cursor() as cursor:
        cursor.execute(
            of_leads("l.id = %(lead)s", made),
            {**made.params, "lead": score.lead_id, "at": score.scored_at},
        )
        row: tuple[Any, ...] = cursor.fetchone() or ()
    return [int(each) for each in row[1:]]


def _axis(rules: Rules, axis: Axis, earned: Sequence[int], total: int) -> AxisScore:
    """A cap is a part of its own, so that the parts add up."""
    parts = [
        _part(criterion, found)
        for criterion, found in zip(rules.criteria, earned, strict=True)
        if criterion.axis == axis and (found or criterion.role == Role.MUST)
    ]
    over = total - sum(part.earned for part in parts)
    if over:
        parts.append(Part(_("Beyond the cap of this axis"), over, holds=True))
    return AxisScore(axis, AXES[axis], total, parts, rules.thresholds.get(axis))


def _part(criterion: Criterion, found: int) -> Part:
    if criterion.role != Role.POINTS:
        return Part(sentence(criterion), 0, holds=bool(found), role=criterion.role)
    return Part(criterion.name or condition(criterion.test), found, holds=True)


def _flips(rules: Rules, axes: Sequence[AxisScore], earned: Sequence[int]) -> list[str]:
    """What is missing, in sentences: an axis that is short with what would bring it there."""
    said = [
        _short_of(rules, axis, earned)
        for axis in axes
        if not axis.reached and axis.least is not None
    ]
    said += [
        _("In the way: {criterion}").format(criterion=part.text)
        for axis in axes
        for part in axis.parts
        if part.bars
    ]
    return said or [_("The grade is not one of those that are accepted.")]


def _short_of(rules: Rules, axis: AxisScore, earned: Sequence[int]) -> str:
    missing = (axis.least or 0) - axis.total
    ways = [
        criterion
        for criterion, found in zip(rules.criteria, earned, strict=True)
        if criterion.axis == axis.axis
        and criterion.role == Role.POINTS
        and found == 0
        and criterion.points >= missing
    ]
    ways.sort(key=lambda way: (not isinstance(way.test, ActivityTest), way.points))
    short = _("{axis} is {points} short").format(axis=axis.title, points=points(missing))
    if not ways:
        return f"{short}."
    would = "; ".join(sentence(way) for way in ways[:MOST_FLIPS])
    return _("{short}; any of these would do: {ways}").format(short=short, ways=would)
