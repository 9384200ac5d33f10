"""The editor of a draft: add, change and reorder criteria, with a preview as one types."""

from contextlib import suppress
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from handoff.people.pages import PersonRequest, needs
from leads.actions import rules as actions
from leads.forms.rules_editor import Editor, opened, typed
from leads.models import RuleSet
from leads.queries.preview import preview_of
from leads.queries.unmet import attribute_names, unmet_by
from leads.refusals import Refusal
from leads.rules.checks import faults_of
from leads.rules.reading import RulesProblem, read
from leads.rules.sentences import changes, faults_said

ONWARD: Final = {"backtest": "leads:backtest", "ideas": "leads:ideas"}
"""Where a draft leads to once it is saved."""


@require_http_methods(["GET", "HEAD", "POST"])
@needs("rules")
def edit(request: PersonRequest, pk: int) -> HttpResponse:
    row = draft_or_404(request, pk)
    if request.method != "POST":
        rules = read(row.rules)
        editor = opened(rules, why=row.why, marks=row.marks, revision=row.revision)
        return _page(request, row, editor)
    editor = typed(request.POST)
    if _arrange(editor, request.POST.get("do", "")):
        return _page(request, row, editor)
    try:
        actions.revise(
            rule_set_id=row.pk, rules=editor.json(), why=editor.why, marks=editor.marks,
            revision=editor.revision, by=request.user, at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        return _refused(request, row, editor, refusal)
    messages.success(request, _("The draft is saved."))
    return redirect(ONWARD.get(request.POST.get("do", ""), "leads:rule_set"), row.pk)


@require_POST
@needs("rules")
def preview(request: PersonRequest, pk: int) -> HttpResponse:
    """What the criteria as typed would make of the last ninety days' leads."""
    row, editor = draft_or_404(request, pk), typed(request.POST)
    try:
        rules = read(editor.json())
    except RulesProblem as problem:
        faults = faults_said(problem.faults)
        return render(request, "leads/_rules_preview.html", {"faults": faults})
    try:
        found = preview_of(rules, team_id=row.team_id, by=request.user, at=timezone.now())
    except Refusal as refusal:
        faults = [str(refusal)]
        return render(request, "leads/_rules_preview.html", {"faults": faults, "editor": editor})
    editor.doubt({**unmet_by(rules, team_id=row.team_id), **found.doubts})
    doubts = faults_said({**found.doubts, **faults_of(rules)})
    context = {"found": found, "doubts": doubts, "editor": editor}
    return render(request, "leads/_rules_preview.html", context)


def draft_or_404(request: PersonRequest, pk: int) -> RuleSet:
    row = get_object_or_404(RuleSet.objects.visible_to(request.user).select_related("team"), pk=pk)
    if not row.may_edit(request.user):
        raise Http404
    return row


def _arrange(editor: Editor, do: str) -> bool:
    """Add, move or drop a row without saving; whether that was asked."""
    step, _colon, what = do.partition(":")
    number = int(what) if what.isascii() and what.isdecimal() and len(what) < 4 else -1
    if step == "add":
        editor.add(what)
    elif step in ("up", "down"):
        editor.move(number, -1 if step == "up" else 1)
    elif step == "drop":
        editor.drop(number)
    return step in ("add", "up", "down", "drop")


def _refused(
    request: PersonRequest, row: RuleSet, editor: Editor, refusal: Refusal
) -> HttpResponse:
    """Nothing typed is lost; who was second sees what the first one changed."""
    editor.blame(refusal.fields or {"": str(refusal)})
    theirs = []
    if refusal.reason == "changed_meanwhile":
        row.refresh_from_db()
        editor.revision = row.revision
        theirs = changes(read(editor.json()), read(row.rules))
    return _page(request, row, editor, theirs=theirs, status=refusal.status)


def _page(
    request: PersonRequest, row: RuleSet, editor: Editor, *, status: int = 200, **more: object
) -> HttpResponse:
    fragment = request.headers.get("HX-Request") == "true"
    template = "leads/_rules_form.html" if fragment else "leads/rules_edit.html"
    editor.attributes = attribute_names(row.team_id, by=request.user)
    with suppress(RulesProblem):
        editor.doubt(unmet_by(read(editor.json()), team_id=row.team_id))
    answer = render(request, template, {"row": row, "editor": editor, **more}, status=status)
    if fragment:
        answer["HX-Trigger-After-Settle"] = "arranged"
    return answer
