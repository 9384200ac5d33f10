"""Excel files, bounded before they are read: a workbook of a few kB can unfold to gigabytes."""

import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Final

from python_calamine import CalamineSheet, CalamineWorkbook

from leads.problems import problem
from leads.tabular.table import LONGEST_CELL, FileProblem, Row, columns_from, fitted

MOST_UNPACKED: Final = 400 * 1024 * 1024
MOST_PARTS: Final = 5_000
MOST_CELLS: Final = 5_000_000
SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml")
PLACE: Final = re.compile(rb'<c\b[^>]{0,200}?\br="([A-Z]{1,3})([0-9]{1,7})"')
CHUNK: Final = 1 << 20


@dataclass(frozen=True)
class Workbook:
    """The first sheet with any text in it."""

    path: Path
    sheet: str
    columns: Sequence[str]
    header: int

    def estimate(self) -> int:
        """How many rows the sheet has below its column names, blank ones too."""
        return max(1, _sheet(self.path, self.sheet).total_height - self.header)

    def rows(self) -> Iterator[Row]:
        width = len(self.columns)
        for number, cells in _cells(_sheet(self.path, self.sheet)):
            if number <= self.header or not any(map(str.strip, cells)):
                continue
            if any(len(cell) > LONGEST_CELL for cell in cells):
                cut = [cell[:LONGEST_CELL] for cell in cells]
                yield Row(number, cut, problem("cell_too_long"))
            else:
                yield fitted(number, cells, width)


def open_workbook(path: Path) -> Workbook:
    """Check the bounds and find the table. Raises FileProblem."""
    check_bounds(path)
    for name in _workbook(path).sheet_names:
        for number, cells in _cells(_sheet(path, name)):
            if any(map(str.strip, cells)):
                return Workbook(path, name, columns_from(cells), number)
    raise FileProblem("empty")


def check_bounds(path: Path) -> None:
    """Refuse what would not fit in memory, by what is really inside and not by what it says."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise FileProblem("big_workbook")
            for part in parts:
                _check_part(archive, part)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError):
        raise FileProblem("broken_workbook") from None


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    """Unpack a part once, which checks its size and sum, and see how far a sheet reaches."""
    is_sheet = SHEET.fullmatch(part.filename) is not None
    left, right, top, bottom = 20_000, 0, 2_000_000, 0
    with archive.open(part) as stream:
        tail = b""
        while chunk := stream.read(CHUNK):
            if not is_sheet:
                continue
            for letters, digits in PLACE.findall(tail + chunk):
                column, row = _column(letters), int(digits)
                left, right = min(left, column), max(right, column)
                top, bottom = min(top, row), max(bottom, row)
            tail = chunk[-300:]
    if right and (right - left + 1) * (bottom - top + 1) > MOST_CELLS:
        raise FileProblem("big_workbook")


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _workbook(path: Path) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(str(path))
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # noqa: BLE001  a panic of the reader is no Exception
        raise FileProblem("broken_workbook") from None


def _sheet(path: Path, name: str) -> CalamineSheet:
    try:
        return _workbook(path).get_sheet_by_name(name)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException:  # noqa: BLE001  a panic of the reader is no Exception
        raise FileProblem("broken_workbook") from None


def _cells(sheet: CalamineSheet) -> Iterator[tuple[int, list[str]]]:
    for number, values in enumerate(sheet.iter_rows(), 1):
        yield number, list(map(text_of, values))


def text_of(value: Any) -> str:
    """A cell as text: whole numbers without a point, instants as ISO 8601."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return "" if value is None else str(value)
