"""What the endpoints of the criteria, and of a lead's score, take and give."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample, extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from leads.actions.rules import LARGEST_REVISION, LONGEST_WHY
from leads.api.problems import ProblemSerializer
from leads.api.shapes import LARGEST_ID, Strict
from leads.models import InteractionKind, RuleSet, Wave
from leads.rules.checks import faults_of
from leads.rules.criteria import GRADES, HUNDRED, Axis, Op, Role
from leads.rules.reading import MOST_CRITERIA, read
from leads.rules.sentences import frame, sentence
from leads.stages import RuleSetState

NUMBER: Final = {"type": "number"}
BY_AXIS: Final = {"type": "object", "properties": {axis.value: NUMBER for axis in Axis}}
THREE: Final = {"type": "array", "items": NUMBER, "minItems": 3, "maxItems": 3}
CRITERION: Final = {
    "type": "object",
    "required": ["axis"],
    "properties": {
        "key": {"type": "string", "maxLength": 40},
        "axis": {"type": "string", "enum": [axis.value for axis in Axis]},
        "role": {"type": "string", "enum": [role.value for role in Role]},
        "name": {"type": "string"},
        "field": {
            "type": "string",
            "description": "A field of the lead, `attributes.<name>` or `utm.<name>`.",
        },
        "op": {"type": "string", "enum": [op.value for op in Op]},
        "values": {"type": "array", "items": {"oneOf": [{"type": "string"}, NUMBER]}},
        "activity": {
            "type": "array",
            "items": {"type": "string", "enum": list(InteractionKind.values)},
            "description": "Instead of `field`: kinds of touch, none for all.",
        },
        "material": {"type": "string"},
        "within_days": {"type": "integer", "minimum": 1},
        "at_least": {"type": "integer", "minimum": 1},
        "points": NUMBER,
        "each": {"type": "boolean"},
        "cap": NUMBER,
        "half_life_days": NUMBER,
    },
}
RULES: Final = {
    "type": "object",
    "properties": {
        "criteria": {"type": "array", "items": CRITERION, "maxItems": MOST_CRITERIA},
        "thresholds": BY_AXIS,
        "caps": BY_AXIS,
        "profile": THREE,
        "interest": THREE,
        "accepts": {"type": "array", "items": {"type": "string", "enum": list(GRADES)}},
    },
}
EXAMPLE: Final = {
    "criteria": [
        {"axis": "intent", "activity": ["demo_request"], "points": 30},
        {
            "axis": "fit",
            "field": "attributes.employees",
            "op": "at_least",
            "values": [50],
            "points": 20,
        },
    ],
    "thresholds": {"intent": 30},
}
PLACES: Final = "Place, as `criteria.2.points`, to sentence."


@extend_schema_field(RULES)
class RulesField(serializers.JSONField):
    """Criteria in the form that docs/rules.md describes; what is wrong comes back by its place."""


class PlacesField(serializers.DictField):
    """Sentences by their place."""

    def __init__(self, **options: Any) -> None:
        super().__init__(child=serializers.CharField(), help_text=PLACES, **options)


class PointsField(serializers.FloatField):
    """Points, of hundredths."""

    def to_representation(self, value: Any) -> float:  # type: ignore[override]
        return int(value) / HUNDRED


class RuleSetSerializer(serializers.ModelSerializer[RuleSet]):
    """One version. `team` is null for every team without criteria of its own."""

    team_name = serializers.CharField(source="team.name", default="", read_only=True)
    created_by = serializers.CharField(source="created_by.name", read_only=True)
    proposed_by = serializers.CharField(source="proposed_by.name", default="", read_only=True)
    approved_by = serializers.CharField(source="approved_by.name", default="", read_only=True)

    class Meta:
        model = RuleSet
        fields: tuple[str, ...] = (
            *("id", "number", "team", "team_name", "state", "why", "answer", "marks", "revision"),
            *("created_at", "created_by", "proposed_at", "proposed_by", "approved_at"),
            *("approved_by", "retired_at"),
        )
        read_only_fields = fields


class RuleSetsSerializer(serializers.Serializer[Any]):
    results = RuleSetSerializer(many=True)
    next = serializers.CharField(allow_blank=True, help_text="Send as `after` for the next page.")


class RuleSetsQuery(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=RuleSetState.choices, required=False, default="")
    team = serializers.IntegerField(
        required=False, default=None, min_value=1, max_value=LARGEST_ID, help_text="Marketing team."
    )
    after = serializers.CharField(required=False, allow_blank=True, max_length=60, default="")
    limit = serializers.IntegerField(required=False, default=50, min_value=1, max_value=200)


class SentenceSerializer(serializers.Serializer[Any]):
    """A criterion as a sentence that both teams would sign."""

    key = serializers.CharField()
    axis = serializers.ChoiceField(choices=[axis.value for axis in Axis])
    sentence = serializers.CharField()


class ChangeSerializer(serializers.Serializer[Any]):
    """What differs: `before` is blank where it is new, `after` where it is gone."""

    before = serializers.CharField(allow_blank=True)
    after = serializers.CharField(allow_blank=True)


class WaveSerializer(serializers.ModelSerializer[Wave]):
    """How far all leads are scored anew."""

    percent = serializers.IntegerField(read_only=True)

    class Meta:
        model = Wave
        fields = ("percent", "changed", "started_at", "finished_at")
        read_only_fields = fields


class WholeRuleSetSerializer(RuleSetSerializer):
    """A version with what it says, in its own form and in sentences. `faults` keep a draft from
    being proposed; `doubts` stop nobody."""

    rules = RulesField(read_only=True)
    sentences = serializers.SerializerMethodField()
    line = serializers.SerializerMethodField(help_text="When a lead qualifies, in sentences.")
    faults = serializers.SerializerMethodField()
    doubts = PlacesField(read_only=True)
    against = serializers.IntegerField(
        read_only=True, allow_null=True, help_text="The version in force that it would replace."
    )
    changes = ChangeSerializer(many=True, read_only=True)
    wave = WaveSerializer(read_only=True, allow_null=True)

    class Meta(RuleSetSerializer.Meta):
        fields = (
            *RuleSetSerializer.Meta.fields,
            *("rules", "sentences", "line", "faults", "doubts", "against", "changes", "wave"),
        )
        read_only_fields = fields

    @extend_schema_field(SentenceSerializer(many=True))
    def get_sentences(self, row: RuleSet) -> list[dict[str, str]]:
        return [
            {"key": each.key, "axis": each.axis.value, "sentence": sentence(each)}
            for each in read(row.rules).criteria
        ]

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_line(self, row: RuleSet) -> list[str]:
        return list(frame(read(row.rules)).values())

    @extend_schema_field(PlacesField())
    def get_faults(self, row: RuleSet) -> dict[str, str]:
        return faults_of(read(row.rules))


def _why() -> serializers.CharField:
    return serializers.CharField(
        required=False, allow_blank=True, default="", max_length=LONGEST_WHY
    )


@extend_schema_serializer(
    examples=[
        OpenApiExample("A draft", value={"rules": EXAMPLE, "why": "Demos win."}, request_only=True)
    ]
)
class DraftSerializer(Strict):
    """Without `rules`: a copy of what is in force for these leads."""

    team = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=1, max_value=LARGEST_ID,
        help_text="The marketing team; null for every team without criteria of its own.",
    )  # fmt: skip
    rules = RulesField(required=False, allow_null=True, default=None)
    why = _why()


@extend_schema_serializer(
    examples=[
        OpenApiExample(
            "A change of a draft",
            value={"rules": EXAMPLE, "why": "Size counts.", "marks": True, "revision": 1},
            request_only=True,
        )
    ]
)
class ReviseSerializer(Strict):
    """The whole draft anew; `revision` is the one that was read."""

    rules = RulesField()
    why = _why()
    marks = serializers.BooleanField(
        required=False,
        default=False,
        help_text="Whether a lead that qualifies becomes an MQL by itself.",
    )
    revision = serializers.IntegerField(min_value=1, max_value=LARGEST_REVISION)


class StaleSerializer(ProblemSerializer):
    """Where `reason` is `changed_meanwhile`: the `revision` that there is now, and from what was
    sent to what it says."""

    revision = serializers.IntegerField(required=False)
    difference = ChangeSerializer(many=True, required=False)


class ApproveSerializer(Strict):
    revision = serializers.IntegerField(
        required=False,
        allow_null=True,
        default=None,
        min_value=1,
        max_value=LARGEST_REVISION,
        help_text="The one that was read: over one that changed since, nothing is approved.",
    )


class SendBackSerializer(Strict):
    why = serializers.CharField(max_length=LONGEST_WHY, help_text="What sales misses.")


@extend_schema_serializer(
    examples=[OpenApiExample("Criteria not saved yet", value={"rules": EXAMPLE}, request_only=True)]
)
class TrySerializer(Strict):
    """Without `rules`: those of the version."""

    rules = RulesField(required=False, allow_null=True, default=None)


class NamedSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="pk")
    name = serializers.CharField(source="__str__", allow_blank=True)


class PreviewFlipSerializer(serializers.Serializer[Any]):
    """How many, and the newest of those that you may see."""

    count = serializers.IntegerField()
    leads = NamedSerializer(many=True)


class PreviewSerializer(serializers.Serializer[Any]):
    """Of the leads of the last ninety days: how many would qualify, how many do by the criteria in
    force (null without any), who would enter and who would leave."""

    leads = serializers.IntegerField()
    draft = serializers.IntegerField()
    active = serializers.IntegerField(allow_null=True)
    percent = serializers.IntegerField()
    enter = PreviewFlipSerializer()
    leave = PreviewFlipSerializer()
    faults = PlacesField()
    doubts = PlacesField()
