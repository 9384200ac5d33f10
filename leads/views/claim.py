"""Taking the baton: by hand, the next one, or given by who leads the team."""

from functools import partial

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST
from django_htmx.http import HttpResponseClientRedirect

from handoff.people.pages import PersonRequest, asked_next, needs
from leads.actions import claim as actions
from leads.models import Handoff
from leads.views.workspace import done, reassign_form, show


@require_POST
@needs("claim")
def claim(request: PersonRequest, pk: int) -> HttpResponse:
    return opened(request, actions.claim(handoff_id=pk, by=request.user, at=timezone.now()))


@require_POST
@needs("claim")
def claim_next(request: PersonRequest, pk: int) -> HttpResponse:
    """The one of the team `pk` that has waited longest."""
    return opened(request, actions.claim_next(team_id=pk, by=request.user, at=timezone.now()))


@require_POST
@needs("reassign")
def reassign(request: PersonRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Handoff.objects.visible_to(request.user), pk=pk)
    form = reassign_form(row, request.POST)
    step = partial(actions.reassign, handoff_id=pk, by=request.user, at=timezone.now())
    given = form.take(step)
    if given is None:
        return show(request, pk, form)
    said = _("%(name)s holds it now.") % {"name": given.claimed_by}
    back = asked_next(request)
    if back:
        messages.success(request, said)
        return redirect(back)
    return done(request, pk, said)


def opened(request: PersonRequest, row: Handoff) -> HttpResponse:
    """Into the workspace, which is where a claim leads."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponseClientRedirect(row.get_absolute_url())
    return redirect(row)
