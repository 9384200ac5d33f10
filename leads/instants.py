"""When something happened, read from text: known formats, a zone, and bounds. Pure."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
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
    patterns = [_pattern(text) for text in formats]

    @lru_cache(maxsize=20_000)
    def read(text: str) -> datetime:
        found = _iso(text) or _first(patterns, text)
        if found is None:
            raise problem("bad_date", text)
        try:
            return _instant(found, zone)
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


def _instant(found: datetime, zone: ZoneInfo) -> datetime:
    if found.tzinfo is not None:
        return found.astimezone(UTC)
    seconds = found.hour * 3600 + found.minute * 60 + found.second
    return local_instant(zone, found.date(), seconds)


def _iso(text: str) -> datetime | None:
    if len(text) < 8 or not text[:4].isdigit() or text.isdigit():
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _first(patterns: Sequence[re.Pattern[str]], text: str) -> datetime | None:
    for pattern in patterns:
        match = pattern.fullmatch(text.strip())
        if match is not None and (found := _built(match.groupdict())) is not None:
            return found
    return None


def _built(parts: dict[str, str]) -> datetime | None:
    year = int(parts["Y"]) if "Y" in parts else 2000 + int(parts["y"])
    month, day, hour, minute, second = (int(parts.get(part) or 0) for part in "mdHMS")
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 no zone yet
    except ValueError:
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
