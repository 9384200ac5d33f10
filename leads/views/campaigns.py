"""Campaigns: what they cost, what they promised, how far their people got."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from handoff.people.access import allowed
from handoff.people.pages import PersonRequest, needs
from leads.actions.campaigns import keep_campaign
from leads.actions.intake import marketing_teams
from leads.forms.campaigns import CampaignForm
from leads.models import Campaign
from leads.queries.funnel import CampaignFigures, campaign_figures
from leads.refusals import Refusal

SHOWN: int = 200


@require_safe
@needs("campaigns")
def list_(request: PersonRequest) -> HttpResponse:
    rows = list(Campaign.objects.visible_to(request.user).select_related("team")[:SHOWN])
    figures = campaign_figures(request.user, rows)
    pairs = [(row, figures.get(row.pk, CampaignFigures())) for row in rows]
    return render(
        request, "leads/campaigns.html", {"pairs": pairs, "may_add": marketing_teams(request.user)}
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs("campaigns")
def new(request: PersonRequest) -> HttpResponse:
    return _form(request, Campaign())


@require_http_methods(["GET", "HEAD", "POST"])
@needs("campaigns")
def campaign(request: PersonRequest, pk: int) -> HttpResponse:
    return _form(request, get_object_or_404(Campaign.objects.visible_to(request.user), pk=pk))


def _form(request: PersonRequest, row: Campaign) -> HttpResponse:
    name = row.name
    teams = marketing_teams(request.user) if not row.pk else [row.team]
    form = CampaignForm(request.POST or None, instance=row, teams=teams)
    if request.method == "POST" and form.is_valid():
        try:
            keep_campaign(
                campaign=form.instance, materials=form.cleaned_data["materials"], by=request.user
            )
        except Refusal as refusal:
            if not refusal.fields:
                raise
            for field, sentence in refusal.fields.items():
                form.add_error(field, sentence)
        else:
            return redirect("leads:campaigns")
    figures = campaign_figures(request.user, [row]) if row.pk else {}
    context = {
        "form": form,
        "name": name,
        "row": row,
        "figures": figures.get(row.pk, CampaignFigures()) if row.pk else None,
        "may_save": not row.pk or allowed(request.user, "campaigns", on=row.team_id),
    }
    return render(request, "leads/campaign.html", context, status=422 if form.errors else 200)
