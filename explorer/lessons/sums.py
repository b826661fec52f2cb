"""A row's numbers as sums that a student would write, with digits and `+ - * / //`; torch's number stands elsewhere."""

from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.layer import Role
from explorer.architecture.trace import LayerRow, Trace


def number_of(trace: Trace, role: Role) -> int:
    """Count the layers that play a role."""
    return sum(layer.role == role for layer in trace.architecture.layers[: len(trace.rows)])


def product(sizes: tuple[int, ...]) -> str:
    """Write sizes as a product: `6 * 28 * 28`."""
    return " * ".join(map(str, sizes))


def params_sum(trace: Trace, row: LayerRow) -> str:
    """Write the parameters of a convolution or a dense layer: `(5 * 5 * 3 + 1) * 6`."""
    layer = trace.architecture.layers[row.index]
    match layer:
        case Conv2d():
            channels = row.input_shape[0] // layer.groups
            return _weights(product((*layer.window.kernel, channels)), layer.out_channels, bias=layer.bias)
        case Linear():
            return _weights(str(row.input_shape[-1]), layer.out_features, bias=layer.bias)
    return str(row.num_params)


def _weights(inputs: str, outputs: int, *, bias: bool) -> str:
    return f"({inputs} + 1) * {outputs}" if bias else f"{inputs} * {outputs}"


def side_sum(trace: Trace, row: LayerRow) -> str:
    """Write the height of what a window gives: `(28 - 5 + 2 * 2) // 1 + 1`."""
    if (window := trace.architecture.layers[row.index].window) is None:
        return str(row.output_shape[-1])
    return f"({row.input_shape[1]} - {window.span[0]} + 2 * {window.padding[0]}) // {window.stride[0]} + 1"


def added(values: list[int]) -> str:
    """Write counts as a sum: `156 + 2416`."""
    return " + ".join(map(str, values))
