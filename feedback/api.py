"""The endpoints of this app."""

from dataclasses import asdict
from typing import Any, Final

from django.http import Http404
from django.urls import URLPattern, path
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied, ValidationError
from rest_framework.generics import get_object_or_404
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from feedback import queries
from feedback.actions import give, reply
from feedback.forms import CutForm
from feedback.models import Feedback
from feedback.panels.panel import Panel
from feedback.panels.registry import PANELS, names_for
from feedback.queries import Filters
from feedback.reports.cut import Period
from handoff.people.access import allowed
from handoff.people.models import Scope, User
from handoff.people.permissions import TokenScope
from leads.api.problems import NOT_FOUND, READING, WRITING
from leads.api.shapes import Strict
from leads.models import Handoff
from leads.refusals import not_allowed
from leads.stages import ReasonGroup

MOST: Final = 200


class AnswerSerializer(serializers.ModelSerializer[Feedback]):
    """What was asked, and what was said once `given_at` is set; nulls before it is asked for."""

    id = serializers.IntegerField(allow_null=True, read_only=True)
    lead_id = serializers.IntegerField(source="handoff.lead_id", read_only=True)
    asked_of = serializers.CharField(source="asked_of.name", default=None, allow_null=True)
    asked_at = serializers.DateTimeField(allow_null=True)
    given_by = serializers.CharField(source="given_by.name", default=None, allow_null=True)
    reason = serializers.ChoiceField(ReasonGroup.choices, allow_blank=True, read_only=True)
    replied_by = serializers.CharField(source="replied_by.name", default=None, allow_null=True)

    class Meta:
        model = Feedback
        fields = (
            *("id", "handoff_id", "lead_id", "asked_of", "asked_at", "given_by", "given_at"),
            *("accepted", "quality", "reason", "comment", "reply", "replied_at", "replied_by"),
        )
        read_only_fields = fields


class GiveSerializer(serializers.Serializer[Any]):
    """One answer. `reason` is needed where the lead was not as agreed."""

    quality = serializers.IntegerField(min_value=1, max_value=5)
    accepted = serializers.BooleanField()
    reason = serializers.ChoiceField(choices=ReasonGroup.choices, allow_blank=True, default="")
    comment = serializers.CharField(allow_blank=True, max_length=2_000, default="")


class FeedbackReplySerializer(Strict):
    """What marketing answers to it."""

    text = serializers.CharField(max_length=2_000)


class AnswersSerializer(serializers.Serializer[Any]):
    results = AnswerSerializer(many=True)
    next = serializers.CharField(allow_blank=True, help_text="Send as `after` for the next page.")


class ListQuery(serializers.Serializer[Any]):
    campaign = serializers.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    origin = serializers.CharField(required=False, allow_blank=True, max_length=60)
    quality = serializers.IntegerField(required=False, min_value=1, max_value=5)
    accepted = serializers.BooleanField(required=False, allow_null=True, default=None)
    after = serializers.CharField(required=False, default="", max_length=40)
    limit = serializers.IntegerField(required=False, default=50, min_value=1, max_value=MOST)


class ColumnSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]
    kind = serializers.ChoiceField(choices=["text", "count", "share", "duration", "money", "mean"])


class ReportSerializer(serializers.Serializer[Any]):
    """A report as its page shows it. Shares run from 0 to 1, durations are seconds."""

    name = serializers.CharField()
    question = serializers.CharField()
    answer = serializers.CharField()
    definition = serializers.CharField()
    n = serializers.IntegerField()
    first = serializers.DateField()
    last = serializers.DateField()
    notes = serializers.ListField(child=serializers.CharField())
    columns = ColumnSerializer(many=True)
    rows = serializers.ListField(child=serializers.DictField())


class FlowView(APIView):
    permission_classes = (IsAuthenticated, TokenScope)
    scope = Scope.FLOW


