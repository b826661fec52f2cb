"""Normalisations."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

from msgspec import Meta

from explorer.architecture.kinds.layer import Coefficient, Inputs, Kernel, Layer, Role
from explorer.architecture.kinds.sizes import Shape
from explorer.architecture.kinds.sums import PARAMETERS, Sum

Epsilon = Annotated[float, Meta(ge=0, le=1)]
Share = Annotated[float, Meta(ge=0, le=1)]


class Normalisation(Layer, frozen=True):
    """What normalisations share."""

    abstract = True
    role: ClassVar[Role] = "normalisation"
    short = "norm"


class BatchNorm(Normalisation, frozen=True):
    """What the two batch normalisations share: a trained scale and shift for each channel or feature."""

    abstract = True
    given = "num_features"
    has_weights = True

    eps: Epsilon = 1e-5
    momentum: Share | None = 0.1
    num_features: Inputs | None = None  # only where a program says another number than comes in

    def words(self) -> tuple[str, ...]:
        """Say what differs from torch's defaults."""
        eps = f"eps {self.eps:g}" if self.eps != 1e-5 else ""
        momentum = f"momentum {'none' if self.momentum is None else f'{self.momentum:g}'}"
        return tuple(filter(None, (eps, momentum if self.momentum != 0.1 else "")))

    def sums(self, input_shape: Shape, output_shape: Shape) -> Iterator[Sum]:
        """Write its parameters."""
        remark = "A scale and a shift each; the running mean and variance are not trained and not counted."
        yield Sum(PARAMETERS, "2 * c", f"2 * {input_shape[0]}", remark)


class BatchNorm2d(BatchNorm, frozen=True):
    """Normalises each channel of a map over the batch, then scales and shifts it."""

    takes = "maps"
    instead = "BatchNorm1d"


class BatchNorm1d(BatchNorm, frozen=True):
    """Normalises each feature over the batch, then scales and shifts it."""

    takes = "a row"
    instead = "BatchNorm2d"


class LocalResponseNorm(Normalisation, frozen=True):
    """AlexNet's normalisation over neighbouring channels (2012, section 3.3)."""

    takes = "maps"
    start = {"size": 5}
    function = "local_response_norm"

    size: Kernel
    alpha: Coefficient = 1e-4
    beta: Coefficient = 0.75
    k: Coefficient = 1.0

    def words(self) -> tuple[str, ...]:
        """Say all four."""
        return f"size {self.size}", f"α {self.alpha:g}", f"β {self.beta:g}", f"k {self.k:g}"
