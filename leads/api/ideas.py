"""Ideas for a draft over the API: the figures of its page."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from handoff.people.access import allowed
from leads.api.backtest import (
    PERIOD,
    PeriodSerializer,
    PopulationSerializer,
    ShareSerializer,
    period_asked,
)
from leads.api.problems import NOT_FOUND, READING, TOO_LONG
from leads.api.rules import one
from leads.api.steps import FlowView, person
from leads.queries.backtest import PATIENCE
from leads.queries.ideas import Nothing, ideas_of
from leads.refusals import not_allowed
from leads.rules.ideas import InDraft


class LiftSerializer(serializers.Serializer[Any]):
    """The share of the won ÷ the base rate."""

    value = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class IdeaSerializer(serializers.Serializer[Any]):
    """A candidate whose interval excludes the base rate."""

    sentence = serializers.CharField()
    criterion = serializers.DictField(
        help_text="As a draft takes it, with the points that are suggested."
    )
    share = ShareSerializer(help_text="The won among the decisions in which it held.")
    lift = LiftSerializer()
    coverage = ShareSerializer(help_text="Those decisions among all.")
    may_veto = serializers.BooleanField(
        help_text="Its lift is below one half for sure: a veto may say it, too."
    )
    in_draft = serializers.ChoiceField(choices=[each.value for each in InDraft])
    suspicious = serializers.BooleanField(
        help_text="Nearly all were won: was it known before, or written down afterwards?"
    )


class IdeasSerializer(serializers.Serializer[Any]):
    """What speaks for a sale and what speaks against one, the surest first."""

    period = PeriodSerializer()
    population = PopulationSerializer()
    looked_at = serializers.IntegerField(help_text="How many candidates were counted.")
    by_chance = serializers.IntegerField(
        help_text="How many would be ideas had none of them made a difference."
    )
    nothing = serializers.ChoiceField(
        choices=["", *(each.value for each in Nothing)], help_text="Why there are none."
    )
    better = IdeaSerializer(many=True)
    worse = IdeaSerializer(many=True)


class Ideas(FlowView):
    """Criteria that the history suggests for a draft."""

    @extend_schema(
        operation_id="rules_ideas",
        parameters=PERIOD,
        responses={200: IdeasSerializer, **READING, 404: NOT_FOUND, 503: TOO_LONG},
    )
    def get(self, request: Request, pk: int) -> Response:
        by = person(request)
        if not allowed(by, "rules"):
            raise not_allowed()
        row = one(by, pk)
        if not row.may_edit(by):
            raise Http404
        period = period_asked(request, row)
        return Response(ideas_of(row, period=period, by=by, within=PATIENCE).kept())