class HandoffFeedback(FlowView):
    """The feedback about one handoff."""

    @extend_schema(
        operation_id="feedback_read", responses={200: AnswerSerializer, **READING, 404: NOT_FOUND}
    )
    def get(self, request: Request, handoff_id: int) -> Response:
        user = _person(request)
        handoff = get_object_or_404(Handoff.objects.visible_to(user), pk=handoff_id)
        rows = Feedback.objects.select_related("handoff", "asked_of", "given_by", "replied_by")
        found = rows.filter(handoff=handoff).first() or Feedback(handoff=handoff)
        return Response(AnswerSerializer(found).data)

    @extend_schema(
        operation_id="feedback_give",
        request=GiveSerializer,
        responses={201: AnswerSerializer, **WRITING},
    )
    def post(self, request: Request, handoff_id: int) -> Response:
        user = _person(request)
        get_object_or_404(Handoff.objects.visible_to(user), pk=handoff_id)
        if not allowed(user, "give_feedback"):
            raise not_allowed()
        sent = GiveSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        given = give(handoff_id=handoff_id, by=user, at=timezone.now(), **sent.validated_data)
        return Response(AnswerSerializer(given).data, status=201)


class Reply(FlowView):
    @extend_schema(
        operation_id="feedback_reply",
        request=FeedbackReplySerializer,
        responses={201: AnswerSerializer, **WRITING},
    )
    def post(self, request: Request, handoff_id: int) -> Response:
        """Answer the feedback about a lead of your marketing team, once."""
        user = _person(request)
        get_object_or_404(Handoff.objects.visible_to(user), pk=handoff_id)
        if not allowed(user, "answer_feedback"):
            raise not_allowed()
        sent = FeedbackReplySerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        text = sent.validated_data["text"]
        answered = reply(handoff_id=handoff_id, text=text, by=user, at=timezone.now())
        return Response(AnswerSerializer(answered).data, status=201)


class FeedbackList(FlowView):
    """What sales said about the leads that the reader may see, newest first."""

    @extend_schema(
        operation_id="feedback_list",
        parameters=[ListQuery],
        responses={200: AnswersSerializer, **READING},
    )
    def get(self, request: Request) -> Response:
        user = _person(request)
        if not allowed(user, "read_feedback"):
            raise not_allowed()
        asked = ListQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        read = asked.validated_data
        filters = Filters(
            campaign_id=read.get("campaign"),
            origin=read.get("origin"),
            quality=read.get("quality"),
            accepted=read["accepted"],
        )
        page = queries.answers(user, filters=filters, after=read["after"], limit=read["limit"])
        return Response(AnswersSerializer({"results": page.answers, "next": page.after}).data)


class Report(FlowView):
    """One report of a period and a team."""

    @extend_schema(
        operation_id="report_read",
        responses={200: ReportSerializer, **READING, 404: NOT_FOUND},
        parameters=[
            OpenApiParameter("name", str, OpenApiParameter.PATH, enum=list(PANELS)),
            OpenApiParameter("period", int, enum=[7, 30, 90]),
            OpenApiParameter("from", OpenApiTypes.DATE),
            OpenApiParameter("to", OpenApiTypes.DATE),
            OpenApiParameter("team", int),
        ],
    )
    def get(self, request: Request, name: str) -> Response:
        user = _person(request)
        if not allowed(user, "reports"):
            raise not_allowed()
        form = CutForm(request.query_params, user=user, at=timezone.now())
        cut = form.cut()
        if form.errors:
            raise ValidationError(
                {name: list(map(str, said)) for name, said in form.errors.items()}
            )
        if name not in names_for(cut):
            raise Http404
        return Response(ReportSerializer(_told(PANELS[name](cut), cut.period)).data)


def _told(panel: Panel, period: Period) -> dict[str, object]:
    return {
        "name": panel.name,
        "question": panel.question,
        "answer": panel.answer,
        "definition": panel.definition,
        "n": panel.count,
        "first": period.first,
        "last": period.last,
        "notes": panel.notes,
        "columns": [asdict(column) for column in panel.columns],
        "rows": panel.records(),
    }


def _person(request: Request) -> User:
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


urlpatterns: list[URLPattern] = [
    path("handoffs/<id:handoff_id>/feedback/", HandoffFeedback.as_view(), name="handoff_feedback"),
    path("handoffs/<id:handoff_id>/feedback/reply/", Reply.as_view(), name="feedback_reply"),
    path("feedback/", FeedbackList.as_view(), name="feedback"),
    path("reports/<slug:name>/", Report.as_view(), name="report"),
]
