"""Reaching the lead: logging attempts, and planning what comes next."""

from datetime import datetime
from functools import partial
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from handoff.people.pages import PersonRequest, needs
from leads.actions import contact as actions
from leads.forms.handoff import AttemptForm, PlanForm
from leads.models import Attempt
from leads.views.workspace import done, show


@require_POST
@needs("work")
def attempt(request: PersonRequest, pk: int) -> HttpResponse:
    form = AttemptForm(request.POST)
    step = partial(attempted, handoff_id=pk, by=request.user, at=timezone.now())
    if form.take(step) is None:
        return show(request, pk, form)
    return done(request, pk, _("Logged."))


def attempted(*, occurred_at: datetime | None, at: datetime, **given: Any) -> Attempt:
    """An attempt without a time was just now."""
    return actions.attempt(occurred_at=occurred_at or at, at=at, **given)


@require_POST
@needs("work")
def plan(request: PersonRequest, pk: int) -> HttpResponse:
    form = PlanForm(request.POST)
    step = partial(actions.plan, handoff_id=pk, by=request.user, at=timezone.now())
    if form.take(step) is None:
        return show(request, pk, form)
    return done(request, pk, _("Planned."))


@require_POST
@needs("work")
def step_done(request: PersonRequest, pk: int) -> HttpResponse:
    step = actions.step_done(step_id=pk, by=request.user, at=timezone.now())
    return done(request, step.handoff_id, _("Done: %(what)s") % {"what": step.what})
