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
from sla.actions import clocks
from sla.actions.agreements import in_force
from sla.models import ClauseKind
from sla.stages import OWNERS


@on(OFFERED)
def promise_a_claim(entry: Entry) -> None:
    _start(entry, ClauseKind.CLAIM)


@on(CLAIMED)
def promise_an_attempt(entry: Entry) -> None:
    clocks.stop(handoff_id=entry.about_id, kind=ClauseKind.CLAIM, at=entry.at)
    _start(entry, *OWNERS, owner_id=entry.by_id)
    if entry.by is not None:
        _accept_if_agreed(entry, entry.by)


@on(REASSIGNED)
def promise_by_the_new_owner(entry: Entry) -> None:
    """Whoever was given a lead that was already reached inherits no new first attempt."""
    clocks.stop(handoff_id=entry.about_id, kind=ClauseKind.CLAIM, at=entry.at)
    clocks.close(handoff_id=entry.about_id, kinds=OWNERS, at=entry.at)
    handoff = Handoff.objects.select_related("claimed_by").get(pk=entry.about_id)
    if handoff.first_attempt_at is None:
        _start(entry, *OWNERS, owner_id=entry.data["owner_id"])
    if handoff.state == HandoffState.CLAIMED and handoff.claimed_by is not None:
        _accept_if_agreed(entry, handoff.claimed_by)


@on(ATTEMPTED, CONTACTED)
def keep_the_first_attempt(entry: Entry) -> None:
    """Evidence counts from when it happened. An automatic message is no response."""
    if not entry.data["automatic"]:
        happened = datetime.fromisoformat(entry.data["occurred_at"])
        clocks.stop_all(handoff_id=entry.about_id, kinds=OWNERS, at=happened, noticed_at=entry.at)


@on(RESCUED)
def promise_a_claim_again(entry: Entry) -> None:
    clocks.end_lease(handoff_id=entry.about_id, at=entry.at)
    clocks.close(handoff_id=entry.about_id, kinds=OWNERS, at=entry.at)
    _start(entry, ClauseKind.CLAIM)


@on(RETURNED, WON, LOST)
def promise_feedback(entry: Entry) -> None:
    """The one who worked the lead owes marketing an answer, also where another closed it."""
    clocks.close(handoff_id=entry.about_id, kinds=(ClauseKind.CLAIM, *OWNERS), at=entry.at)
    owner = Handoff.objects.values_list("claimed_by_id", flat=True).get(pk=entry.about_id)
    _start(entry, ClauseKind.FEEDBACK, owner_id=owner)


@on(WITHDRAWN)
def promise_nothing(entry: Entry) -> None:
    clocks.close(handoff_id=entry.about_id, kinds=ClauseKind.values, at=entry.at)


def _start(entry: Entry, *kinds: str, owner_id: int | None = None) -> None:
    clocks.start(
        handoff_id=entry.about_id,
        team_id=entry.data["team_id"],
        kinds=kinds,
        owner_id=owner_id,
        at=entry.at,
    )


def _accept_if_agreed(entry: Entry, owner: User) -> None:
    if in_force(entry.data["team_id"], at=entry.at).claim_accepts:
        outcome.accept(handoff_id=entry.about_id, implied=True, by=owner, at=entry.at)
