"""A lead's score over the API: what each point rests on, what would flip it, and how it went."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from leads.api.leads import one
from leads.api.problems import NOT_FOUND, READING, TOO_LONG
from leads.api.rule_shapes import PointsField
from leads.api.steps import FlowView, person
from leads.models import InteractionKind, Score
from leads.queries.explanation import explanation_of
from leads.queries.score_history import history_of
from leads.rules.criteria import Axis, Role


class TouchSerializer(serializers.Serializer[Any]):
    """`points` where each touch earns its own, else null."""

    kind = serializers.ChoiceField(choices=InteractionKind.choices)
    material = serializers.CharField(allow_blank=True)
    occurred_at = serializers.DateTimeField(source="instant")
    points = PointsField(source="earned", allow_null=True)


class EvidenceSerializer(serializers.Serializer[Any]):
    """A value that was compared; or the newest touches that counted, how many `more` did and what
    those earn, and how the points came about."""

    value = serializers.CharField(allow_blank=True)
    touches = TouchSerializer(many=True)
    more = serializers.IntegerField()
    more_points = PointsField(source="rest", allow_null=True)
    note = serializers.CharField(allow_blank=True)


class PartSerializer(serializers.Serializer[Any]):
    """A criterion and what it gives; with a blank `key`, what the cap of the axis takes off."""

    key = serializers.CharField(allow_blank=True)
    role = serializers.ChoiceField(choices=[role.value for role in Role])
    text = serializers.CharField()
    holds = serializers.BooleanField()
    points = PointsField(source="earned")
    evidence = EvidenceSerializer(source="ground")


class AxisSerializer(serializers.Serializer[Any]):
    """The points of its parts add up to its own; `needed` is null where nothing is."""

    axis = serializers.ChoiceField(choices=[axis.value for axis in Axis])
    points = PointsField(source="total")
    needed = PointsField(source="least", allow_null=True)
    parts = PartSerializer(many=True)


class StandingSerializer(serializers.ModelSerializer[Score]):
    rule_set = serializers.IntegerField(source="rule_set_id", read_only=True)
    version = serializers.IntegerField(source="rule_set.number", read_only=True)
    total = PointsField(read_only=True)

    class Meta:
        model = Score
        fields = ("rule_set", "version", "total", "grade", "qualifies", "scored_at")
        read_only_fields = fields


class MomentSerializer(serializers.Serializer[Any]):
    """What today's criteria say of that moment; `version` was in force then, null for none."""

    at = serializers.DateTimeField()
    what = serializers.CharField(source="text")
    fit = PointsField()
    engagement = PointsField()
    intent = PointsField()
    total = PointsField()
    grade = serializers.CharField()
    qualifies = serializers.BooleanField()
    version = serializers.IntegerField(allow_null=True)


class SpellSerializer(serializers.Serializer[Any]):
    rule_set = serializers.IntegerField(source="rule_set_id")
    version = serializers.IntegerField(source="number")
    since = serializers.DateTimeField()
    until = serializers.DateTimeField(allow_null=True)


TOUCH = {
    "kind": "demo_request", "material": "", "occurred_at": "2026-11-16T12:01:00Z", "points": None,
}  # fmt: skip
EXAMPLE = {
    "score": {
        "rule_set": 3, "version": 2, "total": 30, "grade": "D3", "qualifies": False,
        "scored_at": "2026-11-16T12:01:00Z",
    },
    "axes": [
        {"axis": "fit", "points": 0, "needed": 20, "parts": []},
        {
            "axis": "intent", "points": 30, "needed": None,
            "parts": [{
                "key": "demo", "role": "points", "text": "Demo request", "holds": True,
                "points": 30,
                "evidence": {
                    "value": "", "touches": [TOUCH], "more": 0, "more_points": None, "note": "",
                },
            }],
        },
    ],
    "flips": ["Fit is 20 short; any of these would do: employees is at least 50: +20"],
    "history": [{
        "at": "2026-11-16T12:01:00Z", "what": "Demo request", "fit": 0, "engagement": 0,
        "intent": 30, "total": 30, "grade": "D3", "qualifies": False, "version": 2,
    }],
    "history_cut": False,
    "versions": [
        {"rule_set": 3, "version": 2, "since": "2026-11-02T09:00:00Z", "until": None}
    ],
}  # fmt: skip


@extend_schema_serializer(examples=[OpenApiExample("A lead that is short", value=EXAMPLE)])
class LeadScoreSerializer(serializers.Serializer[Any]):
    """`score` is null and the lists are empty while no criteria speak for the lead. `history` is
    the last fifty moments, oldest first, as today's criteria see them."""

    score = StandingSerializer(allow_null=True)
    axes = AxisSerializer(many=True)
    flips = serializers.ListField(child=serializers.CharField())
    history = MomentSerializer(many=True)
    history_cut = serializers.BooleanField()
    versions = SpellSerializer(many=True)


class LeadScore(FlowView):
    @extend_schema(
        operation_id="leads_score",
        responses={200: LeadScoreSerializer, **READING, 404: NOT_FOUND, 503: TOO_LONG},
    )
    def get(self, request: Request, pk: int) -> Response:
        """Why a lead has its score, what would make it qualify, and how the score went."""
        lead = one(person(request), pk)
        why, went = explanation_of(lead), history_of(lead, at=timezone.now())
        told = {
            "score": why.score if why else None,
            "axes": why.axes if why else (),
            "flips": why.flips if why else (),
            "history": went.moments if went else (),
            "history_cut": bool(went and went.cut),
            "versions": went.spells if went else (),
        }
        return Response(LeadScoreSerializer(told).data)
