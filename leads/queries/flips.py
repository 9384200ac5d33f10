"""What would make a lead qualify that does not: how far it is, and by what it would get there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Final

from django.utils.translation import gettext as _

from leads.models import Score
from leads.rules.criteria import (
    INTERESTS,
    PROFILES,
    ActivityTest,
    Axis,
    Criterion,
    Role,
    Rules,
)
from leads.rules.sentences import AXES, points, sentence

MOST_WAYS: Final = 3
MOST_TIMES: Final = 5


@dataclass(frozen=True)
class Standing:
    """Where a lead stands: its score, what each criterion earns and how many touches it counts."""

    rules: Rules
    score: Score
    earned: Sequence[int]
    counts: Mapping[int, int]

    @property
    def interest(self) -> int:
        return self.score.engagement + self.score.intent


def short_of(stand: Standing, axis: Axis) -> str:
    """How far an axis is below its threshold, and what would do; empty where it is not."""
    least, has = stand.rules.thresholds.get(axis), int(getattr(stand.score, axis))
    if least is None or has >= least:
        return ""
    return _missing(stand, str(AXES[axis]), least - has, (axis,))


def off_grade(stand: Standing) -> list[str]:
    """Why the grade is not one of those accepted, and the nearest that is."""
    grade, accepts = stand.score.grade, stand.rules.accepts
    if grade in accepts:
        return []
    said = _("The grade {grade} is not one of those that are accepted.").format(grade=grade)
    within = [each for each in (_way_up(stand, to) for to in accepts) if each is not None]
    if not within:
        return [said]
    to, fit, interest = min(within, key=lambda each: (each[1] + each[2], each[0]))
    steps = []
    if fit:
        steps.append(_missing(stand, str(AXES[Axis.FIT]), fit, (Axis.FIT,)))
    if interest:
        steps.append(_missing(stand, _("Interest"), interest, (Axis.ENGAGEMENT, Axis.INTENT)))
    return [said, *(_("For {grade}: {step}").format(grade=to, step=step) for step in steps)]


def _way_up(stand: Standing, grade: str) -> tuple[str, int, int] | None:
    """Hundredths that fit and interest lack for a grade; None where the lead is above it."""
    fit = _climb(stand.score.fit, stand.rules.profile, PROFILES.index(grade[0]))
    interest = _climb(stand.interest, stand.rules.interest, INTERESTS.index(grade[1]))
    return None if fit is None or interest is None else (grade, fit, interest)


def _climb(has: int, steps: tuple[int, int, int], step: int) -> int | None:
    if step > 0 and has >= steps[step - 1]:
        return None
    return max(0, steps[step] - has) if step < len(steps) else 0


def _missing(stand: Standing, what: str, missing: int, axes: Sequence[Axis]) -> str:
    short = _("{axis} is {points} short").format(axis=what, points=points(missing))
    ways = [
        (times, criterion)
        for number, criterion in enumerate(stand.rules.criteria)
        if criterion.axis in axes
        and (times := _times(stand, number, criterion, missing)) is not None
    ]
    if not ways:
        return f"{short}."
    ways.sort(key=lambda way: (not isinstance(way[1].test, ActivityTest), way[0], way[1].points))
    would = "; ".join(_way(times, criterion) for times, criterion in ways[:MOST_WAYS])
    return _("{short}; any of these would do: {ways}").format(short=short, ways=would)


def _way(times: int, criterion: Criterion) -> str:
    said = sentence(criterion)
    return said if times < 2 else _("{way} ({n} times)").format(way=said, n=times)


def _times(stand: Standing, number: int, criterion: Criterion, missing: int) -> int | None:
    """How many new touches of a criterion (or one change of a field) bring `missing` hundredths
    today; None where none do."""
    has, test = stand.earned[number], criterion.test
    if criterion.role != Role.POINTS or criterion.points <= 0:
        return None
    if not isinstance(test, ActivityTest):
        return 1 if has == 0 and criterion.points >= missing else None
    times = max(1, test.at_least - stand.counts.get(number, 0))
    if criterion.each:
        times = max(times, ceil(missing / criterion.points))
        gain = times * criterion.points
    else:
        gain = criterion.points - has
    if criterion.cap is not None:
        gain = min(gain, criterion.cap - has)
    return times if gain >= missing and times <= MOST_TIMES else None
