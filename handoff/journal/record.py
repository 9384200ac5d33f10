"""The only way into the journal."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction

from handoff.journal.models import Entry
from handoff.journal.reactions import AFTER, ON
from handoff.journal.vocabulary import known
from handoff.people.models import User

wake: list[Callable[[int], None]] = []
"""What is called with an entry's id once it is committed: the fast hand, set by `tasks`."""


def record(
    event: str, *, about_id: int, at: datetime, by: User | None = None, **data: Any
) -> Entry:
    """Write one entry and run its `@on` reactions, inside the caller's transaction.

    `at` is the UTC instant it happened. Raises UnknownEvent, and RuntimeError outside a
    transaction, since a change and its entry stand or fall together.
    """
    word = known(event)
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An entry is recorded in the transaction of the change it tells of.")
    waiting = bool(AFTER.get(event))
    entry = Entry.objects.create(
        event=event,
        about=word.about,
        about_id=about_id,
        by=by,
        at=at,
        data=data,
        delivered_at=None if waiting else at,
        next_at=at if waiting else None,
    )
    for reaction in ON.get(event, ()):
        reaction(entry)
    if waiting:
        for call in wake:
            transaction.on_commit(lambda call=call: call(entry.pk), robust=True)  # type: ignore[misc]
    return entry


def record_imported(
    event: str, *, about_ids: Iterable[int], at: datetime, by: User | None = None, **data: Any
) -> int:
    """History for many things at once, that nobody is told of: no reaction runs. Returns how many.

    For imports only: what is brought in happened elsewhere and long ago.
    """
    word = known(event)
    rows = [
        Entry(event=event, about=word.about, about_id=pk, by=by, at=at, data=data, delivered_at=at)
        for pk in about_ids
    ]
    return len(Entry.objects.bulk_create(rows, batch_size=2_000))
