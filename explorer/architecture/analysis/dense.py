"""A convolution as the dense layer that does the same: its matrix is mostly zeros, and the same few weights recur."""

import msgspec
import torch
from torch.nn import functional as F  # noqa: N812  # torch's own name for it

from explorer.architecture.cost import count
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.layer import Window
from explorer.architecture.kinds.sizes import Pair, Shape

LARGEST_EXAMPLE = 144  # pixels of an example's input: more columns can't be told apart on a screen


class Example(msgspec.Struct, frozen=True):
    """The matrix of a convolution of one map of `side`² pixels: a row for each output, a column for each pixel.

    An entry is a weight's number, from 1 on in the kernel's reading order; 0 where an output does not see a pixel.
    """

    kernel: Pair
    side: int
    entries: tuple[tuple[int, ...], ...]

    @property
    def zeros(self) -> float:
        """The share of entries that are 0."""
        return sum(row.count(0) for row in self.entries) / (len(self.entries) * len(self.entries[0]))

    @property
    def num_values(self) -> int:
        """How many different weights the matrix holds."""
        return len({entry for row in self.entries for entry in row if entry})


def dense_weights(input_shape: Shape, output_shape: Shape) -> int:
    """Count the weights of a dense layer from every input to every output, biases not counted."""
    return count(input_shape) * count(output_shape)


def example(layer: Conv2d) -> Example | None:
    """Write out a convolution of one small map with a layer's kernel, stride, padding and dilation.

    The map is just large enough for up to 4×4 outputs; None where no map of 1 to 12 pixels a side gives so few.
    """
    sides = [_side(layer.window, outputs) for outputs in (4, 3, 2, 1)]
    side = next((side for side in sides if side >= 1 and side**2 <= LARGEST_EXAMPLE), None)
    return None if side is None else Example(layer.window.kernel, side, _matrix(layer, side))


def _side(window: Window, outputs: int) -> int:
    """Give the side of a square map on which a window stands at least `outputs` times, down and across."""
    ways = zip(window.span, window.stride, window.padding, strict=True)
    return max(span + (outputs - 1) * stride - 2 * padding for span, stride, padding in ways)


def _matrix(layer: Conv2d, side: int) -> tuple[tuple[int, ...], ...]:
    """Pass each picture with a single pixel of 1 through: what comes out is that pixel's column."""
    height, width = layer.window.kernel
    numbers = torch.arange(1.0, height * width + 1).view(1, 1, height, width)
    pixels = torch.eye(side**2).view(-1, 1, side, side)
    columns = F.conv2d(pixels, numbers, stride=layer.stride, padding=layer.padding, dilation=layer.dilation)
    return tuple(tuple(int(entry) for entry in row) for row in columns.flatten(1).T.round().tolist())
