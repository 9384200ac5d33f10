"""How fast a deadline is, and how often it differs from the minute-stepping oracle.

    python -m bench.deadlines [--cases 10000] [--seed 1]

Half of the cases lie within three days of a change of clocks. Prints the cost of a deadline on a
calendar met for the first time and on one in use, and the number of mismatches, which is zero.
"""

import random
import time
from datetime import datetime, timedelta
from typing import Final

from bench.figures import Figure, alone, at_most
from handoff.calendars import working_time
from handoff.calendars.working_time import Schedule, Unreachable
from tests.handoff.calendars import oracle
from tests.handoff.calendars.cases import Case, clock_changes, random_case

LOOK = timedelta(days=4)
SMALL: Final = {"cases": 50}


def measure(*, cases: int = 10_000, seed: int = 1) -> list[Figure]:
    source = random.Random(seed)
    drawn = [random_case(source, near=number % 2 == 0) for number in range(cases)]
    near = sum(is_near(case) for case in drawn)
    open_once = [case for case in drawn if any(case.schedule.weekly.values())]
    first = milliseconds(open_once, [fresh(case.schedule) for case in open_once])
    milliseconds(open_once, [case.schedule for case in open_once])
    used = milliseconds(open_once, [case.schedule for case in open_once])
    mismatches = sum(not agrees(case) for case in drawn)
    return [
        Figure("a calendar's first deadline, mean", first[0], "ms", reach=at_most(1)),
        Figure("… p99", first[1], "ms"),
        Figure("deadline of a calendar in use, mean", used[0], "ms"),
        Figure("… p99", used[1], "ms", reach=at_most(1)),
        Figure("cases within three days of a change of clocks", near),
        Figure(f"of {cases:,} cases, not as the oracle says", mismatches, reach=at_most(0)),
    ]


def is_near(case: Case) -> bool:
    changes = clock_changes(case.schedule.zone.key)
    return any(abs(case.start - change) <= timedelta(days=3, hours=1) for change in changes)


def fresh(schedule: Schedule) -> Schedule:
    """The same calendar with nothing remembered."""
    return Schedule(
        schedule.zone, schedule.weekly, schedule.closed, schedule.partial, schedule.holidays
    )


def answer(schedule: Schedule, case: Case) -> datetime | None:
    try:
        return working_time.deadline(schedule, start=case.start, target=case.target)
    except Unreachable:
        return None


def agrees(case: Case) -> bool:
    give_up = case.start + LOOK
    expected = oracle.deadline(case.schedule, start=case.start, target=case.target, give_up=give_up)
    found = answer(case.schedule, case)
    if expected is None:
        return found is None or found > give_up
    return found == expected


def milliseconds(cases: list[Case], schedules: list[Schedule]) -> tuple[float, float]:
    """The mean and the 99th percentile of one deadline."""
    taken = []
    for case, schedule in zip(cases, schedules, strict=True):
        begin = time.perf_counter()
        answer(schedule, case)
        taken.append((time.perf_counter() - begin) * 1_000)
    taken.sort()
    return sum(taken) / len(taken), taken[len(taken) * 99 // 100]


if __name__ == "__main__":
    alone("deadlines", measure, __doc__)
