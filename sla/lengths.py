"""Promised lengths as people write and read them: "15 min", "4 h", "1 h 30 min". Pure."""

import re
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

MINUTE: Final = 60
HOUR: Final = 3_600

UNITS: Final = {
    **dict.fromkeys(("s", "sec", "seg"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes", "minuto", "minutos"), MINUTE),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours", "hora", "horas"), HOUR),
}
_PART: Final = re.compile(r"(\d{1,6}(?:[.,]\d{1,3})?)\s*([a-z]*)\s*(?:e|and|,)?\s*", re.ASCII)


class NotALength(ValueError):
    """The text names no length with its unit."""


def seconds_from(text: str) -> int:
    """Seconds of a length such as 15 min, 4 h, 1h30 or 1 h 30 min. Raises NotALength."""
    rest, total, after = text.strip().casefold(), 0.0, 0
    if not rest:
        raise NotALength(text)
    while rest:
        part = _PART.match(rest)
        if part is None:
            raise NotALength(text)
        number, unit = part.groups()
        size = UNITS.get(unit) if unit else _unit_after(after)
        if size is None or (after and size >= after):
            raise NotALength(text)
        total, after = total + float(number.replace(",", ".")) * size, size
        rest = rest[part.end() :]
    return round(total)


def _unit_after(size: int) -> int | None:
    """1h30 is an hour and thirty minutes; a bare number at the start has no unit."""
    return {HOUR: MINUTE, MINUTE: 1}.get(size)


def short(seconds: int | None) -> str:
    """The length in the spelling that `seconds_from` reads: 1 h 30 min."""
    if seconds is None:
        return ""
    hours, rest = divmod(seconds, HOUR)
    minutes, left = divmod(rest, MINUTE)
    parts = ((hours, "h"), (minutes, "min"), (left, "s"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 min"


def business(seconds: int) -> str:
    """The length in words, said to be of open time: "15 business minutes"."""
    if seconds % HOUR == 0:
        hours = seconds // HOUR
        return ngettext("%(n)d business hour", "%(n)d business hours", hours) % {"n": hours}
    if seconds % MINUTE == 0 and seconds < 2 * HOUR:
        minutes = seconds // MINUTE
        return ngettext("%(n)d business minute", "%(n)d business minutes", minutes) % {"n": minutes}
    return _("%(length)s of business time") % {"length": short(seconds)}
