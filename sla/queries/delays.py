"""The instants of a handoff from which its delay is split."""

from dataclasses import dataclass
from datetime import datetime

from handoff.journal.models import Entry
from leads.events import LEAD, QUALIFIED, QUALIFIED_BY_RULES
from leads.models import Handoff, Interaction, Lead
from sla import delay_words
from sla.delays import SECOND, Delays, Journey, Part, Turn, split
from sla.models import ClauseKind, Clock


def delays_of(handoff: Handoff, *, at: datetime) -> "Told":
    """Where the time of a handoff went as of an instant, in at most four queries."""
    return Told(split(journey_of(handoff), at=at))


def journey_of(handoff: Handoff) -> Journey:
    """A first journey begins when the person came in, a later one with the touch that led to it.

    Each wait in the queue is counted by the calendar version of its own clock.
    """
    lead, marked_at = handoff.lead, _marked_at(handoff)
    inbound_at, recorded_at = _came_in(handoff, lead, marked_at)
    return Journey(
        inbound_at=inbound_at,
        recorded_at=recorded_at,
        qualified_at=marked_at,
        offered_at=handoff.offered_at,
        turns=_turns(handoff),
        tried_at=handoff.first_attempt_at,
        ended_at=handoff.ended_at,
    )


def _came_in(
    handoff: Handoff, lead: Lead, marked_at: datetime | None
) -> tuple[datetime, datetime | None]:
    """When the journey began for the person, and when we heard of it."""
    earlier = Handoff.objects.filter(lead=lead, offered_at__lt=handoff.offered_at)
    last = earlier.order_by("-offered_at").first()
    if last is None:
        return lead.inbound_at, lead.created_at
    touches = Interaction.objects.filter(lead=lead, occurred_at__lte=handoff.offered_at)
    if last.ended_at is not None:
        touches = touches.filter(occurred_at__gt=last.ended_at)
    touch = touches.order_by("occurred_at").first()
    if touch is not None:
        return touch.occurred_at, touch.recorded_at
    begins = min(marked_at or handoff.offered_at, handoff.offered_at)
    return begins, begins


def _marked_at(handoff: Handoff) -> datetime | None:
    """The mark that led to this handoff; the lead itself keeps only its latest."""
    latest = handoff.lead.marketing_qualified_at
    if latest is None or latest <= handoff.offered_at:
        return latest
    marks = Entry.objects.about(LEAD, handoff.lead_id).filter(
        event__in=(QUALIFIED, QUALIFIED_BY_RULES), at__lte=handoff.offered_at
    )
    return marks.order_by("-at").values_list("at", flat=True).first()


def _turns(handoff: Handoff) -> list[Turn]:
    clocks = list(
        Clock.objects.filter(handoff=handoff, kind=ClauseKind.CLAIM)
        .select_related("calendar")
        .order_by("started_at", "pk")
    )
    if not clocks:
        return [Turn(handoff.offered_at, handoff.claimed_at, None)]
    return [Turn(clock.started_at, clock.stopped_at, clock.calendar.schedule()) for clock in clocks]


@dataclass(frozen=True)
class Line:
    """One part of a delay as a page draws it: `start` and `width` are per cent of the whole."""

    part: Part
    microseconds: int
    share: float
    start: float

    @property
    def label(self) -> str:
        return str(self.part.label)

    @property
    def seconds(self) -> float:
        return self.microseconds / SECOND

    @property
    def width(self) -> float:
        return 100 * self.share


@dataclass(frozen=True)
class Told:
    """A delay in words and in parts."""

    delays: Delays

    @property
    def sentence(self) -> str:
        return delay_words.sentence(self.delays)

    @property
    def seconds(self) -> float:
        return self.delays.whole / SECOND

    @property
    def lines(self) -> list[Line]:
        found, before = [], 0
        for part, length in self.delays.parts.items():
            start = 100 * before / self.delays.whole if before else 0.0
            found.append(Line(part, length, self.delays.share(part), start))
            before += length
        return found
