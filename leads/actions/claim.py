"""Who takes the baton: claim, claim the next, give to somebody, and back to the queue."""

from datetime import datetime

from django.db import transaction
from django.utils.formats import date_format
from django.utils.translation import pgettext

from handoff.calendars.models import away
from handoff.journal.record import record
from handoff.people.access import allowed, reach_of
from handoff.people.models import Membership, Side, Team, User
from leads import events, refusals
from leads.actions import steps
from leads.models import Attempt, Handoff, Lead, NextStep
from leads.models.handoff import HandoffQuerySet
from leads.refusals import Refusal
from leads.stages import HandoffState, LeadStage


@transaction.atomic
def claim(*, handoff_id: int, by: User, at: datetime) -> Handoff:
    """Take a waiting handoff of one's own team; the first conditional write wins.

    Claiming what one already holds changes nothing. Raises the refusals `already_claimed`,
    `at_capacity`, `not_possible`, `not_allowed` and `unknown`.
    """
    _respect_capacity(handoff_id, by)
    won = (
        claimable(by)
        .filter(pk=handoff_id)
        .update(state=HandoffState.CLAIMED, claimed_by=by, claimed_at=at)
    )
    if not won:
        return _lost(handoff_id, by)
    return _begin(whole(Handoff.objects.all()).get(pk=handoff_id), by, at)


@transaction.atomic
def claim_next(*, team_id: int, by: User, at: datetime) -> Handoff:
    """Take the one that has waited longest in a team; those being claimed now are passed over.

    Whoever is away is offered nothing. Raises the refusals `queue_empty`, `at_capacity`, `away`,
    `not_allowed` and `unknown`.
    """
    _be_there(by, at)
    _respect_limit_in(team_id, by)
    row = (
        whole(claimable(by).filter(team_id=team_id))
        .order_by("offered_at", "id")
        .select_for_update(skip_locked=True, no_key=True, of=("self",))
        .first()
    )
    if row is None:
        raise _why_nothing(team_id, by)
    row.state, row.claimed_by, row.claimed_at = HandoffState.CLAIMED, by, at
    row.save(update_fields=("state", "claimed_by", "claimed_at"))
    return _begin(row, by, at)


@transaction.atomic
def reassign(*, handoff_id: int, to: User, by: User, at: datetime) -> Handoff:
    """Give an open handoff to another person of its team, as its lead or a manager may.

    A limit of open claims does not hold here: who gives sees the load.
    """
    handoff = steps.lock(handoff_id, by=by)
    steps.require_right("reassign", by, handoff.team_id)
    state = steps.next_or_refuse("reassign", handoff)
    if not to.is_active or not allowed(to, "claim", on=handoff.team_id):
        raise refusals.not_in_team()
    if handoff.claimed_by_id == to.pk:
        return handoff
    handoff.state, handoff.claimed_by, handoff.claimed_at = state, to, at
    handoff.save(update_fields=("state", "claimed_by", "claimed_at"))
    Lead.objects.filter(pk=handoff.lead_id).update(stage=LeadStage.CLAIMED, updated_at=at)
    data = steps.told(handoff, name=str(to), owner_id=to.pk)
    record(events.REASSIGNED, about_id=handoff.pk, at=at, by=by, **data)
    handoff.refresh_from_db()
    return handoff


@transaction.atomic
def rescue(*, handoff_id: int, at: datetime) -> Handoff:
    """Put a claim that nobody touched back in the queue; the house acts, not a person.

    Raises the refusal `not_possible` where an attempt was made or the state has moved on.
    """
    handoff = steps.lock(handoff_id)
    state = steps.next_or_refuse("rescue", handoff)
    if touched_since_claim(handoff):
        raise refusals.not_now("rescue", handoff.get_state_display())
    data = steps.told(handoff, name=str(handoff.claimed_by), owner_id=handoff.claimed_by_id)
    handoff.state, handoff.claimed_by, handoff.claimed_at = state, None, None
    handoff.accepted_at = handoff.sales_qualified_at = None
    handoff.rescues += 1
    handoff.save(
        update_fields=(
            *("state", "claimed_by", "claimed_at"),
            *("accepted_at", "sales_qualified_at", "rescues"),
        )
    )
    NextStep.objects.filter(handoff=handoff, done_at__isnull=True).delete()
    Lead.objects.filter(pk=handoff.lead_id).update(stage=LeadStage.HANDED_OFF, updated_at=at)
    record(events.RESCUED, about_id=handoff.pk, at=at, **data)
    return handoff


