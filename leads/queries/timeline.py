"""Everything that happened to a lead as one story, newest first."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import merge
from itertools import groupby, islice
from typing import Final, NamedTuple

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from handoff.journal.models import Entry
from handoff.journal.vocabulary import known
from handoff.templatetags.handoff import duration
from leads import events
from leads.models import Attempt, Handoff, Interaction, InteractionKind, Lead
from leads.models.attempt import REACHED
from leads.models.interaction import STRONG

PAGE: Final = 30
LOGGED_LATE: Final = timedelta(minutes=15)
TOLD_BY_THEIR_ROWS: Final = (
    events.CAPTURED,
    events.TOUCHED,
    events.ATTEMPTED,
    events.CONTACTED,
)
FOLDED: Final = (
    InteractionKind.VISIT,
    InteractionKind.EMAIL_OPEN,
    InteractionKind.EMAIL_CLICK,
)
ICONS: Final = {
    InteractionKind.VISIT: "mouse-pointer-click",
    InteractionKind.EMAIL_OPEN: "mail-open",
    InteractionKind.EMAIL_CLICK: "mail-check",
    InteractionKind.DOWNLOAD: "download",
    InteractionKind.EVENT: "calendar-check",
    InteractionKind.FORM: "clipboard-list",
    InteractionKind.DEMO_REQUEST: "monitor-play",
    InteractionKind.PRICE_REQUEST: "tag",
    InteractionKind.MESSAGE: "message-circle",
}
LOOKS: Final = {
    events.QUALIFIED: "brand",
    events.QUALIFIED_BY_RULES: "brand",
    events.CLAIMED: "brand",
    events.ACCEPTED: "brand",
    events.OFFERED: "info",
    events.RESCUED: "risk",
    events.RETURNED: "risk",
    events.WON: "ok",
    events.LOST: "late",
}
ENTRY, TOUCH, TRY = "e", "i", "a"
RANK: Final = {ENTRY: 2, TOUCH: 1, TRY: 0}


class Place(NamedTuple):
    """Where a page of the story ended: the instant, the kind of row and its id."""

    instant: datetime
    kind: str
    pk: int

    def __str__(self) -> str:
        return f"{self.instant.timestamp():.6f}-{self.kind}{self.pk}"

    @classmethod
    def read(cls, text: str) -> "Place | None":
        """The way back from text; None for anything else."""
        seconds, _dash, row = text.partition("-")
        try:
            instant = datetime.fromtimestamp(float(seconds), tz=timezone.get_default_timezone())
            place = cls(instant, row[:1], int(row[1:19]))
        except (ValueError, OverflowError, OSError):
            return None
        return place if place.kind in RANK else None


@dataclass(frozen=True)
class Moment:
    """One line of the story. `folded` are the lines it stands for, where it stands for several."""

    place: Place
    icon: str
    text: str
    kind: str = "plain"
    detail: str = ""
    by: str = ""
    folds: str = ""
    folded: tuple["Moment", ...] = field(default=())

    @property
    def instant(self) -> datetime:
        return self.place.instant


@dataclass(frozen=True)
class Story:
    moments: Sequence[Moment]
    older: str = ""


def story_of(lead: Lead, *, after: str = "", limit: int = PAGE) -> Story:
    """One page of what happened to a lead and its handoffs; three queries."""
    place = Place.read(after) if after else None
    sources = (
        _entries(lead, place, limit),
        _touches(lead, place, limit),
        _tries(lead, place, limit),
    )
    newest = merge(*sources, key=_order, reverse=True)
    moments = list(islice(newest, limit + 1))
    older = str(moments[limit - 1].place) if len(moments) > limit else ""
    return Story(list(fold(moments[:limit])), older)


def fold(moments: Iterable[Moment]) -> Iterator[Moment]:
    """Neighbouring visits and e-mails of one kind and day as one line."""
    for key, group in groupby(moments, key=lambda one: (one.folds, one.folds and _day(one))):
        rows = list(group)
        if not key[0] or len(rows) == 1:
            yield from rows
            continue
        text = ngettext("%(what)s, %(n)d time", "%(what)s, %(n)d times", len(rows)) % {
            "what": InteractionKind(key[0]).label,
            "n": len(rows),
        }
        yield Moment(rows[0].place, rows[0].icon, text, folded=tuple(rows))


def _day(moment: Moment) -> str:
    return timezone.localtime(moment.instant).date().isoformat()


def _order(moment: Moment) -> tuple[datetime, int, int]:
    place = moment.place
    return (place.instant, RANK[place.kind], place.pk)


def _older(place: Place | None, kind: str, instant: str) -> Q:
    """What comes after a place in the story, for rows of one kind."""
    if place is None:
        return Q()
    before = Q(**{f"{instant}__lt": place.instant})
    if RANK[kind] < RANK[place.kind]:
        return before | Q(**{instant: place.instant})
    if kind == place.kind:
        return before | Q(**{instant: place.instant, "pk__lt": place.pk})
    return before


def _entries(lead: Lead, place: Place | None, limit: int) -> list[Moment]:
    handoffs = Handoff.objects.filter(lead=lead).values("pk")
    rows = (
        Entry.objects.filter(
            Q(about=events.LEAD, about_id=lead.pk) | Q(about=events.HANDOFF, about_id__in=handoffs)
        )
        .filter(_older(place, ENTRY, "at"))
        .exclude(event__in=TOLD_BY_THEIR_ROWS)
        .select_related("by")
        .order_by("-at", "-pk")[: limit + 1]
    )
    return [_told(row) for row in rows]


def _told(row: Entry) -> Moment:
    word = known(row.event)
    return Moment(
        Place(row.at, ENTRY, row.pk),
        word.icon,
        word.told(by=str(row.by or "Handoff"), data=row.data),
        kind=LOOKS.get(row.event, "plain"),
        detail=str(row.data.get("note") or ""),
    )


def _touches(lead: Lead, place: Place | None, limit: int) -> list[Moment]:
    rows = (
        Interaction.objects.filter(_older(place, TOUCH, "occurred_at"), lead=lead)
        .select_related("material", "campaign")
        .order_by("-occurred_at", "-pk")[: limit + 1]
    )
    return [_touched(row) for row in rows]


def _touched(row: Interaction) -> Moment:
    kind = InteractionKind(row.kind)
    return Moment(
        Place(row.occurred_at, TOUCH, row.pk),
        ICONS[kind],
        kind.said(str(row.material or row.campaign or "")),
        kind="info" if row.kind in STRONG else "plain",
        detail=row.text or row.url,
        folds=row.kind if row.kind in FOLDED else "",
    )


def _tries(lead: Lead, place: Place | None, limit: int) -> list[Moment]:
    rows = (
        Attempt.objects.filter(_older(place, TRY, "occurred_at"), handoff__lead=lead)
        .select_related("by")
        .order_by("-occurred_at", "-pk")[: limit + 1]
    )
    return [_tried(row) for row in rows]


def _tried(row: Attempt) -> Moment:
    reached = row.result in REACHED
    return Moment(
        Place(row.occurred_at, TRY, row.pk),
        "phone-incoming" if reached else "phone-call",
        f"{row.get_channel_display()}: {row.get_result_display()}",
        kind="ok" if reached else "plain",
        detail="\n".join(filter(None, (row.note, _logged(row)))),
        by=str(row.by),
    )


def _logged(row: Attempt) -> str:
    """What was written down long after it happened says so."""
    gap = row.recorded_at - row.occurred_at
    return gettext("Logged %(t)s later.") % {"t": duration(gap)} if gap > LOGGED_LATE else ""
