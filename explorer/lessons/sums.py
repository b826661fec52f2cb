"""A row's numbers as sums that a student would write, with digits and `+ - * / //`; torch's number stands elsewhere."""

from explorer.architecture import layers as kinds
from explorer.architecture.diagnose import Sliding, padding, stride, window_span
from explorer.architecture.trace import LayerRow, Trace

CONVOLUTIONS, POOLINGS, DENSES = ("Conv2d",), ("Pool2d", "Subsample2d"), ("Linear", "GaussianRBF")


def number_of(trace: Trace, endings: tuple[str, ...]) -> int:
    """Count the layers whose kind's name ends in one of some ways."""
    return sum(row.kind.endswith(endings) for row in trace.rows)


def product(sizes: tuple[int, ...]) -> str:
    """Write sizes as a product: `6 * 28 * 28`."""
    return " * ".join(map(str, sizes))


def params_sum(trace: Trace, row: LayerRow) -> str:
    """Write the parameters of a convolution or a dense layer: `(5 * 5 * 3 + 1) * 6`."""
    layer = trace.architecture.layers[row.index]
    match layer:
        case kinds.Conv2d():
            channels = row.input_shape[0] // layer.groups
            return _weights(
                product((layer.kernel_size, layer.kernel_size, channels)), layer.out_channels, bias=layer.bias
            )
        case kinds.Linear():
            return _weights(str(row.input_shape[-1]), layer.out_features, bias=layer.bias)
    return str(row.num_params)


def _weights(inputs: str, outputs: int, *, bias: bool) -> str:
    return f"({inputs} + 1) * {outputs}" if bias else f"{inputs} * {outputs}"


def side_sum(trace: Trace, row: LayerRow) -> str:
    """Write the height of what a window gives: `(28 - 5 + 2 * 2) // 1 + 1`."""
    layer = trace.architecture.layers[row.index]
    if not isinstance(layer, Sliding):
        return str(row.output_shape[-1])
    return f"({row.input_shape[1]} - {window_span(layer)} + 2 * {padding(layer)}) // {stride(layer)} + 1"


def added(values: list[int]) -> str:
    """Write counts as a sum: `156 + 2416`."""
    return " + ".join(map(str, values))
