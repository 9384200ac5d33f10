"""What if: a period of a team replayed under other hours, sellers, targets or order."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from handoff.people.pages import PersonRequest, needs
from leads.refusals import Refusal
from sla.forms.what_if import WhatIfForm
from sla.queries.what_if import FEWEST, Replay, replay_of
from sla.what_if import told_of


@require_safe
@needs("board")
def what_if(request: PersonRequest) -> HttpResponse:
    """The page at once; the answer, which takes a moment, is fetched by it."""
    form = WhatIfForm(request.GET, user=request.user, at=timezone.now())
    context = {
        "form": form,
        "has_teams": form.teams.exists(),
        "asks": form.is_valid(),
        "query": form.query(),
    }
    status = 422 if form.errors and context["has_teams"] else 200
    return render(request, "sla/what_if.html", context, status=status)


@require_safe
@needs("board")
def what_if_answer(request: PersonRequest) -> HttpResponse:
    at = timezone.now()
    form = WhatIfForm(request.GET, user=request.user, at=at)
    if not form.is_valid():
        return render(request, "sla/_what_if_wrong.html", {"form": form}, status=422)
    scenario = form.scenario()
    try:
        found = replay_of(form.cleaned_data["team"], form.days(), scenario, at=at)
    except Refusal as refusal:
        form.blame(refusal.fields or {})
        return render(request, "sla/_what_if_wrong.html", {"form": form}, status=422)
    if not isinstance(found, Replay):
        few = {"count": len(found.arrivals), "fewest": FEWEST}
        return render(request, "sla/_what_if_few.html", few)
    return render(request, "sla/_what_if.html", {"told": told_of(found, scenario)})
