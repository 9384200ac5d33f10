"""Business time by named examples: each instant here was worked out by hand, in UTC."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from handoff.calendars.working_time import (
    DAY,
    Interval,
    Schedule,
    Unreachable,
    Window,
    deadline,
    elapsed,
    is_open,
    local_instant,
    next_open,
    segments,
    validate,
)

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
NEW_YORK = ZoneInfo("America/New_York")
LISBON = ZoneInfo("Europe/Lisbon")
HOUR = 3_600
NINE_TO_SIX = Window(9 * HOUR, 18 * HOUR)
MORNING, AFTERNOON = Window(9 * HOUR, 12 * HOUR), Window(13 * HOUR + 1_800, 18 * HOUR)
NIGHT = Window(22 * HOUR, 30 * HOUR)
ALL_DAY = Window(0, DAY)
WEEKDAYS = range(5)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def office(zone: ZoneInfo = SAO_PAULO, *windows: Window) -> Schedule:
    return Schedule(zone, dict.fromkeys(WEEKDAYS, windows or (NINE_TO_SIX,)))


def always(zone: ZoneInfo, *windows: Window) -> Schedule:
    return Schedule(zone, dict.fromkeys(range(7), windows or (ALL_DAY,)))


def test_weekend_lead_is_due_monday_morning() -> None:
    friday = at(2026, 9, 11, 20, 42)
    assert deadline(office(), start=friday, target=minutes(60)) == at(2026, 9, 14, 12, 42)
    saturday = at(2026, 9, 12, 15)
    assert deadline(office(), start=saturday, target=minutes(15)) == at(2026, 9, 14, 12, 15)


def test_lunch_does_not_count() -> None:
    schedule = office(SAO_PAULO, MORNING, AFTERNOON)
    before_lunch = at(2026, 9, 14, 14, 50)
    assert deadline(schedule, start=before_lunch, target=minutes(30)) == at(2026, 9, 14, 16, 50)
    assert elapsed(schedule, start=before_lunch, end=at(2026, 9, 14, 16)) == minutes(10)


def test_what_ends_at_closing_is_due_at_closing() -> None:
    friday = at(2026, 9, 11, 20)
    assert deadline(office(), start=friday, target=minutes(60)) == at(2026, 9, 11, 21)
    one_more = minutes(60) + timedelta(microseconds=1)
    monday = at(2026, 9, 14, 12) + timedelta(microseconds=1)
    assert deadline(office(), start=friday, target=one_more) == monday


def test_target_of_zero_is_due_at_the_start_even_when_closed() -> None:
    sunday = at(2026, 9, 13, 3)
    assert deadline(office(), start=sunday, target=minutes(0)) == sunday


def test_start_keeps_its_microseconds() -> None:
    start = at(2026, 9, 14, 12) + timedelta(seconds=7, microseconds=123_456)
    assert deadline(office(), start=start, target=minutes(5)) == start + minutes(5)


def test_night_shift_over_a_holiday_belongs_to_its_start_date() -> None:
    """Saturday the 7th is a holiday: Friday's shift still runs to 06:00 on it, its own is gone."""
    schedule = Schedule(
        SAO_PAULO, dict.fromkeys(range(7), (NIGHT,)), closed=frozenset({date(2024, 9, 7)})
    )
    friday_night = Interval(at(2024, 9, 7, 1), at(2024, 9, 7, 9))
    sunday_night = Interval(at(2024, 9, 9, 1), at(2024, 9, 9, 9))
    found = segments(schedule, at(2024, 9, 6, 12), at(2024, 9, 9, 12))
    assert found == (friday_night, sunday_night)
    start = at(2024, 9, 7, 8, 30)
    assert deadline(schedule, start=start, target=minutes(60)) == at(2024, 9, 9, 1, 30)


def test_partial_day_replaces_the_windows_and_wins_over_a_holiday() -> None:
    eve = date(2026, 12, 24)
    schedule = Schedule(
        SAO_PAULO,
        dict.fromkeys(WEEKDAYS, (NINE_TO_SIX,)),
        partial={eve: (MORNING,)},
        holidays=lambda year: {eve},
    )
    start = at(2026, 12, 24, 14, 30)
    assert deadline(schedule, start=start, target=minutes(60)) == at(2026, 12, 25, 12, 30)


def test_holidays_are_asked_for_by_year() -> None:
    asked = []

    def holidays(year: int) -> set[date]:
        asked.append(year)
        return {date(year, 1, 1)}

    schedule = Schedule(SAO_PAULO, dict.fromkeys(range(7), (NINE_TO_SIX,)), holidays=holidays)
    assert next_open(schedule, at(2027, 1, 1, 12)) == at(2027, 1, 2, 12)
    assert set(asked) == {2026, 2027}


