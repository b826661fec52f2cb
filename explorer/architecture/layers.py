"""The kinds of layers, one frozen record each.

A record's `kind` is the class name in `torch.nn`, or in `historic` for the four kinds that only LeNet-5 (1998) has, and
its fields are that class's arguments, less those that the layer before already gives (`in_channels`, `in_features`,
`num_features`). Adding an activation is adding one record here; `docs/adding.md` says what other kinds need.
"""

from typing import Annotated, get_args

import msgspec
from msgspec import Meta

# The bounds keep every size of a 64-layer stack below 2**62 elements, which torch's `meta` device can still count.
Channels = Annotated[int, Meta(ge=1, le=8_192)]
Features = Annotated[int, Meta(ge=1, le=100_000)]
Kernel = Annotated[int, Meta(ge=1, le=255)]
Stride = Annotated[int, Meta(ge=1, le=255)]
Padding = Annotated[int, Meta(ge=0, le=255)]
Dilation = Annotated[int, Meta(ge=1, le=64)]
Probability = Annotated[float, Meta(ge=0, lt=1)]
Slope = Annotated[float, Meta(ge=-1_000, le=1_000)]
Coefficient = Annotated[float, Meta(ge=-1_000, le=1_000)]
# The reader bounds a design's connections together, so that it still fits into a link.
MAX_CONNECTIONS = 1_024
InputMap = Annotated[int, Meta(ge=0, le=8_191)]
InputMaps = Annotated[tuple[InputMap, ...], Meta(min_length=1, max_length=MAX_CONNECTIONS)]
Connections = Annotated[tuple[InputMaps, ...], Meta(max_length=MAX_CONNECTIONS)]


class LayerRecord(
    msgspec.Struct, frozen=True, tag_field="kind", tag=True, forbid_unknown_fields=True, omit_defaults=True
):
    """What all layers share: their JSON carries the class name as `kind` and leaves defaults out."""


class Conv2d(LayerRecord, frozen=True):
    """A convolution; its input channels are those of the layer before."""

    out_channels: Channels
    kernel_size: Kernel
    stride: Stride = 1
    padding: Padding = 0
    dilation: Dilation = 1
    groups: Channels = 1
    bias: bool = True


class Pool2d(LayerRecord, frozen=True):
    """What the two sliding poolings share; an absent stride is the kernel size, as in torch."""

    kernel_size: Kernel
    stride: Stride | None = None
    padding: Padding = 0
    ceil_mode: bool = False

    def __post_init__(self) -> None:
        if self.stride is None:
            msgspec.structs.force_setattr(self, "stride", self.kernel_size)


class MaxPool2d(Pool2d, frozen=True):
    """The largest value of each window."""


class AvgPool2d(Pool2d, frozen=True):
    """The mean of each window, zeros of the padding counted in, as torch does by default."""


class Subsample2d(LayerRecord, frozen=True):
    """LeNet-5's pooling: each window's sum times one coefficient of its map, plus one bias; windows do not overlap."""

    kernel_size: Kernel = 2


class PartialConv2d(LayerRecord, frozen=True):
    """A convolution whose output maps see only some input maps, as LeNet-5's C3: `connections` lists each one's.

    Its input maps are numbered from 0, in the order in which the layer before gives them; its stride is 1.
    """

    out_channels: Channels
    kernel_size: Kernel
    connections: Connections


class AdaptiveAvgPool2d(LayerRecord, frozen=True):
    """Means over windows chosen so that the map comes out `output_size` squared."""

    output_size: Kernel


class Sigmoid(LayerRecord, frozen=True):
    """1 / (1 + exp(−x))."""


class Tanh(LayerRecord, frozen=True):
    """The hyperbolic tangent."""


class ScaledTanh(LayerRecord, frozen=True):
    """1.7159 · tanh(2x/3), which takes ±1 to ±1 (LeNet-5, 1998, appendix A)."""


class ReLU(LayerRecord, frozen=True):
    """max(0, x)."""


class LeakyReLU(LayerRecord, frozen=True):
    """x where positive, `negative_slope` · x elsewhere."""

    negative_slope: Slope = 0.01


class ELU(LayerRecord, frozen=True):
    """x where positive, exp(x) − 1 elsewhere."""


class GELU(LayerRecord, frozen=True):
    """x · Φ(x), Φ the normal distribution function."""


class SiLU(LayerRecord, frozen=True):
    """x · sigmoid(x)."""


class Softplus(LayerRecord, frozen=True):
    """log(1 + exp(x))."""


class BatchNorm2d(LayerRecord, frozen=True):
    """Normalises each channel of a map over the batch, then scales and shifts it."""


class BatchNorm1d(LayerRecord, frozen=True):
    """Normalises each feature over the batch, then scales and shifts it."""


class LocalResponseNorm(LayerRecord, frozen=True):
    """AlexNet's normalisation over neighbouring channels (2012, section 3.3)."""

    size: Kernel
    alpha: Coefficient = 1e-4
    beta: Coefficient = 0.75
    k: Coefficient = 1.0


class Dropout(LayerRecord, frozen=True):
    """Sets a share `p` of the values to 0 while training and scales up the rest."""

    p: Probability = 0.5


class Flatten(LayerRecord, frozen=True):
    """Lays the maps out as one row of features."""


class Linear(LayerRecord, frozen=True):
    """A dense layer; its input features are those of the layer before."""

    out_features: Features
    bias: bool = True


class GaussianRBF(LayerRecord, frozen=True):
    """LeNet-5's output: a row's squared distance to the fixed ±1 code of each class, so the smallest number wins."""

    out_features: Features


Activation = Sigmoid | Tanh | ScaledTanh | ReLU | LeakyReLU | ELU | GELU | SiLU | Softplus
Layer = (
    Conv2d
    | MaxPool2d
    | AvgPool2d
    | Subsample2d
    | PartialConv2d
    | AdaptiveAvgPool2d
    | Activation
    | BatchNorm2d
    | BatchNorm1d
    | LocalResponseNorm
    | Dropout
    | Flatten
    | Linear
    | GaussianRBF
)

ACTIVATIONS: dict[str, type[Layer]] = {kind.__name__: kind for kind in get_args(Activation)}
POOLINGS: dict[str, type[Layer]] = {kind.__name__: kind for kind in (MaxPool2d, AvgPool2d)}
KINDS: dict[str, type[Layer]] = {
    kind.__name__: kind
    for kind in (
        *(Conv2d, MaxPool2d, AvgPool2d, AdaptiveAvgPool2d),
        *ACTIVATIONS.values(),
        *(BatchNorm2d, BatchNorm1d, LocalResponseNorm, Dropout, Flatten, Linear),
        *(PartialConv2d, Subsample2d, GaussianRBF),
    )
}
