"""How a row's numbers come about: formulas with the row's own numbers, in LaTeX.

The right side of each is the number that torch gave; the left side is what a student would put on paper, as the layer's
kind writes it. Nothing here feeds the table: a test evaluates every left side and holds it against torch's number.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

from explorer.architecture.cost import BYTES
from explorer.architecture.kinds import sums
from explorer.architecture.kinds.layer import Layer, Window
from explorer.architecture.kinds.sizes import Pair, pair
from explorer.architecture.trace import LayerRow, Trace
from explorer.views.common.formula import Formula, equal, latex, thousands

SIDES = ("height", "width")
COUNTED: dict[str, Callable[[LayerRow], int]] = {
    sums.PARAMETERS: lambda row: row.num_params,
    sums.MULT_ADDS: lambda row: row.mult_adds,
    sums.CONNECTIONS: lambda row: row.connections,
    sums.NEURONS: lambda row: row.neurons,
    sums.FEATURES: lambda row: row.output_shape[0],
    sums.HEIGHT: lambda row: row.output_shape[1],
    sums.WIDTH: lambda row: row.output_shape[2],
}


class _Axis(NamedTuple):
    """One side of a layer's windows, its input and its output."""

    name: str
    kernel: int
    stride: int
    padding: int
    dilation: int
    size_in: int
    size_out: int
    ceil: bool

    @property
    def span(self) -> str:
        """The pixels that a window covers, as a sum."""
        return str(self.kernel) if self.dilation == 1 else rf"({self.dilation} \cdot ({self.kernel} - 1) + 1)"

    @property
    def span_letters(self) -> str:
        """The same in letters."""
        return "k" if self.dilation == 1 else "(d(k - 1) + 1)"


def formulas(trace: Trace, index: int) -> list[Formula]:
    """Explain the numbers of one layer; an empty list for one that the trace did not reach."""
    if not 0 <= index < len(trace.rows):
        return []
    row, layer = trace.rows[index], trace.architecture.layers[index]
    axes = _axes(row, layer.window) if layer.window else []
    found = [*_sizes(axes), *_counts(row, layer), _memory(row)]
    if axes:
        found += [*_view(row, axes, *_view_before(trace, index)), *_remainder(row, axes)]
    return found


def _axes(row: LayerRow, window: Window) -> list[_Axis]:
    """Take a layer's windows apart; one axis stands for both where nothing differs between them."""
    sizes = zip(row.input_shape[1:], row.output_shape[1:], strict=True)
    (height, width) = (
        _Axis(side, window.kernel[at], window.stride[at], window.padding[at], window.dilation[at], *size, window.ceil)
        for at, (side, size) in enumerate(zip(SIDES, sizes, strict=True))
    )
    return [height] if height[1:] == width[1:] else [height, width]


def _view_before(trace: Trace, index: int) -> tuple[Pair, Pair]:
    """Give jump and receptive field of a layer's input; a pixel of the picture sees itself."""
    before = trace.rows[index - 1] if index else None
    return (pair(before.jump or 1), pair(before.receptive_field or 1)) if before else ((1, 1), (1, 1))


def _sizes(axes: list[_Axis]) -> Iterator[Formula]:
    for axis in axes:
        yield _size("Height and width" if len(axes) == 1 else axis.name.capitalize(), axis)


def _size(quantity: str, axis: _Axis) -> Formula:
    left, right = (r"\left\lceil", r"\right\rceil") if axis.ceil else (r"\left\lfloor", r"\right\rfloor")
    letters = rf"{left} \dfrac{{n - {axis.span_letters} + 2p}}{{s}} {right} + 1"
    above = f"{axis.size_in} - {axis.span} + 2 \\cdot {axis.padding}"
    dropped = axis.ceil and axis.size_out < _windows_rounded_up(axis)
    counted = rf"{left} \dfrac{{{above}}}{{{axis.stride}}} {right} + 1{' - 1' if dropped else ''}"
    remark = "One window less: the last one would begin in the padding." if dropped else ""
    return Formula(quantity, letters, f"{counted} = {thousands(axis.size_out)}", remark)


def _windows_rounded_up(axis: _Axis) -> int:
    span = axis.dilation * (axis.kernel - 1) + 1
    return -(-(axis.size_in - span + 2 * axis.padding) // axis.stride) + 1


def _counts(row: LayerRow, layer: Layer) -> Iterator[Formula]:
    for sum_ in layer.sums(row.input_shape, row.output_shape):
        value = COUNTED[sum_.quantity](row)
        yield equal(sum_.quantity, latex(sum_.letters), latex(sum_.numbers), value, sum_.remark)


def _memory(row: LayerRow) -> Formula:
    numbers = latex(f"{BYTES} * {sums.product(row.output_shape)}")
    return equal("Output, bytes", r"4 \cdot c \cdot h \cdot w", numbers, row.output_bytes)


def _view(row: LayerRow, axes: list[_Axis], jump: Pair, seen: Pair) -> Iterator[Formula]:
    """What a value sees of the picture; nothing behind an adaptive pooling whose windows differ in size."""
    if row.receptive_field is None or row.jump is None:
        return
    steps = {(axis.kernel, axis.stride, axis.dilation) for axis in axes}
    apart = len(steps) == 2 or jump[0] != jump[1] or seen[0] != seen[1]
    for place, side in enumerate(SIDES if apart else SIDES[:1]):
        axis, said = axes[min(place, len(axes) - 1)], f", {side}" if apart else ""
        letters = rf"r + ({axis.span_letters} - 1) \cdot j"
        numbers = rf"{seen[place]} + ({axis.span} - 1) \cdot {jump[place]}"
        yield equal(f"Receptive field{said}", letters, numbers, pair(row.receptive_field)[place])
        yield equal(f"Jump{said}", r"s \cdot j", rf"{axis.stride} \cdot {jump[place]}", pair(row.jump)[place])


def _remainder(row: LayerRow, axes: list[_Axis]) -> Iterator[Formula]:
    """The rows that no window reaches; only where there are some, for most layers have none."""
    rests = row.remainder or (0, 0)
    if len(axes) == 1:
        yield from _left_over("", "Rows and columns", axes[0], rests[0])
        return
    for side, lines, axis, rest in zip(SIDES, ("Rows", "Columns"), axes, rests, strict=True):
        yield from _left_over(f", {side}", lines, axis, rest)


def _left_over(side: str, lines: str, axis: _Axis, rest: int) -> Iterator[Formula]:
    if not rest:
        return
    reached = rf"({axis.size_out} - 1) \cdot {axis.stride} + {axis.span}"
    numbers = rf"{axis.size_in} + 2 \cdot {axis.padding} - ({reached}) = {thousands(rest)}"
    letters = rf"n + 2p - ((n_{{out}} - 1) \cdot s + {axis.span_letters})"
    remark = f"{lines} at the end of the padded input that no window reaches."
    yield Formula(f"Left over{side}", letters, numbers, remark)
