"""The last answer: when the house itself fails, or its database is away for a moment."""

import sys
from typing import Final

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

AWAY: Final = (OperationalError, InterfaceError)
COME_BACK_IN: Final = "3"  # seconds


def server_error(request: HttpRequest) -> HttpResponse:
    """503 while the database is away, 500 for what we did wrong; neither asks the database."""
    away = isinstance(sys.exc_info()[1], AWAY)
    status = 503 if away else 500
    sentence = (
        _("The database is away for a moment. Nothing was saved; try again in a few seconds.")
        if away
        else _("Something went wrong on our side. Nothing was saved; it has been written down.")
    )
    response: HttpResponse
    if request.path.startswith("/api/"):
        reason = "away" if away else "error"
        response = JsonResponse({"reason": reason, "detail": sentence}, status=status)
    else:
        response = HttpResponse(render_to_string("500.html", {"status": status}), status=status)
    if away:
        response["Retry-After"] = COME_BACK_IN
    return response
