"""`manage.py derive`: any deadline re-derived from a file, without a database."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from handoff.calendars.files import LARGEST

OFFICE = [["09:00", "18:00"]]
NIGHT = [["22:00", "30:00"]]
LUNCH = [["09:00", "12:00"], ["13:30", "18:00"]]
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
EVERY_DAY = (*WEEKDAYS, "sat", "sun")


def office(day: object = OFFICE, **more: object) -> dict[str, object]:
    return {
        "zone": "America/Sao_Paulo",
        "windows": dict.fromkeys(WEEKDAYS, day),
        **more,
    }


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "calendar.json"


def derived(file: Path, calendar: object, **question: str) -> dict[str, Any]:
    """The answer as JSON, and that its parts add up to it."""
    said = ask(file, json.dumps(calendar).encode(), json=True, **question)
    answer: dict[str, Any] = json.loads(said)
    assert list(answer) == ["due_at", "elapsed_s", "segments", "sentence"]
    parts = [(read(part["from"]), read(part["to"])) for part in answer["segments"]]
    lengths = [(to - begin).total_seconds() for begin, to in parts]
    assert lengths == [part["seconds"] for part in answer["segments"]]
    assert sum(lengths) == answer["elapsed_s"]
    assert parts == sorted(parts)
    return answer


def ask(file: Path, content: bytes, **options: Any) -> str:
    file.write_bytes(content)
    out = StringIO()
    call_command("derive", calendar=str(file), stdout=out, **options)
    return out.getvalue()


def read(text: str) -> datetime:
    assert text.endswith("Z")
    return datetime.fromisoformat(text)


def refused(file: Path, content: bytes | object, **options: Any) -> str:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    question = {"start": "2026-09-11T17:42-03:00", **options}
    if "end" not in question and "target" not in question:
        question["target"] = "1h"
    with pytest.raises(CommandError) as caught:
        ask(file, raw, **question)
    (line,) = str(caught.value).splitlines()
    line.encode()
    return line


def test_a_weekend_lead(file: Path) -> None:
    answer = derived(file, office(), start="2026-09-11T17:42-03:00", target="1h")
    assert answer["due_at"] == "2026-09-14T12:42:00Z"
    assert answer["segments"] == [
        {"from": "2026-09-11T20:42:00Z", "to": "2026-09-11T21:00:00Z", "seconds": 1_080},
        {"from": "2026-09-14T12:00:00Z", "to": "2026-09-14T12:42:00Z", "seconds": 2_520},
    ]
    assert answer["sentence"] == (
        "Fri 17:42→18:00 = 18 min; Sat, Sun closed; Mon 09:00→09:42 = 42 min: due Mon 09:42"
    )


def test_a_lunch_break(file: Path) -> None:
    answer = derived(file, office(LUNCH), start="2026-09-14T11:50:00-03:00", target="30m")
    assert answer["due_at"] == "2026-09-14T16:50:00Z"
    assert answer["sentence"] == (
        "Mon 11:50→12:00 = 10 min; Mon 13:30→13:50 = 20 min: due Mon 13:50"
    )


def test_a_night_shift_over_a_holiday(file: Path) -> None:
    """Friday's shift runs on into the holiday's morning; the holiday's own is gone."""
    nights = {
        "zone": "America/Sao_Paulo",
        "windows": dict.fromkeys(EVERY_DAY, NIGHT),
        "holidays": {"country": "BR"},
    }
    answer = derived(file, nights, start="2024-09-07T05:30-03:00", target="1h")
    assert answer["due_at"] == "2024-09-09T01:30:00Z"
    assert answer["sentence"] == (
        "Sat 05:30→06:00 = 30 min; Sun 22:00→22:30 = 30 min: due Sun 22:30"
    )
    friday = derived(file, nights, start="2024-09-06T21:00-03:00", target="9h")
    assert friday["sentence"] == ("Fri 22:00→Sat 06:00 = 8 h; Sun 22:00→23:00 = 1 h: due Sun 23:00")


