"""My work: planned steps, open claims, and the figures of the month."""

from datetime import timedelta
from decimal import Decimal

from leads.actions import contact
from leads.stages import HandoffState
from sla.queries.work import claims_of, month_of, planned_by
from tests.cast import MONDAY, Cast
from tests.conftest import ClientOf
from tests.walk import handoff_at

LATER = MONDAY + timedelta(hours=1)


def test_steps_stand_by_time_and_only_on_what_i_hold(cast: Cast) -> None:
    rows = [handoff_at(HandoffState.CLAIMED, cast) for _ in "ab"]
    for row, days in zip(rows, (2, 1), strict=True):
        due_at = LATER + timedelta(days=days)
        contact.plan(handoff_id=row.pk, what="Call", due_at=due_at, by=cast.sam, at=LATER)
    assert [step.handoff_id for step in planned_by(cast.sam)] == [rows[1].pk, rows[0].pk]
    assert planned_by(cast.sol) == []


def test_claims_to_be_tried_stand_first(cast: Cast) -> None:
    tried = handoff_at(HandoffState.CLAIMED, cast)
    contact.attempt(
        handoff_id=tried.pk,
        channel="call",
        result="no_answer",
        occurred_at=LATER,
        by=cast.sam,
        at=LATER,
    )
    late = handoff_at(HandoffState.CLAIMED, cast, at=MONDAY + timedelta(minutes=9))
    soon = handoff_at(HandoffState.CLAIMED, cast)
    handoff_at(HandoffState.WON, cast)
    found = claims_of(cast.sam)
    assert [one.handoff.pk for one in found] == [soon.pk, late.pk, tried.pk]
    assert found[2].clock is None


def test_the_month_counts_what_happened_in_it(cast: Cast) -> None:
    handoff_at(HandoffState.WON, cast, at=MONDAY - timedelta(days=40))
    for state in (HandoffState.WON, HandoffState.RETURNED, HandoffState.CLAIMED):
        handoff_at(state, cast)
    month = month_of(cast.sam, at=LATER)
    assert (month.claimed, month.won, month.returned, month.lost) == (3, 1, 1, 0)
    assert (month.value, month.judged, month.in_time) == (Decimal(1200), 1, 1.0)
    assert month_of(cast.sol, at=LATER).in_time is None


def test_the_page_shows_them(cast: Cast, client_of: ClientOf) -> None:
    row = handoff_at(HandoffState.CLAIMED, cast)
    contact.plan(handoff_id=row.pk, what="Send plan", due_at=LATER, by=cast.sam, at=LATER)
    page = client_of(cast.sam).get("/work/").content.decode()
    assert "Send plan" in page
    assert f'data-row="{row.pk}"' in page
    assert "You hold nothing" in client_of(cast.sol).get("/work/").content.decode()
