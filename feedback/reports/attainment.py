"""Were the promises kept? Attainment = met ÷ (met + breached); what still runs stands apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q
from django.db.models.functions import TruncWeek

from feedback.reports.cut import Cut
from sla.models import ClauseKind, Clock, Verdict
from sla.models.clock import ClockQuerySet
from sla.stages import PROMISES


@dataclass(frozen=True)
class Kept:
    """Clocks by their outcome."""

    met: int = 0
    breached: int = 0
    running: int = 0
    cancelled: int = 0

    @property
    def decided(self) -> int:
        return self.met + self.breached

    @property
    def rate(self) -> float | None:
        """Share kept of those decided; None where none is."""
        return self.met / self.decided if self.decided else None

    def __add__(self, other: "Kept") -> "Kept":
        return Kept(
            self.met + other.met,
            self.breached + other.breached,
            self.running + other.running,
            self.cancelled + other.cancelled,
        )


@dataclass(frozen=True)
class Row:
    kind: str
    team: str
    kept: Kept


@dataclass(frozen=True)
class Week:
    kind: str
    week: date
    kept: Kept


def by_clause_and_team(cut: Cut) -> list[Row]:
    rows = _clocks(cut).values("kind", "team__name").annotate(**_outcomes(cut))
    found = [Row(row["kind"], row["team__name"], _kept(row)) for row in rows]
    return sorted(found, key=lambda row: (PROMISES.index(ClauseKind(row.kind)), row.team))


def by_week(cut: Cut) -> list[Week]:
    week = TruncWeek("handoff__offered_at", tzinfo=cut.period.zone)
    rows = _clocks(cut).annotate(week=week).values("kind", "week").annotate(**_outcomes(cut))
    found = [Week(row["kind"], row["week"].date(), _kept(row)) for row in rows]
    return sorted(found, key=lambda row: (row.week, row.kind))


def in_all(cut: Cut) -> Kept:
    return _kept(_clocks(cut).aggregate(**_outcomes(cut)))


def _clocks(cut: Cut) -> ClockQuerySet:
    return Clock.objects.filter(kind__in=PROMISES, handoff__in=cut.handoffs())


def _outcomes(cut: Cut) -> dict[str, Count]:
    """A deadline that has passed is breached, whether or not the sweep has been there yet."""
    passed = Q(verdict=Verdict.RUNNING, due_at__lt=cut.at)
    return {
        "met": Count("pk", filter=Q(verdict=Verdict.MET)),
        "breached": Count("pk", filter=Q(verdict=Verdict.BREACHED) | passed),
        "running": Count("pk", filter=Q(verdict=Verdict.RUNNING, due_at__gte=cut.at)),
        "cancelled": Count("pk", filter=Q(verdict=Verdict.CANCELLED)),
    }


def _kept(row: Mapping[str, Any]) -> Kept:
    return Kept(row["met"], row["breached"], row["running"], row["cancelled"])
