"""What does sales think of each campaign? Answers about the handoffs of a cohort."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Avg, Count, Q
from django.db.models.functions import Coalesce

from feedback.models import Feedback
from feedback.reports.cut import Cut


@dataclass(frozen=True)
class Row:
    """`quality` is the mean of 1 to 5 over `given`; `owed` was asked and not answered.

    `campaign` is empty for leads that no campaign brought. `stars` counts answers of 1 to 5.
    """

    campaign: str
    quality: float | None
    given: int
    owed: int
    as_agreed: int
    stars: tuple[int, int, int, int, int]

    @property
    def agreed_rate(self) -> float | None:
        return self.as_agreed / self.given if self.given else None


def by_campaign(cut: Cut) -> list[Row]:
    """Campaigns with the most answers first. The handoff's campaign, else the lead's."""
    rows = (
        Feedback.objects.filter(handoff__in=cut.handoffs())
        .annotate(
            campaign=Coalesce("handoff__campaign_id", "handoff__lead__campaign_id"),
            label=Coalesce("handoff__campaign__name", "handoff__lead__campaign__name"),
        )
        .values("campaign", "label")
        .annotate(mean=Avg("quality"), **_COUNTS)
    )
    return sorted(map(_row, rows), key=lambda row: (-row.given, not row.campaign, row.campaign))


def _row(row: Mapping[str, Any]) -> Row:
    return Row(
        campaign=row["label"] or "",
        quality=row["mean"],
        given=row["given"],
        owed=row["owed"],
        as_agreed=row["agreed"],
        stars=(row["one"], row["two"], row["three"], row["four"], row["five"]),
    )


def mean_of(rows: list[Row]) -> float | None:
    """The mean over all answers, each counting once."""
    given = sum(row.given for row in rows)
    if not given:
        return None
    return sum(stars * count for row in rows for stars, count in enumerate(row.stars, 1)) / given


_COUNTS = {
    "given": Count("pk", filter=Q(given_at__isnull=False)),
    "owed": Count("pk", filter=Q(given_at__isnull=True)),
    "agreed": Count("pk", filter=Q(accepted=True)),
    "one": Count("pk", filter=Q(quality=1)),
    "two": Count("pk", filter=Q(quality=2)),
    "three": Count("pk", filter=Q(quality=3)),
    "four": Count("pk", filter=Q(quality=4)),
    "five": Count("pk", filter=Q(quality=5)),
}
