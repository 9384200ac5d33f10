"""How a page says that a step did not happen; the API says the same in `handoff.api`."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from handoff.people.pages import problem
from leads.refusals import Refusal

Next = Callable[[HttpRequest], HttpResponse]


class RefusalMiddleware:
    """A refusal that no view caught: a message beside what was on screen, or a page of its own."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, Refusal):
            return None
        if request.headers.get("HX-Request") == "true":
            return as_message(request, error)
        if error.status == 404:
            return problem(request, 404)
        context = {"refusal": error, "back": came_from(request)}
        return render(request, "refusal.html", context, status=error.status)


def as_message(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """The message above the content; what was on screen stays."""
    answer = render(request, "_refusal.html", {"refusal": refusal}, status=refusal.status)
    answer["HX-Retarget"] = "#messages"
    answer["HX-Reswap"] = "innerHTML"
    return answer


def came_from(request: HttpRequest) -> str:
    """The page before, if it is one of ours."""
    address = request.headers.get("Referer", "")
    ours = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if ours else "/"


def malformed(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(request, 400)


def nowhere(request: HttpRequest, exception: Exception) -> HttpResponse:
    return problem(request, 404)
