"""Panels of hours and weekdays: when people come in, and when deadlines pass."""

from collections.abc import Callable

from django.utils.dates import WEEKDAYS as DAYS
from django.utils.translation import gettext as _

from feedback.panels.panel import Chart, Column, Panel, counted
from feedback.reports import hours
from feedback.reports.cut import Cut
from feedback.reports.hours import HOURS, WEEKDAYS, Grid
from handoff.calendars.sentences import WEEKDAYS as SHORT

NAMES = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def arrived(cut: Cut) -> Panel:
    return _by_hour(
        cut,
        hours.arrivals(cut),
        name="arrivals",
        question=_("When do people come in?"),
        statement=lambda: _("Most on %(day)s between %(hour)s: %(count)s of %(all)s."),
        nothing=_("Nobody came in."),
        definition=_(
            "Leads by the hour and weekday of their first touch, of all who first came in within "
            "this period."
        ),
    )


def missed(cut: Cut) -> Panel:
    return _by_hour(
        cut,
        hours.breaches(cut),
        name="breaches",
        question=_("When do deadlines pass?"),
        statement=lambda: _("Most on %(day)s between %(hour)s: %(count)s of %(all)s breaches."),
        nothing=_("No promise was broken."),
        definition=_(
            "Breached promises by the hour and weekday of their deadline, which always lies in "
            "open hours of the calendar they are counted by, for every clock of what was handed "
            "over in this period. Waived breaches do not count."
        ),
    )


def _by_hour(
    cut: Cut,
    grid: Grid,
    *,
    name: str,
    question: str,
    statement: Callable[[], str],
    nothing: str,
    definition: str,
) -> Panel:
    return Panel(
        name=name,
        question=question,
        answer=_in_words(grid, statement) or nothing,
        definition=definition,
        count=grid.total,
        columns=[
            Column("hour", _("Hour"), "text"),
            *(Column(name, str(day)) for name, day in zip(NAMES, SHORT, strict=True)),
            Column("all", _("In all")),
        ],
        rows=[[_span(hour), *grid.of_hour(hour), sum(grid.of_hour(hour))] for hour in HOURS],
        chart=Chart(
            kind="heatmap",
            labels=[_span(hour) for hour in HOURS],
            series=[
                (str(day), [grid.at(weekday, hour) for hour in HOURS])
                for weekday, day in zip(WEEKDAYS, SHORT, strict=True)
            ],
        ),
        notes=[_("Hours of the time zone %(zone)s.") % {"zone": cut.period.zone.key}],
    )


def _in_words(grid: Grid, statement: Callable[[], str]) -> str:
    if grid.peak is None:
        return ""
    weekday, hour = grid.peak
    return statement() % {
        "day": DAYS[weekday - 1],
        "hour": _span(hour),
        "count": counted(grid.at(weekday, hour)),
        "all": counted(grid.total),
    }


def _span(hour: int) -> str:
    return f"{hour:02d}–{hour + 1:02d}"
