"""What every kind of layer says of itself.

A kind is one record. Its name is the class name in `torch.nn`, or in `historic.modules` for the four that only LeNet-5
(1998) has; its fields are that class's arguments, less the one that the layer before already gives. What stands here
holds for a kind that says nothing else. Modules are imported only when they are asked for: reading a design, which is
done everywhere, does without torch.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, NamedTuple, Self, cast

import msgspec
from msgspec import Meta

from explorer.architecture.kinds.sizes import Pair, Shape, merged
from explorer.architecture.kinds.sums import Sum

if TYPE_CHECKING:
    from torch import nn

# The bounds keep every size of a 64-layer stack below 2**62 elements, which torch's `meta` device can still count.
Channels = Annotated[int, Meta(ge=1, le=8_192)]
Features = Annotated[int, Meta(ge=1, le=100_000)]
Inputs = Annotated[int, Meta(ge=1, le=1_000_000_000)]  # features that a layer is written for
Kernel = Annotated[int, Meta(ge=1, le=255)]
Stride = Annotated[int, Meta(ge=1, le=255)]
Padding = Annotated[int, Meta(ge=0, le=255)]
Dilation = Annotated[int, Meta(ge=1, le=64)]
# One number for both sides, or (height, width). Beside a bounded number, msgspec 0.22 decodes no tuple of fixed length.
TWO = Meta(min_length=2, max_length=2)
Kernels = Kernel | Annotated[tuple[Kernel, ...], TWO]
Strides = Stride | Annotated[tuple[Stride, ...], TWO]
Paddings = Padding | Annotated[tuple[Padding, ...], TWO]
Dilations = Dilation | Annotated[tuple[Dilation, ...], TWO]
Coefficient = Annotated[float, Meta(ge=-1_000, le=1_000)]

Role = Literal["convolution", "pooling", "activation", "normalisation", "regularisation", "shape", "dense", "output"]
BOTH = ("height", "width")


class Window(NamedTuple):
    """Windows that slide over maps, (height, width) each; `ceil` lets a last one stand half outside."""

    kernel: Pair
    stride: Pair
    padding: Pair = (0, 0)  # rows and columns of zeros at both ends
    dilation: Pair = (1, 1)
    ceil: bool = False

    @property
    def span(self) -> Pair:
        """The pixels that a window covers from edge to edge: dilation·(kernel_size − 1) + 1."""
        height, width = (d * (k - 1) + 1 for k, d in zip(self.kernel, self.dilation, strict=True))
        return height, width

    @property
    def is_square(self) -> bool:
        """Whether height and width are treated alike."""
        return all(height == width for height, width in (self.kernel, self.stride, self.padding, self.dilation))


class Layer(msgspec.Struct, frozen=True, tag_field="kind", tag=True, forbid_unknown_fields=True, omit_defaults=True):
    """One layer; its JSON carries the class name as `kind` and leaves defaults out."""

    abstract: ClassVar[bool] = True  # of a class that says it itself: it is what kinds share, and no kind
    role: ClassVar[Role]  # what it is for
    title: ClassVar[str] = ""  # in a menu; the kind's own name if it has none
    short: ClassVar[str] = ""  # in a stack, as papers have it: `conv`; the kind's own name if it has none
    takes: ClassVar[Literal["maps", "a row", "anything"]] = "anything"
    instead: ClassVar[str] = ""  # the kind that does the same to what this one does not take
    function: ClassVar[str] = ""  # its name in torch.nn.functional, if it has no weights
    given: ClassVar[Literal["in_channels", "in_features", "num_features", ""]] = ""  # by the layer before
    start: ClassVar[Mapping[str, object]] = {}  # settings of a new one, where torch has no default
    sides: ClassVar[Mapping[str, tuple[str, ...]]] = {}  # fields that are one number for all these sides, or one each
    reshapes: ClassVar[bool] = False  # whether what comes out may have another shape
    has_weights: ClassVar[bool] = False
    weighs_inputs: ClassVar[bool] = False  # whether its outputs are sums of products with its weights

    def merge_sides(self) -> None:
        """Write equal sides as one number, as a new layer does whose kind has sides."""
        for name in self.sides:
            if isinstance(each := getattr(self, name), tuple):
                msgspec.structs.force_setattr(self, name, merged(each))

    @classmethod
    def module(cls) -> "type[nn.Module]":
        """Give the class of torch that it is built as."""
        from torch import nn  # noqa: PLC0415

        return cast("type[nn.Module]", getattr(nn, cls.__name__))

    @classmethod
    def source(cls, uses: Sequence[tuple[Self, Shape]]) -> tuple[str, ...]:
        """Give the definitions that a program needs for these layers and their input shapes, where torch lacks them."""
        return ()

    def inferred(self, input_shape: Shape) -> dict[str, int]:
        """Give the argument that the layer before decides."""
        if not self.given:
            return {}
        return {self.given: input_shape[-1] if self.given == "in_features" else input_shape[0]}

    @property
    def stated(self) -> int | None:
        """The size of the layer before that it is written for, where that is said: a program may be wrong in it."""
        return getattr(self, self.given, None) if self.given else None

    def disagreement(self, input_shape: Shape) -> str | None:
        """Say that it is written for another size than the layer before gives; None where it is not."""
        comes = next(iter(self.inferred(input_shape).values()), None)
        if self.stated in (None, comes):
            return None
        return f"It is written for {self.given}={self.stated:,}, but {comes:,} come in."

    def words(self) -> tuple[str, ...]:
        """Say the settings one by one, those at their defaults left out."""
        if not self.__struct_fields__:
            return ()
        settings = ((field.name, getattr(self, field.name), field.default) for field in msgspec.structs.fields(self))
        return tuple(f"{name.replace('_', ' ')} {value}" for name, value, default in settings if value != default)

    def drawn_words(self) -> tuple[str, ...]:
        """Say the settings as a drawing has them: without the number of outputs, which the shape says."""
        return self.words()

    def describe(self) -> str:
        """Say the settings, as a table's cell shows them: `6 @ 5×5, pad 2`."""
        return ", ".join(self.words())

    @property
    def window(self) -> Window | None:
        """The windows that slide over its input, if there are any."""
        return None

    def view(self, input_shape: Shape) -> tuple[Pair, Pair] | None:
        """Give the pixels of its input that an output sees, and those from one output to the next.

        None where outputs differ in that, or are no maps.
        """
        window = self.window
        return (window.span, window.stride) if window else ((1, 1), (1, 1))

    def places(self, position: int, *, axis: int, size: int) -> range:
        """Give the places of its input, `size` along an axis, that one place of its output is made of.

        Some may lie in the padding, before 0 or beyond the end.
        """
        if (window := self.window) is None:
            return range(position, position + 1)
        dilation = window.dilation[axis]
        first = position * window.stride[axis] - window.padding[axis]
        return range(first, first + dilation * window.kernel[axis], dilation)

    @property
    def num_biases(self) -> int:
        """The biases among its parameters."""
        return 0

    @property
    def inputs_seen(self) -> int:
        """The values that each output of a pooling sees, as LeCun counts its connections; 0 for other layers."""
        return 0

    def sums(self, input_shape: Shape, output_shape: Shape) -> Iterator[Sum]:
        """Write how its counts come about."""
        yield from ()

    def misfit(self, input_shape: Shape) -> str | None:
        """Say why its own settings do not go with an input of the shape that it takes; None where they do."""
        return None

    def mends(self, input_shape: Shape) -> Iterator[tuple[str, Self]]:
        """Propose settings with which it may fit, with what changes in words."""
        yield from ()

    def widened(self, factor: float) -> Self:
        """Multiply the channels or features that it makes, to 1 at least; other layers stay as they are."""
        return self
