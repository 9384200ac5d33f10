"""Who may hold, contest, settle or reopen a clock; asked by the actions and by the page."""

from collections.abc import Collection, Mapping
from typing import Final

from handoff.people.access import allowed
from handoff.people.models import User
from leads.stages import HELD
from sla.models import ClauseKind, Clock
from sla.stages import PROMISES

OWED_WHILE: Final[Mapping[str, Collection[str]]] = {ClauseKind.FIRST_ATTEMPT: HELD}
"""What can be owed once more, and how its handoff stands meanwhile: a claim is promised anew by
the flow itself, and feedback is given once."""


def may_hold(clock: Clock, by: User) -> bool:
    """Pause and resume: the one who owes it, their lead, and managers; no lease by itself."""
    if clock.kind == ClauseKind.LEASE:
        return False
    if allowed(by, "reassign", on=clock.team_id):
        return True
    return clock.owner_id == by.pk and allowed(by, "pause", on=clock.team_id)


def may_contest(clock: Clock, by: User) -> bool:
    """The one who owes it, their lead, and managers."""
    if clock.kind not in PROMISES:
        return False
    if allowed(by, "waive", on=clock.team_id):
        return True
    return clock.owner_id == by.pk and allowed(by, "contest", on=clock.team_id)


def may_settle(clock: Clock, by: User) -> bool:
    """Who leads the side to which it was owed, or manages, and neither contested nor owed it."""
    if by.pk in {clock.contested_by_id, clock.owner_id}:
        return False
    return allowed(by, "waive", on=other_team_id(clock))


def other_team_id(clock: Clock) -> int:
    """The team to which it was owed: the lead's own, or for what marketing owes, the sellers'."""
    sales, marketing = clock.handoff.team_id, clock.handoff.lead.team_id
    return marketing if clock.team_id == sales else sales


def may_reopen(clock: Clock, by: User) -> bool:
    return clock.kind in PROMISES and allowed(by, "reopen", on=clock.team_id)


def can_reopen(clock: Clock) -> bool:
    """Whether it is over and could be owed still, if it is the last of its kind."""
    return clock.stopped_at is not None and clock.handoff.state in OWED_WHILE.get(clock.kind, ())
