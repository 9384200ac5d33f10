"""A version of the criteria asked about the past, over the API: the JSON of the command."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from leads.api.problems import NOT_FOUND, READING, TOO_LONG
from leads.api.rules import one
from leads.api.steps import FlowView, person
from leads.forms.backtest import PeriodForm
from leads.models import RuleSet
from leads.queries.backtest import MATURE_AFTER, MOST_DAYS, PATIENCE, Period, backtest_of
from leads.rules.reading import read

PERIOD = [
    OpenApiParameter("since", {"type": "string", "format": "date"}, description="The first day."),
    OpenApiParameter(
        "until", {"type": "string", "format": "date"}, description="The day after the last."
    ),
    OpenApiParameter(
        "mature",
        {"type": "integer", "minimum": 0, "maximum": MOST_DAYS, "default": MATURE_AFTER.days},
        description="Days after which a decision without a sale is not won.",
    ),
]


class ShareSerializer(serializers.Serializer[Any]):
    """k of n with its Wilson interval of 95 %; nulls where n is 0."""

    k = serializers.IntegerField()
    n = serializers.IntegerField()
    value = serializers.FloatField(allow_null=True)
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class PeriodSerializer(serializers.Serializer[Any]):
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    mature_days = serializers.IntegerField()


class PopulationSerializer(serializers.Serializer[Any]):
    """`unlabelled` were never handed over and count as nothing; `immature` are left out."""

    decisions = serializers.IntegerField()
    labelled = serializers.IntegerField()
    won = serializers.IntegerField()
    immature = serializers.IntegerField()
    unlabelled = serializers.IntegerField()
    base_rate = ShareSerializer()


class ConfusionSerializer(serializers.Serializer[Any]):
    tp = serializers.IntegerField()
    fp = serializers.IntegerField()
    fn = serializers.IntegerField()
    tn = serializers.IntegerField()


class BoundsSerializer(serializers.Serializer[Any]):
    low = serializers.FloatField(allow_null=True)
    high = serializers.FloatField(allow_null=True)


class VerdictSerializer(serializers.Serializer[Any]):
    """What one version makes of the period. `precision_bounds`: had all of the unlabelled been
    lost, or won."""

    qualified = serializers.IntegerField()
    qualified_unlabelled = serializers.IntegerField()
    per_week = serializers.FloatField(allow_null=True)
    confusion = ConfusionSerializer()
    precision = ShareSerializer()
    precision_bounds = BoundsSerializer()
    recall = ShareSerializer()
    lift = serializers.FloatField(allow_null=True)


class RedundancySerializer(serializers.Serializer[Any]):
    overlap = serializers.FloatField()

    def get_fields(self) -> dict[str, Any]:
        return {"with": serializers.CharField(allow_blank=True), **super().get_fields()}


class CriterionFoundSerializer(serializers.Serializer[Any]):
    """One criterion by itself, by its key; `ranked` is false where fewer than 30 stand behind."""

    key = serializers.CharField()
    coverage = ShareSerializer()
    precision = ShareSerializer()
    lift = serializers.FloatField(allow_null=True)
    ranked = serializers.BooleanField()
    redundancy = RedundancySerializer()


class SegmentSerializer(serializers.Serializer[Any]):
    labelled = serializers.IntegerField()
    base_rate = ShareSerializer()
    precision = ShareSerializer()
    recall = ShareSerializer()
    ranked = serializers.BooleanField()


class TeamSegmentSerializer(SegmentSerializer):
    team = serializers.CharField()
    team_id = serializers.IntegerField()


class OriginSegmentSerializer(SegmentSerializer):
    origin = serializers.CharField(allow_blank=True)


class WeekSerializer(serializers.Serializer[Any]):
    """By its Monday; how many decisions, and how many of them pass."""

    week = serializers.DateField()
    decisions = serializers.IntegerField()
    draft = serializers.IntegerField()
    active = serializers.IntegerField(required=False)


class FlipSerializer(serializers.Serializer[Any]):
    """`lead_ids` are the newest, among those that you may see."""

    decisions = serializers.IntegerField()
    won = ShareSerializer()
    lead_ids = serializers.ListField(child=serializers.IntegerField())


class FlipsSerializer(serializers.Serializer[Any]):
    enter = FlipSerializer()
    leave = FlipSerializer()


class BacktestSerializer(serializers.Serializer[Any]):
    """`draft` is the version asked about; `active` and `flips` are there where a version is in
    force for the same leads."""

    period = PeriodSerializer()
    population = PopulationSerializer()
    draft = VerdictSerializer()
    criteria = CriterionFoundSerializer(many=True)
    by_team = TeamSegmentSerializer(many=True)
    by_origin = OriginSegmentSerializer(many=True)
    weekly = WeekSerializer(many=True)
    active = VerdictSerializer(required=False)
    flips = FlipsSerializer(required=False)


def period_asked(request: Request, row: RuleSet) -> Period:
    """The period that the query names, of the leads of one version. Raises ValidationError."""
    form = PeriodForm(request.query_params, at=timezone.now())
    if not form.is_valid():
        raise ValidationError({name: list(map(str, said)) for name, said in form.errors.items()})
    return form.period(row.team_id)


class Backtest(FlowView):
    """A version of the criteria asked about each past decision, against what sales made of it."""

    @extend_schema(
        operation_id="rules_backtest",
        parameters=PERIOD,
        responses={200: BacktestSerializer, **READING, 404: NOT_FOUND, 503: TOO_LONG},
    )
    def get(self, request: Request, pk: int) -> Response:
        """The last 365 days if no period is named. Never handed over is no label."""
        by = person(request)
        row = one(by, pk)
        period = period_asked(request, row)
        return Response(backtest_of(read(row.rules), period=period, by=by, within=PATIENCE))
