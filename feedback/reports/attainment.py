"""Were the promises kept? Attainment = met ÷ (met + breached); what still runs stands apart.

Breaches that the other side waived count neither way; before waivers they count as breached.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import date
from typing import Any, Final

from django.db.models import Count, Q
from django.db.models.functions import TruncWeek

from feedback.reports.cut import Cut
from handoff.people.models import Side
from sla.models import ClauseKind, Clock, Verdict
from sla.models.clock import ClockQuerySet
from sla.stages import NOT_NEEDED, PROMISES, SIDE_OF


@dataclass(frozen=True)
class Kept:
    """Clocks by their outcome; of those that evidence stopped, how many it is hard to believe.

    `cancelled` are those that nobody needed any longer, or that another took the place of.
    """

    met: int = 0
    breached: int = 0
    running: int = 0
    cancelled: int = 0
    waived: int = 0
    late_logged: int = 0
    bulk_logged: int = 0

    @property
    def decided(self) -> int:
        return self.met + self.breached

    @property
    def rate(self) -> float | None:
        """Share kept of those decided; None where none is."""
        return self.met / self.decided if self.decided else None

    @property
    def raw(self) -> float | None:
        """The same before waivers: what was waived counts as breached."""
        decided = self.decided + self.waived
        return self.met / decided if decided else None

    @property
    def waiver_rate(self) -> float | None:
        """Share of the breaches that was waived; None where there was no breach."""
        broken = self.breached + self.waived
        return self.waived / broken if broken else None

    def __add__(self, other: "Kept") -> "Kept":
        return Kept(*(mine + theirs for mine, theirs in zip(self, other, strict=True)))

    def __iter__(self) -> Iterator[int]:
        yield from (getattr(self, name) for name in NAMES)


NAMES: Final = tuple(each.name for each in fields(Kept))


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


def by_kind(cut: Cut) -> dict[ClauseKind, Kept]:
    rows = _clocks(cut).values("kind").annotate(**_outcomes(cut))
    found = {row["kind"]: _kept(row) for row in rows}
    return {kind: found[kind] for kind in PROMISES if kind in found}


@dataclass(frozen=True)
class Slice:
    """What one side of a person, a segment or an origin has kept."""

    name: str
    side: Side
    kept: Kept


def by_person(cut: Cut) -> list[Slice]:
    """By whoever owed it; what waits in a queue is owed by a team and by nobody in it."""
    return _sliced(_clocks(cut).filter(owner__isnull=False), "owner__name", cut)


def by_segment(cut: Cut) -> list[Slice]:
    """By the marketing team whose leads they are."""
    return _sliced(_clocks(cut), "handoff__lead__team__name", cut)


def by_origin(cut: Cut) -> list[Slice]:
    return _sliced(_clocks(cut), "handoff__lead__origin", cut)


def _sliced(clocks: ClockQuerySet, name: str, cut: Cut) -> list[Slice]:
    """By name and side, those with most decided first."""
    found: dict[tuple[str, Side], Kept] = {}
    for row in clocks.values(name, "kind").annotate(**_outcomes(cut)):
        key = (row[name], SIDE_OF[ClauseKind(row["kind"])])
        found[key] = found.get(key, Kept()) + _kept(row)
    slices = [Slice(*key, kept) for key, kept in found.items()]
    return sorted(slices, key=lambda one: (-one.kept.decided, one.name, one.side))


def by_side(kinds: Mapping[ClauseKind, Kept]) -> dict[Side, Kept]:
    """All clauses of each side together, sales first."""
    return {
        side: sum((kept for kind, kept in kinds.items() if SIDE_OF[kind] == side), Kept())
        for side in (Side.SALES, Side.MARKETING)
    }


def in_all(cut: Cut) -> Kept:
    return _kept(_clocks(cut).aggregate(**_outcomes(cut)))


def breached(cut: Cut) -> ClockQuerySet:
    """The clocks that count as breached."""
    return _clocks(cut).filter(_breached(cut))


def _clocks(cut: Cut) -> ClockQuerySet:
    return Clock.objects.filter(kind__in=PROMISES, handoff__in=cut.handoffs())


def _passed(cut: Cut) -> Q:
    """A deadline that has passed is breached, whether or not the sweep has been there yet."""
    return Q(verdict=Verdict.RUNNING, due_at__lt=cut.at, paused_at__isnull=True)


def _breached(cut: Cut) -> Q:
    return Q(verdict=Verdict.BREACHED) | _passed(cut)


def _outcomes(cut: Cut) -> dict[str, Count]:
    judged = Q(verdict__in=(Verdict.MET, Verdict.BREACHED, Verdict.WAIVED))
    return {
        "met": Count("pk", filter=Q(verdict=Verdict.MET)),
        "breached": Count("pk", filter=_breached(cut)),
        "running": Count("pk", filter=Q(verdict=Verdict.RUNNING) & ~_passed(cut)),
        "cancelled": Count("pk", filter=Q(verdict__in=NOT_NEEDED)),
        "waived": Count("pk", filter=Q(verdict=Verdict.WAIVED)),
        "late_logged": Count("pk", filter=judged & Q(late_logged=True)),
        "bulk_logged": Count("pk", filter=judged & Q(bulk_logged=True)),
    }


def _kept(row: Mapping[str, Any]) -> Kept:
    return Kept(**{name: row[name] for name in NAMES})
