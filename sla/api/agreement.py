"""The agreement over the API: read, drafted, proposed by one side and signed by the other."""

from typing import Any, Final

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from handoff.people.access import allowed
from handoff.people.models import Side, User
from leads.api.problems import NOT_FOUND, READING, WRITING
from leads.api.shapes import Strict
from leads.refusals import not_allowed
from sla.actions import agreements, signing
from sla.actions.terms import Terms
from sla.api.promises import LARGEST, PromiseView, person
from sla.models import Agreement, AgreementState, Clause, ClauseKind, Evidence
from sla.queries.agreements import (
    MOST_VERSIONS,
    PEOPLE,
    promises_of,
    teams_read_by,
    versions_towards,
)
from sla.sentences import promise

MOST_SECONDS: Final = 2**31 - 1
LONGEST: Final = signing.LONGEST_WHY


class ClauseSerializer(Strict):
    """Seconds of open time: warned so long before the deadline, the manager told so long after."""

    kind = serializers.ChoiceField(choices=ClauseKind.choices)
    target = serializers.IntegerField(min_value=0, max_value=MOST_SECONDS)
    warn_before = serializers.IntegerField(min_value=0, max_value=MOST_SECONDS, default=0)
    escalate_after = serializers.IntegerField(
        min_value=0, max_value=MOST_SECONDS, allow_null=True, default=None
    )
    evidence = serializers.ChoiceField(choices=Evidence.choices, allow_blank=True, default="")


class ClauseInWordsSerializer(ClauseSerializer):
    promise = serializers.SerializerMethodField()

    def get_promise(self, clause: Clause) -> str:
        return promise(clause)


class AgreementVersionSerializer(serializers.ModelSerializer[Agreement]):
    """One version; `team_id` is null for the one towards every other team.

    `started_at` of what is not signed yet is when it is to begin, null for the moment of signing.
    """

    team_id = serializers.IntegerField(allow_null=True)
    calendar_id = serializers.IntegerField()
    calendar = serializers.CharField(source="calendar.name")
    state = serializers.ChoiceField(choices=AgreementState.choices)
    created_by = serializers.CharField(source="created_by.name", allow_null=True, default=None)
    proposed_side = serializers.ChoiceField(choices=Side.choices, allow_blank=True)
    proposed_by = serializers.CharField(source="proposed_by.name", allow_null=True, default=None)
    signed_by = serializers.CharField(source="signed_by.name", allow_null=True, default=None)

    class Meta:
        model = Agreement
        fields = (
            *("id", "number", "state", "team_id", "calendar_id", "calendar", "claim_accepts"),
            *("started_at", "ended_at", "revision", "created_at", "created_by", "why", "answer"),
            *("proposed_side", "proposed_at", "proposed_by", "signed_at", "signed_by"),
        )


class AgreementSerializer(AgreementVersionSerializer):
    """A version with its clauses."""

    clauses = serializers.SerializerMethodField()

    class Meta(AgreementVersionSerializer.Meta):
        fields = (*AgreementVersionSerializer.Meta.fields, "clauses")  # type: ignore[assignment]

    @extend_schema_field(ClauseInWordsSerializer(many=True))
    def get_clauses(self, agreement: Agreement) -> Any:
        rows: Any = promises_of(agreement).clauses
        return ClauseInWordsSerializer(rows, many=True).data


class AgreementVersionsSerializer(serializers.Serializer[Any]):
    results = AgreementVersionSerializer(many=True)


class AgreementTermsSerializer(Strict):
    """What a version says; each clause once."""

    calendar = serializers.IntegerField(min_value=1, max_value=LARGEST)
    claim_accepts = serializers.BooleanField()
    clauses = serializers.ListField(child=ClauseSerializer(), max_length=16)

    def terms(self) -> dict[str, Any]:
        said = self.validated_data
        return {
            "calendar_id": said["calendar"],
            "claim_accepts": said["claim_accepts"],
            "clauses": [Terms(**clause) for clause in said["clauses"]],
        }


class AgreementDraftSerializer(AgreementTermsSerializer):
    """A new draft; `team` is null for the agreement with every other team."""

    team = serializers.IntegerField(min_value=1, max_value=LARGEST, allow_null=True, default=None)


class AgreementRevisionSerializer(AgreementTermsSerializer):
    """A draft as it is to be; `revision` is the one that it was written over."""

    revision = serializers.IntegerField(min_value=1, max_value=MOST_SECONDS)


class AgreementProposalSerializer(Strict):
    """`side` is needed of who could speak for both; without `starts_at` it begins when signed."""

    why = serializers.CharField(max_length=LONGEST)
    starts_at = serializers.DateTimeField(allow_null=True, default=None)
    side = serializers.ChoiceField(choices=Side.choices, allow_blank=True, default="")


class AgreementAnswerSerializer(Strict):
    why = serializers.CharField(max_length=LONGEST)


class AgreementQuery(serializers.Serializer[Any]):
    team = serializers.IntegerField(required=False, min_value=1, max_value=LARGEST)


