"""What the pages of the handoff ask for; bounds are the actions' own."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final, TypeVar, cast

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from handoff.people.models import Side, Team, User
from leads.models import AttemptChannel, AttemptResult, Campaign, Lead
from leads.refusals import Refusal
from leads.stages import ReasonGroup

MINUTE: Final = "%Y-%m-%dT%H:%M"
T = TypeVar("T")


class InstantField(forms.DateTimeField):
    """A local date and time to the minute, read in the person's own zone."""

    def __init__(self, **options: Any) -> None:
        widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTE)
        super().__init__(widget=widget, input_formats=[MINUTE, "%Y-%m-%dT%H:%M:%S"], **options)

    def to_python(self, value: str | datetime | date | None) -> datetime | None:
        try:
            return super().to_python(value)
        except (OverflowError, ValueError) as error:
            raise forms.ValidationError(self.error_messages["invalid"]) from error


class DayField(forms.DateField):
    def __init__(self, **options: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(widget=widget, input_formats=["%Y-%m-%d"], **options)


class StepForm(forms.Form):
    """One step of a handoff. `name` keeps the ids of several forms on one page apart."""

    name = ""

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, auto_id=f"{self.name}_%s", **options)

    def take(self, step: Callable[..., T]) -> T | None:
        """What the step gives for the cleaned fields; None where the form says what is wrong."""
        if not self.is_valid():
            return None
        try:
            return step(**self.cleaned_data)
        except Refusal as refusal:
            self.blame(refusal)
            return None

    def blame(self, refusal: Refusal) -> None:
        """Put what is wrong at its field. Raises the refusal again where it names none."""
        if not refusal.fields:
            raise refusal
        for name, sentence in refusal.fields.items():
            self.add_error(name if name in self.fields else None, sentence)


class OfferForm(StepForm):
    name = "offer"

    team = forms.ModelChoiceField(
        Team.objects.none(), label=_("Sales team"), empty_label=_("Choose…")
    )
    campaign = forms.ModelChoiceField(
        Campaign.objects.none(), label=_("Campaign"), required=False, empty_label=_("None")
    )
    note = forms.CharField(
        label=_("Note to the seller"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What you would say if you stood at their desk."),
    )
    pains = forms.CharField(
        label=_("Pains"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line, in the lead's own words."),
    )
    promise = forms.CharField(
        label=_("Promise of the campaign"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("What they were promised, so that sales says the same."),
    )

    def __init__(self, data: Any = None, *, lead: Lead) -> None:
        campaign = lead.campaign
        promise = campaign.promise if campaign else ""
        super().__init__(
            data,
            initial={"campaign": campaign, "pains": "\n".join(lead.pains), "promise": promise},
        )
        teams = Team.objects.filter(side=Side.SALES, archived_at__isnull=True)
        self._choose("team", teams)
        self._choose("campaign", Campaign.objects.filter(team_id=lead.team_id))
        if len(teams) == 1:
            self.fields["team"].initial = teams[0]

    def _choose(self, name: str, rows: Any) -> None:
        cast("forms.ModelChoiceField[Any]", self.fields[name]).queryset = rows

    def clean_pains(self) -> list[str]:
        lines = str(self.cleaned_data["pains"]).splitlines()
        return [line.strip() for line in lines if line.strip()]


class AttemptForm(StepForm):
    name = "attempt"

    channel = forms.ChoiceField(
        label=_("Channel"), choices=AttemptChannel.choices, initial=AttemptChannel.CALL
    )
    result = forms.ChoiceField(
        label=_("How far it got"), choices=AttemptResult.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    occurred_at = InstantField(
        label=_("When"), required=False, help_text=_("Leave empty for right now.")
    )


class PlanForm(StepForm):
    name = "plan"

    what = forms.CharField(label=_("What comes next"), max_length=200)
    due_at = InstantField(label=_("When"))


class ReturnForm(StepForm):
    name = "return"

    reason = forms.ChoiceField(label=_("Reason"), choices=[("", "–"), *ReasonGroup.choices])
    note = forms.CharField(
        label=_("Note"), required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 2})
    )
    recycle_on = DayField(
        label=_("Try again on"), required=False, help_text=_("Needed for “Not now”.")
    )


class WinForm(StepForm):
    name = "win"

    value = forms.DecimalField(label=_("Value"), min_value=0, max_digits=12, decimal_places=2)


class LoseForm(StepForm):
    name = "lose"

    reason = forms.ChoiceField(label=_("Reason"), choices=[("", "–"), *ReasonGroup.choices])
    note = forms.CharField(
        label=_("Note"), required=False, max_length=4_000, widget=forms.Textarea(attrs={"rows": 2})
    )


class ReceiverField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Somebody who could take a lead on; beside whoever is away stands when they are back."""

    backs: Mapping[int, date] = {}

    def label_from_instance(self, obj: Any) -> str:
        back = self.backs.get(obj.pk)
        if back is None:
            return str(obj)
        day = date_format(back, pgettext("day and month", "j M"))
        return f"{obj} · " + _("away, back %(day)s") % {"day": day}


class ReassignForm(StepForm):
    name = "reassign"

    to = ReceiverField(User.objects.none(), label=_("Give to"), empty_label=None)

    def __init__(self, data: Any = None, *, people: Any, backs: Mapping[int, date]) -> None:
        super().__init__(data)
        field = cast("ReceiverField", self.fields["to"])
        field.queryset, field.backs = people, backs
