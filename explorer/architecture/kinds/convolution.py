"""Convolutions."""

import math
from collections.abc import Iterator
from typing import ClassVar, Self

from msgspec.structs import replace

from explorer.architecture.kinds.layer import BOTH, Channels, Dilations, Kernels, Layer, Paddings, Role, Strides, Window
from explorer.architecture.kinds.sizes import Shape, pair, setting_words, size_words
from explorer.architecture.kinds.sums import Sum, Term, weighted_sums, window_product


class Convolution(Layer, frozen=True):
    """What convolutions share: their input channels are those of the layer before."""

    abstract = True
    role: ClassVar[Role] = "convolution"
    short = "conv"
    takes = "maps"
    given = "in_channels"
    reshapes = has_weights = weighs_inputs = True

    out_channels: Channels

    @property
    def num_biases(self) -> int:
        """The biases, one for each output map."""
        return self.out_channels


class Conv2d(Convolution, frozen=True):
    """A convolution."""

    start = {"out_channels": 16, "kernel_size": 3, "padding": 1}
    sides = {"kernel_size": BOTH, "stride": BOTH, "padding": BOTH, "dilation": BOTH}

    kernel_size: Kernels
    stride: Strides = 1
    padding: Paddings = 0
    dilation: Dilations = 1
    groups: Channels = 1
    bias: bool = True
    in_channels: Channels | None = None  # only where a program says another number than comes in

    def __post_init__(self) -> None:
        self.merge_sides()

    @property
    def num_biases(self) -> int:
        """The biases, one for each output map if there are any."""
        return self.out_channels if self.bias else 0

    @property
    def window(self) -> Window:
        """Its windows."""
        return Window(pair(self.kernel_size), pair(self.stride), pair(self.padding), pair(self.dilation))

    def words(self) -> tuple[str, ...]:
        """Say its channels and windows: `6 @ 5×5`, `pad 2`."""
        return (f"{self.out_channels:,} @ {size_words(self.window.kernel)}", *self._rest())

    def drawn_words(self) -> tuple[str, ...]:
        """Say its windows."""
        return (size_words(self.window.kernel), *self._rest())

    def _rest(self) -> tuple[str, ...]:
        said = (
            f"stride {setting_words(self.stride)}" if self.stride != 1 else "",
            f"pad {setting_words(self.padding)}" if self.padding else "",
            f"dilation {setting_words(self.dilation)}" if self.dilation != 1 else "",
            f"{self.groups} groups" if self.groups != 1 else "",
            "" if self.bias else "no bias",
        )
        return tuple(filter(None, said))

    def sums(self, input_shape: Shape, output_shape: Shape) -> Iterator[Sum]:
        """Write its counts: a window in each channel of its group, and a bias, for each output channel."""
        letters, numbers = window_product(self.window.kernel)
        parted = self.groups > 1
        channels = Term(
            "c_in/g" if parted else "c_in", f"{input_shape[0]}/{self.groups}" if parted else f"{input_shape[0]}"
        )
        inputs = Term(f"{letters} * {channels.letters}", f"{numbers} * {channels.numbers}")
        outputs = Term("c_out", str(self.out_channels))
        yield from weighted_sums(inputs, outputs, output_shape, positions=" * h * w", bias=self.bias)

    def misfit(self, input_shape: Shape) -> str | None:
        """Say which channels its groups do not divide."""
        for channels, which in ((input_shape[0], "input"), (self.out_channels, "output")):
            if channels % self.groups:
                return f"{self.groups} groups do not divide its {channels:,} {which} channels."
        return None

    def mends(self, input_shape: Shape) -> Iterator[tuple[str, Self]]:
        """Propose the next fewer groups that do divide, or the next more output channels; a dense window."""
        if self.groups > 1 and len(input_shape) == 3:
            common = math.gcd(input_shape[0], self.out_channels)
            fewer = max(groups for groups in range(1, self.groups) if common % groups == 0)
            yield f"Set groups to {fewer}", replace(self, groups=fewer)
            if input_shape[0] % self.groups == 0:
                more = -(-self.out_channels // self.groups) * self.groups
                yield f"Set out_channels to {more:,}", replace(self, out_channels=more)
        if self.dilation != 1:
            yield "Set dilation to 1", replace(self, dilation=1)

    def with_kernel(self, size: int) -> Self:
        """Change the kernel, and the padding so that maps keep their size where that can be."""
        now = zip(self.window.padding, self.window.kernel, strict=True)
        height, width = (max(0, padding + (size - kernel) // 2) for padding, kernel in now)
        return replace(self, kernel_size=size, padding=(height, width))

    def widened(self, factor: float) -> Self:
        """Multiply its channels; each group keeps as many as the others."""
        wide = self.groups * max(1, round(factor * self.out_channels / self.groups))
        return replace(self, out_channels=wide)