class Agreements(PromiseView):
    """The agreement in force, and drafting its next version."""

    @extend_schema(
        operation_id="agreement_read",
        parameters=[AgreementQuery],
        responses={200: AgreementSerializer, **READING, 404: NOT_FOUND},
    )
    def get(self, request: Request) -> Response:
        """The agreement towards a team: its own, else the one for every other team."""
        team_id = _team_asked(request)
        return Response(_told(agreements.in_force(team_id, at=timezone.now())))

    @extend_schema(
        operation_id="agreement_draft",
        request=AgreementDraftSerializer,
        responses={201: AgreementSerializer, **WRITING},
    )
    def post(self, request: Request) -> Response:
        """A new draft. It changes nothing until one side proposes and the other signs it."""
        by = _who(request, "propose_agreement")
        sent = AgreementDraftSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        team_id = sent.validated_data["team"]
        row = signing.draft(team_id=team_id, by=by, at=timezone.now(), **sent.terms())
        return Response(_told(row), status=201)


class Versions(PromiseView):
    @extend_schema(
        operation_id="agreement_versions",
        parameters=[AgreementQuery],
        responses={200: AgreementVersionsSerializer, **READING, 404: NOT_FOUND},
    )
    def get(self, request: Request) -> Response:
        """The newest versions towards a team, or towards every other team, drafts among them."""
        rows = versions_towards(_team_asked(request), person(request))[:MOST_VERSIONS]
        return Response(AgreementVersionsSerializer({"results": rows}).data)


class Version(PromiseView):
    """One version, and changing it while it is a draft."""

    @extend_schema(
        operation_id="agreement_version",
        responses={200: AgreementSerializer, **READING, 404: NOT_FOUND},
    )
    def get(self, request: Request, pk: int) -> Response:
        return Response(_told(_row(request, pk)))

    @extend_schema(
        operation_id="agreement_revise",
        request=AgreementRevisionSerializer,
        responses={200: AgreementSerializer, **WRITING},
    )
    def put(self, request: Request, pk: int) -> Response:
        """Change a draft; one that somebody else changed meanwhile stays as they left it."""
        by = _who(request, "propose_agreement")
        _row(request, pk)
        sent = AgreementRevisionSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        revision = sent.validated_data["revision"]
        row = signing.revise(
            agreement_id=pk, revision=revision, by=by, at=timezone.now(), **sent.terms()
        )
        return Response(_told(row))


class Copy(PromiseView):
    @extend_schema(
        operation_id="agreement_copy", request=None, responses={201: AgreementSerializer, **WRITING}
    )
    def post(self, request: Request, pk: int) -> Response:
        """A new draft with the words of this version."""
        by = _who(request, "propose_agreement")
        row = signing.copy(agreement_id=pk, by=by, at=timezone.now())
        return Response(_told(row), status=201)


class Propose(PromiseView):
    @extend_schema(
        operation_id="agreement_propose",
        request=AgreementProposalSerializer,
        responses={200: AgreementSerializer, **WRITING},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Put a draft before the other side."""
        by = _who(request, "propose_agreement")
        _row(request, pk)
        sent = AgreementProposalSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        said, at = sent.validated_data, timezone.now()
        return Response(_told(signing.propose(agreement_id=pk, by=by, at=at, **said)))


class Sign(PromiseView):
    @extend_schema(
        operation_id="agreement_sign", request=None, responses={200: AgreementSerializer, **WRITING}
    )
    def post(self, request: Request, pk: int) -> Response:
        """Sign what the other side proposed; it takes the place of the one before at its start."""
        by = _who(request, "sign_agreement")
        return Response(_told(signing.sign(agreement_id=pk, by=by, at=timezone.now())))


class SendBack(PromiseView):
    @extend_schema(
        operation_id="agreement_send_back",
        request=AgreementAnswerSerializer,
        responses={200: AgreementSerializer, **WRITING},
    )
    def post(self, request: Request, pk: int) -> Response:
        """Answer a proposal with what it misses; it is a draft again."""
        by = _who(request, "sign_agreement")
        _row(request, pk)
        sent = AgreementAnswerSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        why = sent.validated_data["why"]
        row = signing.send_back(agreement_id=pk, why=why, by=by, at=timezone.now())
        return Response(_told(row))


def _who(request: Request, word: str) -> User:
    by = person(request)
    if not allowed(by, word):
        raise not_allowed()
    return by


def _row(request: Request, pk: int) -> Agreement:
    rows = Agreement.objects.visible_to(person(request)).select_related(*PEOPLE)
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _team_asked(request: Request) -> int | None:
    asked = AgreementQuery(data=request.query_params)
    asked.is_valid(raise_exception=True)
    team_id: int | None = asked.validated_data.get("team")
    if team_id and not teams_read_by(person(request)).filter(pk=team_id).exists():
        raise Http404
    return team_id


def _told(agreement: Agreement) -> Any:
    return AgreementSerializer(agreement).data
