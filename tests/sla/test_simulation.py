"""A replay is a plain queue: it loses nobody, waits are never negative, and it knows a team whose
truth is known."""

import random
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.calendars.working_time import Schedule, Window, deadline, elapsed
from sla.simulation.arrivals import Arrival, halves
from sla.simulation.axis import Axis
from sla.simulation.figures import (
    Figures,
    Plan,
    axis_for,
    band_of,
    change_of,
    experiment,
    quantile,
    really,
)
from sla.simulation.learning import learn
from sla.simulation.queue import Demand, Handling, Hands, Order, demand_of, draw, replay
from sla.simulation.scenario import OPEN, Scenario

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
OFFICE = Schedule(SAO_PAULO, dict.fromkeys(range(5), (Window(9 * 3600, 18 * 3600),)))
LONGER = Schedule(SAO_PAULO, dict.fromkeys(range(5), (Window(8 * 3600, 20 * 3600),)))
BEGIN = datetime(2026, 8, 3, 3, tzinfo=UTC)
CLAIM, ATTEMPT = 900, 3_600


def truth(
    sellers: int, schedule: Schedule = OFFICE, *, leads: int = 500, days: int = 30
) -> list[Arrival]:
    """A team whose rules are known: whoever is free takes the oldest after about four minutes and
    is busy with it for about half an hour."""
    dice = random.Random(5)
    offers = sorted(BEGIN + timedelta(seconds=dice.uniform(0, days * 86_400)) for _ in range(leads))
    axis = Axis.of(schedule, start=BEGIN - timedelta(days=1), end=BEGIN + timedelta(days=days + 99))
    free, rows = [0.0] * sellers, []
    for offered in offers:
        position = axis.position(offered.timestamp())
        seller = min(range(sellers), key=free.__getitem__)
        claimed = max(position, free[seller]) + dice.expovariate(1 / 240)
        work = dice.lognormvariate(0, 0.6) * 1_500
        free[seller] = claimed + work
        claimed_at = max(axis.instant(claimed), offered.timestamp())
        freed_at = max(axis.instant(free[seller]), claimed_at)
        rows.append(
            Arrival(
                offered_at=offered,
                claimed_at=datetime.fromtimestamp(claimed_at, UTC),
                freed_at=datetime.fromtimestamp(freed_at, UTC),
                tried=True,
                seller=seller,
                claim_target=CLAIM,
                attempt_target=ATTEMPT,
                claim_kept=claimed - position <= CLAIM,
                attempt_kept=work <= ATTEMPT,
            )
        )
    return rows


def attainment(figures: Figures) -> float | None:
    return figures.attainment


@pytest.fixture(scope="module")
def team() -> list[Arrival]:
    return truth(3)


def runs_of(team: list[Arrival], scenario: Scenario) -> list[Figures]:
    learnt = learn(team, axis_for(OFFICE, team), OFFICE)
    return experiment(team, learnt, scenario.plan(OFFICE, sellers=learnt.sellers))


def mean(runs: list[Figures]) -> float:
    band = band_of(runs, attainment)
    assert band is not None
    return band.mean


def test_what_was_is_reproduced_within_the_band(team: list[Arrival]) -> None:
    band = band_of(runs_of(team, Scenario()), attainment)
    real = really(team, axis_for(OFFICE, team)).attainment
    assert band is not None
    assert real is not None
    assert band.holds(real)
    assert band.high - band.low < 0.06


def test_the_later_half_is_foretold_by_the_earlier(team: list[Arrival]) -> None:
    earlier, later = halves(team)
    learnt = learn(earlier, axis_for(OFFICE, earlier), OFFICE)
    runs = experiment(later, learnt, Plan(OFFICE), ahead=True)
    real = really(later, axis_for(OFFICE, later)).attainment
    assert mean(runs) == pytest.approx(real, abs=0.06)


@pytest.mark.parametrize(
    ("scenario", "sellers", "schedule"),
    [
        (Scenario(hours=LONGER.weekly), 3, LONGER),
        (Scenario(sellers=6), 6, OFFICE),
        (Scenario(sellers=2), 2, OFFICE),
    ],
)
def test_another_world_is_foretold_as_it_would_have_been(
    team: list[Arrival], scenario: Scenario, sellers: int, schedule: Schedule
) -> None:
    """The same leads in the world that the scenario speaks of, by its own rules."""
    other = truth(sellers, schedule)
    real = really(other, axis_for(schedule, other)).attainment
    assert mean(runs_of(team, scenario)) == pytest.approx(real, abs=0.04)


def test_more_sellers_never_keep_fewer_promises(team: list[Arrival]) -> None:
    kept = [mean(runs_of(team, Scenario(sellers=count))) for count in (1, 2, 3, 4, 6, 12, 500)]
    assert kept == sorted(kept)
    assert kept[-1] > kept[0] + 0.2


def test_the_same_seeds_give_the_same_answer_and_others_another(team: list[Arrival]) -> None:
    first, again = (runs_of(team, Scenario(sellers=4)) for _ in range(2))
    assert first == again
    assert len({run.attainment for run in first}) > 1


