"""The box at the top of every page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from handoff.people.access import allowed
from handoff.people.pages import PersonRequest, needs
from leads.queries.people import search_page


@require_safe
@needs("search")
def search(request: PersonRequest) -> HttpResponse:
    query = request.GET.get("q", "").strip()[:200]
    rows, beyond = search_page(request.user, query, after=request.GET.get("after", ""))
    context = {
        "query": query,
        "rows": rows,
        "next": beyond,
        "first": "after" not in request.GET,
        "sees_leads": allowed(request.user, "see_leads"),
    }
    return render(request, "leads/search.html", context)
