"""The likely slips behind a wrong output shape."""

from collections.abc import Iterator
from typing import NamedTuple

from explorer.architecture import layers as kinds
from explorer.architecture.build import Shape
from explorer.architecture.cost import count
from explorer.architecture.diagnose import Sliding, padding, stride, window_span
from explorer.architecture.layers import Layer
from explorer.architecture.trace import LayerRow
from explorer.lessons.slips import Slip, only_wrong


def shape_slips(row: LayerRow, layer: Layer) -> tuple[Slip, ...]:
    """Give the slips that lead to a wrong output shape."""
    return only_wrong(_shape_slips(row, layer), row.output_shape)


def _shape_slips(row: LayerRow, layer: Layer) -> Iterator[Slip]:
    if isinstance(layer, Sliding):
        yield from _channel_slips(row, layer)
        yield from _side_slips(row, layer)
    match layer:
        case kinds.AdaptiveAvgPool2d():
            sides = tuple(size // layer.output_size for size in row.input_shape[1:])
            words = "its setting is the side of what comes out."
            yield Slip("Output size taken for a window", (row.input_shape[0], *sides), words)
        case kinds.Flatten():
            yield from _flatten(row)
        case kinds.Linear() | kinds.GaussianRBF():
            yield from _dense(row, layer)


def _channel_slips(row: LayerRow, layer: Sliding) -> Iterator[Slip]:
    channels, *sides = row.output_shape
    yield Slip("Channels left out", tuple(sides), "a shape is channels × height × width.")
    yield Slip("Channels put last", (*sides, channels), "the order is channels × height × width.")
    yield Slip("Batch counted in", (1, *row.output_shape), "a shape here is that of one picture: leave out the batch.")
    if isinstance(layer, kinds.Conv2d | kinds.PartialConv2d):
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


def _side_slips(row: LayerRow, layer: Sliding) -> Iterator[Slip]:
    """Give the slips in height and width."""
    channels, *sides = row.output_shape
    for name, wrong, words in _miscounted(layer):
        yield Slip(name, (channels, *map(wrong.side, row.input_shape[1:])), words)
    words = "the first window stands before any step is made, so add 1."
    yield Slip("+1 forgotten", (channels, *(side - 1 for side in sides)), words)
    words = "the window takes off its own size before the steps are counted."
    yield Slip("Kernel not taken off", (channels, *(size // stride(layer) for size in row.input_shape[1:])), words)
    words = "the window, padding and stride of this layer do not keep the map's size."
    yield Slip("Size kept", (channels, *row.input_shape[1:]), words)


def _miscounted(layer: Sliding) -> Iterator[tuple[str, _Windows, str]]:
    pad, step, up = padding(layer), stride(layer), bool(getattr(layer, "ceil_mode", False))
    right = _Windows(window_span(layer), 2 * pad, step, up)
    if up:
        words = "its ceil_mode lets a last window stand half outside, so round up."
        yield "Floor for ceil", right._replace(up=False), words
    else:
        words = "a window that does not fit whole is left out, so round down."
        yield "Ceil for floor", right._replace(up=True), words
    words = f"rows of zeros stand at both ends, {pad} each, so the input grows by {2 * pad}."
    yield "Padding counted once", right._replace(pads=pad), words
    yield "Padding forgotten", right._replace(pads=0), words
    yield "Stride forgotten", right._replace(step=1), f"the window moves {step} pixels at a time."
    words = f"with its dilation the window spans {right.span} pixels."
    yield "Dilation forgotten", right._replace(span=layer.kernel_size), words


def _flatten(row: LayerRow) -> Iterator[Slip]:
    yield Slip("Channels forgotten", (count(row.input_shape[1:]),), "the values of all channels are laid out.")
    yield Slip("Sizes added", (sum(row.input_shape),), "the number of values is the product of the sizes.")
    yield Slip("Not laid out", row.input_shape, "what comes out is one row: one number.")


def _dense(row: LayerRow, layer: kinds.Linear | kinds.GaussianRBF) -> Iterator[Slip]:
    inputs, made = row.input_shape[-1], layer.out_features
    rest: Shape = row.output_shape[:-1]
    words = f"{inputs:,} numbers go in; it gives one number for each of its outputs."
    yield Slip("Inputs given", (*rest, inputs), words)
    yield Slip("Weights counted", (*rest, inputs * made), words)
    yield Slip("Weights given", (inputs, made), words)
    yield Slip("Bias counted in", (*rest, made + 1), "a bias is added to an output, it is no output of its own.")
    yield Slip("Batch counted in", (1, *row.output_shape), "a shape here is that of one picture: leave out the batch.")
