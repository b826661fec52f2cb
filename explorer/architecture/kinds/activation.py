"""Activations: each value by itself."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar, Self

from msgspec import Meta
from msgspec.structs import replace

from explorer.architecture.historic.paper import AMPLITUDE
from explorer.architecture.kinds.layer import Channels, Layer, Role
from explorer.architecture.kinds.sizes import Shape
from explorer.architecture.kinds.sums import PARAMETERS, Sum

if TYPE_CHECKING:
    from torch import nn

Slope = Annotated[float, Meta(ge=-1_000, le=1_000)]


class Activation(Layer, frozen=True):
    """What activations share."""

    abstract = True
    role: ClassVar[Role] = "activation"
    noun: ClassVar[str] = ""  # in a sentence: `sigmoid`; the kind's own name if it has none
    slope: ClassVar[str] = ""  # how steep it is: `at most ¼`
    usual: ClassVar[bool] = True  # whether it stands in the row that changes all activations by one click
    saturates: ClassVar[tuple[float, float] | None] = None  # the ends of its range, where its slope is nearly 0
    dies: ClassVar[bool] = False  # whether its slope is 0 wherever it gives 0, so that a unit may never learn again


class Sigmoid(Activation, frozen=True):
    """1 / (1 + exp(−x))."""

    noun = "sigmoid"
    slope = "at most ¼"
    function = "sigmoid"
    saturates = (0, 1)


class Tanh(Activation, frozen=True):
    """The hyperbolic tangent."""

    noun = "tanh"
    slope = "at most 1"
    function = "tanh"
    saturates = (-1, 1)


class ScaledTanh(Activation, frozen=True):
    """1.7159 · tanh(2x/3), which takes ±1 to ±1 (LeNet-5, 1998, appendix A)."""

    noun = "scaled tanh"
    slope = "at most 1.14"
    short = "tanh"
    saturates = (-AMPLITUDE, AMPLITUDE)

    @classmethod
    def module(cls) -> "type[nn.Module]":
        """Give the paper's."""
        from explorer.architecture.historic import modules  # noqa: PLC0415  # it imports torch

        return modules.ScaledTanh

    @classmethod
    def source(cls, uses: Sequence[tuple[Self, Shape]]) -> tuple[str, ...]:
        """Give its class."""
        from explorer.architecture.historic.source import SCALED_TANH  # noqa: PLC0415  # only programs need it

        return (SCALED_TANH,)


class ReLU(Activation, frozen=True):
    """max(0, x)."""

    slope = "1 above 0"
    function = "relu"
    dies = True


class ReLU6(Activation, frozen=True):
    """min(max(0, x), 6)."""

    short = "relu"
    usual = False
    slope = "1 between 0 and 6"
    function = "relu6"
    dies = True


class LeakyReLU(Activation, frozen=True):
    """x where positive, `negative_slope` · x elsewhere."""

    noun = "leaky ReLU"
    slope = "1 above 0"
    function = "leaky_relu"

    negative_slope: Slope = 0.01

    def words(self) -> tuple[str, ...]:
        """Say the slope left of zero."""
        return (f"slope {self.negative_slope:g}",)


class PReLU(Activation, frozen=True):
    """x where positive, a trained slope · x elsewhere: one for all values, or one for each channel."""

    usual = False
    slope = "1 above 0"
    has_weights = True

    num_parameters: Channels = 1
    init: Slope = 0.25

    def words(self) -> tuple[str, ...]:
        """Say how many slopes there are, and what they are at first."""
        slopes = f"{self.num_parameters:,} slopes" if self.num_parameters > 1 else "1 slope"
        return (slopes,) if self.init == 0.25 else (slopes, f"from {self.init:g}")

    def sums(self, input_shape: Shape, output_shape: Shape) -> Iterator[Sum]:
        """Write its slopes."""
        yield Sum(PARAMETERS, "n", str(self.num_parameters))

    def misfit(self, input_shape: Shape) -> str | None:
        """Say that its slopes are neither one nor one for each channel."""
        if self.num_parameters in (1, input_shape[0]):
            return None
        return f"Its {self.num_parameters:,} slopes must be 1, or one for each of the {input_shape[0]:,} channels."

    def mends(self, input_shape: Shape) -> Iterator[tuple[str, Self]]:
        """Propose as many slopes as there are channels, or one."""
        if self.misfit(input_shape):
            yield f"Set num_parameters to {input_shape[0]:,}", replace(self, num_parameters=input_shape[0])
            yield "Set num_parameters to 1", replace(self, num_parameters=1)


class ELU(Activation, frozen=True):
    """x where positive, exp(x) − 1 elsewhere."""

    slope = "at most 1"
    function = "elu"


class GELU(Activation, frozen=True):
    """x · Φ(x), Φ the normal distribution function."""

    slope = "at most 1.13"
    function = "gelu"


class SiLU(Activation, frozen=True):
    """x · sigmoid(x)."""

    slope = "at most 1.10"
    function = "silu"


class Softplus(Activation, frozen=True):
    """log(1 + exp(x))."""

    noun = "softplus"
    slope = "below 1"
    function = "softplus"
