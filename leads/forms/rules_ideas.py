"""How far back ideas look, and one that is taken into a draft."""

import json
from datetime import date, datetime, timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from leads.actions.rules import LARGEST_REVISION
from leads.queries.backtest import FIRST, LOOKED_BACK, day_before
from leads.rules.criteria import Role

LONGEST: Final = 4_000
YEAR: Final = "year"
WHOLE: Final = "all"
SPANS: Final = {
    YEAR: (_("12 months"), LOOKED_BACK),
    "two": (_("24 months"), 2 * LOOKED_BACK),
    WHOLE: (_("Whole history"), None),
}
"""Periods by their name in the address, with how far back each looks."""


def span_of(name: str) -> str:
    return name if name in SPANS else YEAR


def first_day(span: str, now: datetime) -> date:
    back: timedelta | None = SPANS[span][1]
    return FIRST.date() if back is None else day_before(now, back)


class IdeaForm(forms.Form):
    """An idea to add as it stands, as a veto, or (`drop`, a criterion's key) to take out again."""

    idea = forms.CharField(max_length=LONGEST)
    role = forms.ChoiceField(
        choices=[(role.value, role.value) for role in (Role.POINTS, Role.VETO)], required=False
    )
    may_veto = forms.BooleanField(required=False)
    drop = forms.CharField(max_length=40, required=False)
    revision = forms.IntegerField(min_value=0, max_value=LARGEST_REVISION)

    def clean_idea(self) -> dict[str, Any]:
        """Its JSON form; whether it can be is for leads.rules to judge."""
        try:
            said = json.loads(self.cleaned_data["idea"])
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict):
            raise forms.ValidationError(_("This is not a file of criteria in JSON."))
        return said

    def criterion(self) -> dict[str, Any]:
        idea: dict[str, Any] = self.cleaned_data["idea"]
        if self.cleaned_data["role"] != Role.VETO:
            return idea
        kept = {name: value for name, value in idea.items() if name != "points"}
        return kept | {"role": Role.VETO.value}