def test_sao_paulos_missing_midnight(file: Path) -> None:
    """On 2018-11-04 the clocks went from 24:00 (-03) to 01:00 (-02), at 03:00 UTC."""
    nights = {"zone": "America/Sao_Paulo", "windows": {"sat": NIGHT}}
    answer = derived(file, nights, start="2018-11-03T22:00-03:00", target="3h")
    assert answer["due_at"] == "2018-11-04T04:00:00Z"
    assert answer["sentence"] == ("Sat 22:00→Sun 02:00 (clocks change) = 3 h: due Sun 02:00")
    always = {"zone": "America/Sao_Paulo", "windows": {"sun": [["00:00", "24:00"]]}}
    day = derived(file, always, start="2018-11-03T12:00-03:00", end="2018-11-05T12:00-02:00")
    assert day["elapsed_s"] == 23 * 3_600
    assert day["sentence"] == "Sat closed; Sun 01:00→24:00 = 23 h; Mon closed: 23 h in all"


def test_two_zones_from_one_instant(file: Path) -> None:
    """At 16:45 UTC São Paulo is just back from lunch and Lisbon about to close."""
    question = {"start": "2026-09-14T16:45:00Z", "target": "2h"}
    sao_paulo = derived(file, office(LUNCH), **question)
    lisbon = derived(file, office(LUNCH, zone="Europe/Lisbon"), **question)
    assert sao_paulo["due_at"] == "2026-09-14T18:45:00Z"
    assert sao_paulo["sentence"] == "Mon 13:45→15:45 = 2 h: due Mon 15:45"
    assert lisbon["due_at"] == "2026-09-15T09:45:00Z"
    assert lisbon["sentence"] == (
        "Mon 17:45→18:00 = 15 min; Tue 09:00→10:45 = 1 h 45 min: due Tue 10:45"
    )


@pytest.mark.parametrize(
    ("optional", "said"),
    [
        (False, "Mon 17:30→18:00 = 30 min; Tue 09:00→09:30 = 30 min: due Tue 09:30"),
        (
            True,
            (
                "Mon (Carnival), Tue (Carnival), Wed (Ash Wednesday) closed; "
                "Thu 09:00→10:00 = 1 h: due Thu 10:00"
            ),
        ),
    ],
)
def test_ponto_facultativo_is_a_choice(file: Path, optional: bool, said: str) -> None:
    holidays = {"country": "BR", "subdivision": "SP", "optional": optional}
    question = {"start": "2026-02-16T17:30-03:00", "target": "1h"}
    answer = derived(file, office(holidays=holidays), **question)
    assert answer["sentence"] == said


def test_the_state_counts(file: Path) -> None:
    """The 9th of July is São Paulo's."""
    question = {"start": "2026-07-09T10:00-03:00", "target": "5m"}
    rio = derived(file, office(holidays={"country": "BR", "subdivision": "RJ"}), **question)
    assert rio["sentence"] == "Thu 10:00→10:05 = 5 min: due Thu 10:05"
    own = derived(file, office(holidays={"country": "BR", "subdivision": "SP"}), **question)
    assert own["sentence"].endswith("closed; Fri 09:00→09:05 = 5 min: due Fri 09:05")


@pytest.mark.parametrize(
    ("yearly", "said"),
    [
        ({"01-25": "São Paulo's birthday"}, "Mon (São Paulo's birthday)"),
        ({"01-25": ""}, "Mon (city holiday)"),
        (["01-25"], "Mon (city holiday)"),
    ],
)
def test_a_city_keeps_its_own_days_every_year(file: Path, yearly: object, said: str) -> None:
    for day, year in (("23", 2027), ("22", 2021)):
        start = f"{year}-01-{day}T17:30-03:00"
        calendar = office(yearly=yearly, partial={"2021-01-25": OFFICE})
        answer = derived(file, calendar, start=start, target="1h")
        if year == 2027:
            assert answer["sentence"] == (
                f"Sat, Sun, {said} closed; Tue 09:00→10:00 = 1 h: due Tue 10:00"
            )
        else:
            assert answer["sentence"].endswith("Mon 09:00→09:30 = 30 min: due Mon 09:30")


