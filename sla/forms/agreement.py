"""The agreement as it is written: lengths with their units, each clause by its own row."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from handoff.calendars.models import Calendar
from handoff.people.models import Side
from leads.forms.handoff import InstantField
from leads.refusals import Refusal
from sla.actions.signing import LONGEST_WHY
from sla.actions.terms import Terms
from sla.lengths import NotALength, seconds_from, short
from sla.models import Agreement, Clause
from sla.stages import EVIDENCE_OF, REQUIRED, SIDE_OF, ClauseKind

TERMS: Final = {
    "target": _("Within"),
    "warn_before": _("Warned before"),
    "escalate_after": _("Manager told after"),
}
HINTS: Final = {
    "target": _("Such as 15 min, 4 h or 1 h 30 min."),
    "left_out": _("Such as 4 h; empty for no such promise."),
    "warn_before": _("Before the deadline; empty for no warning."),
    "escalate_after": _("After the deadline; empty for nobody."),
}


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
    """One draft; `revision` is the one on screen, 0 for a new one. `status` is how it went."""

    status = 200

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
    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        for kind in ClauseKind:
            for term in _terms_of(kind):
                self.fields[f"{kind}_{term}"] = LengthField(
                    label=_("Back in the queue after") if kind == ClauseKind.LEASE else TERMS[term],
                    required=term == "target" and kind in REQUIRED,
                    max_length=40,
                    help_text=HINTS["left_out" if term == "target" and _is_extra(kind) else term],
                )
            if kind in EVIDENCE_OF:
                self.fields[f"{kind}_evidence"] = _evidence(kind)

    def clauses(self) -> Iterator[tuple[str, list[BoundField]]]:
        """Each clause with its fields, as they stand on the page, by the side that promises it."""
        for kind in sorted(ClauseKind, key=lambda kind: SIDE_OF[kind] == Side.MARKETING):
            label = f"{SIDE_OF[kind].label}: {kind.label}"
            names = (*_terms_of(kind), *(("evidence",) if kind in EVIDENCE_OF else ()))
            yield label, [self[f"{kind}_{name}"] for name in names]

    def terms(self) -> list[Terms]:
        """The clauses as they were written; for a form without errors."""
        said = self.cleaned_data
        return [
            Terms(
                kind,
                said[f"{kind}_target"],
                said.get(f"{kind}_warn_before") or 0,
                said.get(f"{kind}_escalate_after"),
                said.get(f"{kind}_evidence") or "",
            )
            for kind in ClauseKind
            if said[f"{kind}_target"] is not None
        ]

    def take(self, step: Callable[..., Agreement]) -> Agreement | None:
        """What the step makes of the terms; None where the form says what is wrong with them."""
        if not self.is_valid():
            self.status = 422
            return None
        said = self.cleaned_data
        try:
            return step(
                calendar_id=said["calendar"].pk,
                clauses=self.terms(),
                claim_accepts=said["claim_accepts"],
            )
        except Refusal as refusal:
            if refusal.status in {403, 404}:
                raise
            self.status = refusal.status
            for name, text in (refusal.fields or {"": str(refusal.sentence)}).items():
                self.add_error(name if name in self.fields else None, text)
            return None


class SiteInstantField(InstantField):
    """Read and shown in the zone of the site, since two people sign it."""

    def to_python(self, value: Any) -> Any:
        with timezone.override(timezone.get_default_timezone()):
            return super().to_python(value)


class ProposeForm(forms.Form):
    """Why, from when, and for whom where somebody could speak for either side."""

    why = forms.CharField(
        label=_("Why"),
        max_length=LONGEST_WHY,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What changes, and what made you change it. The other side reads it first."),
    )
    starts_at = SiteInstantField(
        label=_("In force from"),
        required=False,
    )
    side = forms.ChoiceField(label=_("Proposed by"), choices=Side.choices)

    def __init__(self, *args: Any, sides: Sequence[str], **options: Any) -> None:
        super().__init__(*args, **options)
        zone = timezone.get_default_timezone_name().replace("_", " ")
        hint = _("Time of %(zone)s. Left empty: from the moment it is signed.") % {"zone": zone}
        self.fields["starts_at"].help_text = hint
        if len(sides) < 2:
            del self.fields["side"]

    def blame(self, fields: dict[str, str]) -> None:
        """Put what the action found wrong at its fields; the clauses have theirs elsewhere."""
        for name, text in fields.items():
            self.add_error(name if name in self.fields else None, text)


class AnswerForm(forms.Form):
    """What a proposal misses."""

    why = forms.CharField(
        label=_("What is missing"),
        max_length=LONGEST_WHY,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def _terms_of(kind: ClauseKind) -> Iterable[str]:
    return ("target",) if kind == ClauseKind.LEASE else TERMS


def _is_extra(kind: ClauseKind) -> bool:
    return kind not in REQUIRED


def _evidence(kind: ClauseKind) -> forms.ChoiceField:
    choices = [(one.value, one.label) for one in EVIDENCE_OF[kind]]
    return forms.ChoiceField(label=_("Counts once there is"), choices=choices, required=False)


def written(agreement: Agreement, clauses: Iterable[Clause], *, revision: int) -> dict[str, Any]:
    """What the form shows first: the draft, or for a new one the version in force."""
    initial: dict[str, Any] = {
        "calendar": agreement.calendar_id,
        "claim_accepts": agreement.claim_accepts,
        "revision": revision,
    }
    for clause in clauses:
        initial[f"{clause.kind}_target"] = short(clause.target)
        initial[f"{clause.kind}_warn_before"] = short(clause.warn_before or None)
        initial[f"{clause.kind}_escalate_after"] = short(clause.escalate_after)
        initial[f"{clause.kind}_evidence"] = clause.evidence
    return initial
