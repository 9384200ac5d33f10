"""Files that people open in a spreadsheet, with no cell that a spreadsheet would evaluate."""

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.http import HttpResponse, StreamingHttpResponse

TYPE: Final = "text/csv; charset=utf-8"
BOM: Final = "\ufeff"
WITHIN: Final = re.compile("([;\t\r\n] *)(?=[=+@＝＋－＠-])")
"""Where a spreadsheet that expects another delimiter, as in Brazil, would see a cell begin."""
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def safe_cell(value: object) -> str:
    """The text of a cell: a number as it is, other text never read as a formula.

    Nothing becomes the empty text; an instant is written as ISO 8601 with its offset.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float | Decimal):
        return str(value)
    text = value.isoformat() if isinstance(value, datetime) else str(value)
    text = WITHIN.sub(r"\1'", text)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA) else text


class _Echo:
    def write(self, line: str) -> str:
        return line


def csv_lines(header: Sequence[object], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """A file line by line, with the mark by which spreadsheets know that it is UTF-8."""
    writer = csv.writer(_Echo())
    yield BOM
    yield writer.writerow(map(safe_cell, header))
    for row in rows:
        yield writer.writerow(map(safe_cell, row))


def csv_file(name: str, header: Sequence[object], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A small table as a download of `name`.csv."""
    return HttpResponse("".join(csv_lines(header, rows)), TYPE, headers=_named(name))


def csv_download(
    name: str, header: Sequence[object], rows: Iterable[Sequence[object]]
) -> StreamingHttpResponse:
    """A download of `name`.csv, sent as it is written."""
    return StreamingHttpResponse(
        csv_lines(header, rows),
        content_type=TYPE,
        headers=_named(name),
    )


def _named(name: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{name}.csv"'}
