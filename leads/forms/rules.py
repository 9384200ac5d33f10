"""A version of the criteria as a file, and what sales answers to one."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from handoff.people.models import Team
from leads.actions.rules import LARGEST_REVISION, LONGEST_WHY
from leads.rules.reading import LARGEST_FILE
from leads.rules.sentences import faults_said


class RulesForm(forms.Form):
    """A new draft for one marketing team, or for every team without criteria of its own: of a JSON
    file, or of the version in force."""

    team = forms.TypedChoiceField(
        label=gettext_lazy("For the leads of"), coerce=int, required=False, empty_value=None
    )
    file = forms.FileField(
        label=gettext_lazy("JSON file"),
        required=False,
        max_length=255,
        widget=forms.FileInput(attrs={"accept": ".json,application/json"}),
        help_text=gettext_lazy("Left out: a copy of the version in force, to edit here."),
    )
    why = forms.CharField(
        label=gettext_lazy("Why"),
        required=False,
        max_length=LONGEST_WHY,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("What changes, and what made you change it. Sales reads it first."),
    )

    def __init__(self, data: Any = None, files: Any = None, *, teams: Sequence[Team]) -> None:
        super().__init__(data, files)
        field = self.fields["team"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [*((team.pk, team.name) for team in teams), ("", _("Every other team"))]
            field.initial = teams[0].pk if teams else ""

    def clean_file(self) -> Any:
        """What the file says; whether it can be is for leads.rules to judge."""
        file: UploadedFile[Any] | None = self.cleaned_data["file"]
        if file is None:
            return None
        if (file.size or 0) > LARGEST_FILE:
            raise forms.ValidationError(_("Criteria are at most 1 MB."))
        try:
            said = json.loads(file.read().decode("utf-8-sig"))
        except json.JSONDecodeError as error:
            where = _("This is not valid JSON: look at line %(line)s.") % {"line": error.lineno}
            raise forms.ValidationError(where) from None
        except (ValueError, RecursionError):
            raise forms.ValidationError(_("This is not a file of criteria in JSON.")) from None
        if said is None:
            raise forms.ValidationError(_("This is not a file of criteria in JSON."))
        return said

    def blame(self, faults: Mapping[str, str]) -> None:
        """What is wrong inside the file, line by line under it."""
        self.add_error("file", faults_said(faults))


class ApprovalForm(forms.Form):
    """Which revision of a proposal was on screen."""

    revision = forms.IntegerField(required=False, min_value=0, max_value=LARGEST_REVISION)


class AnswerForm(forms.Form):
    """What a proposal misses."""

    why = forms.CharField(
        label=gettext_lazy("What is missing"),
        max_length=LONGEST_WHY,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