def test_the_29th_of_february_comes_in_leap_years(file: Path) -> None:
    always = {"zone": "UTC", "windows": dict.fromkeys(EVERY_DAY, OFFICE), "yearly": ["02-29"]}
    leap = derived(file, always, start="2024-02-29T09:00Z", target="1h")
    assert leap["sentence"] == "Thu (city holiday) closed; Fri 09:00→10:00 = 1 h: due Fri 10:00"
    common = derived(file, always, start="2027-02-28T18:00Z", target="1h")
    assert common["due_at"] == "2027-03-01T10:00:00Z"


def test_closed_and_partial_days(file: Path) -> None:
    calendar = office(
        holidays={"country": "BR"},
        closed=["2026-09-08", "2026-12-25"],
        partial={"2026-09-07": [["09:00", "12:00"]], "2026-12-25": [["10:00", "11:00"]]},
    )
    answer = derived(file, calendar, start="2026-09-07T11:30-03:00", target="1h")
    assert answer["sentence"] == (
        "Mon 11:30→12:00 = 30 min; Tue closed; Wed 09:00→09:30 = 30 min: due Wed 09:30"
    )
    christmas = derived(file, calendar, start="2026-12-25T00:00-03:00", target="1h")
    assert christmas["sentence"] == "Fri 10:00→11:00 = 1 h: due Fri 11:00"


def test_an_end_has_no_due_instant(file: Path) -> None:
    answer = derived(
        file, office(), start="2026-09-11T17:42-03:00", end="2026-09-14T12:42:00.250000Z"
    )
    assert answer["due_at"] is None
    assert answer["elapsed_s"] == 3_600.25
    assert answer["sentence"].endswith("Mon 09:00→09:42 = 42 min: 1 h in all")
    nothing = derived(file, office(), start="2026-09-12T12:00Z", end="2026-09-12T12:00Z")
    assert (nothing["elapsed_s"], nothing["segments"]) == (0, [])


@pytest.mark.parametrize(("target", "seconds"), [("90s", 90), ("45m", 2_700), ("4h", 14_400)])
def test_durations(file: Path, target: str, seconds: int) -> None:
    answer = derived(file, office(), start="2026-09-14T09:00-03:00", target=target)
    assert answer["elapsed_s"] == seconds
    assert read(answer["due_at"]) == datetime(2026, 9, 14, 12, tzinfo=UTC) + timedelta(
        seconds=seconds
    )


def test_only_zone_and_windows_are_needed(file: Path) -> None:
    nothing_else = office(holidays=None, closed=None, partial=None)
    question = {"start": "2026-12-25T10:00-03:00", "target": "5m"}
    assert derived(file, nothing_else, **question) == derived(file, office(), **question)
    marked = b"\xef\xbb\xbf" + json.dumps(office()).encode()
    assert "due Fri 10:05" in ask(file, marked, **question)


def test_the_sentence_alone_and_in_portuguese(file: Path) -> None:
    raw = json.dumps(office()).encode()
    question = {"start": "2026-09-11 17:42:00-03:00", "target": "1h"}
    assert ask(file, raw, **question) == (
        "Fri 17:42→18:00 = 18 min; Sat, Sun closed; Mon 09:00→09:42 = 42 min: due Mon 09:42\n"
    )
    assert ask(file, raw, language="pt-br", **question) == (
        "sex 17:42→18:00 = 18 min; sáb, dom sem expediente; "
        "seg 09:00→09:42 = 42 min: vence seg 09:42\n"
    )


