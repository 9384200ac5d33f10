"""Where the time of a handoff went, over the API."""

from django.http import Http404
from django.urls import URLPattern, path
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from leads.api.problems import NOT_FOUND, READING
from leads.api.steps import FlowView, person
from leads.models import Handoff
from sla.delays import Part, Reached
from sla.queries.delays import Line, Told, delays_of


class DelayPartSerializer(serializers.Serializer[Line]):
    part = serializers.ChoiceField(choices=Part.choices)
    microseconds = serializers.IntegerField()
    share = serializers.FloatField(help_text="Of the whole, 0 to 1.")


class DelaysSerializer(serializers.Serializer[Told]):
    """From when the person came in to the first attempt, by the wall clock. The parts add up to
    the whole, to the microsecond; `reached` says whether it ends with an attempt."""

    reached = serializers.ChoiceField(source="delays.reached", choices=Reached.choices)
    whole = serializers.IntegerField(source="delays.whole", help_text="Microseconds.")
    parts = DelayPartSerializer(source="lines", many=True)
    sentence = serializers.CharField()


class HandoffDelays(FlowView):
    """Where the time of one handoff went."""

    @extend_schema(
        operation_id="handoffs_delays",
        responses={200: DelaysSerializer, **READING, 404: NOT_FOUND},
    )
    def get(self, request: Request, pk: int) -> Response:
        """Up to now where nobody has tried yet."""
        found = (
            Handoff.objects.visible_to(person(request)).select_related("lead").filter(pk=pk).first()
        )
        if found is None:
            raise Http404
        return Response(DelaysSerializer(delays_of(found, at=timezone.now())).data)


urlpatterns: list[URLPattern] = [
    path("handoffs/<id:pk>/delays/", HandoffDelays.as_view(), name="delays"),
]
