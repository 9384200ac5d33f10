"""Who may open a page: the one decorator that page views wear."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, Final, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

from handoff.people.access import allowed
from handoff.people.models import User

P = ParamSpec("P")
Page = Callable[Concatenate[HttpRequest, P], HttpResponse]


SENTENCES: Final = {
    400: _(
        "The request was not complete or not valid. Nothing was changed. Go back and try again."
    ),
    403: _("Your role does not include this page. An administrator can change that."),
    404: _("The address is wrong, what it named is gone, or it belongs to another team."),
}


class PersonRequest(HttpRequest):
    """A request of a signed-in person: what a view behind `needs` gets."""

    user: User


PersonPage = Callable[Concatenate[PersonRequest, P], HttpResponse]


def needs(word: str) -> Callable[[PersonPage[P]], Page[P]]:
    """Sign-in first, then 403 with a page that says so where `word` is held in no team.

    Rows are scoped by `visible_to`; the right on one team is the action's to check.
    """

    def guard(view: PersonPage[P]) -> Page[P]:
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            user = request.user
            if not isinstance(user, User) or not user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            if not allowed(user, word):
                return problem(request, 403)
            return view(request, *args, **kwargs)  # type: ignore[arg-type]

        return guarded  # type: ignore[return-value]

    return guard


def problem(request: HttpRequest, status: int) -> HttpResponse:
    """The page for a request that cannot be answered, with the way on; for the API as JSON."""
    if request.path_info.startswith("/api/"):
        return JsonResponse({"detail": str(SENTENCES[status])}, status=status)
    return render(request, "problem.html", {"status": status}, status=status)


def asked_next(request: HttpRequest) -> str:
    """The address of ours that a form's `next` names; empty where it names none."""
    target = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, request.is_secure())
    return target if ours else ""
