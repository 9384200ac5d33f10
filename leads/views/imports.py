"""Files of leads, from upload to report."""

import json
from collections.abc import Iterator, Sequence
from typing import Any, Final

from django.db.models import Count, Func, IntegerField
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from handoff.people.pages import PersonRequest, needs
from leads.actions import imports
from leads.actions.intake import marketing_teams
from leads.actions.rehearsal import look
from leads.exports import csv_download
from leads.forms.imports import MappingForm, UploadForm
from leads.mapping import MappingProblem
from leads.models import ImportBatch, Quarantine
from leads.problems import KINDS, Problem
from leads.refusals import Refusal
from leads.tabular.table import FileProblem

SHOWN: Final = 50
State = ImportBatch.State


@require_http_methods(["GET", "HEAD", "POST"])
@needs("import")
def list_(request: PersonRequest) -> HttpResponse:
    teams = marketing_teams(request.user)
    form = UploadForm(request.POST or None, request.FILES or None, teams=teams)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            batch = imports.upload(
                file=file,
                name=file.name,
                team_id=form.cleaned_data["team"].pk,
                by=request.user,
                at=timezone.now(),
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            return redirect("leads:import", batch.pk)
    rows = ImportBatch.objects.visible_to(request.user).select_related("by", "team")[:100]
    context = {"batches": rows, "form": form, "teams": teams}
    return render(request, "leads/imports.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("import")
def import_(request: PersonRequest, pk: int) -> HttpResponse:
    batch = _batch(request, pk)
    if batch.state in (State.UPLOADED, State.READY):
        return _map(request, batch)
    if request.method == "POST":
        return redirect("leads:import", pk)
    context = {"batch": batch, "report": report_of(batch), "why": _why(batch)}
    return render(request, "leads/import.html", context)


def _map(request: PersonRequest, batch: ImportBatch) -> HttpResponse:
    """The columns, what they are, and how the first rows read that way."""
    try:
        columns = imports.table_of(batch).columns
    except FileProblem as found:
        return render(request, "leads/import.html", {"batch": batch, "why": str(found)})
    form = MappingForm(request.POST or None, columns=columns, mapping=batch.mapping)
    if request.method == "POST" and form.is_valid():
        try:
            imports.set_mapping(
                batch_id=batch.pk, mapping=form.mapping(), by=request.user, at=timezone.now()
            )
        except Refusal as refusal:
            blame(form, refusal)
        else:
            return redirect("leads:import", batch.pk)
    context = {"batch": batch, "form": form, "columns": columns, **_preview(batch)}
    return render(request, "leads/mapping.html", context, status=422 if form.errors else 200)


def _preview(batch: ImportBatch) -> dict[str, Any]:
    try:
        looked = look(batch, at=timezone.now())
    except (FileProblem, MappingProblem) as found:
        return {"looked": [], "unreadable": str(found)}
    wrong = sum(bool(each.problems) for each in looked)
    plain = json.dumps(batch.mapping, ensure_ascii=False, indent=2)
    return {"looked": looked, "wrong": wrong, "mapping": plain}


@require_POST
@needs("import")
def begin(request: PersonRequest, pk: int) -> HttpResponse:
    imports.begin(batch_id=pk, by=request.user, at=timezone.now())
    return redirect("leads:import", pk)


@require_POST
@needs("import")
def discard(request: PersonRequest, pk: int) -> HttpResponse:
    imports.discard(batch_id=pk, by=request.user)
    return redirect("leads:imports")


@require_safe
@needs("import")
def progress(request: PersonRequest, pk: int) -> HttpResponse:
    """The bar; once nothing runs any more, the whole page anew with its report."""
    batch = _batch(request, pk)
    if batch.state == State.RUNNING:
        return render(request, "leads/_progress.html", {"batch": batch})
    return HttpResponse(headers={"HX-Refresh": "true"})


@require_safe
@needs("import")  # type: ignore[arg-type]  # a stream is no HttpResponse
def quarantine_csv(request: PersonRequest, pk: int) -> HttpResponseBase:
    """The rows that were not taken in, as they stood, to be mended and sent again."""
    batch = _batch(request, pk)
    names = names_in(batch)
    header = [*names, _("row"), _("what is wrong")]
    return csv_download(f"import-{pk}-quarantine", header, quarantined(batch, names))


def names_in(batch: ImportBatch) -> list[str]:
    """The columns of the widest row: one that could not be read is a single cell."""
    width = Func("raw", function="jsonb_array_length", output_field=IntegerField())
    widest = Quarantine.objects.filter(batch=batch).order_by(width.desc(), "row").first()
    return [name for name, _cell in widest.raw] if widest else []


def quarantined(batch: ImportBatch, names: Sequence[str]) -> Iterator[Sequence[object]]:
    rows = Quarantine.objects.filter(batch=batch).order_by("row")
    for each in rows.iterator(chunk_size=1_000):
        cells = dict(each.raw)
        yield [*(cells.get(name, "") for name in names), each.row, said(each)]


def said(row: Quarantine) -> str:
    """Everything that is wrong with a row, in the reader's language."""
    found = (Problem.read(each) for each in row.problems)
    return " ".join(f"{one.column}: {one}" if one.column else str(one) for one in found)


def report_of(batch: ImportBatch) -> dict[str, Any]:
    """Why rows were set aside: how many for each reason, and the first of them."""
    rows = Quarantine.objects.filter(batch=batch)
    reasons = rows.order_by().values_list("reason").annotate(n=Count("pk")).order_by("-n")
    return {
        "reasons": [(KINDS[code], n) for code, n in reasons[:20]],
        "rows": [(each.row, said(each), each.raw[:6]) for each in rows[:SHOWN]],
    }


def blame(form: UploadForm | MappingForm, refusal: Refusal) -> None:
    if not refusal.fields:
        raise refusal
    for name, sentence in refusal.fields.items():
        form.add_error(name if name in form.fields else None, sentence)


def _why(batch: ImportBatch) -> str:
    if batch.state != State.FAILED:
        return ""
    return batch.error or _("Something unexpected stopped it. What was brought in is kept.")


def _batch(request: PersonRequest, pk: int) -> ImportBatch:
    rows = ImportBatch.objects.visible_to(request.user).select_related("by", "team")
    return get_object_or_404(rows, pk=pk)
