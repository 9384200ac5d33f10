"""Which kind of table a file is: by what is in it, never by its name."""

from pathlib import Path
from typing import Final

from leads.tabular.delimited import open_delimited
from leads.tabular.table import FileProblem, Table
from leads.tabular.workbook import open_workbook

ZIP: Final = b"PK\x03\x04"
OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0"
FOREIGN: Final = (b"%PDF", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x1f\x8b", b"7z\xbc\xaf")


def open_table(path: Path, *, most_bytes: int) -> Table:
    """The table in a file of at most `most_bytes`. Raises FileProblem."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(8)
    except OSError:
        raise FileProblem("gone") from None
    if size > most_bytes:
        raise FileProblem("too_big", limit=str(most_bytes // (1024 * 1024)))
    if not start:
        raise FileProblem("empty")
    if start.startswith(OLD_OFFICE):
        raise FileProblem("old_workbook")
    if start.startswith(FOREIGN):
        raise FileProblem("not_a_table")
    return open_workbook(path) if start.startswith(ZIP) else open_delimited(path)


def require_rows(table: Table) -> None:
    """Raises FileProblem for a table with column names and nothing else."""
    if next(table.rows(), None) is None:
        raise FileProblem("no_rows")
