"""The formulas of LeNet-5's own kinds of 1998 (LeCun et al., section II.B)."""

from collections.abc import Iterator

from explorer.architecture import layers as kinds
from explorer.architecture.trace import LayerRow
from explorer.views.common.formula import Formula, equal, product

Historic = kinds.PartialConv2d | kinds.Subsample2d | kinds.GaussianRBF


def historic_params(row: LayerRow, layer: Historic) -> Formula:
    """Work out the parameters of one of the kinds of 1998."""
    match layer:
        case kinds.PartialConv2d():
            letters = r"k \cdot k \cdot \text{connected maps} + c_{out}"
            return equal("Parameters", letters, f"{_taps(layer)} + {layer.out_channels}", row.num_params)
        case kinds.Subsample2d():
            return equal("Parameters", r"2 \cdot c", rf"2 \cdot {row.input_shape[0]}", row.num_params)
    numbers = rf"{row.input_shape[-1]} \cdot {layer.out_features}"
    return equal("Parameters", r"n_{in} \cdot n_{out}", numbers, row.num_params, "Fixed codes: none is trained.")


def historic_work(row: LayerRow, layer: Historic) -> Iterator[Formula]:
    """Work out multiply-adds, connections and neurons of one of the kinds of 1998."""
    outputs, plane = product(row.output_shape), product(row.output_shape[1:])
    match layer:
        case kinds.PartialConv2d():
            letters, taps = r"k \cdot k \cdot \text{connected maps}", _taps(layer)
            yield equal("Multiply-adds", rf"({letters}) \cdot (h \cdot w)", rf"({taps}) \cdot ({plane})", row.mult_adds)
            both = rf"({taps} + {layer.out_channels}) \cdot ({plane})"
            yield equal("Connections", rf"({letters} + c_{{out}}) \cdot (h \cdot w)", both, row.connections)
        case kinds.Subsample2d():
            side = layer.kernel_size
            yield equal("Multiply-adds", r"c \cdot h \cdot w", outputs, row.mult_adds)
            seen = rf"({side} \cdot {side} + 1) \cdot ({outputs})"
            yield equal("Connections", r"(k \cdot k + 1) \cdot (c \cdot h \cdot w)", seen, row.connections)
        case kinds.GaussianRBF():
            numbers = rf"{row.input_shape[-1]} \cdot {outputs}"
            yield equal("Multiply-adds", r"n_{in} \cdot n_{out}", numbers, row.mult_adds)
            yield equal("Connections", r"n_{in} \cdot n_{out}", numbers, row.connections)
    yield equal("Neurons", r"c \cdot h \cdot w", outputs, row.neurons)


def _taps(layer: kinds.PartialConv2d) -> str:
    """Write the weights of all kernels: a window for each pair of connected maps."""
    return rf"{layer.kernel_size} \cdot {layer.kernel_size} \cdot {sum(map(len, layer.connections))}"
