"""Convolutions, poolings and zeros around maps, as exporters write them."""

from itertools import pairwise
from typing import NamedTuple

from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.historic import MAX_CONNECTIONS, PartialConv2d, Subsample2d
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.pooling import AvgPool2d, MaxPool2d
from explorer.architecture.kinds.shape import ZeroPad2d
from explorer.architecture.kinds.sizes import Pair, size_words
from explorer.exchange.onnx_graph.found import Found, Part
from explorer.exchange.onnx_graph.graph import Array
from explorer.exchange.onnx_graph.pattern import Constant, OneOf, X, maybe, op

SQUARE = (1, 1)


class Pads(NamedTuple):
    """The rows and columns around maps, in ONNX's order."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def padding(self) -> Pair | None:
        """Height and width of what is the same on opposite sides; None where it is not."""
        return (self.top, self.left) if self[:2] == self[2:] else None


def convolution(found: Found) -> Part:
    """Read a convolution; one that is padded unevenly as zeros around its maps, and a convolution."""
    weight = found.weight("weight")
    if weight.ndim != 4:
        raise found.refusal(f"a kernel of {weight.ndim - 2} dimensions", "height and width")
    out_channels, each, *sides = weight.shape
    _check_channels(found, each)
    zeros, padding, stride, dilation = _windows(found, "Conv", (sides[0], sides[1]))
    layer = Conv2d(
        out_channels=out_channels,
        kernel_size=(sides[0], sides[1]),
        stride=stride,
        padding=padding,
        dilation=dilation,
        groups=found.int_of("Conv", "group", 1),
        bias=found.has("bias"),
    )
    biases = (found.weight("bias", out_channels),) if layer.bias else ()
    return Part((*zeros, layer), (weight, *biases))


def _check_channels(found: Found, each: int) -> None:
    channels, groups = found.maps()[0], found.int_of("Conv", "group", 1)
    if groups < 1 or each * groups != channels:
        raise found.refusal(f"weights for {each * groups:,} channels", f"{channels:,}, which the layer before gives")


def _windows(found: Found, node: str, kernel: Pair) -> tuple[tuple[Layer, ...], Pair, Pair, Pair]:
    """Give a convolution's zeros as a layer of their own, or as its padding, with its stride and dilation."""
    if found.ints_of(node, "kernel_shape", kernel) != kernel:
        raise found.refusal("a kernel_shape that is not its weights'", size_words(kernel))
    stride, dilation = (_pair(found, node, name) for name in ("strides", "dilations"))
    pads = _pads(found, node, (kernel, stride, dilation))
    if pads.padding is None:
        return (ZeroPad2d(padding=(pads.left, pads.right, pads.top, pads.bottom)),), (0, 0), stride, dilation
    return (), pads.padding, stride, dilation


def _pair(found: Found, node: str, name: str) -> Pair:
    sizes = found.ints_of(node, name, SQUARE)
    if len(sizes) != 2 or min(sizes) < 1:
        raise found.refusal(f"{name} {size_words(sizes)}", "two whole numbers from 1")
    return sizes[0], sizes[1]


