"""Text tables: any usual encoding, delimiter and line end, and a way on after a broken quote."""

import codecs
import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from leads.problems import Problem, problem
from leads.tabular.table import LONGEST_CELL, FileProblem, Row, columns_from, fitted

DELIMITERS: Final = (",", ";", "\t", "|")
BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SAMPLE: Final = 64 * 1024
LONGEST_LINE: Final = 1_000_000
MOST_LINES_A_ROW: Final = 200
CONTROL: Final = bytes(set(range(32)) - {0, 9, 10, 12, 13, 27})


class _EndlessRow(Exception):
    """A quotation mark swallows line after line."""


class _Lines:
    """The lines of a file, those of the current row kept so that they can be given back."""

    def __init__(self, file: TextIO) -> None:
        self.file = file
        self.ahead: list[str] = []
        self.taken: list[str] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self.ahead.pop() if self.ahead else self.file.readline(LONGEST_LINE)
        if not line:
            raise StopIteration
        self.taken.append(line)
        if len(line) >= LONGEST_LINE or len(self.taken) > MOST_LINES_A_ROW:
            raise _EndlessRow
        return line

    @property
    def length(self) -> int:
        return sum(map(len, self.taken))

    def give_up_one(self) -> str:
        """Drop the first line of the current row and read on from the second."""
        first, *rest = self.taken
        self.ahead.extend(reversed(rest))
        self.taken = []
        if len(first) >= LONGEST_LINE:
            self._drain()
        return first

    def _drain(self) -> None:
        while (more := self.file.readline(LONGEST_LINE)) and not more.endswith(("\n", "\r")):
            pass


@dataclass(frozen=True)
class Delimited:
    """A text table on disk."""

    path: Path
    encoding: str
    delimiter: str
    columns: Sequence[str]
    header: int

    def estimate(self) -> int:
        """About how many rows there are, by the lines at the start of the file."""
        size = self.path.stat().st_size
        with self.path.open("rb") as file:
            start = file.read(SAMPLE)
        lines = max(start.count(b"\n"), start.count(b"\r"), 1)
        return max(1, round(lines * size / max(1, len(start))) - self.header)

    def rows(self) -> Iterator[Row]:
        width = len(self.columns)
        for number, cells, wrong in records(self.path, self.encoding, self.delimiter):
            if number <= self.header:
                continue
            if wrong is not None:
                yield Row(number, cells, wrong)
            elif any(cells) and any(map(str.strip, cells)):
                yield fitted(number, cells, width)


def open_delimited(path: Path) -> Delimited:
    """Find out how a text file is written. Raises FileProblem."""
    encoding = encoding_of(path)
    delimiter = delimiter_of(path, encoding)
    for number, cells, _wrong in records(path, encoding, delimiter):
        if any(map(str.strip, cells)) and not (number == 1 and _is_hint(cells)):
            return Delimited(path, encoding, delimiter, columns_from(cells), number)
    raise FileProblem("empty")


def records(
    path: Path, encoding: str, delimiter: str
) -> Iterator[tuple[int, list[str], Problem | None]]:
    """Every record with its number, blank ones too; a broken one with what is wrong."""
    number = 0
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        lines = _Lines(file)
        while True:
            try:
                for cells in csv.reader(lines, delimiter=delimiter, strict=True):
                    number += 1
                    wrong = _oversize(lines, cells)
                    lines.taken = []
                    yield number, cells, wrong
            except (csv.Error, _EndlessRow) as error:
                number += 1
                first = lines.give_up_one()
                yield number, [first.rstrip("\r\n")[:LONGEST_CELL]], _why(error, first)
            else:
                return


def _oversize(lines: _Lines, cells: list[str]) -> Problem | None:
    if len(lines.taken) == 1 and len(lines.taken[0]) <= LONGEST_CELL:
        return None
    if all(len(cell) <= LONGEST_CELL for cell in cells):
        return None
    cells[:] = [cell[:LONGEST_CELL] for cell in cells]
    return problem("cell_too_long")


def _why(error: Exception, first: str) -> Problem:
    if len(first) >= LONGEST_LINE:
        return problem("line_too_long")
    if "field larger" in str(error):
        return problem("cell_too_long")
    return problem("broken_quote")


def encoding_of(path: Path) -> str:
    """By its mark, by the shape of its bytes, else UTF-8 if all of it is, else Windows-1252."""
    with path.open("rb") as file:
        start = file.read(SAMPLE)
    if not start.strip(b"\x00\r\n\t ") and path.stat().st_size <= SAMPLE:
        raise FileProblem("empty")
    for mark, encoding in BOMS:
        if start.startswith(mark):
            return encoding
    if (wide := _wide(start)) is not None:
        return wide
    if len(start.translate(None, CONTROL)) < 0.95 * len(start):
        raise FileProblem("not_a_table")
    if _is_all(path, "utf-8"):
        return "utf-8"
    return "cp1252" if _is_all(path, "cp1252") else "latin-1"


def _wide(start: bytes) -> str | None:
    """UTF-16 without a mark: every other byte is zero, as in mostly western text."""
    for place, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        half = start[place::2]
        if len(half) >= 8 and half.count(0) > 0.6 * len(half):
            text = start.decode(encoding, "replace")
            if all(character.isprintable() or character.isspace() for character in text):
                return encoding
    return None


def _is_all(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        with path.open("rb") as file:
            while chunk := file.read(1 << 20):
                decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def delimiter_of(path: Path, encoding: str) -> str:
    """The one that makes most columns in the first row and keeps to it in those that follow."""
    hinted, scores = "", Counter[str]()
    for delimiter in DELIMITERS:
        widths = []
        for number, cells, wrong in records(path, encoding, delimiter):
            if number == 1 and _is_hint(cells):
                hinted = "".join(cells)[4:] or delimiter
            elif wrong is None and any(cells):
                widths.append(len(cells))
            if len(widths) > 30 or number > 200:
                break
        scores[delimiter] = _score(widths)
    best, score = scores.most_common(1)[0]
    if hinted in DELIMITERS:
        return hinted
    return best if score > 0 else ","


def _score(widths: Sequence[int]) -> int:
    if not widths or widths[0] < 2:
        return 0
    even = sum(width == widths[0] for width in widths)
    return round(100 * even / len(widths)) * 1_000 + min(widths[0], 999)


def _is_hint(cells: Sequence[str]) -> bool:
    """The line `sep=;` by which spreadsheets tell each other the delimiter."""
    return bool(cells) and cells[0].lower().startswith("sep=") and len(cells[0]) <= 5
