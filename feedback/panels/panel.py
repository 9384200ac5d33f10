"""The parts of a panel, and how its figures are written."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Final

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from handoff.templatetags.handoff import duration, money, percent

Value = str | int | float | Decimal | None

HEAT_LEVELS: Final = 5
UNITS: Final = {"minutes": 60, "hours": 3_600}


@dataclass(frozen=True)
class Column:
    """`kind` is text, count, share (0 to 1), duration (seconds), money or mean."""

    name: str
    label: str
    kind: str = "count"


@dataclass(frozen=True)
class Chart:
    """`kind` is bars, bands, funnel, stack, lines or heatmap.

    `unit` is count, percent, minutes, hours or money.
    """

    kind: str
    labels: Sequence[str]
    series: Sequence[tuple[str, Sequence[float | int | None]]]
    unit: str = "count"

    @property
    def is_empty(self) -> bool:
        return not any(value for _name, values in self.series for value in values)


@dataclass(frozen=True)
class Panel:
    """`count` is n, what the figures are made of; `notes` say what is open or left out of them."""

    name: str
    question: str
    answer: str
    definition: str
    count: int
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    chart: Chart
    weeks: Chart | None = None
    notes: Sequence[str] = field(default_factory=tuple)

    @property
    def is_empty(self) -> bool:
        return self.count == 0

    @property
    def written(self) -> list[list[tuple[Column, str]]]:
        """The rows as a page shows them."""
        return [
            [
                (column, write(value, column.kind))
                for column, value in zip(self.columns, row, strict=True)
            ]
            for row in self.rows
        ]

    @property
    def heat(self) -> list[tuple[str, list[tuple[int, int]], int]]:
        """Rows of a heatmap from the first to the last label with a count.

        Each has its label, its cells with their level from 0 to 5 of the largest, and their sum.
        """
        counts = [
            [int(values[place] or 0) for _name, values in self.chart.series]
            for place in range(len(self.chart.labels))
        ]
        most = max(map(max, counts), default=0)
        filled = [place for place, row in enumerate(counts) if any(row)]
        return [
            (
                self.chart.labels[place],
                [(count, -(-HEAT_LEVELS * count // most)) for count in counts[place]],
                sum(counts[place]),
            )
            for place in range(filled[0], filled[-1] + 1)
        ]

    def records(self) -> list[dict[str, Value]]:
        """The rows by column name, unformatted."""
        names = [column.name for column in self.columns]
        return [dict(zip(names, row, strict=True)) for row in self.rows]


def write(value: Value, kind: str) -> str:
    """A figure as people write it in the active language; a dash where there is none."""
    if value is None or isinstance(value, str):
        return value or "–"
    if kind == "share":
        return percent(float(value), places_for(float(value)))
    if kind == "duration":
        return duration(round(float(value)))
    if kind == "money":
        return money(Decimal(value))
    places = 1 if kind == "mean" else 0
    return number_format(f"{Decimal(value):.{places}f}", places, force_grouping=True)


def places_for(share: float) -> int:
    """Whole per cents, with one place where whole ones would hide a small share."""
    return 1 if 0 < share < 0.1 else 0


def said(share: float) -> str:
    """A share within a sentence."""
    return percent(share, places_for(share))


def shortened(label: str, longest: int = 26) -> str:
    """A label that fits beside a bar; the table has the whole."""
    return label if len(label) <= longest else f"{label[: longest - 1].rstrip()}…"


def counted(number: int) -> str:
    """A count within a sentence."""
    return write(number, "count")


def measured(seconds: float | None, unit: str) -> float | None:
    """A length as a chart's axis counts it, in minutes or hours."""
    return None if seconds is None else round(seconds / UNITS[unit], 1)


def per_cent_of(share: float | None) -> float | None:
    """A share as a chart's axis counts it."""
    return None if share is None else round(share * 100, 1)


def than_before(now: float | None, before: float | None) -> str:
    """How a share moved against the period before, in points; empty where there is nothing."""
    if now is None or before is None:
        return ""
    points = round((now - before) * 100)
    if points == 0:
        return _("the same as in the period before")
    if points > 0:
        text = ngettext(
            "%(count)d point more than in the period before",
            "%(count)d points more than in the period before",
            points,
        )
    else:
        text = ngettext(
            "%(count)d point less than in the period before",
            "%(count)d points less than in the period before",
            -points,
        )
    return text % {"count": abs(points)}


def speed_than_before(now: float | None, before: float | None) -> str:
    """How a length moved against the period before."""
    if not now or not before:
        return ""
    times = before / now
    if 0.95 <= times <= 1.05:
        return _("as fast as in the period before")
    return _faster(times) if times > 1 else _slower(1 / times)


def _faster(times: float) -> str:
    if times > 2.15:
        many = number_format(times, 1)
        return _("%(times)s times as fast as in the period before") % {"times": many}
    if times >= 1.85:
        return _("twice as fast as in the period before")
    return _("%(share)s faster than in the period before") % {"share": said(1 - 1 / times)}


def _slower(times: float) -> str:
    """A third longer is said as a third; past the double it is said in times."""
    if times > 2.15:
        many = number_format(times, 1)
        return _("%(times)s times as long as in the period before") % {"times": many}
    if times >= 1.85:
        return _("twice as long as in the period before")
    return _("%(share)s longer than in the period before") % {"share": said(times - 1)}


def joined(statement: str, comparison: str) -> str:
    """One sentence of what is, and how it compares where that is known."""
    return f"{statement}, {comparison}." if comparison else f"{statement}."
