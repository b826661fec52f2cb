"""How a row's numbers come about: formulas with the row's own numbers, in LaTeX.

The right side of each is the number that torch gave; the left side is what a student would put on paper. Nothing here
feeds the table: a test evaluates every left side and holds it against torch's number.
"""

from collections.abc import Iterator

from explorer.architecture import layers as kinds
from explorer.architecture.cost import BYTES
from explorer.architecture.diagnose import Sliding, padding, stride, window_span
from explorer.architecture.trace import LayerRow, Trace
from explorer.views.common.formula import Formula, equal, product, thousands
from explorer.views.design.historic_formulas import historic_params, historic_work

SIDES = ("height", "width")


def formulas(trace: Trace, index: int) -> list[Formula]:
    """Explain the numbers of one layer; an empty list for one that the trace did not reach."""
    if not 0 <= index < len(trace.rows):
        return []
    row, layer = trace.rows[index], trace.architecture.layers[index]
    jump, seen = _view_before(trace, index)
    found = [*_sizes(row, layer), *_params(row, layer), *_work(row, layer), *_memory(row)]
    if isinstance(layer, Sliding):
        found += [*_view(row, layer, jump, seen), *_remainder(row, layer)]
    return found


def _view_before(trace: Trace, index: int) -> tuple[int, int]:
    """Give jump and receptive field of a layer's input; a pixel of the picture sees itself."""
    before = trace.rows[index - 1] if index else None
    return (before.jump or 1, before.receptive_field or 1) if before else (1, 1)


def _sizes(row: LayerRow, layer: kinds.Layer) -> Iterator[Formula]:
    if isinstance(layer, Sliding):
        pairs = zip(SIDES, row.input_shape[1:], row.output_shape[1:], strict=True)
        square = len(set(row.input_shape[1:])) == 1
        for side, size_in, size_out in list(pairs)[: 1 if square else 2]:
            yield _size(layer, "Height and width" if square else side.capitalize(), size_in, size_out)
    elif isinstance(layer, kinds.Flatten):
        yield equal("Features", r"c \cdot h \cdot w", product(row.input_shape), row.output_shape[0])


def _size(layer: Sliding, quantity: str, size_in: int, size_out: int) -> Formula:
    step = stride(layer)
    ceil = getattr(layer, "ceil_mode", False)
    left, right = (r"\left\lceil", r"\right\rceil") if ceil else (r"\left\lfloor", r"\right\rfloor")
    letters = rf"{left} \dfrac{{n - {_span_letters(layer)} + 2p}}{{s}} {right} + 1"
    above = f"{size_in} - {_span(layer)} + 2 \\cdot {padding(layer)}"
    dropped = ceil and size_out < _windows_rounded_up(layer, size_in)
    numbers = rf"{left} \dfrac{{{above}}}{{{step}}} {right} + 1{' - 1' if dropped else ''} = {thousands(size_out)}"
    remark = "One window less: the last one would begin in the padding." if dropped else ""
    return Formula(quantity, letters, numbers, remark)


