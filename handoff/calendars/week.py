"""Opening hours in words: the week as people say it, and the days ahead as they will be."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from handoff.calendars.hours import time_text, yearly_dates
from handoff.calendars.working_time import DAY, Schedule, Window

NAMES = (
    pgettext_lazy("day within a sentence", "Monday"),
    pgettext_lazy("day within a sentence", "Tuesday"),
    pgettext_lazy("day within a sentence", "Wednesday"),
    pgettext_lazy("day within a sentence", "Thursday"),
    pgettext_lazy("day within a sentence", "Friday"),
    pgettext_lazy("day within a sentence", "Saturday"),
    pgettext_lazy("day within a sentence", "Sunday"),
)


@dataclass(frozen=True)
class Day:
    """A local date with its hours in words; `holiday` names why nothing opens, if a name is known.

    `seconds` is the real open time of the windows that start on it. `special` says that the date
    was written down by itself: its hours are its own, or it is closed.
    """

    day: date
    hours: str
    seconds: int
    holiday: str = ""
    special: str = ""


def spoken_week(schedule: Schedule) -> list[tuple[str, str]]:
    """Days and their hours, open days only: ("Monday to Friday", "09:00–12:00 and 13:30–18:00")."""
    runs = groupby(range(7), key=lambda day: schedule.weekly.get(day, ()))
    return [(_days(list(days)), spoken_hours(windows)) for windows, days in runs if windows]


def _days(days: Sequence[int]) -> str:
    if len(days) == 7:
        return _("Every day")
    first, last = str(NAMES[days[0]]), str(NAMES[days[-1]])
    if len(days) == 1:
        return capfirst(first)
    if len(days) == 2:
        return capfirst(_("%(first)s and %(last)s") % {"first": first, "last": last})
    return capfirst(_("%(first)s to %(last)s") % {"first": first, "last": last})


def spoken_hours(windows: Sequence[Window]) -> str:
    """09:00–12:00 and 13:30–18:00; nothing for a closed day."""
    said = [_window(window) for window in windows]
    if len(said) < 2:
        return "".join(said)
    return _("%(first)s and %(last)s") % {"first": ", ".join(said[:-1]), "last": said[-1]}


def _window(window: Window) -> str:
    if window == Window(0, DAY):
        return _("all day")
    if window.closes <= DAY:
        return f"{time_text(window.opens)}–{time_text(window.closes)}"
    times = f"{time_text(window.opens)}–{time_text(window.closes - DAY)}"
    return _("%(times)s the next day") % {"times": times}


def spoken_yearly(yearly: Mapping[str, str], years: Collection[int]) -> dict[date, str]:
    """Dates of every year as they fall in some years; one without a name is a city holiday."""
    return {
        day: name or _("city holiday")
        for year in years
        for day, name in yearly_dates(yearly, year).items()
    }


def ahead(
    schedule: Schedule, first: date, *, days: int = 14, holidays: Mapping[date, str]
) -> list[Day]:
    """The days from `first` on as they will be, holidays named."""
    dates = [first + timedelta(days=n) for n in range(days)]
    return [_day(schedule, day, holidays) for day in dates]


def _day(schedule: Schedule, day: date, holidays: Mapping[date, str]) -> Day:
    parts = schedule.intervals_on(day)
    seconds = sum((part.length for part in parts), timedelta(0)).total_seconds()
    name = "" if day in schedule.partial else holidays.get(day, "")
    special = ""
    if day in schedule.partial:
        special = _("own hours")
    elif day in schedule.closed and not name:
        special = _("closed day")
    return Day(day, spoken_hours(schedule.windows_on(day)), int(seconds), name, special)
