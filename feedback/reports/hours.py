"""At which hour of which weekday? What came in, and which deadlines passed, in one zone."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Count, QuerySet
from django.db.models.functions import ExtractHour, ExtractIsoWeekDay

from feedback.reports import attainment
from feedback.reports.cut import Cut

HOURS: Final = range(24)
WEEKDAYS: Final = range(1, 8)
"""ISO: 1 is Monday."""

Cell = tuple[int, int]
"""A weekday and an hour."""


@dataclass(frozen=True)
class Grid:
    """Counts by weekday and hour of local time; what is not there is zero."""

    counts: Mapping[Cell, int]

    def at(self, weekday: int, hour: int) -> int:
        return self.counts.get((weekday, hour), 0)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def peak(self) -> Cell | None:
        """The cell with most, the earliest of several; none where nothing is counted."""
        return min(self.counts, key=lambda cell: (-self.counts[cell], cell), default=None)

    def of_hour(self, hour: int) -> list[int]:
        return [self.at(weekday, hour) for weekday in WEEKDAYS]


def arrivals(cut: Cut) -> Grid:
    """When those who first came in within the period did so."""
    return _grid(cut.leads(), "inbound_at", cut)


def breaches(cut: Cut) -> Grid:
    """When the deadlines passed of what was handed over in the period and breached."""
    return _grid(attainment.breached(cut), "due_at", cut)


def _grid(rows: QuerySet[Any], instant: str, cut: Cut) -> Grid:
    zone = cut.period.zone
    found = (
        rows.order_by()
        .annotate(
            weekday=ExtractIsoWeekDay(instant, tzinfo=zone), hour=ExtractHour(instant, tzinfo=zone)
        )
        .values_list("weekday", "hour")
        .annotate(count=Count("pk"))
    )
    return Grid(Counter({(weekday, hour): count for weekday, hour, count in found}))
