"""A handoff's clocks over the API, and what people do to them: each step answers with the clock."""

from datetime import datetime
from typing import Any, ClassVar

from django.http import Http404
from django.urls import URLPattern, path
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from handoff.people.access import allowed
from handoff.people.models import Side, User
from leads.api.problems import NOT_FOUND, READING, WRITING
from leads.api.steps import FlowView, person, read
from leads.models import Handoff
from leads.refusals import not_allowed
from sla.actions import contests, moving, pauses, reopening
from sla.actions.reasons import LONGEST
from sla.models import ClauseKind, Clock, ClockEvent, Move, Occurrence, Verdict
from sla.queries.clocks import clock_row, clocks_of


class ClockEventSerializer(serializers.Serializer[ClockEvent]):
    """What happened to a clock: `at` is when, `recorded_at` when the house was told."""

    kind = serializers.ChoiceField(choices=Occurrence.choices)
    at = serializers.DateTimeField()
    recorded_at = serializers.DateTimeField()
    by = serializers.CharField(source="by.name", allow_null=True, default=None)
    why = serializers.CharField(allow_blank=True)


class ClockSerializer(serializers.Serializer[Any]):
    """One promise about a handoff. Lengths are seconds of open time; `sentence` adds them up."""

    id = serializers.IntegerField(source="clock.pk")
    kind = serializers.ChoiceField(source="clock.kind", choices=ClauseKind.choices)
    side = serializers.ChoiceField(source="clock.side", choices=Side.choices)
    verdict = serializers.ChoiceField(source="clock.verdict", choices=Verdict.choices)
    owner = serializers.CharField(source="clock.owner.name", allow_null=True, default=None)
    target = serializers.IntegerField(source="clock.clause.target")
    used = serializers.IntegerField(source="seconds", allow_null=True)
    started_at = serializers.DateTimeField(source="clock.started_at")
    warn_at = serializers.DateTimeField(source="clock.warn_at")
    due_at = serializers.DateTimeField(source="clock.due_at")
    stopped_at = serializers.DateTimeField(source="clock.stopped_at", allow_null=True)
    paused_at = serializers.DateTimeField(source="clock.paused_at", allow_null=True)
    paused_until = serializers.DateTimeField(source="clock.paused_until", allow_null=True)
    late_logged = serializers.BooleanField(source="clock.late_logged")
    bulk_logged = serializers.BooleanField(source="clock.bulk_logged")
    flags = serializers.ListField(child=serializers.CharField())
    contested_at = serializers.DateTimeField(source="clock.contested_at", allow_null=True)
    settled_at = serializers.DateTimeField(source="clock.settled_at", allow_null=True)
    events = ClockEventSerializer(many=True, source="clock.events.all")
    sentence = serializers.CharField()
    agreement_version = serializers.IntegerField(source="clock.clause.agreement.number")
    calendar_version = serializers.IntegerField(source="clock.calendar.number")


class ClocksSerializer(serializers.Serializer[Any]):
    results = ClockSerializer(many=True)


ANSWERS = {200: ClockSerializer, **WRITING}


class HandoffClocks(FlowView):
    """The clocks of one handoff."""

    @extend_schema(
        operation_id="handoffs_clocks",
        responses={200: ClocksSerializer, **READING, 404: NOT_FOUND},
    )
    def get(self, request: Request, pk: int) -> Response:
        """What was promised about it, open ones first."""
        user = person(request)
        handoff = Handoff.objects.visible_to(user).filter(pk=pk).first()
        if handoff is None:
            raise Http404
        return Response(
            ClocksSerializer({"results": clocks_of(handoff, user, at=timezone.now())}).data
        )


class WhySerializer(serializers.Serializer[Any]):
    why = serializers.CharField(max_length=LONGEST)


class PauseSerializer(WhySerializer):
    until = serializers.DateTimeField(
        required=False, allow_null=True, default=None, help_text="When it goes on by itself."
    )


class ClockStep(FlowView):
    """One step of the clock `pk`. The right is asked before what was sent is read."""

    takes: ClassVar[type[serializers.Serializer[Any]] | None] = WhySerializer
    word: ClassVar[str]

    def act(self, pk: int, *, by: User, at: datetime, **sent: Any) -> Clock:
        raise NotImplementedError

    def post(self, request: Request, pk: int) -> Response:
        by, at = person(request), timezone.now()
        if not allowed(by, self.word):
            raise not_allowed()
        sent = read(self.takes, request.data) if self.takes else {}
        clock = self.act(pk, by=by, at=at, **sent)
        row = clock_row(clock.pk, by, at=at)
        if row is None:
            raise Http404
        return Response(ClockSerializer(row).data)


