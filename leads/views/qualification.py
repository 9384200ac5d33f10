"""Verdicts on a lead or on many at once, and how its score went."""

from collections.abc import Callable, Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from handoff.people.pages import PersonRequest, needs
from handoff.refused import came_from
from leads.actions import qualification
from leads.actions.qualification import Verdict
from leads.forms.qualification import chosen_leads
from leads.models import Lead
from leads.queries.score_history import history_of
from leads.refusals import Refusal

TOLD: int = 8


@require_safe
@needs("see_leads")
def score(request: PersonRequest, pk: int) -> HttpResponse:
    """How the score of a lead went; fetched by its page."""
    lead = get_object_or_404(Lead.objects.visible_to(request.user), pk=pk)
    try:
        history = history_of(lead, at=timezone.now())
    except Refusal as refusal:
        return render(request, "leads/_backtest_wrong.html", {"refusal": refusal})
    return render(request, "leads/_score_history.html", {"lead": lead, "history": history})


@require_POST
@needs("qualify")
def qualify(request: PersonRequest, pk: int) -> HttpResponse:
    reason = request.POST.get("reason", "")
    lead = qualification.qualify(lead_id=pk, reason=reason, by=request.user, at=timezone.now())
    messages.success(request, _("%(name)s is an MQL now.") % {"name": lead})
    return redirect(lead if reason.strip() else came_from(request))


@require_POST
@needs("qualify")
def dismiss(request: PersonRequest, pk: int) -> HttpResponse:
    reason = request.POST.get("reason", "")
    lead = qualification.dismiss(lead_id=pk, reason=reason, by=request.user, at=timezone.now())
    messages.success(request, _("%(name)s is not proposed any more.") % {"name": lead})
    return redirect(came_from(request))


@require_POST
@needs("qualify")
def disqualify(request: PersonRequest, pk: int) -> HttpResponse:
    reason = request.POST.get("reason", "")
    lead = qualification.disqualify(lead_id=pk, reason=reason, by=request.user, at=timezone.now())
    messages.success(request, _("%(name)s is disqualified.") % {"name": lead})
    return redirect(lead)


@require_POST
@needs("qualify")
def qualify_many(request: PersonRequest) -> HttpResponse:
    return _many(request, qualification.qualify_many)


@require_POST
@needs("qualify")
def dismiss_many(request: PersonRequest) -> HttpResponse:
    return _many(request, qualification.dismiss_many)


@require_POST
@needs("qualify")
def disqualify_many(request: PersonRequest) -> HttpResponse:
    return _many(request, qualification.disqualify_many)


def _many(request: PersonRequest, step: Callable[..., list[Verdict]]) -> HttpResponse:
    """Do it, tell what became of each, and go back to where the ticks were."""
    chosen = chosen_leads(request.POST)
    if not chosen:
        messages.warning(request, _("Tick at least one lead first."))
        return redirect(came_from(request))
    reason = request.POST.get("reason", "")
    verdicts = step(lead_ids=chosen, reason=reason, by=request.user, at=timezone.now())
    tell(request, verdicts)
    return redirect(came_from(request))


def tell(request: PersonRequest, verdicts: Sequence[Verdict]) -> None:
    """One line for all that went well, one for each that did not."""
    done = sum(verdict.refusal is None for verdict in verdicts)
    refused = [verdict for verdict in verdicts if verdict.refusal is not None]
    if done:
        messages.success(
            request, ngettext("%(n)d lead done.", "%(n)d leads done.", done) % {"n": done}
        )
    for verdict in refused[:TOLD]:
        text = _("Lead %(number)s was left as it is: %(why)s")
        messages.warning(request, text % {"number": verdict.lead_id, "why": verdict.refusal})
    if len(refused) > TOLD:
        more = len(refused) - TOLD
        messages.warning(
            request,
            ngettext("%(n)d more was left as it is.", "%(n)d more were left as they are.", more)
            % {"n": more},
        )
