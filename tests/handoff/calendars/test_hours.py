"""Opening hours as written: what is read, what is refused and how that is said."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from handoff.calendars import hours
from handoff.calendars.hours import Hours, schedule_from
from handoff.calendars.working_time import Window

HOUR = 3_600
WEEK = {"mon": [["09:00", "12:00"], ["13:30", "18:00"]], "fri": [["22:00", "30:00"]]}


def messages(written: Hours) -> dict[str, list[str]]:
    with translation.override("en"), pytest.raises(ValidationError) as caught:
        schedule_from(written)
    return caught.value.message_dict


def test_the_whole_of_a_calendar_is_read() -> None:
    schedule = schedule_from(
        {
            "zone": "America/Sao_Paulo",
            "weekly": WEEK,
            "country": "BR",
            "subdivision": "SP",
            "optional_holidays": False,
            "closed": ["2026-09-08"],
            "partial": {"2026-12-24": [["09:00", "12:00"]]},
        }
    )
    assert schedule.zone.key == "America/Sao_Paulo"
    assert schedule.weekly == {
        0: (Window(9 * HOUR, 12 * HOUR), Window(13 * HOUR + 1_800, 18 * HOUR)),
        4: (Window(22 * HOUR, 30 * HOUR),),
    }
    assert schedule.windows_on(date(2026, 9, 7)) == ()
    assert schedule.closed == {date(2026, 9, 8)}
    assert schedule.windows_on(date(2026, 12, 24)) == (Window(9 * HOUR, 12 * HOUR),)


def test_only_zone_and_week_are_needed() -> None:
    schedule = schedule_from({"zone": "Europe/Lisbon", "weekly": WEEK})
    assert schedule.windows_on(date(2026, 12, 25)) == (Window(22 * HOUR, 30 * HOUR),)


def test_what_is_kept_is_spelled_one_way() -> None:
    untidy = {"fri": [["9:00", "12:00"], ["8:00:00", "08:30:15"], ["9:00", "12:00"]], "sat": []}
    schedule = schedule_from(
        {
            "zone": "Europe/Lisbon",
            "weekly": untidy,
            "closed": ["2026-09-08", "2026-01-02"],
            "partial": {"2026-12-24": []},
        }
    )
    assert hours.weekly_text(schedule) == {"fri": [["08:00", "08:30:15"], ["09:00", "12:00"]]}
    assert hours.closed_text(schedule) == ["2026-01-02", "2026-09-08"]
    assert hours.partial_text(schedule) == {"2026-12-24": []}


@pytest.mark.parametrize(
    ("week", "message"),
    [
        ([], "The week is a list of windows for each of its days."),
        ({"monday": []}, "“monday” is not a day: use mon, tue, wed, thu, fri, sat and sun."),
        ({"mon": "09:00"}, "A day's windows are a list of pairs."),
        (
            {"mon": [["09:00"]]},
            "Write each window as a pair: when it opens, when it closes.",
        ),
        (
            {"mon": [["9h", "18:00"]]},
            "“9h” is not a time: write hours and minutes, such as 09:00 or 30:00.",
        ),
        (
            {"mon": [[9, "18:00"]]},
            "“9” is not a time: write hours and minutes, such as 09:00 or 30:00.",
        ),
        (
            {"mon": [["09:60", "18:00"]]},
            "“09:60” is not a time: write hours and minutes, such as 09:00 or 30:00.",
        ),
        (
            {"mon": [["٠٩:٠٠", "18:00"]]},
            "“٠٩:٠٠” is not a time: write hours and minutes, such as 09:00 or 30:00.",
        ),
        (
            {"mon": [["24:00", "30:00"]]},
            "A window opens before 24:00, so 24:00 belongs to the next day.",
        ),
        (
            {"mon": [["22:00", "06:00"]]},
            (
                "22:00 to 06:00 closes before it opens. "
                "Past midnight, count on: 22:00 to 30:00 ends at six in the morning."
            ),
        ),
        ({"mon": [["09:00", "48:01"]]}, "A window closes by 48:00, not at 48:01."),
        ({"mon": [["09:00", "18:00"]] * 25}, "A day has at most 24 windows."),
    ],
)
def test_a_week_that_cannot_be_read_is_refused(week: object, message: str) -> None:
    assert messages({"zone": "Europe/Lisbon", "weekly": week}) == {"weekly": [message]}


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd", "a\x00b", 7, None])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    assert list(messages({"zone": zone, "weekly": WEEK})) == ["zone"]


@pytest.mark.parametrize("day", ["07/09/2026", "2026-02-30", "20260907", "0001-01-01", 7, "\ud800"])
def test_a_date_that_cannot_be_read_is_refused(day: str) -> None:
    written: Hours = {"zone": "Europe/Lisbon", "weekly": WEEK, "closed": [day]}
    (message,) = messages(written)["closed"]
    assert message.endswith("is not a date: write it as 2026-09-07.")
    message.encode()


def test_errors_are_gathered_by_field() -> None:
    written: Hours = {
        "zone": "nowhere",
        "weekly": {},
        "closed": "2026-09-07",
        "partial": ["2026-09-07"],
        "country": "XX",
        "subdivision": "SP",
    }
    assert sorted(messages(written)) == ["closed", "country", "partial", "subdivision", "zone"]


def test_too_many_dates_are_refused() -> None:
    written: Hours = {"zone": "Europe/Lisbon", "weekly": WEEK, "closed": ["2026-09-07"] * 2_001}
    assert messages(written) == {"closed": ["A calendar keeps at most 2000 dates."]}


@pytest.mark.parametrize(
    ("country", "subdivision", "field"),
    [
        ("br", "", "country"),
        ("BRA", "", "country"),
        ("BR", "XX", "subdivision"),
        ("", "SP", "subdivision"),
    ],
)
def test_an_unknown_place_is_refused(country: str, subdivision: str, field: str) -> None:
    written: Hours = {
        "zone": "Europe/Lisbon",
        "weekly": WEEK,
        "country": country,
        "subdivision": subdivision,
    }
    assert list(messages(written)) == [field]
