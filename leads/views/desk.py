"""The marketer's first page: what to do now."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from handoff.people.access import allowed
from handoff.people.pages import PersonRequest, needs
from leads.queries.desk import desk_of


@require_safe
@needs("intake")
def desk(request: PersonRequest) -> HttpResponse:
    at = timezone.now()
    lists = desk_of(request.user, today=timezone.localdate(at), at=at)
    context = {"desk": lists, "may_qualify": allowed(request.user, "qualify")}
    return render(request, "leads/desk.html", context)
