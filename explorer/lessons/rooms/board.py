"""The board of a challenge: who has which place, and which networks nobody beats in both size and accuracy. Pure."""

from collections.abc import Sequence
from functools import cached_property, lru_cache
from statistics import median

import msgspec

from explorer.lessons.course.tasks import Challenge


class Standing(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """An entry that has trained over all seeds: its number, its size, and its test accuracies as shares of 1."""

    number: int
    params: int
    accuracies: tuple[float, ...]  # a seed each

    @cached_property
    def median(self) -> float:
        """The accuracy that it is ranked by."""
        return median(self.accuracies)

    @cached_property
    def low(self) -> float:
        """The accuracy of its worst seed."""
        return min(self.accuracies)

    @cached_property
    def high(self) -> float:
        """The accuracy of its best seed."""
        return max(self.accuracies)


class Placed(msgspec.Struct, frozen=True):
    """An entry on the board; one that does not reach what is asked for has no place."""

    standing: Standing
    place: int | None
    is_on_front: bool  # none that is as small is more accurate, none that is as accurate is smaller


@lru_cache(maxsize=32)  # each who entered asks for their place
def board(task: Challenge, standings: tuple[Standing, ...]) -> tuple[Placed, ...]:
    """Rank entries, the best first, those without a place last."""
    places = _places(task, [each for each in standings if task.reach is None or each.median >= task.reach])
    front = {each.number for each in pareto_front(standings)}
    ranked = sorted(standings, key=lambda each: (each.number not in places, *_order(task, each)))
    return tuple(Placed(each, places.get(each.number), each.number in front) for each in ranked)


def pareto_front(standings: Sequence[Standing]) -> list[Standing]:
    """Give the entries that none beats in one of size and accuracy without losing in the other, the smallest first."""
    front: list[Standing] = []
    for each in sorted(standings, key=lambda one: (one.params, -one.median, one.number)):
        last = front[-1] if front else None
        if last is None or each.median > last.median or (each.median, each.params) == (last.median, last.params):
            front.append(each)
    return front


def is_within_each_others_spread(one: Standing, other: Standing) -> bool:
    """Say whether seeds alone could have put either of two entries before the other."""
    return one.low <= other.median <= one.high and other.low <= one.median <= other.high


def _order(task: Challenge, each: Standing) -> tuple[float, ...]:
    by_size, by_accuracy = float(each.params), -each.median
    first = (by_size, by_accuracy) if task.rank == "params" else (by_accuracy, by_size)
    return (*first, float(each.number))


def _places(task: Challenge, standings: Sequence[Standing]) -> dict[int, int]:
    """Give the place of each entry by its number: one more than how many are before it and all that share its place.

    Two that share a place share it with all that are ranked between them, so that a place never goes back up.
    """
    ranked = sorted(standings, key=lambda each: _order(task, each))
    places: dict[int, int] = {}
    first = last = 0  # where the group begins, and up to where it is known to reach
    for here, each in enumerate(ranked):
        first = here if here > last else first
        last = max(last, _reaches(task, ranked, here))
        places[each.number] = first + 1
    return places


def _reaches(task: Challenge, ranked: Sequence[Standing], here: int) -> int:
    """Find the last of the ranked with whom one shares a place."""
    one, last = ranked[here], here
    for there, other in enumerate(ranked[here + 1 :], start=here + 1):
        if task.rank == "params" and other.params != one.params:
            break
        if task.rank == "test_accuracy" and other.median < one.low:
            break
        if task.rank == "params" or is_within_each_others_spread(one, other):
            last = there
    return last
