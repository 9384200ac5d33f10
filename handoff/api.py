"""The API's roof: its URL map and how a problem is answered."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import ParseError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from leads.api.problems import refusal_body
from leads.refusals import Refusal


def answer_problem(error: Exception, context: dict[str, Any]) -> Response | None:
    """A refusal as JSON with the same words a page would show; the rest as DRF does."""
    if isinstance(error, Refusal):
        return Response(refusal_body(error), status=error.status)
    if isinstance(error, RequestDataTooBig):
        error = ParseError(str(error))
    return exception_handler(error, context)


# Its script comes as a file of its own: an inline one does not run under the content policy.
reference = SpectacularSwaggerSplitView.as_view(
    url_name="api:schema", template_name="reference.html"
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", reference, name="docs"),
    path("v1/", include("leads.api")),
    path("v1/", include("sla.api")),
    path("v1/", include("feedback.api")),
]
