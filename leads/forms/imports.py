"""A file, and what its columns mean."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from handoff.people.models import Side, Team
from leads.instants import COMMON
from leads.mapping import FIELDS, label_of
from leads.models import InteractionKind, LegalBasis

KEEP: Final = "*"
DATES: Final = {
    "day": ("", gettext_lazy("Day first: 31/12/2026, or 2026-12-31")),
    "month": (
        ["%m/%d/%Y", "%m/%d/%Y %H:%M", "%m/%d/%Y %H:%M:%S", "%m-%d-%Y"],
        gettext_lazy("Month first: 12/31/2026"),
    ),
}


class UploadForm(forms.Form):
    """One file for one marketing team."""

    team = forms.ModelChoiceField(Team.objects.none(), label=gettext_lazy("Team"), empty_label=None)
    file = forms.FileField(
        label=gettext_lazy("CSV or Excel file"),
        max_length=255,
        allow_empty_file=True,
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx"}),
        help_text=gettext_lazy(
            "The first row holds the names of the columns. Nothing is brought in yet."
        ),
    )

    def __init__(self, data: Any = None, files: Any = None, *, teams: Sequence[Team]) -> None:
        super().__init__(data, files)
        field = self.fields["team"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Team.objects.filter(pk__in=[team.pk for team in teams])
            field.initial = teams[0].pk if teams else None
        if len(teams) == 1:
            field.widget = forms.HiddenInput()


class MappingForm(forms.Form):
    """What each column is, and what holds for the whole file."""

    source = forms.CharField(
        label=gettext_lazy("Source"),
        required=False,
        max_length=120,
        help_text=gettext_lazy("The system whose ids the file holds, needed for external ids."),
    )
    dates = forms.ChoiceField(
        label=gettext_lazy("Dates are written"),
        choices=[(key, label) for key, (_formats, label) in DATES.items()],
    )
    touch = forms.ChoiceField(
        label=gettext_lazy("A row is"),
        required=False,
        choices=[("", gettext_lazy("No touch, only facts")), *InteractionKind.choices],
        help_text=gettext_lazy("What the person did on the day they came in."),
    )
    legal_basis = forms.ChoiceField(
        label=gettext_lazy("Legal basis"),
        required=False,
        choices=[("", gettext_lazy("As in the file")), *LegalBasis.choices],
    )
    sales_team = forms.ChoiceField(
        label=gettext_lazy("Outcomes belong to"),
        required=False,
        help_text=gettext_lazy("Only for files with won or lost deals."),
    )
    creates = forms.BooleanField(
        label=gettext_lazy("People who are not known yet become leads"), required=False
    )

    def __init__(
        self, data: Any = None, *, columns: Sequence[str], mapping: Mapping[str, Any]
    ) -> None:
        super().__init__(data, initial=_initial(mapping))
        self.columns = columns
        self.kept = mapping
        teams = Team.objects.filter(side=Side.SALES, archived_at__isnull=True)
        field = self.fields["sales_team"]
        if isinstance(field, forms.ChoiceField):
            none = _("The only sales team") if len(teams) == 1 else _("Choose a sales team")
            field.choices = [("", none), *((team.name, team.name) for team in teams)]
        choices = [
            ("", _("Leave out")),
            (KEEP, _("Keep as an attribute")),
            *((name, label_of(name)) for name in FIELDS),
        ]
        chosen = _chosen(mapping, columns)
        for place, column in enumerate(columns):
            self.fields[f"column-{place}"] = forms.ChoiceField(
                label=column, choices=choices, required=False, initial=chosen.get(column, "")
            )

    @property
    def column_fields(self) -> list[forms.BoundField]:
        return [self[f"column-{place}"] for place in range(len(self.columns))]

    @property
    def rest(self) -> list[forms.BoundField]:
        names = ("source", "dates", "touch", "legal_basis", "sales_team", "creates")
        return [self[name] for name in names]

    def mapping(self) -> dict[str, Any]:
        """As `plan_from` reads it; what this form does not show is kept."""
        values = self.cleaned_data
        chosen = {
            column: values[f"column-{place}"]
            for place, column in enumerate(self.columns)
            if values[f"column-{place}"]
        }
        basis = {"legal_basis": values["legal_basis"]} if values["legal_basis"] else {}
        return {
            "source": values["source"],
            "sales_team": values["sales_team"],
            "dates": DATES[values["dates"]][0] or list(COMMON),
            "columns": {column: name for column, name in chosen.items() if name != KEEP},
            "attributes": [column for column, name in chosen.items() if name == KEEP],
            "constants": basis,
            "values": self.kept.get("values", {}),
            "touch": values["touch"] or None,
            "creates": values["creates"],
        }


def _initial(mapping: Mapping[str, Any]) -> dict[str, Any]:
    month_first = any(str(one).startswith("%m") for one in mapping.get("dates", ()))
    return {
        "source": mapping.get("source", ""),
        "dates": "month" if month_first else "day",
        "touch": mapping.get("touch", "form") or "",
        "legal_basis": mapping.get("constants", {}).get("legal_basis", ""),
        "sales_team": mapping.get("sales_team", ""),
        "creates": mapping.get("creates", True),
    }


def _chosen(mapping: Mapping[str, Any], columns: Sequence[str]) -> dict[str, str]:
    """The choice for each column: a field, or to be kept as an attribute."""
    kept = mapping.get("attributes", ())
    chosen = dict.fromkeys(columns if kept == KEEP else kept, KEEP)
    for column, names in mapping.get("columns", {}).items():
        chosen[column] = names if isinstance(names, str) else next(iter(names), "")
    return chosen
