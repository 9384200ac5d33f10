"""The reports: all on one page, each as a file."""

from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from feedback.forms import CutForm
from feedback.panels.registry import PANELS, names_for
from feedback.panels.sides import accounts
from handoff.people.pages import PersonRequest, needs
from leads.exports import csv_file


@needs("reports")
@require_safe
def reports(request: PersonRequest) -> HttpResponse:
    """Every report of a period and a team; the address is the view."""
    form = CutForm(request.GET, user=request.user, at=timezone.now())
    cut = form.cut()
    context = {
        "form": form,
        "tabs": form.tabs(),
        "period": cut.period,
        "panels": [PANELS[name](cut) for name in names_for(cut)],
        "query": form.query(),
    }
    return render(request, "feedback/reports.html", context)


@needs("reports")
@require_safe
def both_sides(request: PersonRequest) -> HttpResponse:
    """What each side has kept in the usual period, for the board to show."""
    cut = CutForm(QueryDict(), user=request.user, at=timezone.now()).cut()
    context = {"accounts": accounts(cut), "days": cut.period.days}
    return render(request, "feedback/_sides.html", context)


@needs("reports")
@require_safe
def report_csv(request: PersonRequest, name: str) -> HttpResponse:
    """One report's table as a file: the same rows, unrounded."""
    form = CutForm(request.GET, user=request.user, at=timezone.now())
    cut = form.cut()
    if name not in names_for(cut):
        raise Http404
    panel = PANELS[name](cut)
    period = cut.period
    return csv_file(
        f"{name}-{period.first}-{period.last}",
        [column.label for column in panel.columns],
        panel.rows,
    )
