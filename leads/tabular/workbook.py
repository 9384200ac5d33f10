"""Excel files, bounded before and while they are read: a few kB can unfold to gigabytes."""

import json
import signal
import subprocess
import sys
import zipfile
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final

from leads.problems import problem
from leads.tabular import unfolding
from leads.tabular.table import LONGEST_CELL, FileProblem, Row, columns_from, fitted

MOST_UNPACKED: Final = 400 * 1024 * 1024
MOST_PARTS: Final = 5_000
CHUNK: Final = 1 << 20
TOO_LARGE: Final = (
    unfolding.TOO_LARGE,
    *(-end for end in (signal.SIGABRT, signal.SIGXCPU, signal.SIGKILL)),
)
"""How the reader ends where there is no room or time for a sheet."""


@dataclass(frozen=True)
class Workbook:
    """The first sheet with any text in it."""

    path: Path
    columns: Sequence[str]
    header: int
    height: int

    def estimate(self) -> int:
        """How many rows the sheet has below its column names, blank ones too."""
        return max(1, self.height - self.header)

    def rows(self) -> Iterator[Row]:
        width = len(self.columns)
        lines = _lines(self.path)
        next(lines)
        for number, cells in enumerate(lines, 1):
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
    lines = _lines(path)
    height = next(lines)
    for number, cells in enumerate(lines, 1):
        if any(map(str.strip, cells)):
            lines.close()
            return Workbook(path, columns_from(cells), number, height)
    raise FileProblem("empty")


def check_bounds(path: Path) -> None:
    """Refuse what is too large unpacked, by what is really inside and not by what it says."""
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise FileProblem("big_workbook")
            for part in parts:
                with archive.open(part) as stream:
                    _read_through(stream)
    except (zipfile.BadZipFile, OSError, EOFError, ValueError, NotImplementedError, RuntimeError):
        raise FileProblem("broken_workbook") from None


def _read_through(stream: IO[bytes]) -> None:
    """Unpack a part once, which checks its size and sum."""
    while stream.read(CHUNK):
        pass


def _lines(path: Path) -> Generator[Any]:
    """What the reader says, line by line; it ends with whoever stops listening."""
    with subprocess.Popen(
        [sys.executable, "-I", unfolding.__file__, str(path)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    ) as reader:
        try:
            for line in reader.stdout or ():
                if line.endswith(b"\n"):
                    yield json.loads(line)
            _require_well(reader.wait())
        finally:
            reader.kill()


def _require_well(code: int) -> None:
    if code:
        raise FileProblem("big_workbook" if code in TOO_LARGE else "broken_workbook")
