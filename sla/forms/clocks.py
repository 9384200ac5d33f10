"""What is asked for when a clock is paused, contested, settled or opened again."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leads.forms.handoff import InstantField, StepForm
from sla.actions.reasons import LONGEST


class WhyForm(StepForm):
    """`of` keeps the ids of several on one page apart."""

    why = forms.CharField(label=_("Why"), max_length=LONGEST)

    def __init__(self, data: Any = None, *, of: object = "", **options: Any) -> None:
        self.name = f"clock_{of}"
        super().__init__(data, **options)


class PauseForm(WhyForm):
    until = InstantField(label=_("Until (empty: until somebody lets it go on)"), required=False)
