"""Django as WSGI. Everything here is UTF-8, whatever a `charset` claims."""

import os
from collections.abc import Mapping
from typing import Any

from django.core.handlers.wsgi import WSGIRequest
from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "handoff.settings")


class Utf8Request(WSGIRequest):
    """One that no `charset` makes unreadable; `handoff.hygiene` refuses any that is not ours.

    Django takes the name of every codec that Python has, "hex" too, and reads the address by it.
    """

    def _set_content_type_params(self, meta: Mapping[str, Any]) -> None:
        kind, self.content_params = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        self.content_type = kind


application = get_wsgi_application()
application.request_class = Utf8Request
