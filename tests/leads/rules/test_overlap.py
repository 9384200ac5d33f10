"""What holds together in the same decisions: counted at once, as one would count it by hand."""

import time

from hypothesis import given
from hypothesis import strategies as st

from leads.queries.backtest_figures import Alike

CRITERIA = 4
decisions = st.lists(
    st.tuples(st.booleans(), st.integers(0, 2**CRITERIA - 1), st.integers(1, 9)), max_size=20
)


@given(decisions)
def test_bits_count_what_a_hand_would(rows: list[tuple[bool, int, int]]) -> None:
    alike = Alike.of(rows, CRITERIA)
    single = [(won, held) for won, held, n in rows for _each in range(n)]
    assert alike.count() == len(single)
    assert alike.count(alike.won) == sum(won for won, _held in single)
    for one in range(CRITERIA):
        assert alike.count(alike.held[one]) == sum(held >> one & 1 for _won, held in single)
        for other in range(CRITERIA):
            both = sum(held >> one & held >> other & 1 for _won, held in single)
            either = sum((held >> one | held >> other) & 1 for _won, held in single)
            assert alike.overlap(one, other) == (both / either if either else 0.0)


def test_sixty_criteria_that_never_hold_alike_are_compared_in_a_moment() -> None:
    """A pass over all decisions for each pair took minutes, which no limit of a statement stops."""
    rows = [(number % 3 == 0, number * 0x9E3779B97F4A7C15 % 2**60, 1) for number in range(50_000)]
    began = time.process_time()
    alike = Alike.of(rows, 60)
    for one in range(60):
        for other in range(60):
            alike.overlap(one, other)
    assert time.process_time() - began < 15