def test_overlapping_windows_count_once_and_touching_ones_join() -> None:
    schedule = always(SAO_PAULO, Window(8 * HOUR, 12 * HOUR), Window(10 * HOUR, 14 * HOUR))
    start, end = at(2026, 9, 14, 3), at(2026, 9, 15, 3)
    assert elapsed(schedule, start=start, end=end) == minutes(360)
    round_the_clock = always(SAO_PAULO)
    assert segments(round_the_clock, start, end + minutes(3 * 1_440)) == (
        Interval(start, end + minutes(3 * 1_440)),
    )


def test_a_long_window_covers_the_next_days_own() -> None:
    schedule = Schedule(SAO_PAULO, {0: (Window(22 * HOUR, 48 * HOUR),), 1: (NINE_TO_SIX,)})
    assert segments(schedule, at(2026, 9, 14), at(2026, 9, 17)) == (
        Interval(at(2026, 9, 15, 1), at(2026, 9, 16, 3)),
    )


class TestSaoPauloLosesMidnight:
    """On 2018-11-04 the clocks went from 23:59:59 (-03) to 01:00 (-02), at 03:00 UTC."""

    def test_missing_midnight_is_the_end_of_the_gap(self) -> None:
        assert local_instant(SAO_PAULO, date(2018, 11, 4), 0) == at(2018, 11, 4, 3)
        assert local_instant(SAO_PAULO, date(2018, 11, 4), 1_800) == at(2018, 11, 4, 3)
        assert local_instant(SAO_PAULO, date(2018, 11, 3), DAY) == at(2018, 11, 4, 3)
        assert local_instant(SAO_PAULO, date(2018, 11, 4), HOUR) == at(2018, 11, 4, 3)

    def test_the_day_has_twenty_three_hours(self) -> None:
        found = segments(Schedule(SAO_PAULO, {6: (ALL_DAY,)}), at(2018, 11, 3), at(2018, 11, 7))
        assert found == (Interval(at(2018, 11, 4, 3), at(2018, 11, 5, 2)),)

    def test_a_window_inside_the_gap_is_empty(self) -> None:
        inside = Schedule(SAO_PAULO, {6: (Window(600, 1_800),)})
        assert segments(inside, at(2018, 11, 4), at(2018, 11, 5)) == ()

    def test_a_night_shift_across_it_is_an_hour_short(self) -> None:
        shift = Schedule(SAO_PAULO, {5: (NIGHT,)})
        assert deadline(shift, start=at(2018, 11, 4, 1), target=minutes(180)) == at(2018, 11, 4, 4)
        found = elapsed(shift, start=at(2018, 11, 4), end=at(2018, 11, 5))
        assert found == minutes(7 * 60)

    def test_the_office_week_after_it_opens_an_hour_earlier_in_utc(self) -> None:
        friday = at(2018, 11, 2, 20, 30)
        assert deadline(office(), start=friday, target=minutes(60)) == at(2018, 11, 5, 11, 30)


class TestSaoPauloDoublesAnHour:
    """On 2018-02-18 00:00 (-02), at 02:00 UTC, the clocks went back to 23:00 of the 17th (-03)."""

    def test_a_doubled_time_is_its_first_occurrence(self) -> None:
        half_past = 23 * HOUR + 1_800
        assert local_instant(SAO_PAULO, date(2018, 2, 17), half_past) == at(2018, 2, 18, 1, 30)
        assert local_instant(SAO_PAULO, date(2018, 2, 17), DAY) == at(2018, 2, 18, 3)

    def test_a_window_to_midnight_is_an_hour_longer(self) -> None:
        late = Schedule(SAO_PAULO, {5: (Window(22 * HOUR, 24 * HOUR),)})
        assert segments(late, at(2018, 2, 17), at(2018, 2, 19)) == (
            Interval(at(2018, 2, 18, 0), at(2018, 2, 18, 3)),
        )

    def test_a_window_that_closes_in_the_doubled_hour_closes_the_first_time(self) -> None:
        late = Schedule(SAO_PAULO, {5: (Window(22 * HOUR, 23 * HOUR + 1_800),)})
        assert segments(late, at(2018, 2, 17), at(2018, 2, 19)) == (
            Interval(at(2018, 2, 18, 0), at(2018, 2, 18, 1, 30)),
        )


class TestNewYork:
    """Forward on 2026-03-08 at 07:00 UTC (02:00 to 03:00), back on 2026-11-01 at 06:00 UTC."""

    def test_forward(self) -> None:
        assert local_instant(NEW_YORK, date(2026, 3, 8), 2 * HOUR + 1_800) == at(2026, 3, 8, 7)
        night = always(NEW_YORK, Window(HOUR, 4 * HOUR))
        start = at(2026, 3, 8, 6)
        assert deadline(night, start=start, target=minutes(120)) == at(2026, 3, 8, 8)
        assert elapsed(night, start=start, end=at(2026, 3, 8, 12)) == minutes(120)

    def test_back(self) -> None:
        night = always(NEW_YORK, Window(HOUR, 4 * HOUR))
        assert segments(night, at(2026, 11, 1), at(2026, 11, 2)) == (
            Interval(at(2026, 11, 1, 5), at(2026, 11, 1, 9)),
        )

    def test_an_evening_before_the_change_is_due_by_the_new_offset(self) -> None:
        friday = at(2026, 3, 6, 22, 50)
        assert deadline(office(NEW_YORK), start=friday, target=minutes(30)) == at(
            2026, 3, 9, 13, 20
        )


