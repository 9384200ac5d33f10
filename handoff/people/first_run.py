"""Before anybody exists, every page leads to the one that makes the first administrator."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from handoff.people.models import User

OPEN: Final = ("/setup/", "/language/", "/static/", "/api/", "/healthz/", "/metrics", "/events")


class FirstRunMiddleware:
    """Asks the database until the first person is there, and never again."""

    inhabited = False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        cls = type(self)
        if not cls.inhabited and not request.path_info.startswith(OPEN):
            cls.inhabited = User.objects.exists()
            if not cls.inhabited:
                return redirect(reverse("setup"))
        return self.get_response(request)
