"""Places and the front of a challenge's board, whatever was entered."""

from hypothesis import given
from hypothesis import strategies as st

from explorer.lessons.course.tasks import Challenge
from explorer.lessons.rooms.board import Placed, Standing, board, is_within_each_others_spread, pareto_front

SHARES = st.integers(0, 40).map(lambda share: share / 40)
STANDINGS = st.lists(st.tuples(st.integers(1, 12), st.tuples(SHARES, SHARES, SHARES)), max_size=14).map(
    lambda made: [Standing(number=i, params=each, accuracies=found) for i, (each, found) in enumerate(made, start=1)]
)
REACHES = st.none() | SHARES.filter(bool)


def ranked(rank: str, standings: list[Standing], reach: float | None = None) -> dict[int, Placed]:
    task = Challenge(until=("fits",), rank=rank, reach=reach)  # type: ignore[arg-type]
    return {each.standing.number: each for each in board(task, tuple(standings))}


@given(STANDINGS, REACHES)
def test_who_reaches_what_is_asked_has_a_place_and_the_fewest_parameters_the_first(
    standings: list[Standing], reach: float | None
) -> None:
    found = ranked("params", standings, reach)
    assert {each.standing.number for each in found.values()} == {each.number for each in standings}
    reaching = [each for each in standings if reach is None or sorted(each.accuracies)[1] >= reach]
    for each in standings:
        smaller = sum(other.params < each.params for other in reaching)
        assert found[each.number].place == (smaller + 1 if each in reaching else None)
    places = [each.place for each in found.values()]
    assert places == sorted(places, key=lambda place: place or len(standings) + 1)


@given(STANDINGS)
def test_entries_within_each_others_spread_share_a_place_and_no_place_goes_back(standings: list[Standing]) -> None:
    found = ranked("test_accuracy", standings)
    best_first = sorted(standings, key=lambda each: -each.median)
    for one in standings:
        for other in standings:
            mine, theirs = found[one.number].place, found[other.number].place
            assert mine is not None
            assert theirs is not None
            assert mine == theirs or not is_within_each_others_spread(one, other)
            assert mine <= theirs or one.median <= other.median
    groups = [found[each.number].place for each in best_first]
    assert all(place == groups.index(place) + 1 for place in groups if place)


def test_a_place_is_shared_only_where_seeds_could_have_changed_it() -> None:
    accuracies = [(0.80, 0.82, 0.84), (0.79, 0.81, 0.83), (0.70, 0.75, 0.78), (0.90, 0.90, 0.90)]
    standings = [Standing(number=i, params=9, accuracies=found) for i, found in enumerate(accuracies, start=1)]
    found = ranked("test_accuracy", standings)
    assert [found[number].place for number in (1, 2, 3, 4)] == [2, 2, 4, 1]


@given(STANDINGS)
def test_the_front_is_what_nobody_beats(standings: list[Standing]) -> None:
    def beats(one: Standing, other: Standing) -> bool:
        as_good = one.params <= other.params and one.median >= other.median
        return as_good and (one.params, one.median) != (other.params, other.median)

    front = {each.number for each in pareto_front(standings)}
    assert front == {each.number for each in standings if not any(beats(other, each) for other in standings)}
