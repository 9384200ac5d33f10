"""The sentence under every deadline, in both languages."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation

from handoff.calendars.derivation import Words, derive, length_of, spoken
from handoff.calendars.sentences import sentence
from handoff.calendars.working_time import DAY, Schedule, Window

SAO_PAULO = ZoneInfo("America/Sao_Paulo")
HOUR = 3_600
INDEPENDENCE = date(2026, 9, 7)
OFFICE = Schedule(
    SAO_PAULO,
    {day: (Window(9 * HOUR, 18 * HOUR),) for day in range(5)},
    closed=frozenset({INDEPENDENCE}),
)
LUNCH = Schedule(
    SAO_PAULO,
    {day: (Window(9 * HOUR, 12 * HOUR), Window(13 * HOUR, 18 * HOUR)) for day in range(5)},
)
NIGHTS = Schedule(
    SAO_PAULO, {4: (Window(22 * HOUR, 30 * HOUR),), 0: (Window(22 * HOUR, 30 * HOUR),)}
)
ALWAYS = Schedule(SAO_PAULO, {day: (Window(0, DAY),) for day in range(7)})


def local(month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    return datetime(2026, month, day, hour, minute, second, tzinfo=SAO_PAULO)


def due(schedule: Schedule, start: datetime, minutes: int) -> str:
    return spoken(derive(schedule, start=start, target=timedelta(minutes=minutes)), Words())


def test_weekend_lead() -> None:
    assert due(OFFICE, local(9, 11, 17, 42), 60) == (
        "Fri 17:42→18:00 = 18 min; Sat, Sun closed; Mon 09:00→09:42 = 42 min: due Mon 09:42"
    )


def test_holiday_is_named_where_its_name_is_known() -> None:
    found = derive(OFFICE, start=local(9, 5, 10), target=timedelta(minutes=5))
    assert found.closed == (date(2026, 9, 5), date(2026, 9, 6), INDEPENDENCE)
    assert spoken(found, Words(holidays={INDEPENDENCE: "Independence Day"})) == (
        "Sat, Sun, Mon (Independence Day) closed; Tue 09:00→09:05 = 5 min: due Tue 09:05"
    )


def test_lunch() -> None:
    assert due(LUNCH, local(9, 14, 11, 50), 30) == (
        "Mon 11:50→12:00 = 10 min; Mon 13:00→13:20 = 20 min: due Mon 13:20"
    )


def test_after_hours() -> None:
    assert due(OFFICE, local(9, 14, 19), 5) == (
        "Mon 19:00 after hours; Tue 09:00→09:05 = 5 min: due Tue 09:05"
    )


def test_night_shift() -> None:
    assert due(NIGHTS, local(9, 11, 23), 8 * 60) == (
        "Fri 23:00→Sat 06:00 = 7 h; Sun closed; Mon 22:00→23:00 = 1 h: due Mon 23:00"
    )


def test_seconds_add_up_as_shown() -> None:
    start = local(9, 11, 17, 42, 10) + timedelta(microseconds=900_000)
    assert due(OFFICE, start, 60) == (
        "Fri 17:42:10→18:00 = 17 min 50 s; Sat, Sun closed; "
        "Mon 09:00→09:42:10 = 42 min 10 s: due Mon 09:42:10"
    )


def test_dates_where_weekdays_would_be_ambiguous() -> None:
    assert due(OFFICE, local(9, 4, 17), 60 + 4 * 540) == (
        "Fri 4 Sep 17:00→18:00 = 1 h; Sat 5 Sep, Sun 6 Sep, Mon 7 Sep closed; "
        "Tue 8 Sep 09:00→18:00 = 9 h; Wed 9 Sep 09:00→18:00 = 9 h; "
        "Thu 10 Sep 09:00→18:00 = 9 h; Fri 11 Sep 09:00→18:00 = 9 h: due Fri 11 Sep 18:00"
    )


def test_many_periods_are_summed_up_in_the_middle() -> None:
    text = due(LUNCH, local(9, 14, 9), 100 * 60)
    assert "; 18 more periods = 72 h; " in text
    assert text.count("→") == 8


def test_midnight_as_a_closing_time_is_24() -> None:
    assert due(ALWAYS, local(9, 14, 22), 120) == "Mon 22:00→24:00 = 2 h: due Tue 00:00"


def test_change_of_clocks_is_said() -> None:
    lisbon = Schedule(ZoneInfo("Europe/Lisbon"), {5: (Window(22 * HOUR, 30 * HOUR),)})
    start = datetime(2026, 3, 28, 22, tzinfo=UTC)
    assert due(lisbon, start, 240) == ("Sat 22:00→Sun 03:00 (clocks change) = 4 h: due Sun 03:00")


def test_zero_target_and_no_open_time() -> None:
    assert due(OFFICE, local(9, 14, 10), 0) == "due Mon 10:00"
    nothing = derive(OFFICE, start=local(9, 12, 10), end=local(9, 13, 10))
    assert spoken(nothing, Words()) == "Sat, Sun closed; no open time: 0 min in all"


def test_elapsed_to_an_end() -> None:
    found = derive(OFFICE, start=local(9, 11, 17, 42), end=local(9, 14, 9, 42))
    assert found.elapsed == timedelta(minutes=60)
    assert found.due_at is None
    assert spoken(found, Words()) == (
        "Fri 17:42→18:00 = 18 min; Sat, Sun closed; Mon 09:00→09:42 = 42 min: 1 h in all"
    )


def test_a_derivation_takes_one_question() -> None:
    with pytest.raises(ValueError, match="not both"):
        derive(OFFICE, start=local(9, 11, 17))


def test_in_english_from_the_catalogue() -> None:
    found = derive(OFFICE, start=local(9, 11, 17, 42), target=timedelta(minutes=60))
    with translation.override("en"):
        assert sentence(found) == (
            "Fri 17:42→18:00 = 18 min; Sat, Sun closed; Mon 09:00→09:42 = 42 min: due Mon 09:42"
        )


def test_in_portuguese_from_the_catalogue() -> None:
    found = derive(OFFICE, start=local(9, 11, 17, 42), target=timedelta(minutes=60))
    with translation.override("pt-br"):
        assert sentence(found) == (
            "sex 17:42→18:00 = 18 min; sáb, dom sem expediente; "
            "seg 09:00→09:42 = 42 min: vence seg 09:42"
        )


def test_in_portuguese_with_dates_and_a_named_holiday() -> None:
    found = derive(OFFICE, start=local(9, 4, 18, 42), target=timedelta(hours=45))
    with translation.override("pt-br"):
        text = sentence(found, holidays={INDEPENDENCE: "Independência do Brasil"})
    assert text.startswith(
        "sex 4/set 18:42 fora do expediente; "
        "sáb 5/set, dom 6/set, seg 7/set (Independência do Brasil) sem expediente; "
        "ter 8/set 09:00→18:00 = 9 h; "
    )
    assert text.endswith("seg 14/set 09:00→18:00 = 9 h: vence seg 14/set 18:00")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 min"),
        (45, "45 s"),
        (60, "1 min"),
        (90, "1 min 30 s"),
        (3_600, "1 h"),
        (3_605, "1 h 05 s"),
        (3_900, "1 h 05 min"),
        (90_061, "25 h 01 min 01 s"),
    ],
)
def test_lengths(seconds: int, text: str) -> None:
    assert length_of(timedelta(seconds=seconds)) == text
