"""What the steps of a handoff mean for its clocks: in the same commit, or neither happened."""

from datetime import datetime

from handoff.journal.models import Entry
from handoff.journal.reactions import on
from handoff.people.models import User
from leads.actions import outcome
from leads.events import (
    ATTEMPTED,
    CLAIMED,
    CONTACTED,
    LOST,
    OFFERED,
    REASSIGNED,
    RESCUED,
    RETURNED,
    WITHDRAWN,
    WON,
)
from leads.models import Handoff
from leads.stages import HandoffState
from sla.actions import clocks, touches
from sla.actions.agreements import in_force
from sla.models import ClauseKind
from sla.stages import OWNERS


@on(OFFERED)
def promise_a_claim(entry: Entry) -> None:
    _start(entry, ClauseKind.CLAIM)


@on(CLAIMED)
def promise_an_attempt(entry: Entry) -> None:
    _claimed(entry)
    _start(entry, *OWNERS, owner_id=entry.by_id)
    if entry.by is not None:
        _accept_if_agreed(entry, entry.by)


@on(REASSIGNED)
def promise_by_the_new_owner(entry: Entry) -> None:
    """Whoever was given a lead that was already reached inherits no new first attempt."""
    _claimed(entry)
    handoff = Handoff.objects.select_related("claimed_by").get(pk=entry.about_id)
    untried = handoff.first_attempt_at is None
    _close(entry, *OWNERS, replaced=untried)
    if untried:
        _start(entry, *OWNERS, owner_id=entry.data["owner_id"])
    if handoff.state == HandoffState.CLAIMED and handoff.claimed_by is not None:
        _accept_if_agreed(entry, handoff.claimed_by)


@on(ATTEMPTED, CONTACTED)
def keep_the_first_attempt(entry: Entry) -> None:
    """Evidence counts from when it happened. An automatic message is no response."""
    if not entry.data["automatic"]:
        touches.believe(
            handoff_id=entry.about_id,
            happened=datetime.fromisoformat(entry.data["occurred_at"]),
            by_id=entry.by_id,
            at=entry.at,
        )


@on(RESCUED)
def promise_a_claim_again(entry: Entry) -> None:
    clocks.end_lease(handoff_id=entry.about_id, at=entry.at)
    _close(entry, *OWNERS)
    _start(entry, ClauseKind.CLAIM)


@on(RETURNED, WON, LOST)
def promise_feedback(entry: Entry) -> None:
    """The one who worked the lead owes marketing an answer, also where another closed it."""
    _close(entry, ClauseKind.CLAIM, *OWNERS)
    owner = Handoff.objects.values_list("claimed_by_id", flat=True).get(pk=entry.about_id)
    _start(entry, ClauseKind.FEEDBACK, owner_id=owner)


@on(WITHDRAWN)
def promise_nothing(entry: Entry) -> None:
    _close(entry, *ClauseKind.values)


def _start(entry: Entry, *kinds: str, owner_id: int | None = None) -> None:
    clocks.start(
        handoff_id=entry.about_id,
        team_id=entry.data["team_id"],
        kinds=kinds,
        owner_id=owner_id,
        by_id=entry.by_id,
        at=entry.at,
    )


def _claimed(entry: Entry) -> None:
    clocks.stop(handoff_id=entry.about_id, kind=ClauseKind.CLAIM, by_id=entry.by_id, at=entry.at)


def _close(entry: Entry, *kinds: str, replaced: bool = False) -> None:
    clocks.close(
        handoff_id=entry.about_id,
        kinds=kinds,
        replaced=replaced,
        by_id=entry.by_id,
        at=entry.at,
    )


def _accept_if_agreed(entry: Entry, owner: User) -> None:
    if in_force(entry.data["team_id"], at=entry.at).claim_accepts:
        outcome.accept(handoff_id=entry.about_id, implied=True, by=owner, at=entry.at)
