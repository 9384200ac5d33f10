"""The place in a list after which its next page goes on, as text in an address."""

import re
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db.models import Q

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SHAPE = re.compile(r"(\d{1,17})-(\d{1,18})(?:-(\d))?", re.ASCII)


class Place(NamedTuple):
    """A row's deadline (UTC) and id, by which clocks are ordered, after their rank if any."""

    due_at: datetime
    pk: int
    rank: int = 0

    def __str__(self) -> str:
        place = f"{(self.due_at - EPOCH) // timedelta(microseconds=1)}-{self.pk}"
        return f"{place}-{self.rank}" if self.rank else place


def place_from(text: str) -> Place | None:
    """The place that an address names; None for what names none, which is the start."""
    match = _SHAPE.fullmatch(text)
    if match is None:
        return None
    try:
        return Place(
            EPOCH + timedelta(microseconds=int(match[1])), int(match[2]), int(match[3] or 0)
        )
    except OverflowError:
        return None


def beyond(place: Place | None) -> Q:
    if place is None:
        return Q()
    return Q(due_at__gt=place.due_at) | Q(due_at=place.due_at, pk__gt=place.pk)


def beyond_ranked(place: Place | None) -> Q:
    """The same where rows are annotated with `rank` and ordered by it first."""
    if place is None:
        return Q()
    return Q(rank__gt=place.rank) | Q(rank=place.rank) & beyond(place)
