"""Opening hours as people and files write them: read with clear errors, kept in one spelling.

    {"mon": [["09:00", "12:00"], ["13:30", "18:00"]], "fri": [["22:00", "30:00"]]}

Hours past 24:00 run into the next day. Every function raises ValidationError, in the reader's
language, for what it cannot read.
"""

import re
from calendar import isleap
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache, partial
from typing import NotRequired, TypedDict, TypeVar
from zoneinfo import ZoneInfo, available_timezones

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from handoff.calendars import public_holidays
from handoff.calendars.working_time import DAY, FIRST_YEAR, LAST_YEAR, Holidays, Schedule, Window

T = TypeVar("T")

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_WINDOWS = 24
MOST_DATES = 2_000
_TIME = re.compile(r"(\d{1,2}):([0-5]\d)(?::([0-5]\d))?", re.ASCII)
MOST_NAME = 80
LEAP_YEAR = 2000
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Hours(TypedDict):
    """What a calendar version says, as it comes in; values are checked when they are read."""

    zone: str
    weekly: object
    country: NotRequired[str]
    subdivision: NotRequired[str]
    optional_holidays: NotRequired[bool]
    closed: NotRequired[object]
    partial: NotRequired[object]
    yearly: NotRequired[object]


def _shown(value: object) -> str:
    return str(value)[:40].encode("utf-8", "replace").decode()


def seconds_from(value: object) -> int:
    """Seconds from midnight of a time such as 09:00 or 30:00."""
    match = _TIME.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        raise ValidationError(
            _("“%(value)s” is not a time: write hours and minutes, such as 09:00 or 30:00."),
            code="time",
            params={"value": _shown(value)},
        )
    hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return hours * 3_600 + minutes * 60 + seconds


def window_from(value: object) -> Window:
    """A window from a pair such as ["22:00", "30:00"]."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise ValidationError(_("Write each window as a pair: when it opens, when it closes."))
    opens, closes = (seconds_from(part) for part in value)
    params = {"opens": value[0], "closes": value[1]}
    if opens >= DAY:
        raise ValidationError(
            _("A window opens before 24:00, so %(opens)s belongs to the next day."), params=params
        )
    if closes <= opens:
        raise ValidationError(
            _(
                "%(opens)s to %(closes)s closes before it opens. "
                "Past midnight, count on: 22:00 to 30:00 ends at six in the morning."
            ),
            params=params,
        )
    if closes > 2 * DAY:
        raise ValidationError(_("A window closes by 48:00, not at %(closes)s."), params=params)
    return Window(opens, closes)


def windows_from(value: object) -> tuple[Window, ...]:
    """A day's windows, in order."""
    if not isinstance(value, list | tuple):
        raise ValidationError(_("A day's windows are a list of pairs."))
    if len(value) > MOST_WINDOWS:
        raise ValidationError(
            _("A day has at most %(most)d windows."), params={"most": MOST_WINDOWS}
        )
    return tuple(sorted({window_from(pair) for pair in value}))


def weekly_from(value: object) -> dict[int, tuple[Window, ...]]:
    """Windows by weekday, 0 for Monday; days without windows are left out."""
    if not isinstance(value, Mapping):
        raise ValidationError(_("The week is a list of windows for each of its days."))
    unknown = [day for day in value if day not in DAYS]
    if unknown:
        raise ValidationError(
            _("“%(value)s” is not a day: use mon, tue, wed, thu, fri, sat and sun."),
            params={"value": _shown(unknown[0])},
        )
    week = {DAYS.index(day): windows_from(windows) for day, windows in value.items()}
    return {day: windows for day, windows in sorted(week.items()) if windows}


def date_from(value: object) -> date:
    """A date such as 2026-09-07."""
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    if day is None or not _DATE.fullmatch(str(value)) or not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise ValidationError(
            _("“%(value)s” is not a date: write it as 2026-09-07."),
            code="date",
            params={"value": _shown(value)},
        )
    return day


def closed_from(value: object) -> frozenset[date]:
    """Dates on which nothing opens."""
    if not isinstance(value, list | tuple | set | frozenset):
        raise ValidationError(_("Closed days are a list of dates."))
    _check_count(len(value))
    return frozenset(date_from(day) for day in value)


def partial_from(value: object) -> dict[date, tuple[Window, ...]]:
    """Dates with windows of their own."""
    if not isinstance(value, Mapping):
        raise ValidationError(_("Partial days are a list of windows for each date."))
    _check_count(len(value))
    return {date_from(day): windows_from(windows) for day, windows in value.items()}


def yearly_from(value: object) -> dict[str, str]:
    """Dates that come every year with their names, as in {"01-25": "City holiday"}.

    A list of such dates is read too; its names are empty. 02-29 comes in leap years.
    """
    if isinstance(value, list | tuple):
        _check_count(len(value))
        value = dict.fromkeys(map(_each_year, value), "")
    if not isinstance(value, Mapping):
        raise ValidationError(_("Dates of every year are a list, or a name for each date."))
    _check_count(len(value))
    return dict(sorted((_each_year(day), _name(name)) for day, name in value.items()))