@pytest.mark.parametrize(
    ("calendar", "said"),
    [
        (office(zone="Mars/Olympus"), "zone: “Mars/Olympus” is not a time zone"),
        (office(zone=7), "zone: “7” is not a time zone"),
        (office(zone="a\nb"), "zone: “a b” is not a time zone"),
        ({"windows": {}}, "“zone” is missing."),
        ({"zone": "UTC"}, "“windows” is missing."),
        ([], "A calendar is an object with the keys zone, windows, holidays"),
        (office(hours={}), "“hours” is not known here: use zone, windows"),
        (office(holidays={"state": "SP"}), "“state” is not known here: use country, subdivision"),
        (office(holidays=["BR"]), "A calendar is an object with the keys country"),
        (office(holidays={"country": "XX"}), "holidays: No holidays are known for"),
        (office(holidays={"country": 55}), "holidays: No holidays are known for"),
        (office(holidays={"country": "BR", "subdivision": "XX"}), "holidays: “XX” is not a state"),
        (office(holidays={"subdivision": "SP"}), "holidays: “SP” is not a state"),
        (office(holidays={"country": "BR", "optional": 1}), "“optional” is true or false."),
        (office([["09:00"]]), "windows: Write each window as a pair"),
        (office("09:00-18:00"), "windows: A day's windows are a list of pairs."),
        (office([["9h", "18:00"]]), "windows: “9h” is not a time"),
        (office([["22:00", "06:00"]]), "22:00 to 06:00 closes before it opens."),
        (office([["09:00", "48:01"]]), "A window closes by 48:00"),
        (office(windows=[]), "windows: The week is a list of windows for each of its days."),
        (office(windows={"monday": OFFICE}), "windows: “monday” is not a day"),
        (office(windows={}), "This calendar never opens: it has no window."),
        (office(windows={"mon": []}), "This calendar never opens: it has no window."),
        (office(closed="2026-09-07"), "closed: Closed days are a list of dates."),
        (office(closed=["07/09/2026"]), "closed: “07/09/2026” is not a date"),
        (office(closed=["\ud800"]), "closed: “?” is not a date"),
        (
            office(yearly="01-25"),
            "yearly: Dates of every year are a list, or a name for each date.",
        ),
        (office(yearly=["2027-01-25"]), "yearly: “2027-01-25” is not a date of every year"),
        (office(yearly={"02-30": ""}), "yearly: “02-30” is not a date of every year"),
        (office(yearly=["1-5"]), "yearly: “1-5” is not a date of every year"),
        (office(yearly=[125]), "yearly: “125” is not a date of every year"),
        (office(yearly={"01-25": 7}), "yearly: The name of a date is a text of at most 80"),
        (office(yearly={"01-25": "x" * 81}), "yearly: The name of a date is a text of at most 80"),
        (office(yearly={"01-25": "a\x00b"}), "yearly: The name of a date is a text of at most 80"),
        (office(yearly={"01-25": "\ud800"}), "yearly: The name of a date is a text of at most 80"),
        (office(partial=["2026-12-24"]), "partial: Partial days are a list of windows"),
        (office(partial={"2026-02-30": OFFICE}), "partial: “2026-02-30” is not a date"),
    ],
)
def test_a_file_that_is_no_calendar_is_refused(file: Path, calendar: object, said: str) -> None:
    assert said in refused(file, calendar)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "The file is not JSON: Expecting value"),
        (b"zone: UTC", "The file is not JSON"),
        (b'{"zone": "S\xe3o Paulo"}', "The file is not UTF-8."),
        (b"\xff\xfe{\x00}\x00", "The file is not UTF-8."),
        (b'{"zone": NaN}', "NaN is not a number"),
        (b'{"zone": "UTC", "zone": "Europe/Lisbon"}', "“zone” stands there twice."),
        (b'{"windows": {"mon": [], "mon": []}}', "“mon” stands there twice."),
        (b"[" * 100_000, "nested too deeply"),
        (b"[" * 500 + b"]" * 500, "nested too deeply"),
        (b'{"zone":' * 30_000, "nested too deeply"),
        (b"1" * 10_000, "The file is not JSON"),
        (b" " * (LARGEST + 1), "The file is too large: a calendar has at most 256 kB."),
    ],
)
def test_a_file_that_is_no_json_is_refused(file: Path, raw: bytes, said: str) -> None:
    assert said in refused(file, raw)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ({"start": "2026-09-11T17:42"}, "--start has no offset: write Z or one such as"),
        ({"start": "2026-09-11"}, "--start is not an instant of ISO 8601"),
        ({"start": "yesterday"}, "--start is not an instant of ISO 8601"),
        ({"start": "2026-13-11T17:42Z"}, "--start is no instant: month must be in 1..12"),
        ({"start": "2026-09-11T17:42+25:00"}, "--start is no instant"),
        ({"start": "1066-10-14T09:00Z"}, "between 1900 and 2200"),
        ({"end": "2026-09-14T12:42"}, "--end has no offset"),
        ({"end": "2026-09-11T17:41-03:00"}, "--end lies before --start."),
        ({"target": "0s"}, "--target is zero"),
        ({"target": "0h"}, "--target is zero"),
        ({"target": "-5m"}, "--target: expected one argument"),
        ({"target": "90"}, "--target is not a duration"),
        ({"target": "1.5h"}, "--target is not a duration"),
        ({"target": "1d"}, "--target is not a duration"),
        ({"target": "٤h"}, "--target is not a duration"),
        ({"target": "9000h"}, "of open time within 731 days"),
        ({"target": "999999999h"}, "of open time within 731 days"),
        ({"target": "1h", "end": "2026-09-14T12:42Z"}, "not allowed with argument"),
    ],
)
def test_a_question_that_cannot_be_read_is_refused(
    file: Path, question: dict[str, str], said: str
) -> None:
    assert said in refused(file, office(), **question)


