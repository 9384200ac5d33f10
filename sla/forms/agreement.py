"""The agreement as it is written: lengths with their units, each clause by its own row."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from handoff.calendars.models import Calendar
from sla.actions.agreements import Terms
from sla.lengths import NotALength, seconds_from, short
from sla.models import Agreement, Clause
from sla.stages import ClauseKind

TERMS: Final = {
    "target": _("Within"),
    "warn_before": _("Warned before"),
    "escalate_after": _("Manager told after"),
}
HINTS: Final = {
    "target": _("Such as 15 min, 4 h or 1 h 30 min."),
    "warn_before": _("Before the deadline; empty for no warning."),
    "escalate_after": _("After the deadline; empty for nobody."),
}
TOLD: Final = (ClauseKind.CLAIM, ClauseKind.FIRST_ATTEMPT, ClauseKind.FEEDBACK)


class LengthField(forms.CharField):
    """A length such as "15 min", as seconds; None where it was left empty."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return seconds_from(text)
        except NotALength as error:
            raise ValidationError(
                _("Write a length with its unit, such as 15 min or 4 h.")
            ) from error


class AgreementForm(forms.Form):
    """One version to be; `replaces` is the number of the one on screen."""

    calendar = forms.ModelChoiceField(
        label=_("Calendar"),
        queryset=Calendar.objects.filter(archived_at__isnull=True),
        empty_label=None,
    )
    claim_accepts = forms.BooleanField(
        label=_("A claim counts as acceptance and SQL"),
        required=False,
        help_text=_("Otherwise the seller accepts each lead after looking at it."),
    )
    replaces = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for kind in ClauseKind:
            for term in _terms_of(kind):
                self.fields[f"{kind}_{term}"] = LengthField(
                    label=_("Back in the queue after") if kind == ClauseKind.LEASE else TERMS[term],
                    required=term == "target",
                    max_length=40,
                    help_text=HINTS[term],
                )

    def clauses(self) -> Iterator[tuple[str, list[BoundField]]]:
        """Each clause with its fields, as they stand on the page."""
        for kind in ClauseKind:
            yield str(kind.label), [self[f"{kind}_{term}"] for term in _terms_of(kind)]

    def terms(self) -> list[Terms]:
        """The clauses as they were written; for a form without errors."""
        said = self.cleaned_data
        return [
            Terms(
                kind,
                said[f"{kind}_target"],
                said.get(f"{kind}_warn_before") or 0,
                said.get(f"{kind}_escalate_after"),
            )
            for kind in ClauseKind
        ]

    def blame(self, fields: dict[str, str]) -> None:
        """Put what an action found wrong at its fields."""
        for name, text in fields.items():
            self.add_error(name if name in self.fields else None, text)


def _terms_of(kind: ClauseKind) -> Iterable[str]:
    return TERMS if kind in TOLD else ("target",)


def written(agreement: Agreement, clauses: Iterable[Clause], *, replaces: int) -> dict[str, Any]:
    """What the form shows first: the version in force."""
    initial: dict[str, Any] = {
        "calendar": agreement.calendar_id,
        "claim_accepts": agreement.claim_accepts,
        "replaces": replaces,
    }
    for clause in clauses:
        initial[f"{clause.kind}_target"] = short(clause.target)
        initial[f"{clause.kind}_warn_before"] = short(clause.warn_before or None)
        initial[f"{clause.kind}_escalate_after"] = short(clause.escalate_after)
    return initial
