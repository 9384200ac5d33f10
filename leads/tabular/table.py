"""A table that can be read again and again: its columns, and its rows one by one."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from leads.identity import email_of
from leads.problems import Problem

MOST_COLUMNS: Final = 300
LONGEST_CELL: Final = 10_000
LONGEST_NAME: Final = 120

SENTENCES: Final[dict[str, Promise]] = {
    "empty": _("The file is empty."),
    "no_rows": _("The file has column names but no rows."),
    "no_headers": _("The first row looks like data. Put the names of the columns there."),
    "too_many_columns": _("The file has more than 300 columns. Keep only those that you need."),
    "too_big": _("The file is larger than %(limit)s MB. Split it into several."),
    "not_a_table": _("This is neither a CSV nor an Excel file (.xlsx)."),
    "old_workbook": _("This is an old or protected Excel file. Save it as .xlsx or CSV."),
    "broken_workbook": _("This Excel file is damaged. Open it, save it again and retry."),
    "big_workbook": _("This Excel file is too large to be read at once. Save it as CSV."),
    "gone": _("The file is no longer there. Upload it again."),
}


@dataclass
class FileProblem(Exception):
    """The file as a whole cannot be read."""

    code: str
    limit: str = ""

    def __str__(self) -> str:
        return str(SENTENCES[self.code]) % {"limit": self.limit}


class Row(NamedTuple):
    """One row by its number in a spreadsheet, where the names of the columns are row 1.

    A row that could not be read has a problem, and as its only cell what stood there.
    """

    number: int
    cells: Sequence[str]
    problem: Problem | None = None


class Table(Protocol):
    """`columns` have unique names; `rows` leaves out those without any text."""

    @property
    def columns(self) -> Sequence[str]: ...

    def rows(self) -> Iterator[Row]: ...

    def estimate(self) -> int: ...


def columns_from(cells: Sequence[str]) -> list[str]:
    """Unique names out of a first row, fit to be stored; a blank one is named by its place.

    Raises FileProblem.
    """
    names = [" ".join(cell.replace("\x00", "␀").split())[:LONGEST_NAME] for cell in cells]
    while names and not names[-1]:
        names.pop()
    if len(names) > MOST_COLUMNS:
        raise FileProblem("too_many_columns")
    if not any(character.isalnum() for name in names for character in name):
        raise FileProblem("empty")
    if _looks_like_data(names):
        raise FileProblem("no_headers")
    return _unique([name or f"column {place}" for place, name in enumerate(names, 1)])


def _looks_like_data(names: Sequence[str]) -> bool:
    said = [name for name in names if name]
    for name in said:
        with suppress(Problem):
            return bool(email_of(name))
    return all(name.replace(".", "").replace(",", "").replace("-", "").isdigit() for name in said)


def _unique(names: Sequence[str]) -> list[str]:
    taken: set[str] = set()
    unique = []
    for name in names:
        candidate, number = name, 1
        while candidate in taken:
            number += 1
            candidate = f"{name} ({number})"
        taken.add(candidate)
        unique.append(candidate)
    return unique


def fitted(number: int, cells: list[str], width: int) -> Row:
    """A row as wide as the table; text beyond its columns is a problem, not lost."""
    if len(cells) > width:
        if any(cell.strip() for cell in cells[width:]):
            return Row(number, cells, Problem("ragged"))
        cells = cells[:width]
    elif len(cells) < width:
        cells = [*cells, *[""] * (width - len(cells))]
    return Row(number, cells)
