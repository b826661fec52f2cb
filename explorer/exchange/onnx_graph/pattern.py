"""Whether a tensor is made in a given form: operators on the layer's input and on constants, a tree from its root."""

from collections.abc import Iterator
from itertools import zip_longest
from typing import NamedTuple, Union

from explorer.exchange.onnx_graph.graph import Graph, Node

MOST_INPUTS = 255  # as many windows as a side may have
COMMUTES = ("Add", "Mul")


class Input(NamedTuple):
    """What the layer gets: the same tensor wherever it stands in a form."""


class Constant(NamedTuple):
    """A tensor that does not hang on the picture; an optional one may be left out."""

    name: str
    optional: bool = False


class Op(NamedTuple):
    """An operator, with what it gets and a name by which its settings are asked for."""

    op: str
    inputs: tuple["Pattern", ...]
    name: str = ""


class OneOf(NamedTuple):
    """Any of several forms."""

    forms: tuple["Pattern", ...]


class Every(NamedTuple):
    """All that an operator gets, each in the same form; the names in it get its place: `axes 0`."""

    form: Op


Pattern = Union[Input, Constant, Op, OneOf, Every]  # noqa: UP007  # it names itself
X = Input()


class Matched(NamedTuple):
    """What a form's parts are in a graph: its input's name, the constants' and the nodes."""

    input: str
    constants: dict[str, str]
    nodes: dict[str, Node]


NOTHING = Matched("", {}, {})


def op(kind: str, *inputs: Pattern, name: str = "") -> Op:
    """Write a form: `op("Mul", X, op("Sigmoid", X))`; a node goes by its operator's name unless it is given one."""
    return Op(kind, inputs, name or kind)


def maybe(kind: str, inner: Pattern, *constants: Pattern, name: str = "") -> OneOf:
    """Write an operator that may be missing."""
    return OneOf((op(kind, inner, *constants, name=name), inner))


def match(graph: Graph, form: Pattern, tensor: str) -> Matched | None:
    """Hold a tensor against a form; None where it is made in another way."""
    return next((found for found in _matches(graph, form, tensor, NOTHING) if found.input), None)


def _matches(graph: Graph, form: Pattern, tensor: str, so_far: Matched) -> Iterator[Matched]:
    match form:
        case Input():
            if tensor in graph.live and so_far.input in ("", tensor):
                yield so_far._replace(input=tensor)
        case Constant():
            if tensor not in graph.live and (tensor or form.optional):
                yield so_far._replace(constants={**so_far.constants, form.name: tensor})
        case OneOf():
            for each in form.forms:
                yield from _matches(graph, each, tensor, so_far)
        case Op():
            yield from _of_node(graph, form, tensor, so_far)


def _of_node(graph: Graph, form: Op, tensor: str, so_far: Matched) -> Iterator[Matched]:
    node = graph.makers.get(tensor)
    if node is None or node.op != form.op or node.outputs[0] != tensor:
        return
    found = so_far._replace(nodes={**so_far.nodes, form.name: node})
    yield from _of_inputs(graph, form.inputs, node.inputs, found)
    if node.op in COMMUTES:
        yield from _of_inputs(graph, form.inputs, node.inputs[::-1], found)


def _of_inputs(
    graph: Graph, forms: tuple[Pattern, ...], tensors: tuple[str, ...], so_far: Matched
) -> Iterator[Matched]:
    """Match inputs in order; what a node leaves out must be optional, and it may have none beyond."""
    match forms:
        case (Every(each),):
            yield from _of_each(graph, each, tensors, so_far)
            return
    pairs = list(zip_longest(forms, tensors, fillvalue=None))
    if any(form is None and tensor for form, tensor in pairs):
        return
    found = [so_far]
    for form, tensor in pairs:
        if form is not None:
            found = [more for one in found for more in _matches(graph, form, tensor or "", one)]
    yield from found


def _of_each(graph: Graph, form: Op, tensors: tuple[str, ...], so_far: Matched) -> Iterator[Matched]:
    """Match all inputs alike; the one that the layer gets is the same."""
    constants, nodes, given = dict(so_far.constants), dict(so_far.nodes), so_far.input
    for place, tensor in enumerate(tensors[: MOST_INPUTS + 1]):
        found = next(_matches(graph, form, tensor, Matched(given, {}, {})), None)
        if found is None or place == MOST_INPUTS:
            return
        given = found.input
        constants |= {f"{name} {place}": constant for name, constant in found.constants.items()}
        nodes |= {f"{name} {place}": node for name, node in found.nodes.items()}
    yield Matched(given, constants, nodes)
