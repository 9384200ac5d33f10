"""Working time against the minute-stepping oracle, and the proof that the oracle bites."""

import itertools
import random
from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.calendars import working_time
from handoff.calendars.working_time import Schedule, Unreachable
from tests.handoff.calendars import oracle
from tests.handoff.calendars.cases import Case, a_case, random_case

LOOK = timedelta(days=4)
examples = settings(max_examples=100, deadline=None, derandomize=True)
near_a_change = pytest.mark.parametrize("near", [True, False], ids=["near a change", "any time"])


def deadline_agrees(case: Case) -> bool:
    """Within four days of the start; a deadline past them must be past them for both."""
    give_up = case.start + LOOK
    expected = oracle.deadline(case.schedule, start=case.start, target=case.target, give_up=give_up)
    try:
        found = working_time.deadline(case.schedule, start=case.start, target=case.target)
    except Unreachable:
        return expected is None
    return found == expected if expected else found > give_up


Elapsed = Callable[[Schedule, datetime, datetime], timedelta]


def true_elapsed(schedule: Schedule, start: datetime, end: datetime) -> timedelta:
    return working_time.elapsed(schedule, start=start, end=end)


def elapsed_agrees(case: Case, end: datetime, elapsed: Elapsed = true_elapsed) -> bool:
    expected = oracle.elapsed(case.schedule, start=case.start, end=end)
    return elapsed(case.schedule, case.start, end) == expected


@near_a_change
@examples
@given(data=st.data())
def test_deadline_is_the_oracles(near: bool, data: st.DataObject) -> None:
    case = a_case(lambda low, high: data.draw(st.integers(low, max(low, high))), near=near)
    assert deadline_agrees(case)


@near_a_change
@examples
@given(data=st.data())
def test_elapsed_is_the_oracles(near: bool, data: st.DataObject) -> None:
    case = a_case(lambda low, high: data.draw(st.integers(low, max(low, high))), near=near)
    length = data.draw(st.timedeltas(timedelta(0), timedelta(days=3)))
    assert elapsed_agrees(case, case.start + length)


@near_a_change
def test_target_and_elapsed_undo_each_other(near: bool) -> None:
    source = random.Random(4)
    for _ in range(500):
        case = random_case(source, near=near)
        if not any(case.schedule.weekly.values()):
            continue
        due = working_time.deadline(case.schedule, start=case.start, target=case.target)
        assert true_elapsed(case.schedule, case.start, due) == case.target
        if case.target:
            short = true_elapsed(case.schedule, case.start, due - timedelta(microseconds=1))
            assert short == case.target - timedelta(microseconds=1)


@near_a_change
def test_open_intervals_are_disjoint_ordered_and_agree_with_is_open(near: bool) -> None:
    source = random.Random(5)
    for _ in range(200):
        case = random_case(source, near=near)
        parts = working_time.segments(case.schedule, case.start, case.start + LOOK)
        assert all(part.start < part.end for part in parts)
        assert all(one.end < two.start for one, two in itertools.pairwise(parts))
        for part in parts:
            assert working_time.is_open(case.schedule, part.start)
            assert part.end == case.start + LOOK or not working_time.is_open(
                case.schedule, part.end
            )


def elapsed_by_local_subtraction(schedule: Schedule, start: datetime, end: datetime) -> timedelta:
    """The known bug, kept as a control: local times are subtracted as if no clock ever changed."""
    begin = start.astimezone(schedule.zone).replace(tzinfo=None)
    until = end.astimezone(schedule.zone).replace(tzinfo=None)
    total, covered = timedelta(0), begin
    day = begin.date() - timedelta(days=1)
    while day <= until.date():
        midnight = datetime.combine(day, time())
        for window in sorted(schedule.windows_on(day)):
            opens = max(midnight + timedelta(seconds=window.opens), covered)
            closes = min(midnight + timedelta(seconds=window.closes), until)
            if closes > opens:
                total += closes - opens
                covered = closes
        day += timedelta(days=1)
    return total


def test_control_the_oracle_catches_subtracted_local_times() -> None:
    source = random.Random(6)
    cases = [random_case(source, near=True) for _ in range(40)]
    ends = [case.start + timedelta(days=3) for case in cases]
    pairs = list(zip(cases, ends, strict=True))
    assert all(elapsed_agrees(case, end) for case, end in pairs)
    wrong = [
        1 for case, end in pairs if not elapsed_agrees(case, end, elapsed_by_local_subtraction)
    ]
    assert len(wrong) >= 3
