"""The answer as a reader sees it: a chart, and each measure really, replayed, and under what if."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from handoff.templatetags.handoff import duration
from sla.simulation.figures import Band, Figures, band_of, change_of
from sla.simulation.sentences import points, share

SHARE: Final = "share"
LENGTH: Final = "duration"
SIGN: Final = "−"
UNBROKEN: Final = "\N{NO-BREAK SPACE}"


@dataclass(frozen=True)
class Measure:
    """A row: how it is read from figures. `kind` is share (0 to 1) or duration (seconds)."""

    name: str
    label: str | Promise
    kind: str
    of: Callable[[Figures], float | None]


MEASURES: Final = (
    Measure("attainment", gettext_lazy("Promises kept"), SHARE, lambda one: one.attainment),
    Measure("claim", gettext_lazy("Claimed in time"), SHARE, lambda one: one.claim_rate),
    Measure("attempt", gettext_lazy("Tried in time"), SHARE, lambda one: one.attempt_rate),
    Measure("soon", gettext_lazy("Tried within 1 h by the clock"), SHARE, lambda one: one.soon),
    Measure(
        "response_half",
        gettext_lazy("Until tried, open time, half"),
        LENGTH,
        lambda one: one.response[0] if one.response else None,
    ),
    Measure(
        "response_most",
        gettext_lazy("Until tried, open time, 9 of 10"),
        LENGTH,
        lambda one: one.response[1] if one.response else None,
    ),
    Measure(
        "wall_half",
        gettext_lazy("Until tried, by the clock, half"),
        LENGTH,
        lambda one: one.wall[0] if one.wall else None,
    ),
    Measure(
        "wall_most",
        gettext_lazy("Until tried, by the clock, 9 of 10"),
        LENGTH,
        lambda one: one.wall[1] if one.wall else None,
    ),
    Measure("queue", gettext_lazy("Mean wait in the queue"), LENGTH, lambda one: one.queue),
    Measure("seller", gettext_lazy("+ mean with the seller"), LENGTH, lambda one: one.seller),
    Measure("closed", gettext_lazy("+ mean closed hours"), LENGTH, lambda one: one.closed),
    Measure("whole", gettext_lazy("= mean by the clock"), LENGTH, lambda one: one.whole),
)
CHARTED: Final = MEASURES[:4]


@dataclass(frozen=True)
class Line:
    """One measure: what really was, the band replayed as it was, under what if, and the change."""

    measure: Measure
    really: float | None
    replayed: Band | None
    other: Band | None
    change: Band | None


@dataclass(frozen=True)
class Column:
    name: str
    label: str
    kind: str


@dataclass(frozen=True)
class Chart:
    """Bars in per cent, what belongs together beside each other."""

    labels: Sequence[str]
    series: Sequence[tuple[str, Sequence[float | None]]]
    kind: str = "funnel"
    unit: str = "percent"

    @property
    def is_empty(self) -> bool:
        return not self.labels


@dataclass(frozen=True)
class Panel:
    """What a chart's card shows; `count` is how many leads were replayed."""

    question: str
    answer: str
    definition: str
    count: int
    columns: Sequence[Column]
    written: Sequence[Sequence[tuple[Column, str]]]
    chart: Chart
    notes: Sequence[str] = field(default_factory=tuple)
    name: str = "what-if"
    weeks: None = None
    is_empty: bool = False


def lines_of(
    really: Figures, runs: Sequence[Figures], others: Sequence[Figures] | None
) -> list[Line]:
    return [
        Line(
            each,
            each.of(really),
            band_of(runs, each.of),
            band_of(others, each.of) if others else None,
            change_of(runs, others, each.of) if others else None,
        )
        for each in MEASURES
    ]


def panel_of(lines: Sequence[Line], *, answer: str, count: int, notes: Sequence[str]) -> Panel:
    with_other = any(line.other for line in lines)
    columns = [
        Column("measure", _("Measure"), "text"),
        Column("really", _("Really"), SHARE),
        Column("replayed", _("Replayed as it was"), SHARE),
    ]
    if with_other:
        columns += [Column("what_if", _("What if"), SHARE), Column("change", _("Change"), SHARE)]
    return Panel(
        question=_("What would have become of it?"),
        answer=answer,
        definition=_(
            "Promises kept ÷ promises decided, over claims and first attempts of what was offered "
            "in these days. A replay gives the mean over its seeds; in brackets stand the 5th and "
            "the 95th percentile. The three parts of the mean add up to it."
        ),
        count=count,
        columns=columns,
        written=[list(zip(columns, _cells(line), strict=False)) for line in lines],
        chart=_chart(lines, with_other=with_other),
        notes=notes,
    )


def _cells(line: Line) -> list[str]:
    kind = line.measure.kind
    return [
        str(line.measure.label),
        said(line.really, kind),
        spread(line.replayed, kind),
        spread(line.other, kind),
        moved(line.change, kind),
    ]


def _chart(lines: Sequence[Line], *, with_other: bool) -> Chart:
    shown = [line for line in lines if line.measure in CHARTED]
    series = [
        (_("Really"), [_per_cent(line.really) for line in shown]),
        (_("Replayed as it was"), [_per_cent(_mean(line.replayed)) for line in shown]),
    ]
    if with_other:
        series.append((_("What if"), [_per_cent(_mean(line.other)) for line in shown]))
    return Chart([str(line.measure.label) for line in shown], series)


def _mean(band: Band | None) -> float | None:
    return band.mean if band else None


def _per_cent(value: float | None) -> float | None:
    return None if value is None else round(value * 100, 1)


def said(value: float | None, kind: str) -> str:
    """A share or a length in words; a dash where there is none."""
    if value is None:
        return "–"
    return share(value) if kind == SHARE else length(value)


def length(seconds: float) -> str:
    """Within which no line of a table ends."""
    return duration(round(seconds)).replace(" ", UNBROKEN)


def spread(band: Band | None, kind: str) -> str:
    """ "90% (87 to 93)"."""
    if band is None:
        return "–"
    low, high = (
        (points(band.low), points(band.high))
        if kind == SHARE
        else (length(band.low), length(band.high))
    )
    return _("%(mean)s (%(low)s to %(high)s)") % {
        "mean": said(band.mean, kind),
        "low": low,
        "high": high,
    }


def moved(band: Band | None, kind: str) -> str:
    """ "+19" points or "−12 min"."""
    if band is None:
        return "–"
    sign = "+" if band.mean > 0 else SIGN
    size = abs(band.mean)
    if kind == SHARE:
        return "0" if round(size * 100) == 0 else f"{sign}{points(size)}"
    return "0" if round(size) == 0 else f"{sign}{length(size)}"
