"""What can happen to one person of the demo, as plain records. Nothing is written here."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from feedback.models import WEAK
from handoff.calendars.working_time import Schedule
from handoff.demo.cast import Person
from handoff.demo.crowd import Stranger
from handoff.people.models import User
from leads.models import AttemptChannel, AttemptResult, InteractionKind
from leads.stages import RETURN_ROUTE, HandoffState, LeadStage
from sla.actions.agreements import InForce

MINUTE: Final = 60.0
HOUR: Final = 3_600.0
DAY: Final = timedelta(days=1)


@dataclass
class Touch:
    """Something the person did."""

    kind: InteractionKind
    at: datetime
    text: str = ""
    material: str = ""


@dataclass
class Claim:
    """One seller's hold; `rescued_at` where it went back untouched."""

    seller: User
    at: datetime
    rescued_at: datetime | None = None


@dataclass
class Try:
    """One attempt, by whoever held the lead."""

    at: datetime
    channel: AttemptChannel
    result: AttemptResult
    note: str
    by: User


@dataclass
class Answer:
    given_at: datetime
    accepted: bool
    quality: int
    comment: str
    reply: str = ""
    replied_at: datetime | None = None
    replied_by: User | None = None


@dataclass
class Journey:
    """One handoff. Without an end it is still held."""

    team: str
    offered_at: datetime
    offered_by: User
    note: str
    claims: list[Claim] = field(default_factory=list)
    tries: list[Try] = field(default_factory=list)
    accepted_at: datetime | None = None
    state: HandoffState = HandoffState.CLAIMED
    ended_at: datetime | None = None
    ended_by: User | None = None
    reason: str = ""
    reason_note: str = ""
    recycle_on: date | None = None
    value: Decimal | None = None
    step: tuple[str, datetime] | None = None
    answer: Answer | None = None
    taken_up_at: datetime | None = None


@dataclass
class Life:
    """All that happened to one person up to now."""

    who: Stranger
    touches: list[Touch]
    stage: LeadStage = LeadStage.NEW
    qualified_at: datetime | None = None
    qualified_by: User | None = None
    disqualified_at: datetime | None = None
    disqualified_reason: str = ""
    recycle_on: date | None = None
    journeys: list[Journey] = field(default_factory=list)

    @property
    def inbound_at(self) -> datetime:
        return self.touches[0].at


@dataclass(frozen=True)
class World:
    """What a story is told against: who works, when, and what is promised."""

    now: datetime
    days: int
    marketing: Schedule
    marketers: Sequence[User]
    terms: dict[str, InForce]
    sellers: dict[str, list[tuple[User, Person]]]


def came_back(journey: Journey) -> bool:
    """Whether the reason leaves it to marketing what becomes of the lead."""
    returned = journey.state == HandoffState.RETURNED
    return returned and RETURN_ROUTE[journey.reason] == LeadStage.RETURNED


def is_negative(said: Answer) -> bool:
    return not said.accepted or said.quality <= WEAK
