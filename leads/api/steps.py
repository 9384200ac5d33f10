"""What every endpoint of a handoff has in common."""

from datetime import datetime
from typing import Any, ClassVar

from django.http import Http404
from django.utils import timezone
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from handoff.people.models import Scope, User
from handoff.people.permissions import TokenScope
from leads import refusals
from leads.api import baton
from leads.models import Handoff
from leads.queries.handoffs import whole

Serializer = type[serializers.Serializer[Any]]


class FlowView(APIView):
    permission_classes = (IsAuthenticated, TokenScope)
    scope = Scope.FLOW


class Step(FlowView):
    """One step of the handoff `pk`: what is sent is checked, taken, and what it became answered."""

    takes: ClassVar[Serializer | None] = None

    def act(self, pk: int, *, by: User, at: datetime, **sent: Any) -> object:
        raise NotImplementedError

    def post(self, request: Request, pk: int) -> Response:
        sent = read(self.takes, request.data) if self.takes else {}
        by = person(request)
        self.act(pk, by=by, at=timezone.now(), **sent)
        return self.answer(by, pk)

    def answer(self, by: User, pk: int) -> Response:
        return answer(by, pk)


def read(shape: Serializer, data: Any) -> dict[str, Any]:
    sent = shape(data=data)
    sent.is_valid(raise_exception=True)
    values: dict[str, Any] = sent.validated_data
    return values


def answer(by: User, pk: int, status: int = 200) -> Response:
    return Response(baton.HandoffSerializer(one(by, pk)).data, status=status)


def one(by: User, pk: int) -> Handoff:
    row = whole(Handoff.objects.visible_to(by)).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def person(request: Request) -> User:
    """Who asks; the permission classes let nobody else through."""
    if not isinstance(request.user, User):
        raise refusals.not_allowed()
    return request.user
