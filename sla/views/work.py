"""My work: what I planned, what I hold, what I owe, and how this month goes."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from handoff.people.pages import PersonRequest, needs
from sla.queries.work import claims_of, month_of, planned_by


@require_GET
@needs("work")
def work(request: PersonRequest) -> HttpResponse:
    at = timezone.now()
    context = {
        "steps": planned_by(request.user),
        "claims": claims_of(request.user),
        "month": month_of(request.user, at=at),
        "at": at,
    }
    return render(request, "sla/work.html", context)
