"""A calendar as a file, so that anyone can check a deadline without this house's database.

    {"zone": "America/Sao_Paulo",
     "windows": {"mon": [["09:00", "12:00"], ["13:30", "18:00"]], "fri": [["22:00", "30:00"]]},
     "holidays": {"country": "BR", "subdivision": "SP", "optional": false},
     "yearly": {"01-25": "City holiday"},
     "closed": ["2026-09-07"],
     "partial": {"2026-12-24": [["09:00", "12:00"]]}}

Every key but zone and windows may be missing or null. Every function raises ValidationError, in
the reader's language, for what it cannot read.
"""

import json
from collections.abc import Iterable
from typing import Any, Final, Never

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from handoff.calendars import hours as writing
from handoff.calendars.hours import Hours
from handoff.calendars.working_time import Schedule

LARGEST: Final = 256 * 1024
DEEPEST: Final = 8
NEEDED: Final = ("zone", "windows")
KEYS: Final = (*NEEDED, "holidays", "yearly", "closed", "partial")
HOLIDAY_KEYS: Final = ("country", "subdivision", "optional")
WRITTEN_AS: Final = {
    "weekly": "windows",
    "country": "holidays",
    "subdivision": "holidays",
    "optional_holidays": "holidays",
}


def hours_from(raw: bytes) -> Hours:
    """What the file says, its keys known and none twice; values are read by `schedule_of`."""
    said = _known(_parsed(raw), KEYS)
    for key in NEEDED:
        if key not in said:
            raise ValidationError(_("“%(key)s” is missing."), params={"key": key})
    holidays = _known(said.get("holidays", {}), HOLIDAY_KEYS)
    optional = holidays.get("optional", False)
    if not isinstance(optional, bool):
        raise ValidationError(_("holidays: “optional” is true or false."))
    return {
        "zone": said["zone"],
        "weekly": said["windows"],
        "country": holidays.get("country", ""),
        "subdivision": holidays.get("subdivision", ""),
        "optional_holidays": optional,
        "yearly": said.get("yearly", {}),
        "closed": said.get("closed", ()),
        "partial": said.get("partial", {}),
    }


def schedule_of(hours: Hours) -> Schedule:
    """The schedule of a file that opens at all; what is wrong is said by the file's keys."""
    try:
        schedule = writing.schedule_from(hours)
    except ValidationError as error:
        raise ValidationError(
            [f"{WRITTEN_AS.get(name, name)}: {text}" for name, text in _texts(error)]
        ) from error
    if not any(schedule.weekly.values()) and not any(schedule.partial.values()):
        raise ValidationError(_("This calendar never opens: it has no window."))
    return schedule


def _texts(error: ValidationError) -> Iterable[tuple[str, str]]:
    return ((name, text) for name, texts in error.message_dict.items() for text in texts)


def _parsed(raw: bytes) -> object:
    if len(raw) > LARGEST:
        raise ValidationError(
            _("The file is too large: a calendar has at most %(most)d kB."),
            params={"most": LARGEST // 1024},
        )
    try:
        value = json.loads(
            raw.decode("utf-8-sig"), object_pairs_hook=_once, parse_constant=_no_number
        )
    except UnicodeDecodeError as error:
        raise ValidationError(_("The file is not UTF-8.")) from error
    except RecursionError as error:
        raise _too_deep() from error
    except ValueError as error:
        raise ValidationError(
            _("The file is not JSON: %(why)s."), params={"why": str(error)}
        ) from error
    if _is_deeper(value, DEEPEST):
        raise _too_deep()
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose keys are all different: of two values nobody knows which one counts."""
    said = dict(pairs)
    if len(said) < len(pairs):
        keys = [key for key, _value in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise ValidationError(_("“%(key)s” stands there twice."), params={"key": _cut(twice)})
    return said


def _no_number(text: str) -> Never:
    raise ValueError(f"{text} is not a number")


def _is_deeper(value: object, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return any(not levels or _is_deeper(each, levels - 1) for each in inner)


def _too_deep() -> ValidationError:
    return ValidationError(_("The file is nested too deeply to be a calendar."))


def _known(value: object, keys: tuple[str, ...]) -> dict[str, Any]:
    """An object with none but these keys; those without a value are left out."""
    if not isinstance(value, dict):
        raise ValidationError(
            _("A calendar is an object with the keys %(keys)s."), params={"keys": ", ".join(keys)}
        )
    for key in value:
        if key not in keys:
            raise ValidationError(
                _("“%(key)s” is not known here: use %(keys)s."),
                params={"key": _cut(key), "keys": ", ".join(keys)},
            )
    return {key: each for key, each in value.items() if each is not None}


def _cut(key: str) -> str:
    return key[:40]
