"""How a journey goes on and ends, and what becomes of the lead."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from handoff.journal.models import Entry
from handoff.people.models import User
from leads import events
from leads.actions import contact, outcome
from leads.models import Handoff, Lead, NextStep
from leads.refusals import Refusal
from leads.stages import RETURN_ROUTE, HandoffState, LeadStage, ReasonGroup
from tests.cast import MONDAY, Cast
from tests.walk import fresh, handoff_at

LATER = MONDAY + timedelta(hours=1)
SOON = date(2026, 12, 1)


def give_back(row: Handoff, by: User, **fields: object) -> Handoff:
    given = {"reason": ReasonGroup.NOT_A_FIT, "note": "Too small.", "recycle_on": None, **fields}
    return outcome.give_back(handoff_id=row.pk, by=by, at=LATER, **given)  # type: ignore[arg-type]


VERBS: dict[str, Callable[[Handoff, User], Handoff]] = {
    "accept": lambda row, by: outcome.accept(handoff_id=row.pk, by=by, at=LATER),
    "return": give_back,
    "win": lambda row, by: outcome.win(handoff_id=row.pk, value=Decimal(10), by=by, at=LATER),
    "lose": lambda row, by: outcome.lose(
        handoff_id=row.pk, reason="competitor", note="", by=by, at=LATER
    ),
}


@pytest.mark.parametrize("reason", ReasonGroup)
def test_the_reason_decides_what_becomes_of_the_lead(cast: Cast, reason: ReasonGroup) -> None:
    row = handoff_at(HandoffState.ACCEPTED, cast)
    day = SOON if reason == ReasonGroup.NOT_NOW else None
    give_back(row, cast.sam, reason=reason, recycle_on=day)
    ended, lead = fresh(row), Lead.objects.get(pk=row.lead_id)
    assert (ended.state, ended.reason, ended.ended_by) == ("returned", reason, cast.sam)
    assert (lead.stage, lead.recycle_on) == (RETURN_ROUTE[reason], day)
    assert (lead.disqualified_at is not None) == (lead.stage == LeadStage.DISQUALIFIED)
    told = Entry.objects.get(event=events.RETURNED).data
    assert (told["reason_code"], told["note"]) == (reason, "Too small.")


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"reason": "bored"}, "reason"),
        ({"reason": "other", "note": " "}, "note"),
        ({"reason": "not_now"}, "recycle_on"),
        ({"reason": "not_now", "recycle_on": MONDAY.date()}, "recycle_on"),
        ({"reason": "not_now", "recycle_on": date(9999, 1, 1)}, "recycle_on"),
        ({"note": "n" * 4_001}, "note"),
    ],
)
def test_what_is_wrong_with_a_return_is_said_by_field(
    cast: Cast, fields: dict[str, object], wrong: str
) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    with pytest.raises(Refusal) as refused:
        give_back(row, cast.sam, **fields)
    assert list(refused.value.fields or {}) == [wrong]
    assert fresh(row).is_open


def test_what_is_won_has_a_value_and_was_accepted(cast: Cast) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    outcome.win(handoff_id=row.pk, value=Decimal("1200.5"), by=cast.sam, at=LATER)
    won = fresh(row)
    assert (won.state, won.value, won.lead.stage) == ("won", Decimal("1200.50"), LeadStage.WON)
    assert None not in (won.accepted_at, won.sales_qualified_at)


@pytest.mark.parametrize("value", ["-0.01", "10000000000", "NaN", "Infinity"])
def test_no_impossible_value(cast: Cast, value: str) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    with pytest.raises(Refusal) as refused:
        outcome.win(handoff_id=row.pk, value=Decimal(value), by=cast.sam, at=LATER)
    assert list(refused.value.fields or {}) == ["value"]


def test_what_is_lost_has_a_reason(cast: Cast) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    outcome.lose(handoff_id=row.pk, reason="competitor", note="", by=cast.sam, at=LATER)
    assert (fresh(row).state, fresh(row).lead.stage) == ("lost", LeadStage.LOST)


def test_accepting_is_once(cast: Cast) -> None:
    row = handoff_at(HandoffState.ACCEPTED, cast)
    again = outcome.accept(handoff_id=row.pk, by=cast.sam, at=LATER)
    assert again.accepted_at == row.accepted_at
    assert Entry.objects.filter(event=events.ACCEPTED).count() == 1


def test_an_ended_journey_keeps_no_plan(cast: Cast) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    contact.plan(handoff_id=row.pk, what="Call", due_at=LATER, by=cast.sam, at=LATER)
    give_back(row, cast.sam)
    assert not NextStep.objects.exists()


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize(
    ("who", "reason"),
    [("sol", "not_yours"), ("mara", "not_allowed"), ("max", "not_allowed"), ("otto", "unknown")],
)
def test_who_may_not(cast: Cast, verb: str, who: str, reason: str) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    with pytest.raises(Refusal) as refused:
        VERBS[verb](row, getattr(cast, who))
    assert refused.value.reason == reason


@pytest.mark.parametrize("verb", VERBS)
@pytest.mark.parametrize("state", [HandoffState.WAITING, HandoffState.WON, HandoffState.RETURNED])
def test_a_stale_page_is_refused(cast: Cast, verb: str, state: HandoffState) -> None:
    row = handoff_at(state, cast)
    with pytest.raises(Refusal) as refused:
        VERBS[verb](row, cast.tess)
    assert refused.value.reason == "not_possible"


@pytest.mark.parametrize("verb", ["return", "win", "lose"])
def test_no_end_without_its_entry(cast: Cast, verb: str, monkeypatch: pytest.MonkeyPatch) -> None:
    row = handoff_at(HandoffState.ACCEPTED, cast)

    def fail(*args: object, **data: object) -> None:
        raise RuntimeError("the journal is full")

    monkeypatch.setattr(outcome, "record", fail)
    with pytest.raises(RuntimeError):
        VERBS[verb](row, cast.sam)
    assert (fresh(row).state, fresh(row).lead.stage) == (row.state, LeadStage.CLAIMED)
