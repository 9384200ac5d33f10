"""Claiming over the API."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from handoff.people.models import User
from leads import refusals
from leads.actions import claim as actions
from leads.api import baton
from leads.api.problems import WRITING
from leads.api.steps import FlowView, Step, answer, person, read


@extend_schema_view(
    post=extend_schema(
        operation_id="handoffs_claim",
        request=None,
        responses={200: baton.HandoffSerializer, **WRITING},
    )
)
class Claim(Step):
    """Take a waiting handoff; who comes second is told who won, with the next one's id."""

    def act(self, pk: int, *, by: User, at: datetime, **sent: object) -> object:
        return actions.claim(handoff_id=pk, by=by, at=at)


class ClaimNext(FlowView):
    @extend_schema(
        operation_id="queue_claim_next",
        request=baton.ClaimNextSerializer,
        responses={200: baton.HandoffSerializer, **WRITING},
    )
    def post(self, request: Request) -> Response:
        """Take the handoff of a team that has waited longest."""
        sent, by = read(baton.ClaimNextSerializer, request.data), person(request)
        row = actions.claim_next(team_id=sent["team"], by=by, at=timezone.now())
        return answer(by, row.pk)


@extend_schema_view(
    post=extend_schema(
        operation_id="handoffs_reassign",
        request=baton.ReassignSerializer,
        responses={200: baton.HandoffSerializer, **WRITING},
    )
)
class Reassign(Step):
    """Give an open handoff to another person of its team."""

    takes = baton.ReassignSerializer

    def act(self, pk: int, *, by: User, at: datetime, **sent: Any) -> object:
        to = User.objects.filter(pk=sent["to"]).first()
        if to is None:
            raise refusals.not_in_team()
        return actions.reassign(handoff_id=pk, to=to, by=by, at=at)
