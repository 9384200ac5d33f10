"""When something happened, read from text: known formats, a zone, and bounds. Pure."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache, partial
from typing import Final
from zoneinfo import ZoneInfo

from handoff.calendars.working_time import local_instant
from leads.problems import problem

EARLIEST: Final = datetime(1990, 1, 1, tzinfo=UTC)
AHEAD: Final = timedelta(minutes=5)
PARTS: Final = {
    "d": r"(?P<d>\d{1,2})",
    "m": r"(?P<m>\d{1,2})",
    "Y": r"(?P<Y>\d{4})",
    "y": r"(?P<y>\d{2})",
    "H": r"(?P<H>\d{1,2})",
    "M": r"(?P<M>\d{2})",
    "S": r"(?P<S>\d{2})",
    "%": "%",
}
COMMON: Final = ("%d/%m/%Y", "%d/%m/%Y %H:%M", "%d/%m/%Y %H:%M:%S", "%d-%m-%Y", "%d-%m-%Y %H:%M")
"""Read beside ISO 8601 where nobody names a format: the day comes first, as in Brazil."""

Reader = Callable[[str], datetime]


class UnknownFormat(ValueError):
    """A date format with a part that is not one of %d %m %Y %y %H %M %S."""


def reader(formats: Sequence[str], zone: ZoneInfo) -> Reader:
    """A function from text to a UTC instant: ISO 8601 first, then each format in turn.

    Text without an offset is local time of `zone`; a day alone is its first instant. The function
    raises Problem; this one raises UnknownFormat.
    """
    patterns = [_Format(text) for text in formats]
    offset = lru_cache(maxsize=5_000)(partial(_steady_offset, zone))

    @lru_cache(maxsize=20_000)
    def read(text: str) -> datetime:
        found = _iso(text) or _first(patterns, text.strip())
        if found is None:
            raise problem("bad_date", text)
        try:
            if found.tzinfo is not None:
                return found.astimezone(UTC)
            steady = offset(found.date())
            return (found - steady).replace(tzinfo=UTC) if steady is not None else _at(found, zone)
        except (OverflowError, ValueError):
            raise problem("bad_date", text) from None

    return read


def within_bounds(instant: datetime, *, at: datetime) -> datetime:
    """The instant again, never later than `at`. Raises Problem for the future and before 1990."""
    if instant > at + AHEAD:
        raise problem("future_date", instant.isoformat(" ", "minutes"))
    if instant < EARLIEST:
        raise problem("ancient_date", instant.isoformat(" ", "minutes"))
    return min(instant, at)


def _at(wall: datetime, zone: ZoneInfo) -> datetime:
    return local_instant(zone, wall.date(), wall.hour * 3600 + wall.minute * 60 + wall.second)


def _steady_offset(zone: ZoneInfo, day: date) -> timedelta | None:
    """The offset from UTC that holds all day; None on a day on which the clocks change."""
    hours = (datetime.combine(day, time(hour), zone).utcoffset() for hour in range(24))
    offsets = {*hours, datetime.combine(day, time(23, 59, 59), zone).utcoffset()}
    return offsets.pop() if len(offsets) == 1 else None


def _iso(text: str) -> datetime | None:
    if len(text) < 8 or not text[:4].isdigit() or text.isdigit():
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


class _Format:
    """One format as a pattern, with the place of each part among its groups."""

    def __init__(self, text: str) -> None:
        self.pattern = _pattern(text)
        places = self.pattern.groupindex
        self.century = 0 if "Y" in places else 2000
        self.date = tuple(places[part] - 1 for part in ("Y" if "Y" in places else "y", "m", "d"))
        self.clock = [places[part] - 1 for part in "HMS" if part in places]

    def read(self, text: str) -> datetime | None:
        match = self.pattern.fullmatch(text)
        if match is None:
            return None
        parts = match.groups()
        year, month, day = (int(parts[place]) for place in self.date)
        clock = [int(parts[place]) for place in self.clock] + [0, 0, 0]
        try:
            day_itself = date(self.century + year, month, day)
            return datetime.combine(day_itself, time(clock[0], clock[1], clock[2]))
        except ValueError:
            return None


def _first(formats: list[_Format], text: str) -> datetime | None:
    """Most files keep to one format: the one that fitted last is tried first."""
    for place, each in enumerate(formats):
        if (found := each.read(text)) is not None:
            if place:
                formats.insert(0, formats.pop(place))
            return found
    return None


def _pattern(text: str) -> re.Pattern[str]:
    pieces = re.split(r"%(.)", text)
    literal, letters = pieces[::2], pieces[1::2]
    if not set(letters) <= PARTS.keys() or len(set(letters)) != len(letters):
        raise UnknownFormat(text)
    if not {"d", "m"} <= set(letters) or not {"y", "Y"} & set(letters):
        raise UnknownFormat(text)
    built = [re.escape(literal[0])]
    for letter, rest in zip(letters, literal[1:], strict=True):
        built += [PARTS[letter], re.escape(rest)]
    return re.compile("".join(built), re.ASCII)