def _windows_rounded_up(layer: Sliding, size_in: int) -> int:
    return -(-(size_in - window_span(layer) + 2 * padding(layer)) // stride(layer)) + 1


def _span_letters(layer: Sliding) -> str:
    return "k" if getattr(layer, "dilation", 1) == 1 else "(d(k - 1) + 1)"


def _span(layer: Sliding) -> str:
    dilation = getattr(layer, "dilation", 1)
    plain = str(layer.kernel_size)
    return plain if dilation == 1 else rf"({dilation} \cdot ({plain} - 1) + 1)"


def _params(row: LayerRow, layer: kinds.Layer) -> Iterator[Formula]:
    match layer:
        case kinds.Conv2d():
            inputs = _kernel_letters(layer), _kernel(row, layer)
            yield _weights(row, inputs, ("c_{out}", str(layer.out_channels)), bias=layer.bias)
        case kinds.Linear():
            inputs = "n_{in}", str(row.input_shape[-1])
            yield _weights(row, inputs, ("n_{out}", str(layer.out_features)), bias=layer.bias)
        case kinds.BatchNorm2d() | kinds.BatchNorm1d():
            remark = "A scale and a shift each; the running mean and variance are not trained and not counted."
            yield equal("Parameters", r"2 \cdot c", rf"2 \cdot {row.input_shape[0]}", row.num_params, remark)
        case kinds.PartialConv2d() | kinds.Subsample2d() | kinds.GaussianRBF():
            yield historic_params(row, layer)


def _weights(row: LayerRow, inputs: tuple[str, str], outputs: tuple[str, str], *, bias: bool) -> Formula:
    letters, numbers = (
        rf"{_with_bias(seen, bias=bias)} \cdot {made}" for seen, made in zip(inputs, outputs, strict=True)
    )
    return equal("Parameters", letters, numbers, row.num_params)


def _work(row: LayerRow, layer: kinds.Layer) -> Iterator[Formula]:
    """Multiply-adds, connections and neurons of a weight layer; the connections of a pooling."""
    match layer:
        case kinds.Conv2d():
            inputs = _kernel_letters(layer), _kernel(row, layer)
            yield from _weight_work(row, inputs, r"c_{out} \cdot h \cdot w", bias=layer.bias)
        case kinds.Linear():
            yield from _weight_work(row, ("n_{in}", str(row.input_shape[-1])), "n_{out}", bias=layer.bias)
        case kinds.MaxPool2d() | kinds.AvgPool2d():
            numbers = rf"{layer.kernel_size} \cdot {layer.kernel_size} \cdot {_whole(product(row.output_shape))}"
            yield equal("Connections", r"k \cdot k \cdot (c \cdot h \cdot w)", numbers, row.connections)
        case kinds.PartialConv2d() | kinds.Subsample2d() | kinds.GaussianRBF():
            yield from historic_work(row, layer)


def _weight_work(row: LayerRow, inputs: tuple[str, str], outputs: str, *, bias: bool) -> Iterator[Formula]:
    made, (letters, numbers) = _whole(product(row.output_shape)), map(_whole, inputs)
    yield equal("Multiply-adds", rf"{letters} \cdot {_whole(outputs)}", rf"{numbers} \cdot {made}", row.mult_adds)
    letters, numbers = (_with_bias(part, bias=bias) for part in inputs)
    yield equal("Connections", rf"{letters} \cdot {_whole(outputs)}", rf"{numbers} \cdot {made}", row.connections)
    yield equal("Neurons", outputs, product(row.output_shape), row.neurons)


def _memory(row: LayerRow) -> Iterator[Formula]:
    yield equal(
        "Output, bytes", r"4 \cdot c \cdot h \cdot w", rf"{BYTES} \cdot {product(row.output_shape)}", row.output_bytes
    )


def _view(row: LayerRow, layer: Sliding, jump: int, seen: int) -> Iterator[Formula]:
    """What a value sees of the picture; nothing behind an adaptive pooling whose windows differ in size."""
    if row.receptive_field is None or row.jump is None:
        return
    letters = rf"r + ({_span_letters(layer)} - 1) \cdot j"
    numbers = rf"{seen} + ({_span(layer)} - 1) \cdot {jump}"
    yield equal("Receptive field", letters, numbers, row.receptive_field)
    yield equal("Jump", r"s \cdot j", rf"{stride(layer)} \cdot {jump}", row.jump)


def _remainder(row: LayerRow, layer: Sliding) -> Iterator[Formula]:
    """The rows that no window reaches; only where there are some, for most layers have none."""
    step = stride(layer)
    for side, size_in, size_out, rest in zip(
        SIDES, row.input_shape[1:], row.output_shape[1:], row.remainder or (), strict=False
    ):
        if rest:
            reached = rf"({size_out} - 1) \cdot {step} + {_span(layer)}"
            numbers = rf"{size_in} + 2 \cdot {padding(layer)} - ({reached}) = {thousands(rest)}"
            remark = (
                f"{'Rows' if side == 'height' else 'Columns'} at the end of the padded input that no window reaches."
            )
            yield Formula(
                f"Left over, {side}", rf"n + 2p - ((n_{{out}} - 1) \cdot s + {_span_letters(layer)})", numbers, remark
            )


def _kernel(row: LayerRow, layer: kinds.Conv2d) -> str:
    """Write what one output of a convolution multiplies: its window in each channel of its group."""
    channels = str(row.input_shape[0])
    if layer.groups > 1:
        channels = rf"\frac{{{channels}}}{{{layer.groups}}}"
    return rf"{layer.kernel_size} \cdot {layer.kernel_size} \cdot {channels}"


def _kernel_letters(layer: kinds.Conv2d) -> str:
    return r"k \cdot k \cdot " + (r"\frac{c_{in}}{g}" if layer.groups > 1 else "c_{in}")


def _with_bias(inputs: str, *, bias: bool) -> str:
    return f"({inputs} + 1)" if bias else inputs


def _whole(product: str) -> str:
    """Put a product into parentheses, so that it reads as one factor."""
    return f"({product})" if " " in product else product
