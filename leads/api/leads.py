"""Leads over the API: bring in, list, read, correct, and give a verdict."""

from typing import Any

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer

from handoff.people.access import reach_of
from handoff.people.models import Scope, Side, User
from leads import refusals
from leads.actions import qualification
from leads.actions.edit import edit
from leads.actions.intake import capture
from leads.api import shapes
from leads.api.idempotency import HEADER, Answer, once
from leads.api.problems import NOT_FOUND, READING, WRITING
from leads.api.steps import FlowView, person
from leads.models import Lead
from leads.models.lead import LeadQuerySet
from leads.queries.people import Filters, beyond, leads_of, place_after


class Leads(FlowView):
    """The door, and the list of who came in by it."""

    scope = Scope.INTAKE

    @extend_schema(
        operation_id="leads_list",
        parameters=[shapes.LeadsQuery],
        responses={200: shapes.LeadsSerializer, **READING},
    )
    def get(self, request: Request) -> Response:
        """The leads that you may see, latest touch first."""
        asked = shapes.LeadsQuery(data=request.query_params)
        asked.is_valid(raise_exception=True)
        read = asked.validated_data
        filters = Filters(
            query=read["q"],
            stages=(read["stage"],) if read["stage"] else (),
            origins=(read["origin"],) if read["origin"] else (),
            campaigns=(read["campaign"],) if "campaign" in read else (),
            grades=(read["grade"],) if read["grade"] else (),
            proposed_on=timezone.localdate() if read["proposed"] else None,
        )
        rows = _whole(leads_of(person(request), filters)).filter(beyond(read["after"]))
        found = list(rows.order_by("-touched_at", "-pk")[: read["limit"] + 1])
        page = found[: read["limit"]]
        more = place_after(page[-1].touched_at, page[-1].pk) if len(found) > len(page) else ""
        return Response(shapes.LeadsSerializer({"results": page, "next": more}).data)

    @extend_schema(
        operation_id="leads_create",
        parameters=[HEADER],
        request=shapes.LeadInSerializer,
        responses={200: shapes.TakenInSerializer, 201: shapes.TakenInSerializer, **WRITING},
    )
    def post(self, request: Request) -> Response:
        """Bring in a person: 201 for a new lead, 200 for one more touch of a known one."""
        by, at = person(request), timezone.now()
        sent = shapes.LeadInSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        record = sent.inbound(team_of(by, sent.validated_data.get("team")))

        def work() -> Answer:
            taken = capture(record=record, by=by, at=at)
            return 201 if taken.created else 200, {
                "id": taken.lead.pk,
                "created": taken.created,
                "interaction_id": taken.touch.pk,
            }

        return once(request, by, at, work)


class OneLead(FlowView):
    """One lead."""

    @extend_schema(
        operation_id="leads_read", responses={200: shapes.LeadSerializer, **READING, 404: NOT_FOUND}
    )
    def get(self, request: Request, pk: int) -> Response:
        return Response(shapes.LeadSerializer(one(person(request), pk)).data)

    @extend_schema(
        operation_id="leads_edit",
        request=shapes.LeadEditSerializer,
        responses={200: shapes.LeadSerializer, **WRITING},
    )
    def patch(self, request: Request, pk: int) -> Response:
        """Correct a lead; what is left out stays as it is."""
        sent = shapes.LeadEditSerializer(data=request.data)
        sent.is_valid(raise_exception=True)
        by = person(request)
        edit(lead_id=pk, changes=sent.changes(), by=by, at=timezone.now())
        return Response(shapes.LeadSerializer(one(by, pk)).data)


class Verdict(FlowView):
    """What a verdict is asked and answered with."""

    step: Any
    shape: type[Serializer[Any]] = shapes.ReasonSerializer

    def post(self, request: Request, pk: int) -> Response:
        sent = self.shape(data=request.data)
        sent.is_valid(raise_exception=True)
        by, reason = person(request), sent.validated_data["reason"]
        type(self).step(lead_id=pk, reason=reason, by=by, at=timezone.now())
        return Response(shapes.LeadSerializer(one(by, pk)).data)


@extend_schema_view(
    post=extend_schema(
        operation_id="leads_qualify",
        request=shapes.QualifySerializer,
        responses={200: shapes.LeadSerializer, **WRITING},
    )
)
class Qualify(Verdict):
    """Mark a lead MQL, with a reason; without one, as the criteria propose."""

    step = staticmethod(qualification.qualify)
    shape = shapes.QualifySerializer


@extend_schema_view(
    post=extend_schema(
        operation_id="leads_dismiss",
        request=shapes.ReasonSerializer,
        responses={200: shapes.LeadSerializer, **WRITING},
    )
)
class Dismiss(Verdict):
    """Set aside what the criteria propose, with a reason; the lead stays as it is."""

    step = staticmethod(qualification.dismiss)


@extend_schema_view(
    post=extend_schema(
        operation_id="leads_disqualify",
        request=shapes.ReasonSerializer,
        responses={200: shapes.LeadSerializer, **WRITING},
    )
)
class Disqualify(Verdict):
    """Set a lead aside, with a reason."""

    step = staticmethod(qualification.disqualify)


def team_of(by: User, asked: int | None) -> int:
    """The marketing team that was named, or the only one a person belongs to."""
    if asked is not None:
        return asked
    own = reach_of(by).team_ids(Side.MARKETING)
    if len(own) != 1:
        raise refusals.wrong(team=_("Say which marketing team this is for."))
    return own[0]


def one(by: User, pk: int) -> Lead:
    lead = _whole(Lead.objects.visible_to(by)).filter(pk=pk).first()
    if lead is None:
        raise Http404
    return lead


def _whole(rows: LeadQuerySet) -> LeadQuerySet:
    return rows.select_related("team", "source", "campaign", "score")
