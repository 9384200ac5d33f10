"""A measured figure with what it is held against, and the table of many."""

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from inspect import signature
from typing import Final

HEADS: Final = ("", "seen", "limit", "by", "ratio", "reach", "reached", "a commit")


@dataclass(frozen=True)
class Reach:
    """A bound to reach, of what was seen or of its ratio to the limit."""

    value: float
    _: KW_ONLY
    least: bool
    of_ratio: bool = False

    def __str__(self) -> str:
        return f"{'≥' if self.least else '≤'} {said(self.value)}{' ×' if self.of_ratio else ''}"

    def holds(self, value: float) -> bool:
        return value >= self.value if self.least else value <= self.value


def at_least(value: float, *, of_ratio: bool = False) -> Reach:
    return Reach(value, least=True, of_ratio=of_ratio)


def at_most(value: float, *, of_ratio: bool = False) -> Reach:
    return Reach(value, least=False, of_ratio=of_ratio)


@dataclass(frozen=True)
class Figure:
    """What was seen, in `unit`. `limit` is what `by` did in the same run.

    `commit` is what one commit of nothing cost just before, in ms: beside every durable write.
    """

    label: str
    seen: float
    unit: str = ""
    _: KW_ONLY
    limit: float | None = None
    by: str = ""
    reach: Reach | None = None
    commit: float | None = None

    @property
    def ratio(self) -> float | None:
        return self.seen / self.limit if self.limit else None

    @property
    def reached(self) -> bool | None:
        """None where nothing was to be reached; a ratio to nothing is not reached."""
        if self.reach is None:
            return None
        value = self.ratio if self.reach.of_ratio else self.seen
        return value is not None and self.reach.holds(value)

    def cells(self) -> tuple[str, ...]:
        return (
            f"  {self.label}",
            f"{said(self.seen)} {self.unit}".strip(),
            "" if self.limit is None else f"{said(self.limit)} {self.unit}".strip(),
            self.by,
            "" if self.ratio is None else f"{self.ratio:.2f}",
            "" if self.reach is None else str(self.reach),
            {None: "", True: "yes", False: "NO"}[self.reached],
            "" if self.commit is None else f"{self.commit:.2f} ms",
        )


def said(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 or value == int(value) else f"{value:.3g}"


def table(parts: Mapping[str, Sequence[Figure]]) -> str:
    """One table, in which each part has a line of its own above its figures."""
    rows: list[tuple[str, ...]] = [HEADS]
    for name, figures in parts.items():
        rows += [(name, *[""] * (len(HEADS) - 1)), *(figure.cells() for figure in figures)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )


def alone(name: str, measure: Callable[..., Sequence[Figure]], doc: str | None) -> None:
    """Run one part by hand; each of its sizes is an option."""
    parser = argparse.ArgumentParser(
        description=doc, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for size, parameter in signature(measure).parameters.items():
        default = parameter.default
        parser.add_argument(f"--{size}", type=type(default), default=default, help=f"{default:,}")
    print(table({name: measure(**vars(parser.parse_args()))}))
