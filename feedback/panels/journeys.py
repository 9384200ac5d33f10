"""Panels about journeys: accepted, returned, judged, won, and what they cost."""

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from feedback.panels.panel import (
    Chart,
    Column,
    Panel,
    counted,
    joined,
    per_cent_of,
    said,
    shortened,
    than_before,
    write,
)
from feedback.panels.promises import week_label
from feedback.reports import acceptance, cost, funnel, quality, returns
from feedback.reports.cut import Cut
from leads.origins import origin_label
from leads.queries.funnel import FunnelRow
from leads.stages import ReasonGroup

MOST_BARS: Final = 10
ENOUGH_ANSWERS: Final = 5


def taken(cut: Cut) -> Panel:
    rows, weeks = acceptance.by_team(cut), acceptance.by_week(cut)
    now, before = acceptance.in_all(cut), acceptance.in_all(cut.previous())
    return Panel(
        name="acceptance",
        question=_("Does sales take what marketing hands over?"),
        answer=_taken_in_words(now, before),
        definition=_(
            "Accepted ÷ handed over, for what was handed over in this period. “Reached” is the "
            "share of the accepted with a real conversation: acceptance alone proves little. A "
            "week joins the line once three quarters of it are decided."
        ),
        count=now.handed,
        columns=[
            Column("team", _("Team"), "text"),
            Column("handed_over", _("Handed over")),
            Column("accepted", _("Accepted")),
            Column("acceptance", _("Acceptance"), "share"),
            Column("reached", _("Reached"), "share"),
            Column("returned", _("Returned")),
            Column("withdrawn", _("Withdrawn")),
            Column("open", _("Undecided")),
        ],
        rows=[
            [
                row.team,
                row.taken.handed,
                row.taken.accepted,
                row.taken.rate,
                row.taken.contact_rate,
                row.taken.returned,
                row.taken.withdrawn,
                row.taken.open,
            ]
            for row in rows
        ],
        chart=Chart(
            kind="lines",
            labels=[week_label(row.week) for row in weeks],
            series=[
                (_("Acceptance"), [per_cent_of(_once_decided(row.taken)) for row in weeks]),
                (_("Reached"), [per_cent_of(row.taken.contact_rate) for row in weeks]),
            ],
            unit="percent",
        ),
        notes=[
            _("Undecided, so the share may still rise: %(count)s.") % {"count": counted(now.open)}
        ],
    )


def _once_decided(taken: acceptance.Taken) -> float | None:
    """A week's rate, once most of it is decided: a young week would look like a collapse."""
    return taken.rate if taken.open * 4 <= taken.handed else None


def _taken_in_words(now: acceptance.Taken, before: acceptance.Taken) -> str:
    if now.rate is None:
        return _("Nothing was handed over in this period.")
    statement = _("%(share)s of what was handed over was accepted") % {"share": said(now.rate)}
    return joined(statement, than_before(now.rate, before.rate))


def customers(cut: Cut) -> Panel:
    rows = funnel.by_origin(cut)
    total = funnel.in_all(rows)
    before = funnel.in_all(funnel.by_origin(cut.previous()))
    return Panel(
        name="funnel",
        question=_("Which origins become customers?"),
        answer=_customers_in_words(rows, total, before),
        definition=_(
            "Leads by the day they first came in, and how many of them got how far up to now. "
            "A lead counts once, however often it came back."
        ),
        count=total.leads,
        columns=[
            Column("origin", _("Origin"), "text"),
            Column("leads", _("Leads")),
            Column("mql", "MQL"),
            Column("handed_over", _("Handed over")),
            Column("accepted", _("Accepted")),
            Column("won", _("Won")),
            Column("won_share", _("Won of leads"), "share"),
            Column("open", _("Still open")),
        ],
        rows=[_funnel_row(origin_label(row.origin), row) for row in rows]
        + ([_funnel_row(_("All origins"), total)] if rows else []),
        chart=Chart(
            kind="funnel",
            labels=[_("Leads"), "MQL", _("Handed over"), _("Accepted"), _("Won")],
            series=[
                (
                    _("Leads"),
                    [total.leads, total.qualified, total.handed_off, total.accepted, total.won],
                )
            ],
        ),
        notes=[
            _("Still on their way, so not yet decided: %(count)s.") % {"count": counted(total.open)}
        ],
    )


def _funnel_row(label: str, row: FunnelRow) -> list[str | int | float | None]:
    return [
        label,
        row.leads,
        row.qualified,
        row.handed_off,
        row.accepted,
        row.won,
        row.won_ratio,
        row.open,
    ]


def _customers_in_words(rows: list[FunnelRow], total: FunnelRow, before: FunnelRow) -> str:
    if total.won_ratio is None:
        return _("Nobody came in during this period.")
    statement = _("%(share)s of all leads became customers") % {"share": said(total.won_ratio)}
    first = joined(statement, than_before(total.won_ratio, before.won_ratio))
    best = max(rows, key=lambda row: row.won)
    if not best.won:
        return first
    most = _("Where most customers came from: %(origin)s (%(won)s of its %(leads)s leads).") % {
        "origin": origin_label(best.origin),
        "won": counted(best.won),
        "leads": counted(best.leads),
    }
    return f"{first} {most}"


