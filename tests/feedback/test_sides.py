"""What each side owed and kept: by clause, person, segment and origin, and what a waiver moves."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from feedback.panels import sides
from feedback.panels.registry import PANELS
from feedback.reports import attainment
from feedback.reports.cut import Cut, Period
from handoff.people.models import Side
from leads.stages import HandoffState, ReasonGroup
from sla.actions import clocks, contests
from sla.models import ClauseKind, Clock, Verdict
from tests.cast import MONDAY, Cast
from tests.walk import handoff_at, returned, waiting

LATER = MONDAY + timedelta(days=6)


def cut() -> Cut:
    period = Period.ending(LATER, days=7, zone=ZoneInfo("America/Sao_Paulo"))
    return Cut(period, LATER, everywhere=True)


@pytest.fixture
def week(cast: Cast) -> Cast:
    """A claim missed, a lead won, and one returned that marketing has not taken up."""
    waiting(cast)
    handoff_at(HandoffState.WON, cast, origin="paid_search")
    returned(cast, ReasonGroup.BAD_DATA)
    while clocks.fire_next(at=LATER):
        pass
    return cast


def account(side: Side) -> sides.Account:
    return next(one for one in sides.accounts(cut()) if one.side == side)


def test_each_clause_stands_on_the_side_that_owes_it(week: Cast) -> None:
    of_sales = {kind for kind, _kept, _before in account(Side.SALES).clauses}
    of_marketing = {kind for kind, _kept, _before in account(Side.MARKETING).clauses}
    assert {ClauseKind.CLAIM, ClauseKind.FIRST_ATTEMPT, ClauseKind.FEEDBACK} <= of_sales
    assert of_marketing <= {ClauseKind.TAKE_UP, ClauseKind.ANSWER}
    whole = attainment.in_all(cut())
    assert account(Side.SALES).kept + account(Side.MARKETING).kept == whole


def test_a_waiver_moves_what_is_kept_and_not_what_was_before_it(week: Cast) -> None:
    before = account(Side.SALES).kept
    clock = Clock.objects.get(kind=ClauseKind.CLAIM, verdict=Verdict.BREACHED)
    contests.contest(clock_id=clock.pk, why="A holiday here.", by=week.tess, at=LATER)
    contests.waive(clock_id=clock.pk, why="So it was.", by=week.max, at=LATER)
    after = account(Side.SALES).kept
    assert (after.breached, after.waived) == (before.breached - 1, 1)
    assert after.raw == before.rate
    assert (after.rate or 0) > (before.rate or 0)


def test_slices_add_up_to_the_whole(week: Cast) -> None:
    whole = attainment.in_all(cut())
    for slices in (attainment.by_segment(cut()), attainment.by_origin(cut())):
        assert sum((one.kept for one in slices), attainment.Kept()) == whole
    people = {one.name: one.kept for one in attainment.by_person(cut())}
    assert "Sam" in people
    assert sum(kept.decided for kept in people.values()) < whole.decided


def test_words_say_who_kept_what(week: Cast) -> None:
    panel = PANELS["sides"](cut())
    assert panel.answer.startswith("Sales kept ")
    assert {row[0] for row in panel.rows} == {"Sales", "Marketing"}
    assert [name for name, _values in panel.chart.series] == ["Sales", "Marketing"]
    assert PANELS["origins"](cut()).rows[0][0] in {"Organic search", "Paid search"}
    assert PANELS["people"](cut()).count > 0


def test_a_house_without_promises_says_so(cast: Cast) -> None:
    panel = PANELS["sides"](cut())
    assert panel.answer == (
        "No deadline of sales has come in this period yet. "
        "No deadline of marketing has come in this period yet."
    )
