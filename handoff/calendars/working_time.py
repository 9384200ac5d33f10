"""Business time: which instants are open, how much of it has passed, when a target falls due.

Pure arithmetic. Every instant taken is aware and every instant returned is UTC; local times
become UTC before anything is subtracted, so a change of clocks costs or gives what it really
costs or gives. The rules:

- a window belongs to the local date it starts on and may pass midnight (22:00 to 30:00);
- a holiday or closed date removes the windows that start on it, a partial day replaces them,
  and a partial day wins over a holiday on the same date;
- a local time means the first instant at which the wall clock shows it or has passed it: the
  end of the gap where it is missing, the first occurrence where it is doubled;
- overlapping windows count once; an interval contains its start and not its end.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAY = 86_400
HORIZON = timedelta(days=731)
OPEN_WITHIN = timedelta(days=60)
FIRST_YEAR, LAST_YEAR = 1900, 2200
_ONE_DAY = timedelta(days=1)
_ZERO = timedelta(0)
_DAYS_KEPT = 4_096

Holidays = Callable[[int], Collection[date]]


class Unreachable(ValueError):
    """No instant within the horizon answers the question: the calendar is not open enough."""


class Interval(NamedTuple):
    """Open time between two UTC instants, the second one excluded."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        return self.end - self.start


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Open hours in seconds from the local midnight of the date they start on.

    Raises ValueError unless 0 <= opens < 24 h and opens < closes <= 48 h.
    """

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not 0 <= self.opens < DAY:
            raise ValueError(f"A window opens between 00:00 and 24:00, not at {self.opens} s.")
        if not self.opens < self.closes <= 2 * DAY:
            raise ValueError(f"A window closes after it opens, by 48:00, not at {self.closes} s.")


def _no_holidays(year: int) -> Collection[date]:
    return ()


@dataclass(frozen=True)
class Schedule:
    """When people work: `weekly` by weekday (0 is Monday) in the zone's local time.

    `closed` are single dates, `holidays(year)` answers the holidays of a year when that year
    is first met, `partial` gives a date its own windows.
    """

    zone: ZoneInfo
    weekly: Mapping[int, tuple[Window, ...]]
    closed: frozenset[date] = frozenset()
    partial: Mapping[date, tuple[Window, ...]] = field(default_factory=dict)
    holidays: Holidays = _no_holidays
    _days: dict[date, tuple[Interval, ...]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def windows_on(self, day: date) -> tuple[Window, ...]:
        """The windows that start on a local date."""
        if day in self.partial:
            return self.partial[day]
        if day in self.closed or day in self.holidays(day.year):
            return ()
        return self.weekly.get(day.weekday(), ())

    def intervals_on(self, day: date) -> tuple[Interval, ...]:
        """The same windows as UTC intervals, by start; they may overlap. Kept per date."""
        known = self._days.get(day)
        if known is None:
            if len(self._days) >= _DAYS_KEPT:
                self._days.clear()
            known = self._days[day] = self._intervals(day)
        return known

    def _intervals(self, day: date) -> tuple[Interval, ...]:
        return tuple(
            Interval(opens, closes)
            for window in sorted(self.windows_on(day))
            if (opens := local_instant(self.zone, day, window.opens))
            < (closes := local_instant(self.zone, day, window.closes))
        )


def local_instant(zone: ZoneInfo, day: date, seconds: int) -> datetime:
    """The first UTC instant at which the wall clock shows or has passed this local time."""
    wall = datetime.combine(day, time()) + timedelta(seconds=seconds)
    instant = wall.replace(tzinfo=zone).astimezone(UTC)
    if instant.astimezone(zone).replace(tzinfo=None) == wall:
        return instant
    return _end_of_gap(zone, wall)


def _end_of_gap(zone: ZoneInfo, wall: datetime) -> datetime:
    """Halve between the two readings of a missing local time until the jump itself is found."""
    after = wall.replace(tzinfo=zone).astimezone(UTC)
    before = wall.replace(tzinfo=zone, fold=1).astimezone(UTC)
    while after - before > timedelta(seconds=1):
        middle = before + timedelta(seconds=(after - before) // timedelta(seconds=2))
        if middle.astimezone(zone).replace(tzinfo=None) < wall:
            before = middle
        else:
            after = middle
    return after


def utc(instant: datetime) -> datetime:
    """The same instant in UTC. Raises ValueError for a naive or an absurd one."""
    if instant.utcoffset() is None:
        raise ValueError(f"An instant needs a time zone: {instant.isoformat()} has none.")
    if not FIRST_YEAR <= instant.year <= LAST_YEAR:
        raise ValueError(f"Instants lie between {FIRST_YEAR} and {LAST_YEAR}, not {instant.year}.")
    return instant.astimezone(UTC)


def _pieces(schedule: Schedule, start: datetime, end: datetime) -> Iterator[Interval]:
    """Disjoint open time from start to end, in order; neighbours that touch are not joined."""
    if end <= start:
        return
    covered = start
    day = start.astimezone(schedule.zone).date() - _ONE_DAY
    last = end.astimezone(schedule.zone).date() + _ONE_DAY
    while day <= last:
        for interval in schedule.intervals_on(day):
            if interval.start >= end:
                return
            if interval.end > covered:
                piece = Interval(max(interval.start, covered), min(interval.end, end))
                covered = interval.end
                yield piece
                if covered >= end:
                    return
        day += _ONE_DAY


def open_intervals(schedule: Schedule, start: datetime, end: datetime) -> Iterator[Interval]:
    """Open time between two instants as UTC intervals: disjoint, in order, touching ones joined."""
    held: Interval | None = None
    for piece in _pieces(schedule, utc(start), utc(end)):
        if held is None:
            held = piece
        elif held.end == piece.start:
            held = Interval(held.start, piece.end)
        else:
            yield held
            held = piece
    if held is not None:
        yield held


def segments(schedule: Schedule, start: datetime, end: datetime) -> tuple[Interval, ...]:
    """All open intervals between two instants."""
    return tuple(open_intervals(schedule, start, end))


def elapsed(schedule: Schedule, *, start: datetime, end: datetime) -> timedelta:
    """Real open time between two instants, to the microsecond; zero when end precedes start."""
    pieces = _pieces(schedule, utc(start), utc(end))
    return sum((piece.length for piece in pieces), _ZERO)


def deadline(schedule: Schedule, *, start: datetime, target: timedelta) -> datetime:
    """The earliest UTC instant at or after start by which `target` of open time has passed.

    What ends at closing is due at closing; a target of zero is due at the start.
    Raises ValueError for a negative target, Unreachable when it takes over two years.
    """
    begin, left = utc(start), target
    if left < _ZERO:
        raise ValueError(f"A target is not negative: {target}.")
    if left == _ZERO:
        return begin
    for piece in _pieces(schedule, begin, begin + HORIZON):
        if left <= piece.length:
            return piece.start + left
        left -= piece.length
    raise Unreachable(f"No {target} of open time within {HORIZON.days} days of {begin}.")


def is_open(schedule: Schedule, at: datetime) -> bool:
    """Whether this instant is open; the closing instant itself is not."""
    begin = utc(at)
    return any(_pieces(schedule, begin, begin + timedelta(microseconds=1)))


def next_open(schedule: Schedule, at: datetime, *, within: timedelta = HORIZON) -> datetime:
    """The earliest open UTC instant at or after this one. Raises Unreachable when none is near."""
    begin = utc(at)
    for piece in _pieces(schedule, begin, begin + within):
        return piece.start
    raise Unreachable(f"Not open within {within.days} days of {begin}.")


def validate(schedule: Schedule, *, at: datetime) -> None:
    """Raise Unreachable for a calendar without an open minute in the 60 days from an instant."""
    next_open(schedule, at, within=OPEN_WITHIN)
