"""The days on which somebody is away."""

from django import forms
from django.utils.translation import gettext_lazy as _

from leads.forms.handoff import DayField, StepForm


class AbsenceForm(StepForm):
    name = "absence"

    first = DayField(label=_("First day away"))
    last = DayField(label=_("Last day away"))
    why = forms.CharField(
        label=_("Why"),
        required=False,
        max_length=120,
        help_text=_("Whoever gives them work reads it. Leave out what is private."),
    )
