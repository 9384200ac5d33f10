"""Outcomes over the API."""

from datetime import datetime
from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view

from handoff.people.models import User
from leads.actions import outcome as actions
from leads.api import baton
from leads.api.problems import WRITING
from leads.api.steps import Step

ANSWERS = {200: baton.HandoffSerializer, **WRITING}


@extend_schema_view(
    post=extend_schema(operation_id="handoffs_accept", request=None, responses=ANSWERS)
)
class Accept(Step):
    """Accept a claimed lead."""

    def act(self, pk: int, *, by: User, at: datetime, **sent: Any) -> object:
        return actions.accept(handoff_id=pk, by=by, at=at)


@extend_schema_view(
    post=extend_schema(
        operation_id="handoffs_return", request=baton.ReturnSerializer, responses=ANSWERS
    )
)
class Return(Step):
    """Return a lead with a reason, which decides what becomes of it."""

    takes = baton.ReturnSerializer

    def act(self, pk: int, *, by: User, at: datetime, **sent: Any) -> object:
        return actions.give_back(handoff_id=pk, by=by, at=at, **sent)


@extend_schema_view(
    post=extend_schema(operation_id="handoffs_win", request=baton.WinSerializer, responses=ANSWERS)
)
class Win(Step):
    """Record a lead as won."""

    takes = baton.WinSerializer

    def act(self, pk: int, *, by: User, at: datetime, **sent: Any) -> object:
        return actions.win(handoff_id=pk, by=by, at=at, **sent)


@extend_schema_view(
    post=extend_schema(
        operation_id="handoffs_lose", request=baton.LoseSerializer, responses=ANSWERS
    )
)
class Lose(Step):
    """Record a lead as lost, with a reason."""

    takes = baton.LoseSerializer

    def act(self, pk: int, *, by: User, at: datetime, **sent: Any) -> object:
        return actions.lose(handoff_id=pk, by=by, at=at, **sent)
