"""Whom the criteria propose: those above the line who still wait for a person's verdict."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Final

from django.db.models import Exists, OuterRef, Q

from leads.models import Handoff, Score
from leads.queries.explanation import Part, earned_by
from leads.rules.criteria import Role, Rules
from leads.rules.reading import read
from leads.rules.sentences import named
from leads.stages import LeadStage

MOST_PARTS: Final = 2


def proposed(today: date) -> Q:
    """Leads that the criteria propose on a day: new ones, and recycled ones whose day has come or
    who came back by themselves."""
    stayed = Handoff.objects.filter(lead=OuterRef("pk"), ended_at__gte=OuterRef("touched_at"))
    due = Q(recycle_on__lte=today) | ~Q(Exists(stayed))
    again = Q(stage=LeadStage.RECYCLED) & due
    return Q(score__proposes=True) & (Q(stage=LeadStage.NEW) | again)


def evidence_of(scores: Sequence[Score], *, at: datetime) -> Mapping[int, Sequence[Part]]:
    """What earned each lead the most points, by its id; one query for each version.

    `scores` come with their rule sets; `at` is UTC.
    """
    found: dict[int, Sequence[Part]] = {}
    ordered = sorted(scores, key=lambda score: score.rule_set_id)
    for _rule_set, group in groupby(ordered, key=lambda score: score.rule_set_id):
        rows = list(group)
        rules = read(rows[0].rule_set.rules)
        for lead_id, earned in earned_by(rules, [row.lead_id for row in rows], at=at).items():
            found[lead_id] = _most(rules, earned)
    return found


def _most(rules: Rules, earned: Sequence[int]) -> Sequence[Part]:
    parts = [
        Part(named(criterion), points, holds=True)
        for criterion, points in zip(rules.criteria, earned, strict=True)
        if criterion.role == Role.POINTS and points > 0
    ]
    return sorted(parts, key=lambda part: -part.earned)[:MOST_PARTS]
