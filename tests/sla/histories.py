"""Histories that nobody would think of: steps drawn at random, taken by the real verbs."""

import random
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

from django.db import transaction

from handoff.calendars import actions as calendars
from handoff.people.models import Role
from leads.actions import claim, contact, handoff, outcome
from leads.models import Handoff
from leads.refusals import Refusal
from leads.stages import ReasonGroup
from sla.actions import clocks, contests, moving, pauses, reopening
from sla.actions.agreements import in_force
from sla.actions.terms import DEFAULT
from sla.models import ClauseKind, Clock, Verdict
from tests.cast import MONDAY, Cast, person
from tests.walk import agreed, waiting

MINUTE: Final = timedelta(minutes=1)
WEEKS: Final = (
    {"mon": [["09:00", "12:00"], ["13:30", "18:00"]], "tue": [["10:00", "16:00"]]},
    {"mon": [["08:00", "20:00"]], "tue": [["08:00", "20:00"]], "wed": [["22:00", "30:00"]]},
    {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")},
)
ZONES: Final = ("America/Sao_Paulo", "Europe/Lisbon", "UTC")


class History:
    """One house; `run` takes so many steps, of which those that are refused change nothing."""

    def __init__(self, cast: Cast, seed: int) -> None:
        self.cast, self.dice, self.at = cast, random.Random(seed), MONDAY
        self.lia = person("Lia", Role.LEAD, cast.marketing)
        self.rows: list[Handoff] = [waiting(cast)]
        self.taken: list[str] = []

    def run(self, steps: int) -> None:
        verbs = [getattr(self, name) for name in dir(self) if name.startswith("do_")]
        for _ in range(steps):
            self.at += timedelta(seconds=self.dice.choice((0, 1, 40, 300, 900, 4_000, 30_000)))
            verb: Callable[[], Any] = self.dice.choice(verbs)
            try:
                with transaction.atomic():
                    verb()
            except Refusal:
                continue
            self.taken.append(verb.__name__)

    def do_offer(self) -> None:
        self.rows.append(waiting(self.cast, at=self.at - 2 * MINUTE))

    def do_claim(self) -> None:
        claim.claim(handoff_id=self._row().pk, by=self._seller(), at=self.at)

    def do_try(self) -> None:
        self._attempt(automatic=False)

    def do_try_again(self) -> None:
        self._attempt(automatic=False)

    def do_write_automatically(self) -> None:
        self._attempt(automatic=True)

    def _attempt(self, *, automatic: bool) -> None:
        ago = timedelta(minutes=self.dice.choice((0, 0, 5, 40, 400)))
        contact.attempt(
            handoff_id=self._row().pk,
            channel="call",
            result="no_answer",
            occurred_at=self.at - ago,
            automatic=automatic,
            by=self.cast.tess,
            at=self.at,
        )

    def do_reassign(self) -> None:
        claim.reassign(handoff_id=self._row().pk, to=self._seller(), by=self.cast.tess, at=self.at)

    def do_lose(self) -> None:
        outcome.lose(
            handoff_id=self._row().pk,
            reason=ReasonGroup.COMPETITOR,
            note="",
            by=self.cast.tess,
            at=self.at,
        )

    def do_answer(self) -> None:
        clocks.stop(handoff_id=self._row().pk, kind="feedback", at=self.at)

    def do_withdraw(self) -> None:
        handoff.withdraw(handoff_id=self._row().pk, by=self.cast.mara, at=self.at)

    def do_pause(self) -> None:
        until = self.dice.choice((None, self.at + timedelta(minutes=self.dice.randint(1, 600))))
        pauses.pause(
            clock_id=self._clock(verdict=Verdict.RUNNING).pk,
            why="The customer is away.",
            until=until,
            by=self.cast.tess,
            at=self.at,
        )

    def do_resume(self) -> None:
        pauses.resume(
            clock_id=self._clock(paused_at__isnull=False).pk, by=self.cast.max, at=self.at
        )

    def do_contest(self) -> None:
        late = self._clock(verdict=Verdict.BREACHED, contested_at=None)
        contests.contest(clock_id=late.pk, why="It rang.", by=self.cast.tess, at=self.at)

    def do_waive(self) -> None:
        contested = self._clock(contested_at__isnull=False, settled_at=None)
        contests.waive(clock_id=contested.pk, why="It did.", by=self.lia, at=self.at)

    def do_keep(self) -> None:
        contested = self._clock(contested_at__isnull=False, settled_at=None)
        contests.keep(clock_id=contested.pk, why="It did not.", by=self.cast.max, at=self.at)

    def do_reopen(self) -> None:
        over = self._clock(kind=ClauseKind.FIRST_ATTEMPT, stopped_at__isnull=False)
        reopening.reopen(clock_id=over.pk, why="Again.", by=self.cast.tess, at=self.at)

    def do_sweep(self) -> None:
        for _ in range(60):
            if not clocks.fire_next(at=self.at):
                return
        raise AssertionError("The sweep does not end.")

    def do_sweep_again(self) -> None:
        self.do_sweep()

    def do_edit_the_calendar(self) -> None:
        calendars.publish(
            calendar_id=in_force(None, at=self.at).calendar_id,
            by=None,
            at=self.at,
            zone=self.dice.choice(ZONES),
            weekly=self.dice.choice(WEEKS),
        )

    def do_move_the_open_ones(self) -> None:
        calendar_id = in_force(None, at=self.at).calendar_id
        moving.begin(calendar_id=calendar_id, by=self.cast.ada, at=self.at)
        while moving.move_next(at=self.at):
            pass

    def do_agree_anew(self) -> None:
        longer = self.dice.choice((1, 2, 5))
        clauses = [replace(each, target=each.target * longer) for each in DEFAULT]
        agreed(
            self.cast,
            clauses=clauses,
            claim_accepts=bool(self.dice.randint(0, 1)),
            at=self.at,
        )

    def _row(self) -> Handoff:
        return self.dice.choice(self.rows)

    def _clock(self, **wanted: Any) -> Clock:
        """One of those wanted, now and then any other."""
        rows = list(Clock.objects.filter(**wanted).order_by("pk"))
        if not rows or self.dice.random() < 0.2:
            rows = list(Clock.objects.order_by("pk"))
        return self.dice.choice(rows)

    def _seller(self) -> Any:
        return self.dice.choice((self.cast.sam, self.cast.sol, self.cast.tess))
