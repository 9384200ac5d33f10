"""Words, and the teams in which they hold."""

from handoff.people.access import allowed, reach_of
from tests.cast import Cast


def test_a_seller_claims_in_their_own_team_only(cast: Cast) -> None:
    assert allowed(cast.sam, "claim", on=cast.sales)
    assert not allowed(cast.sam, "claim", on=cast.other_sales)
    assert not allowed(cast.sam, "hand_off")


def test_a_manager_holds_their_words_everywhere(cast: Cast) -> None:
    assert allowed(cast.max, "board", on=cast.sales)
    assert allowed(cast.max, "board", on=cast.other_sales)
    assert not allowed(cast.max, "people")


def test_whoever_left_holds_nothing(cast: Cast) -> None:
    cast.ada.is_active = False
    assert not allowed(cast.ada, "people")
    assert reach_of(cast.ada).team_ids() == []
