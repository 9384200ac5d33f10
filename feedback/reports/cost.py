"""What does a qualified lead cost? A campaign's whole cost over everybody it brought."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q

from feedback.reports.cut import Cut
from leads.models import Campaign, Handoff
from leads.stages import HandoffState, LeadStage


@dataclass(frozen=True)
class Row:
    """Costs in the site's currency. `open` leads may still qualify, so the costs may still fall."""

    campaign: str
    cost: Decimal
    leads: int
    mql: int
    sql: int
    won: int
    open: int

    @property
    def per_lead(self) -> Decimal | None:
        return per(self.cost, self.leads)

    @property
    def per_mql(self) -> Decimal | None:
        return per(self.cost, self.mql)

    @property
    def per_sql(self) -> Decimal | None:
        return per(self.cost, self.sql)


def per(cost: Decimal, count: int) -> Decimal | None:
    """Cost of one, to the cent; None where there is none."""
    return (cost / count).quantize(Decimal("0.01")) if count else None


def by_campaign(cut: Cut) -> list[Row]:
    """Campaigns that brought a lead in the period, over their whole run; dearest first.

    A cost is that of the whole run, so it is divided by all leads and not by those of a period.
    """
    journeys = Handoff.objects.filter(lead=OuterRef("pk"))
    within = cut.leads().filter(campaign__isnull=False).values("campaign_id")
    counts = (
        cut.all_leads()
        .filter(campaign__in=within)
        .annotate(
            qualified=Exists(journeys.filter(sales_qualified_at__isnull=False)),
            won=Exists(journeys.filter(state=HandoffState.WON)),
        )
        .values("campaign_id")
        .annotate(**_COUNTS)
    )
    found = {row["campaign_id"]: row for row in counts}
    campaigns = Campaign.objects.filter(pk__in=found).order_by("-cost", "name")
    return [_row(campaign, found[campaign.pk]) for campaign in campaigns]


_UNDECIDED = (LeadStage.NEW, LeadStage.MQL, LeadStage.HANDED_OFF)
_COUNTS = {
    "count": Count("pk"),
    "mqls": Count("pk", filter=Q(marketing_qualified_at__isnull=False)),
    "sqls": Count("pk", filter=Q(qualified=True)),
    "customers": Count("pk", filter=Q(won=True)),
    "undecided": Count("pk", filter=Q(stage__in=_UNDECIDED, qualified=False)),
}


def _row(campaign: Campaign, counts: Mapping[str, Any]) -> Row:
    return Row(
        campaign=campaign.name,
        cost=campaign.cost,
        leads=counts["count"],
        mql=counts["mqls"],
        sql=counts["sqls"],
        won=counts["customers"],
        open=counts["undecided"],
    )
