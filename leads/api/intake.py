"""What known people did, one by one or many at once."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from handoff.people.models import Scope, User
from leads.actions.touch import touch
from leads.api import shapes
from leads.api.idempotency import HEADER, Answer, once
from leads.api.problems import WRITING
from leads.api.steps import FlowView, person
from leads.refusals import Refusal


class Interactions(FlowView):
    """Visits, e-mails, downloads, events, requests and words of people who are known."""

    scope = Scope.INTAKE

    @extend_schema(
        operation_id="interactions_create",
        parameters=[HEADER],
        request=shapes.DeedSerializer,
        responses={200: shapes.TouchedSerializer, 201: shapes.TouchedSerializer, **WRITING},
    )
    def post(self, request: Request) -> Response:
        """Record what a person did: 201 for news, 200 for a `key` that was recorded before."""
        by, at = person(request), timezone.now()
        sent = shapes.DeedSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        deed = shapes.deed_of(sent.validated_data, by.pk)

        def work() -> Answer:
            row, news = touch(deed=deed, by=by, at=at)
            return 201 if news else 200, {"id": row.pk, "lead": row.lead_id, "created": news}

        return once(request, by, at, work)


class InteractionBatch(FlowView):
    """Up to 500 at once; one that is refused does not stop the others."""

    scope = Scope.INTAKE

    @extend_schema(
        operation_id="interactions_batch",
        request=shapes.DeedsSerializer,
        responses={200: shapes.EachSerializer, **WRITING},
    )
    def post(self, request: Request) -> Response:
        """Record what people did; the answer has a line for each, in order."""
        sent = shapes.DeedsSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        by = person(request)
        return Response({"results": [_one(by, one) for one in sent.validated_data["interactions"]]})


def _one(by: User, values: dict[str, Any]) -> dict[str, Any]:
    try:
        row, news = touch(deed=shapes.deed_of(values, by.pk), by=by, at=timezone.now())
    except Refusal as refusal:
        return {"id": None, "created": False, "error": str(refusal)}
    return {"id": row.pk, "created": news, "error": ""}
