"""The likely slips behind a wrong output shape."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from explorer.architecture.cost import count
from explorer.architecture.kinds.dense import Dense
from explorer.architecture.kinds.layer import Layer, Window
from explorer.architecture.kinds.pooling import AdaptivePool2d
from explorer.architecture.kinds.shape import Flatten, ZeroPad2d
from explorer.architecture.kinds.sizes import Shape, merged, pair, setting_words
from explorer.architecture.trace import LayerRow
from explorer.lessons.slips import Slip, only_wrong


def shape_slips(row: LayerRow, layer: Layer) -> tuple[Slip, ...]:
    """Give the slips that lead to a wrong output shape."""
    return only_wrong(_shape_slips(row, layer), row.output_shape)


def _shape_slips(row: LayerRow, layer: Layer) -> Iterator[Slip]:
    if layer.window:
        yield from _channel_slips(row, layer)
        yield from _side_slips(row, layer.window)
    match layer:
        case AdaptivePool2d():
            wanted = pair(layer.output_size)
            sides = tuple(size // made for size, made in zip(row.input_shape[1:], wanted, strict=True))
            words = "its setting is the side of what comes out."
            yield Slip("Output size taken for a window", (row.input_shape[0], *sides), words)
        case Flatten():
            yield from _flatten(row)
        case ZeroPad2d():
            yield from _zeros(row, layer)
        case Dense():
            yield from _dense(row, layer)


def _channel_slips(row: LayerRow, layer: Layer) -> Iterator[Slip]:
    channels, *sides = row.output_shape
    yield Slip("Channels left out", tuple(sides), "a shape is channels × height × width.")
    yield Slip("Channels put last", (*sides, channels), "the order is channels × height × width.")
    yield Slip("Batch counted in", (1, *row.output_shape), "a shape here is that of one picture: leave out the batch.")
    if layer.role == "convolution":
        inputs = row.input_shape[0]
        words = f"it has {channels:,} filters, and each makes one map."
        yield Slip("Output channels forgotten", (inputs, *sides), words)
        words = f"each filter adds up what it sees in its input channels into one map; it has {channels:,} filters."
        yield Slip("Input channels multiplied in", (inputs * channels, *sides), words)
    else:
        yield Slip("Channels added up", (1, *sides), "a pooling works on each channel by itself and keeps them all.")


class _Windows(NamedTuple):
    """How windows are counted along a side, right or wrong: ⌊(n − span + pads) / step⌋ + 1, or rounded up."""

    span: int
    pads: int
    step: int
    up: bool

    def side(self, size: int) -> int:
        free = size - self.span + self.pads
        return (-(-free // self.step) if self.up else free // self.step) + 1


Miscount = Callable[[_Windows, int], _Windows]  # from the right windows and the kernel along a side to wrong ones
MISCOUNTS: dict[str, Miscount] = {
    "Floor for ceil": lambda right, _: right._replace(up=False),
    "Ceil for floor": lambda right, _: right._replace(up=True),
    "Padding counted once": lambda right, _: right._replace(pads=right.pads // 2),
    "Padding forgotten": lambda right, _: right._replace(pads=0),
    "Stride forgotten": lambda right, _: right._replace(step=1),
    "Dilation forgotten": lambda right, kernel: right._replace(span=kernel),
}


def _side_slips(row: LayerRow, window: Window) -> Iterator[Slip]:
    """Give the slips in height and width."""
    channels, *sides = row.output_shape
    words = _words(window)
    for name, miscount in MISCOUNTS.items():
        if name == ("Ceil for floor" if window.ceil else "Floor for ceil"):
            continue
        wrong = [miscount(one, kernel) for one, kernel in zip(_windows(window), window.kernel, strict=True)]
        counted = (one.side(size) for one, size in zip(wrong, row.input_shape[1:], strict=True))
        yield Slip(name, (channels, *counted), words[name])
    said = "the first window stands before any step is made, so add 1."
    yield Slip("+1 forgotten", (channels, *(side - 1 for side in sides)), said)
    said = "the window takes off its own size before the steps are counted."
    steps = zip(row.input_shape[1:], window.stride, strict=True)
    yield Slip("Kernel not taken off", (channels, *(size // step for size, step in steps)), said)
    said = "the window, padding and stride of this layer do not keep the map's size."
    yield Slip("Size kept", (channels, *row.input_shape[1:]), said)


def _windows(window: Window) -> Iterator[_Windows]:
    for span, pad, step in zip(window.span, window.padding, window.stride, strict=True):
        yield _Windows(span, 2 * pad, step, window.ceil)


def _words(window: Window) -> dict[str, str]:
    """Say what to think of instead of each miscount."""
    above, left = window.padding
    zeros = setting_words(merged((above, left)))
    grown = setting_words(merged((2 * above, 2 * left)))
    padding = f"rows of zeros stand at both ends, {zeros} each, so the input grows by {grown}."
    return {
        "Floor for ceil": "its ceil_mode lets a last window stand half outside, so round up.",
        "Ceil for floor": "a window that does not fit whole is left out, so round down.",
        "Padding counted once": padding,
        "Padding forgotten": padding,
        "Stride forgotten": f"the window moves {setting_words(merged(window.stride))} pixels at a time.",
        "Dilation forgotten": f"with its dilation the window spans {setting_words(merged(window.span))} pixels.",
    }


def _zeros(row: LayerRow, layer: ZeroPad2d) -> Iterator[Slip]:
    channels, height, width = row.input_shape
    left, _, top, _ = layer.each
    words = "zeros stand on all four sides that it names: above and below, left and right."
    yield Slip("Padding counted once", (channels, height + top, width + left), words)
    yield Slip("Size kept", row.input_shape, words)


def _flatten(row: LayerRow) -> Iterator[Slip]:
    yield Slip("Channels forgotten", (count(row.input_shape[1:]),), "the values of all channels are laid out.")
    yield Slip("Sizes added", (sum(row.input_shape),), "the number of values is the product of the sizes.")
    yield Slip("Not laid out", row.input_shape, "what comes out is one row: one number.")


def _dense(row: LayerRow, layer: Dense) -> Iterator[Slip]:
    inputs, made = row.input_shape[-1], layer.out_features
    rest: Shape = row.output_shape[:-1]
    words = f"{inputs:,} numbers go in; it gives one number for each of its outputs."
    yield Slip("Inputs given", (*rest, inputs), words)
    yield Slip("Weights counted", (*rest, inputs * made), words)
    yield Slip("Weights given", (inputs, made), words)
    yield Slip("Bias counted in", (*rest, made + 1), "a bias is added to an output, it is not an output of its own.")
    yield Slip("Batch counted in", (1, *row.output_shape), "a shape here is that of one picture: leave out the batch.")
