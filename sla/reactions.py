"""What the steps of a handoff mean for its clocks: in the same commit, or neither happened."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from handoff.journal.models import Entry
from handoff.journal.reactions import on
from handoff.people.models import User
from leads.actions import outcome
from leads.events import (
    ATTEMPTED,
    CLAIMED,
    CONTACTED,
    DISQUALIFIED,
    LOST,
    OFFERED,
    QUALIFIED,
    REASSIGNED,
    RESCUED,
    RETURNED,
    WITHDRAWN,
    WON,
)
from leads.models import Handoff
from leads.models.attempt import AttemptResult
from leads.stages import HandoffState, LeadStage
from sla.actions import clocks, touches
from sla.actions.agreements import in_force
from sla.models import ClauseKind, Clock, Evidence
from sla.stages import OWNERS

PROVEN_BY: Final[Mapping[str, tuple[str, ...]]] = {
    AttemptResult.CONTACT: (Evidence.ATTEMPT, Evidence.CONTACT),
    AttemptResult.TWO_WAY: tuple(Evidence),
}
"""What a try proves beside itself, by how far it got."""


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
    """Whoever was given a lead that was already tried, or reached, does not owe that once more."""
    _claimed(entry)
    ran = {clock.kind for clock in _close(entry, *OWNERS, replaced=True)}
    handoff = Handoff.objects.select_related("claimed_by").get(pk=entry.about_id)
    happened = {
        ClauseKind.FIRST_ATTEMPT: handoff.first_attempt_at,
        ClauseKind.FIRST_CONTACT: handoff.first_contact_at,
        ClauseKind.LEASE: handoff.first_attempt_at,
    }
    kinds = [kind for kind in OWNERS if kind in ran or happened[kind] is None]
    _start(entry, *kinds, owner_id=entry.data["owner_id"])
    if handoff.state == HandoffState.CLAIMED and handoff.claimed_by is not None:
        _accept_if_agreed(entry, handoff.claimed_by)


@on(ATTEMPTED, CONTACTED)
def keep_the_first_attempt(entry: Entry) -> None:
    """Evidence counts from when it happened. An automatic message is no response."""
    if not entry.data["automatic"]:
        touches.believe(
            handoff_id=entry.about_id,
            happened=datetime.fromisoformat(entry.data["occurred_at"]),
            proves=PROVEN_BY.get(entry.data["result"], (Evidence.ATTEMPT,)),
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


@on(RETURNED)
def promise_to_take_it_up(entry: Entry) -> None:
    """Where the reason leaves the lead to marketing, marketing owes it a next step."""
    handoff = Handoff.objects.select_related("lead").get(pk=entry.about_id)
    if handoff.lead.stage == LeadStage.RETURNED:
        clocks.start(
            handoff_id=handoff.pk,
            team_id=handoff.team_id,
            kinds=(ClauseKind.TAKE_UP,),
            owner_id=handoff.offered_by_id,
            owing_id=handoff.lead.team_id,
            by_id=entry.by_id,
            at=entry.at,
        )


@on(QUALIFIED, DISQUALIFIED)
def keep_what_was_taken_up(entry: Entry) -> None:
    """Marketing decided about a lead: no returned one of it waits any longer."""
    waiting = Clock.objects.open().filter(handoff__lead_id=entry.about_id, kind=ClauseKind.TAKE_UP)
    for handoff_id in waiting.values_list("handoff_id", flat=True):
        clocks.stop(handoff_id=handoff_id, kind=ClauseKind.TAKE_UP, by_id=entry.by_id, at=entry.at)


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


def _close(entry: Entry, *kinds: str, replaced: bool = False) -> list[Clock]:
    return clocks.close(
        handoff_id=entry.about_id,
        kinds=kinds,
        replaced=replaced,
        by_id=entry.by_id,
        at=entry.at,
    )


def _accept_if_agreed(entry: Entry, owner: User) -> None:
    if in_force(entry.data["team_id"], at=entry.at).claim_accepts:
        outcome.accept(handoff_id=entry.about_id, implied=True, by=owner, at=entry.at)
