"""Panels in an empty house, their words, and business time inside a query."""

import random
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from feedback.panels.panel import Panel, speed_than_before, than_before, write
from feedback.panels.registry import PANELS
from feedback.reports.cut import Cut, Period
from feedback.reports.rulers import Ruler, reading, table_of
from handoff.calendars import actions as calendars
from handoff.calendars.working_time import elapsed
from tests.cast import MONDAY

ZONE = ZoneInfo("America/Sao_Paulo")


@pytest.mark.django_db
@pytest.mark.parametrize("name", PANELS)
def test_an_empty_house_has_empty_reports_that_say_so(name: str) -> None:
    period = Period(date(2026, 11, 1), date(2026, 11, 16), ZONE)
    panel: Panel = PANELS[name](Cut(period, MONDAY, everywhere=True))
    assert panel.is_empty
    assert panel.chart.is_empty
    assert panel.answer.endswith(".")
    assert panel.definition


@pytest.mark.django_db
def test_business_time_in_a_query_is_the_arithmetics_own() -> None:
    """Random pairs of instants over two years with changes of clocks, holidays and nights."""
    version = calendars.create(
        name="Night shift",
        by=None,
        at=MONDAY,
        zone="America/New_York",
        country="US",
        weekly={
            "mon": [["09:00", "12:00"], ["13:30", "18:00"]],
            "fri": [["22:00", "30:00"]],
            "sat": [["00:30", "03:30"]],
            "sun": [["01:00", "04:00"]],
        },
    )
    dice = random.Random(3)
    first = datetime(2025, 1, 1, tzinfo=UTC)
    pairs = []
    for _each in range(400):
        start = first + timedelta(seconds=dice.uniform(0, 700 * 86_400))
        pairs.append((start, start + timedelta(seconds=dice.expovariate(1 / 90_000))))
    ruler = Ruler.of(version, min(pair[0] for pair in pairs), max(pair[1] for pair in pairs))
    table, parameters = table_of([ruler])
    sql = f"""
        WITH rulers (calendar_id, opens, closes, before) AS ({table})
        SELECT {reading("pair.ends")} - {reading("pair.starts")}
        FROM rulers, unnest(%s::timestamptz[], %s::timestamptz[]) WITH ORDINALITY
            AS pair (starts, ends, place) ORDER BY place
    """
    with connection.cursor() as cursor:
        starts, ends = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
        cursor.execute(sql, [*parameters, starts, ends])
        fast = [row[0] for row in cursor.fetchall()]
    schedule = version.schedule()
    slow = [elapsed(schedule, start=start, end=end).total_seconds() for start, end in pairs]
    assert fast == pytest.approx(slow, abs=1e-3)
    assert sum(length > 0 for length in slow) > 100


def test_a_period_is_whole_local_days_and_the_one_before_touches_it() -> None:
    period = Period.ending(datetime(2026, 11, 16, 2, tzinfo=UTC), days=7, zone=ZONE)
    assert (period.first, period.last) == (date(2026, 11, 9), date(2026, 11, 15))
    assert period.end - period.start == timedelta(days=7)
    assert period.before().end == period.start


def test_lisbon_has_a_day_of_25_hours() -> None:
    day = date(2026, 10, 25)
    period = Period(day, day, ZoneInfo("Europe/Lisbon"))
    assert period.end - period.start == timedelta(hours=25)


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (60, 120, "twice as fast"),
        (60, 61, "as fast as"),
        (60, 90, "33% faster"),
        (20, 120, "6.0 times as fast"),
        (120, 60, "twice as long"),
        (90, 60, "50% longer"),
        (600, 60, "10.0 times as long"),
        (None, 60, ""),
        (60, None, ""),
        (60, 0, ""),
    ],
)
def test_lengths_are_compared_in_words(now: float | None, before: float | None, said: str) -> None:
    assert speed_than_before(now, before).startswith(said)
    assert bool(speed_than_before(now, before)) == bool(said)


@pytest.mark.parametrize(
    ("now", "before", "said"),
    [
        (0.9, 0.87, "3 points more"),
        (0.9, 0.89, "1 point more"),
        (0.9, 0.9, "the same"),
        (0.5, 0.9, "40 points less"),
        (None, 0.9, ""),
    ],
)
def test_shares_are_compared_in_points(now: float | None, before: float, said: str) -> None:
    assert than_before(now, before).startswith(said)


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (None, "share", "–"),
        (0.873, "share", "87%"),
        (0.042, "share", "4.2%"),
        (0.0, "share", "0%"),
        (425, "duration", "7 min"),
        (3.66, "mean", "3.7"),
        (1234, "count", "1,234"),
        (Decimal("90.45"), "money", "R$ 90.45"),
        ("", "text", "–"),
    ],
)
def test_figures_are_written_as_people_write_them(value: object, kind: str, text: str) -> None:
    assert write(value, kind) == text  # type: ignore[arg-type]
