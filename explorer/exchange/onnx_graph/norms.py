"""Normalisations, as exporters write them."""

from explorer.architecture.kinds.normalisation import BatchNorm1d, BatchNorm2d, LocalResponseNorm
from explorer.exchange.onnx_graph.found import Found, Part
from explorer.exchange.onnx_graph.graph import Node, as_written
from explorer.exchange.onnx_graph.pattern import Constant, OneOf, X, maybe, op

STATISTICS = ("scale", "shift", "mean", "variance")
EPSILON, MOMENTUM = 1e-5, 0.9  # ONNX's own
INNER = ("Squeeze", "Identity", "Constant")  # what the branches of the older exporter's question hold


def batch_norm(found: Found) -> Part:
    """Read a batch normalisation with the statistics that it has gathered."""
    if found.flag_of("BatchNormalization", "training_mode") or found.int_of("BatchNormalization", "spatial", 1) != 1:
        raise found.refusal("a normalisation that is being trained", "training_mode 0")
    kind = BatchNorm2d if len(found.shape) == 3 else BatchNorm1d
    eps = found.float_of("BatchNormalization", "epsilon", EPSILON)
    # ONNX weighs the old statistics, torch the new ones.
    momentum = as_written(1 - found.float_of("BatchNormalization", "momentum", MOMENTUM))
    weights = tuple(found.weight(name, found.shape[0]) for name in STATISTICS)
    return Part((kind(eps=eps, momentum=round(momentum, 6)),), weights)


def response_norm(found: Found) -> Part:
    """Read AlexNet's normalisation; ONNX and torch lay an even number of channels about the middle one differently."""
    found.maps()
    size = found.int_of("LRN", "size", 0)
    if size % 2 == 0:
        raise found.refusal(f"an even size, {size}", "an odd one: of an even one torch takes another channel")
    alpha, beta, k = (
        found.float_of("LRN", name, default) for name, default in (("alpha", 1e-4), ("beta", 0.75), ("bias", 1.0))
    )
    return Part((LocalResponseNorm(size=size, alpha=alpha, beta=beta, k=k),))


def written_response_norm(found: Found) -> Part:
    """Read the same as torch computes it: the mean over neighbouring channels of squares, a dimension more for them."""
    channels, height, width = found.maps()
    allow_zero = [found.flag_of(name, "allowzero") for name in ("wide", "flat") if name in found.matched.nodes]
    wide = found.reshaped(found.whole("wide"), allow_zero=allow_zero[0])
    flat = found.reshaped(found.whole("flat"), allow_zero=allow_zero[-1]) if found.has("flat") else found.shape
    kernel = found.ints_of("AveragePool", "kernel_shape", (1, 1, 1))
    size = kernel[0]
    is_plain = wide == (1, channels, height, width) and flat == found.shape and kernel == (size, 1, 1)
    if not is_plain or not _means_are_plain(found) or _padded(found) != (size // 2, (size - 1) // 2):
        raise found.refusal("a quotient", "a local response norm")
    alpha, beta, k = (found.number(name) for name in ("alpha", "beta", "k"))
    return Part((LocalResponseNorm(size=size, alpha=alpha, beta=beta, k=k),))


def _means_are_plain(found: Found) -> bool:
    """Tell whether windows go one by one without a padding of their own, and the dimension more goes again."""
    strides = found.ints_of("AveragePool", "strides", (1, 1, 1))
    pads = found.ints_of("AveragePool", "pads", (0,) * 6)
    is_plain = strides == (1, 1, 1) and not any(pads) and not found.flag_of("AveragePool", "ceil_mode")
    question = found.matched.nodes.get("If")
    pooled = found.matched.nodes["AveragePool"].outputs[0]
    if question and not (found.has("flat") and _only_squeezes(question, pooled)):
        return False
    if "Squeeze" not in found.matched.nodes:
        return is_plain
    return is_plain and found.axes("Squeeze") == (1,)


def _only_squeezes(question: Node, pooled: str) -> bool:
    """Tell whether both branches give the same values, so that the shape they get next is all that counts."""
    branches = [question.attributes.get(name) for name in ("then_branch", "else_branch")]
    nodes = [node for branch in branches if isinstance(branch, tuple) for node in branch if isinstance(node, Node)]
    using = [node for node in nodes if node.op != "Constant"]
    return all(node.op in INNER for node in nodes) and [node.inputs[0] for node in using] == [pooled, pooled]


def _padded(found: Found) -> tuple[int, int]:
    """Give the channels of zeros before and after; (-1, -1) where anything else is added."""
    before, after = 0, 0
    for name in ("Pad", "again"):
        if (node := found.matched.nodes.get(name)) is None:
            continue
        given = f"{name}_pads"
        pads = found.whole(given) if found.has(given) else found.ints_of(name, "pads", (0,) * 10)
        filler = found.number(f"{name}_value") if found.has(f"{name}_value") else found.float_of(name, "value", 0.0)
        others = [size for place, size in enumerate(pads) if place not in (2, 7)]
        if len(pads) != 10 or any(others) or filler != 0 or node.attributes.get("mode", "constant") != "constant":
            return -1, -1
        before, after = before + pads[2], after + pads[7]
    return before, after


def _pad(name: str) -> tuple[Constant, Constant]:
    return Constant(f"{name}_pads", optional=True), Constant(f"{name}_value", optional=True)


WIDE = op("Reshape", op("Mul", X, X, name="square"), Constant("wide"), name="wide")
PADDED = maybe("Pad", maybe("Pad", WIDE, *_pad("Pad"), name="Pad"), *_pad("again"), name="again")
MEANS = op("AveragePool", PADDED)
NARROW = OneOf((op("Squeeze", MEANS, Constant("axes", optional=True)), op("If", Constant("condition"), MEANS), MEANS))
SCALED = op("Mul", maybe("Reshape", NARROW, Constant("flat"), name="flat"), Constant("alpha"), name="scaled")
FORMS = [
    (
        op("BatchNormalization", X, *map(Constant, STATISTICS)),
        batch_norm,
    ),
    (op("LRN", X), response_norm),
    (op("Div", X, op("Pow", op("Add", SCALED, Constant("k")), Constant("beta"))), written_response_norm),
]
