"""A version of the criteria asked about the past: the page, its figures and tables as files."""

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from handoff.people.pages import PersonRequest, needs
from leads.exports import csv_file
from leads.forms.backtest import PeriodForm
from leads.models import Lead, RuleSet
from leads.origins import origin_label
from leads.queries.backtest import PATIENCE, backtest_of
from leads.refusals import Refusal
from leads.rules import findings, rankings
from leads.rules.checks import faults_of
from leads.rules.criteria import Rules
from leads.rules.findings import Figures
from leads.rules.reading import read
from leads.rules.sentences import faults_said, sentence

Table = tuple[list[str], list[list[Any]]]


@require_safe
@needs("read_rules")
def backtest(request: PersonRequest, pk: int) -> HttpResponse:
    """The page at once; what takes long is fetched by it."""
    row, form = _row(request, pk), PeriodForm(request.GET, at=timezone.now())
    rules = read(row.rules)
    context = {
        "row": row,
        "form": form,
        "asks": form.is_valid() and bool(rules.criteria),
        "is_empty": not rules.criteria,
        "faults": faults_said(faults_of(rules)) if rules.criteria else [],
        "query": form.query(),
        "may_edit": row.may_edit(request.user),
    }
    status = 422 if form.errors else 200
    return render(request, "leads/backtest.html", context, status=status)


@require_safe
@needs("read_rules")
def figures(request: PersonRequest, pk: int) -> HttpResponse:
    row, form = _row(request, pk), PeriodForm(request.GET, at=timezone.now())
    if not form.is_valid():
        return render(request, "leads/_backtest_wrong.html", {"form": form}, status=422)
    rules, active = read(row.rules), RuleSet.objects.speaking_for(row.team_id)
    try:
        found = _found(request, row, rules, form)
    except Refusal as refusal:
        return render(request, "leads/_backtest_wrong.html", {"refusal": refusal})
    against = active if active != row else None
    if against is None:  # in force itself: beside itself it would say everything twice
        for name in ("active", "flips"):
            found.pop(name, None)
    context = {"row": row, "against": against, "query": form.query()}
    return render(request, "leads/_backtest.html", context | _told(request, found, rules))


@require_safe
@needs("read_rules")
def table_csv(request: PersonRequest, pk: int, name: str) -> HttpResponse:
    """One table as a file: the same rows, unrounded. A period that is wrong is told on the page."""
    row, form = _row(request, pk), PeriodForm(request.GET, at=timezone.now())
    if not form.is_valid():
        return redirect(reverse("leads:backtest", args=[pk]) + form.query())
    rules = read(row.rules)
    header, rows = TABLES[name](_found(request, row, rules, form), rules)
    return csv_file(f"backtest-{row.pk}-v{row.number}-{name}", header, rows)


def _found(request: PersonRequest, row: RuleSet, rules: Rules, form: PeriodForm) -> Figures:
    period = form.period(row.team_id)
    return backtest_of(rules, period=period, by=request.user, within=PATIENCE)


def _told(request: PersonRequest, found: Figures, rules: Rules) -> dict[str, Any]:
    people = found["population"]
    return {
        "people": people,
        "lacks": _lacks(people),
        "answer": findings.answer(found),
        "by_chance": findings.by_chance(found),
        "bounds": findings.bounds(found),
        "young": findings.young(found),
        "beside": findings.beside(found),
        "confusion": findings.confusion(found),
        "weeks": findings.weeks(found),
        "weeks_told": findings.weeks_told(found),
        "flips": _flips(request, found),
        "criteria": rankings.criteria(found, rules),
        "origins": rankings.origins(found),
        "teams": rankings.teams(found),
    }


def _lacks(people: Figures) -> str:
    """What keeps the period from an outcome: no history, nothing old enough, or nothing handed
    over."""
    if not people["decisions"]:
        return "history"
    if people["labelled"]:
        return ""
    return "age" if people["immature"] == people["decisions"] else "outcomes"


def _flips(request: PersonRequest, found: Figures) -> list[dict[str, Any]]:
    """Who enters and who leaves, with the leads that the reader sees."""
    sides = found.get("flips", {})
    pks = [pk for side in sides.values() for pk in side["lead_ids"]]
    leads = Lead.objects.visible_to(request.user).in_bulk(pks)
    return [
        {
            "name": name,
            "count": side["decisions"],
            "told": findings.flip_told(side),
            "leads": [leads[pk] for pk in side["lead_ids"] if pk in leads],
        }
        for name, side in sides.items()
    ]


def _criteria_rows(found: Figures, rules: Rules) -> Table:
    said = {each.key: each for each in rules.criteria}
    header = [
        *("key", "axis", "criterion", "holds", "labelled", "coverage", "won", "precision"),
        *("precision_low", "precision_high", "lift", "ranked", "same_as", "overlap"),
    ]
    return header, [
        [
            *(row["key"], said[row["key"]].axis.value, sentence(said[row["key"]])),
            *(row["coverage"]["k"], row["coverage"]["n"], row["coverage"]["value"]),
            *(row["precision"]["k"], *_with_range(row["precision"]), row["lift"], row["ranked"]),
            *(row["redundancy"]["with"], row["redundancy"]["overlap"]),
        ]
        for row in found["criteria"]
    ]


def _origin_rows(found: Figures, rules: Rules) -> Table:
    header = [
        *("origin", "labelled", "won", "base_rate", "passed", "passed_won"),
        *("precision", "precision_low", "precision_high"),
        *("recall", "recall_low", "recall_high", "ranked"),
    ]
    return header, [
        [
            *(origin_label(row["origin"]), row["labelled"]),
            *(row["base_rate"]["k"], row["base_rate"]["value"]),
            *(row["precision"]["n"], row["precision"]["k"], *_with_range(row["precision"])),
            *(*_with_range(row["recall"]), row["ranked"]),
        ]
        for row in found["by_origin"]
    ]


def _with_range(share: Figures) -> tuple[float | None, float | None, float | None]:
    return share["value"], share["low"], share["high"]


TABLES: Final[dict[str, Callable[[Figures, Rules], Table]]] = {
    "criteria": _criteria_rows,
    "origins": _origin_rows,
}


def _row(request: PersonRequest, pk: int) -> RuleSet:
    return get_object_or_404(RuleSet.objects.visible_to(request.user).select_related("team"), pk=pk)
