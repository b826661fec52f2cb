"""Layers that only lay values out in another way, or leave them as they are."""

from collections.abc import Iterator
from typing import Annotated, ClassVar

from msgspec import Meta

from explorer.architecture.kinds.layer import Layer, Padding, Role
from explorer.architecture.kinds.sizes import Shape
from explorer.architecture.kinds.sums import FEATURES, HEIGHT, WIDTH, Sum, product


class Reshaping(Layer, frozen=True):
    """What they share."""

    abstract = True
    role: ClassVar[Role] = "shape"


class Flatten(Reshaping, frozen=True):
    """Lays the maps out as one row of features."""

    function = "flatten"
    reshapes = True

    def view(self, input_shape: Shape) -> None:
        """A row sees no part of a picture of its own."""

    def sums(self, input_shape: Shape, output_shape: Shape) -> Iterator[Sum]:
        """Write how many numbers the row has."""
        yield Sum(FEATURES, "c * h * w", product(input_shape))


class ZeroPad2d(Reshaping, frozen=True):
    """Puts rows and columns of zeros around each map; torch's order is left, right, top, bottom."""

    short = "pad"
    takes = "maps"
    start = {"padding": 1}
    sides = {"padding": ("left", "right", "top", "bottom")}
    reshapes = True

    padding: Padding | Annotated[tuple[Padding, ...], Meta(min_length=4, max_length=4)]

    def __post_init__(self) -> None:
        self.merge_sides()

    @property
    def each(self) -> tuple[int, ...]:
        """The zeros left, right, above and below."""
        return self.padding if isinstance(self.padding, tuple) else (self.padding,) * 4

    def words(self) -> tuple[str, ...]:
        """Say the zeros, side by side where they differ."""
        if not isinstance(self.padding, tuple):
            return (f"pad {self.padding}",)
        each = zip(self.sides["padding"], self.padding, strict=True)
        return tuple(f"{side} {zeros}" for side, zeros in each if zeros)

    def places(self, position: int, *, axis: int, size: int) -> range:
        """Give the place that a value had before."""
        left, _, top, _ = self.each
        before = position - (top, left)[axis]
        return range(before, before + 1)

    def sums(self, input_shape: Shape, output_shape: Shape) -> Iterator[Sum]:
        """Write what is added to both sides."""
        left, right, top, bottom = self.each
        yield Sum(HEIGHT, "n + p_top + p_bottom", f"{input_shape[1]} + {top} + {bottom}")
        yield Sum(WIDTH, "n + p_left + p_right", f"{input_shape[2]} + {left} + {right}")


class Identity(Reshaping, frozen=True):
    """Gives what it gets: a place in a stack where nothing is done."""
