"""A handoff's clocks, which its workspace fetches by address, and what people do to them."""

from collections.abc import Callable
from functools import partial

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from handoff.people.pages import PersonRequest, asked_next, needs
from leads import refusals
from leads.models import Handoff
from sla.actions import contests, pauses, reopening
from sla.forms.clocks import PauseForm, WhyForm
from sla.models import Clock
from sla.queries.clocks import clocks_of
from sla.queries.delays import delays_of


@require_GET
@needs("read_agreement")
def clocks(request: PersonRequest, pk: int) -> HttpResponse:
    found = Handoff.objects.visible_to(request.user).select_related("lead")
    handoff = get_object_or_404(found, pk=pk)
    return _shown(request, handoff)


@require_POST
@needs("pause")
def pause(request: PersonRequest, pk: int) -> HttpResponse:
    step = partial(pauses.pause, clock_id=pk, by=request.user, at=timezone.now())
    return _done(request, pk, PauseForm(request.POST, of=pk), step, _("Paused."))


@require_POST
@needs("pause")
def resume(request: PersonRequest, pk: int) -> HttpResponse:
    clock = pauses.resume(clock_id=pk, by=request.user, at=timezone.now())
    return _again(request, clock, _("It is counted again."))


@require_POST
@needs("reopen")
def reopen(request: PersonRequest, pk: int) -> HttpResponse:
    step = partial(reopening.reopen, clock_id=pk, by=request.user, at=timezone.now())
    return _done(request, pk, WhyForm(request.POST, of=pk), step, _("It is promised once more."))


@require_POST
@needs("contest")
def contest(request: PersonRequest, pk: int) -> HttpResponse:
    step = partial(contests.contest, clock_id=pk, by=request.user, at=timezone.now())
    said = _("Contested. The other side is asked.")
    return _done(request, pk, WhyForm(request.POST, of=pk), step, said)


@require_POST
@needs("waive")
def waive(request: PersonRequest, pk: int) -> HttpResponse:
    step = partial(contests.waive, clock_id=pk, by=request.user, at=timezone.now())
    return _done(request, pk, WhyForm(request.POST, of=pk), step, _("The breach is waived."))


@require_POST
@needs("waive")
def keep(request: PersonRequest, pk: int) -> HttpResponse:
    step = partial(contests.keep, clock_id=pk, by=request.user, at=timezone.now())
    return _done(request, pk, WhyForm(request.POST, of=pk), step, _("The breach stays one."))


def _done(
    request: PersonRequest, pk: int, form: WhyForm, step: Callable[..., Clock], said: str
) -> HttpResponse:
    """Take the step; what is wrong with the form is told above what was on screen."""
    if not Clock.objects.visible_to(request.user).filter(pk=pk).exists():
        raise Http404
    clock = form.take(step)
    if clock is None:
        raise refusals.wrong(**{name: str(faults[0]) for name, faults in form.errors.items()})
    return _again(request, clock, said)


def _again(request: PersonRequest, clock: Clock, said: str) -> HttpResponse:
    messages.success(request, said)
    if request.headers.get("HX-Request") == "true":
        return _shown(request, clock.handoff)
    return redirect(asked_next(request) or clock.handoff.get_absolute_url())


def _shown(request: PersonRequest, handoff: Handoff) -> HttpResponse:
    at = timezone.now()
    context = {
        "rows": clocks_of(handoff, request.user, at=at),
        "delays": delays_of(handoff, at=at),
        "at": at,
    }
    return render(request, "sla/_clocks.html", context)
