"""The only way into the journal."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from psycopg2.extras import Json

from handoff.journal.models import Entry
from handoff.journal.reactions import AFTER, ON
from handoff.journal.vocabulary import known
from handoff.people.models import User

wake: list[Callable[[], object]] = []
"""What is called once entries with reactions are committed: the fast hand, set by `tasks`."""


@dataclass(frozen=True)
class News:
    """One thing that happened, `at` (UTC), by somebody or by the house.

    `quiet`: written down, and no `@after` reaction runs; something else tells of all at once.
    """

    event: str
    about_id: int
    at: datetime
    data: dict[str, Any]
    by: User | None = None
    quiet: bool = False

    def entry(self) -> Entry:
        waiting = bool(AFTER.get(self.event)) and not self.quiet
        return Entry(
            event=self.event,
            about=known(self.event).about,
            about_id=self.about_id,
            by=self.by,
            at=self.at,
            data=self.data,
            delivered_at=None if waiting else self.at,
            next_at=self.at if waiting else None,
        )


def record(
    event: str, *, about_id: int, at: datetime, by: User | None = None, **data: Any
) -> Entry:
    """Write one entry and run its `@on` reactions, inside the caller's transaction.

    `at` is the UTC instant it happened. Raises UnknownEvent, and RuntimeError outside a
    transaction, since a change and its entry stand or fall together.
    """
    return record_all([News(event, about_id, at, data, by)])[0]


def record_all(news: Sequence[News]) -> list[Entry]:
    """The same for many things at once, in their order: one write, then each one's reactions."""
    rows = [each.entry() for each in news]
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An entry is recorded in the transaction of the change it tells of.")
    if len(rows) == 1:
        rows[0].save(force_insert=True)
    else:
        Entry.objects.bulk_create(rows, batch_size=1_000)
    for entry in rows:
        for reaction in ON.get(entry.event, ()):
            reaction(entry)
    if any(entry.next_at is not None for entry in rows):
        _wake()
    return rows


def note_written(*names: str) -> None:
    """For entries that a statement of the caller's own wrote, in its transaction.

    They are delivered like any other. Raises RuntimeError where an event has `@on` reactions,
    which no statement runs.
    """
    deaf = [name for name in names if ON.get(known(name).name)]
    if deaf:
        raise RuntimeError(f"React to {', '.join(deaf)} with @after: it is written in bulk.")
    _wake()


def _wake() -> None:
    for call in wake:
        transaction.on_commit(call, robust=True)


def record_imported(
    event: str, *, about_ids: Iterable[int], at: datetime, by: User | None = None, **data: Any
) -> int:
    """History for many things at once, that nobody is told of: no reaction runs. Returns how many.

    For imports only: what is brought in happened elsewhere and long ago.
    """
    word = known(event)
    columns = ("event", "about", "about_id", "by_id", "at", "data", "delivered_at")
    values: tuple[Any, ...] = (
        *(word.name, word.about, list(about_ids)),
        *(by.pk if by else None, at, Json(data), at),
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {Entry._meta.db_table} ({', '.join(columns)}, attempts, error)"
            " SELECT %s, %s, unnest(%s::bigint[]), %s, %s, %s::jsonb, %s, 0, ''",
            values,
        )
        return int(cursor.rowcount)