def test_shorter_targets_keep_fewer_promises_and_move_no_wait(team: list[Arrival]) -> None:
    was, strict = runs_of(team, Scenario()), runs_of(team, Scenario(claim_target=60))
    assert mean(strict) < mean(was)
    assert [run.response for run in strict] == [run.response for run in was]
    change = change_of(was, strict, attainment)
    assert change is not None
    assert change.high < 0


def test_parts_add_up_and_no_wait_is_negative(team: list[Arrival]) -> None:
    for run in (
        *runs_of(team, Scenario(hours=LONGER.weekly)),
        really(team, axis_for(OFFICE, team)),
    ):
        assert min(run.queue, run.seller, run.closed) >= 0
        assert run.whole == pytest.approx(run.queue + run.seller + run.closed)
        assert run.response is not None
        assert run.wall is not None
        assert run.wall >= run.response
        assert run.claims == len(team)


def test_the_newest_first_serves_some_at_once_and_lets_others_wait(team: list[Arrival]) -> None:
    oldest, newest = (
        runs_of(team, Scenario(order=order))[0] for order in (Order.OLDEST, Order.NEWEST)
    )
    assert oldest.response is not None
    assert newest.response is not None
    assert newest.response[0] < oldest.response[0]
    assert newest.response[1] > oldest.response[1]
    assert newest.queue == pytest.approx(oldest.queue, rel=0.05)


def test_the_best_grade_goes_first() -> None:
    at = BEGIN + timedelta(hours=12)
    rows = [
        Arrival(at, at, at, True, 1, CLAIM, ATTEMPT, True, True, grade)
        for grade in ("C3", "", "A1")
    ]
    demand = demand_of(rows, axis_for(OFFICE, rows), order=Order.GRADE)
    run = replay(demand, Hands([0.0], [1]), [Handling(10.0, 20.0, True)] * 3)
    assert sorted(range(3), key=run.claimed.__getitem__) == [2, 0, 1]


positions = st.lists(st.floats(0, 5_000), min_size=1, max_size=40).map(sorted)
lengths = st.floats(0, 900)


@settings(max_examples=200, deadline=None)
@given(offered=positions, hands=st.integers(1, 6), more=st.integers(0, 4), data=st.data())
def test_a_queue_loses_nobody_and_is_never_busier_than_its_hands(
    offered: list[float], hands: int, more: int, data: st.DataObject
) -> None:
    count = len(offered)
    drawn = [Handling(data.draw(lengths), data.draw(lengths), True) for _ in range(count)]
    places = list(range(count))
    demand = Demand(offered, [60.0] * count, [60.0] * count, places, places)
    steps = Hands([0.0, 1_000.0, 2_000.0], [hands, hands + more, hands])
    run = replay(demand, steps, drawn)
    assert all(at >= came for at, came in zip(run.claimed, offered, strict=True))
    assert all(done >= at for done, at in zip(run.freed, run.claimed, strict=True))
    assert max(run.freed) < float("inf")
    for moment in run.claimed:
        busy = sum(at <= moment < done for at, done in zip(run.claimed, run.freed, strict=True))
        assert busy <= hands + more


@settings(max_examples=200, deadline=None)
@given(start=st.integers(0, 30 * 86_400), length=st.integers(0, 200_000))
def test_positions_on_an_axis_are_open_time(start: int, length: int) -> None:
    axis = Axis.of(OFFICE, start=BEGIN, end=BEGIN + timedelta(days=90))
    one = BEGIN + timedelta(seconds=start)
    position = axis.position(one.timestamp())
    assert position == elapsed(OFFICE, start=BEGIN, end=one).total_seconds()
    due = deadline(OFFICE, start=one, target=timedelta(seconds=length))
    later = max(axis.instant(position + length), one.timestamp())
    assert later == pytest.approx(due.timestamp(), abs=1e-3)


def test_what_is_never_reached_is_counted_and_the_replay_ends() -> None:
    team = truth(8, leads=1_200, days=10)
    runs = runs_of(
        team, Scenario(hours=dict.fromkeys(range(5), (Window(9 * 3600, 9 * 3600 + 600),)))
    )
    assert all(run.unreached > 0 for run in runs)
    assert mean(runs) < 0.6


def test_holidays_can_be_worked_and_kept() -> None:
    feast = Scenario(holidays="BR").schedule(OFFICE)
    assert not feast.windows_on(datetime(2026, 9, 7, tzinfo=UTC).date())
    assert Scenario(holidays=OPEN).schedule(feast).windows_on(datetime(2026, 9, 7).date())
    assert Scenario(hours={0: ()}).schedule(OFFICE).weekly.keys() == {1, 2, 3, 4}


def test_draws_are_from_around_the_same_time_or_the_newest() -> None:
    handlings = [Handling(float(n), 0.0, True) for n in range(1_000)]
    drawn = draw(handlings, 1_000, seed=1)
    assert all(abs(one.pick_up - n) <= 200 for n, one in enumerate(drawn))
    assert min(one.pick_up for one in draw(handlings, 50, seed=1, ahead=True)) >= 800


def test_quantiles_lie_between_the_two_nearest() -> None:
    assert quantile([1.0, 2.0, 4.0], 0.5) == 2.0
    assert quantile([1.0, 3.0], 0.25) == 1.5
    assert quantile([7.0], 0.95) == 7.0
