"""How a layer's counts come about, as sums in letters and in numbers.

Sums are text with `+ - * /` and parentheses; a letter's index follows `_`, and words stand in single quotes.
"""

from collections.abc import Iterator
from typing import NamedTuple

from explorer.architecture.kinds.sizes import Pair, Shape

PARAMETERS, MULT_ADDS, CONNECTIONS, NEURONS = "Parameters", "Multiply-adds", "Connections", "Neurons"
FEATURES, HEIGHT, WIDTH = "Features", "Height", "Width"


class Sum(NamedTuple):
    """A count of a layer: what it counts, the sum that gives it in letters and in numbers, and a remark."""

    quantity: str
    letters: str
    numbers: str
    remark: str = ""


class Term(NamedTuple):
    """A part of a sum in letters and in numbers."""

    letters: str
    numbers: str


def product(sizes: Shape) -> str:
    """Write sizes as a product: `6 * 28 * 28`."""
    return " * ".join(map(str, sizes))


def window_product(kernel: Pair) -> Term:
    """Write the values of a window: `k * k` and `5 * 5`."""
    return Term("k * k" if kernel[0] == kernel[1] else "k_h * k_w", product(kernel))


def whole(sum_: str) -> str:
    """Put a sum into parentheses, so that it reads as one factor."""
    return f"({sum_})" if " " in sum_ else sum_


def weighted_sums(
    inputs: Term, outputs: Term, made: Shape, *, positions: str = "", bias: bool, remark: str = ""
) -> Iterator[Sum]:
    """Write the counts of a layer in which each of `outputs`, at each of its positions, weighs `inputs` up."""
    with_bias = Term(*(f"({part} + 1)" if bias else part for part in inputs))
    letters, numbers = (f"{seen} * {out}" for seen, out in zip(with_bias, outputs, strict=True))
    yield Sum(PARAMETERS, letters, numbers, remark)
    everywhere = Term(f"{outputs.letters}{positions}", product(made))
    for quantity, seen in ((MULT_ADDS, Term(*map(whole, inputs))), (CONNECTIONS, with_bias)):
        letters, numbers = (f"{one} * {whole(all_)}" for one, all_ in zip(seen, everywhere, strict=True))
        yield Sum(quantity, letters, numbers)
    yield Sum(NEURONS, *everywhere)