def test_days_that_open_too_late_are_out_of_reach(file: Path) -> None:
    far = office(windows={}, partial={"2029-01-02": OFFICE})
    assert "of open time within 731 days" in refused(file, far)


def test_a_file_that_is_not_there_is_named(file: Path, tmp_path: Path) -> None:
    for name in (file, tmp_path):
        with pytest.raises(CommandError, match="cannot be read: "):
            call_command("derive", calendar=str(name), start="2026-09-11T17:42Z", target="1h")


def run(*words: str) -> "subprocess.CompletedProcess[str]":
    nowhere = {**os.environ, "DATABASE_URL": "postgresql://nobody:none@127.0.0.1:1/none"}
    return subprocess.run(
        [sys.executable, "manage.py", "derive", *words],
        cwd=settings.ROOT,
        env=nowhere,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_from_a_shell_without_a_database(file: Path) -> None:
    file.write_text(json.dumps(office()))
    start = ("--calendar", str(file), "--start", "2026-09-11T17:42-03:00")
    good = run(*start, "--target", "1h", "--json")
    assert (good.returncode, good.stderr) == (0, "")
    assert json.loads(good.stdout)["due_at"] == "2026-09-14T12:42:00Z"
    for wrong, said in (
        ((*start, "--target", "0m"), "--target is zero"),
        (start, "one of the arguments --target --end is required"),
        ((*start, "--target", "-5m"), "argument --target: expected one argument"),
        ((*start, "--target", "1h", "--end", "2026-09-14T12:42Z"), "not allowed with argument"),
        (("--start", "2026-09-11T17:42Z", "--target", "1h"), "required: --calendar"),
    ):
        bad = run(*wrong)
        assert bad.returncode != 0
        assert bad.stdout == ""
        (line,) = bad.stderr.splitlines()
        assert said in line
