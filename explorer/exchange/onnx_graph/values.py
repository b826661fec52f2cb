"""What the numbers of a graph are that do not hang on the picture: weights, and shapes that are put together."""

from collections.abc import Callable, Mapping
from itertools import islice

import numpy as np

from explorer.architecture.errors import DesignError
from explorer.architecture.kinds.sizes import Shape
from explorer.exchange.onnx_graph.graph import Array, Graph, Node

BATCH = -(2**40)  # stands for the number of pictures in a shape
MOST = 64  # values of a shape that is put together
DEEPEST = 40  # operators one on another; a padding of the older exporter has seven
FLOAT, INT64 = 1, 7
Shapes = Mapping[str, Shape]  # of the chain's tensors, the batch left out


class Values:
    """Computes what a graph's constant tensors hold, of given shapes of the tensors that are not."""

    def __init__(self, graph: Graph, shapes: Shapes) -> None:
        self._graph = graph
        self._shapes = shapes
        self._known = dict(graph.constants)  # each once: what is put together of itself doubles at each step

    def of(self, name: str, depth: int = 0) -> Array:
        """Give a tensor's values; raises `DesignError` for one that cannot be known or would be large."""
        if name not in self._known:
            self._known[name] = self._computed(name, depth)
        return self._known[name]

    def _computed(self, name: str, depth: int) -> Array:
        node = self._graph.makers.get(name)
        if node is None or node.op not in OPERATORS or not all(node.inputs[:1]) or depth > DEEPEST:
            where = node.where if node else "design"
            raise DesignError(where=where, found="a number that is computed", allowed="one that the file holds")
        if node.op == "Shape":
            return self._shape(node)
        try:
            inputs = [self.of(each, depth + 1) if each else None for each in node.inputs]
            return OPERATORS[node.op](node, *inputs)
        except DesignError:
            raise
        except (ValueError, IndexError, TypeError, OverflowError, KeyError) as error:
            raise DesignError(where=node.where, found="values that do not go together", allowed="a shape") from error

    def _shape(self, node: Node) -> Array:
        """Give a tensor's shape; the pictures are as many as there are."""
        known = self._shapes.get(node.inputs[0])
        if known is None or node.attributes:
            raise DesignError(where=node.where, found="the shape of what is no layer's output", allowed="a layer's")
        return np.array([BATCH, *known], dtype=np.int64)


def _few(values: Array | None) -> Array:
    """Refuse what is long, and what an operator must get and does not."""
    if values is None:
        raise ValueError("found no values")
    if values.size > MOST:
        raise ValueError(f"found {values.size:,} values")
    return values


def _axes(node: Node, given: Array | None) -> tuple[int, ...]:
    """Give the axes of an operator: a setting once, an input of later versions."""
    axes = node.attributes["axes"] if given is None else tuple(given.ravel().tolist())
    return tuple(int(axis) for axis in axes) if isinstance(axes, tuple) else ()


def _same(node: Node, values: Array) -> Array:
    return values


def _cast(node: Node, values: Array) -> Array:
    """Whole numbers may be made into whole numbers, and float32 stays."""
    kind = {FLOAT: "f", INT64: "i"}.get(int(str(node.attributes["to"])))
    if values.dtype.kind != kind or (kind == "f" and values.dtype.itemsize != 4):
        raise ValueError("another type")
    return values


def _transpose(node: Node, values: Array) -> Array:
    axes = node.attributes.get("perm")
    return values.transpose(axes if isinstance(axes, tuple) else None)  # type: ignore[arg-type]  # whole numbers


def _gather(node: Node, values: Array, places: Array) -> Array:
    return _few(values)[_few(places).astype(np.int64)] if node.attributes.get("axis", 0) == 0 else _refuse()


def _concat(node: Node, *parts: Array) -> Array:
    return np.concatenate([_few(part) for part in islice(parts, MOST)]) if len(parts) <= MOST else _refuse()


def _unsqueeze(node: Node, values: Array, axes: Array | None = None) -> Array:
    return np.expand_dims(_few(values), _axes(node, axes))


def _squeeze(node: Node, values: Array, axes: Array | None = None) -> Array:
    return np.squeeze(_few(values), _axes(node, axes))


def _reshape(node: Node, values: Array, sizes: Array) -> Array:
    return values.reshape(_few(sizes).tolist())


def _slice(node: Node, values: Array, *bounds: Array | None) -> Array:
    """Cut along the first axis, as shapes and paddings are cut."""
    if not bounds:
        given = [node.attributes.get(name) for name in ("starts", "ends", "axes")]
        bounds = tuple(None if each is None else np.array(each) for each in given)
    start, end, axis, step = [None if each is None else int(each.item()) for each in (*bounds, None, None)][:4]
    return _few(values)[slice(start, end, step)] if axis in (None, 0) else _refuse()


def _constant_of_shape(node: Node, shape: Array) -> Array:
    sizes = _few(shape).tolist()
    value = node.attributes.get("value")
    return _filled(sizes, value if isinstance(value, np.ndarray) else np.zeros(1, dtype=np.float32))


def _filled(sizes: list[int], value: Array) -> Array:
    size = 1
    for each in sizes:
        size *= each
    return np.full(sizes, value.item(), dtype=value.dtype) if 0 <= size <= MOST else _refuse()


def _refuse() -> Array:
    raise ValueError("no shape")


OPERATORS: dict[str, Callable[..., Array]] = {
    "Shape": _same,
    "Identity": _same,
    "Cast": _cast,
    "Transpose": _transpose,
    "Gather": _gather,
    "Concat": _concat,
    "Unsqueeze": _unsqueeze,
    "Squeeze": _squeeze,
    "Reshape": _reshape,
    "Slice": _slice,
    "ConstantOfShape": _constant_of_shape,
}
