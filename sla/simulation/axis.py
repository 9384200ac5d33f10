"""A calendar's open time laid end to end, so that a replay adds seconds and asks no calendar.

A position is the open time in seconds since the axis begins; closed hours have no length. The
arithmetic that lays it is `working_time`, so both agree by construction.
"""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime

from handoff.calendars.working_time import Schedule, open_intervals


@dataclass(frozen=True)
class Axis:
    """Openings and closings in seconds since 1970, and the open seconds up to each of them."""

    begins: float
    opens: list[float]
    closes: list[float]
    before: list[float]
    upto: list[float]

    @classmethod
    def of(cls, schedule: Schedule, *, start: datetime, end: datetime) -> "Axis":
        axis = cls(start.timestamp(), [], [], [], [])
        passed = 0.0
        for interval in open_intervals(schedule, start, end):
            axis.opens.append(interval.start.timestamp())
            axis.closes.append(interval.end.timestamp())
            axis.before.append(passed)
            passed += interval.length.total_seconds()
            axis.upto.append(passed)
        return axis

    @property
    def length(self) -> float:
        """All open seconds."""
        return self.upto[-1] if self.upto else 0.0

    def position(self, instant: float) -> float:
        """Open seconds up to an instant (seconds since 1970)."""
        place = bisect_right(self.opens, instant) - 1
        if place < 0:
            return 0.0
        return self.before[place] + min(instant, self.closes[place]) - self.opens[place]

    def instant(self, position: float) -> float:
        """The earliest instant at which so much has passed; beyond the axis, its end."""
        if position <= 0:
            return self.begins
        place = bisect_left(self.upto, position)
        if place >= len(self.upto):
            return self.closes[-1]
        return self.opens[place] + max(position - self.before[place], 0.0)

    def hours(self, schedule: Schedule) -> list[tuple[float, tuple[int, int]]]:
        """Where each local hour of the open week begins: position, and weekday with hour."""
        found: list[tuple[float, tuple[int, int]]] = []
        for opens, closes, before in zip(self.opens, self.closes, self.before, strict=True):
            at = opens
            while at < closes:
                local = datetime.fromtimestamp(at, UTC).astimezone(schedule.zone)
                found.append((before + at - opens, (local.weekday(), local.hour)))
                at += 3_600 - local.minute * 60 - local.second - local.microsecond / 1e6
        return found