def _each_year(value: object) -> str:
    try:
        day = date_from(f"{LEAP_YEAR}-{value}") if isinstance(value, str) else None
    except ValidationError:
        day = None
    if day is None:
        raise ValidationError(
            _("“%(value)s” is not a date of every year: write month and day, as in 01-25."),
            code="yearly",
            params={"value": _shown(value)},
        )
    return day.isoformat()[5:]


def _name(value: object) -> str:
    name = value.strip() if isinstance(value, str) else None
    if name is None or len(name) > MOST_NAME or not name.isprintable():
        raise ValidationError(
            _("The name of a date is a text of at most %(most)d characters."),
            params={"most": MOST_NAME},
        )
    return name


def yearly_dates(yearly: Mapping[str, str], year: int) -> dict[date, str]:
    """The dates of one year, with their names."""
    return {
        date.fromisoformat(f"{year}-{day}"): name
        for day, name in yearly.items()
        if day != "02-29" or isleap(year)
    }


def with_yearly(holidays: Holidays, yearly: Mapping[str, str]) -> Holidays:
    """These holidays and the dates that come every year."""
    if not yearly:
        return holidays

    @cache
    def both(year: int) -> frozenset[date]:
        return frozenset(holidays(year)).union(yearly_dates(yearly, year))

    return both


def _check_count(count: int) -> None:
    if count > MOST_DATES:
        raise ValidationError(
            _("A calendar keeps at most %(most)d dates."), params={"most": MOST_DATES}
        )


@cache
def zones() -> tuple[str, ...]:
    """Time zones by their IANA names, in order."""
    return tuple(sorted(available_timezones()))


def zone_from(value: object) -> ZoneInfo:
    """A time zone by its IANA name."""
    if not isinstance(value, str) or value not in zones():
        raise ValidationError(
            _("“%(value)s” is not a time zone: choose one such as America/Sao_Paulo."),
            code="zone",
            params={"value": _shown(value)},
        )
    return ZoneInfo(value)


def country_from(value: object) -> str:
    """Two letters of a country whose holidays are known, or nothing for no holidays."""
    if not isinstance(value, str) or (value and value not in public_holidays.places()):
        raise ValidationError(
            _("No holidays are known for the country “%(value)s”. Use its two letters, as in BR."),
            params={"value": _shown(value)},
        )
    return value


def subdivision_from(country: str, value: object) -> str:
    """A state or region of a country, or nothing for its national holidays alone."""
    known = public_holidays.places().get(country, ())
    if not isinstance(value, str) or (value and value not in known):
        raise ValidationError(
            _("“%(value)s” is not a state or region of the country chosen."),
            params={"value": _shown(value)},
        )
    return value


def schedule_from(hours: Hours, *, holidays: Holidays | None = None) -> Schedule:
    """The schedule these hours describe. Errors are gathered by field.

    `holidays` are those already known; otherwise they are those of the country and its region.
    """
    wrong: dict[str, ValidationError] = {}
    zone = _read(wrong, "zone", zone_from, hours["zone"], "UTC")
    weekly = _read(wrong, "weekly", weekly_from, hours["weekly"], {})
    closed = _read(wrong, "closed", closed_from, hours.get("closed", ()), ())
    own = _read(wrong, "partial", partial_from, hours.get("partial", {}), {})
    yearly = _read(wrong, "yearly", yearly_from, hours.get("yearly", {}), {})
    country = _read(wrong, "country", country_from, hours.get("country", ""), "")
    region = _read(
        wrong, "subdivision", partial(subdivision_from, country), hours.get("subdivision", ""), ""
    )
    if wrong:
        raise ValidationError(wrong)
    there = public_holidays.by_year(
        country=country, subdivision=region, optional=hours.get("optional_holidays", False)
    )
    return Schedule(zone, weekly, closed, own, with_yearly(holidays or there, yearly))


def _read(
    wrong: dict[str, ValidationError],
    name: str,
    read: Callable[[object], T],
    value: object,
    otherwise: object,
) -> T:
    """What `value` says; where it cannot be read, what `otherwise` says, the error noted."""
    try:
        return read(value)
    except ValidationError as error:
        wrong[name] = error
        return read(otherwise)


def time_text(seconds: int) -> str:
    """09:00 or 30:00; seconds only where there are some."""
    minutes, second = divmod(seconds, 60)
    text = f"{minutes // 60:02d}:{minutes % 60:02d}"
    return f"{text}:{second:02d}" if second else text


def windows_text(windows: tuple[Window, ...]) -> list[list[str]]:
    return [[time_text(window.opens), time_text(window.closes)] for window in windows]


def weekly_text(schedule: Schedule) -> dict[str, list[list[str]]]:
    """The week in the spelling that is kept."""
    return {DAYS[day]: windows_text(windows) for day, windows in schedule.weekly.items()}


def closed_text(schedule: Schedule) -> list[str]:
    return [day.isoformat() for day in sorted(schedule.closed)]


def partial_text(schedule: Schedule) -> dict[str, list[list[str]]]:
    return {day.isoformat(): windows_text(own) for day, own in sorted(schedule.partial.items())}
