"""How the endpoints describe what can go wrong."""

from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers

from leads.refusals import Refusal


class ProblemSerializer(serializers.Serializer[Any]):
    """A step that did not happen: a reason for programs, a sentence for people."""

    reason = serializers.CharField()
    detail = serializers.CharField()
    winner = serializers.CharField(allow_blank=True)
    next_id = serializers.IntegerField(allow_null=True)
    fields = serializers.DictField(child=serializers.CharField())  # type: ignore[assignment]


class DetailSerializer(serializers.Serializer[Any]):
    detail = serializers.CharField()


MALFORMED: Final = OpenApiResponse(
    OpenApiTypes.OBJECT, "What was sent has another form than described here."
)
STRANGER: Final = OpenApiResponse(DetailSerializer, "No key, or one that is not known.")
FORBIDDEN: Final = OpenApiResponse(DetailSerializer, "The key or the person may not do this.")
NOT_FOUND: Final = OpenApiResponse(DetailSerializer, "Nothing with this id that you may see.")
NOT_NOW: Final = OpenApiResponse(ProblemSerializer, "Not possible from here.")
WRONG: Final = OpenApiResponse(ProblemSerializer, "A value is wrong; `fields` says which and why.")
TOO_LONG: Final = OpenApiResponse(
    ProblemSerializer,
    "Takes longer than it may: ask for less, or for a shorter period; or too many ask at once.",
)

READING: Final = {400: MALFORMED, 401: STRANGER, 403: FORBIDDEN}
WRITING: Final = {**READING, 404: NOT_FOUND, 409: NOT_NOW, 422: WRONG}


def refusal_body(refusal: Refusal) -> dict[str, object]:
    """A refusal in the form of ProblemSerializer."""
    return {
        "reason": refusal.reason,
        "detail": str(refusal.sentence),
        "winner": refusal.winner,
        "next_id": refusal.next_id,
        "fields": {name: str(text) for name, text in (refusal.fields or {}).items()},
    }
