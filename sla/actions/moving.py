"""Open clocks are counted by a newer version of their calendar, when somebody says so.

What a clock has used by then stays used, so no moment that has passed moves, and neither does a
verdict. Clocks are taken in chunks by a loop of their own; nothing waits for it.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import connection, transaction
from django.db.models import Prefetch

from handoff.calendars.models import Calendar
from handoff.calendars.working_time import Unreachable
from handoff.journal.record import record
from handoff.notices.live import changed
from handoff.people.access import allowed
from handoff.people.models import User
from leads import refusals
from sla import derivation, events
from sla.derivation import Happening, Moments
from sla.models import ClauseKind, Clock, ClockEvent, Move, Occurrence
from sla.queries.histories import Versions, standing_of, versions_of
from sla.queries.moves import counted_by_others, move_under_way

CHUNK: Final = 2_000
ROUNDS: Final = 5
"""How often clocks that others hold, or that the version cannot reach, are tried again."""
APART: Final = timedelta(seconds=2)
MOVED: Final = """
UPDATE sla_clock AS clock SET calendar_id = %(version)s, warn_at = found.warn_at,
    due_at = found.due_at, escalate_at = found.escalate_at, next_at = found.next_at
FROM unnest(%(ids)s::bigint[], %(warn)s::timestamptz[], %(due)s::timestamptz[],
    %(escalate)s::timestamptz[], %(next)s::timestamptz[])
    AS found (id, warn_at, due_at, escalate_at, next_at)
WHERE clock.id = found.id
"""
log = structlog.get_logger(__name__)


@transaction.atomic
def begin(*, calendar_id: int, by: User, at: datetime) -> Move:
    """Have all open clocks of a calendar counted by its newest version, in the background.

    For whoever edits calendars. Asked again while it goes on, the first asking stands. Raises the
    refusals `not_allowed` and `unknown`.
    """
    if not allowed(by, "calendars"):
        raise refusals.not_allowed()
    found = Calendar.objects.select_for_update().filter(pk=calendar_id).first()
    if found is None:
        raise refusals.unknown()
    version = found.current()
    under_way = move_under_way(version)
    if under_way is not None:
        return under_way
    last = counted_by_others(version).order_by("-pk").values_list("pk", flat=True).first() or 0
    move = Move.objects.create(version=version, last=last, started_by=by, started_at=at, next_at=at)
    told = {"calendar": found.name, "number": version.number}
    record(events.MOVED, about_id=found.pk, at=at, by=by, **told)
    return move


@transaction.atomic
def move_next(*, at: datetime) -> bool:
    """One chunk of a move. True: there may be more."""
    due = Move.objects.filter(next_at__lte=at).select_related("version").order_by("next_at", "pk")
    move = due.select_for_update(skip_locked=True, of=("self",)).first()
    if move is None:
        return False
    clocks = _chunk(move)
    if clocks:
        move.moved += _move(move, clocks, at)
        move.low = clocks[-1].pk
    elif move.rounds < ROUNDS and counted_by_others(move.version).filter(pk__lte=move.last):
        move.low, move.rounds, move.next_at = 0, move.rounds + 1, at + APART
    else:
        move.finished_at, move.next_at = at, None
        changed("board")
    move.save(update_fields=("low", "moved", "rounds", "finished_at", "next_at"))
    return True


def _chunk(move: Move) -> list[Clock]:
    """The next ones, held; those that others hold are passed over and tried again later."""
    ahead = counted_by_others(move.version).filter(pk__gt=move.low, pk__lte=move.last)
    rows = (
        ahead.select_related("clause", "calendar")
        .prefetch_related(Prefetch("events", ClockEvent.objects.order_by("id")))
        .order_by("pk")
        .select_for_update(skip_locked=True, no_key=True, of=("self",))
    )
    return list(rows[:CHUNK])


def _move(move: Move, clocks: Sequence[Clock], at: datetime) -> int:
    versions = {**versions_of(clocks), move.version_id: move.version}
    found = [(clock, moved) for clock in clocks if (moved := _counted(clock, move, versions, at))]
    moments = [moments for _clock, (moments, _next_at) in found]
    with connection.cursor() as cursor:
        cursor.execute(
            MOVED,
            {
                "version": move.version_id,
                "ids": [clock.pk for clock, _moved in found],
                "warn": [each.warn_at for each in moments],
                "due": [each.due_at for each in moments],
                "escalate": [each.escalate_at for each in moments],
                "next": [next_at for _clock, (_moments, next_at) in found],
            },
        )
    ClockEvent.objects.bulk_create(
        ClockEvent(
            clock=clock,
            kind=Occurrence.MOVED,
            at=_since(clock, at),
            recorded_at=at,
            by_id=move.started_by_id,
            data={"calendar": move.version_id, "was": clock.calendar_id},
        )
        for clock, _moved in found
    )
    return len(found)


def _counted(
    clock: Clock, move: Move, versions: Versions, at: datetime
) -> tuple[Moments, datetime | None] | None:
    """The moments by the new version, and which of them the sweep looks at next."""
    happening = Happening(
        kind=Occurrence.MOVED,
        at=_since(clock, at),
        recorded_at=at,
        calendar_id=move.version_id,
        schedule=move.version.schedule(),
    )
    try:
        moments = standing_of(clock, at=at, versions=versions, more=[happening]).moments
    except Unreachable:
        log.warning("clock_not_moved", clock=clock.pk, calendar=move.version_id)
        return None
    if clock.paused_at is not None:
        return moments, clock.next_at
    if clock.kind == ClauseKind.LEASE:
        return moments, moments.due_at
    upto = min(at, clock.next_at) if clock.next_at else at
    return moments, derivation.next_moment(moments, upto=upto)


def _since(clock: Clock, at: datetime) -> datetime:
    return max(at, clock.started_at)
