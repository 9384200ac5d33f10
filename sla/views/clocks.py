"""A handoff's clocks, which its workspace fetches by address."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from handoff.people.pages import PersonRequest, needs
from leads.models import Handoff
from sla.queries.clocks import clocks_of


@require_GET
@needs("read_agreement")
def clocks(request: PersonRequest, pk: int) -> HttpResponse:
    handoff = get_object_or_404(Handoff.objects.visible_to(request.user), pk=pk)
    context = {"rows": clocks_of(handoff, request.user), "at": timezone.now()}
    return render(request, "sla/_clocks.html", context)
