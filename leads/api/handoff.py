"""Handoffs over the API: offer, list, read, and take back."""

from datetime import datetime

from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from handoff.people.models import User
from leads.actions import handoff as actions
from leads.api import baton
from leads.api.problems import NOT_FOUND, READING, WRITING
from leads.api.steps import FlowView, Step, answer, person, read
from leads.queries.handoffs import handoff_page


class Handoffs(FlowView):
    """Every handoff that you may see, and the way to make one."""

    @extend_schema(
        operation_id="handoffs_list",
        parameters=[baton.HandoffsQuery],
        responses={200: baton.HandoffsSerializer, **READING},
    )
    def get(self, request: Request) -> Response:
        """Handoffs, newest offer first."""
        asked = read(baton.HandoffsQuery, request.query_params)
        page = handoff_page(
            person(request),
            state=asked["state"],
            team_id=asked["team"],
            after=asked["after"],
            limit=asked["limit"],
        )
        shown = {"results": page.rows, "next": page.next}
        return Response(baton.HandoffsSerializer(shown).data)

    @extend_schema(
        operation_id="handoffs_offer",
        request=baton.OfferSerializer,
        responses={201: baton.HandoffSerializer, **WRITING},
    )
    def post(self, request: Request) -> Response:
        """Hand a qualified lead to a sales team; it waits in that team's queue."""
        sent, by = read(baton.OfferSerializer, request.data), person(request)
        row = actions.offer(
            lead_id=sent["lead"],
            team_id=sent["team"],
            campaign_id=sent["campaign"],
            note=sent["note"],
            promise=sent["promise"],
            pains=sent["pains"],
            by=by,
            at=timezone.now(),
        )
        return answer(by, row.pk, 201)


class OneHandoff(FlowView):
    @extend_schema(
        operation_id="handoffs_read",
        responses={200: baton.HandoffSerializer, **READING, 404: NOT_FOUND},
    )
    def get(self, request: Request, pk: int) -> Response:
        """One handoff."""
        return answer(person(request), pk)


@extend_schema_view(
    post=extend_schema(
        operation_id="handoffs_withdraw",
        request=None,
        responses={200: baton.HandoffSerializer, **WRITING},
    )
)
class Withdraw(Step):
    """Take a waiting handoff out of the queue."""

    def act(self, pk: int, *, by: User, at: datetime, **sent: object) -> object:
        return actions.withdraw(handoff_id=pk, by=by, at=at)
