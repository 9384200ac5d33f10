"""Agreement: what the two teams promise each other, and writing its next version."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from handoff.calendars.places import spoken_country
from handoff.calendars.week import spoken_week
from handoff.people.access import reach_of
from handoff.people.models import Side, Team
from handoff.people.pages import PersonRequest, needs
from leads.refusals import Refusal
from sla.actions import agreements
from sla.derivation import due_sentence
from sla.forms.agreement import AgreementForm, written
from sla.models import Agreement, ClauseKind
from sla.queries.agreements import (
    MOST_VERSIONS,
    Promises,
    own_in_force,
    promises_of,
    teams_read_by,
    versions_towards,
)
from sla.sentences import ICONS, consequences, promise


@require_GET
@needs("read_agreement")
def agreement(request: PersonRequest, team_id: int | None = None) -> HttpResponse:
    """The agreement towards a team: its own, else the one for every other team."""
    team = _team(request, team_id)
    found = agreements.in_force(team.pk if team else None, at=timezone.now())
    return _page(request, found, team)


@require_GET
@needs("read_agreement")
def version(request: PersonRequest, pk: int) -> HttpResponse:
    """An earlier version, as it was."""
    found = get_object_or_404(
        Agreement.objects.visible_to(request.user).select_related("team", "calendar"), pk=pk
    )
    return _page(request, found, found.team)


@require_http_methods(["GET", "POST"])
@needs("agreement")
def edit(request: PersonRequest, team_id: int | None = None) -> HttpResponse:
    """Write the next version over the one in force."""
    team = None if team_id is None else get_object_or_404(teams_read_by(request.user), pk=team_id)
    if request.method == "POST":
        return _written(request, AgreementForm(request.POST), team)
    current = agreements.in_force(team_id, at=timezone.now())
    replaces = current.number if current.team_id == team_id else 0
    clauses = promises_of(current).clauses
    return _form(request, AgreementForm(initial=written(current, clauses, replaces=replaces)), team)


def _written(request: PersonRequest, form: AgreementForm, team: Team | None) -> HttpResponse:
    """Put it in force; what cannot be so stays on the page with what is wrong at its field."""
    if not form.is_valid():
        return _form(request, form, team, status=422)
    try:
        published = _publish(form, request, team)
    except Refusal as refusal:
        if refusal.status in {403, 404}:
            raise
        form.blame(refusal.fields or {"": str(refusal.sentence)})
        return _form(request, form, team, status=refusal.status)
    said = _("Version %(n)d is in force. Clocks that already run keep theirs.")
    messages.success(request, said % {"n": published.number})
    return redirect(_address(team))


def _team(request: PersonRequest, team_id: int | None) -> Team | None:
    """The team asked for; without one, the only team that a seller sells in."""
    teams = teams_read_by(request.user)
    if team_id is not None:
        return get_object_or_404(teams, pk=team_id)
    reach = reach_of(request.user)
    mine = reach.team_ids(Side.SALES)
    if reach.everywhere or reach.team_ids(Side.MARKETING) or len(mine) != 1:
        return None
    return teams.filter(pk=mine[0]).first()


def _page(request: PersonRequest, found: Agreement, team: Team | None) -> HttpResponse:
    teams = list(teams_read_by(request.user))
    promises = promises_of(found)
    schedule = promises.hours.schedule()
    return render(
        request,
        "sla/agreement.html",
        {
            "promises": promises,
            "clauses": _clauses(promises),
            "team": team,
            "inherited": team is not None and found.team_id is None,
            "week": spoken_week(schedule),
            "country": spoken_country(promises.hours.country) if promises.hours.country else "",
            "example": _example(promises),
            "versions": versions_towards(found.team_id, request.user)[:MOST_VERSIONS],
            "tabs": _tabs(request, teams, team),
            "edit": _address(team, "sla:edit_agreement"),
        },
    )


def _clauses(promises: Promises) -> list[tuple[str, str, list[str]]]:
    return [
        (ICONS[ClauseKind(clause.kind)], promise(clause), consequences(clause))
        for clause in promises.clauses
    ]


def _example(promises: Promises) -> str:
    """When a lead handed over at this moment would have to be claimed, and why then."""
    target = next(clause.target for clause in promises.clauses if clause.kind == ClauseKind.CLAIM)
    at = timezone.now().replace(microsecond=0, second=0)
    days = promises.hours.holiday_names({at.year, at.year + 1})
    return due_sentence(promises.hours.schedule(), start=at, target=target, holidays=days)


def _tabs(
    request: PersonRequest, teams: Sequence[Team], shown: Team | None
) -> list[tuple[str, str, bool, int]]:
    """The common agreement and each team with its own; editors reach every team."""
    own = own_in_force(request.user, teams)
    every = "agreement" in reach_of(request.user).words
    listed = [team for team in teams if every or team.pk in own or team == shown]
    tabs = [(_address(team), str(team), team == shown, 0) for team in listed]
    rest = _("Every other team") if own else _("All teams")
    return [(_address(None), rest, shown is None, 0), *tabs] if tabs else []


def _address(team: Team | None, page: str = "sla:agreement") -> str:
    return reverse(f"{page}_of", args=[team.pk]) if team else reverse(page)


def _publish(form: AgreementForm, request: PersonRequest, team: Team | None) -> Agreement:
    said = form.cleaned_data
    return agreements.publish(
        team_id=team.pk if team else None,
        calendar_id=said["calendar"].pk,
        clauses=form.terms(),
        claim_accepts=said["claim_accepts"],
        replaces=said["replaces"],
        by=request.user,
        at=timezone.now(),
    )


def _form(
    request: PersonRequest, form: AgreementForm, team: Team | None, status: int = 200
) -> HttpResponse:
    context = {"form": form, "team": team, "back": _address(team)}
    return render(request, "sla/agreement_form.html", context, status=status)
