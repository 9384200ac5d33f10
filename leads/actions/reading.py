"""A file read a chunk ahead: the next rows are checked while the last ones are written."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import Final

from leads.actions.bulk import Prepared, prepare
from leads.problems import Problem
from leads.staging import Staged, Stager
from leads.tabular.table import Row, Table

CHUNK: Final = 2_000


@dataclass(frozen=True)
class Chunk:
    """Some rows of a file: those fit to be brought in, and those that are not, with the reasons."""

    rows: Sequence[Row]
    fit: Prepared | None
    refused: Sequence[tuple[Row, list[Problem]]]


class Reading:
    """A file left open where the last chunk ended; the next is read while that one is written."""

    def __init__(self, table: Table, stager: Stager, *, done: int = 0) -> None:
        self.done = done
        self.columns = table.columns
        self._stager = stager
        self._rows = islice(table.rows(), done, None)
        self._hand = ThreadPoolExecutor(1, thread_name_prefix="import")
        self._ahead = self._hand.submit(self._read)

    def take(self) -> Chunk:
        """The next chunk. Raises what reading it raised."""
        chunk = self._ahead.result()
        if len(chunk.rows) == CHUNK:
            self._ahead = self._hand.submit(self._read)
        else:
            self._hand.shutdown(wait=False)
        self.done += len(chunk.rows)
        return chunk

    def _read(self) -> Chunk:
        rows = list(islice(self._rows, CHUNK))
        fit, refused = list[Staged](), list[tuple[Row, list[Problem]]]()
        for row in rows:
            found = self._stager.stage(row)
            if isinstance(found, Staged):
                fit.append(found)
            else:
                refused.append((row, found))
        return Chunk(rows, prepare(fit) if fit else None, refused)
