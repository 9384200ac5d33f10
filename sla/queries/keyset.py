"""The place in a list after which its next page goes on, as text in an address."""

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db.models import Q

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHAPE = re.compile(r"(\d{1,17})-(\d{1,18})", re.ASCII)


class Place(NamedTuple):
    """A row's deadline (UTC) and id, by which clocks are ordered."""

    due_at: datetime
    pk: int

    def __str__(self) -> str:
        return f"{(self.due_at - EPOCH) // timedelta(microseconds=1)}-{self.pk}"


def place_from(text: str) -> Place | None:
    """The place that an address names; None for what names none, which is the start."""
    match = _SHAPE.fullmatch(text)
    if match is None:
        return None
    try:
        return Place(EPOCH + timedelta(microseconds=int(match[1])), int(match[2]))
    except OverflowError:
        return None


def beyond(place: Place | None) -> Q:
    if place is None:
        return Q()
    return Q(due_at__gt=place.due_at) | Q(due_at=place.due_at, pk__gt=place.pk)
