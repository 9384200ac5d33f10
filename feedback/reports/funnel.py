"""Which origins become customers? Leads by the day they first came in, and how far they got."""

from feedback.reports.cut import Cut
from leads.queries.funnel import FunnelRow, funnel_by_origin


def by_origin(cut: Cut) -> list[FunnelRow]:
    """Origins with the most leads first; the blank origin is a row of its own."""
    return funnel_by_origin(cut.leads())


def in_all(rows: list[FunnelRow]) -> FunnelRow:
    return FunnelRow(
        origin="",
        leads=sum(row.leads for row in rows),
        qualified=sum(row.qualified for row in rows),
        handed_off=sum(row.handed_off for row in rows),
        accepted=sum(row.accepted for row in rows),
        won=sum(row.won for row in rows),
        open=sum(row.open for row in rows),
    )
