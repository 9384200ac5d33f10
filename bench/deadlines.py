"""How fast a deadline is, and how often it differs from the minute-stepping oracle.

    python -m bench.deadlines [--cases 10000] [--seed 1]

Half of the cases lie within three days of a change of clocks. Prints the cost of a deadline on a
calendar met for the first time and on one in use, and the number of mismatches, which is zero.
"""

import argparse
import random
import time
from datetime import datetime, timedelta

from handoff.calendars import working_time
from handoff.calendars.working_time import Schedule, Unreachable
from tests.handoff.calendars import oracle
from tests.handoff.calendars.cases import Case, random_case

LOOK = timedelta(days=4)


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    source = random.Random(options.seed)
    drawn = [random_case(source, near=number % 2 == 0) for number in range(options.cases)]
    cases = [case for case in drawn if any(case.schedule.weekly.values())]
    first = milliseconds(cases, [fresh(case.schedule) for case in cases])
    used = milliseconds(cases, [case.schedule for case in cases])
    used = milliseconds(cases, [case.schedule for case in cases])
    print(f"first deadline of a calendar   {first[0]:.4f} ms mean   {first[1]:.4f} ms p99")
    print(f"deadline of a calendar in use  {used[0]:.4f} ms mean   {used[1]:.4f} ms p99")
    begin = time.perf_counter()
    mismatches = sum(not agrees(case) for case in drawn)
    seconds = time.perf_counter() - begin
    print(f"mismatches with the oracle     {mismatches} of {len(drawn)}   ({seconds:.0f} s)")


if __name__ == "__main__":
    main()
