"""Dense layers, what lays maps out as rows, and probabilities, as exporters write them."""

import numpy as np

from explorer.architecture.build import build_layer
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.historic import GaussianRBF
from explorer.architecture.kinds.output import LogSoftmax, Softmax
from explorer.architecture.kinds.shape import Flatten, ZeroPad2d
from explorer.architecture.kinds.sizes import shape_words
from explorer.exchange.onnx_graph.found import Found, Part
from explorer.exchange.onnx_graph.graph import Array
from explorer.exchange.onnx_graph.pattern import Constant, OneOf, X, op

ONE_SOFTMAX = 13  # the version of ONNX from which a softmax is along one dimension, not all from it on
SPATIAL = (2, 3)


def gemm(found: Found) -> Part:
    """Read a dense layer with its bias, if it has one."""
    return _linear(found, _gemm_weight(found))


def _gemm_weight(found: Found) -> Array:
    """Give the weights of rows, outputs × inputs."""
    factors = [found.float_of("Gemm", name, 1.0) for name in ("alpha", "beta")]
    if factors != [1, 1] or found.flag_of("Gemm", "transA") or len(found.shape) != 1:
        raise found.refusal("a product with factors, or not of a row", "rows, alpha 1 and beta 1")
    weight = found.weight("weight")
    return weight if found.flag_of("Gemm", "transB") else weight.T


def matmul(found: Found) -> Part:
    """Read a dense layer as a product, and often a sum."""
    return _linear(found, found.weight("weight").T)


def _linear(found: Found, weight: Array) -> Part:
    if weight.ndim != 2 or weight.shape[1] != found.shape[-1]:
        allowed = f"a matrix for {found.shape[-1]:,} inputs, which the layer before gives"
        raise found.refusal(f"weights of {shape_words(weight.shape)}", allowed)
    outputs, biases = len(weight), ()
    if found.has("bias"):
        bias = found.weight("bias")
        if bias.size != outputs or bias.shape[-1:] != (outputs,) or bias.ndim > 1 + len(found.shape):
            raise found.refusal(f"a bias of {shape_words(bias.shape) or 'one number'}", f"{outputs:,} numbers")
        return Part((Linear(out_features=outputs),), (weight, bias.reshape(-1)))
    return Part((Linear(out_features=outputs, bias=False),), (weight, *biases))


def distances(found: Found) -> Part:
    """Read LeNet-5's output by |x|² + |w|² − 2·x·w; its codes must be those that the program has."""
    is_gemm = "Gemm" in found.matched.nodes
    weight = _gemm_weight(found) if is_gemm else found.weight("weight").T
    features = found.shape[-1]
    root = "ReduceSum"
    is_plain = len(found.shape) == 1 and found.axes(root) == (1,) and found.flag_of(root, "keepdims", default=True)
    numbers = found.number("squares"), found.number("two"), found.number("power") if found.has("power") else 2
    if not is_plain or numbers != (features, 2, 2) or weight.shape[1:] != (features,):
        raise found.refusal("a difference of sums", "LeNet-5's distances to codes of ±1")
    layer = GaussianRBF(out_features=len(weight))
    if not np.array_equal(weight, build_layer(layer, found.shape).get_parameter("weight").numpy()):
        raise found.refusal("distances to other codes", "the digits' bitmaps, or the codes that every such design has")
    return Part((layer,), (weight,))


def flatten(found: Found) -> Part:
    """Read maps that are laid out as a row."""
    if found.int_of("Flatten", "axis", 1) not in (1, -len(found.shape)):
        raise found.refusal("an axis other than 1", "axis 1, after the pictures")
    return _laid_out(found, (int(np.prod(found.shape, dtype=object)),))


def reshape(found: Found) -> Part:
    """Read a new shape that is a row, or the same."""
    return _laid_out(found, found.reshaped(found.whole("shape"), allow_zero=found.flag_of("Reshape", "allowzero")))


def squeeze(found: Found) -> Part:
    """Read maps of one pixel that are made a row."""
    if found.axes("Squeeze") != SPATIAL or found.maps()[1:] != (1, 1):
        raise found.refusal("dimensions that go", "height and width of maps of one pixel")
    return Part((Flatten(),))


def _laid_out(found: Found, shape: tuple[int, ...]) -> Part:
    if shape == found.shape:
        return Part()
    if len(shape) != 1:
        raise found.refusal(f"a new shape {shape_words(shape)}", "a row of features")
    return Part((Flatten(),))