@extend_schema_view(
    post=extend_schema(operation_id="clocks_pause", request=PauseSerializer, responses=ANSWERS)
)
class Pause(ClockStep):
    """Stop counting, for a reason, until it is resumed or `until` comes."""

    takes, word = PauseSerializer, "pause"

    def act(self, pk: int, *, by: User, at: datetime, **sent: Any) -> Clock:
        return pauses.pause(clock_id=pk, by=by, at=at, **sent)


@extend_schema_view(
    post=extend_schema(operation_id="clocks_resume", request=None, responses=ANSWERS)
)
class Resume(ClockStep):
    """Count on from here, with the open time that was left."""

    takes, word = None, "pause"

    def act(self, pk: int, *, by: User, at: datetime, **sent: Any) -> Clock:
        return pauses.resume(clock_id=pk, by=by, at=at)


@extend_schema_view(
    post=extend_schema(operation_id="clocks_reopen", request=WhySerializer, responses=ANSWERS)
)
class Reopen(ClockStep):
    """Promise it once more; answers with the new clock, the old one's verdict stays."""

    word = "reopen"

    def act(self, pk: int, *, by: User, at: datetime, **sent: Any) -> Clock:
        return reopening.reopen(clock_id=pk, by=by, at=at, **sent)


@extend_schema_view(
    post=extend_schema(operation_id="clocks_contest", request=WhySerializer, responses=ANSWERS)
)
class Contest(ClockStep):
    """Say of a breach that it should not count; the other side is asked."""

    word = "contest"

    def act(self, pk: int, *, by: User, at: datetime, **sent: Any) -> Clock:
        return contests.contest(clock_id=pk, by=by, at=at, **sent)


@extend_schema_view(
    post=extend_schema(operation_id="clocks_waive", request=WhySerializer, responses=ANSWERS)
)
class Waive(ClockStep):
    """Let a contested breach count neither for nor against; for the other side alone."""

    word = "waive"

    def act(self, pk: int, *, by: User, at: datetime, **sent: Any) -> Clock:
        return contests.waive(clock_id=pk, by=by, at=at, **sent)


@extend_schema_view(
    post=extend_schema(operation_id="clocks_keep", request=WhySerializer, responses=ANSWERS)
)
class Keep(ClockStep):
    """Answer a contested breach: it stays one; for the other side alone."""

    word = "waive"

    def act(self, pk: int, *, by: User, at: datetime, **sent: Any) -> Clock:
        return contests.keep(clock_id=pk, by=by, at=at, **sent)


class MoveSerializer(serializers.Serializer[Move]):
    """`moved` clocks so far; `finished_at` is null while it goes on."""

    calendar_id = serializers.IntegerField(source="version.calendar_id")
    number = serializers.IntegerField(source="version.number", help_text="Of the new version.")
    moved = serializers.IntegerField()
    started_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class MoveClocks(FlowView):
    """Count the open clocks of a calendar by its newest version."""

    @extend_schema(
        operation_id="calendars_move_clocks",
        request=None,
        responses={202: MoveSerializer, **WRITING},
    )
    def post(self, request: Request, pk: int) -> Response:
        """In the background; what a clock has used stays used, and past verdicts stay."""
        move = moving.begin(calendar_id=pk, by=person(request), at=timezone.now())
        return Response(MoveSerializer(move).data, status=202)


urlpatterns: list[URLPattern] = [
    path("handoffs/<id:pk>/clocks/", HandoffClocks.as_view(), name="clocks"),
    path("calendars/<id:pk>/clocks/", MoveClocks.as_view(), name="move_clocks"),
    path("clocks/<id:pk>/pause/", Pause.as_view(), name="pause"),
    path("clocks/<id:pk>/resume/", Resume.as_view(), name="resume"),
    path("clocks/<id:pk>/reopen/", Reopen.as_view(), name="reopen"),
    path("clocks/<id:pk>/contest/", Contest.as_view(), name="contest"),
    path("clocks/<id:pk>/waive/", Waive.as_view(), name="waive"),
    path("clocks/<id:pk>/keep/", Keep.as_view(), name="keep"),
]
