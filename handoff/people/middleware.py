"""Language before anybody is known, then the person's own language and zone."""

import zoneinfo
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

Next = Callable[[HttpRequest], HttpResponse]


class LanguageMiddleware:
    """The switch's cookie, else what the browser asks for."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        translation.activate(translation.get_language_from_request(request))
        request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
        response = self.get_response(request)
        response.headers.setdefault("Content-Language", translation.get_language() or "")
        return response


class PersonMiddleware:
    """A signed-in person's language and time zone win over the browser's."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        if user.language:
            translation.activate(user.language)
            request.LANGUAGE_CODE = user.language
        zone = zoneinfo.ZoneInfo(user.zone) if user.zone else timezone.get_default_timezone()
        with timezone.override(zone):
            return self.get_response(request)
