"""Business time inside a query: the open time of a calendar as sorted arrays.

A ruler lists when a calendar opens and closes over a span, and how many open seconds lie before
each opening. The open time between two instants is then a subtraction of two readings, each a
binary search, and percentiles over any number of rows stay in the database. The arithmetic that
makes the arrays is `working_time`, so both agree by construction.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from handoff.calendars.models import CalendarVersion
from handoff.calendars.working_time import open_intervals

COLUMNS: Final = "(calendar_id, opens, closes, before)"
NO_RULER: Final = (
    "SELECT NULL::bigint, NULL::timestamptz[], NULL::timestamptz[], NULL::float8[] WHERE false"
)
ONE_RULER: Final = "(%s::bigint, %s::timestamptz[], %s::timestamptz[], %s::float8[])"


@dataclass(frozen=True)
class Ruler:
    """Openings and closings (UTC) of a calendar version, and the open seconds before each."""

    calendar_id: int
    opens: list[datetime]
    closes: list[datetime]
    before: list[float]

    @classmethod
    def of(cls, version: CalendarVersion, start: datetime, end: datetime) -> "Ruler":
        ruler = cls(version.pk, [], [], [])
        seconds = 0.0
        for interval in open_intervals(version.schedule(), start, end):
            ruler.opens.append(interval.start)
            ruler.closes.append(interval.end)
            ruler.before.append(seconds)
            seconds += interval.length.total_seconds()
        return ruler


def table_of(rulers: Iterable[Ruler]) -> tuple[str, list[Any]]:
    """The rulers as the body of a WITH clause that has COLUMNS, and its parameters."""
    kept = list(rulers)
    if not kept:
        return NO_RULER, []
    parameters: list[Any] = [
        part
        for ruler in kept
        for part in (ruler.calendar_id, ruler.opens, ruler.closes, ruler.before)
    ]
    return f"VALUES {', '.join([ONE_RULER] * len(kept))}", parameters


def reading(instant: str) -> str:
    """SQL for the open seconds of a ruler up to an instant, given as an SQL expression."""
    place = f"width_bucket({instant}, opens)"
    return (
        f"COALESCE(before[{place}]"
        f" + extract(epoch FROM LEAST({instant}, closes[{place}]) - opens[{place}])::float8, 0)"
    )
