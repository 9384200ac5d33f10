"""What the intake endpoints take and give, and how it is described."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any, Final

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from leads.actions.touch import Deed
from leads.arrival import INBOUND_TEXTS, LONGEST, MOST_ATTRIBUTES, MOST_PAINS, UTM, Inbound
from leads.models import InteractionKind, Lead, LegalBasis
from leads.rules.criteria import GRADES
from leads.stages import LeadStage

LARGEST_ID: Final = 2**63 - 1
MOST_TOLD: Final = 10
LONGEST_NAME: Final = 60
SCALAR: Final = {
    "oneOf": [
        {"type": "string", "maxLength": 2_000},
        {"type": "number"},
        {"type": "boolean"},
        {"type": "array", "items": {"type": "string"}, "maxItems": 100},
    ]
}


def _text(name: str = "", longest: int = 0) -> serializers.CharField:
    limit = longest or LONGEST[name]
    return serializers.CharField(required=False, allow_blank=True, max_length=limit, default="")


@extend_schema_field({"type": "object", "additionalProperties": SCALAR})
class AttributesField(serializers.DictField):
    """Free attributes: text, numbers, truth, or lists of text; the action checks them."""

    def __init__(self, **options: Any) -> None:
        super().__init__(child=serializers.JSONField(), required=False, **options)


class Strict(serializers.Serializer[Any]):
    """Refuses what it does not know, so that a misspelt name loses nothing without a word."""

    def to_internal_value(self, data: Any) -> Any:
        names = data if isinstance(data, Mapping) else ()
        unknown = [str(name)[:LONGEST_NAME] for name in names if name not in self.fields]
        if unknown:
            told = {name: [self._not_known(name)] for name in unknown[:MOST_TOLD]}
            raise serializers.ValidationError(told)
        return super().to_internal_value(data)

    def _not_known(self, name: str) -> str:
        near = get_close_matches(name, self.fields, n=1)
        if near:
            return _("There is no such field. Did you mean “%(near)s”?") % {"near": near[0]}
        return _("There is no such field.")


class UtmSerializer(serializers.Serializer[Any]):
    utm_source, utm_medium, utm_campaign, utm_term, utm_content = (
        serializers.CharField(required=False, allow_blank=True, max_length=200) for _name in UTM
    )


class PersonSerializer(Strict):
    """Who it is and where they come from."""

    name = _text("name")
    email = _text(longest=254)
    phone = _text(longest=60)
    company = _text("company")
    cnpj = _text(longest=30)
    job_title = _text("job_title")
    city = _text("city")
    region = _text("region")
    origin = _text("origin")
    landing_page = _text("landing_page")
    legal_basis = serializers.ChoiceField(
        choices=LegalBasis.choices, required=False, allow_blank=True, default=""
    )
    pains = serializers.ListField(
        child=serializers.CharField(max_length=200), required=False, max_length=MOST_PAINS
    )
    attributes = AttributesField(help_text=f"At most {MOST_ATTRIBUTES}.")


class LeadInSerializer(PersonSerializer):
    """A person who came in. An e-mail, a phone, or a source with an external id is needed."""

    team = serializers.IntegerField(
        required=False,
        min_value=1,
        max_value=LARGEST_ID,
        help_text="The marketing team; may be left out by who belongs to one only.",
    )
    source = _text(longest=120)  # type: ignore[assignment]
    external_id = _text("external_id")
    campaign = _text("campaign")
    utm = UtmSerializer(required=False)
    kind = serializers.ChoiceField(
        choices=InteractionKind.choices, required=False, default=InteractionKind.FORM
    )
    text = _text("text")
    url = _text(longest=500)
    material = _text("material")
    occurred_at = serializers.DateTimeField(required=False, allow_null=True, default=None)

    def inbound(self, team_id: int) -> Inbound:
        values = self.validated_data
        names = (*INBOUND_TEXTS, "source", "kind", "url", "occurred_at")
        return Inbound(
            team_id=team_id,
            utm=values.get("utm", {}),
            attributes=values.get("attributes", {}),
            pains=values.get("pains", ()),
            **{name: values[name] for name in names},
        )


class TakenInSerializer(serializers.Serializer[Any]):
    """`created` is false for a person who was known already: then this was one more touch."""

    id = serializers.IntegerField()
    created = serializers.BooleanField()
    interaction_id = serializers.IntegerField()


class LeadEditSerializer(PersonSerializer):
    """What is left out stays; a blank text empties the field."""

    def changes(self) -> dict[str, Any]:
        sent = set(self.initial_data)
        return {name: value for name, value in self.validated_data.items() if name in sent}


class LeadSerializer(serializers.ModelSerializer[Lead]):
    """A lead as it stands."""

    source = serializers.CharField(  # type: ignore[assignment]
        source="source.name", default="", read_only=True
    )
    campaign = serializers.CharField(source="campaign.name", default="", read_only=True)
    team = serializers.CharField(source="team.name", read_only=True)
    utm = serializers.DictField(read_only=True)
    attributes = AttributesField(read_only=True)
    pains = serializers.ListField(child=serializers.CharField(), read_only=True)
    grade = serializers.SerializerMethodField(
        help_text="Profile A to D and interest 1 to 4; empty while no criteria speak for the lead."
    )

    class Meta:
        model = Lead
        fields = (
            *(
                "id",
                "team",
                "stage",
                "grade",
                "name",
                "email",
                "phone",
                "phone_key",
                "company",
                "cnpj",
            ),
            *("job_title", "city", "region", "source", "external_id", "origin", "campaign"),
            *("utm", "landing_page", "attributes", "pains", "legal_basis", "inbound_at"),
            *("touched_at", "marketing_qualified_at", "qualification_reason"),
            *("disqualified_at", "disqualified_reason", "recycle_on", "updated_at"),
        )
        read_only_fields = fields

    def get_grade(self, lead: Lead) -> str:
        score = getattr(lead, "score", None)
        return score.grade if score else ""


class LeadsSerializer(serializers.Serializer[Any]):
    results = LeadSerializer(many=True)
    next = serializers.CharField(allow_blank=True, help_text="Send as `after` for the next page.")


class LeadsQuery(serializers.Serializer[Any]):
    q = serializers.CharField(required=False, allow_blank=True, max_length=200, default="")
    stage = serializers.ChoiceField(choices=LeadStage.choices, required=False, default="")
    origin = serializers.CharField(required=False, max_length=60, default="")
    campaign = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST_ID)
    grade = serializers.ChoiceField(choices=GRADES, required=False, default="")
    proposed = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Only whom the criteria propose: above the line, and nobody has decided yet.",
    )
    after = serializers.CharField(required=False, allow_blank=True, max_length=60, default="")
    limit = serializers.IntegerField(required=False, default=50, min_value=1, max_value=200)


class ReasonSerializer(serializers.Serializer[Any]):
    reason = serializers.CharField(max_length=500)


class QualifySerializer(Strict):
    """A reason; a misspelt name is told, since a reason that is left out means another thing."""

    reason = serializers.CharField(
        max_length=500,
        required=False,
        allow_blank=True,
        default="",
        help_text="May be left out where the criteria propose the lead: they are the reason then.",
    )


class DeedSerializer(Strict):
    """What a known person did. Name the person by `lead`, or by the keys of a person."""

    lead = serializers.IntegerField(
        required=False, allow_null=True, min_value=1, max_value=LARGEST_ID, default=None
    )
    email = _text(longest=254)
    phone = _text(longest=60)
    source = _text(longest=120)  # type: ignore[assignment]
    external_id = _text("external_id")
    kind = serializers.ChoiceField(choices=InteractionKind.choices)
    occurred_at = serializers.DateTimeField(required=False, allow_null=True, default=None)
    text = _text("text")
    url = _text(longest=500)
    material = _text("material")
    key = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=120,
        default="",
        help_text="Your own id of this touch: sent again, it is recorded once.",
    )


class DeedsSerializer(serializers.Serializer[Any]):
    interactions = serializers.ListField(child=DeedSerializer(), min_length=1, max_length=500)


class TouchedSerializer(serializers.Serializer[Any]):
    """`created` is false where this `key` was recorded before."""

    id = serializers.IntegerField()
    lead = serializers.IntegerField()
    created = serializers.BooleanField()


class EachTouchedSerializer(serializers.Serializer[Any]):
    """One line for each that was sent, in order: `error` says why it was not recorded."""

    id = serializers.IntegerField(allow_null=True)
    created = serializers.BooleanField()
    error = serializers.CharField(allow_blank=True)


class EachSerializer(serializers.Serializer[Any]):
    results = EachTouchedSerializer(many=True)


def deed_of(values: dict[str, Any], user_id: int) -> Deed:
    """The deed, its key kept apart from those of other senders."""
    plain = {name: values[name] for name in DEED_FIELDS}
    key = f"api:{user_id}:{values['key']}" if values["key"] else ""
    return Deed(lead_id=values["lead"], external_key=key, **plain)


DEED_FIELDS: Final = (
    *("email", "phone", "source", "external_id", "kind", "occurred_at", "text", "url", "material"),
)
