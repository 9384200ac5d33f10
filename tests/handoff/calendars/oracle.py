"""Business time the slow and obvious way, to hold the fast way against.

It knows no windows in UTC, no gaps and no folds. It walks minute by minute and reads a wall
clock that never runs backwards (a reading once shown stays until it is passed): a minute is open
when that reading lies in a window of some date. Exact wherever windows and clock changes fall on
whole minutes, as all of those in the tests do.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

from handoff.calendars.working_time import Schedule, Window

MINUTE = timedelta(minutes=1)
BEFORE = timedelta(hours=3)


def windows_of(schedule: Schedule, day: date) -> tuple[Window, ...]:
    if day in schedule.partial:
        return schedule.partial[day]
    if day in schedule.closed:
        return ()
    return schedule.weekly.get(day.weekday(), ())


def reading_is_open(schedule: Schedule, reading: datetime) -> bool:
    for days_back in (0, 1, 2):
        day = reading.date() - timedelta(days=days_back)
        into = (reading - datetime(day.year, day.month, day.day)).total_seconds()
        if any(window.opens <= into < window.closes for window in windows_of(schedule, day)):
            return True
    return False


def open_minutes(schedule: Schedule, start: datetime) -> Iterator[tuple[datetime, bool]]:
    """Each UTC minute from the one that holds `start`, and whether it is open."""
    first = start.astimezone(UTC).replace(second=0, microsecond=0)
    minute = first - BEFORE
    highest = datetime.min
    while True:
        wall = minute.astimezone(schedule.zone).replace(tzinfo=None)
        highest = max(highest, wall)
        if minute >= first:
            yield minute, reading_is_open(schedule, highest)
        minute += MINUTE


def elapsed(schedule: Schedule, *, start: datetime, end: datetime) -> timedelta:
    total = timedelta(0)
    for minute, is_open in open_minutes(schedule, start):
        if minute >= end:
            return total
        if is_open:
            total += min(minute + MINUTE, end) - max(minute, start)
    raise AssertionError


def deadline(
    schedule: Schedule, *, start: datetime, target: timedelta, give_up: datetime
) -> datetime | None:
    """None when the target is not reached before `give_up`."""
    left = target
    if not left:
        return start.astimezone(UTC)
    for minute, is_open in open_minutes(schedule, start):
        if minute >= give_up:
            return None
        if is_open:
            begin = max(minute, start.astimezone(UTC))
            length = minute + MINUTE - begin
            if left <= length:
                return begin + left
            left -= length
    raise AssertionError