def _pads(found: Found, node: str, window: tuple[Pair, Pair, Pair]) -> Pads:
    """Give what is around the maps, also where a file leaves it to the size of the pictures."""
    auto = found.text_of(node, "auto_pad", "NOTSET")
    if auto in ("SAME_UPPER", "SAME_LOWER"):
        ends = [_same(size, *sides) for size, *sides in zip(found.maps()[1:], *window, strict=True)]
        few, many = [each // 2 for each in ends], [each - each // 2 for each in ends]
        return Pads(*few, *many) if auto == "SAME_UPPER" else Pads(*many, *few)
    if auto not in ("NOTSET", "VALID"):
        raise found.refusal(f"auto_pad {auto!r:.20}", "NOTSET, VALID, SAME_UPPER or SAME_LOWER")
    return Pads(*(found.ints_of(node, "pads", (0, 0, 0, 0)) if auto == "NOTSET" else (0, 0, 0, 0)))


def _same(size: int, kernel: int, stride: int, dilation: int) -> int:
    """Count the pixels to add so that as many windows fit as steps go into the size, begun ones included."""
    return max(0, (-(-size // stride) - 1) * stride + dilation * (kernel - 1) + 1 - size)


def max_pooling(found: Found) -> Part:
    """Read a pooling that takes the largest values."""
    return Part((MaxPool2d(*_sliding(found, "MaxPool")),))


def mean_pooling(found: Found) -> Part:
    """Read a pooling that takes means, zeros of the padding counted in: torch's own way."""
    kernel, stride, padding, ceil_mode = _sliding(found, "AveragePool")
    if padding != (0, 0) and not found.flag_of("AveragePool", "count_include_pad"):
        raise found.refusal("means that leave the padding out", "count_include_pad 1, or no padding")
    return Part((AvgPool2d(kernel, stride, padding, ceil_mode),))


def _sliding(found: Found, node: str) -> tuple[Pair, Pair, Pair, bool]:
    """Give a pooling's kernel, stride, padding and whether it rounds up."""
    found.maps()
    kernel, stride = (_pair(found, node, name) for name in ("kernel_shape", "strides"))
    if "kernel_shape" not in found.matched.nodes[node].attributes or _pair(found, node, "dilations") != SQUARE:
        raise found.refusal("dilated windows, or none", "a kernel_shape and dilations of 1")
    pads = _pads(found, node, (kernel, stride, SQUARE))
    if pads.padding is None:
        raise found.refusal(f"pads {size_words(pads)}", "the same on opposite sides")
    ceil_mode = found.flag_of(node, "ceil_mode")
    if ceil_mode:
        _check_rounding(found, kernel, stride, pads.padding)
    return kernel, stride, pads.padding, ceil_mode


def _check_rounding(found: Found, kernel: Pair, stride: Pair, padding: Pair) -> None:
    """Refuse a last window that lies in the padding alone: ONNX counts it, torch and most runtimes do not."""
    for size, window, step, zeros in zip(found.maps()[1:], kernel, stride, padding, strict=True):
        last = -(-(size + 2 * zeros - window) // step) * step
        if last >= size + zeros:
            raise found.refusal("ceil_mode with a window in the padding alone", "windows that hold a pixel")


def subsampling(found: Found) -> Part:
    """Read LeNet-5's pooling: a mean times the window's size is its sum, then a coefficient and a bias for each map."""
    kernel, stride, padding, ceil_mode = _sliding(found, "AveragePool")
    is_plain = kernel == stride and kernel[0] == kernel[1] and padding == (0, 0) and not ceil_mode
    area = found.number("area") if found.has("area") else 1  # an exporter leaves a factor of 1 out
    if not is_plain or area != kernel[0] ** 2:
        raise found.refusal("means that are multiplied", "LeNet-5's subsampling, whose windows do not overlap")
    channels = found.maps()[0]
    each = [found.weight(name, channels, 1, 1).reshape(channels) for name in ("weight", "bias")]
    return Part((Subsample2d(kernel_size=kernel[0]),), tuple(each))


def partial_convolution(found: Found) -> Part:
    """Read LeNet-5's third layer: kernels that are put into a weight of zeros at the places of the connections."""
    out_channels, maps, *sides = (*found.whole("shape"), 0, 0)[:4]
    kernels, places = found.weight("kernels"), found.array("places")
    is_plain = kernels.ndim == 3 and sides == [*kernels.shape[1:]] and sides[0] == sides[1] and maps == found.maps()[0]
    in_bounds = out_channels <= places.size == len(kernels) <= MAX_CONNECTIONS
    if not (is_plain and in_bounds) or places.dtype.kind != "i" or found.int_of("Conv", "group", 1) != 1:
        raise found.refusal("weights that are put together", "LeNet-5's partial convolution")
    _check_zeros(found, out_channels * maps)
    zeros, padding, stride, dilation = _windows(found, "Conv", (sides[0], sides[1]))
    if zeros or (padding, stride, dilation) != ((0, 0), SQUARE, SQUARE):
        raise found.refusal("a partial convolution with other windows", "stride 1 and no padding")
    layer = PartialConv2d(
        out_channels=out_channels, kernel_size=sides[0], connections=_connections(found, places, out_channels, maps)
    )
    return Part((layer,), (kernels, found.weight("bias", out_channels)))


def _connections(found: Found, places: Array, out_channels: int, maps: int) -> tuple[tuple[int, ...], ...]:
    """Give each output map's inputs; they must stand in the order of the output maps, as the kernels do."""
    each = [divmod(int(place), maps) for place in places.ravel().tolist()]
    in_order = all(one[0] <= other[0] for one, other in pairwise(each))
    if not in_order or {out for out, _ in each} != set(range(out_channels)):
        raise found.refusal("connections in another order", "those of each output map after the other")
    return tuple(tuple(number for out, number in each if out == which) for which in range(out_channels))


def _check_zeros(found: Found, kernels: int) -> None:
    """The kernels are put into zeros, as many as there are pairs of maps."""
    if found.has("zeros") and (found.array("zeros").any() or len(found.array("zeros")) != kernels):
        raise found.refusal("kernels that are put into others", "zeros where there is no connection")
    if found.has("sizes") and found.whole("sizes")[0] != kernels:
        raise found.refusal("another number of kernels", f"{kernels:,}")
    filled = found.matched.nodes.get("ConstantOfShape")
    if filled and (value := filled.attributes.get("value")) is not None and getattr(value, "any", lambda: True)():
        raise found.refusal("kernels that are put into others", "zeros where there is no connection")


ZEROS = OneOf((op("ConstantOfShape", Constant("sizes")), Constant("zeros")))
SPREAD = op("Expand", Constant("places"), Constant("as_kernels"))
SCATTERED = OneOf(
    (
        op("ScatterND", ZEROS, Constant("places"), Constant("kernels")),
        *(op(kind, ZEROS, SPREAD, Constant("kernels")) for kind in ("ScatterElements", "Scatter")),
    )
)
MEANS = op("AveragePool", X)
FORMS = [
    (
        op("Conv", X, op("Reshape", SCATTERED, Constant("shape"), name="shaped"), Constant("bias")),
        partial_convolution,
    ),
    (op("Conv", X, Constant("weight"), Constant("bias", optional=True)), convolution),
    (
        op("Add", op("Mul", maybe("Mul", MEANS, Constant("area")), Constant("weight")), Constant("bias")),
        subsampling,
    ),
    (op("MaxPool", X), max_pooling),
    (MEANS, mean_pooling),
]
