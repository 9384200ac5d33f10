"""The states of a lead and of a handoff, and every step between them. Pure.

Docs print their diagrams from these tables; actions ask them before they write.
"""

from collections.abc import Mapping
from typing import Final

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class LeadStage(TextChoices):
    NEW = "new", _("New")
    MQL = "mql", _("MQL")
    HANDED_OFF = "handed_off", _("In the queue")
    CLAIMED = "claimed", _("With sales")
    RETURNED = "returned", _("Returned")
    RECYCLED = "recycled", _("Recycled")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")
    DISQUALIFIED = "disqualified", _("Disqualified")


class HandoffState(TextChoices):
    WAITING = "waiting", _("Waiting")
    CLAIMED = "claimed", _("Claimed")
    ACCEPTED = "accepted", _("Accepted")
    RETURNED = "returned", _("Returned")
    WON = "won", _("Won")
    LOST = "lost", _("Lost")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class RuleSetState(TextChoices):
    """A draft is proposed by marketing, approved by sales and so active, until the next one is."""

    DRAFT = "draft", _("Draft")
    PROPOSED = "proposed", _("Proposed")
    ACTIVE = "active", _("Active")
    RETIRED = "retired", _("Retired")


OPEN: Final = (HandoffState.WAITING, HandoffState.CLAIMED, HandoffState.ACCEPTED)
HELD: Final = (HandoffState.CLAIMED, HandoffState.ACCEPTED)
ENDED: Final = (
    HandoffState.RETURNED,
    HandoffState.WON,
    HandoffState.LOST,
    HandoffState.WITHDRAWN,
)

HANDOFF_STEPS: Final[Mapping[str, Mapping[HandoffState, HandoffState]]] = {
    "claim": {HandoffState.WAITING: HandoffState.CLAIMED},
    "rescue": {
        HandoffState.CLAIMED: HandoffState.WAITING,
        HandoffState.ACCEPTED: HandoffState.WAITING,
    },
    "reassign": {
        HandoffState.WAITING: HandoffState.CLAIMED,
        HandoffState.CLAIMED: HandoffState.CLAIMED,
        HandoffState.ACCEPTED: HandoffState.ACCEPTED,
    },
    "accept": {HandoffState.CLAIMED: HandoffState.ACCEPTED},
    "return": {
        HandoffState.CLAIMED: HandoffState.RETURNED,
        HandoffState.ACCEPTED: HandoffState.RETURNED,
    },
    "win": {
        HandoffState.CLAIMED: HandoffState.WON,
        HandoffState.ACCEPTED: HandoffState.WON,
    },
    "lose": {
        HandoffState.CLAIMED: HandoffState.LOST,
        HandoffState.ACCEPTED: HandoffState.LOST,
    },
    "withdraw": {HandoffState.WAITING: HandoffState.WITHDRAWN},
}

QUALIFIABLE: Final = (
    LeadStage.NEW,
    LeadStage.RETURNED,
    LeadStage.RECYCLED,
    LeadStage.DISQUALIFIED,
    LeadStage.WON,
    LeadStage.LOST,
)
"""Stages from which a lead can be marked MQL: anywhere but inside an open journey."""

PROPOSABLE: Final = (LeadStage.NEW, LeadStage.RECYCLED)
"""Stages in which the criteria speak up for a lead that qualifies; what sales returned waits for an
answer, and not for a score."""

DISQUALIFIABLE: Final = (
    LeadStage.NEW,
    LeadStage.MQL,
    LeadStage.RETURNED,
    LeadStage.RECYCLED,
)


def next_state(step: str, state: str) -> HandoffState | None:
    """Where a step leads from a state, or None where the step is not possible."""
    return HANDOFF_STEPS[step].get(HandoffState(state))


class ReasonGroup(TextChoices):
    NOT_A_FIT = "not_a_fit", _("Not a fit")
    NOT_NOW = "not_now", _("Not now")
    NO_INTENT = "no_intent", _("No intent to buy")
    BAD_DATA = "bad_data", _("Wrong or missing data")
    DUPLICATE = "duplicate", _("Duplicate or already a customer")
    UNREACHABLE = "unreachable", _("Could not be reached")
    COMPETITOR = "competitor", _("Chose or is a competitor")
    MISMATCH = "mismatch", _("Expected something else")
    OTHER = "other", _("Other reason")


RETURN_ROUTE: Final[Mapping[str, LeadStage]] = {
    ReasonGroup.NOT_A_FIT: LeadStage.DISQUALIFIED,
    ReasonGroup.NOT_NOW: LeadStage.RECYCLED,
    ReasonGroup.NO_INTENT: LeadStage.DISQUALIFIED,
    ReasonGroup.BAD_DATA: LeadStage.RETURNED,
    ReasonGroup.DUPLICATE: LeadStage.RETURNED,
    ReasonGroup.UNREACHABLE: LeadStage.RECYCLED,
    ReasonGroup.COMPETITOR: LeadStage.DISQUALIFIED,
    ReasonGroup.MISMATCH: LeadStage.RETURNED,
    ReasonGroup.OTHER: LeadStage.RETURNED,
}
"""What a returned lead becomes: the reason decides the route."""

NEEDS_NOTE: Final = (ReasonGroup.OTHER,)
NEEDS_DATE: Final = (ReasonGroup.NOT_NOW,)
