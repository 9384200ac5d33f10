"""Attempts and next steps over the API."""

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from leads.actions import contact as actions
from leads.api import baton
from leads.api.problems import WRITING
from leads.api.steps import FlowView, person, read


class Attempts(FlowView):
    @extend_schema(
        operation_id="handoffs_attempt",
        request=baton.AttemptInSerializer,
        responses={201: baton.AttemptSerializer, **WRITING},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Log one try to reach the lead, with the instant at which it happened."""
        sent, at = read(baton.AttemptInSerializer, request.data), timezone.now()
        sent["occurred_at"] = sent["occurred_at"] or at
        row = actions.attempt(handoff_id=pk, by=person(request), at=at, **sent)
        return Response(baton.AttemptSerializer(row).data, status=201)


class Plan(FlowView):
    @extend_schema(
        operation_id="handoffs_plan",
        request=baton.PlanSerializer,
        responses={201: baton.NextStepSerializer, **WRITING},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Say what comes next; it takes the place of what was planned before."""
        sent = read(baton.PlanSerializer, request.data)
        row = actions.plan(handoff_id=pk, by=person(request), at=timezone.now(), **sent)
        return Response(baton.NextStepSerializer(row).data, status=201)


class StepDone(FlowView):
    @extend_schema(
        operation_id="steps_done",
        request=None,
        responses={200: baton.NextStepSerializer, **WRITING},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Tick a planned step off."""
        row = actions.step_done(step_id=pk, by=person(request), at=timezone.now())
        return Response(baton.NextStepSerializer(row).data)
