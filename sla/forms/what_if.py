"""Which leads are replayed, and under what; on the page and over the API alike."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from handoff.calendars.hours import DAYS, windows_from
from handoff.calendars.places import countries
from handoff.calendars.week import NAMES
from handoff.people.models import Team, User
from leads.forms.backtest import DayField
from sla.actions.terms import LONGEST
from sla.forms.agreement import LengthField
from sla.forms.calendar import pairs_from
from sla.queries.what_if import Days, replayed_teams
from sla.simulation.queue import Order
from sla.simulation.scenario import OPEN, Scenario

USUAL_DAYS: Final = 30
MOST_DAYS: Final = 366
MOST_SELLERS: Final = 500
WORKDAYS: Final = DAYS[:5]
ORDERS: Final = (
    (Order.DEADLINE, gettext_lazy("The nearest deadline")),
    (Order.OLDEST, gettext_lazy("The oldest")),
    (Order.NEWEST, gettext_lazy("The newest")),
    (Order.GRADE, gettext_lazy("The best grade")),
)


class OtherHoursField(forms.CharField):
    """A day's windows, or that it is closed; None where it was left empty."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        if text.casefold() in {"closed", "-", _("closed").casefold()}:
            return ()
        return windows_from(pairs_from(text))


class TargetField(LengthField):
    """An other target, in seconds; a target of zero could not be met by anybody."""

    def clean(self, value: Any) -> Any:
        seconds = super().clean(value)
        if seconds is not None and not 0 < seconds <= LONGEST:
            raise ValidationError(_("A target is more than zero and at most 2,000 hours."))
        return seconds


class WhatIfForm(forms.Form):
    """The address is the scenario. What is left empty stays as it was."""

    team = forms.ModelChoiceField(
        label=gettext_lazy("Team"), queryset=Team.objects.none(), empty_label=None
    )
    since = DayField(label=gettext_lazy("From"))
    until = DayField(label=gettext_lazy("To"))
    weekdays = OtherHoursField(
        label=gettext_lazy("Monday to Friday"),
        required=False,
        max_length=300,
        help_text=gettext_lazy("Such as 08:00-20:00, or closed."),
    )
    holidays = forms.ChoiceField(
        label=gettext_lazy("Holidays"),
        required=False,
        choices=lambda: [
            ("", _("As they were")),
            (OPEN, _("Open as on other days")),
            *(
                (code, _("Closed as in %(country)s") % {"country": name})
                for code, name in countries()
            ),
        ],
    )
    sellers = forms.IntegerField(
        label=gettext_lazy("Sellers"), required=False, min_value=1, max_value=MOST_SELLERS
    )
    claim = TargetField(
        label=gettext_lazy("Claimed within"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Such as 15 min, 4 h or 1 h 30 min."),
    )
    attempt = TargetField(label=gettext_lazy("First attempt within"), required=False, max_length=40)
    order = forms.ChoiceField(
        label=gettext_lazy("First in the queue"), required=False, choices=ORDERS
    )

    def __init__(self, data: Mapping[str, Any], *, user: User, at: datetime) -> None:
        self.at = at
        self.teams = replayed_teams(user)
        given = {name: data[name] for name in (*self.base_fields, *DAYS) if data.get(name)}
        super().__init__({**self._usual(given), **given})
        self.fields["team"].queryset = self.teams  # type: ignore[attr-defined]
        for day, name in zip(DAYS, NAMES, strict=True):
            self.fields[day] = OtherHoursField(
                label=capfirst(str(name)), required=False, max_length=300
            )

    def _usual(self, given: Mapping[str, Any]) -> dict[str, Any]:
        """The first team, and the last thirty days up to now."""
        first = self.teams.first()
        today = timezone.localtime(self.at).date()
        until = _read(given.get("until")) or today
        since = until - timedelta(days=USUAL_DAYS - 1)
        days = {"since": since.isoformat(), "until": until.isoformat()}
        return {"team": str(first.pk) if first else "", "order": Order.DEADLINE.value, **days}

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        since, until = said.get("since"), said.get("until")
        if since and until and since > until:
            self.add_error("until", _("This is before the first day."))
        elif since and until and (until - since).days >= MOST_DAYS:
            most = _("Choose at most %(days)d days.") % {"days": MOST_DAYS}
            self.add_error("until", most)
        return said

    def days(self) -> Days:
        said = self.cleaned_data
        return Days(said["since"], said["until"], ZoneInfo(timezone.get_current_timezone_name()))

    def scenario(self) -> Scenario:
        """What was chosen; a single day's hours go before those of the working week."""
        said = self.cleaned_data
        hours = {}
        for number, day in enumerate(DAYS):
            own = said[day]
            if own is None and day in WORKDAYS:
                own = said["weekdays"]
            if own is not None:
                hours[number] = own
        return Scenario(
            hours=hours,
            holidays=said["holidays"],
            sellers=said["sellers"],
            claim_target=said["claim"],
            attempt_target=said["attempt"],
            order=Order(said["order"]),
        )

    def which(self) -> Iterator[BoundField]:
        return (self[name] for name in ("team", "since", "until"))

    def other(self) -> Iterator[BoundField]:
        return (self[name] for name in ("sellers", "claim", "attempt", "order", "holidays"))

    def single_days(self) -> Iterator[BoundField]:
        return (self[day] for day in DAYS)

    @property
    def has_single_days(self) -> bool:
        return any(self.data.get(day) for day in DAYS)

    def query(self) -> str:
        """The part of an address that names the same question."""
        kept = {name: self.data[name] for name in self.fields if self.data.get(name)}
        return f"?{urlencode(kept)}"

    def blame(self, fields: Mapping[str, str]) -> None:
        for name, text in fields.items():
            self.add_error(name if name in self.fields else None, text)


def _read(text: Any) -> date | None:
    try:
        return date.fromisoformat(str(text))
    except ValueError:
        return None
