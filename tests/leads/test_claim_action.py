"""Who takes the baton: rules of the claim, one at a time. Races are in tests/faults."""

from datetime import timedelta

import pytest

from handoff.journal.models import Entry
from handoff.people.models import Membership
from leads import events
from leads.actions import claim, contact
from leads.models import Handoff, Lead
from leads.refusals import Refusal
from leads.stages import HandoffState, LeadStage
from tests.cast import MONDAY, Cast
from tests.walk import fresh, handoff_at, lead_at

LATER = MONDAY + timedelta(hours=1)


def test_a_claim_says_who_and_when(cast: Cast) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    taken = claim.claim(handoff_id=row.pk, by=cast.sam, at=LATER)
    assert (taken.claimed_by, taken.claimed_at, taken.is_held) == (cast.sam, LATER, True)
    assert Lead.objects.get(pk=row.lead_id).stage == LeadStage.CLAIMED
    entry = Entry.objects.get(event=events.CLAIMED)
    assert (entry.about_id, entry.by, entry.data["team"]) == (row.pk, cast.sam, "Inside Sales")


def test_the_loser_is_told_who_won_and_offered_the_next(cast: Cast) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    following = handoff_at(HandoffState.WAITING, cast, at=MONDAY + timedelta(minutes=5))
    claim.claim(handoff_id=row.pk, by=cast.sam, at=LATER)
    with pytest.raises(Refusal) as lost:
        claim.claim(handoff_id=row.pk, by=cast.sol, at=LATER)
    assert (lost.value.reason, lost.value.winner) == ("already_claimed", "Sam")
    assert lost.value.next_id == following.pk
    assert fresh(row).claimed_by == cast.sam


def test_a_double_click_is_answered_the_same(cast: Cast) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    again = claim.claim(handoff_id=row.pk, by=cast.sam, at=LATER)
    assert again.claimed_at == row.claimed_at
    assert Entry.objects.filter(event=events.CLAIMED).count() == 1


def test_another_team_sees_nothing_and_marketing_may_not(cast: Cast) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    for person, reason in (
        (cast.otto, "unknown"),
        (cast.olga, "unknown"),
        (cast.mara, "not_allowed"),
    ):
        with pytest.raises(Refusal) as refused:
            claim.claim(handoff_id=row.pk, by=person, at=LATER)
        assert refused.value.reason == reason
    assert fresh(row).state == HandoffState.WAITING


def test_a_withdrawn_one_cannot_be_claimed(cast: Cast) -> None:
    row = handoff_at(HandoffState.WITHDRAWN, cast)
    with pytest.raises(Refusal) as refused:
        claim.claim(handoff_id=row.pk, by=cast.sam, at=LATER)
    assert refused.value.reason == "not_possible"


def test_a_limit_of_open_claims_holds_until_one_is_finished(cast: Cast) -> None:
    Membership.objects.filter(user=cast.sam).update(capacity=1)
    handoff_at(HandoffState.CLAIMED, cast)
    row = handoff_at(HandoffState.WAITING, cast)
    with pytest.raises(Refusal) as refused:
        claim.claim(handoff_id=row.pk, by=cast.sam, at=LATER)
    assert refused.value.reason == "at_capacity"
    with pytest.raises(Refusal) as refused:
        claim.claim_next(team_id=cast.sales.pk, by=cast.sam, at=LATER)
    assert refused.value.reason == "at_capacity"
    assert claim.claim(handoff_id=row.pk, by=cast.sol, at=LATER)


def test_claim_next_takes_the_longest_waiting_of_that_team(cast: Cast) -> None:
    second = handoff_at(HandoffState.WAITING, cast, at=MONDAY + timedelta(minutes=5))
    first = handoff_at(HandoffState.WAITING, cast)
    handoff_at(HandoffState.WAITING, cast, team=cast.other_sales, at=MONDAY - timedelta(hours=1))
    taken = [claim.claim_next(team_id=cast.sales.pk, by=cast.sam, at=LATER).pk for _ in "ab"]
    assert taken == [first.pk, second.pk]
    with pytest.raises(Refusal) as empty:
        claim.claim_next(team_id=cast.sales.pk, by=cast.sam, at=LATER)
    assert empty.value.reason == "queue_empty"


