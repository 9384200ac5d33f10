"""Why a lead has its score: every point with its criterion and its ground, and what would make it
qualify."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from leads.models import Lead, Score
from leads.queries.flips import Standing, off_grade, short_of
from leads.queries.grounds import Ground, grounds_of
from leads.rules.criteria import Axis, Criterion, Role, Rules
from leads.rules.reading import read
from leads.rules.sentences import AXES, named, points, sentence
from leads.rules.sql import AT, compiled, of_leads


@dataclass(frozen=True)
class Part:
    """A criterion that holds, or should or should not: its sentence, the points it gives and the
    ground it has for them. Without `key`: what the axis' cap takes off."""

    text: str
    earned: int
    holds: bool
    role: Role = Role.POINTS
    key: str = ""
    ground: Ground = field(default_factory=Ground)

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
        return points(self.score.total)


def explanation_of(lead: Lead) -> Explanation | None:
    """Why a lead has its score, as of when it was scored; None while no criteria speak for it.

    Three statements, however many criteria there are.
    """
    score = Score.objects.filter(lead=lead).select_related("rule_set__team").first()
    if score is None:
        return None
    rules = read(score.rule_set.rules)
    earned = earned_by(rules, [lead.pk], at=score.scored_at)[lead.pk]
    grounds, counts = grounds_of(lead, rules, earned, at=score.scored_at)
    parts = [
        _part(criterion, found, ground)
        for criterion, found, ground in zip(rules.criteria, earned, grounds, strict=True)
    ]
    axes = [_axis(rules, axis, parts, getattr(score, axis)) for axis in Axis]
    flips = [] if score.qualifies else _flips(axes, Standing(rules, score, earned, counts))
    return Explanation(score, axes, flips)


def earned_by(
    rules: Rules, lead_ids: Sequence[int], *, at: datetime
) -> Mapping[int, Sequence[int]]:
    """What each criterion earns each lead, in hundredths; of a must-have or veto, 1 where it
    holds."""
    made = compiled(rules, at=AT)
    with connection.cursor() as cursor:
        cursor.execute(
            of_leads("l.id = ANY(%(leads)s)", made),
            {**made.params, "leads": list(lead_ids), "at": at},
        )
        return {row[0]: row[1:] for row in cursor.fetchall()}


def _axis(rules: Rules, axis: Axis, all_parts: Sequence[Part], total: int) -> AxisScore:
    """A cap is a part of its own, so that the parts add up."""
    parts = [
        part
        for criterion, part in zip(rules.criteria, all_parts, strict=True)
        if criterion.axis == axis and (part.earned or part.bars or part.role == Role.MUST)
    ]
    over = total - sum(part.earned for part in parts)
    if over:
        parts.append(Part(_("Beyond the cap of this axis"), over, holds=True))
    return AxisScore(axis, AXES[axis], total, parts, rules.thresholds.get(axis))


def _part(criterion: Criterion, found: int, ground: Ground) -> Part:
    earns = criterion.role == Role.POINTS
    text = named(criterion) if earns else sentence(criterion)
    return Part(text, found if earns else 0, bool(found), criterion.role, criterion.key, ground)


def _flips(axes: Sequence[AxisScore], stand: Standing) -> list[str]:
    """What is missing, in sentences: an axis that is short with what would bring it there."""
    said = [text for axis in axes if (text := short_of(stand, axis.axis))]
    said += [
        _("In the way: {criterion}").format(criterion=part.text)
        for axis in axes
        for part in axis.parts
        if part.bars
    ]
    return said + off_grade(stand)
