"""How large a text's pictures are: what the text says, or what its numbers fit."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

from explorer.architecture.errors import DesignError
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.pooling import AdaptivePool2d
from explorer.architecture.kinds.sizes import Shape, pair
from explorer.exchange.networks import keras
from explorer.exchange.networks.finding import HEADER
from explorer.exchange.networks.interpreter import Interpreter
from explorer.exchange.python.values import Instance, Step, Tensor

InputShape = tuple[int, int, int]
Pass = Callable[[InputShape], Tensor]
INPUT = re.compile(
    r"(?:input|输入)[^0-9\n]{0,24}(\d{1,5}(?:\s*[x×*]\s*\d{1,5}){1,3}|\(?\d{1,5}(?:\s*,\s*\d{1,5}){2,3}[\])])",
    re.IGNORECASE,
)
COMMENT = re.compile(r"#[^\n]*|\"\"\".*?\"\"\"|'''.*?'''", re.DOTALL)
LAYER = re.compile(r"\b(?:nn|layers|F)\.\w")
NUMBER = re.compile(r"\d+")
LARGE = (224, 227, 64, 96, 128, 256)
SIZES = {1: (28, 32, *LARGE), 3: (32, 28, *LARGE)}  # pixels, the data sets' own first
CHANNELS = (1, 3)
USUAL, FITTING = "a usual size", "a usual size that its numbers fit"
LARGEST = 512  # pixels of a side that is found by a dense layer's number
LEAST = 8  # pixels of a side that a comment speaks of: less is a kernel
TRIAL = 64
MOST = 32  # sides that are tried of those that a dense layer fits


class Input(NamedTuple):
    """A size of pictures, and where it comes from, in words."""

    shape: InputShape
    words: str


def fits(passed: Tensor) -> bool:
    """Tell whether all layers took what came to them."""
    return passed.known is not None and passed.claimed is None


def enlarges(passed: Tensor) -> bool:
    """Tell whether an adaptive pooling gives more pixels than it gets, which nobody means."""
    return any(_enlarges(step.layer, step.given) for step in passed.steps if step.given)


def _enlarges(layer: Layer, given: Shape) -> bool:
    sides = pair(layer.output_size) if isinstance(layer, AdaptivePool2d) else ()
    return any(made > came for made, came in zip(sides, given[1:], strict=False))


def candidates(machine: Interpreter, network: Instance, passes: Pass) -> Iterator[Input]:
    """Give the sizes that pictures may have, the likeliest first: what is said, else what is usual, else what fits."""
    channels = _channels(machine, passes)
    trial = passes((channels or 1, TRIAL, TRIAL))
    said = _said(machine, network, trial, channels)
    if said:
        yield said
        return
    wanted = (channels,) if channels else CHANNELS
    for sides in reversed(machine.seen.sizes):
        height, width = sides
        for count in wanted[::-1]:
            yield Input((count, height, width), "the size that its pictures are brought to")
    for count in wanted:
        yield from (Input((count, size, size), USUAL) for size in SIZES.get(count, SIZES[3]))
    for count in wanted:
        yield from _fitting(count, passes)


def _channels(machine: Interpreter, passes: Pass) -> int | None:
    """Give the channels that the first layer which says so is written for."""
    machine.seen.first = None
    with suppress(DesignError):  # of what hangs on sizes behind a layer that these channels do not fit
        passes((3, TRIAL, TRIAL))
    first: Step | None = machine.seen.first
    return first.stated if first and first.layer.takes == "maps" else None


def _said(machine: Interpreter, network: Instance, trial: Tensor, channels: int | None) -> Input | None:
    """Give the size that a text says: by a reshape, by a tensor that it passes through, or in a comment."""
    first = trial.steps[0] if trial.steps else None
    if shape := keras.stated_shape(network):
        return Input(shape, "what its first layer is told")
    if first and first.given and len(first.given) == 3 and first.given != (channels or 1, TRIAL, TRIAL):
        return Input(_three(first.given), f"what line {first.line} gets")
    for key in (id(network), id(first.module) if first else 0):
        sizes = machine.seen.inputs.get(key, ())
        if len(sizes) == 3:
            return Input(_three(sizes), "the tensor that the text passes through")
    return _commented(machine.source, channels, first.line if first else 0)


def _three(sizes: tuple[int, ...]) -> InputShape:
    channels, height, width = sizes
    return channels, height, width


def _commented(source: str, channels: int | None, first: int) -> Input | None:
    """Give the size that a comment says, in whichever order it has channels, height and width.

    What stands behind a layer speaks of what that one gets: only of the first one is it the pictures' size.
    """
    header = HEADER.search(source)
    for comment in COMMENT.finditer(source, header.end(1) if header else 0):
        start = source.rfind("\n", 0, comment.start()) + 1
        if LAYER.search(source, start, comment.start()) and source.count("\n", 0, start) + 1 != first:
            continue
        for found in INPUT.finditer(comment[0]):
            sizes = _ordered([int(number) for number in NUMBER.findall(found[1])], channels)
            if sizes and channels in (None, sizes[0]) and min(sizes[1:]) >= LEAST:
                return Input(sizes, f"the comment “{' '.join(found[0].split())}”")
    return None


def _ordered(numbers: list[int], channels: int | None) -> InputShape | None:
    """Give channels, height and width; of four numbers the first is the batch's."""
    match numbers:
        case [_, first, height, last]:
            return _ordered([first, height, last], channels)
        case [height, width, (1 | 3) as last] if height not in (1, 3):
            return last, height, width
        case [first, height, width]:
            return first, height, width
        case [height, width]:
            return channels or 1, height, width
    return None


def _fitting(channels: int, passes: Pass) -> Iterator[Input]:
    """Give the squares with which the first dense layer gets what it is written for: halving finds the range."""
    least = _least(lambda side: _compared(passes((channels, side, side))) >= 0)
    beyond = _least(lambda side: _compared(passes((channels, side, side))) > 0)
    for side in range(least, min(beyond, least + MOST)):
        words = f"what its first dense layer fits: {least} to {beyond - 1} pixels" if beyond - least > 1 else ""
        yield Input((channels, side, side), words or "the one size that its first dense layer fits")


def _compared(passed: Tensor) -> int:
    """Say whether the first dense layer gets too few values, −1, as many as it is written for, 0, or too many, 1."""
    for step in passed.steps:
        if step.layer.role == "dense" and step.stated:
            values = step.given[-1] if step.given else 0
            return (values > step.stated) - (values < step.stated)
    return -1


def _least(holds: Callable[[int], bool]) -> int:
    """Give the smallest side for which something holds that holds for all larger ones; one more than all if none."""
    low, high = 1, LARGEST + 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low
