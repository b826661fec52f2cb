"""The likely slips behind a wrong answer, each with the value that it leads to, from the layer's own numbers.

The right value is never worked out here: it is torch's, and a slip that happens to lead to it is no slip.
"""

from collections.abc import Iterator
from math import prod

import msgspec

from explorer.architecture.cost import count
from explorer.architecture.kinds.activation import PReLU
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.historic import GaussianRBF, PartialConv2d, Subsample2d
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.normalisation import BatchNorm
from explorer.architecture.kinds.sizes import Shape, size_words
from explorer.architecture.trace import LayerRow


class Slip(msgspec.Struct, frozen=True):
    """A mistake: its name, the shape or the count that it leads to, and what to think of instead."""

    name: str
    value: Shape | int
    words: str


def only_wrong(slips: Iterator[Slip], right: Shape | int) -> tuple[Slip, ...]:
    """Keep the slips that lead to something else than the right value, and to sizes that can be typed."""
    return tuple(slip for slip in slips if slip.value != right and _can_be_typed(slip.value))


def _can_be_typed(value: Shape | int) -> bool:
    return min(value if isinstance(value, tuple) else (value,)) >= 0


def param_slips(row: LayerRow, layer: Layer) -> tuple[Slip, ...]:
    """Give the slips that lead to a wrong number of parameters."""
    return only_wrong(_param_slips(row, layer), row.num_params)


def _param_slips(row: LayerRow, layer: Layer) -> Iterator[Slip]:
    match layer:
        case Conv2d():
            yield from _conv(row, layer)
        case Linear():
            yield from _dense(row, layer)
        case BatchNorm():
            yield from _norm(row)
        case PartialConv2d():
            yield from _partial(row, layer)
        case Subsample2d():
            yield from _subsampling(row, layer)
        case PReLU():
            words = "its slopes are trained: one for all channels, or one for each, as it says."
            yield Slip("Trained slope forgotten", 0, words)
            yield Slip("A slope for each channel", row.input_shape[0], words)
        case GaussianRBF():
            words = "it compares with fixed codes and adds nothing."
            yield Slip("Bias counted", (row.input_shape[0] + 1) * layer.out_features, words)
    if len(row.output_shape) == 3:
        words = "a filter's weights are shared by all places of its map, so the map's size does not count."
        yield Slip("Height times width multiplied in", row.num_params * count(row.output_shape[1:]), words)


def _conv(row: LayerRow, layer: Conv2d) -> Iterator[Slip]:
    """A convolution has k·k·c/g weights and a bias for each output channel."""
    window, channels, made = prod(layer.window.kernel), row.input_shape[0] // layer.groups, layer.out_channels
    bias = int(layer.bias)
    if channels > 1:
        through = f"each filter reaches through the {channels:,} channels that it sees, with a window for each."
        yield Slip("Channels forgotten", (window + bias) * made, through)
        yield Slip("Channels and bias forgotten", window * made, through)
    yield from _bias_slips(window * channels * made, made, "filters", bias=layer.bias)
    words = f"that is one filter, and there are {made:,}."
    yield Slip("Output channels forgotten", window * channels + bias, words)
    words = f"with {layer.groups} groups a filter sees {channels:,} of the {row.input_shape[0]:,} input channels."
    yield Slip("Groups forgotten", (window * row.input_shape[0] + bias) * made, words)
    words = f"a window has {size_words(layer.window.kernel)} weights."
    yield Slip("Kernel not squared", (layer.window.kernel[0] * channels + bias) * made, words)
    if layer.bias:
        words = "multiply-adds count a weight at each place; as a parameter it counts once, and the biases count too."
        yield Slip("Multiply-adds given", row.mult_adds, words)


def _dense(row: LayerRow, layer: Linear) -> Iterator[Slip]:
    """A dense layer has a weight for each pair of input and output, and a bias for each output."""
    inputs, made = row.input_shape[-1], layer.out_features
    yield from _bias_slips(inputs * made, made, "outputs", bias=layer.bias)
    words = f"each of the {made:,} outputs has its own {inputs:,} weights."
    yield Slip("Output features forgotten", inputs + int(layer.bias), words)
    yield Slip("Added, not multiplied", inputs + made, words)
    words = f"it is the {made:,} outputs that have a bias each, not the inputs."
    yield Slip("Biases of the inputs counted", inputs * made + inputs, words)


def _bias_slips(weights: int, made: int, what: str, *, bias: bool) -> Iterator[Slip]:
    if bias:
        yield Slip("Bias forgotten", weights, f"each of the {made:,} {what} adds a number of its own.")
        yield Slip("Bias counted once", weights + 1, f"there is one for each of the {made:,} {what}.")
    else:
        yield Slip("Bias counted", weights + made, "this layer has none.")


def _norm(row: LayerRow) -> Iterator[Slip]:
    channels = row.input_shape[0]
    yield Slip("Scale or shift forgotten", channels, "each channel has both.")
    yield Slip("Running mean and variance counted", 4 * channels, "they are measured, not trained.")


def _partial(row: LayerRow, layer: PartialConv2d) -> Iterator[Slip]:
    window, seen, made = layer.kernel_size**2, sum(map(len, layer.connections)), layer.out_channels
    yield from _bias_slips(window * seen, made, "filters", bias=True)
    words = f"its maps see {seen:,} of {row.input_shape[0] * made:,} pairs of maps."
    yield Slip("Partial connections forgotten", (window * row.input_shape[0] + 1) * made, words)
    yield Slip("Channels forgotten", (window + 1) * made, "each output map has a window for each input map it sees.")


def _subsampling(row: LayerRow, layer: Subsample2d) -> Iterator[Slip]:
    channels = row.input_shape[0]
    yield Slip("Trained pooling forgotten", 0, "LeNet-5's pooling has parameters of its own.")
    yield Slip("Coefficient or bias forgotten", channels, "each map has one coefficient and one bias.")
    words = "the values of a window are added up and share one coefficient."
    yield Slip("A weight for each value of the window", (layer.kernel_size**2 + 1) * channels, words)
