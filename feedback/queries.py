"""Feedback as pages and programs read it: answers newest first, and what is still owed."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from feedback.models import Feedback
from feedback.models import FeedbackQuerySet as Rows
from handoff.people.access import reach_of
from handoff.people.models import Side, User
from leads.models import Campaign, Lead
from sla.models import ClauseKind, Clock

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
PLACE: Final = re.compile(r"(\d{1,17})-(\d{1,18})", re.ASCII)


class Place(NamedTuple):
    """The answer after which a list goes on: when it was given (UTC) and its id."""

    given_at: datetime
    pk: int

    def __str__(self) -> str:
        return f"{(self.given_at - EPOCH) // timedelta(microseconds=1)}-{self.pk}"


@dataclass(frozen=True)
class Filters:
    """What a list is narrowed to; empty values narrow nothing. `origin` None means any."""

    campaign_id: int | None = None
    origin: str | None = None
    quality: int | None = None
    accepted: bool | None = None


@dataclass(frozen=True)
class Page:
    """Some answers, and the place after which there are more (empty at the end)."""

    answers: list[Feedback]
    after: str


@dataclass(frozen=True)
class Owed:
    """A request that waits for its answer, with its clock where one runs."""

    feedback: Feedback
    clock: Clock | None

    @property
    def due_at(self) -> datetime:
        """The deadline; without a clock, the moment it was asked for."""
        return self.clock.due_at if self.clock else self.feedback.asked_at


def answers(user: User, *, filters: Filters, after: str = "", limit: int = 50) -> Page:
    """What sales said about the leads that the person may see, newest first."""
    rows = _narrowed(_told(user), filters).order_by("-given_at", "-pk")
    if (place := place_from(after)) is not None:
        rows = rows.filter(
            Q(given_at__lt=place.given_at) | Q(given_at=place.given_at, pk__lt=place.pk)
        )
    found = list(rows[: limit + 1])
    last = found[limit - 1] if len(found) > limit else None
    go_on = str(Place(last.given_at, last.pk)) if last and last.given_at else ""
    return Page(found[:limit], go_on)


def place_from(text: str) -> Place | None:
    """The place that an address names; None for what names none, which is the start."""
    match = PLACE.fullmatch(text)
    if match is None:
        return None
    try:
        return Place(EPOCH + timedelta(microseconds=int(match[1])), int(match[2]))
    except OverflowError:
        return None


def of_lead(user: User, lead_id: int) -> list[Feedback]:
    """All that was said about one lead, newest first."""
    return list(_told(user).filter(handoff__lead_id=lead_id).order_by("-given_at", "-pk"))


def owed_by(user: User) -> list[Owed]:
    """What the person still has to answer, the most urgent first."""
    rows = list(
        Feedback.objects.visible_to(user)
        .owed()
        .filter(asked_of=user)
        .select_related("handoff__lead", "handoff__team")
        .order_by("asked_at", "pk")
    )
    running = _clocks(row.handoff_id for row in rows)
    found = [Owed(row, running.get(row.handoff_id)) for row in rows]
    return sorted(
        found, key=lambda owed: owed.clock.due_at if owed.clock else owed.feedback.asked_at
    )


def campaigns_of(user: User) -> QuerySet[Campaign]:
    """The campaigns whose leads the person reads answers about."""
    reach = reach_of(user)
    if reach.everywhere:
        return Campaign.objects.order_by("name")
    return Campaign.objects.filter(team_id__in=reach.team_ids(Side.MARKETING)).order_by("name")


def origins_of(user: User) -> list[str]:
    """Origins among the leads that somebody answered about."""
    judged = _told(user).values("handoff__lead_id")
    origins = Lead.objects.filter(pk__in=judged).values_list("origin", flat=True)
    return list(origins.distinct().order_by("origin"))


def _told(user: User) -> Rows:
    return (
        Feedback.objects.visible_to(user)
        .given()
        .select_related(
            "handoff__lead__campaign",
            "handoff__campaign",
            "handoff__team",
            "given_by",
            "replied_by",
        )
    )


def _narrowed(rows: Rows, filters: Filters) -> Rows:
    if filters.campaign_id is not None:
        rows = rows.annotate(
            campaign=Coalesce("handoff__campaign_id", "handoff__lead__campaign_id")
        ).filter(campaign=filters.campaign_id)
    if filters.origin is not None:
        rows = rows.filter(handoff__lead__origin=filters.origin)
    if filters.quality is not None:
        rows = rows.filter(quality=filters.quality)
    if filters.accepted is not None:
        rows = rows.filter(accepted=filters.accepted)
    return rows


def _clocks(handoff_ids: Iterable[int]) -> dict[int, Clock]:
    open_ones = Clock.objects.open().filter(
        kind=ClauseKind.FEEDBACK, handoff_id__in=list(handoff_ids)
    )
    return {clock.handoff_id: clock for clock in open_ones}
