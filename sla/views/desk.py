"""What marketing owes sales, for its desk."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from handoff.people.pages import PersonRequest, needs
from sla.queries.work import owed_by_marketing


@require_safe
@needs("intake")
def owed(request: PersonRequest) -> HttpResponse:
    context = {"clocks": owed_by_marketing(request.user), "at": timezone.now()}
    return render(request, "sla/_owed.html", context)
