"""The Pareto front against its definition, pair by pair."""

from hypothesis import given
from hypothesis import strategies as st

from explorer.views.sweep.cost_scatter import pareto_front

PAIRS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), max_size=30)


def beats(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Say whether a pair of cost and gain is nowhere worse than another, and somewhere better."""
    return one[0] <= other[0] and one[1] >= other[1] and one != other


@given(PAIRS)
def test_the_front_is_what_nothing_beats_from_the_cheapest_on(pairs: list[tuple[int, int]]) -> None:
    front = pareto_front([cost for cost, _ in pairs], [gain for _, gain in pairs])
    assert sorted(front) == [i for i, pair in enumerate(pairs) if not any(beats(other, pair) for other in pairs)]
    assert [pairs[i][0] for i in front] == sorted(pairs[i][0] for i in front)