def test_claim_next_of_a_foreign_team_is_unknown(cast: Cast) -> None:
    handoff_at(HandoffState.WAITING, cast, team=cast.other_sales)
    with pytest.raises(Refusal) as refused:
        claim.claim_next(team_id=cast.other_sales.pk, by=cast.sam, at=LATER)
    assert refused.value.reason == "unknown"


def test_an_administrator_may_claim_everywhere(cast: Cast) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    assert claim.claim(handoff_id=row.pk, by=cast.ada, at=LATER).claimed_by == cast.ada


def test_tess_gives_a_waiting_one_and_a_held_one_to_sol(cast: Cast) -> None:
    for state in (HandoffState.WAITING, HandoffState.CLAIMED):
        row = handoff_at(state, cast)
        given = claim.reassign(handoff_id=row.pk, to=cast.sol, by=cast.tess, at=LATER)
        assert (given.claimed_by, given.is_held) == (cast.sol, True)
    entry = Entry.objects.filter(event=events.REASSIGNED).latest("id")
    assert (entry.data["name"], entry.data["owner_id"]) == ("Sol", cast.sol.pk)


def test_nobody_outside_the_team_is_given_a_lead_and_sam_gives_none(cast: Cast) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    for to, by, reason in (
        (cast.otto, cast.tess, "invalid"),
        (cast.sol, cast.sam, "not_allowed"),
        (cast.sol, cast.otto, "unknown"),
    ):
        with pytest.raises(Refusal) as refused:
            claim.reassign(handoff_id=row.pk, to=to, by=by, at=LATER)
        assert refused.value.reason == reason


def test_an_untouched_claim_goes_back_and_a_touched_one_stays(cast: Cast) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    back = claim.rescue(handoff_id=row.pk, at=LATER)
    assert (back.state, back.claimed_by, back.accepted_at, back.rescues) == (
        HandoffState.WAITING,
        None,
        None,
        1,
    )
    entry = Entry.objects.get(event=events.RESCUED)
    assert (entry.data["name"], entry.data["owner_id"], entry.by) == ("Sam", cast.sam.pk, None)
    claim.claim(handoff_id=row.pk, by=cast.sol, at=LATER)
    contact.attempt(
        handoff_id=row.pk,
        channel="call",
        result="no_answer",
        occurred_at=LATER,
        by=cast.sol,
        at=LATER + timedelta(minutes=1),
    )
    with pytest.raises(Refusal):
        claim.rescue(handoff_id=row.pk, at=LATER + timedelta(hours=3))


def test_what_fails_last_undoes_what_came_first(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = handoff_at(HandoffState.WAITING, cast)

    def fail(*args: object, **data: object) -> None:
        raise RuntimeError("the journal is full")

    monkeypatch.setattr(claim, "record", fail)
    with pytest.raises(RuntimeError):
        claim.claim(handoff_id=row.pk, by=cast.sam, at=LATER)
    assert (fresh(row).state, fresh(row).lead.stage) == (
        HandoffState.WAITING,
        LeadStage.HANDED_OFF,
    )


@pytest.mark.parametrize("stage", [*LeadStage, *HandoffState])
def test_every_stage_can_be_walked_to(cast: Cast, stage: LeadStage | HandoffState) -> None:
    lead = lead_at(stage, cast)
    if isinstance(stage, LeadStage):
        assert Lead.objects.get(pk=lead.pk).stage == stage
    else:
        state = Handoff.objects.get(lead=lead).state
        assert state == stage or (state, stage) == ("accepted", "claimed")
