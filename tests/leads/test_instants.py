"""Dates as people write them, in the zone they mean, and within bounds."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from leads.instants import COMMON, UnknownFormat, reader, within_bounds
from leads.problems import Problem
from tests.cast import MONDAY

SAO_PAULO = ZoneInfo("America/Sao_Paulo")


@pytest.mark.parametrize(
    ("written", "instant"),
    [
        ("14-06-2017", datetime(2017, 6, 14, 3, tzinfo=UTC)),
        ("14/06/2017 18:05", datetime(2017, 6, 14, 21, 5, tzinfo=UTC)),
        ("2017-06-14", datetime(2017, 6, 14, 3, tzinfo=UTC)),
        ("2017-06-14T18:05:00Z", datetime(2017, 6, 14, 18, 5, tzinfo=UTC)),
        ("2017-06-14 18:05:00-03:00", datetime(2017, 6, 14, 21, 5, tzinfo=UTC)),
        # the clocks jumped from midnight to one: the day began at one
        ("15/10/2017", datetime(2017, 10, 15, 3, tzinfo=UTC)),
    ],
)
def test_a_local_date_becomes_an_instant(written: str, instant: datetime) -> None:
    assert reader(COMMON, SAO_PAULO)(written) == instant


@pytest.mark.parametrize(
    "written", ["31/02/2020", "soon", "20200101", "12345", "2020-13-01", "0000-01-01", "9999-99"]
)
def test_what_is_no_date_is_said(written: str) -> None:
    with pytest.raises(Problem) as found:
        reader(COMMON, SAO_PAULO)(written)
    assert found.value.code == "bad_date"


def test_the_first_instant_of_the_calendar_is_no_overflow() -> None:
    with pytest.raises(Problem):
        reader(COMMON, ZoneInfo("Asia/Tokyo"))("0001-01-01")


@pytest.mark.parametrize("written", ["%Q", "%d/%m", "%d/%m/%Y %Y", "no part"])
def test_a_format_with_other_parts_is_refused(written: str) -> None:
    with pytest.raises(UnknownFormat):
        reader([written], SAO_PAULO)


def test_the_future_and_the_distant_past_are_refused() -> None:
    assert within_bounds(MONDAY + timedelta(minutes=5), at=MONDAY) == MONDAY
    with pytest.raises(Problem) as found:
        within_bounds(MONDAY + timedelta(minutes=6), at=MONDAY)
    assert found.value.code == "future_date"
    with pytest.raises(Problem) as found:
        within_bounds(datetime(1989, 12, 31, tzinfo=UTC), at=MONDAY)
    assert found.value.code == "ancient_date"
