"""The parts of a delay are never negative and add up to the whole, whatever the instants say."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.calendars.working_time import DAY, Schedule, Window
from sla.delays import Delays, Journey, Part, Reached, Turn, longest_of, shared_out, split

FRIDAY: Final = datetime(2026, 11, 13, 20, tzinfo=UTC)
"""17:00 in São Paulo."""
HOUR: Final = timedelta(hours=1)
MINUTE: Final = timedelta(minutes=1)
NINE_TO_SIX: Final = (Window(9 * 3600, 18 * 3600),)
OFFICE: Final = Schedule(ZoneInfo("America/Sao_Paulo"), dict.fromkeys(range(5), NINE_TO_SIX))

instants = st.datetimes(
    min_value=datetime(2018, 10, 20), max_value=datetime(2018, 11, 20), timezones=st.just(UTC)
)
perhaps = st.none() | instants


@st.composite
def windows(draw: Callable[..., Any]) -> Window:
    opens = draw(st.integers(0, DAY - 1))
    return Window(opens, draw(st.integers(opens + 1, 2 * DAY)))


schedules = st.builds(
    Schedule,
    st.sampled_from(["America/Sao_Paulo", "Europe/Lisbon", "UTC"]).map(ZoneInfo),
    st.dictionaries(st.integers(0, 6), st.lists(windows(), max_size=3).map(tuple)),
    closed=st.frozensets(st.dates(datetime(2018, 11, 1).date(), datetime(2018, 11, 9).date())),
)
journeys = st.builds(
    Journey,
    inbound_at=instants,
    recorded_at=perhaps,
    qualified_at=perhaps,
    offered_at=instants,
    turns=st.lists(st.builds(Turn, instants, perhaps, st.none() | schedules), max_size=4),
    tried_at=perhaps,
    ended_at=perhaps,
)


@given(journeys, instants)
def test_parts_are_never_negative_and_add_up_to_the_microsecond(
    journey: Journey, at: datetime
) -> None:
    delays = split(journey, at=at)
    assert min(delays.parts.values()) >= 0
    assert sum(delays.parts.values()) == delays.whole
    end = journey.tried_at or journey.ended_at or at
    assert delays.whole == max(timedelta(), end - journey.inbound_at) // timedelta(microseconds=1)


@given(st.lists(st.integers(0, 10**15), min_size=1, max_size=7), st.integers(0, 10**9))
def test_averages_add_up_as_well(parts: list[int], whole: int) -> None:
    found = shared_out(parts, whole)
    assert sum(found) == (whole if sum(parts) else 0)
    assert min(found) >= 0
    for part, share in zip(parts, found, strict=True):
        assert not sum(parts) or abs(share - part * whole / sum(parts)) <= 1 + whole * 1e-12


def minutes(delays: Delays) -> dict[str, int]:
    return {part.value: value // 60_000_000 for part, value in delays.parts.items() if value}


def journey(**told: Any) -> Journey:
    """Friday 17:00 in, recorded at 17:05, MQL at 17:20, offered at 17:30."""
    known: dict[str, Any] = {
        "inbound_at": FRIDAY,
        "recorded_at": FRIDAY + 5 * MINUTE,
        "qualified_at": FRIDAY + 20 * MINUTE,
        "offered_at": FRIDAY + 30 * MINUTE,
        "turns": [Turn(FRIDAY + 30 * MINUTE, None, OFFICE)],
    }
    return Journey(**(known | told))


MONDAY_NINE: Final = FRIDAY + 64 * HOUR


def test_a_weekend_lead_waits_mostly_while_we_are_closed() -> None:
    turn = Turn(FRIDAY + 30 * MINUTE, MONDAY_NINE + 10 * MINUTE, OFFICE)
    tried = split(journey(turns=[turn], tried_at=MONDAY_NINE + 25 * MINUTE), at=MONDAY_NINE)
    assert minutes(tried) == {
        "capture": 5,
        "qualify": 15,
        "route": 10,
        "queue": 40,
        "queue_closed": 63 * 60,
        "seller": 15,
    }
    assert tried.reached == Reached.TRIED
    assert tried.longest == Part.QUEUE_CLOSED


def test_what_is_open_counts_up_to_now_and_a_closed_journey_up_to_its_end() -> None:
    now = split(journey(), at=FRIDAY + HOUR)
    assert (now.reached, minutes(now)["queue"]) == (Reached.OPEN, 30)
    ended = split(journey(ended_at=FRIDAY + 45 * MINUTE), at=MONDAY_NINE)
    assert (ended.reached, ended.whole) == (Reached.ENDED, 45 * 60_000_000)


def test_after_a_rescue_the_first_claim_is_the_sellers_time_and_not_the_queues() -> None:
    turns = [
        Turn(FRIDAY + 30 * MINUTE, FRIDAY + 32 * MINUTE, OFFICE),
        Turn(FRIDAY + 50 * MINUTE, FRIDAY + 53 * MINUTE, OFFICE),
    ]
    found = minutes(split(journey(turns=turns, tried_at=FRIDAY + 57 * MINUTE), at=MONDAY_NINE))
    assert (found["queue"], found["seller"]) == (2 + 3, 18 + 4)


@pytest.mark.parametrize(
    ("told", "found"),
    [
        # marked MQL elsewhere, before it was captured here
        ({"qualified_at": FRIDAY - HOUR}, {"capture": 5, "route": 25}),
        # no mark at all: it qualified when it was offered
        ({"qualified_at": None}, {"capture": 5, "qualify": 25}),
        # a later mark is no mark of this journey
        ({"qualified_at": FRIDAY + 9 * HOUR}, {"capture": 5, "qualify": 25}),
        # nobody knows when it was recorded
        ({"recorded_at": None}, {"capture": 20, "route": 10}),
        # the person wrote while history of an earlier day was handed over
        ({"offered_at": FRIDAY - HOUR}, {"capture": 5, "qualify": 15}),
    ],
)
def test_what_is_missing_or_out_of_order_is_read_by_one_rule(
    told: dict[str, Any], found: dict[str, int]
) -> None:
    told = {"turns": [], "tried_at": FRIDAY + 30 * MINUTE, **told}
    shown = minutes(split(journey(**told), at=MONDAY_NINE))
    shown.pop("queue", None)
    assert shown == found


def test_an_attempt_before_the_claim_ends_the_wait_in_the_queue() -> None:
    turn = Turn(FRIDAY + 30 * MINUTE, FRIDAY + 50 * MINUTE, OFFICE)
    found = minutes(split(journey(turns=[turn], tried_at=FRIDAY + 40 * MINUTE), at=MONDAY_NINE))
    assert found == {"capture": 5, "qualify": 15, "route": 10, "queue": 10}


def test_no_time_at_all_has_no_longest_part() -> None:
    found = split(journey(tried_at=FRIDAY), at=MONDAY_NINE)
    assert (found.whole, found.longest, found.share(Part.QUEUE)) == (0, None, 0.0)
    assert longest_of(found.parts) is None
