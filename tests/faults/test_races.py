"""Twenty sellers, one lead: real threads and commits. Each race has a control without guard."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

import pytest
from django.db import connection, connections, transaction

from handoff.journal.models import Entry
from handoff.people.models import Membership, Role, User
from leads import events
from leads.actions import claim, handoff, outcome
from leads.models import Handoff, Lead
from leads.refusals import Refusal
from leads.stages import HandoffState, LeadStage
from tests.cast import MONDAY, Cast, make_cast, person
from tests.walk import fresh, handoff_at, lead_at

pytestmark = pytest.mark.django_db(transaction=True)

LATER = MONDAY + timedelta(hours=1)
CROWD = 20


@pytest.fixture
def cast() -> Cast:
    return make_cast()


@pytest.fixture
def crowd(cast: Cast) -> list[User]:
    return [person(f"Seller{number}", Role.SELLER, cast.sales) for number in range(CROWD)]


def at_once(verbs: Sequence[Callable[[], object]]) -> list[object]:
    """Run all at the same moment, each on a connection of its own; what each gave or raised."""
    gate = threading.Barrier(len(verbs))
    answers: list[object] = [None] * len(verbs)

    def run(place: int, verb: Callable[[], object]) -> None:
        connection.ensure_connection()
        gate.wait()
        try:
            answers[place] = verb()
        except Exception as error:  # noqa: BLE001  the answer is what is looked at
            answers[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(verbs)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return answers


def claiming(row: Handoff, by: User) -> Callable[[], object]:
    return lambda: claim.claim(handoff_id=row.pk, by=by, at=LATER)


def refused(answers: Sequence[object]) -> list[Refusal]:
    return [answer for answer in answers if isinstance(answer, Refusal)]


def test_one_of_twenty_wins_and_all_others_are_told_who(cast: Cast, crowd: list[User]) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    following = handoff_at(HandoffState.WAITING, cast, at=MONDAY + timedelta(minutes=5))
    answers = at_once([claiming(row, by) for by in crowd])
    winner = fresh(row).claimed_by
    assert winner in crowd
    assert len(refused(answers)) == CROWD - 1
    for refusal in refused(answers):
        assert (refusal.reason, refusal.winner) == ("already_claimed", str(winner))
        assert refusal.next_id == following.pk
    assert Entry.objects.filter(event=events.CLAIMED).count() == 1


def test_control_a_claim_that_looks_before_it_writes_has_two_winners(
    cast: Cast, crowd: list[User]
) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    looked = threading.Barrier(CROWD)

    def careless(by: User) -> bool:
        with transaction.atomic():
            waits = Handoff.objects.filter(pk=row.pk, state=HandoffState.WAITING).exists()
            looked.wait()
            if waits:
                Handoff.objects.filter(pk=row.pk).update(
                    state=HandoffState.CLAIMED, claimed_by=by, claimed_at=LATER
                )
            return waits

    answers = at_once([lambda by=by: careless(by) for by in crowd])  # type: ignore[misc]
    assert answers.count(True) > 1


def test_each_of_twenty_gets_another_next_one(cast: Cast, crowd: list[User]) -> None:
    for number in range(CROWD):
        handoff_at(HandoffState.WAITING, cast, at=MONDAY + timedelta(seconds=number))
    answers = at_once(
        [
            lambda by=by: claim.claim_next(team_id=cast.sales.pk, by=by, at=LATER).pk  # type: ignore[misc]
            for by in crowd
        ]
    )
    assert len(set(answers)) == CROWD
    assert Counter(Handoff.objects.values_list("claimed_by", flat=True)) == {
        by.pk: 1 for by in crowd
    }


def test_a_limit_holds_against_two_claims_at_once(cast: Cast) -> None:
    Membership.objects.filter(user=cast.sam).update(capacity=1)
    rows = [handoff_at(HandoffState.WAITING, cast) for _ in range(8)]
    people = [User.objects.get(pk=cast.sam.pk) for _ in rows]
    answers = at_once([claiming(row, by) for row, by in zip(rows, people, strict=True)])
    assert {refusal.reason for refusal in refused(answers)} == {"at_capacity"}
    assert Handoff.objects.held_by(cast.sam).count() == 1


def test_control_without_the_lock_on_the_member_the_limit_breaks(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = threading.Barrier(8)
    Membership.objects.filter(user=cast.sam).update(capacity=1)
    rows = [handoff_at(HandoffState.WAITING, cast) for _ in range(8)]
    people = [User.objects.get(pk=cast.sam.pk) for _ in rows]

    def careless(handoff_id: int, by: User) -> None:
        free = Handoff.objects.held_by(by).count() < 1
        counted.wait()
        assert free

    monkeypatch.setattr(claim, "_respect_capacity", careless)
    at_once([claiming(row, by) for row, by in zip(rows, people, strict=True)])
    assert Handoff.objects.held_by(cast.sam).count() > 1


def test_a_double_click_is_one_claim(cast: Cast) -> None:
    row = handoff_at(HandoffState.WAITING, cast)
    answers = at_once([claiming(row, cast.sam) for _ in range(4)])
    assert not refused(answers)
    assert Entry.objects.filter(event=events.CLAIMED).count() == 1


def test_a_claim_and_a_withdrawal_do_not_both_happen(cast: Cast) -> None:
    for _ in range(5):
        row = handoff_at(HandoffState.WAITING, cast)
        answers = at_once(
            [
                claiming(row, cast.sam),
                lambda row=row: handoff.withdraw(handoff_id=row.pk, by=cast.mara, at=LATER),  # type: ignore[misc]
            ]
        )
        assert len(refused(answers)) == 1
        assert all(isinstance(answer, Handoff | Refusal) for answer in answers)
        taken = fresh(row).claimed_by is not None
        stage = LeadStage.CLAIMED if taken else LeadStage.MQL
        assert Lead.objects.get(pk=row.lead_id).stage == stage


def test_a_rescue_and_a_win_do_not_both_happen(cast: Cast) -> None:
    for _ in range(5):
        row = handoff_at(HandoffState.CLAIMED, cast)
        answers = at_once(
            [
                lambda row=row: claim.rescue(handoff_id=row.pk, at=LATER),  # type: ignore[misc]
                lambda row=row: outcome.lose(  # type: ignore[misc]
                    handoff_id=row.pk, reason="competitor", note="", by=cast.sam, at=LATER
                ),
            ]
        )
        assert len(refused(answers)) == 1, answers
        assert fresh(row).state in {HandoffState.WAITING, HandoffState.LOST}


def test_a_lead_is_handed_off_once(cast: Cast) -> None:
    lead = lead_at(LeadStage.MQL, cast)

    def offering(at: datetime) -> Callable[[], object]:
        return lambda: handoff.offer(
            lead_id=lead.pk,
            team_id=cast.sales.pk,
            note="",
            pains=[],
            promise="",
            by=cast.mara,
            at=at,
        )

    answers = at_once([offering(LATER) for _ in range(8)])
    assert len(refused(answers)) == 7
    assert Handoff.objects.count() == 1
