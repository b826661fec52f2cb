"""The kinds that only LeNet-5 (1998) has, beside its scaled tanh: its poolings, its third layer and its output.

LeCun, Bottou, Bengio, Haffner: Gradient-based learning applied to document recognition, 1998, section II.B.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, Self

from msgspec import Meta
from msgspec.structs import replace

from explorer.architecture.kinds.convolution import Convolution
from explorer.architecture.kinds.dense import Dense
from explorer.architecture.kinds.layer import Channels, Inputs, Kernel, Window
from explorer.architecture.kinds.pooling import Pooling
from explorer.architecture.kinds.sizes import Shape, pair, size_words
from explorer.architecture.kinds.sums import CONNECTIONS, MULT_ADDS, NEURONS, PARAMETERS, Sum, product

if TYPE_CHECKING:
    from torch import nn

# The reader bounds a design's connections together, so that it still fits into a link.
MAX_CONNECTIONS = 1_024
InputMap = Annotated[int, Meta(ge=0, le=8_191)]
InputMaps = Annotated[tuple[InputMap, ...], Meta(min_length=1, max_length=MAX_CONNECTIONS)]
Connections = Annotated[tuple[InputMaps, ...], Meta(max_length=MAX_CONNECTIONS)]


class PartialConv2d(Convolution, frozen=True):
    """A convolution whose output maps see only some input maps, as LeNet-5's C3: `connections` lists each one's.

    Its input maps are numbered from 0, in the order in which the layer before gives them; its stride is 1.
    """

    start = {"out_channels": 16, "kernel_size": 5, "connections": ()}  # its place connects it

    kernel_size: Kernel
    connections: Connections
    in_channels: Channels | None = None  # only where a program says another number than comes in

    @classmethod
    def module(cls) -> "type[nn.Module]":
        """Give the paper's."""
        from explorer.architecture.historic import modules  # noqa: PLC0415  # it imports torch

        return modules.PartialConv2d

    @classmethod
    def source(cls, uses: Sequence[tuple[Self, Shape]]) -> tuple[str, ...]:
        """Give its class."""
        from explorer.architecture.historic.source import PARTIAL_CONV  # noqa: PLC0415  # only programs need it

        return (PARTIAL_CONV,)

    @property
    def window(self) -> Window:
        """Its windows."""
        return Window(pair(self.kernel_size), (1, 1))

    def words(self) -> tuple[str, ...]:
        """Say its channels, windows and how many input maps an output map sees: `3 to 6 inputs each`."""
        counts = {len(inputs) for inputs in self.connections} or {0}
        few, many = min(counts), max(counts)
        seen = f"{few}{f' to {many}' if few < many else ''} input{'s' if many > 1 else ''} each"
        return f"{self.out_channels:,} @ {size_words(self.window.kernel)}", seen

    def drawn_words(self) -> tuple[str, ...]:
        """Say its windows."""
        return size_words(self.window.kernel), "partial"

    def sums(self, input_shape: Shape, output_shape: Shape) -> Iterator[Sum]:
        """Write its counts: a window for each pair of connected maps, and a bias for each output map."""
        letters = "k * k * 'connected maps'"
        taps = f"{product(self.window.kernel)} * {sum(map(len, self.connections))}"
        plane, biased = product(output_shape[1:]), f"{taps} + {self.out_channels}"
        yield Sum(PARAMETERS, f"{letters} + c_out", biased)
        yield Sum(MULT_ADDS, f"({letters}) * (h * w)", f"({taps}) * ({plane})")
        yield Sum(CONNECTIONS, f"({letters} + c_out) * (h * w)", f"({biased}) * ({plane})")
        yield Sum(NEURONS, "c * h * w", product(output_shape))

    def misfit(self, input_shape: Shape) -> str | None:
        """Say which input map is not there."""
        maps = input_shape[0]
        for number, inputs in enumerate(self.connections):
            if (found := max(inputs)) >= maps:
                before = "1 map (0)" if maps == 1 else f"{maps:,} maps (0 to {maps - 1:,})"
                return f"Map {number:,} is connected to input map {found:,}, but the layer before gives {before}."
        return None

    def mends(self, input_shape: Shape) -> Iterator[tuple[str, Self]]:
        """Propose to connect only those that are there."""
        maps = input_shape[0]
        if len(input_shape) == 3 and (fitted := self.connected(maps)) != self:
            yield "Connect only input map 0" if maps == 1 else f"Connect only input maps 0 to {maps - 1:,}", fitted

    def connected(self, in_channels: int | None) -> Self:
        """Cut the lists to `in_channels` input maps and `out_channels` lists, and add those that are missing.

        A new output map, and one that loses all its inputs, sees every input map, or as many as the bound on a design's
        connections leaves to each. Where there are no maps, None, it keeps the inputs that it has.
        """
        there = in_channels or 1 + max((number for inputs in self.connections for number in inputs), default=0)
        full = tuple(range(min(there, max(1, MAX_CONNECTIONS // self.out_channels))))
        kept = (tuple(i for i in inputs if i < there) or full for inputs in self.connections[: self.out_channels])
        added = (full,) * (self.out_channels - len(self.connections))
        return replace(self, connections=(*kept, *added))

    def widened(self, factor: float) -> Self:
        """Multiply its channels; the design around it connects the new ones."""
        return replace(self, out_channels=max(1, round(factor * self.out_channels)))


class Subsample2d(Pooling, frozen=True):
    """LeNet-5's pooling: each window's sum times one coefficient of its map, plus one bias; windows do not overlap."""

    given = "num_features"
    has_weights = weighs_inputs = True

    kernel_size: Kernel = 2
    num_features: Channels | None = None  # only where a program says another number than comes in

    @classmethod
    def module(cls) -> "type[nn.Module]":
        """Give the paper's."""
        from explorer.architecture.historic import modules  # noqa: PLC0415  # it imports torch

        return modules.Subsample2d

    @classmethod
    def source(cls, uses: Sequence[tuple[Self, Shape]]) -> tuple[str, ...]:
        """Give its class."""
        from explorer.architecture.historic.source import SUBSAMPLE  # noqa: PLC0415  # only programs need it

        return (SUBSAMPLE,)

    @property
    def window(self) -> Window:
        """Its windows."""
        return Window(pair(self.kernel_size), pair(self.kernel_size))

    def words(self) -> tuple[str, ...]:
        """Say its windows."""
        return size_words(self.window.kernel), f"stride {self.kernel_size}"

    @property
    def inputs_seen(self) -> int:
        """The values of a window, and its map's bias."""
        return self.kernel_size**2 + 1

    def sums(self, input_shape: Shape, output_shape: Shape) -> Iterator[Sum]:
        """Write its counts: a coefficient and a bias for each map."""
        outputs = product(output_shape)
        yield Sum(PARAMETERS, "2 * c", f"2 * {input_shape[0]}")
        yield Sum(MULT_ADDS, "c * h * w", outputs)
        yield Sum(CONNECTIONS, "(k * k + 1) * (c * h * w)", f"({product(self.window.kernel)} + 1) * ({outputs})")
        yield Sum(NEURONS, "c * h * w", outputs)


class GaussianRBF(Dense, frozen=True):
    """LeNet-5's output: a row's squared distance to the fixed ±1 code of each class, so the smallest number wins."""

    short = "rbf"
    takes = "a row"

    in_features: Inputs | None = None  # only where a program says another number than comes in

    @classmethod
    def module(cls) -> "type[nn.Module]":
        """Give the paper's."""
        from explorer.architecture.historic import modules  # noqa: PLC0415  # it imports torch

        return modules.GaussianRBF

    @classmethod
    def source(cls, uses: Sequence[tuple[Self, Shape]]) -> tuple[str, ...]:
        """Give its class and its codes: the digits' bitmaps where a layer has their size."""
        from explorer.architecture.historic.source import codes_source  # noqa: PLC0415  # only programs need it

        return codes_source([(layer.out_features, shape[-1]) for layer, shape in uses])

    def words(self) -> tuple[str, ...]:
        """Say its outputs."""
        return f"{self.out_features:,}", "fixed codes"

    def sums(self, input_shape: Shape, output_shape: Shape) -> Iterator[Sum]:
        """Write its counts: a square for each value of each code."""
        weights = f"{input_shape[-1]} * {self.out_features}"
        yield Sum(PARAMETERS, "n_in * n_out", weights, "Fixed codes: none is trained.")
        yield Sum(MULT_ADDS, "n_in * n_out", weights)
        yield Sum(CONNECTIONS, "n_in * n_out", weights)
        yield Sum(NEURONS, "c * h * w", product(output_shape))
