"""Criteria: versions as both teams would sign them, from a file to being in force."""

from itertools import groupby
from typing import Any, Final

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from handoff.people.access import allowed
from handoff.people.pages import PersonRequest, needs, problem
from leads.actions import rules
from leads.actions.intake import marketing_teams
from leads.forms.rules import AnswerForm, ApprovalForm, RulesForm
from leads.models import RuleSet, Wave
from leads.queries.unmet import unmet_by
from leads.refusals import Refusal
from leads.rules.checks import faults_of
from leads.rules.criteria import Rules
from leads.rules.reading import read
from leads.rules.sentences import AXES, changes, faults_said, frame, sentence
from leads.stages import RuleSetState

SHOWN: Final = 200
"""Versions on one page, the newest of each team first."""
PEOPLE: Final = ("team", "created_by", "proposed_by", "approved_by")


@require_http_methods(["GET", "HEAD", "POST"])
@needs("read_rules")
def list_(request: PersonRequest) -> HttpResponse:
    writes = allowed(request.user, "rules")
    if request.method == "POST" and not writes:
        return problem(request, 403)
    form = RulesForm(request.POST or None, request.FILES or None, teams=_teams(request))
    if request.method == "POST" and form.is_valid():
        said, team_id = form.cleaned_data["file"], form.cleaned_data["team"]
        why, at = form.cleaned_data["why"], timezone.now()
        try:
            row = rules.draft(team_id=team_id, rules=said, why=why, by=request.user, at=at)
        except Refusal as refusal:
            if not refusal.fields:
                raise
            form.blame(refusal.fields)
        else:
            return redirect("leads:edit_rules" if said is None else "leads:rule_set", row.pk)
    context = {"scopes": _scopes(request), "form": form, "writes": writes}
    return render(request, "leads/rules.html", context, status=422 if form.errors else 200)


@require_safe
@needs("read_rules")
def rule_set(request: PersonRequest, pk: int) -> HttpResponse:
    return _page(request, _row(request, pk))


@require_safe
@needs("read_rules")
def file(request: PersonRequest, pk: int) -> HttpResponse:
    """The version in the form in which it can be brought in again."""
    row = _row(request, pk)
    named = f'attachment; filename="criteria-{row.pk}-v{row.number}.json"'
    dumped = {"ensure_ascii": False, "indent": 2}
    return JsonResponse(row.rules, json_dumps_params=dumped, headers={"Content-Disposition": named})


@require_safe
@needs("read_rules")
def progress(request: PersonRequest, pk: int) -> HttpResponse:
    """How far all leads are scored anew; once they are, the whole page anew."""
    row = _row(request, pk)
    wave = _wave(row)
    if wave is None or wave.finished_at:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return render(request, "leads/_wave.html", {"row": row, "wave": wave})


@require_POST
@needs("rules")
def propose(request: PersonRequest, pk: int) -> HttpResponse:
    """A draft with faults comes back as its own page, which lists them."""
    try:
        rules.propose(rule_set_id=pk, by=request.user, at=timezone.now())
    except Refusal as refusal:
        if not refusal.fields:
            raise
        return _page(request, _row(request, pk), status=422)
    messages.success(request, _("Proposed. Whoever leads sales was asked to approve."))
    return redirect("leads:rule_set", pk)


@require_POST
@needs("approve_rules")
def approve(request: PersonRequest, pk: int) -> HttpResponse:
    form = ApprovalForm(request.POST)
    if not form.is_valid():
        return problem(request, 400)
    read_ = form.cleaned_data["revision"]
    rules.approve(rule_set_id=pk, revision=read_, by=request.user, at=timezone.now())
    messages.success(request, _("In force from now on. All leads are being scored by it."))
    return redirect("leads:rule_set", pk)


@require_POST
@needs("approve_rules")
def send_back(request: PersonRequest, pk: int) -> HttpResponse:
    row = _row(request, pk)
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _page(request, row, answer=form, status=422)
    rules.send_back(
        rule_set_id=pk, why=form.cleaned_data["why"], by=request.user, at=timezone.now()
    )
    return redirect("leads:rule_set", pk)


def _page(
    request: PersonRequest, row: RuleSet, *, answer: AnswerForm | None = None, status: int = 200
) -> HttpResponse:
    said = read(row.rules)
    draft, current = row.state == RuleSetState.DRAFT, row.state != RuleSetState.RETIRED
    context = {
        "row": row,
        "axes": _axes(said),
        "frame": frame(said),
        "against": (against := row.replaces()),
        "changes": changes(read(against.rules), said) if against else [],
        "faults": faults_said(faults_of(said)) if draft else [],
        "doubts": faults_said(unmet_by(said, team_id=row.team_id)) if current else [],
        "wave": _wave(row),
        "may_propose": row.may_edit(request.user),
        "may_answer": row.state == RuleSetState.PROPOSED
        and row.proposed_by_id != request.user.pk
        and allowed(request.user, "approve_rules"),
        "answer": answer or AnswerForm(),
    }
    return render(request, "leads/rules_version.html", context, status=status)


def _axes(said: Rules) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Each axis with its criteria as sentences, and the role of each."""
    return [
        (axis.value, str(label), [(each.role.value, sentence(each)) for each in said.on(axis)])
        for axis, label in AXES.items()
    ]


def _wave(row: RuleSet) -> Wave | None:
    return Wave.objects.filter(rule_set=row).first()


def _scopes(request: PersonRequest) -> list[tuple[Any, list[RuleSet]]]:
    """Versions by the team they are for, the common ones last."""
    rows = RuleSet.objects.visible_to(request.user).select_related(*PEOPLE)
    listed = rows.order_by("team__name", "team_id", "-number")[:SHOWN]
    return [(team, list(each)) for team, each in groupby(listed, key=lambda row: row.team)]


def _teams(request: PersonRequest) -> list[Any]:
    return [
        team for team in marketing_teams(request.user) if allowed(request.user, "rules", on=team)
    ]


def _row(request: PersonRequest, pk: int) -> RuleSet:
    rows = RuleSet.objects.visible_to(request.user).select_related(*PEOPLE)
    return get_object_or_404(rows, pk=pk)
