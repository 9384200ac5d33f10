"""The clocks that a journey's past has left behind, derived as the running house derives them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from handoff.demo.lives import Journey, came_back, is_negative
from handoff.people.models import Side, User
from leads.models import AttemptResult, Handoff
from leads.stages import HandoffState
from sla import derivation
from sla.actions.agreements import InForce
from sla.models import ClauseKind, Clock, ClockEvent, Escalation, Occurrence, Stage, Verdict
from sla.stages import SIDE_OF


@dataclass
class Ticked:
    """A clock with the stages it has passed, each noticed at its own instant."""

    clock: Clock
    stages: list[tuple[Stage, datetime]]
    ended: Occurrence | None

    def escalations(self) -> Iterator[Escalation]:
        for stage, due_at in self.stages:
            yield Escalation(clock=self.clock, stage=stage, due_at=due_at, recorded_at=due_at)

    def events(self) -> Iterator[ClockEvent]:
        clock, counted = self.clock, {"calendar": self.clock.calendar_id}
        begun = clock.started_at
        yield ClockEvent(
            clock=clock, kind=Occurrence.STARTED, at=begun, recorded_at=begun, data=counted
        )
        if self.ended is not None and clock.stopped_at is not None:
            end = clock.stopped_at
            yield ClockEvent(clock=clock, kind=self.ended, at=end, recorded_at=end)


class Clockmaker:
    """Makes the clocks of one handoff under the terms of its team, as they stand at `now`."""

    def __init__(self, handoff: Handoff, terms: InForce, now: datetime) -> None:
        self.handoff, self.terms, self.now = handoff, terms, now

    def of(self, journey: Journey) -> Iterator[Ticked]:
        """Every clock of a journey, in the order in which they began."""
        offered_at = journey.offered_at
        if journey.state == HandoffState.WITHDRAWN:
            yield self._ticked(ClauseKind.CLAIM, offered_at, closed_at=journey.ended_at)
            return
        for claim in journey.claims:
            yield self._ticked(ClauseKind.CLAIM, offered_at, met_at=claim.at)
            if claim.rescued_at is not None:
                yield from self._untouched(claim.seller, claim.at, claim.rescued_at)
                offered_at = claim.rescued_at
        last = journey.claims[-1]
        tried_at = journey.tries[0].at if journey.tries else None
        talks = (each.at for each in journey.tries if each.result == AttemptResult.TWO_WAY)
        evidence = {
            ClauseKind.FIRST_ATTEMPT: tried_at,
            ClauseKind.FIRST_CONTACT: next(talks, None),
            ClauseKind.LEASE: tried_at,
        }
        for kind, met_at in evidence.items():
            yield self._ticked(
                kind, last.at, last.seller, met_at=met_at, closed_at=journey.ended_at
            )
        if journey.ended_at is not None:
            answered_at = journey.answer.given_at if journey.answer else None
            yield self._ticked(
                ClauseKind.FEEDBACK, journey.ended_at, last.seller, met_at=answered_at
            )
            yield from self._of_marketing(journey, journey.ended_at)

    def _of_marketing(self, journey: Journey, ended_at: datetime) -> Iterator[Ticked]:
        """What it owed: an answer to what was not praise, and a next step for what came back."""
        by, said = journey.offered_by, journey.answer
        if said is not None and is_negative(said):
            yield self._ticked(ClauseKind.ANSWER, said.given_at, by, met_at=said.replied_at)
        if came_back(journey):
            yield self._ticked(ClauseKind.TAKE_UP, ended_at, by, met_at=journey.taken_up_at)

    def _untouched(self, seller: User, at: datetime, rescued_at: datetime) -> Iterator[Ticked]:
        for kind in (ClauseKind.FIRST_ATTEMPT, ClauseKind.FIRST_CONTACT):
            yield self._ticked(kind, at, seller, closed_at=rescued_at)
        lease = self._ticked(ClauseKind.LEASE, at, seller, closed_at=rescued_at)
        lease.clock.verdict = Verdict.BREACHED
        lease.stages = [(Stage.RESCUED, min(lease.clock.due_at, rescued_at))]
        lease.ended = Occurrence.RESCUED
        yield lease

    def _ticked(
        self,
        kind: ClauseKind,
        start: datetime,
        owner: User | None = None,
        *,
        met_at: datetime | None = None,
        closed_at: datetime | None = None,
    ) -> Ticked:
        clause, side, lead = self.terms.clauses[kind], SIDE_OF[kind], self.handoff.lead
        promise = derivation.Promise(clause.target, clause.warn_before, clause.escalate_after)
        moments = derivation.moments(self.terms.schedule, start=start, promise=promise)
        stopped_at = met_at or closed_at
        clock = Clock(
            handoff=self.handoff,
            clause=clause,
            calendar=self.terms.version,
            kind=kind,
            side=side,
            team_id=lead.team_id if side == Side.MARKETING else self.handoff.team_id,
            owner=owner,
            verdict=self._verdict(kind, moments, met_at, closed_at),
            started_at=start,
            warn_at=moments.warn_at,
            due_at=moments.due_at,
            escalate_at=moments.escalate_at,
            stopped_at=stopped_at,
            next_at=None if stopped_at else self._next(kind, moments),
        )
        ended = Occurrence.STOPPED if met_at else Occurrence.CANCELLED if closed_at else None
        return Ticked(clock, self._passed(kind, moments, stopped_at or self.now), ended)

    def _verdict(
        self,
        kind: ClauseKind,
        moments: derivation.Moments,
        met_at: datetime | None,
        closed_at: datetime | None,
    ) -> Verdict:
        if kind == ClauseKind.LEASE:
            return Verdict.MET if met_at else Verdict.CANCELLED if closed_at else Verdict.RUNNING
        if met_at is None and closed_at is not None and moments.due_at >= closed_at:
            return Verdict.CANCELLED
        return derivation.verdict(
            due_at=moments.due_at, evidence_at=met_at, at=met_at or closed_at or self.now
        )

    def _next(self, kind: ClauseKind, moments: derivation.Moments) -> datetime | None:
        if kind == ClauseKind.LEASE:
            return moments.due_at
        return derivation.next_moment(moments, upto=self.now)

    def _passed(
        self, kind: ClauseKind, moments: derivation.Moments, upto: datetime
    ) -> list[tuple[Stage, datetime]]:
        if kind == ClauseKind.LEASE:
            return []
        return [(stage, due_at) for stage, due_at in derivation.timetable(moments) if due_at < upto]
