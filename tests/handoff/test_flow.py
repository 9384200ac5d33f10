"""docs/flow.md is what the code says."""

from handoff.flow import PAGE, page
from handoff.journal.reactions import AFTER, ON
from handoff.journal.vocabulary import EVENTS
from leads.stages import HANDOFF_STEPS, HandoffState


def test_the_page_is_not_stale() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "Run manage.py draw_flow."


def test_every_state_is_reached_by_a_step() -> None:
    reached = {to for ways in HANDOFF_STEPS.values() for to in ways.values()}
    assert reached == set(HandoffState)


def test_reactions_are_to_declared_events_and_live_where_they_belong() -> None:
    for table in (ON, AFTER):
        for event, reactions in table.items():
            assert event in EVENTS
            for reaction in reactions:
                assert reaction.__module__.endswith((".reactions", ".notices")), reaction
