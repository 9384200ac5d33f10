"""`manage.py derive`: a deadline or an elapsed time of any calendar, and how it came about."""

import json
import re
from argparse import SUPPRESS
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import translation

from handoff.calendars import files
from handoff.calendars.derivation import Derivation, derive
from handoff.calendars.hours import Hours, yearly_from
from handoff.calendars.public_holidays import spoken_names
from handoff.calendars.sentences import sentence
from handoff.calendars.week import spoken_yearly
from handoff.calendars.working_time import Unreachable, utc

INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?")
DURATION: Final = re.compile(r"(\d{1,9})([smh])", re.ASCII)
UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours"}


class Command(BaseCommand):
    help = (
        "Derives a deadline or an elapsed time from a calendar's file, and says how it came about: "
        "manage.py derive --calendar FILE --start INSTANT (--target DURATION | --end INSTANT) "
        "[--json]. docs/sla.md has the file."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.usage = SUPPRESS  # what is wrong is said in one line
        parser.add_argument("--calendar", required=True, metavar="FILE", help="a file of JSON")
        parser.add_argument("--start", required=True, metavar="INSTANT", help="ISO 8601, an offset")
        question = parser.add_mutually_exclusive_group(required=True)
        question.add_argument("--target", metavar="DURATION", help="such as 90s, 45m or 4h")
        question.add_argument("--end", metavar="INSTANT", help="ISO 8601, with an offset")
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument("--language", choices=dict(settings.LANGUAGES), default="en")

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override(options["language"]):
            try:
                hours = files.hours_from(_read(options["calendar"]))
                derivation = _derivation(hours, options)
            except ValidationError as error:
                raise CommandError(_line(error.messages)) from error
            except Unreachable as error:
                raise CommandError(str(error)) from error
            said = sentence(derivation, holidays=_names(hours, derivation))
        self.stdout.write(_as_json(derivation, said) if options["json"] else said)


def _derivation(hours: Hours, options: dict[str, Any]) -> Derivation:
    """The answer to the one question that was asked. Raises ValidationError and CommandError."""
    schedule = files.schedule_of(hours)
    start = _instant("start", options["start"])
    if (options["target"] is None) == (options["end"] is None):
        raise CommandError("Give either --target or --end.")
    if options["end"] is None:
        return derive(schedule, start=start, target=_duration(options["target"]))
    end = _instant("end", options["end"])
    if end < start:
        raise CommandError("--end lies before --start.")
    return derive(schedule, start=start, end=end)


def _read(name: str) -> bytes:
    try:
        with Path(name).open("rb") as file:
            return file.read(files.LARGEST + 1)
    except OSError as error:
        raise CommandError(f"{name} cannot be read: {error.strerror or error}.") from error


def _instant(option: str, text: str) -> datetime:
    said = INSTANT.fullmatch(text)
    example = "such as 2026-09-11T17:42-03:00"
    if said is None:
        raise CommandError(f"--{option} is not an instant of ISO 8601 with an offset, {example}.")
    if said[3] is None:
        raise CommandError(f"--{option} has no offset: write Z or one {example}.")
    try:
        return utc(datetime.fromisoformat(text))
    except ValueError as error:
        raise CommandError(f"--{option} is no instant: {error}.") from error


def _duration(text: str) -> timedelta:
    said = DURATION.fullmatch(text)
    if said is None:
        raise CommandError("--target is not a duration: write a number and s, m or h, as in 45m.")
    length = timedelta(**{UNITS[said[2]]: int(said[1])})
    if not length:
        raise CommandError("--target is zero: nothing could be met within no time.")
    return length


def _line(messages: list[str]) -> str:
    """All of them in one line that a terminal shows as it stands."""
    words = "; ".join(messages).split()
    return " ".join(words).encode("utf-8", "backslashreplace").decode()


def _names(hours: Hours, derivation: Derivation) -> dict[date, str]:
    years = {day.year for day in derivation.closed}
    public = spoken_names(
        country=hours["country"],
        subdivision=hours["subdivision"],
        optional=hours["optional_holidays"],
        years=years,
    )
    return spoken_yearly(yearly_from(hours["yearly"]), years) | public


def _as_json(derivation: Derivation, said: str) -> str:
    answer = {
        "due_at": derivation.due_at and _z(derivation.due_at),
        "elapsed_s": _seconds(derivation.elapsed),
        "segments": [
            {"from": _z(part.start), "to": _z(part.end), "seconds": _seconds(part.length)}
            for part in derivation.segments
        ],
        "sentence": said,
    }
    return json.dumps(answer, ensure_ascii=False, indent=2)


def _z(instant: datetime) -> str:
    return instant.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _seconds(length: timedelta) -> int | float:
    """Whole seconds as a whole number, which is what they are unless an instant had fractions."""
    seconds = length.total_seconds()
    return int(seconds) if seconds.is_integer() else seconds
