"""Panels about both sides of the agreement: what sales owes beside what marketing owes."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from feedback.panels.panel import (
    Chart,
    Column,
    Panel,
    Value,
    counted,
    joined,
    per_cent_of,
    said,
    shortened,
    than_before,
)
from feedback.panels.promises import week_label
from feedback.reports import attainment
from feedback.reports.attainment import Kept, Slice
from feedback.reports.cut import Cut
from handoff.people.models import Side
from leads.origins import origin_label
from sla.stages import SIDE_OF, ClauseKind

MOST_BARS: Final = 10
STATEMENTS: Final[Mapping[Side, Callable[[], str]]] = {
    Side.SALES: lambda: _("Sales kept %(share)s of its promises"),
    Side.MARKETING: lambda: _("Marketing kept %(share)s of its promises"),
}
NOTHING: Final[Mapping[Side, Callable[[], str]]] = {
    Side.SALES: lambda: _("No deadline of sales has come in this period yet."),
    Side.MARKETING: lambda: _("No deadline of marketing has come in this period yet."),
}


@dataclass(frozen=True)
class Account:
    """What one side has kept, in all and by clause, and as many days before."""

    side: Side
    kept: Kept
    before: Kept
    clauses: Sequence[tuple[ClauseKind, Kept, Kept]]

    @property
    def compared(self) -> str:
        """Against as many days before; empty where there is nothing to compare."""
        return than_before(self.kept.rate, self.before.rate)

    @property
    def sentence(self) -> str:
        if self.kept.rate is None:
            return NOTHING[self.side]()
        statement = STATEMENTS[self.side]() % {"share": said(self.kept.rate)}
        return joined(statement, self.compared)


def accounts(cut: Cut) -> list[Account]:
    """Sales, then marketing; a clause that was promised in neither period is left out."""
    now, then = cut.once(attainment.by_kind), cut.previous().once(attainment.by_kind)
    kinds = [kind for kind in SIDE_OF if kind in now or kind in then]
    sides, before = attainment.by_side(now), attainment.by_side(then)
    return [
        Account(
            side,
            kept,
            before[side],
            [
                (kind, now.get(kind, Kept()), then.get(kind, Kept()))
                for kind in kinds
                if SIDE_OF[kind] == side
            ],
        )
        for side, kept in sides.items()
    ]


def kept(cut: Cut) -> Panel:
    both = accounts(cut)
    total = sum((one.kept for one in both), Kept())
    return Panel(
        name="sides",
        question=_("Does each side keep its word?"),
        answer=" ".join(one.sentence for one in both),
        definition=_(
            "Met ÷ (met + breached) of what each side owed the other, for what was handed over in "
            "this period: sales a claim, an attempt, a talk and feedback; marketing an answer and "
            "a next step for what came back. Before waivers, what the other side waived counts as "
            "breached."
        ),
        count=total.decided + total.running,
        columns=[
            Column("side", _("Side"), "text"),
            Column("clause", _("Clause"), "text"),
            *_columns(),
            Column("earlier", _("Period before"), "share"),
        ],
        rows=[row for one in both for row in _rows(one)],
        chart=_by_week(cut),
        notes=[_("Still running: %(count)s.") % {"count": counted(total.running)}],
    )


def by_person(cut: Cut) -> Panel:
    return _sliced(
        attainment.by_person(cut),
        name="people",
        question=_("Who keeps them?"),
        heading=_("Person"),
        statement=_("Most came due for %(first)s: %(count)s, of which %(share)s were kept."),
        definition=_(
            "Met ÷ (met + breached) by whoever owed it, for what was handed over in this period. "
            "A claim is owed by a team and by nobody in it, so claims are not among these."
        ),
    )


def by_segment(cut: Cut) -> Panel:
    return _sliced(
        attainment.by_segment(cut),
        name="segments",
        question=_("For whose leads are they kept?"),
        heading=_("Segment"),
        statement=_(
            "Most came due for leads of %(first)s: %(count)s, of which %(share)s were kept."
        ),
        definition=_(
            "Met ÷ (met + breached) by the marketing team whose leads they are, for what was "
            "handed over in this period."
        ),
    )


def by_origin(cut: Cut) -> Panel:
    return _sliced(
        [Slice(origin_label(one.name), one.side, one.kept) for one in attainment.by_origin(cut)],
        name="origins",
        question=_("For leads of which origin are they kept?"),
        heading=_("Origin"),
        statement=_(
            "Most came due for leads of %(first)s: %(count)s, of which %(share)s were kept."
        ),
        definition=_(
            "Met ÷ (met + breached) by the origin of the lead, for what was handed over in this "
            "period."
        ),
    )


def _sliced(
    slices: Sequence[Slice],
    *,
    name: str,
    question: str,
    heading: str,
    statement: str,
    definition: str,
) -> Panel:
    drawn = [one for one in slices if one.kept.rate is not None]
    first = drawn[0] if drawn else None
    named = {
        "first": first.name if first else "",
        "share": said(first.kept.rate or 0.0) if first else "",
        "count": counted(first.kept.decided) if first else "",
    }
    return Panel(
        name=name,
        question=question,
        answer=statement % named if first else _("No deadline of this period has come yet."),
        definition=definition,
        count=sum(one.kept.decided + one.kept.running for one in slices),
        columns=[Column("name", heading, "text"), Column("side", _("Side"), "text"), *_columns()],
        rows=[[one.name, str(one.side.label), *_figures(one.kept)] for one in slices],
        chart=_bars(drawn),
        notes=_left_out(len({one.name for one in drawn})),
    )


def _bars(slices: Sequence[Slice]) -> Chart:
    """A bar for each side of a name, lying; one alone where no name owes on both."""
    names = list(dict.fromkeys(one.name for one in slices))[:MOST_BARS]
    rates = {(one.name, one.side): per_cent_of(one.kept.rate) for one in slices}
    if len(rates) == len(dict.fromkeys(one.name for one in slices)):
        alone = {name: rate for (name, _side), rate in rates.items()}
        series = [(_("Kept"), [alone[name] for name in names])]
    else:
        series = [
            (str(side.label), [rates.get((name, side)) for name in names])
            for side in (Side.SALES, Side.MARKETING)
        ]
    return Chart("funnel", [shortened(name) for name in names], series, unit="percent")


def _left_out(count: int) -> list[str]:
    if count <= MOST_BARS:
        return []
    told = _("The chart shows the %(shown)s with most that came due, the table all %(count)s.")
    return [told % {"shown": MOST_BARS, "count": counted(count)}]


def _by_week(cut: Cut) -> Chart:
    weeks = cut.once(attainment.by_week)
    days = sorted({row.week for row in weeks})

    def rates(side: Side) -> list[float | None]:
        found = dict.fromkeys(days, Kept())
        for row in weeks:
            if SIDE_OF[ClauseKind(row.kind)] == side:
                found[row.week] += row.kept
        return [per_cent_of(found[day].rate) for day in days]

    return Chart(
        kind="lines",
        labels=[week_label(day) for day in days],
        series=[(str(side.label), rates(side)) for side in (Side.SALES, Side.MARKETING)],
        unit="percent",
    )


def _rows(one: Account) -> list[list[Value]]:
    side = str(one.side.label)
    whole: list[list[Value]] = [
        [side, _("All clauses"), *_figures(one.kept), one.before.rate],
    ]
    return [
        *(
            [side, str(kind.label), *_figures(kept), before.rate]
            for kind, kept, before in one.clauses
        ),
        *whole,
    ]


def _columns() -> list[Column]:
    return [
        Column("attainment", _("Kept"), "share"),
        Column("before_waivers", _("Before waivers"), "share"),
        Column("waiver_rate", _("Waiver rate"), "share"),
        Column("met", _("Met")),
        Column("breached", _("Breached")),
        Column("waived", _("Waived")),
        Column("running", _("Running")),
    ]


def _figures(kept: Kept) -> list[Value]:
    return [
        kept.rate,
        kept.raw,
        kept.waiver_rate,
        kept.met,
        kept.breached,
        kept.waived,
        kept.running,
    ]
