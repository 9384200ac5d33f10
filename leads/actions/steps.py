"""What every step of a handoff starts with: lock the row, ask the right, ask the table."""

from typing import Any

from handoff.people.access import allowed
from handoff.people.models import User
from leads import refusals
from leads.models import Handoff
from leads.stages import HandoffState, next_state


def lock(handoff_id: int, *, by: User | None = None) -> Handoff:
    """The handoff, locked until the transaction ends, if `by` may see it.

    Raises the refusal `unknown`. Without `by` the house itself acts.
    """
    rows = Handoff.objects.all() if by is None else Handoff.objects.visible_to(by)
    found = (
        rows.filter(pk=handoff_id)
        .select_related("lead", "team", "claimed_by")
        .select_for_update(no_key=True, of=("self",))
        .first()
    )
    if found is None:
        raise refusals.unknown()
    return found


def next_or_refuse(step: str, handoff: Handoff) -> HandoffState:
    """Where the step leads. Raises the refusal `not_possible` from a state without it."""
    state = next_state(step, handoff.state)
    if state is None:
        raise refusals.not_now(step, handoff.get_state_display())
    return state


def require_right(word: str, by: User, team_id: int) -> None:
    if not allowed(by, word, on=team_id):
        raise refusals.not_allowed()


def require_holder(handoff: Handoff, by: User) -> None:
    """A held lead is worked by the one who holds it, or by who may reassign it."""
    require_right("work", by, handoff.team_id)
    if handoff.claimed_by_id in (None, by.pk) or allowed(by, "reassign", on=handoff.team_id):
        return
    raise refusals.held_by(str(handoff.claimed_by))


def told(handoff: Handoff, **more: Any) -> dict[str, Any]:
    """What each entry about a handoff carries, so that telling needs no further read."""
    return {
        "lead_id": handoff.lead_id,
        "lead": str(handoff.lead),
        "team_id": handoff.team_id,
        "team": str(handoff.team),
        **more,
    }
