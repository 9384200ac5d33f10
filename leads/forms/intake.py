"""What the pages of intake ask for; what may come in is the action's to check."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from handoff.people.models import Team, User
from leads.arrival import LONGEST, Inbound
from leads.forms.handoff import InstantField
from leads.forms.origin import OriginField
from leads.models import Campaign, InteractionKind, Lead, LegalBasis
from leads.origins import origin_label
from leads.queries.people import BLANK, COLUMNS, SHOWN_FIRST, Filters
from leads.refusals import Refusal
from leads.rules.criteria import GRADES
from leads.stages import LeadStage

PERSON: Final = ("name", "email", "phone", "company", "job_title", "cnpj", "city", "region")
STORY: Final = ("origin", "campaign", "legal_basis", "pains")
COLUMN_LABELS: Final = {
    "grade": _("Grade"),
    "company": _("Company"),
    "job_title": _("Job title"),
    "origin": _("Origin"),
    "campaign": _("Campaign"),
    "city": _("City"),
    "email": _("E-mail"),
    "phone": _("Phone"),
    "inbound_at": _("Came in"),
    "touched_at": _("Latest touch"),
}


def _text(label: Any, name: str, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=LONGEST[name], **more)


class PersonForm(forms.Form):
    """Who it is and where they come from: what a new lead and a correction share."""

    name = _text(_("Name"), "name")
    email = forms.CharField(
        label=_("E-mail"),
        required=False,
        max_length=254,
        widget=forms.TextInput(attrs={"type": "email", "autocomplete": "off"}),
    )
    phone = forms.CharField(
        label=_("Phone"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
        help_text=_("With the area code; a country code where it is not Brazil."),
    )
    company = _text(_("Company"), "company")
    job_title = _text(_("Job title"), "job_title")
    cnpj = forms.CharField(label="CNPJ", required=False, max_length=30)
    city = _text(_("City"), "city")
    region = _text(_("State or region"), "region")
    origin = OriginField()
    campaign = forms.ModelChoiceField(
        Campaign.objects.none(), label=_("Campaign"), required=False, empty_label=_("None")
    )
    legal_basis = forms.ChoiceField(
        label=_("Legal basis"),
        choices=LegalBasis.choices,
        initial=LegalBasis.UNKNOWN,
        help_text=_("The ground of the LGPD on which you keep the person's data."),
    )
    pains = forms.CharField(
        label=_("Pains"),
        required=False,
        max_length=5_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("One a line, in the lead's own words."),
    )

    def __init__(self, data: Any = None, *, by: User, **options: Any) -> None:
        super().__init__(data, **options)
        field = self.fields["campaign"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Campaign.objects.visible_to(by)

    def clean_pains(self) -> list[str]:
        lines = str(self.cleaned_data["pains"]).splitlines()
        return [line.strip() for line in lines if line.strip()]

    def blame(self, refusal: Refusal) -> None:
        """Put what is wrong at its field. Raises the refusal again where it names none."""
        if not refusal.fields:
            raise refusal
        for name, sentence in refusal.fields.items():
            self.add_error(name if name in self.fields else None, sentence)

    @property
    def person(self) -> list[forms.BoundField]:
        return [self[name] for name in PERSON]

    @property
    def story(self) -> list[forms.BoundField]:
        return [self[name] for name in STORY]


class NewLeadForm(PersonForm):
    """A person who came in by telephone, at a fair, or by another way that no system records."""

    team = forms.ModelChoiceField(Team.objects.none(), label=_("Team"), empty_label=None)
    kind = forms.ChoiceField(
        label=_("What they did"), choices=InteractionKind.choices, initial=InteractionKind.MESSAGE
    )
    text = forms.CharField(
        label=_("What they said"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    material = _text(_("Material taken"), "material")
    occurred_at = InstantField(label=_("When"), required=False, help_text=_("Empty means now."))
    key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=60)

    def __init__(self, data: Any = None, *, by: User, teams: Sequence[Team]) -> None:
        super().__init__(data, by=by, initial={"key": uuid.uuid4().hex})
        field = self.fields["team"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Team.objects.filter(pk__in=[team.pk for team in teams])
            field.initial = teams[0].pk if teams else None
        if len(teams) == 1:
            field.widget = forms.HiddenInput()

    @property
    def touch(self) -> list[forms.BoundField]:
        return [self[name] for name in ("kind", "occurred_at", "material", "text")]

    def inbound(self) -> Inbound:
        values = self.cleaned_data
        campaign: Campaign | None = values["campaign"]
        return Inbound(
            team_id=values["team"].pk,
            campaign_id=campaign.pk if campaign else None,
            pains=values["pains"],
            kind=values["kind"],
            text=values["text"],
            material=values["material"],
            occurred_at=values["occurred_at"],
            external_key=f"form:{values['key']}" if values["key"] else "",
            **{name: values[name] for name in (*PERSON, "origin", "legal_basis")},
        )


class EditLeadForm(PersonForm):
    """A correction; `opened` is the state of the lead that the editor saw."""

    opened = forms.CharField(widget=forms.HiddenInput, max_length=40)

    def __init__(self, data: Any = None, *, by: User, lead: Lead) -> None:
        values = {name: getattr(lead, name) for name in (*PERSON, *STORY)}
        values |= {"pains": "\n".join(lead.pains), "opened": lead.updated_at.isoformat()}
        super().__init__(data, by=by, initial=values)
        field = self.fields["campaign"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = Campaign.objects.filter(team_id=lead.team_id)

    def changes(self) -> dict[str, Any]:
        values = self.cleaned_data
        campaign: Campaign | None = values["campaign"]
        return {
            **{name: values[name] for name in (*PERSON, "origin", "legal_basis", "pains")},
            "campaign_id": campaign.pk if campaign else None,
        }


class FilterForm(forms.Form):
    """The filters of the list; each may stand several times in the address."""

    q = forms.CharField(label=_("Search"), required=False, max_length=200)
    stage = forms.ChoiceField(label=_("Stage"), required=False)
    origin = forms.ChoiceField(label=_("Origin"), required=False)
    campaign = forms.ChoiceField(label=_("Campaign"), required=False)
    grade = forms.ChoiceField(label=_("Grade"), required=False)
    proposed = forms.BooleanField(label=_("Proposed by the criteria"), required=False)
    mine = forms.BooleanField(label=_("Marked MQL by me"), required=False)

    def __init__(
        self,
        query: QueryDict,
        *,
        origins: Iterable[str],
        campaigns: Iterable[tuple[int, str]],
    ) -> None:
        on = {name: query.get(name) == "1" for name in ("mine", "proposed")}
        super().__init__(initial={"q": query.get("q", ""), **on})
        anything = [("", _("Any"))]
        self._choose("stage", [*anything, *LeadStage.choices])
        self._choose(
            "origin", [*anything, *((origin or BLANK, origin_label(origin)) for origin in origins)]
        )
        self._choose("campaign", [*anything, *((str(pk), name) for pk, name in campaigns)])
        self._choose("grade", [*anything, *((grade, grade) for grade in GRADES)])
        for name in ("stage", "origin", "campaign", "grade"):
            self.initial[name] = query.get(name, "")

    def _choose(self, name: str, choices: list[tuple[Any, Any]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices


def filters_from(query: QueryDict, *, today: date) -> Filters:
    """The filters of an address; what is none of the known values is left out. `today` is the
    reader's own date."""
    return Filters(
        query=query.get("q", "").strip()[:200],
        stages=tuple(one for one in query.getlist("stage") if one in LeadStage.values),
        origins=tuple(filter(None, (one[:60] for one in query.getlist("origin")[:20]))),
        campaigns=tuple(
            int(one)
            for one in query.getlist("campaign")[:20]
            if one.isascii() and one.isdigit() and len(one) < 19
        ),
        grades=tuple(one for one in query.getlist("grade") if one in GRADES),
        mine=query.get("mine") == "1",
        proposed_on=today if query.get("proposed") == "1" else None,
    )


def columns_from(query: QueryDict) -> list[str]:
    """The chosen columns of the list in their own order."""
    chosen = set(query.getlist("col")) or set(SHOWN_FIRST)
    return [name for name in COLUMNS if name in chosen]


def chips_of(filters: Filters, campaigns: Iterable[tuple[int, str]]) -> list[tuple[str, str, str]]:
    """Name, value and words of each filter that is on."""
    names = dict(campaigns)
    chips = [("q", filters.query, f"“{filters.query}”")] if filters.query else []
    chips += [("stage", one, str(LeadStage(one).label)) for one in filters.stages]
    chips += [("origin", one, origin_label("" if one == BLANK else one)) for one in filters.origins]
    chips += [("campaign", str(pk), names.get(pk, f"#{pk}")) for pk in filters.campaigns]
    chips += [("grade", one, _("Grade %(grade)s") % {"grade": one}) for one in filters.grades]
    if filters.proposed_on is not None:
        chips.append(("proposed", "1", str(_("Proposed by the criteria"))))
    if filters.mine:
        chips.append(("mine", "1", str(_("Marked MQL by me"))))
    return chips
