"""A calendar as it is written: a row of hours for each weekday, dates one a line."""

import re
from collections.abc import Callable, Iterator
from typing import Any, Final, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.urls import reverse_lazy
from django.utils.text import capfirst
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from handoff.calendars import hours as writing
from handoff.calendars.hours import DAYS, Hours
from handoff.calendars.models import CalendarVersion
from handoff.calendars.places import countries, regions
from handoff.calendars.week import NAMES

T = TypeVar("T")
Pairs = list[list[str]]

MOST_TEXT: Final = 40_000
_DASH: Final = re.compile(r"\s*(?:-|–|—|\bto\b|\bàs\b|\bas\b|\baté\b|\ba\b)\s*")
_BRAZILIAN: Final = re.compile(r"(\d{2})/(\d{2})/(\d{4})", re.ASCII)
_BRAZILIAN_DAY: Final = re.compile(r"(\d{2})/(\d{2})", re.ASCII)
_BETWEEN: Final = re.compile(r"\s*(?:[,;]|\band\b|\be\b)\s*")


def pairs_from(text: str) -> Pairs:
    """[["09:00", "12:00"], …] of "09:00-12:00, 13:30-18:00", checked; nothing for a closed day."""
    windows = [part for part in _BETWEEN.split(text.strip()) if part]
    pairs = [_DASH.split(window) for window in windows]
    for window, pair in zip(windows, pairs, strict=True):
        if len(pair) != 2:
            raise ValidationError(
                _("“%(value)s” is no window: write when it opens and closes, as in 09:00-12:00."),
                params={"value": window[:40]},
            )
    return writing.windows_text(writing.windows_from(pairs))


def pairs_text(pairs: object) -> str:
    """The spelling that `pairs_from` reads."""
    windows = writing.windows_from(pairs)
    return ", ".join("-".join(pair) for pair in writing.windows_text(windows))


class HoursField(forms.CharField):
    """A day's windows as text; its value is the pairs that calendars keep."""

    def clean(self, value: Any) -> Any:
        return pairs_from(super().clean(value))


class LinesField(forms.CharField):
    """Lines of text, each read by itself; the first that cannot be read is named."""

    widget = forms.Textarea(attrs={"rows": 4, "spellcheck": "false"})

    def __init__(self, *, read: Callable[[str], T], **options: Any) -> None:
        super().__init__(required=False, max_length=MOST_TEXT, **options)
        self.read = read

    def clean(self, value: Any) -> Any:
        lines = (line.strip() for line in super().clean(value).splitlines())
        return [self.read(line) for line in lines if line]


def day_from(text: str) -> str:
    """2026-12-31, also written 31/12/2026 by those who read Portuguese."""
    parts = _BRAZILIAN.fullmatch(text) if (get_language() or "").startswith("pt") else None
    return writing.date_from("-".join(reversed(parts.groups())) if parts else text).isoformat()


def each_year_from(text: str) -> str:
    """01-25, also written 25/01 by those who read Portuguese."""
    portuguese = (get_language() or "").startswith("pt")
    parts = _BRAZILIAN_DAY.fullmatch(text) if portuguese else None
    (day,) = writing.yearly_from(["-".join(reversed(parts.groups())) if parts else text])
    return day


def _yearly(line: str) -> tuple[str, str]:
    day, _space, name = line.partition(" ")
    return each_year_from(day.rstrip(":")), name.strip()


def _partial(line: str) -> tuple[str, Pairs]:
    day, _space, rest = line.partition(" ")
    return day_from(day.rstrip(":")), pairs_from(rest)


class CalendarForm(forms.Form):
    """The hours of one calendar version. The name is asked for only when there is none yet."""

    name = forms.CharField(label=_("Name"), max_length=120)
    zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=lambda: [(zone, zone.replace("_", " ")) for zone in writing.zones()],
    )
    country = forms.ChoiceField(
        label=_("Holidays of"),
        required=False,
        choices=lambda: [("", _("No holidays")), *countries()],
    )
    subdivision = forms.CharField(label=_("State or region"), required=False)
    optional_holidays = forms.BooleanField(
        label=_("Optional holidays too"),
        required=False,
        help_text=_("In Brazil pontos facultativos, such as Carnival and Corpus Christi."),
    )
    yearly = LinesField(
        label=_("Dates of every year"),
        read=_yearly,
        help_text=_(
            "A date and its name a line, such as 01-25 City holiday: "
            "what the list of the country does not know."
        ),
    )
    closed = LinesField(
        label=_("Closed days"),
        read=day_from,
        help_text=_("One date a line, such as 2026-12-31."),
    )
    partial = LinesField(
        label=_("Days with other hours"),
        read=_partial,
        help_text=_("A date and its hours a line, such as 2026-12-24 09:00-12:00."),
    )

    def __init__(self, *args: Any, named: bool = False, **options: Any) -> None:
        super().__init__(*args, **options)
        if named:
            del self.fields["name"]
        for day, name in zip(DAYS, NAMES, strict=True):
            self.fields[day] = HoursField(label=capfirst(str(name)), required=False, max_length=300)
            self.fields[day].widget.attrs["placeholder"] = _("closed")
        country = self.fields["country"].widget
        country.attrs |= {
            "hx-get": reverse_lazy("sla:regions"),
            "hx-target": "#regions",
            "hx-trigger": "change",
            "hx-sync": "this:replace",
        }
        self.fields["subdivision"].widget = forms.Select(choices=self.regions())

    def regions(self) -> list[tuple[str, Any]]:
        """The regions of the country that the form names."""
        country = str(self["country"].value() or "")
        return [("", _("National holidays only")), *regions(country)]

    def week(self) -> Iterator[BoundField]:
        """The weekdays' rows."""
        return (self[day] for day in DAYS)

    def hours(self) -> Hours:
        """What was written, for the verbs of calendars; for a form without errors."""
        said = self.cleaned_data
        return {
            "zone": said["zone"],
            "weekly": {day: said[day] for day in DAYS if said[day]},
            "country": said["country"],
            "subdivision": said["subdivision"],
            "optional_holidays": said["optional_holidays"],
            "closed": said["closed"],
            "partial": dict(said["partial"]),
            "yearly": dict(said["yearly"]),
        }

    def blame(self, error: ValidationError) -> None:
        """Put what a verb found wrong at its field, the week's at its first day."""
        for name, errors in error.error_dict.items():
            field = DAYS[0] if name == "weekly" else name
            self.add_error(field if field in self.fields else None, errors)


def written(version: CalendarVersion) -> dict[str, Any]:
    """What the form shows first: the newest version, as text."""
    partial = (f"{day} {pairs_text(own)}".strip() for day, own in version.partial.items())
    return {
        "zone": version.zone,
        "country": version.country,
        "subdivision": version.subdivision,
        "optional_holidays": version.optional_holidays,
        "closed": "\n".join(version.closed),
        "partial": "\n".join(partial),
        "yearly": "\n".join(f"{day} {name}".strip() for day, name in version.yearly.items()),
        **{day: pairs_text(version.weekly.get(day, ())) for day in DAYS},
    }
