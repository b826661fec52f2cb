"""Which of several networks are worth their cost: no other one is as cheap and better, or as good and cheaper."""

from collections.abc import Sequence


def pareto_front(costs: Sequence[float], gains: Sequence[float]) -> list[int]:
    """Give the indices of the pairs that no other pair beats, from the cheapest on; equal pairs stand together."""
    front, highest, at = list[int](), float("-inf"), float("nan")
    for index in sorted(range(len(costs)), key=lambda i: (costs[i], -gains[i])):
        is_better = gains[index] > highest
        if is_better or (gains[index], costs[index]) == (highest, at):
            front.append(index)
        if is_better:
            highest, at = gains[index], costs[index]
    return front
