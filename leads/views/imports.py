"""Files of leads, from upload to report."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from handoff.people.pages import PersonRequest, needs
from leads.models import ImportBatch


@require_safe
@needs("import")
def list_(request: PersonRequest) -> HttpResponse:
    rows = ImportBatch.objects.visible_to(request.user).select_related("by", "team")[:100]
    return render(request, "leads/imports.html", {"batches": rows})
