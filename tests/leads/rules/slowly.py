"""What rules make of a lead, worked out in the slowest and plainest way, without SQL."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from leads.models import Interaction, Lead
from leads.rules.criteria import ActivityTest, Axis, Criterion, FieldTest, Op, Role, Rules


@dataclass
class Slow:
    """The verdict and every part of it, in hundredths."""

    parts: list[int] = field(default_factory=list)
    axes: dict[Axis, int] = field(default_factory=dict)
    grade: str = ""
    qualifies: bool = False


def judged(rules: Rules, lead: Lead, touches: Sequence[Interaction], at: datetime) -> Slow:
    """`touches` are all of the lead's; those after `at` count for nothing."""
    past = [touch for touch in touches if touch.occurred_at <= at]
    slow = Slow([part(criterion, lead, past, at) for criterion in rules.criteria])
    for axis in Axis:
        earned = sum(
            points
            for points, criterion in zip(slow.parts, rules.criteria, strict=True)
            if criterion.axis == axis and criterion.role == Role.POINTS
        )
        slow.axes[axis] = min(earned, rules.caps.get(axis, earned))
    interest = slow.axes[Axis.ENGAGEMENT] + slow.axes[Axis.INTENT]
    slow.grade = letter(slow.axes[Axis.FIT], rules.profile, "ABCD") + letter(
        interest, rules.interest, "1234"
    )
    slow.qualifies = (
        all(slow.axes[axis] >= least for axis, least in rules.thresholds.items())
        and all(
            bool(points) == (criterion.role == Role.MUST)
            for points, criterion in zip(slow.parts, rules.criteria, strict=True)
            if criterion.role != Role.POINTS
        )
        and slow.grade in rules.accepts
    )
    return slow


def letter(score: int, least: tuple[int, int, int], letters: str) -> str:
    for bound, name in zip(least, letters, strict=False):
        if score >= bound:
            return name
    return letters[3]


def part(criterion: Criterion, lead: Lead, past: Sequence[Interaction], at: datetime) -> int:
    if isinstance(criterion.test, FieldTest):
        holds = compares(criterion.test, text_of(lead, criterion.test.field))
        return (criterion.points if criterion.role == Role.POINTS else 1) if holds else 0
    matching = [touch for touch in past if matches(criterion.test, touch, at)]
    if len(matching) < criterion.test.at_least:
        return 0
    if criterion.role != Role.POINTS:
        return 1
    if criterion.each:
        total = sum(decayed(criterion, at - touch.occurred_at) for touch in matching)
        if criterion.cap is not None:
            return min(total, criterion.cap) if criterion.points > 0 else max(total, criterion.cap)
        return total
    newest = max(touch.occurred_at for touch in matching)
    return decayed(criterion, at - newest)


def decayed(criterion: Criterion, age: timedelta) -> int:
    if criterion.half_life_days is None:
        return criterion.points
    share = math.pow(0.5, age.total_seconds() / (criterion.half_life_days * 86_400))
    return math.floor(criterion.points * share + 0.5)


def matches(test: ActivityTest, touch: Interaction, at: datetime) -> bool:
    if test.kinds and touch.kind not in test.kinds:
        return False
    name = touch.material.name if touch.material else ""
    if test.material and name.lower() != test.material.lower():
        return False
    return test.within_days is None or touch.occurred_at > at - timedelta(days=test.within_days)


def text_of(lead: Lead, name: str) -> str:
    if name.startswith("attributes."):
        value: Any = lead.attributes.get(name.removeprefix("attributes."))
    elif name.startswith("utm."):
        value = lead.utm.get(name.removeprefix("utm."))
    elif name == "campaign":
        value = lead.campaign.name if lead.campaign else ""
    elif name == "source":
        value = lead.source.name if lead.source else ""
    elif name == "email_domain":
        value = lead.email_key.partition("@")[2]
    elif name == "phone":
        value = lead.phone_key
    elif name == "pains":
        value = " ".join(lead.pains)
    else:
        value = getattr(lead, name)
    if isinstance(value, bool):
        value = str(value).lower()
    return "" if value is None else str(value).strip(" ").lower()


def compares(test: FieldTest, text: str) -> bool:
    said = [str(value).strip(" ").lower() for value in test.values]
    if test.op in (Op.IS, Op.ANY_OF):
        return bool(text) and text in said
    if test.op in (Op.IS_NOT, Op.NONE_OF):
        return not text or text not in said
    if test.op == Op.CONTAINS:
        return bool(text) and said[0] in text
    if test.op in (Op.PRESENT, Op.ABSENT):
        return bool(text) == (test.op == Op.PRESENT)
    if not re.fullmatch(r"[+-]?[0-9]{1,15}([.,][0-9]{1,6})?", text):
        return False
    number = Decimal(text.replace(",", "."))
    bounds = [Decimal(value) for value in test.values]
    if test.op == Op.BETWEEN:
        return bounds[0] <= number <= bounds[1]
    return number >= bounds[0] if test.op == Op.AT_LEAST else number <= bounds[0]
