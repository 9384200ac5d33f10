"""Does sales take what marketing hands over? Acceptance = accepted ÷ handed over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncWeek

from feedback.reports.cut import Cut
from leads.stages import HandoffState


@dataclass(frozen=True)
class Taken:
    """Handoffs of a cohort. `open` are neither accepted nor ended, so not yet decided.

    `contacted` counts the accepted who were really reached: acceptance alone proves little.
    """

    handed: int = 0
    accepted: int = 0
    contacted: int = 0
    returned: int = 0
    withdrawn: int = 0
    open: int = 0

    @property
    def rate(self) -> float | None:
        return self.accepted / self.handed if self.handed else None

    @property
    def contact_rate(self) -> float | None:
        return self.contacted / self.accepted if self.accepted else None


@dataclass(frozen=True)
class Row:
    team: str
    taken: Taken


@dataclass(frozen=True)
class Week:
    week: date
    taken: Taken


def by_team(cut: Cut) -> list[Row]:
    rows = cut.handoffs().values("team__name").annotate(**_COUNTS).order_by("team__name")
    return [Row(row["team__name"], _taken(row)) for row in rows]


def by_week(cut: Cut) -> list[Week]:
    week = TruncWeek("offered_at", tzinfo=cut.period.zone)
    rows = cut.handoffs().annotate(week=week).values("week").annotate(**_COUNTS).order_by("week")
    return [Week(row["week"].date(), _taken(row)) for row in rows]


def in_all(cut: Cut) -> Taken:
    return _taken(cut.handoffs().aggregate(**_COUNTS))


_ACCEPTED = Q(accepted_at__isnull=False)
_UNDECIDED = Q(accepted_at__isnull=True, state__in=(HandoffState.WAITING, HandoffState.CLAIMED))
_COUNTS = {
    "handed": Count("pk"),
    "accepted": Count("pk", filter=_ACCEPTED),
    "contacted": Count("pk", filter=_ACCEPTED & Q(first_contact_at__isnull=False)),
    "returned": Count("pk", filter=Q(state=HandoffState.RETURNED)),
    "withdrawn": Count("pk", filter=Q(state=HandoffState.WITHDRAWN)),
    "undecided": Count("pk", filter=_UNDECIDED),
}


def _taken(row: Mapping[str, Any]) -> Taken:
    return Taken(
        handed=row["handed"],
        accepted=row["accepted"],
        contacted=row["contacted"],
        returned=row["returned"],
        withdrawn=row["withdrawn"],
        open=row["undecided"],
    )
