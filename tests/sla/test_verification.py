"""A clock's row follows from its events, whatever happened; what is altered by hand does not."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handoff.calendars import actions as calendars
from handoff.invariants import found
from handoff.people.models import User
from leads.actions import claim, contact
from leads.models import Handoff
from leads.stages import HandoffState
from sla.actions import clocks, contests, moving, pauses, reopening
from sla.actions.agreements import in_force
from sla.models import ClauseKind, Clock, ClockEvent, Escalation, Occurrence, Verdict
from sla.queries.verification import Verification, verify
from tests.cast import MONDAY, Cast, make_cast
from tests.sla.histories import WEEKS, History
from tests.walk import fresh, handoff_at

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
OFFERED = MONDAY + 2 * MINUTE
LATER = MONDAY + timedelta(days=400)
SEEN: Counter[str] = Counter()


def fire(at: datetime) -> None:
    while clocks.fire_next(at=at):
        pass


def attempt(row: Handoff, by: User, *, happened: datetime, at: datetime) -> None:
    contact.attempt(
        handoff_id=row.pk,
        channel="call",
        result="no_answer",
        occurred_at=happened,
        by=by,
        at=at,
    )


def said(seen: Verification) -> str:
    return "\n".join(map(str, seen.first))


@settings(
    max_examples=12,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 2**32))
def test_any_history_is_derived_again(db: None, seed: int) -> None:
    with transaction.atomic():
        story = History(make_cast(), seed)
        story.run(40)
        SEEN.update(story.taken)
        for at in (story.at, LATER):
            seen = verify(at=at)
            assert not seen.wrong, said(seen)
        assert {held: count for held, count in found() if count} == {}
        transaction.set_rollback(True)


def test_the_histories_take_every_step() -> None:
    """Of those that the run before this one drew."""
    steps = {name for name in dir(History) if name.startswith("do_")}
    assert len(steps - set(SEEN)) <= 2, steps - set(SEEN)


@pytest.fixture
def lived(cast: Cast) -> Cast:
    """Everything that can happen to a clock has happened to one."""
    late = handoff_at(HandoffState.WAITING, cast)
    fire(OFFERED + HOUR)
    other = handoff_at(HandoffState.WAITING, cast)
    for row, settle in ((late, contests.waive), (other, contests.keep)):
        fire(OFFERED + HOUR)
        pk = Clock.objects.get(handoff=row).pk
        contests.contest(clock_id=pk, why="A power cut.", by=cast.tess, at=OFFERED + HOUR)
        settle(clock_id=pk, why="So it was.", by=cast.max, at=OFFERED + 2 * HOUR)
    held = handoff_at(HandoffState.CLAIMED, cast)
    first = Clock.objects.get(handoff=held, kind=ClauseKind.FIRST_ATTEMPT)
    pauses.pause(clock_id=first.pk, why="On holiday.", by=cast.sam, at=OFFERED + 5 * MINUTE)
    pauses.resume(clock_id=first.pk, by=cast.sam, at=OFFERED + 25 * MINUTE)
    claim.reassign(handoff_id=held.pk, to=cast.sol, by=cast.tess, at=OFFERED + 30 * MINUTE)
    for minutes in (60, 40, 70):
        attempt(held, cast.sol, happened=OFFERED + minutes * MINUTE, at=OFFERED + 110 * MINUTE)
    again = Clock.objects.filter(handoff=held, kind=ClauseKind.FIRST_ATTEMPT).latest("pk")
    reopening.reopen(clock_id=again.pk, why="Once more.", by=cast.tess, at=OFFERED + 2 * HOUR)
    waiting = handoff_at(HandoffState.WITHDRAWN, cast)
    untouched = handoff_at(HandoffState.CLAIMED, cast)
    fire(OFFERED + 5 * HOUR)
    assert fresh(untouched).state == HandoffState.WAITING != fresh(waiting).state
    handoff_at(HandoffState.WAITING, cast, at=MONDAY - 2 * MINUTE)
    version = in_force(None, at=MONDAY).calendar
    calendars.publish(calendar_id=version.pk, by=None, at=MONDAY, zone="UTC", weekly=WEEKS[2])
    moving.begin(calendar_id=version.pk, by=cast.ada, at=OFFERED + 5 * HOUR)
    while moving.move_next(at=OFFERED + 5 * HOUR):
        pass
    assert set(ClockEvent.objects.values_list("kind", flat=True)) == set(Occurrence)
    return cast


def a_moment_later(name: str) -> Callable[[], object]:
    def alter() -> object:
        clock = Clock.objects.filter(**{f"{name}__isnull": False}).latest("id")
        value = getattr(clock, name) + timedelta(seconds=1)
        return Clock.objects.filter(pk=clock.pk).update(**{name: value})

    return alter


def without(kind: str) -> Callable[[], object]:
    def alter() -> object:
        return ClockEvent.objects.filter(kind=kind).latest("id").delete()

    return alter


def a_stage_moved() -> object:
    stage = Escalation.objects.latest("id")
    return Escalation.objects.filter(pk=stage.pk).update(due_at=stage.due_at - timedelta(hours=1))


def a_stage_gone() -> object:
    return Escalation.objects.filter(clock__verdict=Verdict.BREACHED).latest("id").delete()


def a_verdict_turned() -> object:
    return Clock.objects.filter(verdict=Verdict.BREACHED, stopped_at__isnull=False).update(
        verdict=Verdict.WAIVED
    )


ALTERED = {
    "a deadline": a_moment_later("due_at"),
    "an escalation": a_moment_later("escalate_at"),
    "an end": a_moment_later("stopped_at"),
    "a next moment": a_moment_later("next_at"),
    "a contest": a_moment_later("contested_at"),
    "a verdict": a_verdict_turned,
    "a stage": a_stage_moved,
    "a stage that is gone": a_stage_gone,
    **{f"no {kind}": without(kind) for kind in Occurrence if kind != Occurrence.REOPENED},
}


def test_what_is_altered_by_hand_is_found(lived: Cast) -> None:
    assert not verify(at=LATER).wrong
    unseen = []
    for name, alter in ALTERED.items():
        with transaction.atomic():
            alter()
            if not verify(at=LATER).wrong:
                unseen.append(name)
            transaction.set_rollback(True)
    assert unseen == []


@pytest.mark.django_db(transaction=True)
def test_the_command_counts_and_fails_for_a_difference(cast: Cast) -> None:
    story = History(cast, 3)
    story.run(60)
    out = StringIO()
    call_command("verify_clocks", json=True, stdout=out)
    told = json.loads(out.getvalue())
    assert told["wrong"] == 0
    assert told["clocks"] == Clock.objects.count() > 2
    altered = Clock.objects.latest("id")
    Clock.objects.filter(pk=altered.pk).update(due_at=altered.due_at + timedelta(minutes=7))
    out = StringIO()
    with pytest.raises(SystemExit):
        call_command("verify_clocks", stdout=out)
    assert "1  clocks that differ" in out.getvalue()
    assert f"clock {altered.pk} ({altered.kind}): due_at is" in out.getvalue()


def test_a_sweep_that_is_late_is_no_difference(cast: Cast) -> None:
    story = History(cast, 1)
    assert not verify(at=LATER).wrong
    clocks.fire_due(at=LATER)
    assert not verify(at=LATER).wrong
    assert story.rows
