"""Two stacks beside each other: which layer of one stands for which of the other."""

from collections.abc import Sequence

import msgspec

from explorer.architecture.kinds.layer import Layer

UNLIKE = ("shape", "regularisation")  # roles whose kinds do not stand for each other
SAME, KIND, ROLE = 5, 4, 3  # how alike two layers are: in all settings, in kind, in what they are for


class Pair(msgspec.Struct, frozen=True):
    """Two layers that stand for each other, by their places; None where a stack has none there."""

    ours: int | None
    theirs: int | None


def align(ours: Sequence[Layer], theirs: Sequence[Layer]) -> list[Pair]:
    """Pair the layers of two stacks, in order, so that the paired ones are as alike as can be (Needleman, Wunsch)."""
    best = _likeness(ours, theirs)
    pairs, here, there = list[Pair](), 0, 0
    while here < len(ours) or there < len(theirs):
        pair = _next(best, here, there)
        pairs.append(pair)
        here, there = here + (pair.ours is not None), there + (pair.theirs is not None)
    return pairs


def _likeness(ours: Sequence[Layer], theirs: Sequence[Layer]) -> list[list[tuple[int, int]]]:
    """Give for each pair of places the best sum of likeness from there on, and the pair's own likeness."""
    best = [[(0, 0)] * (len(theirs) + 1) for _ in range(len(ours) + 1)]
    for here in reversed(range(len(ours))):
        for there in reversed(range(len(theirs))):
            alike = _alike(ours[here], theirs[there])
            paired = best[here + 1][there + 1][0] + alike if alike else 0
            best[here][there] = max(paired, best[here + 1][there][0], best[here][there + 1][0]), alike
    return best


def _next(best: list[list[tuple[int, int]]], here: int, there: int) -> Pair:
    total, alike = best[here][there]
    if alike and total == best[here + 1][there + 1][0] + alike:
        return Pair(here, there)
    skips_ours = here + 1 < len(best) and best[here + 1][there][0] == total
    return Pair(here, None) if skips_ours else Pair(None, there)


def _alike(one: Layer, other: Layer) -> int:
    if one == other:
        return SAME
    if type(one) is type(other):
        return KIND
    return ROLE if (one.role == other.role and one.role not in UNLIKE) or _width(one, other) else 0


def _width(one: Layer, other: Layer) -> bool:
    """Tell whether a convolution and a dense layer give as many maps as outputs, as LeNet-5's C5 and its successors."""
    widths = {getattr(layer, "out_channels", None) or getattr(layer, "out_features", None) for layer in (one, other)}
    return len(widths) == 1 and None not in widths
