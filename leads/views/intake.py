"""Leads as pages: the list, one lead, a new one, a correction."""

from datetime import datetime
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from handoff.people.access import allowed
from handoff.people.models import User
from handoff.people.pages import PersonRequest, needs
from leads import stages
from leads.actions.edit import edit as correct
from leads.actions.intake import Captured, capture, marketing_teams
from leads.exports import csv_download
from leads.forms.intake import (
    COLUMN_LABELS,
    EditLeadForm,
    FilterForm,
    NewLeadForm,
    chips_of,
    columns_from,
    filters_from,
)
from leads.forms.qualification import ReasonForm
from leads.models import Handoff, Lead
from leads.queries import people
from leads.queries.evidence import axes_of, package_now, strongest_of
from leads.queries.explanation import explanation_of
from leads.queries.timeline import story_of
from leads.refusals import Refusal


@require_safe
@needs("see_leads")
def list_(request: PersonRequest) -> HttpResponse:
    filters = filters_from(request.GET, today=timezone.localdate())
    page = people.lead_page(request.user, filters, after=request.GET.get("after", ""))
    campaigns = people.campaigns_of(request.user)
    context = {
        "page": page,
        "filters": filters,
        "form": FilterForm(request.GET, origins=people.origins(), campaigns=campaigns),
        "chips": chips_of(filters, campaigns),
        "columns": columns(request.GET),
        "first": "after" not in request.GET,
        "file": request.GET.urlencode(),
        "may_qualify": allowed(request.user, "qualify"),
        "may_add": allowed(request.user, "intake"),
    }
    return render(request, "leads/list.html", context)


def columns(query: QueryDict) -> list[tuple[str, Any, bool]]:
    """Name and words of each column, and whether it is shown."""
    shown = columns_from(query)
    return [(name, label, name in shown) for name, label in COLUMN_LABELS.items()]


@require_safe
@needs("see_leads")  # type: ignore[arg-type]  # a stream is no HttpResponse
def list_csv(request: PersonRequest) -> HttpResponseBase:
    filters = filters_from(request.GET, today=timezone.localdate())
    rows = people.file_rows(request.user, filters)
    return csv_download("leads", people.FILE, rows)


SHOWN_WITH: Final = (
    *("campaign", "source", "team", "marketing_qualified_by", "qualified_under"),
    "score__rule_set",
)


@require_safe
@needs("see_leads")
def lead(request: PersonRequest, pk: int) -> HttpResponse:
    found = _lead(request.user, pk, *SHOWN_WITH)
    strongest = strongest_of(found)
    context = {
        "lead": found,
        "strongest": strongest,
        "axes": axes_of(found),
        "why": explanation_of(found),
        "package": package_now(found, strongest.text if strongest else ""),
        "story": story_of(found),
        "journey": _journey(found),
        **_steps(request.user, found),
    }
    return render(request, "leads/lead.html", context)


def _journey(found: Lead) -> Handoff | None:
    """The latest handoff of the lead."""
    rows = Handoff.objects.filter(lead=found).select_related("team", "claimed_by")
    return rows.order_by("-offered_at", "-pk").first()


def _steps(user: User, found: Lead) -> dict[str, Any]:
    """Which steps are open to this person from here."""
    marks = allowed(user, "qualify", on=found.team_id)
    score = getattr(found, "score", None)
    waits = score is not None and score.proposes and found.stage in stages.PROPOSABLE
    return {
        "proposal": score if waits else None,
        "may_edit": allowed(user, "intake", on=found.team_id),
        "qualify": marks and found.stage in stages.QUALIFIABLE and ReasonForm(name="qualify"),
        "disqualify": marks
        and found.stage in stages.DISQUALIFIABLE
        and ReasonForm(name="disqualify"),
        "may_offer": found.stage == stages.LeadStage.MQL
        and allowed(user, "hand_off", on=found.team_id),
    }


@require_safe
@needs("see_leads")
def timeline(request: PersonRequest, pk: int) -> HttpResponse:
    found = _lead(request.user, pk)
    story = story_of(found, after=request.GET.get("after", ""))
    return render(request, "leads/_timeline.html", {"story": story, "lead": found})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("intake")
def new(request: PersonRequest) -> HttpResponse:
    teams = marketing_teams(request.user)
    form = NewLeadForm(request.POST or None, by=request.user, teams=teams)
    if request.method == "POST" and form.is_valid():
        try:
            captured = capture(record=form.inbound(), by=request.user, at=timezone.now())
        except Refusal as refusal:
            form.blame(refusal)
        else:
            return _taken_in(request, captured)
    status = 422 if form.errors else 200
    return render(request, "leads/new.html", {"form": form, "teams": teams}, status=status)


def _taken_in(request: PersonRequest, captured: Captured) -> HttpResponse:
    """To the lead's page; whoever is of another team stays out of sight."""
    if captured.created:
        messages.success(request, _("%(name)s is in.") % {"name": captured.lead})
    elif Lead.objects.visible_to(request.user).filter(pk=captured.lead.pk).exists():
        messages.info(
            request,
            _("%(name)s was known already; this touch was added.") % {"name": captured.lead},
        )
    else:
        messages.info(
            request, _("Another team knows this person already; the touch was passed on to it.")
        )
        return redirect("leads:list")
    return redirect(captured.lead)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("intake")
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    found = _lead(request.user, pk)
    form = EditLeadForm(request.POST or None, by=request.user, lead=found)
    if request.method == "POST" and form.is_valid():
        try:
            correct(
                lead_id=pk,
                changes=form.changes(),
                opened=_instant(form.cleaned_data["opened"]),
                by=request.user,
                at=timezone.now(),
            )
        except Refusal as refusal:
            form.blame(refusal)
        else:
            return redirect(found)
    status = 422 if form.errors else 200
    return render(request, "leads/edit.html", {"form": form, "lead": found}, status=status)


def _instant(text: str) -> datetime:
    """The state that the editor saw; text that is none was never shown by us."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return datetime.min.replace(tzinfo=timezone.get_default_timezone())


def _lead(user: User, pk: int, *related: str) -> Lead:
    rows = Lead.objects.visible_to(user)
    return get_object_or_404(rows.select_related(*related) if related else rows, pk=pk)
