"""A promise waits for a reason, and goes on with the open time that it had left."""

from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import transaction
from django.utils.translation import gettext as _

from handoff.calendars.working_time import Unreachable
from handoff.journal.record import record
from handoff.notices.live import changed
from handoff.people.models import User
from leads import refusals
from leads.refusals import Refusal
from sla import derivation, events
from sla.actions import escalations
from sla.actions.reasons import given
from sla.derivation import Happening
from sla.models import ClauseKind, Clock, ClockEvent, Occurrence, Verdict
from sla.queries.histories import standing_of
from sla.queries.rights import may_hold
from sla.stages import OWNERS

LONGEST: Final = timedelta(days=366)
COUNTED: Final = ("warn_at", "due_at", "escalate_at", "next_at", "paused_at", "paused_until")
log = structlog.get_logger(__name__)


@transaction.atomic
def pause(
    *, clock_id: int, why: str, until: datetime | None = None, by: User, at: datetime
) -> Clock:
    """Stop counting, for a reason, until somebody lets it go on or the instant `until` comes.

    The lease of a claim waits with what its owner owes. Raises the refusals `unknown`,
    `not_allowed`, `not_possible` and `invalid`.
    """
    clocks = _held(clock_id, by)
    clock = clocks[0]
    if not may_hold(clock, by):
        raise refusals.not_allowed()
    why = given(why)
    if until is not None and not at < until <= at + LONGEST:
        raise refusals.wrong(until=_("Choose a moment from now to one year ahead."))
    if clock.verdict != Verdict.RUNNING or clock.due_at < at:
        raise refusals.not_now("pause", _state(clock, at))
    if clock.paused_at is not None:
        return clock
    running = [each for each in clocks if each.verdict == Verdict.RUNNING and not each.paused_at]
    ClockEvent.objects.bulk_create([_pause(each, why, until, by, at) for each in running])
    _tell(events.PAUSED, clock, by, at, why=why)
    return clock


@transaction.atomic
def resume(*, clock_id: int, by: User, at: datetime) -> Clock:
    """Count on from here; what was counted before the pause stays counted.

    One that runs already goes on as it is. Raises the refusals `unknown`, `not_allowed` and
    `not_possible`.
    """
    clocks = _held(clock_id, by)
    clock = clocks[0]
    if not may_hold(clock, by):
        raise refusals.not_allowed()
    if clock.verdict != Verdict.RUNNING:
        raise refusals.not_now("resume", _state(clock, at))
    if clock.paused_at is None:
        return clock
    try:
        for each in clocks:
            if each.paused_at is not None:
                _go_on(each, at=at, by_id=by.pk)
    except Unreachable as error:
        sentence = _("The calendar is not open enough to reach the deadline.")
        raise Refusal("out_of_reach", sentence, icon="calendar-off") from error
    _tell(events.RESUMED, clock, by, at)
    return clock


def end_next(*, at: datetime) -> bool:
    """Let one clock go on whose pause was to end by now, from the instant that was named."""
    with transaction.atomic():
        clock = (
            Clock.objects.due(at)
            .filter(paused_at__isnull=False)
            .select_related("clause", "calendar")
            .select_for_update(skip_locked=True, no_key=True, of=("self",))
            .first()
        )
        if clock is None:
            return False
        try:
            _go_on(clock, at=clock.paused_until or at, recorded_at=at)
        except Unreachable:
            log.exception("pause_not_ended", clock=clock.pk)
            Clock.objects.filter(pk=clock.pk).update(next_at=None)
        else:
            _tell(events.RESUMED, clock, None, at)
    return True


def wake(clock: Clock, *, at: datetime) -> list[ClockEvent]:
    """A pause ends with what ends the clock at `at`; returns what happened, to be written down.

    What lies before the pause leaves it as it was.
    """
    if clock.paused_at is None:
        return []
    paused_at, clock.paused_at, clock.paused_until = clock.paused_at, None, None
    if at < paused_at:
        return []
    resumed = ClockEvent(
        clock=clock,
        kind=Occurrence.RESUMED,
        at=at,
        recorded_at=at,
    )
    try:
        _count(clock, resumed, paused_at)
    except Unreachable:
        log.exception("pause_not_ended", clock=clock.pk)
        return []
    clock.save(update_fields=COUNTED)
    return [resumed]


def _held(clock_id: int, by: User) -> list[Clock]:
    """The clock, locked, and the lease that waits with it; the clock itself first."""
    found = Clock.objects.visible_to(by).filter(pk=clock_id)
    row = found.values_list("handoff_id", "kind").first()
    if row is None:
        raise refusals.unknown()
    kinds = OWNERS if row[1] in OWNERS else (row[1],)
    rows = (
        Clock.objects.filter(handoff_id=row[0], kind__in=kinds)
        .select_related("clause", "calendar", "handoff__lead", "team")
        .order_by("pk")
        .select_for_update(no_key=True, of=("self",))
    )
    locked = list(rows)
    return sorted(locked, key=lambda clock: clock.pk != clock_id)


def _state(clock: Clock, at: datetime) -> str:
    if clock.verdict == Verdict.RUNNING and clock.due_at < at:
        return str(Verdict.BREACHED.label)
    return clock.get_verdict_display()


def _pause(clock: Clock, why: str, until: datetime | None, by: User, at: datetime) -> ClockEvent:
    """Stages that have passed are recorded first; a warning overtaken by the pause warns nobody."""
    escalations.pass_one(clock, upto=at, noticed_at=at)
    clock.paused_at, clock.paused_until = max(at, clock.started_at), until
    clock.next_at = until
    clock.save(update_fields=("paused_at", "paused_until", "next_at"))
    return ClockEvent(
        clock=clock,
        kind=Occurrence.PAUSED,
        at=clock.paused_at,
        recorded_at=at,
        by=by,
        why=why,
        data={"until": until.isoformat()} if until else {},
    )


def _go_on(
    clock: Clock, *, at: datetime, recorded_at: datetime | None = None, by_id: int | None = None
) -> None:
    paused_at = clock.paused_at or at
    resumed = ClockEvent(
        clock=clock,
        kind=Occurrence.RESUMED,
        at=max(at, paused_at),
        recorded_at=recorded_at or at,
        by_id=by_id,
    )
    clock.paused_at = clock.paused_until = None
    _count(clock, resumed, paused_at)
    clock.save(update_fields=COUNTED)
    resumed.save(force_insert=True)


def _count(clock: Clock, resumed: ClockEvent, paused_at: datetime) -> None:
    """The moments anew, with what was counted up to the pause. Raises Unreachable."""
    more = Happening(
        kind=resumed.kind,
        at=resumed.at,
        recorded_at=resumed.recorded_at,
        by_id=resumed.by_id,
    )
    stands = standing_of(clock, at=resumed.at, more=[more])
    clock.warn_at, clock.due_at, clock.escalate_at = stands.moments
    if clock.kind == ClauseKind.LEASE:
        clock.next_at = clock.due_at
    else:
        clock.next_at = derivation.next_moment(stands.moments, upto=paused_at)


def _tell(event: str, clock: Clock, by: User | None, at: datetime, **more: str) -> None:
    record(event, about_id=clock.pk, at=at, by=by, **escalations.told(clock), **more)
    changed("board", f"queue:{clock.team_id}")
