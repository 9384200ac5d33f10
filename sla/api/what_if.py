"""What-if over the API: the same replay as the page's, as figures and sentences."""

from typing import Any, Final

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from handoff.calendars.hours import DAYS
from handoff.people.access import allowed
from handoff.people.models import Scope
from handoff.people.permissions import TokenScope
from leads.api.problems import READING, WRONG
from leads.api.steps import person
from sla.forms.what_if import MOST_SELLERS, ORDERS, WhatIfForm
from sla.queries.what_if import Replay, replay_of
from sla.simulation.panel import Line
from sla.what_if import told_of

LARGEST: Final = 2**63 - 1
HOURS: Final = "Such as 08:00-12:00, 13:00-18:00; closed for a closed day; left out as it was."


class WhatIfQuery(serializers.Serializer[Any]):
    """Left out stays as it was; without days, the last thirty."""

    team = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST)
    since = serializers.DateField(required=False)
    until = serializers.DateField(required=False)
    weekdays = serializers.CharField(required=False, help_text=HOURS)
    holidays = serializers.CharField(
        required=False, help_text="“open”, or the two letters of a country."
    )
    sellers = serializers.IntegerField(required=False, min_value=1, max_value=MOST_SELLERS)
    claim = serializers.CharField(required=False, help_text="Such as 10 min.")
    attempt = serializers.CharField(required=False, help_text="Such as 1 h.")
    order = serializers.ChoiceField(required=False, choices=[order.value for order, _ in ORDERS])

    def get_fields(self) -> Any:
        days = {day: serializers.CharField(required=False, help_text=HOURS) for day in DAYS}
        return {**super().get_fields(), **days}


class WhatIfBandSerializer(serializers.Serializer[Any]):
    """Over the seeds: the mean, the 5th and the 95th percentile."""

    mean = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()


class WhatIfLineSerializer(serializers.Serializer[Line]):
    """One measure: shares from 0 to 1, durations in seconds."""

    name = serializers.CharField(source="measure.name")
    label = serializers.CharField(source="measure.label")  # type: ignore[assignment]
    kind = serializers.CharField(source="measure.kind")
    really = serializers.FloatField(allow_null=True)
    replayed = WhatIfBandSerializer(allow_null=True)
    what_if = WhatIfBandSerializer(source="other", allow_null=True)
    change = WhatIfBandSerializer(allow_null=True)


class WhatIfSerializer(serializers.Serializer[Any]):
    """`enough` is false where too few leads came to replay them; then nothing else is said.

    `holds` says whether the replay of what was meets what was, within its own band.
    """

    enough = serializers.BooleanField(default=True)
    leads = serializers.IntegerField(source="panel.count")
    question = serializers.CharField(required=False)
    answer = serializers.CharField(required=False, allow_blank=True)
    change = serializers.CharField(required=False, allow_blank=True)
    holds = serializers.BooleanField(required=False)
    reproduced = serializers.CharField(required=False)
    trusted = serializers.CharField(required=False)
    foretold = serializers.CharField(required=False, allow_blank=True)
    assumptions = serializers.ListField(child=serializers.CharField(), required=False)
    notes = serializers.ListField(
        child=serializers.CharField(), required=False, source="panel.notes"
    )
    measures = WhatIfLineSerializer(many=True, required=False, source="lines")


class WhatIf(APIView):
    permission_classes = (IsAuthenticated, TokenScope)
    scope = Scope.FLOW

    @extend_schema(
        operation_id="what_if",
        parameters=[WhatIfQuery],
        responses={200: WhatIfSerializer, **READING, 422: WRONG},
    )
    def get(self, request: Request) -> Response:
        """A period of a team replayed under other hours, holidays, sellers, targets or order."""
        user, at = person(request), timezone.now()
        if not allowed(user, "board"):
            raise PermissionDenied
        form = WhatIfForm(request.query_params, user=user, at=at)
        if not form.is_valid():
            raise ValidationError(
                {name: list(map(str, said)) for name, said in form.errors.items()}
            )
        scenario = form.scenario()
        found = replay_of(form.cleaned_data["team"], form.days(), scenario, at=at)
        if not isinstance(found, Replay):
            return Response({"enough": False, "leads": len(found.arrivals)})
        return Response(WhatIfSerializer(told_of(found, scenario)).data)
