"""What became of the leads, by where they came from."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q

from handoff.people.models import User
from leads.models import Campaign, Handoff, Lead
from leads.models.handoff import HandoffQuerySet
from leads.models.lead import LeadQuerySet
from leads.stages import OPEN, HandoffState, LeadStage


@dataclass(frozen=True)
class FunnelRow:
    """One origin, empty where nobody said; how many came, and how far they got.

    `open` have not won and are still on their way, so their end is not known.
    """

    origin: str
    leads: int
    qualified: int
    handed_off: int
    won: int
    accepted: int = 0
    open: int = 0

    @property
    def won_ratio(self) -> float | None:
        return self.won / self.leads if self.leads else None


def funnel_by_origin(leads: LeadQuerySet | None = None) -> list[FunnelRow]:
    """A row for each origin, most leads first; the blank origin is a row of its own.

    Counts people, once however often they came: qualified if ever marked MQL, handed off or won
    if any of their journeys was. Imported journeys count.
    """
    rows = Lead.objects.all() if leads is None else leads
    journeys = Handoff.objects.filter(lead=OuterRef("pk"))
    counted = (
        rows.order_by()
        .values("origin")
        .annotate(
            leads=Count("pk"),
            qualified=Count("pk", filter=Q(marketing_qualified_at__isnull=False)),
            handed_off=Count("pk", filter=Q(Exists(journeys))),
            won=Count("pk", filter=_won(journeys)),
            accepted=Count("pk", filter=Q(Exists(journeys.filter(accepted_at__isnull=False)))),
            open=Count("pk", filter=~_won(journeys) & _on_the_way(journeys)),
        )
        .order_by("-leads", "origin")
    )
    return [FunnelRow(**row) for row in counted]


def _won(journeys: HandoffQuerySet) -> Q:
    return Q(Exists(journeys.filter(state=HandoffState.WON)))


def _on_the_way(journeys: HandoffQuerySet) -> Q:
    before_sales = (LeadStage.NEW, LeadStage.MQL, LeadStage.RECYCLED)
    return Q(Exists(journeys.filter(state__in=OPEN))) | Q(stage__in=before_sales)


@dataclass(frozen=True)
class CampaignFigures:
    """How far the people of one campaign got."""

    leads: int = 0
    qualified: int = 0
    handed_off: int = 0
    won: int = 0


def campaign_figures(user: User, campaigns: Iterable[Campaign]) -> dict[int, CampaignFigures]:
    """Figures of each campaign by its id, in one query."""
    journeys = Handoff.objects.filter(lead=OuterRef("pk"))
    counted = (
        Lead.objects.visible_to(user)
        .filter(campaign__in=[one.pk for one in campaigns])
        .order_by()
        .values("campaign_id")
        .annotate(
            leads=Count("pk"),
            qualified=Count("pk", filter=Q(marketing_qualified_at__isnull=False)),
            handed_off=Count("pk", filter=Q(Exists(journeys))),
            won=Count("pk", filter=_won(journeys)),
        )
    )
    return {
        row["campaign_id"]: CampaignFigures(
            row["leads"], row["qualified"], row["handed_off"], row["won"]
        )
        for row in counted
    }
