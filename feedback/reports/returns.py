"""Why do leads come back? Returned handoffs of a cohort by their reason."""

from dataclasses import dataclass

from django.db.models import Count, Q

from feedback.reports.cut import Cut
from leads.stages import OPEN, HandoffState


@dataclass(frozen=True)
class Row:
    """`reason` is a code of leads.stages.ReasonGroup."""

    reason: str
    count: int


@dataclass(frozen=True)
class Base:
    """What the reasons are a share of; the open may still come back."""

    handed: int
    returned: int
    open: int

    @property
    def rate(self) -> float | None:
        return self.returned / self.handed if self.handed else None


def by_reason(cut: Cut) -> list[Row]:
    rows = (
        cut.handoffs()
        .filter(state=HandoffState.RETURNED)
        .values("reason")
        .annotate(count=Count("pk"))
        .order_by("-count", "reason")
    )
    return [Row(row["reason"], row["count"]) for row in rows]


def base(cut: Cut) -> Base:
    counts = cut.handoffs().aggregate(
        handed=Count("pk"),
        returned=Count("pk", filter=Q(state=HandoffState.RETURNED)),
        moving=Count("pk", filter=Q(state__in=OPEN)),
    )
    return Base(counts["handed"], counts["returned"], counts["moving"])