def returned(cut: Cut) -> Panel:
    rows, base = returns.by_reason(cut), returns.base(cut)
    labels = [str(ReasonGroup(row.reason).label) for row in rows]
    return Panel(
        name="returns",
        question=_("Why do leads come back?"),
        answer=_returned_in_words(rows, base),
        definition=_(
            "Handoffs of this period that sales returned, by the reason given. The reason decides "
            "what becomes of the lead."
        ),
        count=base.returned,
        columns=[
            Column("reason", _("Reason"), "text"),
            Column("returned", _("Returned")),
            Column("share", _("Share of returned"), "share"),
            Column("share_of_handed_over", _("Share of handed over"), "share"),
        ],
        rows=[
            [label, row.count, row.count / base.returned, row.count / base.handed]
            for label, row in zip(labels, rows, strict=True)
        ],
        chart=Chart(
            "funnel",
            [shortened(each) for each in labels],
            [(_("Returned"), [row.count for row in rows])],
        ),
        notes=[
            _("Handed over: %(count)s.") % {"count": counted(base.handed)},
            _("Still open, so they may yet come back: %(count)s.") % {"count": counted(base.open)},
        ],
    )


def _returned_in_words(rows: list[returns.Row], base: returns.Base) -> str:
    if base.rate is None:
        return _("Nothing was handed over in this period.")
    if not rows:
        return _("Nothing came back.")
    most = _("most often: %(reason)s") % {"reason": ReasonGroup(rows[0].reason).label}
    statement = _("%(share)s of what was handed over came back") % {"share": said(base.rate)}
    return joined(statement, most)


def judged(cut: Cut) -> Panel:
    rows = quality.by_campaign(cut)
    shown = [row for row in rows if row.given][:MOST_BARS]
    given, owed = sum(row.given for row in rows), sum(row.owed for row in rows)
    return Panel(
        name="quality",
        question=_("What does sales think of each campaign?"),
        answer=_judged_in_words(quality.mean_of(rows), given, shown),
        definition=_(
            "The mean of the answers, 1 to 5, about handoffs of this period, by their campaign. "
            "“As agreed” is the share that was what the agreement promises."
        ),
        count=given,
        columns=[
            Column("campaign", _("Campaign"), "text"),
            Column("quality", _("Quality"), "mean"),
            Column("answers", _("Answers")),
            Column("as_agreed", _("As agreed"), "share"),
            *(Column(f"stars_{stars}", f"{stars} ★") for stars in range(1, 6)),
            Column("owed", _("Not yet answered")),
        ],
        rows=[
            [
                campaign_label(row.campaign),
                row.quality,
                row.given,
                row.agreed_rate,
                *row.stars,
                row.owed,
            ]
            for row in rows
        ],
        chart=Chart(
            kind="funnel",
            labels=[shortened(campaign_label(row.campaign)) for row in shown],
            series=[(_("Quality"), [round(row.quality or 0, 2) for row in shown])],
        ),
        notes=[_("Asked and not yet answered: %(count)s.") % {"count": counted(owed)}],
    )


def _judged_in_words(mean: float | None, given: int, shown: list[quality.Row]) -> str:
    if mean is None:
        return _("Nobody has answered about this period yet.")
    statement = ngettext(
        "%(mean)s of 5 over %(count)s answer", "%(mean)s of 5 over %(count)s answers", given
    ) % {"mean": write(mean, "mean"), "count": counted(given)}
    compared = [row for row in shown if row.given >= ENOUGH_ANSWERS]
    if len(compared) < 2:
        return joined(statement, "")
    best = max(compared, key=lambda row: row.quality or 0)
    name = campaign_label(best.campaign)
    return joined(statement, _("best: %(campaign)s") % {"campaign": name})


def campaign_label(name: str) -> str:
    return name or _("(no campaign)")


def costs(cut: Cut) -> Panel:
    rows = cost.by_campaign(cut) if cut.sees_cost else []
    shown = [row for row in rows if row.cost][:MOST_BARS]
    return Panel(
        name="cost",
        question=_("What does a qualified lead cost?"),
        answer=_costs_in_words(rows),
        definition=_(
            "A campaign's whole cost ÷ all leads, MQLs and SQLs it brought over its whole run. "
            "Shown are campaigns that brought a lead in this period. Marketing's cost only."
        ),
        count=sum(row.leads for row in rows),
        columns=[
            Column("campaign", _("Campaign"), "text"),
            Column("cost", _("Cost"), "money"),
            Column("leads", _("Leads")),
            Column("cost_per_lead", "CPL", "money"),
            Column("mql", "MQL"),
            Column("cost_per_mql", _("Cost per MQL"), "money"),
            Column("sql", "SQL"),
            Column("cost_per_sql", _("Cost per SQL"), "money"),
            Column("won", _("Won")),
            Column("open", _("Still open")),
        ],
        rows=[
            [
                row.campaign,
                row.cost,
                row.leads,
                row.per_lead,
                row.mql,
                row.per_mql,
                row.sql,
                row.per_sql,
                row.won,
                row.open,
            ]
            for row in rows
        ],
        chart=Chart(
            kind="funnel",
            labels=[shortened(row.campaign) for row in shown],
            series=[
                (_("Cost per MQL"), [_float(row.per_mql) for row in shown]),
                (_("Cost per SQL"), [_float(row.per_sql) for row in shown]),
            ],
            unit="money",
        ),
        notes=[
            _("Still open, so the costs may yet fall: %(count)s.")
            % {"count": counted(sum(row.open for row in rows))}
        ],
    )


def _costs_in_words(rows: list[cost.Row]) -> str:
    total = sum(row.cost for row in rows)
    mql = cost.per(total, sum(row.mql for row in rows)) if total else None
    sql = cost.per(total, sum(row.sql for row in rows)) if total else None
    if mql is None:
        return _("No campaign with a cost brought a lead in this period.")
    statement = _("An MQL costs %(mql)s") % {"mql": write(mql, "money")}
    if sql is None:
        return joined(statement, "")
    return joined(statement, _("an SQL %(sql)s") % {"sql": write(sql, "money")})


def _float(amount: object) -> float | None:
    return None if amount is None else float(str(amount))
