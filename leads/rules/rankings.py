"""A backtest's tables: by criterion, origin and team, what is too small to rank last. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from leads.origins import origin_label
from leads.rules.criteria import Criterion, Rules
from leads.rules.findings import Figures, Told, number, of, part, share, times
from leads.rules.sentences import named, sentence

REDUNDANT: Final = 0.8
"""From this overlap on, one of two criteria could go."""


@dataclass(frozen=True)
class CriterionRow:
    """A criterion by its sentence; `twin` says on which other's leads it holds, if any."""

    sentence: str
    holds: Told
    precision: Told
    lift: str
    twin: str
    redundant: bool
    ranked: bool


@dataclass(frozen=True)
class SegmentRow:
    label: str
    labelled: str
    base: Told
    precision: Told
    recall: Told
    ranked: bool


def criteria(found: Figures, rules: Rules) -> list[CriterionRow]:
    """By lift, what is too small to rank last and as written."""
    known = {each.key: each for each in rules.criteria}
    rows = sorted(found["criteria"], key=_rank)
    return [_criterion(row, known) for row in rows]


def _criterion(row: Figures, known: dict[str, Criterion]) -> CriterionRow:
    same = row["redundancy"]
    twin = ""
    if same["with"]:
        words = {"share": part(same["overlap"]), "other": named(known[same["with"]])}
        twin = _("%(share)s the same leads as “%(other)s”") % words
    covered = row["coverage"]
    return CriterionRow(
        sentence=sentence(known[row["key"]]),
        holds=Told(part(covered["value"]), of(covered)),
        precision=share(row["precision"]),
        lift=times(row["lift"]),
        twin=twin,
        redundant=same["overlap"] >= REDUNDANT,
        ranked=row["ranked"],
    )


def _rank(row: Figures) -> tuple[bool, float]:
    return (not row["ranked"], -(row["lift"] or 0.0) if row["ranked"] else 0.0)


def origins(found: Figures) -> list[SegmentRow]:
    return [_segment(origin_label(row["origin"]), row) for row in _ranked(found["by_origin"])]


def teams(found: Figures) -> list[SegmentRow]:
    return [_segment(row["team"], row) for row in _ranked(found["by_team"])]


def _ranked(rows: Sequence[Figures]) -> list[Figures]:
    return sorted(rows, key=lambda row: not row["ranked"])


def _segment(label: str, row: Figures) -> SegmentRow:
    return SegmentRow(
        label=label,
        labelled=number(row["labelled"], 0),
        base=share(row["base_rate"]),
        precision=share(row["precision"]),
        recall=share(row["recall"]),
        ranked=row["ranked"],
    )
