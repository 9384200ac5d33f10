"""What really came, and how it went. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Arrival:
    """One offer to a sales team's queue: a handoff, or a claim that came back to the queue.

    `claimed_at` is when it left the queue: claimed, taken off, or still there when the count was
    made. `freed_at` is when its seller had done the first attempt or had let it go; `tried` says
    which. Targets are the open seconds that were promised; None where no clause counts. `kept`
    are the real verdicts; None is undecided.
    """

    offered_at: datetime
    claimed_at: datetime
    freed_at: datetime
    tried: bool
    seller: int | None
    claim_target: int
    attempt_target: int | None
    claim_kept: bool | None
    attempt_kept: bool | None
    grade: str = ""


def halves(arrivals: Sequence[Arrival]) -> tuple[Sequence[Arrival], Sequence[Arrival]]:
    """The earlier and the later half, by when they were offered."""
    middle = len(arrivals) // 2
    return arrivals[:middle], arrivals[middle:]