def _be_there(by: User, at: datetime) -> None:
    back = away([by.pk], at).get(by.pk)
    if back is not None:
        raise refusals.away(date_format(back, pgettext("day and month", "j M")))


def claimable(by: User) -> HandoffQuerySet:
    """Waiting handoffs of the teams for which the person may claim."""
    reach = reach_of(by)
    waiting = Handoff.objects.waiting()
    if reach.holds_everywhere("claim"):
        return waiting
    own = [pk for pk in reach.team_ids(Side.SALES) if reach.holds("claim", pk)]
    return waiting.filter(team_id__in=own)


def touched_since_claim(handoff: Handoff) -> bool:
    tries = Attempt.objects.filter(handoff=handoff, automatic=False)
    return tries.filter(recorded_at__gte=handoff.claimed_at).exists()


def whole(rows: HandoffQuerySet) -> HandoffQuerySet:
    return rows.select_related("lead", "team")


def _begin(row: Handoff, by: User, at: datetime) -> Handoff:
    """What follows the claim, in its transaction; the agreement may go on to accept it."""
    Lead.objects.filter(pk=row.lead_id).update(stage=LeadStage.CLAIMED, updated_at=at)
    record(events.CLAIMED, about_id=row.pk, at=at, by=by, **steps.told(row))
    return row


def _lost(handoff_id: int, by: User) -> Handoff:
    """Why the write took nothing. A second click of the winner is answered with what they won."""
    handoff = (
        Handoff.objects.visible_to(by)
        .select_related("lead", "team", "claimed_by")
        .filter(pk=handoff_id)
        .first()
    )
    if handoff is None:
        raise refusals.unknown()
    steps.require_right("claim", by, handoff.team_id)
    if not handoff.is_held or handoff.claimed_by is None:
        raise refusals.not_now("claim", handoff.get_state_display())
    if handoff.claimed_by == by:
        return handoff
    raise refusals.already_claimed(str(handoff.claimed_by), next_waiting(handoff.team_id))


def next_waiting(team_id: int) -> int | None:
    """The handoff that has waited longest in a team."""
    waiting = Handoff.objects.filter(team_id=team_id).waiting().order_by("offered_at", "id")
    return waiting.values_list("pk", flat=True).first()


def _why_nothing(team_id: int, by: User) -> Refusal:
    team = Team.objects.filter(pk=team_id, side=Side.SALES).first()
    reach = reach_of(by)
    if team is None or not (reach.everywhere or team_id in reach.team_ids(Side.SALES)):
        return refusals.unknown()
    if not reach.holds("claim", team_id):
        return refusals.not_allowed()
    return refusals.nothing_waits(str(team))


def _respect_capacity(handoff_id: int, by: User) -> None:
    if not any(membership.capacity is not None for membership in reach_of(by).memberships):
        return
    found = Handoff.objects.filter(pk=handoff_id).values_list("team_id", "claimed_by_id").first()
    if found is not None and found[1] != by.pk:
        _respect_limit_in(found[0], by)


def _respect_limit_in(team_id: int, by: User) -> None:
    """Hold the membership, so that two claims at once cannot both be the last one allowed."""
    held = [one for one in reach_of(by).memberships if one.team_id == team_id]
    if not held or held[0].capacity is None:
        return
    member = Membership.objects.select_for_update(no_key=True).get(pk=held[0].pk)
    open_claims = Handoff.objects.held_by(by).filter(team_id=team_id).count()
    if member.capacity is not None and open_claims >= member.capacity:
        raise refusals.at_capacity(member.capacity)
