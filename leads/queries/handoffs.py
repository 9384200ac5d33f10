"""Handoffs as a list, newest offer first, paged by key."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db.models import Q

from handoff.people.models import User
from leads.models import Handoff
from leads.models.handoff import HandoffQuerySet

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
SHAPE: Final = re.compile(r"(\d{1,17})-(\d{1,18})", re.ASCII)


@dataclass(frozen=True)
class HandoffPage:
    rows: list[Handoff]
    next: str


def whole(rows: HandoffQuerySet) -> HandoffQuerySet:
    return rows.select_related("lead", "team", "campaign", "offered_by", "claimed_by")


def handoff_page(
    user: User, *, state: str = "", team_id: int | None = None, after: str = "", limit: int
) -> HandoffPage:
    """One page of the handoffs that a person may see; `after` is the `next` of the one before."""
    rows = whole(Handoff.objects.visible_to(user)).filter(_beyond(after))
    if state:
        rows = rows.filter(state=state)
    if team_id is not None:
        rows = rows.filter(team_id=team_id)
    found = list(rows.order_by("-offered_at", "-pk")[: limit + 1])
    page = found[:limit]
    return HandoffPage(page, _place(page[-1]) if len(found) > limit else "")


def _place(row: Handoff) -> str:
    return f"{(row.offered_at - EPOCH) // timedelta(microseconds=1)}-{row.pk}"


def _beyond(after: str) -> Q:
    match = SHAPE.fullmatch(after)
    if match is None:
        return Q()
    try:
        instant = EPOCH + timedelta(microseconds=int(match[1]))
    except OverflowError:
        return Q()
    return Q(offered_at__lt=instant) | Q(offered_at=instant, pk__lt=int(match[2]))
