"""What is asked of a look at what an answer hangs on: classes, a layer, a square; and what of it is refused."""

from collections.abc import Collection
from typing import NamedTuple

from torch import Tensor

from explorer.looking.saliency import Square, places

SMALLEST, LARGEST, USUAL = 3, 9, 5  # pixels of a square's side on a picture of 28; larger pictures have larger ones
SMALL_SIDE = 28
MOST_MULT_ADDS = 40_000_000_000  # for all places of the square: two or three seconds on two cores


class ChoiceError(Exception):
    """Something is asked for that is not there or takes too long; says what, and what is allowed."""


class Classes(NamedTuple):
    """The class that the maps are about, and another to hold it against; None where there is no other."""

    target: int
    other: int | None


def classes_of(scores: Tensor, target: str | None, other: str | None) -> Classes:
    """Read the chosen classes; the answer, and then the likeliest other one, where none is chosen."""
    order = scores.argsort(descending=True).tolist()
    chosen = order[0] if target is None else number_of("class", target, range(len(order)))
    rest = sorted(set(order) - {chosen})
    if other is not None:
        return Classes(chosen, number_of("other class", other, rest))
    return Classes(chosen, next((number for number in order if number != chosen), None))


def layer_of(name: str | None, layers: Collection[str], usual: str | None) -> str | None:
    """Read the chosen layer, one that has maps."""
    if name is None:
        return usual
    if name not in layers:
        raise ChoiceError(
            f"There is no layer {name[:40]!r} with maps; those that have them: {', '.join(layers) or 'none'}."
        )
    return name


def square_of(size: str | None, ground: Tensor, *, mult_adds: int) -> Square:
    """Read the side of the square, and let it go in single pixels, or in as large steps as the network's cost needs."""
    height, width = ground.shape[1:]
    allowed, usual = sides_of(ground)
    side = usual if size is None else number_of("square of side", size, allowed)
    for stride in range(1, side + 1):
        square = Square(side, stride, ground)
        if len(places(height, square)) * len(places(width, square)) * mult_adds <= MOST_MULT_ADDS:
            return square
    raise ChoiceError(
        f"A square of {side}×{side} stands in too many places for a network of {mult_adds:,} multiply-adds a picture: "
        f"together at most {MOST_MULT_ADDS:,} are computed here, so that the others need not wait."
    )


def sides_of(ground: Tensor) -> tuple[list[int], int]:
    """Give the sides that a square may have on a picture of this size, and the usual one."""
    shortest = min(ground.shape[1:])
    scale = max(1, round(shortest / SMALL_SIDE))
    sides = sorted({min(side * scale, shortest) for side in range(SMALLEST, LARGEST + 1)})
    return sides, min(USUAL * scale, shortest)


def number_of(what: str, text: str, allowed: Collection[int]) -> int:
    """Read a number that has to be one of those allowed."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
    if number is None or number not in allowed:
        raise ChoiceError(f"There is no {what} {text[:40]!r}; allowed: {', '.join(map(str, allowed))}.")
    return number
