"""Random calendars and instants, where asked within three days of a change of clocks."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from handoff.calendars.working_time import DAY, Schedule, Window

ZONES = ("America/Sao_Paulo", "America/New_York", "Europe/Lisbon")
YEARS = range(2010, 2027)


@cache
def clock_changes(key: str) -> tuple[datetime, ...]:
    """The hours in UTC after which this zone's offset is another one."""
    zone = ZoneInfo(key)
    hour = datetime(YEARS.start, 1, 1, tzinfo=UTC)
    found = []
    while hour.year < YEARS.stop:
        after = hour + timedelta(hours=1)
        if hour.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            found.append(after)
        hour = after
    return tuple(found)


@dataclass(frozen=True)
class Case:
    schedule: Schedule
    start: datetime
    target: timedelta


def a_window(pick: Callable[[int, int], int]) -> Window:
    """Lunch-sized, day-sized, overnight or longer than a day, on whole minutes."""
    opens = pick(0, 24 * 60 - 1)
    length = pick(1, pick(1, 36) * 60)
    return Window(opens * 60, min((opens + length) * 60, 2 * DAY))


def some_windows(pick: Callable[[int, int], int], least: int) -> tuple[Window, ...]:
    return tuple(a_window(pick) for _ in range(pick(least, 3)))


def an_instant(pick: Callable[[int, int], int], key: str, *, near: bool) -> datetime:
    if near:
        changes = clock_changes(key)
        around = changes[pick(0, len(changes) - 1)]
        start = around + timedelta(seconds=pick(-3 * DAY, 3 * DAY))
    else:
        first = datetime(YEARS.start, 1, 1, tzinfo=UTC)
        start = first + timedelta(minutes=pick(0, 16 * 365 * 24 * 60))
    return start + timedelta(microseconds=pick(0, 1) * pick(0, 999_999))


def a_case(pick: Callable[[int, int], int], *, near: bool) -> Case:
    """`pick(low, high)` draws a whole number, both ends included; `near` a change of clocks."""
    key = ZONES[pick(0, len(ZONES) - 1)]
    start = an_instant(pick, key, near=near)
    dates = [start.date() + timedelta(days=offset) for offset in range(-1, 4)]
    schedule = Schedule(
        zone=ZoneInfo(key),
        weekly={day: some_windows(pick, 0) for day in range(7) if pick(0, 4)},
        closed=frozenset(day for day in dates if not pick(0, 5)),
        partial={day: some_windows(pick, 0) for day in dates if not pick(0, 5)},
    )
    target = timedelta(seconds=pick(0, 1) * pick(0, pick(1, 30) * 3_600))
    return Case(schedule, start, target)


def random_case(source: random.Random, *, near: bool) -> Case:
    return a_case(source.randint, near=near)
