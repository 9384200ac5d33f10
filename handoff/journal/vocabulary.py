"""The words of the journal: each event, the thing it is about, and its sentence.

An app declares its events in `events.py`. An event nobody declared cannot be recorded.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, override


class UnknownEvent(LookupError):
    """An event that no app declares."""


@dataclass(frozen=True)
class Event:
    """`sentence` is translated and takes `{by}` and the keys of the entry's data.

    `msgids` are the keys whose values are written down untranslated and read in one's language.
    """

    name: str
    about: str
    sentence: Promise | str
    icon: str = "circle"
    msgids: tuple[str, ...] = ()

    def told(self, *, by: str, data: Mapping[str, Any]) -> str:
        """The sentence with its blanks filled; a key that is missing stays blank."""
        return str(self.sentence).format_map(_Blank(self.read(data), by=by))

    def read(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The entry's data with its msgids in the reader's language."""
        return {**data, **{key: gettext(data[key]) for key in self.msgids if data.get(key)}}


class _Blank(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "—"


EVENTS: dict[str, Event] = {}


def declare(
    name: str,
    *,
    about: str,
    sentence: Promise | str,
    icon: str = "circle",
    msgids: tuple[str, ...] = (),
) -> Event:
    """Register an event once, at import of its app's `events.py`."""
    if name in EVENTS:
        raise ValueError(f"The event {name} is declared twice.")
    EVENTS[name] = Event(name, about, sentence, icon, msgids)
    return EVENTS[name]


def msgid(words: Promise | str) -> str:
    """Lazily translated words as the journal keeps them: in nobody's language."""
    with override(None):
        return str(words)


def known(name: str) -> Event:
    """The declared event. Raises UnknownEvent."""
    try:
        return EVENTS[name]
    except KeyError:
        raise UnknownEvent(f"No app declares the event {name}; add it to events.py.") from None
