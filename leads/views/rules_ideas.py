"""Ideas for a draft: what the history suggests, each added with one click."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from handoff.people.pages import PersonRequest, needs, problem
from leads.actions import rules as actions
from leads.forms.rules_ideas import SPANS, WHOLE, IdeaForm, first_day, span_of
from leads.models import RuleSet
from leads.queries.backtest import PATIENCE
from leads.queries.ideas import Ideas, ideas_of, period_of
from leads.refusals import Refusal
from leads.rules.ideas import Idea, added, dropped
from leads.views.rules_editor import draft_or_404


@require_http_methods(["GET", "HEAD", "POST"])
@needs("rules")
def ideas(request: PersonRequest, pk: int) -> HttpResponse:
    row = draft_or_404(request, pk)
    if request.method == "POST":
        return _change(request, row)
    span = span_of(request.GET.get("span", ""))
    tabs = [(f"?span={name}", label, name == span, None) for name, (label, _back) in SPANS.items()]
    return render(request, "leads/rules_ideas.html", {"row": row, "span": span, "tabs": tabs})


@require_safe
@needs("rules")
def found(request: PersonRequest, pk: int) -> HttpResponse:
    """The list by itself: counting takes a moment."""
    row, now = draft_or_404(request, pk), timezone.now()
    span = span_of(request.GET.get("span", ""))
    period = period_of(first_day(span, now), None, now=now, team_id=row.team_id)
    try:
        said = ideas_of(row, period=period, by=request.user, within=PATIENCE)
    except Refusal as refusal:
        return render(request, "leads/_backtest_wrong.html", {"refusal": refusal})
    context = {"row": row, "found": said, "top": _top(said), "sides": _sides(said)}
    return render(request, "leads/_rules_ideas.html", context | _way_on(row, span))


def _way_on(row: RuleSet, span: str) -> dict[str, Any]:
    """What to do where there are no ideas: look further back, or bring in what lies further."""
    if span == WHOLE:
        return {"next": reverse("leads:imports"), "next_text": _("Import your history")}
    whole = f"{reverse('leads:ideas', args=[row.pk])}?span={WHOLE}"
    return {"next": whole, "next_text": _("Look at the whole history")}


def _change(request: PersonRequest, row: RuleSet) -> HttpResponse:
    """Add an idea, or take one out again, as a change of the draft that was on screen."""
    form = IdeaForm(request.POST)
    if not form.is_valid():
        return problem(request, 400)
    said, key = form.cleaned_data, ""
    if said["drop"]:
        changed = dropped(row.rules, said["drop"])
    else:
        changed, key = added(row.rules, form.criterion())
    try:
        row = actions.revise(
            rule_set_id=row.pk, rules=changed, why=row.why, marks=row.marks,
            revision=said["revision"], by=request.user, at=timezone.now(),
        )  # fmt: skip
    except Refusal as refusal:
        if refusal.reason != "changed_meanwhile":
            raise
        return _stale(request, row, refusal)
    return _changed(request, row, said, key)


def _changed(request: PersonRequest, row: RuleSet, said: dict[str, Any], key: str) -> HttpResponse:
    if request.headers.get("HX-Request") != "true":
        messages.success(request, _("The draft is saved."))
        return redirect("leads:edit_rules", row.pk)
    now = next((each for each in row.rules["criteria"] if each["key"] == key), None)
    context = {
        "row": row,
        "idea": said["idea"],
        "json": json.dumps(said["idea"]),
        "may_veto": said["may_veto"],
        "added": now,
        "changed": True,
    }
    return render(request, "leads/_rules_idea_go.html", context)


def _stale(request: PersonRequest, row: RuleSet, refusal: Refusal) -> HttpResponse:
    """Nothing was added to a draft that is no longer the one on screen; the way on is told."""
    context = {"row": row, "refusal": refusal}
    answer = render(request, "leads/_rules_idea_stale.html", context, status=refusal.status)
    answer["HX-Retarget"], answer["HX-Reswap"] = "#messages", "innerHTML"
    return answer


def _sides(found: Ideas) -> list[tuple[str, str, list[tuple[Idea, dict[str, Any], str]]]]:
    """What speaks for a sale and what speaks against one, each idea with what a click sends."""
    sides = (
        ("better", _("Won more often"), found.better),
        ("worse", _("Won less often"), found.worse),
    )
    return [
        (name, title, [(idea, said := idea.criterion(), json.dumps(said)) for idea in listed])
        for name, title, listed in sides
    ]


def _top(found: Ideas) -> float:
    """Where the line of the intervals ends, so that the highest of them just fits."""
    highest = [idea.share.high or 0.0 for idea in (*found.better, *found.worse)]
    return max(highest, default=1.0)
