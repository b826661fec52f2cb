"""An ONNX file as a design: a chain of layers that the program knows, whoever wrote it. Nothing in the file is run.

What ONNX cannot say is left at its default: a name, PReLU's first slopes; an exporter that writes a network as it is
tested leaves Dropout and Identity out, may make a convolution and what stands beside it one, and writes an adaptive
pooling with windows of one size as a plain one. All that is no layer here is refused: a wrong design would be worse.
"""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from explorer.architecture.build import REFUSALS, fit
from explorer.architecture.diagnose import explain
from explorer.architecture.errors import DesignError
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.sizes import Shape, shape_words
from explorer.architecture.refusal import show
from explorer.architecture.spec import MAX_LAYERS, Architecture, check
from explorer.exchange.onnx_graph import adaptive, maps, norms, pointwise, rows
from explorer.exchange.onnx_graph.adaptive import merged
from explorer.exchange.onnx_graph.found import Found, Part
from explorer.exchange.onnx_graph.graph import ONE_CHAIN, Array, Graph, Node, joined, read_graph
from explorer.exchange.onnx_graph.pattern import Matched, Op, match
from explorer.exchange.onnx_graph.values import Values

NAME = "Network in ONNX"
MAX_STEPS = 2 * MAX_LAYERS  # operators that are no layer, such as a Cast, may stand between them
Reader = Callable[[Found], Part]


class _Step(NamedTuple):
    """A place of the chain: its last node, the form that it was found in, and what reads it."""

    root: Node
    matched: Matched
    read: Reader


class _Network(NamedTuple):
    """What a file holds: a design, and its weights."""

    architecture: Architecture
    weights: list[Array]


def read_onnx(data: bytes) -> Architecture:
    """Read the network in an ONNX file; raises `DesignError` that names the operator and the node it stops at.

    The pictures may be any number; their channels, height and width must be said.
    """
    return _read(read_graph(data)).architecture


def onnx_weights(data: bytes) -> list[Array]:
    """Give a file's weights in the order of its design's `state_dict`, BatchNorm's `num_batches_tracked` left out.

    Each has the shape that it has there. Raises `DesignError` as `read_onnx` does.
    """
    return _read(read_graph(data)).weights


def _read(graph: Graph) -> _Network:
    """Follow the chain from its end to the pictures, and then each shape from the pictures on."""
    batch, input_shape = _input(graph)
    shape: Shape = input_shape
    shapes, placed, weights = {graph.input: shape}, list[tuple[Layer, Shape]](), list[Array]()
    for step in _chain(graph):
        found = Found(step.root, step.matched, Values(graph, shapes), shape, graph.opset, batch)
        part = step.read(found)
        for layer in part.layers:
            placed.append((layer, shape))
            shape = _fitted(layer, shape, step.root)
        shapes[step.root.outputs[0]] = shape
        weights += part.weights
    _check_output(graph, shape)
    return _Network(check(Architecture(name=NAME, input_shape=input_shape, layers=_layers(placed))), weights)


def _layers(placed: list[tuple[Layer, Shape]]) -> tuple[Layer, ...]:
    """Give the layers of a chain, each with the shape that it gets; an adaptive pooling may be written as two."""
    layers, before = list[Layer](), Shape()
    for layer, shape in placed:
        if layers and (both := merged(layers[-1], layer, before)):
            layers[-1] = both
        else:
            layers.append(layer)
            before = shape
    return tuple(layers)


def _input(graph: Graph) -> tuple[int | None, tuple[int, int, int]]:
    """Give how many pictures a file is made for, None for any number, and their shape."""
    where, allowed = f"input {show(graph.input)}", "pictures × channels × height × width, all but the first in numbers"
    match graph.input_dims:
        case batch, int(channels), int(height), int(width):
            return batch, check(Architecture(name=NAME, input_shape=(channels, height, width), layers=())).input_shape
    sizes = " × ".join("?" if size is None else f"{size}" for size in graph.input_dims[:8])
    raise DesignError(where=where, found=sizes or "no shape", allowed=allowed)


def _chain(graph: Graph) -> list[_Step]:
    """Find the forms that make the output of the input, the first one first."""
    steps, tensor = list[_Step](), graph.output
    while tensor != graph.input:
        if len(steps) == MAX_STEPS:
            raise DesignError(
                where="design", found=f"more than {MAX_STEPS} steps", allowed=f"at most {MAX_LAYERS} layers"
            )
        steps.append(_step(graph, tensor))
        tensor = steps[-1].matched.input
    return steps[::-1]


def _step(graph: Graph, tensor: str) -> _Step:
    """Find the form that makes a tensor; raises `DesignError` for an operator that is in none."""
    if (node := graph.makers.get(tensor)) is None or tensor not in graph.live:
        raise DesignError(where=f"output {show(tensor)}", found="what hangs on no picture", allowed=ONE_CHAIN)
    for form, read in _forms().get(node.op, []):
        if found := match(graph, form, tensor):
            return _Step(node, found, read)
    if len(tensors := list(joined(graph, node))) > 1:
        names = " and ".join(map(show, tensors[:4]))
        raise DesignError(where=node.where, found=f"an operator that joins {names}", allowed=ONE_CHAIN)
    allowed = f"the operators of layers that are known: {', '.join(sorted(_forms()))}"
    how = " in another form than a layer's" if node.op in _forms() else ""
    raise DesignError(where=node.where, found=f"the operator {show(node.op)}{how}", allowed=allowed)


@cache
def _forms() -> dict[str, list[tuple[Op, Reader]]]:
    """Give the forms by the operators that end them, the more special ones first."""
    by_end = dict[str, list[tuple[Op, Reader]]]()
    for form, read in (*maps.FORMS, *adaptive.FORMS, *norms.FORMS, *pointwise.FORMS, *rows.FORMS):
        by_end.setdefault(form.op, []).append((form, read))
    return by_end


def _fitted(layer: Layer, shape: Shape, node: Node) -> Shape:
    """Give what a layer makes of a shape; raises `DesignError` where it is out of bounds or does not fit."""
    try:
        check(Architecture(name=NAME, input_shape=(1, 1, 1), layers=(layer,)))
        return fit(layer, shape).output_shape
    except DesignError as error:
        where = f"{node.where}, {error.where.removeprefix('layers[0].')}"
        raise DesignError(where=where, found=error.found, allowed=error.allowed) from error
    except REFUSALS as error:
        found = explain(layer, shape) or f"what torch refuses: {error}"
        raise DesignError(where=node.where, found=found.rstrip("."), allowed="a layer that fits") from error


def _check_output(graph: Graph, shape: Shape) -> None:
    """Refuse a file that says another shape of its scores than its layers give."""
    said = graph.output_dims
    if said and (
        len(said) != 1 + len(shape) or any(one not in (None, size) for one, size in zip(said[1:], shape, strict=False))
    ):
        sizes = " × ".join("?" if size is None else f"{size}" for size in said[1:9])
        allowed = f"{shape_words(shape)}, which its layers give"
        raise DesignError(where=f"output {show(graph.output)}", found=sizes or "no shape", allowed=allowed)
