"""The period of a backtest, on its page and over the API alike."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from leads.queries.backtest import (
    FIRST,
    LAST,
    LOOKED_BACK,
    MATURE_AFTER,
    MOST_DAYS,
    Period,
    day_before,
)


class DayField(forms.DateField):
    """A day as ISO 8601 writes it, which no period of ours lies beyond."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(required=False, input_formats=["%Y-%m-%d"], widget=widget, **options)

    def clean(self, value: Any) -> date | None:
        day: date | None = super().clean(value)
        if day and not FIRST.date() <= day <= LAST:
            raise forms.ValidationError(_("Choose a day from 1970 to 2199."))
        return day


class PeriodForm(forms.Form):
    """Which decisions, and how old they must be. Left out: the last 365 days, up to now, 60 days.

    What cannot be read is said at its field.
    """

    since = DayField(label=gettext_lazy("Since"))
    until = DayField(
        label=gettext_lazy("Until"), help_text=gettext_lazy("This day no more; empty: up to now.")
    )
    mature = forms.IntegerField(
        label=gettext_lazy("Days to an outcome"),
        required=False,
        min_value=0,
        max_value=MOST_DAYS,
        help_text=gettext_lazy("Whoever is younger is left out."),
    )

    def __init__(self, data: Mapping[str, Any], *, at: datetime) -> None:
        self.at = at
        first = day_before(at, LOOKED_BACK).isoformat()
        usual = {"since": first, "mature": str(MATURE_AFTER.days)}
        given = {name: data.get(name) for name in self.base_fields if data.get(name)}
        super().__init__({**usual, **given})

    def clean(self) -> dict[str, Any]:
        read = self.cleaned_data
        since, until = read.get("since"), read.get("until")
        if since and until and since >= until:
            self.add_error("until", _("This is not after the first day."))
        return read

    def period(self, team_id: int | None) -> Period:
        """What was chosen, for the leads of one team, or of every other team; only if valid."""
        read = self.cleaned_data
        return Period.of_days(
            read["since"], read["until"], now=self.at, mature=read["mature"], team_id=team_id
        )

    def query(self) -> str:
        """The part of an address that names the same period."""
        kept = {name: self.data[name] for name in self.fields if self.data.get(name)}
        return f"?{urlencode(kept)}"
