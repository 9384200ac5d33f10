"""An origin as it is written: the known ones by their names, any other as it stands."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from leads.arrival import LONGEST
from leads.origins import KNOWN, origin_of


class SuggestedInput(forms.TextInput):
    """A line of text with suggestions below it."""

    template_name = "django/forms/widgets/suggested.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["widget"]["attrs"]["list"] = f"{context['widget']['attrs']['id']}-known"
        return context | {"known": KNOWN.values()}


class OriginField(forms.CharField):
    def __init__(self, **options: Any) -> None:
        super().__init__(
            label=_("Origin"),
            required=False,
            max_length=LONGEST["origin"],
            widget=SuggestedInput,
            help_text=_("Where they found you: choose one or write your own."),
            **options,
        )

    def prepare_value(self, value: Any) -> Any:
        return KNOWN.get(value, value)

    def to_python(self, value: Any) -> str:
        return origin_of(super().to_python(value) or "")
