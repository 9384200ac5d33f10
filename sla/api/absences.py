"""Absences over the API: who is away when, for the person and whoever gives them work."""

from typing import Any

from django.http import Http404
from django.urls import URLPattern, path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from handoff.calendars.models import Absence
from handoff.people.models import Scope, User
from handoff.people.permissions import TokenScope
from leads.api.problems import NOT_FOUND, READING, WRITING
from leads.api.steps import person
from sla.actions import absences
from sla.queries.absences import absences_of, person_seen_by


class AbsenceSerializer(serializers.Serializer[Absence]):
    """Whole days away, both ends included, where the person is; `back` is the day after."""

    id = serializers.IntegerField(source="pk", read_only=True)
    person = serializers.IntegerField(source="person_id", read_only=True)
    first = serializers.DateField()
    last = serializers.DateField()
    back = serializers.DateField(read_only=True)
    why = serializers.CharField(max_length=120, allow_blank=True, default="")
    ended_at = serializers.DateTimeField(read_only=True, allow_null=True)


class AbsencesSerializer(serializers.Serializer[Any]):
    results = AbsenceSerializer(many=True)


class AbsenceView(APIView):
    permission_classes = (IsAuthenticated, TokenScope)
    scope = Scope.FLOW


class Absences(AbsenceView):
    """When a person is away."""

    @extend_schema(
        operation_id="absences_list",
        responses={200: AbsencesSerializer, **READING, 404: NOT_FOUND},
    )
    def get(self, request: Request, pk: int) -> Response:
        """What lasts or is to come, for the person and whoever gives them work."""
        rows = absences_of(_looked_after(request, pk), at=timezone.now())
        return Response(AbsencesSerializer({"results": rows}).data)

    @extend_schema(
        operation_id="absences_add",
        request=AbsenceSerializer,
        responses={201: AbsenceSerializer, **WRITING},
    )
    def post(self, request: Request, pk: int) -> Response:
        """They are away for some days: not offered work. Promises go on."""
        who = _looked_after(request, pk)
        sent = AbsenceSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        said = sent.validated_data
        row = absences.be_away(person=who, by=person(request), at=timezone.now(), **said)
        return Response(AbsenceSerializer(row).data, status=201)


class EndAbsence(AbsenceView):
    @extend_schema(
        operation_id="absences_end",
        request=None,
        responses={200: AbsenceSerializer, **WRITING},
    )
    def post(self, request: Request, pk: int) -> Response:
        """They are back, or do not go."""
        row = absences.come_back(absence_id=pk, by=person(request), at=timezone.now())
        return Response(AbsenceSerializer(row).data)


def _looked_after(request: Request, pk: int) -> User:
    found = person_seen_by(person(request), pk)
    if found is None:
        raise Http404
    return found


urlpatterns: list[URLPattern] = [
    path("people/<id:pk>/absences/", Absences.as_view(), name="absences"),
    path("absences/<id:pk>/end/", EndAbsence.as_view(), name="end_absence"),
]
