"""The relay: runs `@after` reactions, at least once, whoever calls it and however often."""

from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import transaction

from handoff.journal.models import Entry, EntryQuerySet
from handoff.journal.reactions import AFTER, Reaction

LEASE: Final = timedelta(seconds=60)
LONGEST_WAIT: Final = timedelta(hours=1)
log = structlog.get_logger(__name__)


def wait_after(attempts: int) -> timedelta:
    """How long to wait after this many failed attempts: doubling from 5 s up to an hour."""
    return min(timedelta(seconds=5 << min(attempts - 1, 12)), LONGEST_WAIT)


def fire_next(*, at: datetime) -> bool:
    """Deliver the entry that has waited longest. True: one was tried, there may be more."""
    entry = _lease(Entry.objects.due(at), at)
    if entry is None:
        return False
    deliver(entry, at=at)
    return True


def fire(entry_id: int, *, at: datetime) -> bool:
    """Deliver one entry if it is still waiting and nobody else is at it."""
    entry = _lease(Entry.objects.due(at).filter(pk=entry_id), at)
    if entry is None:
        return False
    deliver(entry, at=at)
    return True


def _lease(waiting: EntryQuerySet, at: datetime) -> Entry | None:
    """Count the attempt and push the entry out of sight before the work, so that poison waits."""
    with transaction.atomic():
        entry = waiting.select_for_update(skip_locked=True, of=("self",)).first()
        if entry is None:
            return None
        entry.attempts += 1
        entry.next_at = at + max(LEASE, wait_after(entry.attempts))
        entry.save(update_fields=("attempts", "next_at"))
    return entry


def deliver(entry: Entry, *, at: datetime) -> None:
    """Run each reaction in a transaction of its own; one that fails does not stop the others."""
    entry.delivering_at = at
    errors = [error for reaction in AFTER[entry.event] if (error := _attempt(reaction, entry))]
    if errors:
        entry.error = "; ".join(errors)[:2_000]
        entry.next_at = at + wait_after(entry.attempts)
    else:
        entry.error, entry.next_at, entry.delivered_at = "", None, max(at, entry.at)
    entry.save(update_fields=("error", "next_at", "delivered_at"))


def _attempt(reaction: Reaction, entry: Entry) -> str:
    try:
        with transaction.atomic():
            reaction(entry)
    except Exception as error:
        log.exception("reaction_failed", word=entry.event, entry=entry.pk)
        return f"{reaction.__module__}.{reaction.__name__}: {error!r}"
    return ""
