"""Where the time until the first attempt went: parts that add up to the whole. Pure.

The whole runs by the wall clock, from the moment the person came in to the first attempt, or to the
end of a journey without one, or to now. One rule for what is missing or out of order: a missing
step happened with the step after it, and no step happened before the one ahead of it, or after the
end. So no part is negative, and no microsecond is counted twice or lost.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from handoff.calendars.working_time import Interval, Schedule, elapsed, utc

MICROSECOND: Final = timedelta(microseconds=1)
SECOND: Final = 1_000_000


class Part(TextChoices):
    """Where the time until the first attempt goes, in the order of the flow."""

    CAPTURE = "capture", _("Until we knew of it")
    QUALIFY = "qualify", _("Until it was an MQL")
    ROUTE = "route", _("Until it was handed over")
    QUEUE = "queue", _("In the queue, open hours")
    QUEUE_CLOSED = "queue_closed", _("In the queue, closed")
    SELLER = "seller", _("With the seller, open hours")
    SELLER_CLOSED = "seller_closed", _("With the seller, closed")


class Reached(TextChoices):
    """Up to where the time of a journey is counted."""

    TRIED = "tried", _("First attempt")
    ENDED = "ended", _("Ended without an attempt")
    OPEN = "open", _("Not yet tried")


@dataclass(frozen=True)
class Turn:
    """A wait in the queue and the claim that ended it; a rescue begins the next one.

    `schedule` says when it was open; without one, all of the turn counts as open.
    """

    waits_at: datetime
    claimed_at: datetime | None
    schedule: Schedule | None


@dataclass(frozen=True)
class Journey:
    """The instants of a handoff, each empty where it has not happened or is not known."""

    inbound_at: datetime
    recorded_at: datetime | None
    qualified_at: datetime | None
    offered_at: datetime
    turns: Sequence[Turn]
    tried_at: datetime | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True)
class Delays:
    """Whole microseconds by part; `whole` is their sum, measured on its own."""

    parts: dict[Part, int]
    whole: int
    reached: Reached

    @property
    def longest(self) -> Part | None:
        """The part that took most, closed hours taken together; none where no time passed."""
        return longest_of(self.parts)

    def share(self, part: Part) -> float:
        return self.parts[part] / self.whole if self.whole else 0.0


def split(journey: Journey, *, at: datetime) -> Delays:
    """The parts of a journey as of an instant."""
    start = utc(journey.inbound_at)
    end = max(start, utc(journey.tried_at or journey.ended_at or at))

    def held(instant: datetime | None, after: datetime, otherwise: datetime) -> datetime:
        return min(max(utc(instant or otherwise), after), end)

    offer = utc(journey.offered_at)
    known = journey.qualified_at or offer
    recorded = held(journey.recorded_at, start, known)
    qualified = held(journey.qualified_at, recorded, offer)
    offered = held(offer, qualified, offer)
    parts = dict.fromkeys(Part, 0)
    parts[Part.CAPTURE] = _length(start, recorded)
    parts[Part.QUALIFY] = _length(recorded, qualified)
    parts[Part.ROUTE] = _length(qualified, offered)
    for span, of_queue, schedule in _spans(journey.turns, offered, end):
        opened, closed = _measure(span, schedule)
        parts[Part.QUEUE if of_queue else Part.SELLER] += opened
        parts[Part.QUEUE_CLOSED if of_queue else Part.SELLER_CLOSED] += closed
    return Delays(parts, _length(start, end), _reached(journey))


def longest_of(parts: dict[Part, int]) -> Part | None:
    """The part that took most; closed hours count as one, named by the larger of the two."""
    together = dict(parts)
    queue, seller = together.pop(Part.QUEUE_CLOSED), together.pop(Part.SELLER_CLOSED)
    together[Part.QUEUE_CLOSED if queue >= seller else Part.SELLER_CLOSED] = queue + seller
    found = max(together, key=lambda part: together[part])
    return found if together[found] else None


def shared_out(parts: Sequence[int], whole: int) -> list[int]:
    """Whole numbers in the proportion of the parts that add up to `whole`.

    By largest remainders: each is rounded down, and what is left goes where most was cut off.
    """
    total = sum(parts)
    if not total:
        return [0] * len(parts)
    found = [part * whole // total for part in parts]
    cut_off = sorted(range(len(parts)), key=lambda place: -(parts[place] * whole % total))
    for place in cut_off[: whole - sum(found)]:
        found[place] += 1
    return found


def _spans(
    turns: Sequence[Turn], start: datetime, end: datetime
) -> Iterator[tuple[Interval, bool, Schedule | None]]:
    """Time in the queue (True) and with a seller, without a gap, from the offer to the end."""
    ordered = sorted(turns, key=lambda turn: turn.waits_at) or [Turn(start, None, None)]
    begins = start
    for place, turn in enumerate(ordered):
        last = place == len(ordered) - 1
        until = end if last else min(max(utc(ordered[place + 1].waits_at), begins), end)
        claimed = min(max(utc(turn.claimed_at), begins), until) if turn.claimed_at else until
        yield Interval(begins, claimed), True, turn.schedule
        yield Interval(claimed, until), False, turn.schedule
        begins = until


def _measure(span: Interval, schedule: Schedule | None) -> tuple[int, int]:
    """Open and closed microseconds."""
    whole = span.length // MICROSECOND
    if schedule is None:
        return whole, 0
    opened = elapsed(schedule, start=span.start, end=span.end) // MICROSECOND
    return opened, whole - opened


def _length(start: datetime, end: datetime) -> int:
    return (end - start) // MICROSECOND


def _reached(journey: Journey) -> Reached:
    if journey.tried_at is not None:
        return Reached.TRIED
    return Reached.ENDED if journey.ended_at is not None else Reached.OPEN
