"""The menu: every page that a person may go to, by the permission words they hold."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Place:
    """A page in the menu. `key` is the letter after `g`; `word` the permission, if any.

    `also` is a page elsewhere that belongs to this place.
    """

    page: str
    label: str | Promise
    icon: str
    key: str
    word: str = ""
    also: str = ""

    @property
    def href(self) -> str:
        return reverse(self.page)

    def holds(self, path: str) -> bool:
        return any(path.startswith(reverse(page)) for page in (self.page, self.also) if page)


@dataclass(frozen=True)
class Link:
    place: Place
    href: str
    current: bool


PLACES: Final = (
    Place("sla:queue", _("Queue"), "inbox", "q", "see_queue"),
    Place("sla:work", _("My work"), "list-checks", "w", "work"),
    Place("leads:desk", _("Desk"), "layout-dashboard", "d", "intake"),
    Place("leads:list", _("Leads"), "users", "l", "see_leads"),
    Place("leads:imports", _("Imports"), "file-up", "i", "import"),
    Place("leads:campaigns", _("Campaigns"), "megaphone", "c", "campaigns"),
    Place("leads:rules", _("Criteria"), "list-filter", "k"),
    Place("feedback:list", _("Feedback"), "message-square-quote", "f", "read_feedback"),
    Place("sla:board", _("Board"), "gauge", "b", "board"),
    Place("feedback:reports", _("Reports"), "chart-column", "r", "reports"),
    Place("sla:agreement", _("Agreement"), "handshake", "a"),
    Place("people", _("People"), "user-cog", "p", "people", also="sla:calendars"),
)


def menu(words: Iterable[str], path: str) -> Iterator[Link]:
    """The links of someone who holds `words`; the one that `path` lies under is current."""
    held = frozenset(words)
    for place in PLACES:
        if place.word and place.word not in held:
            continue
        try:
            href = place.href
        except NoReverseMatch:
            continue
        yield Link(place, href, current=place.holds(path))
