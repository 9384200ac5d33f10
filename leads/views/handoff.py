"""Passing the baton: the offer with its preview, the workspace, and taking it back."""

from functools import partial
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from handoff.people.models import Team
from handoff.people.pages import PersonRequest, needs
from leads.actions import handoff as actions
from leads.forms.handoff import OfferForm
from leads.models import Campaign, Handoff, Lead
from leads.package import package_of
from leads.stages import OPEN, LeadStage
from leads.views.workspace import done, show


@require_http_methods(["GET", "POST"])
@needs("hand_off")
def offer(request: PersonRequest, pk: int) -> HttpResponse:
    lead = lead_of(request, pk)
    if request.method == "POST":
        form = OfferForm(request.POST, lead=lead)
        step = partial(offered, lead_id=lead.pk, by=request.user, at=timezone.now())
        row = form.take(step)
        if row is None:
            return page(request, lead, form, HTTPStatus.UNPROCESSABLE_ENTITY)
        sentence = _("%(lead)s is in the queue of %(team)s.")
        messages.success(request, sentence % {"lead": lead, "team": row.team})
        return redirect(lead)
    if lead.stage != LeadStage.MQL:
        return elsewhere(request, lead)
    return page(request, lead, OfferForm(lead=lead))


@require_POST
@needs("hand_off")
def offer_preview(request: PersonRequest, pk: int) -> HttpResponse:
    """The package as it is being written: its meter, and what the seller will see."""
    lead = lead_of(request, pk)
    form = OfferForm(request.POST, lead=lead)
    form.is_valid()
    return render(request, "leads/_package.html", package_context(lead, form))


@require_GET
@needs("search")
def handoff(request: PersonRequest, pk: int) -> HttpResponse:
    return show(request, pk)


@require_POST
@needs("search")
def withdraw(request: PersonRequest, pk: int) -> HttpResponse:
    row = actions.withdraw(handoff_id=pk, by=request.user, at=timezone.now())
    return done(request, pk, _("%(lead)s is out of the queue.") % {"lead": row.lead})


def lead_of(request: PersonRequest, pk: int) -> Lead:
    leads = Lead.objects.visible_to(request.user).select_related("campaign")
    return get_object_or_404(leads, pk=pk)


def offered(*, team: Team, campaign: Campaign | None, **package: Any) -> Handoff:
    return actions.offer(team_id=team.pk, campaign_id=campaign.pk if campaign else None, **package)


def page(
    request: PersonRequest, lead: Lead, form: OfferForm, status: int = HTTPStatus.OK
) -> HttpResponse:
    context = {"form": form, **package_context(lead, form)}
    return render(request, "leads/offer.html", context, status=status)


def package_context(lead: Lead, form: OfferForm) -> dict[str, object]:
    """What the seller sees, from what is sent or, before that, from what is prefilled."""
    written = form.cleaned_data if form.is_bound else form.initial
    pains = written.get("pains") or []
    pains = pains if isinstance(pains, list) else pains.splitlines()
    why_now = actions.describe_signal(actions.strongest_signal(lead))
    texts = {name: str(written.get(name) or "") for name in ("note", "promise")}
    return {
        "lead": lead,
        "package": package_of(lead, why_now=why_now, pains=pains, **texts),
        "seen": {"why_now": why_now, "pains": pains, **texts},
    }


def elsewhere(request: PersonRequest, lead: Lead) -> HttpResponse:
    """A page opened too late or too early: on to where the lead is now."""
    row = Handoff.objects.filter(lead=lead, state__in=OPEN).first()
    if row is not None:
        return redirect(row)
    sentence = _("Mark %(lead)s as MQL before handing off.")
    messages.warning(request, sentence % {"lead": lead})
    return redirect(lead)
