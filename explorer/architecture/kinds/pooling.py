"""Poolings: they work on each channel by itself."""

from collections.abc import Iterator
from typing import ClassVar, Self

import msgspec
from msgspec.structs import replace

from explorer.architecture.kinds.layer import BOTH, Kernels, Layer, Paddings, Role, Strides, Window
from explorer.architecture.kinds.sizes import Pair, Shape, pair, setting_words, size_words
from explorer.architecture.kinds.sums import CONNECTIONS, Sum, product, whole, window_product


class Pooling(Layer, frozen=True):
    """What all poolings share."""

    abstract = True
    role: ClassVar[Role] = "pooling"
    short = "pool"
    takes = "maps"
    reshapes = True


class Pool2d(Pooling, frozen=True):
    """What the two sliding poolings share; an absent stride is the kernel size, as in torch."""

    abstract = True
    start = {"kernel_size": 2, "stride": 2}
    sides = {"kernel_size": BOTH, "stride": BOTH, "padding": BOTH}

    kernel_size: Kernels
    stride: Strides | None = None
    padding: Paddings = 0
    ceil_mode: bool = False

    def __post_init__(self) -> None:
        self.merge_sides()
        if self.stride is None:
            msgspec.structs.force_setattr(self, "stride", self.kernel_size)

    @property
    def window(self) -> Window:
        """Its windows."""
        stride = self.kernel_size if self.stride is None else self.stride
        return Window(pair(self.kernel_size), pair(stride), pair(self.padding), ceil=self.ceil_mode)

    def words(self) -> tuple[str, ...]:
        """Say its windows: `2×2`, `stride 2`."""
        said = (
            size_words(self.window.kernel),
            f"stride {setting_words(self.stride or self.kernel_size)}",
            f"pad {setting_words(self.padding)}" if self.padding else "",
            "ceil" if self.ceil_mode else "",
        )
        return tuple(filter(None, said))

    @property
    def inputs_seen(self) -> int:
        """The values of a window; there is no bias."""
        height, width = self.window.kernel
        return height * width

    def sums(self, input_shape: Shape, output_shape: Shape) -> Iterator[Sum]:
        """Write its connections: a window for each output."""
        letters, numbers = window_product(self.window.kernel)
        yield Sum(CONNECTIONS, f"{letters} * (c * h * w)", f"{numbers} * {whole(product(output_shape))}")

    def misfit(self, input_shape: Shape) -> str | None:
        """Say which padding is too wide: torch lets no window stand in the padding alone."""
        for padding, kernel in zip(self.window.padding, self.window.kernel, strict=True):
            if padding > kernel // 2:
                return f"A pooling's padding may be at most half its kernel: {padding} is more than half of {kernel}."
        return None

    def mends(self, input_shape: Shape) -> Iterator[tuple[str, Self]]:
        """Propose half the kernel as padding."""
        if self.misfit(input_shape):
            height, width = (min(p, k // 2) for p, k in zip(self.window.padding, self.window.kernel, strict=True))
            half = height if height == width else (height, width)
            yield f"Set padding to {setting_words(half)}", replace(self, padding=half)


class MaxPool2d(Pool2d, frozen=True):
    """The largest value of each window."""

    title = "Max"
    function = "max_pool2d"


class AvgPool2d(Pool2d, frozen=True):
    """The mean of each window, zeros of the padding counted in, as torch does by default."""

    title = "Average"
    function = "avg_pool2d"


class AdaptivePool2d(Pooling, frozen=True):
    """What the adaptive poolings share: windows chosen so that the maps come out at `output_size`."""

    abstract = True
    start = {"output_size": 1}
    sides = {"output_size": BOTH}

    output_size: Kernels

    def __post_init__(self) -> None:
        self.merge_sides()

    def words(self) -> tuple[str, ...]:
        """Say what comes out: `to 6×6`."""
        return (f"to {size_words(pair(self.output_size))}",)

    def view(self, input_shape: Shape) -> tuple[Pair, Pair] | None:
        """Give its windows where all are of one size: where the output's sides divide the input's."""
        sides = [divmod(size, out) for size, out in zip(input_shape[1:], pair(self.output_size), strict=True)]
        (height, down), (width, across) = sides
        return None if down or across else ((height, width), (height, width))

    def places(self, position: int, *, axis: int, size: int) -> range:
        """Give a window; neighbours may overlap by a pixel."""
        windows = pair(self.output_size)[axis]
        return range(position * size // windows, -(-(position + 1) * size // windows))


class AdaptiveAvgPool2d(AdaptivePool2d, frozen=True):
    """Means over windows chosen so that the maps come out at `output_size`."""

    function = "adaptive_avg_pool2d"


class AdaptiveMaxPool2d(AdaptivePool2d, frozen=True):
    """The largest values of windows chosen so that the maps come out at `output_size`."""

    function = "adaptive_max_pool2d"
