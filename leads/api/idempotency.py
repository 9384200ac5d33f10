"""The same request sent twice is answered once: `Idempotency-Key`, kept for seven days."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from handoff.people.models import ApiToken, User
from leads.actions.known import hold
from leads.models import IdempotencyKey
from leads.models.intake import ANSWERS_KEPT
from leads.refusals import Refusal

LONGEST: Final = 200
HEADER: Final = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[!-~]+$"},
    OpenApiParameter.HEADER,
    description="Your own name for this request. Sent again within seven days with the same body, "
    "it is answered the same and nothing happens twice; with another body it is refused (422).",
)

Answer = tuple[int, dict[str, Any]]


def once(request: Request, by: User, at: datetime, work: Callable[[], Answer]) -> Response:
    """Do the work and answer, or answer as before; two at once wait for each other."""
    key = request.headers.get("Idempotency-Key")
    if key is None:
        status, body = work()
        return Response(body, status=status)
    if not 0 < len(key) <= LONGEST or not key.isascii() or not key.isprintable() or " " in key:
        raise _refused(_("The Idempotency-Key is 1 to 200 visible ASCII characters."))
    return _remembered(request, key, by, at, work)


@transaction.atomic
def _remembered(
    request: Request, key: str, by: User, at: datetime, work: Callable[[], Answer]
) -> Response:
    hold([f"answer:{by.pk}:{request.path}:{key}"])
    digest = hashlib.sha256(json.dumps(request.data, sort_keys=True).encode()).hexdigest()
    row = IdempotencyKey.objects.filter(user=by, path=request.path, key=key).first()
    if row is not None and row.created_at > at - ANSWERS_KEPT:
        if row.digest != digest:
            raise _refused(_("This Idempotency-Key was used with another body."))
        return Response(row.answer, status=row.status, headers={"Idempotent-Replayed": "true"})
    if row is not None:
        row.delete()
    status, body = work()
    IdempotencyKey.objects.create(
        token=request.auth if isinstance(request.auth, ApiToken) else None,
        user=by,
        path=request.path,
        key=key,
        digest=digest,
        status=status,
        answer=body,
        created_at=at,
    )
    return Response(body, status=status)


def _refused(sentence: str) -> Refusal:
    return Refusal("idempotency_key", sentence, status=422)
