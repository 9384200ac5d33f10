"""What a seller answers, and how marketing looks through the answers."""

from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django import forms
from django.db.models import QuerySet
from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from feedback.queries import Filters, campaigns_of, origins_of
from feedback.reports.cut import EARLIEST, Cut, Period, reported_teams
from handoff.people.models import Team, User
from leads.models import Campaign
from leads.origins import origin_label
from leads.stages import ReasonGroup

LATEST: Final = date(2100, 12, 31)
BLANK: Final = "-"
"""How an address says that the origin is not stated."""

STARS = (
    (1, _("1 ★ a waste of time")),
    (2, _("2 ★ weak")),
    (3, _("3 ★ worth the time")),
    (4, _("4 ★ good")),
    (5, _("5 ★ ready to buy")),
)
AS_AGREED = (("yes", _("Yes")), ("no", _("No")))


class FeedbackForm(forms.Form):
    """One answer. What it may say is the action's to check; this reads it."""

    quality = forms.TypedChoiceField(
        label=_("How good was this lead?"),
        choices=STARS,
        coerce=int,
        widget=forms.RadioSelect(attrs={"class": "stars"}),
        error_messages={"required": _("Choose 1 to 5 stars.")},
    )
    accepted = forms.TypedChoiceField(
        label=_("Was it what the agreement promises?"),
        choices=AS_AGREED,
        coerce=lambda answer: answer == "yes",
        widget=forms.RadioSelect(attrs={"class": "stars"}),
        error_messages={"required": _("Say yes or no.")},
    )
    reason = forms.ChoiceField(
        label=_("Reason"),
        choices=[("", _("No particular reason")), *ReasonGroup.choices],
        required=False,
    )
    comment = forms.CharField(
        label=_("What should marketing know?"),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=2_000,
        required=False,
    )


class ReplyForm(forms.Form):
    """What marketing answers to feedback."""

    text = forms.CharField(
        label=_("Your answer"),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=2_000,
        help_text=_("What you make of it, and what changes. Whoever gave the feedback reads it."),
    )


class FilterForm(forms.Form):
    """The filters above marketing's list of feedback; what cannot be read filters nothing."""

    campaign = forms.ModelChoiceField(
        label=_("Campaign"), queryset=Campaign.objects.none(), required=False, empty_label=_("All")
    )
    origin = forms.ChoiceField(label=_("Origin"), required=False)
    quality = forms.TypedChoiceField(
        label=_("Quality"),
        choices=[("", _("All")), *STARS],
        coerce=int,
        empty_value=None,
        required=False,
    )
    accepted = forms.ChoiceField(
        label=_("As agreed"), choices=[("", _("All")), *AS_AGREED], required=False
    )

    def __init__(self, data: QueryDict, *, user: User) -> None:
        super().__init__(data)
        campaigns, origins = campaigns_of(user), origins_of(user)
        self.fields["campaign"].queryset = campaigns  # type: ignore[attr-defined]
        self.fields["origin"].choices = [  # type: ignore[attr-defined]
            ("", _("All")),
            *((origin or BLANK, origin_label(origin)) for origin in origins),
        ]

    def filters(self) -> Filters:
        self.is_valid()
        read = self.cleaned_data
        campaign, origin = read.get("campaign"), read.get("origin")
        accepted = read.get("accepted")
        return Filters(
            campaign_id=campaign.pk if campaign else None,
            origin=("" if origin == BLANK else origin) if origin else None,
            quality=read.get("quality"),
            accepted=accepted == "yes" if accepted else None,
        )

    def chips(self) -> list[tuple[str, str, str]]:
        """Name, value and words of each filter that is on."""
        self.is_valid()
        return [
            (name, str(self.data[name]), f"{self.fields[name].label}: {self._said(name)}")
            for name in self.fields
            if self.cleaned_data.get(name) not in (None, "")
        ]

    def _said(self, name: str) -> str:
        value = self.cleaned_data[name]
        if isinstance(value, Campaign):
            return str(value)
        return str(dict(self.fields[name].choices)[value])  # type: ignore[attr-defined]


PERIODS: Final = (
    (7, _("7 days")),
    (30, _("30 days")),
    (90, _("90 days")),
)
USUAL_DAYS: Final = 30


class CutForm(forms.Form):
    """Which days and which team the reports are cut from.

    `period` counts days back from today; `from` and `to` name days instead. What cannot be read
    is said at its field, and the usual period stands in for it.
    """

    period = forms.TypedChoiceField(
        choices=PERIODS, coerce=int, empty_value=None, required=False, widget=forms.HiddenInput
    )
    team = forms.ModelChoiceField(
        label=_("Team"), queryset=Team.objects.none(), required=False, empty_label=_("All teams")
    )

    def __init__(self, data: QueryDict, *, user: User, at: datetime) -> None:
        super().__init__(data)
        self.user, self.at = user, at
        self.zone = ZoneInfo(timezone.get_current_timezone_name())
        for name, label in (("from", _("From")), ("to", _("To"))):
            self.fields[name] = forms.DateField(
                label=label,
                required=False,
                widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
                input_formats=["%Y-%m-%d"],
            )
        self.fields["team"].queryset = teams_of(user)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        read = self.cleaned_data
        first, last = read.get("from"), read.get("to")
        if first and last and first > last:
            self.add_error("to", _("This is before the first day."))
        for name in ("from", "to"):
            day = read.get(name)
            if day and not EARLIEST <= day <= LATEST:
                self.add_error(name, _("Choose a day from 2000 to 2100."))
        return read

    def cut(self) -> Cut:
        """What was chosen. Raises Http404 for a team beyond the reader's reach."""
        self.is_valid()
        if "team" in self.errors:
            raise Http404
        team = self.cleaned_data.get("team")
        return Cut.of(self.user, period=self._period(), at=self.at, team=team)

    def _period(self) -> Period:
        read = self.cleaned_data
        first, last = read.get("from"), read.get("to")
        today = self.at.astimezone(self.zone).date()
        if (first or last) and not {"from", "to"} & set(self.errors):
            last = last or max(today, first or today)
            return Period(first or last - timedelta(days=USUAL_DAYS - 1), last, self.zone)
        days = read.get("period") or USUAL_DAYS
        return Period.ending(self.at, days=days, zone=self.zone)

    @property
    def is_custom(self) -> bool:
        return bool(self.cleaned_data.get("from") or self.cleaned_data.get("to"))

    def tabs(self) -> list[tuple[str, str, bool, str]]:
        """Address, words and whether it is current, of each usual period."""
        self.is_valid()
        chosen = None if self.is_custom else self.cleaned_data.get("period") or USUAL_DAYS
        team = self.data.get("team", "")
        return [
            (
                f"?{urlencode({'period': days, **({'team': team} if team else {})})}",
                str(label),
                days == chosen,
                "",
            )
            for days, label in PERIODS
        ]

    def query(self) -> str:
        """The part of an address that names the same cut."""
        kept = {name: self.data[name] for name in self.fields if self.data.get(name)}
        return f"?{urlencode(kept)}" if kept else ""


def teams_of(user: User) -> QuerySet[Team]:
    """The teams whose reports the person reads."""
    rows = Team.objects.filter(archived_at__isnull=True).order_by("side", "name")
    sides = reported_teams(user)
    return rows if sides is None else rows.filter(pk__in=(*sides[0], *sides[1]))
