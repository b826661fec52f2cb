"""Adaptive poolings, as exporters write them: of whole maps, or window by window along height and then along width."""

from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.pooling import AdaptiveAvgPool2d, AdaptiveMaxPool2d, AdaptivePool2d
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.kinds.sizes import Pair, Shape, pair
from explorer.exchange.onnx_graph.found import Found, Part
from explorer.exchange.onnx_graph.pattern import Constant, Every, OneOf, X, op

KINDS: dict[str, type[AdaptivePool2d]] = {"ReduceMean": AdaptiveAvgPool2d, "ReduceMax": AdaptiveMaxPool2d}
HEIGHT, WIDTH = 2, 3  # dimensions


def mean_of_maps(found: Found) -> Part:
    """Read the mean of each map."""
    found.maps()
    return Part((AdaptiveAvgPool2d(output_size=1),))


def largest_of_maps(found: Found) -> Part:
    """Read the largest value of each map."""
    found.maps()
    return Part((AdaptiveMaxPool2d(output_size=1),))


def reduced(found: Found) -> Part:
    """Read one window along height, width or both, as maps or as a row."""
    kind, axes = found.root.op, found.axes(found.root.op)
    _, height, width = found.maps()
    sizes = {(HEIGHT,): (1, width), (WIDTH,): (height, 1), (HEIGHT, WIDTH): (1, 1)}
    kept = found.flag_of(kind, "keepdims", default=True)
    if axes not in sizes or not (kept or len(axes) == 2):
        raise found.refusal("other axes than height and width", "both of them, or one that stays")
    pooling = KINDS[kind](output_size=sizes[axes])
    return Part((pooling,) if kept else (pooling, Flatten()))


def windows(found: Found) -> Part:
    """Read windows along height or width; they must be those of an adaptive pooling."""
    axis, number = found.int_of("Concat", "axis", 0) % 4, len(found.root.inputs)
    _, height, width = found.maps()
    size = {HEIGHT: height, WIDTH: width}.get(axis, 0)
    kind = next(kind for kind in KINDS if f"{kind} 0" in found.matched.nodes)
    for place in range(number):
        first, end = place * size // number, -(-(place + 1) * size // number)
        node = f"{kind} {place}"
        is_along = found.axes(node, f"axes {place}") == (axis,) and found.flag_of(node, "keepdims", default=True)
        if not is_along or _cut(found, place, axis, size) != (first, end):
            raise found.refusal("parts of maps", "the windows of an adaptive pooling, one after the other")
    return Part((KINDS[kind](output_size=(number, width) if axis == HEIGHT else (height, number)),))


def _cut(found: Found, place: int, axis: int, size: int) -> Pair | None:
    """Give where a window begins and ends; None where it is cut along another axis, or with gaps."""
    if f"Slice {place}" not in found.matched.nodes:
        return 0, size
    given = [
        found.whole(f"{name} {place}") for name in ("starts", "ends", "along", "steps") if found.has(f"{name} {place}")
    ]
    match given:
        case [(start,), (end,), (along,), *steps] if along == axis and steps in ([], [(1,)]):
            return start, min(end, size)
    return None


def merged(first: Layer, second: Layer, shape: Shape) -> AdaptivePool2d | None:
    """Give the one pooling that two are, if the first changes only the height of a shape and the second its width."""
    if not (isinstance(first, AdaptivePool2d) and isinstance(second, type(first))):
        return None
    (height, kept), (same, width) = pair(first.output_size), pair(second.output_size)
    return type(second)(output_size=(height, width)) if (kept, same) == (shape[-1], height) else None


AXES = Constant("axes", optional=True)
CUT = op(
    "Slice", X, Constant("starts"), Constant("ends"), Constant("along", optional=True), Constant("steps", optional=True)
)
FORMS = [
    (op("GlobalAveragePool", X), mean_of_maps),
    (op("GlobalMaxPool", X), largest_of_maps),
    *((op(kind, X, AXES), reduced) for kind in KINDS),
    *((op("Concat", Every(op(kind, OneOf((CUT, X)), AXES))), windows) for kind in KINDS),
]
