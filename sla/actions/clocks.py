"""Clocks begin, are stopped by evidence or closed without it, and are swept when due."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Final

import structlog
from django.db import transaction

from handoff.calendars.working_time import Unreachable
from handoff.journal.record import record
from handoff.notices.live import changed
from leads.actions.claim import rescue
from leads.refusals import Refusal
from sla import derivation
from sla import events as events_of
from sla.actions import escalations, pauses
from sla.actions.agreements import InForce, terms_in_force
from sla.derivation import Promise, is_late
from sla.models import (
    Clause,
    ClauseKind,
    Clock,
    ClockEvent,
    Escalation,
    Evidence,
    Occurrence,
    Stage,
    Verdict,
)
from sla.stages import NOT_NEEDED, SIDE_OF

ENDED: Final = ("verdict", "stopped_at", "next_at", "paused_at", "paused_until")
POISON_WAITS: Final = timedelta(minutes=1)
log = structlog.get_logger(__name__)


def start(
    *,
    handoff_id: int,
    team_id: int,
    kinds: Collection[str],
    at: datetime,
    owner_id: int | None = None,
    owing_id: int | None = None,
    by_id: int | None = None,
    why: str = "",
    **data: int,
) -> list[Clock]:
    """Begin clocks under the agreement in force at this instant; they keep it to their end.

    `owing_id` is the team they run against, where it is not the sales team that agreed on them.
    A clause the agreement does not have begins no clock, nor does one its calendar cannot reach.
    `data` is kept with the event that says it began.
    """
    terms = terms_in_force(team_id, at=at)
    found = (terms.clauses[kind] for kind in kinds if kind in terms.clauses)
    clocks = [clock for clause in found if (clock := _clock(terms, clause, at)) is not None]
    for clock in clocks:
        clock.handoff_id, clock.team_id, clock.owner_id = handoff_id, owing_id or team_id, owner_id
    Clock.objects.bulk_create(clocks)
    ClockEvent.objects.bulk_create(
        ClockEvent(
            clock=clock,
            kind=Occurrence.STARTED,
            at=at,
            recorded_at=at,
            by_id=by_id,
            why=why,
            data={"calendar": clock.calendar_id, **data},
        )
        for clock in clocks
    )
    return clocks


def _clock(terms: InForce, clause: Clause, at: datetime) -> Clock | None:
    promise = Promise(clause.target, clause.warn_before, clause.escalate_after)
    try:
        instants = derivation.moments(terms.schedule, start=at, promise=promise)
    except Unreachable:
        log.warning("clock_out_of_reach", clause=clause.pk, calendar=terms.version.pk)
        return None
    return Clock(
        clause=clause,
        calendar=terms.version,
        kind=clause.kind,
        side=SIDE_OF[ClauseKind(clause.kind)],
        started_at=at,
        **instants._asdict(),
        next_at=derivation.next_moment(instants, upto=at),
    )


def stop(
    *,
    handoff_id: int,
    kind: str,
    at: datetime,
    noticed_at: datetime | None = None,
    by_id: int | None = None,
) -> Clock | None:
    """Evidence from the instant `at`: the newest clock of this kind is met, or late.

    The earliest evidence wins, also over a breach already recorded, which is then corrected.
    """
    stopped = stop_all(
        handoff_id=handoff_id, kinds=(kind,), at=at, noticed_at=noticed_at, by_id=by_id
    )
    return stopped[0] if stopped else None


@transaction.atomic
def stop_all(
    *,
    handoff_id: int,
    kinds: Collection[str],
    at: datetime,
    noticed_at: datetime | None = None,
    by_id: int | None = None,
    bulk: bool = False,
    proves: Collection[str] = tuple(Evidence),
) -> list[Clock]:
    """The same evidence for clocks of several kinds, those to which it `proves` anything; returns
    those it changed.

    What happened before a clock began counts from its beginning. `bulk` says that the evidence was
    logged among many at once.
    """
    newest = {clock.kind: clock for clock in _locked(handoff_id, kinds)}
    proven = (clock for clock in newest.values() if clock.clause.evidence in proves)
    changed = [clock for clock in proven if _is_news(clock, at)]
    events = [
        event for clock in changed for event in _stop(clock, at, noticed_at or at, by_id, bulk)
    ]
    ClockEvent.objects.bulk_create(events)
    return changed


@transaction.atomic
def close(
    *,
    handoff_id: int,
    kinds: Collection[str],
    at: datetime,
    replaced: bool = False,
    by_id: int | None = None,
) -> list[Clock]:
    """End open clocks without evidence, unless already breached by then: cancelled, or superseded
    where others take their place."""
    clocks = [clock for clock in _locked(handoff_id, kinds) if clock.stopped_at is None]
    kind, verdict = Occurrence.CANCELLED, Verdict.CANCELLED
    if replaced:
        kind, verdict = Occurrence.SUPERSEDED, Verdict.SUPERSEDED
    events = [event for clock in clocks for event in _close(clock, kind, verdict, at, by_id)]
    ClockEvent.objects.bulk_create(events)
    return clocks


@transaction.atomic
def end_lease(*, handoff_id: int, at: datetime) -> None:
    """The claim went back to the queue: its lease is over, and a row says since when."""
    for clock in _locked(handoff_id, (ClauseKind.LEASE,)):
        if clock.stopped_at is None:
            events = pauses.wake(clock, at=at)
            ended = max(at, clock.started_at)
            clock.verdict, clock.stopped_at, clock.next_at = Verdict.BREACHED, ended, None
            clock.save(update_fields=ENDED)
            Escalation.objects.create(
                clock=clock, stage=Stage.RESCUED, due_at=min(clock.due_at, at), recorded_at=at
            )
            rescued = ClockEvent(clock=clock, kind=Occurrence.RESCUED, at=ended, recorded_at=at)
            ClockEvent.objects.bulk_create([*events, rescued])


def fire_next(*, at: datetime) -> bool:
    """Bring one due clock up to this instant. True: one was tried, there may be more."""
    return fire_due(at=at, limit=1) > 0 or fire_lease(at=at) or pauses.end_next(at=at)


def fire_some(*, at: datetime) -> int:
    """The same for up to a thousand at once, or for one lease or pause; returns how many."""
    if not Clock.objects.due(at).exists():
        return 0
    return fire_due(at=at) or int(fire_lease(at=at) or pauses.end_next(at=at))


@transaction.atomic
def fire_due(*, at: datetime, limit: int = 1_000) -> int:
    """Bring many due clocks up to this instant in one statement; leases are not among them."""
    passed = escalations.pass_due(upto=at, limit=limit)
    if passed:
        changed("board")
    return passed


def fire_lease(*, at: datetime) -> bool:
    """Rescue one claim whose lease has ended; both rows are held, so nobody works it meanwhile."""
    with transaction.atomic():
        clock = (
            Clock.objects.due(at)
            .filter(kind=ClauseKind.LEASE, paused_at__isnull=True)
            .select_related("handoff")
            .select_for_update(skip_locked=True, no_key=True, of=("self", "handoff"))
            .first()
        )
        if clock is None:
            return False
        _rescue(clock, at)
    return True


def _rescue(clock: Clock, at: datetime) -> None:
    try:
        with transaction.atomic():
            rescue(handoff_id=clock.handoff_id, at=at)
    except Refusal:
        close(handoff_id=clock.handoff_id, kinds=(ClauseKind.LEASE,), at=at)
    except Exception:
        log.exception("claim_not_rescued", clock=clock.pk)
        Clock.objects.filter(pk=clock.pk).update(next_at=at + POISON_WAITS)


def _locked(handoff_id: int, kinds: Collection[str]) -> Sequence[Clock]:
    rows = Clock.objects.filter(handoff_id=handoff_id, kind__in=kinds).order_by("id")
    return list(rows.select_related("clause").select_for_update(no_key=True, of=("self",)))


def _is_news(clock: Clock, at: datetime) -> bool:
    if clock.verdict in NOT_NEEDED:
        return False
    return clock.stopped_at is None or max(at, clock.started_at) < clock.stopped_at


def _stop(
    clock: Clock, at: datetime, noticed_at: datetime, by_id: int | None, bulk: bool
) -> list[ClockEvent]:
    """Judge by evidence that is news; a pause ends with it."""
    was, stopped_before = clock.verdict, clock.stopped_at is not None
    evidence_at = max(at, clock.started_at)
    events = pauses.wake(clock, at=evidence_at)
    if clock.kind == ClauseKind.LEASE:
        clock.verdict = Verdict.MET
    else:
        escalations.pass_one(clock, upto=evidence_at, noticed_at=noticed_at)
        found = derivation.verdict(due_at=clock.due_at, evidence_at=evidence_at, at=evidence_at)
        waived = was == Verdict.WAIVED and found == Verdict.BREACHED
        clock.verdict = Verdict.WAIVED if waived else found
    clock.stopped_at, clock.next_at = evidence_at, None
    clock.late_logged, clock.bulk_logged = is_late(evidence_at, noticed_at), bulk
    clock.save(update_fields=(*ENDED, "late_logged", "bulk_logged"))
    corrected = was in {Verdict.BREACHED, Verdict.WAIVED} and clock.verdict == Verdict.MET
    if corrected:
        data = escalations.told(clock)
        record(events_of.CORRECTED, about_id=clock.pk, at=noticed_at, **data)
    said = {"bulk": bulk, "before_start": at < clock.started_at}
    stopped = ClockEvent(
        clock=clock,
        kind=Occurrence.CORRECTED if corrected or stopped_before else Occurrence.STOPPED,
        at=evidence_at,
        recorded_at=noticed_at,
        by_id=by_id,
        data={name: True for name, true in said.items() if true},
    )
    return [*events, stopped]


def _close(
    clock: Clock, kind: Occurrence, verdict: Verdict, at: datetime, by_id: int | None
) -> list[ClockEvent]:
    events = pauses.wake(clock, at=at)
    escalations.pass_one(clock, upto=at, noticed_at=at)
    clock.stopped_at, clock.next_at = max(at, clock.started_at), None
    if clock.verdict == Verdict.RUNNING:
        clock.verdict = verdict
    clock.save(update_fields=ENDED)
    closed = ClockEvent(clock=clock, kind=kind, at=clock.stopped_at, recorded_at=at, by_id=by_id)
    return [*events, closed]
