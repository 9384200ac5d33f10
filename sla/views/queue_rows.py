"""Fifty rows in a few milliseconds: the template of a row is rendered once, then filled in.

What a row says comes out of `templates/sla/_queue_row.html` like everything else, with marks in
the places of its words. Every word is escaped here, where it takes the place of its mark.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from handoff.icons import svg
from handoff.templatetags.handoff import spoken, weekday
from leads.origins import origin_label
from leads.templatetags.leads import grade
from sla.queries.queue import QueuePage, QueueRow
from sla.templatetags.clocks import kind_of, left

NEW_FOR: Final = timedelta(seconds=6)
"""How long a row that has just come in is lit up."""
SYMBOLS: Final = {
    "ok": "timer",
    "risk": "clock-alert",
    "late": "triangle-alert",
    "paused": "circle-pause",
}
FIELDS: Final = (
    *("pk", "href", "claim", "name", "company", "why", "why_at", "why_said", "source", "team"),
    *("grade", "rescued", "fresh", "kind", "symbol", "left", "due", "warn", "exact"),
)
MARK: Final = re.compile(r"⟦(\w+)⟧")


class Words:
    """Instants and origins in the reader's language and zone; each day is worded once."""

    def __init__(self) -> None:
        self.zone = timezone.get_current_timezone()
        self._near: dict[date, str] = {}
        self._exact: dict[date, str] = {}
        self._origins: dict[str, str] = {"": ""}

    def near(self, instant: datetime) -> str:
        """As `spoken` says it."""
        local = instant.astimezone(self.zone)
        day = local.date()
        if day not in self._near:
            self._near[day] = spoken(local.replace(hour=0, minute=0)).replace("00:00", "{}")
        return self._near[day].format(f"{local:%H:%M}")

    def exact(self, instant: datetime) -> str:
        local = instant.astimezone(self.zone)
        day = local.date()
        if day not in self._exact:
            named = f"{weekday(local)} {date_format(local, 'DATE_FORMAT')}"
            self._exact[day] = gettext("Due %(at)s") % {"at": f"{named}, {{}}"}
        return self._exact[day].format(f"{local:%H:%M}")

    def origin(self, value: str) -> str:
        if value not in self._origins:
            self._origins[value] = origin_label(value)
        return self._origins[value]


@dataclass(frozen=True)
class Rows:
    """What is the same for every row of one drawing."""

    page: QueuePage
    teams: Mapping[int, str]
    claims: bool
    at: datetime

    def html(self) -> SafeString:
        pattern, words = self.pattern(), Words()
        places = [reverse(f"leads:{name}", args=(0,)) for name in ("handoff", "claim")]
        filled = (pattern.format_map(self._values(row, words, *places)) for row in self.page.rows)
        return mark_safe("".join(filled))  # noqa: S308  each value was escaped

    def pattern(self) -> str:
        """A row with a format field in the place of each word."""
        marks = {name: mark_safe(f"⟦{name}⟧") for name in FIELDS}  # noqa: S308  our own names
        html = render_to_string("sla/_queue_row.html", {"line": marks, "claims": self.claims})
        return MARK.sub(r"{\1}", html.replace("{", "{{").replace("}", "}}"))

    def _values(self, row: QueueRow, words: Words, place: str, claim: str) -> dict[str, str]:
        signal = self.page.signals.get(row.lead_id)
        why_at = signal.at if signal else row.offered_at
        kind = "paused" if row.paused_at else kind_of(row, self.at)
        source = filter(None, (words.origin(row.origin), row.campaign))
        number = f"/{row.handoff_id}/"
        return {
            "pk": str(row.handoff_id),
            "href": place.replace("/0/", number),
            "claim": claim.replace("/0/", number),
            "name": escape(row.name),
            "company": "" if row.company == row.name else escape(row.company),
            "why": escape(signal.text if signal else row.why_now or gettext("Handed off")),
            "why_at": why_at.isoformat(),
            "why_said": escape(words.near(why_at)),
            "source": escape(" · ".join(source)),
            "grade": grade(row.grade),
            "team": escape(self.teams.get(row.team_id, "")),
            "rescued": svg("life-buoy") + escape(gettext("rescued")) if row.rescues else "",
            "fresh": "is-new" if self.at - row.offered_at < NEW_FOR else "",
            "kind": "muted" if row.paused_at else kind,
            "symbol": svg(SYMBOLS[kind]),
            "left": escape(gettext("paused") if row.paused_at else left(row.due_at, self.at)),
            "due": "" if row.paused_at else row.due_at.isoformat(),
            "warn": row.warn_at.isoformat() if row.warn_at < row.due_at else "",
            "exact": escape(words.exact(row.due_at)),
        }
