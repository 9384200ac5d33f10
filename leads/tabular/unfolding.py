"""The first sheet of a workbook with any text in it, as lines of JSON.

A program of its own, `unfolding.py <path>`, that may use so much memory and no more: a workbook of
one kilobyte can say that its two cells lie in far corners, and its reader makes room for all that
lies between, or ends the process when there is none. The first line is the height of the sheet,
each further one a row of texts, blank rows too. Imports nothing of ours, so that it starts at once.
"""

import json
import resource
import sys
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import chain
from typing import Any, Final

from python_calamine import CalamineSheet, CalamineWorkbook

MOST_CELLS: Final = 5_000_000
MOST_MEMORY: Final = 2 * 1024**3
MOST_SECONDS: Final = 120
TOO_LARGE: Final = 3


def main(path: str) -> int:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    try:
        return unfold(path)
    except MemoryError:
        return TOO_LARGE


def unfold(path: str) -> int:
    book = CalamineWorkbook.from_path(path)
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        if sheet.total_height * sheet.total_width > MOST_CELLS:
            return TOO_LARGE
        rows, blank = texts_of(sheet), list[list[str]]()
        for row in rows:
            if any(map(str.strip, row)):
                write(sheet.total_height, chain(blank, [row], rows))
                return 0
            blank.append(row)
    write(0, ())
    return 0


def write(height: int, rows: Iterable[list[str]]) -> None:
    out = sys.stdout.buffer
    out.write(f"{height}\n".encode())
    for row in rows:
        out.write(json.dumps(row).encode() + b"\n")
    out.flush()


def texts_of(sheet: CalamineSheet) -> Iterator[list[str]]:
    for values in sheet.iter_rows():
        yield list(map(text_of, values))


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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
