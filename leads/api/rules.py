"""Criteria over the API: versions, drafts, and their way into force."""

from datetime import datetime
from typing import Any

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from handoff.people.access import allowed
from handoff.people.models import User
from leads import refusals
from leads.actions import rules as actions
from leads.api import rule_shapes
from leads.api.problems import NOT_FOUND, READING, TOO_LONG, WRITING, refusal_body
from leads.api.steps import FlowView, Step, person
from leads.api.steps import read as taken
from leads.models import RuleSet
from leads.models.rule import RuleSetQuerySet
from leads.queries.preview import preview_of
from leads.queries.unmet import unmet_by
from leads.refusals import Refusal
from leads.rules.checks import faults_of
from leads.rules.reading import RulesProblem, read
from leads.rules.sentences import changes

WHOLE = {200: rule_shapes.WholeRuleSetSerializer}
STALE = OpenApiResponse(rule_shapes.StaleSerializer, "No draft, or one that changed meanwhile.")


class RuleSets(FlowView):
    """Versions of the criteria, and the way to draft the next one."""

    @extend_schema(
        operation_id="rules_list",
        parameters=[rule_shapes.RuleSetsQuery],
        responses={200: rule_shapes.RuleSetsSerializer, **READING},
    )
    def get(self, request: Request) -> Response:
        """The versions that you may see, the newest first."""
        asked = taken(rule_shapes.RuleSetsQuery, request.query_params)
        rows = _visible(person(request))
        if asked["state"]:
            rows = rows.filter(state=asked["state"])
        if asked["team"]:
            rows = rows.filter(team=asked["team"])
        if asked["after"].isascii() and asked["after"].isdecimal() and len(asked["after"]) < 19:
            rows = rows.filter(pk__lt=int(asked["after"]))
        found = list(rows.order_by("-pk")[: asked["limit"] + 1])
        page = found[: asked["limit"]]
        more = str(page[-1].pk) if len(found) > len(page) else ""
        return Response(rule_shapes.RuleSetsSerializer({"results": page, "next": more}).data)

    @extend_schema(
        operation_id="rules_draft",
        request=rule_shapes.DraftSerializer,
        responses={201: rule_shapes.WholeRuleSetSerializer, **WRITING},
    )
    def post(self, request: Request) -> Response:
        """Make a draft: of criteria, or of what is in force."""
        sent, by = taken(rule_shapes.DraftSerializer, request.data), person(request)
        row = actions.draft(
            team_id=sent["team"], rules=sent["rules"], why=sent["why"], by=by, at=timezone.now()
        )
        return _answer(by, row.pk, 201)


class OneRuleSet(FlowView):
    """One version."""

    @extend_schema(operation_id="rules_read", responses={**WHOLE, **READING, 404: NOT_FOUND})
    def get(self, request: Request, pk: int) -> Response:
        return _answer(person(request), pk)

    @extend_schema(
        operation_id="rules_revise",
        request=rule_shapes.ReviseSerializer,
        responses={**WHOLE, **WRITING, 409: STALE},
    )
    def put(self, request: Request, pk: int) -> Response:
        """Change a draft; over one that changed meanwhile nothing is written."""
        sent, by = taken(rule_shapes.ReviseSerializer, request.data), person(request)
        try:
            actions.revise(rule_set_id=pk, by=by, at=timezone.now(), **sent)
        except Refusal as refusal:
            if refusal.reason != "changed_meanwhile":
                raise
            return _stale(by, pk, sent["rules"], refusal)
        return _answer(by, pk)


class RuleStep(Step):
    """One step of the version `pk`."""

    def answer(self, by: User, pk: int) -> Response:
        return _answer(by, pk)


@extend_schema_view(
    post=extend_schema(operation_id="rules_propose", request=None, responses={**WHOLE, **WRITING})
)
class Propose(RuleStep):
    """Put a draft before sales."""

    def act(self, pk: int, *, by: User, at: datetime, **sent: Any) -> object:
        return actions.propose(rule_set_id=pk, by=by, at=at)


@extend_schema_view(
    post=extend_schema(
        operation_id="rules_approve",
        request=rule_shapes.ApproveSerializer,
        responses={**WHOLE, **WRITING},
    )
)
class Approve(RuleStep):
    """Sign a proposal, which is in force from then on; whoever proposed it cannot."""

    takes = rule_shapes.ApproveSerializer

    def act(self, pk: int, *, by: User, at: datetime, **sent: Any) -> object:
        return actions.approve(rule_set_id=pk, by=by, at=at, **sent)


@extend_schema_view(
    post=extend_schema(
        operation_id="rules_send_back",
        request=rule_shapes.SendBackSerializer,
        responses={**WHOLE, **WRITING},
    )
)
class SendBack(RuleStep):
    """Answer a proposal with what it misses; it is a draft again."""

    takes = rule_shapes.SendBackSerializer

    def act(self, pk: int, *, by: User, at: datetime, **sent: Any) -> object:
        return actions.send_back(rule_set_id=pk, by=by, at=at, **sent)


class Preview(FlowView):
    @extend_schema(
        operation_id="rules_preview",
        request=rule_shapes.TrySerializer,
        responses={200: rule_shapes.PreviewSerializer, **WRITING, 503: TOO_LONG},
    )
    def post(self, request: Request, pk: int) -> Response:
        """What a version, or the criteria that are sent, would make of the last ninety days."""
        sent, by = taken(rule_shapes.TrySerializer, request.data), person(request)
        row = one(by, pk)
        if not (allowed(by, "rules", on=row.team_id) or allowed(by, "approve_rules")):
            raise refusals.not_allowed()
        try:
            rules = read(row.rules if sent["rules"] is None else sent["rules"])
        except RulesProblem as problem:
            raise refusals.wrong(**problem.faults) from None
        found = preview_of(rules, team_id=row.team_id, by=by, at=timezone.now())
        told = {
            **{name: getattr(found, name) for name in ("leads", "draft", "active", "percent")},
            "enter": found.enter,
            "leave": found.leave,
            "faults": faults_of(rules),
            "doubts": {**unmet_by(rules, team_id=row.team_id), **found.doubts},
        }
        return Response(rule_shapes.PreviewSerializer(told).data)


def _visible(by: User) -> RuleSetQuerySet:
    beside = ("team", "created_by", "proposed_by", "approved_by", "wave")
    return RuleSet.objects.visible_to(by).select_related(*beside)


def one(by: User, pk: int) -> RuleSet:
    row = _visible(by).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


def _answer(by: User, pk: int, status: int = 200) -> Response:
    """The version with what the page beside it says: what is not there, what it would change."""
    row: Any = one(by, pk)
    rules, against = read(row.rules), row.replaces()
    row.against = against.pk if against else None
    row.changes = changes(read(against.rules), rules) if against else []
    row.doubts = unmet_by(rules, team_id=row.team_id)
    return Response(rule_shapes.WholeRuleSetSerializer(row).data, status=status)


def _stale(by: User, pk: int, rules: Any, refusal: Refusal) -> Response:
    row = one(by, pk)
    difference = changes(read(rules), read(row.rules))
    body = {
        **refusal_body(refusal),
        "revision": row.revision,
        "difference": rule_shapes.ChangeSerializer(difference, many=True).data,
    }
    return Response(body, status=refusal.status)