class TestLisbon:
    """Forward on 2026-03-29 at 01:00 UTC (01:00 to 02:00), back on 2026-10-25 at 01:00 UTC."""

    def test_forward(self) -> None:
        found = segments(Schedule(LISBON, {6: (ALL_DAY,)}), at(2026, 3, 28), at(2026, 3, 31))
        assert found == (Interval(at(2026, 3, 29, 0), at(2026, 3, 29, 23)),)

    def test_back(self) -> None:
        found = segments(Schedule(LISBON, {6: (ALL_DAY,)}), at(2026, 10, 24), at(2026, 10, 27))
        assert found == (Interval(at(2026, 10, 24, 23), at(2026, 10, 26, 0)),)


def test_a_date_that_never_was_is_not_open() -> None:
    """Samoa skipped 2011-12-30 whole when it crossed the date line."""
    apia = always(ZoneInfo("Pacific/Apia"), NINE_TO_SIX)
    found = segments(apia, at(2011, 12, 29, 12), at(2011, 12, 31, 12))
    assert found == (
        Interval(at(2011, 12, 29, 19), at(2011, 12, 30, 4)),
        Interval(at(2011, 12, 30, 19), at(2011, 12, 31, 4)),
    )


def test_open_contains_its_first_instant_and_not_its_last() -> None:
    schedule = office()
    moment = timedelta(microseconds=1)
    assert is_open(schedule, at(2026, 9, 14, 12))
    assert not is_open(schedule, at(2026, 9, 14, 12) - moment)
    assert is_open(schedule, at(2026, 9, 14, 21) - moment)
    assert not is_open(schedule, at(2026, 9, 14, 21))
    assert next_open(schedule, at(2026, 9, 11, 21)) == at(2026, 9, 14, 12)
    assert next_open(schedule, at(2026, 9, 11, 20)) == at(2026, 9, 11, 20)


def test_elapsed_backwards_is_zero() -> None:
    assert elapsed(office(), start=at(2026, 9, 14, 15), end=at(2026, 9, 14, 14)) == minutes(0)


def test_instants_in_any_zone_answer_in_utc() -> None:
    start = datetime(2026, 9, 14, 9, 0, tzinfo=SAO_PAULO)
    found = deadline(office(), start=start, target=minutes(5))
    assert found == at(2026, 9, 14, 12, 5)
    assert found.tzinfo is UTC


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(ValueError, match="needs a time zone"):
        deadline(office(), start=datetime(2026, 9, 14, 9), target=minutes(5))
    with pytest.raises(ValueError, match="needs a time zone"):
        elapsed(office(), start=at(2026, 9, 14), end=datetime(2026, 9, 14))


@pytest.mark.parametrize("year", [1, 1899, 2201, 9999])
def test_an_absurd_year_is_refused(year: int) -> None:
    with pytest.raises(ValueError, match="between 1900 and 2200"):
        is_open(office(), at(year, 1, 1))


def test_a_negative_target_is_refused() -> None:
    with pytest.raises(ValueError, match="not negative"):
        deadline(office(), start=at(2026, 9, 14), target=minutes(-1))


@pytest.mark.parametrize(
    ("opens", "closes"), [(-1, 5), (DAY, DAY + 1), (5, 5), (6, 5), (0, 2 * DAY + 1)]
)
def test_an_impossible_window_is_refused(opens: int, closes: int) -> None:
    with pytest.raises(ValueError, match="A window"):
        Window(opens, closes)


def test_a_calendar_that_never_opens_is_refused() -> None:
    never = Schedule(SAO_PAULO, {})
    with pytest.raises(Unreachable):
        deadline(never, start=at(2026, 9, 14), target=minutes(1))
    with pytest.raises(Unreachable):
        next_open(never, at(2026, 9, 14))
    with pytest.raises(Unreachable):
        validate(never, at=at(2026, 9, 14))


def test_sixty_days_without_an_open_minute_are_refused() -> None:
    start = at(2026, 9, 14, 3)
    near = Schedule(SAO_PAULO, {}, partial={date(2026, 11, 12): (NINE_TO_SIX,)})
    far = Schedule(SAO_PAULO, {}, partial={date(2026, 11, 13): (NINE_TO_SIX,)})
    validate(near, at=start)
    with pytest.raises(Unreachable):
        validate(far, at=start)


def test_a_target_out_of_reach_is_refused() -> None:
    with pytest.raises(Unreachable):
        deadline(office(), start=at(2026, 9, 14), target=timedelta(days=9_000))
