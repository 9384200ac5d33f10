"""The teams of both sides."""

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from handoff.people import actions
from handoff.people.forms import TeamForm, TeamNameForm, saved
from handoff.people.models import Membership, Team
from handoff.people.pages import PersonRequest, needs


@require_http_methods(["GET", "HEAD", "POST"])
@needs("people")
def teams(request: PersonRequest) -> HttpResponse:
    form = TeamForm(request.POST or None)
    if form.is_valid():
        team = saved(
            form,
            lambda: actions.add_team(**form.cleaned_data, by=request.user, at=timezone.now()),
        )
        if team:
            messages.success(request, _("%(name)s is ready.") % {"name": team.name})
            return redirect("teams")
    members = (
        Membership.objects.filter(team=OuterRef("pk"), user__is_active=True)
        .values("team")
        .annotate(n=Count("pk"))
        .values("n")
    )
    rows = Team.objects.annotate(members=Coalesce(Subquery(members), 0)).order_by("side", "name")
    return render(request, "people/teams.html", {"form": form, "teams": rows})


@require_http_methods(["GET", "HEAD", "POST"])
@needs("people")
def team(request: PersonRequest, pk: int) -> HttpResponse:
    row = get_object_or_404(Team, pk=pk)
    form = TeamNameForm(request.POST or None, initial={"name": row.name})
    if form.is_valid():
        kept = saved(
            form,
            lambda: actions.rename_team(
                team_id=pk, **form.cleaned_data, by=request.user, at=timezone.now()
            ),
        )
        if kept:
            messages.success(request, _("Saved."))
            return redirect("teams")
    members = Membership.objects.filter(team=row).select_related("user").order_by("user__name")
    context = {"team": row, "form": form, "members": members}
    return render(request, "people/team.html", context)


@require_POST
@needs("people")
def archive(request: PersonRequest, pk: int) -> HttpResponse:
    return _act(request, pk, actions.archive_team)


@require_POST
@needs("people")
def restore(request: PersonRequest, pk: int) -> HttpResponse:
    return _act(request, pk, actions.restore_team)


def _act(request: PersonRequest, pk: int, verb: Callable[..., Team]) -> HttpResponse:
    get_object_or_404(Team, pk=pk)
    try:
        verb(team_id=pk, by=request.user, at=timezone.now())
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return redirect("team", pk=pk)
    return redirect("teams")
