"""The sentence of a derivation in the reader's language."""

from collections.abc import Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from handoff.calendars.derivation import Derivation, Gap, Words, spoken

WEEKDAYS = (
    pgettext_lazy("short day", "Mon"),
    pgettext_lazy("short day", "Tue"),
    pgettext_lazy("short day", "Wed"),
    pgettext_lazy("short day", "Thu"),
    pgettext_lazy("short day", "Fri"),
    pgettext_lazy("short day", "Sat"),
    pgettext_lazy("short day", "Sun"),
)
MONTHS = (
    pgettext_lazy("short month", "Jan"),
    pgettext_lazy("short month", "Feb"),
    pgettext_lazy("short month", "Mar"),
    pgettext_lazy("short month", "Apr"),
    pgettext_lazy("short month", "May"),
    pgettext_lazy("short month", "Jun"),
    pgettext_lazy("short month", "Jul"),
    pgettext_lazy("short month", "Aug"),
    pgettext_lazy("short month", "Sep"),
    pgettext_lazy("short month", "Oct"),
    pgettext_lazy("short month", "Nov"),
    pgettext_lazy("short month", "Dec"),
)


def words(holidays: Mapping[date, str]) -> Words:
    """The active language's words; `holidays` names closed dates where a name is known."""
    return Words(
        weekdays=tuple(str(day) for day in WEEKDAYS),
        months=tuple(str(month) for month in MONTHS),
        dated=_("%(weekday)s %(day)d %(month)s"),
        closed=_("%(days)s closed"),
        after_hours=_("%(at)s after hours"),
        clocks_change=_("%(times)s (clocks change)"),
        more=_("%(count)d more periods = %(length)s"),
        due=_("due %(at)s"),
        total=_("%(length)s in all"),
        nothing=_("no open time"),
        holidays=holidays,
    )


def sentence(
    derivation: Derivation,
    *,
    holidays: Mapping[date, str] | None = None,
    gaps: Sequence[Gap] = (),
) -> str:
    """What was open, what was closed and what came of it, in the active language."""
    return spoken(derivation, words(holidays or {}), gaps)
