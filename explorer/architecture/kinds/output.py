"""What turns a network's scores into probabilities."""

from typing import ClassVar, Literal

from explorer.architecture.kinds.layer import Layer, Role
from explorer.architecture.kinds.sizes import Pair, Shape

MIXED = {2: 0, 3: 1, -1: 1}  # the axis of a map along which a dim other than the channels' goes


class Output(Layer, frozen=True):
    """What they share: the dimension `dim`, the batch's being 0, along which probabilities add up to 1."""

    abstract = True
    role: ClassVar[Role] = "output"

    start = {"dim": 1}  # torch guesses one where none is said, and warns

    dim: Literal[-1, 1, 2, 3]

    def words(self) -> tuple[str, ...]:
        """Say the dimension."""
        return (f"dim {self.dim}",)

    def view(self, input_shape: Shape) -> tuple[Pair, Pair] | None:
        """Give nothing where places are mixed: each output sees a whole row or column."""
        return None if self.dim in MIXED and len(input_shape) == 3 else ((1, 1), (1, 1))

    def places(self, position: int, *, axis: int, size: int) -> range:
        """Give all places along the dimension, and one along the other."""
        return range(size) if MIXED.get(self.dim) == axis else range(position, position + 1)

    def misfit(self, input_shape: Shape) -> str | None:
        """Say that there is no such dimension."""
        if self.dim <= len(input_shape):
            return None
        return f"Its dim is {self.dim}, but after Flatten there is only dim 1 beside the batch's."


class Softmax(Output, frozen=True):
    """exp(x) over the sum of exp along `dim`."""

    function = "softmax"


class LogSoftmax(Output, frozen=True):
    """The logarithm of softmax along `dim`."""

    function = "log_softmax"