def softmax(found: Found) -> Part:
    """Read probabilities, or their logarithms, along one dimension."""
    kind, rank = found.root.op, 1 + len(found.shape)
    axis = found.int_of(kind, "axis", -1 if found.opset >= ONE_SOFTMAX else 1)
    last = axis % rank == rank - 1
    if not -rank < axis < rank or axis == 0 or (found.opset < ONE_SOFTMAX and not last):
        raise found.refusal(f"axis {axis}", "one dimension, other than the pictures'")
    return _along(kind, axis if axis == -1 else axis % rank)


def turned_softmax(found: Found) -> Part:
    """Read probabilities along a dimension that is turned to the end and back."""
    rank = 1 + len(found.shape)
    there, back = (found.ints_of(name, "perm", tuple(range(rank))[::-1]) for name in ("there", "back"))
    kind = "Softmax" if "Softmax" in found.matched.nodes else "LogSoftmax"
    axis = found.int_of(kind, "axis", -1 if found.opset >= ONE_SOFTMAX else 1)
    is_turned = sorted(there) == list(range(rank)) == sorted(back) and [there[place] for place in back] == sorted(there)
    if not is_turned or axis not in (-1, rank - 1) or there[-1] == 0:
        raise found.refusal("dimensions in another order", "a softmax along one of them")
    return _along(kind, there[-1])


def _along(kind: str, dim: int) -> Part:
    layer = {"Softmax": Softmax, "LogSoftmax": LogSoftmax}[kind]
    return Part((layer(dim=dim),))  # type: ignore[arg-type]  # held against the kind's bounds as all layers are


def zero_padding(found: Found) -> Part:
    """Read zeros around maps."""
    if found.text_of("Pad", "mode", "constant") != "constant" or _filler(found) != 0:
        raise found.refusal("a border of something else", "zeros")
    zeros = _zeros(found)
    return Part((ZeroPad2d(padding=zeros),) if any(zeros) else ())


def _filler(found: Found) -> float:
    return found.number("value") if found.has("value") else found.float_of("Pad", "value", 0.0)


def _zeros(found: Found) -> tuple[int, ...]:
    """Give the zeros left, right, above and below."""
    rank = 1 + len(found.maps())
    pads = found.whole("pads") if found.has("pads") else found.ints_of("Pad", "pads", (0,) * 2 * rank)
    axes = found.axes("Pad") or tuple(range(rank))
    if len(pads) != 2 * len(axes) or (found.has("axes") and axes != tuple(found.whole("axes"))):
        raise found.refusal(f"{len(pads)} pads", f"{2 * len(axes)}, in the order of the dimensions")
    first, last = (dict(zip(axes, part, strict=True)) for part in (pads[: len(axes)], pads[len(axes) :]))
    if any(side.get(axis, 0) for side in (first, last) for axis in (0, 1)):
        raise found.refusal("pads around pictures or channels", "zeros around maps")
    return first.get(3, 0), last.get(3, 0), first.get(2, 0), last.get(2, 0)


AXES = Constant("axes", optional=True)
WEIGHT, BIAS = Constant("weight"), Constant("bias", optional=True)
PRODUCT = op("MatMul", X, WEIGHT)
SQUARES = OneOf((op("Mul", X, X, name="square"), op("Pow", X, Constant("power"))))
SUMS = op("Add", op("ReduceSum", SQUARES, AXES), Constant("squares"), name="sums")
PRODUCTS = op("Mul", OneOf((op("Gemm", X, WEIGHT), PRODUCT)), Constant("two"), name="twice")
FORMS = [
    (op("Sub", SUMS, PRODUCTS), distances),
    (op("Gemm", X, WEIGHT, BIAS), gemm),
    (op("Add", PRODUCT, Constant("bias")), matmul),
    (PRODUCT, matmul),
    (op("Flatten", X), flatten),
    (op("Reshape", X, Constant("shape")), reshape),
    (op("Squeeze", X, AXES), squeeze),
    (op("Softmax", X), softmax),
    (op("LogSoftmax", X), softmax),
    *(
        (op("Transpose", op(kind, op("Transpose", X, name="there")), name="back"), turned_softmax)
        for kind in ("Softmax", "LogSoftmax")
    ),
    (op("Pad", X, Constant("pads", optional=True), Constant("value", optional=True), AXES), zero_padding),
]
