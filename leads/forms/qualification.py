"""A verdict and its reason, on one lead or on many."""

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from leads.actions.qualification import LONGEST_REASON


class ReasonForm(forms.Form):
    """Why; `name` keeps the ids of several forms on one page apart."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=LONGEST_REASON,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, name: str) -> None:
        super().__init__(data, auto_id=f"{name}_%s")


def chosen_leads(data: QueryDict) -> list[int]:
    """The ids that were ticked; what is no id is left out."""
    ticked = data.getlist("lead")[:1_000]
    return [int(one) for one in ticked if one.isascii() and one.isdigit() and len(one) < 19]
