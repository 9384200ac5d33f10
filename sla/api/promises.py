"""Promises over the API: the board and the queue."""

from typing import Any, Final

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from handoff.people.access import allowed
from handoff.people.models import Scope, User
from handoff.people.permissions import TokenScope
from leads.api.problems import NOT_FOUND, READING
from sla.models import ClauseKind, Verdict
from sla.queries.board import LATE, SHOWN, Board, OpenRow
from sla.queries.keyset import place_from
from sla.queries.queue import queue_page, queue_teams

LARGEST: Final = 2**63 - 1


class TallySerializer(serializers.Serializer[Any]):
    """Counts of what is open now; `since` is when what waits longest was handed over."""

    waiting = serializers.IntegerField()
    held = serializers.IntegerField()
    risk = serializers.IntegerField()
    late = serializers.IntegerField()
    untried = serializers.IntegerField()
    owed = serializers.IntegerField()
    contested = serializers.IntegerField()
    since = serializers.DateTimeField(allow_null=True)


class TeamTallySerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="team.pk")
    name = serializers.CharField(source="team.name")
    tally = TallySerializer()


class PersonTallySerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField(source="user.pk")
    name = serializers.CharField(source="user.name")
    team_id = serializers.IntegerField(source="team.pk")
    capacity = serializers.IntegerField(allow_null=True)
    back = serializers.DateField(allow_null=True, help_text="The day they are back, while away.")
    tally = TallySerializer()


class OpenPromiseSerializer(serializers.Serializer[OpenRow]):
    clock_id = serializers.IntegerField(source="clock.pk")
    handoff_id = serializers.IntegerField(source="handoff.pk")
    lead_id = serializers.IntegerField(source="handoff.lead_id")
    lead = serializers.CharField(source="handoff.lead")
    team_id = serializers.IntegerField(source="clock.team_id")
    owner_id = serializers.IntegerField(source="clock.owner_id", allow_null=True)
    kind = serializers.ChoiceField(source="clock.kind", choices=ClauseKind.choices)
    offered_at = serializers.DateTimeField(source="handoff.offered_at")
    due_at = serializers.DateTimeField(source="clock.due_at")
    verdict = serializers.ChoiceField(source="clock.verdict", choices=Verdict.choices)
    paused_at = serializers.DateTimeField(source="clock.paused_at", allow_null=True)
    late_logged = serializers.BooleanField(source="clock.late_logged")
    bulk_logged = serializers.BooleanField(source="clock.bulk_logged")
    contested = serializers.CharField(source="contest.why", allow_null=True, default=None)


class BoardSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    total = TallySerializer()
    teams = TeamTallySerializer(many=True)
    people = PersonTallySerializer(many=True)
    promises = OpenPromiseSerializer(many=True)
    next = serializers.CharField(allow_blank=True, help_text="Send as `after` for the next page.")


class BoardQuery(serializers.Serializer[Any]):
    show = serializers.ChoiceField(choices=SHOWN, default=LATE)
    team = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST)
    person = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST)
    after = serializers.CharField(required=False, default="", allow_blank=True, max_length=40)


class PromiseView(APIView):
    permission_classes = (IsAuthenticated, TokenScope)
    scope = Scope.FLOW


class LiveBoard(PromiseView):
    """The board of who leads or manages."""

    @extend_schema(
        operation_id="board_read",
        parameters=[BoardQuery],
        responses={200: BoardSerializer, **READING, 404: NOT_FOUND},
    )
    def get(self, request: Request) -> Response:
        """Counts by team and person, and a page of the promises that are late (or `show`)."""
        user, at = person(request), timezone.now()
        if not allowed(user, "board"):
            raise PermissionDenied
        asked = BoardQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        board = Board(user, at=at)
        return Response(_whole(board, asked.validated_data))


def _whole(board: Board, asked: dict[str, Any]) -> Any:
    team_id = asked.get("team")
    if team_id is not None and team_id not in board.teams:
        raise Http404
    page = board.page(
        asked["show"],
        team_id=team_id,
        owner_id=asked.get("person"),
        after=place_from(asked["after"]),
    )
    return BoardSerializer(
        {
            "at": board.at,
            "total": board.total,
            "teams": board.teams.values(),
            "people": board.people,
            "promises": page.rows,
            "next": str(page.next or ""),
        }
    ).data


def person(request: Request) -> User:
    """Who asks; the permission classes let nobody else through."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


class WaitingSerializer(serializers.Serializer[Any]):
    """A lead that waits to be claimed, with its deadline."""

    handoff = serializers.IntegerField(source="handoff_id")
    lead = serializers.IntegerField(source="lead_id")
    team = serializers.IntegerField(source="team_id")
    name = serializers.CharField()
    company = serializers.CharField()
    origin = serializers.CharField()
    campaign = serializers.CharField(allow_null=True)
    grade = serializers.CharField(
        allow_blank=True,
        help_text="Profile A to D and interest 1 to 4; empty while no criteria speak for the lead.",
    )
    why_now = serializers.CharField()
    offered_at = serializers.DateTimeField()
    warn_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    paused_at = serializers.DateTimeField(allow_null=True)
    rescues = serializers.IntegerField()


class QueueSerializer(serializers.Serializer[Any]):
    results = WaitingSerializer(many=True)
    next = serializers.CharField(allow_blank=True, help_text="Send as `after` for the next page.")


class QueueQuery(serializers.Serializer[Any]):
    team = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST, default=None)
    after = serializers.CharField(required=False, allow_blank=True, max_length=60, default="")


class Queue(PromiseView):
    @extend_schema(
        operation_id="queue_list",
        parameters=[QueueQuery],
        responses={200: QueueSerializer, **READING},
    )
    def get(self, request: Request) -> Response:
        """What waits in the queues of your teams, the nearest deadline first."""
        asked = QueueQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        wanted, by = asked.validated_data, person(request)
        if not allowed(by, "see_queue"):
            raise PermissionDenied
        ids = [team.pk for team in queue_teams(by) if wanted["team"] in (None, team.pk)]
        page = queue_page(ids, after=place_from(wanted["after"]))
        shown = {"results": page.rows, "next": str(page.next or "")}
        return Response(QueueSerializer(shown).data)
