"""What a campaign cost, promised and gave away."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from handoff.people.models import Team
from leads.forms.handoff import DayField
from leads.forms.origin import OriginField
from leads.models import Campaign


class CampaignForm(forms.ModelForm):  # type: ignore[type-arg]
    """One campaign; materials are named one a line."""

    origin = OriginField()
    starts_on = DayField(label=_("Starts on"), required=False)
    ends_on = DayField(label=_("Ends on"), required=False)
    materials = forms.CharField(
        label=_("Materials"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("What people can take: an e-book, a price list. One name a line."),
    )

    class Meta:
        model = Campaign
        fields = ("team", "name", "origin", "cost", "starts_on", "ends_on", "promise", "playbook")
        labels = {
            "team": _("Team"),
            "name": _("Name"),
            "cost": _("Cost"),
            "promise": _("Promise of the campaign"),
            "playbook": _("Playbook"),
        }
        help_texts = {
            "promise": _("What the person who answered was promised; it travels with the lead."),
            "playbook": _("How sales should open the conversation."),
        }
        widgets = {
            "promise": forms.Textarea(attrs={"rows": 3}),
            "playbook": forms.Textarea(attrs={"rows": 5}),
        }

    def __init__(self, data: Any = None, *, teams: Sequence[Team], **options: Any) -> None:
        super().__init__(data, **options)
        self.fields["cost"].widget.attrs["min"] = 0
        field = self.fields["team"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Team.objects.filter(pk__in=[team.pk for team in teams])
            field.empty_label = None
        if self.instance.pk:
            names = self.instance.materials.values_list("name", flat=True)
            self.initial["materials"] = "\n".join(names)
            field.disabled = True

    def _get_validation_exclusions(self) -> set[str]:
        """A name taken already in a team is the action's to say, at its field."""
        return {*super()._get_validation_exclusions(), "team"}  # type: ignore[misc]

    def clean_materials(self) -> list[str]:
        lines = str(self.cleaned_data["materials"]).splitlines()
        names = [line.strip() for line in lines if line.strip()]
        if any(len(name) > 160 for name in names):
            raise forms.ValidationError(_("A name is longer than 160 characters."))
        return list(dict.fromkeys(names))[:100]

    def clean_cost(self) -> Any:
        cost = self.cleaned_data["cost"]
        if cost is not None and cost < 0:
            raise forms.ValidationError(_("A cost cannot be negative."))
        return cost

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        starts, ends = values.get("starts_on"), values.get("ends_on")
        if starts and ends and ends < starts:
            self.add_error("ends_on", _("This is before it starts."))
        return values
