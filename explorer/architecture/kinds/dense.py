"""Dense layers."""

from collections.abc import Iterator
from typing import ClassVar, Self

from msgspec.structs import replace

from explorer.architecture.kinds.layer import Features, Inputs, Layer, Role
from explorer.architecture.kinds.sizes import Shape, size_words
from explorer.architecture.kinds.sums import Sum, Term, weighted_sums

MAX_WEIGHTS = 2**61  # float32 values of which torch can count the bytes


class Dense(Layer, frozen=True):
    """What dense layers share: their input features are those of the layer before."""

    abstract = True
    role: ClassVar[Role] = "dense"
    given = "in_features"
    start = {"out_features": 10}
    reshapes = has_weights = weighs_inputs = True

    out_features: Features

    @property
    def num_biases(self) -> int:
        """The biases, one for each output if there are any."""
        return 0

    def drawn_words(self) -> tuple[str, ...]:
        """The shape says it all."""
        return ()

    def view(self, input_shape: Shape) -> None:
        """A row sees no part of a picture of its own; on maps, each value sees a whole row of them."""

    def misfit(self, input_shape: Shape) -> str | None:
        """Say how many weights are too many."""
        if input_shape[-1] * self.out_features < MAX_WEIGHTS:
            return None
        weights = size_words((input_shape[-1], self.out_features))
        return f"Its {weights} weights are more than torch can count the bytes of."


class Linear(Dense, frozen=True):
    """A dense layer."""

    short = "fc"

    bias: bool = True
    in_features: Inputs | None = None  # only where a program says another number than comes in

    @property
    def num_biases(self) -> int:
        """The biases, one for each output if there are any."""
        return self.out_features if self.bias else 0

    def words(self) -> tuple[str, ...]:
        """Say its outputs: `120`."""
        return (f"{self.out_features:,}",) if self.bias else (f"{self.out_features:,}", "no bias")

    def sums(self, input_shape: Shape, output_shape: Shape) -> Iterator[Sum]:
        """Write its counts: each output weighs all inputs."""
        inputs, outputs = Term("n_in", str(input_shape[-1])), Term("n_out", str(self.out_features))
        yield from weighted_sums(inputs, outputs, output_shape, bias=self.bias)

    def widened(self, factor: float) -> Self:
        """Multiply its outputs."""
        return replace(self, out_features=max(1, round(factor * self.out_features)))
