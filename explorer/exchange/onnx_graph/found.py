"""A form that was found in a graph, as the layers' readers ask it for its settings and weights."""

from math import prod
from typing import NamedTuple

import numpy as np

from explorer.architecture.errors import DesignError
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.sizes import Shape, shape_words
from explorer.architecture.refusal import show
from explorer.exchange.onnx_graph.graph import Array, Node, as_written
from explorer.exchange.onnx_graph.pattern import Matched
from explorer.exchange.onnx_graph.values import BATCH, MOST, Values


class Part(NamedTuple):
    """The layers that a form means, often one, and their weights in the order of a module's `state_dict`."""

    layers: tuple[Layer, ...] = ()
    weights: tuple[Array, ...] = ()


class Found(NamedTuple):
    """A form at its place: what it was matched with, and the shape of what it gets, the batch left out."""

    root: Node
    matched: Matched
    values: Values
    shape: Shape
    opset: int
    batch: int | None  # as many pictures as the file is made for; None for any number

    def refusal(self, found: str, allowed: str) -> DesignError:
        """Make the refusal of a setting."""
        return DesignError(where=self.root.where, found=found, allowed=allowed)

    def has(self, constant: str) -> bool:
        """Tell whether an optional constant is there."""
        return bool(self.matched.constants.get(constant))

    def array(self, constant: str) -> Array:
        """Give a constant's values; raises `DesignError` for one that cannot be known."""
        return self.values.of(self.matched.constants[constant])

    def weight(self, constant: str, *shape: int) -> Array:
        """Give weights, of a shape that must be so if one is said."""
        values = self.array(constant)
        if values.dtype != np.float32:
            raise self.refusal(f"{constant} of type {values.dtype}", "float32")
        if shape and values.shape != shape:
            raise self.refusal(f"{constant} of {shape_words(values.shape) or 'one number'}", shape_words(shape))
        return values

    def number(self, constant: str) -> float:
        """Give a constant that is one number."""
        values = self.array(constant)
        if values.size != 1 or values.ndim > 1:
            raise self.refusal(f"{constant} of {shape_words(values.shape)}", "one number")
        return as_written(values.item())

    def whole(self, constant: str) -> tuple[int, ...]:
        """Give a constant that is a list of whole numbers."""
        values = self.array(constant)
        if values.dtype.kind != "i" or values.ndim > 1 or values.size > MOST:
            raise self.refusal(f"{constant} of type {values.dtype}", "a short list of whole numbers")
        return tuple(int(each) for each in values.ravel().tolist())

    def int_of(self, node: str, name: str, default: int) -> int:
        """Give a setting of one of its nodes that is a whole number."""
        value = self.matched.nodes[node].attributes.get(name, default)
        if not isinstance(value, int):
            raise self.refusal(f"{name} of another type", "a whole number")
        return value

    def flag_of(self, node: str, name: str, *, default: bool = False) -> bool:
        """Give a setting of one of its nodes that is 0 or 1."""
        if (value := self.int_of(node, name, int(default))) not in (0, 1):
            raise self.refusal(f"{name} {show(value)}", "0 or 1")
        return value == 1

    def float_of(self, node: str, name: str, default: float) -> float:
        """Give a setting of one of its nodes that is a number."""
        value = self.matched.nodes[node].attributes.get(name, default)
        if not isinstance(value, float | int):
            raise self.refusal(f"{name} of another type", "a number")
        return float(value)

    def text_of(self, node: str, name: str, default: str) -> str:
        """Give a setting of one of its nodes that is a word."""
        value = self.matched.nodes[node].attributes.get(name, default)
        return value if isinstance(value, str) else ""

    def ints_of(self, node: str, name: str, default: tuple[int, ...]) -> tuple[int, ...]:
        """Give a setting of one of its nodes that is a list of whole numbers, as many as the default."""
        value = self.matched.nodes[node].attributes.get(name, default)
        if not isinstance(value, tuple) or len(value) != len(default):
            raise self.refusal(f"{name} of another length", f"{len(default)} whole numbers")
        return tuple(each for each in value if isinstance(each, int))

    def axes(self, node: str, constant: str = "axes") -> tuple[int, ...]:
        """Give the axes of a node, counted from 0: an input of newer files, a setting of older ones; none if unsaid."""
        given = self.matched.nodes[node].attributes.get("axes", ())
        axes = self.whole(constant) if self.has(constant) else given
        rank = 1 + len(self.shape)
        if not isinstance(axes, tuple) or not all(isinstance(axis, int) and -rank <= axis < rank for axis in axes):
            raise self.refusal("axes that are not there", f"whole numbers below {rank}")
        return tuple(sorted(axis % rank for axis in axes if isinstance(axis, int)))

    def maps(self) -> Shape:
        """Give the shape of what it gets, which must be maps."""
        if len(self.shape) != 3:
            raise self.refusal(f"a row of {self.shape[0]:,} numbers", "maps (channels × height × width)")
        return self.shape

    def reshaped(self, target: tuple[int, ...], *, allow_zero: bool) -> Shape:
        """Give the shape that a Reshape to `target` makes, the batch left out, which it may not mix."""
        before = (BATCH, *self.shape)
        sizes = [_size(size, place, before, allow_zero) for place, size in enumerate(target)]
        if sizes and (sizes[0] == self.batch or (sizes[0] == -1 and prod(sizes[1:]) == prod(self.shape))):
            sizes[0] = BATCH
        if sizes.count(-1) == 1:
            sizes[sizes.index(-1)] = prod(self.shape) // max(1, prod(size for size in sizes if size > 0))
        rest = tuple(sizes[1:])
        if not sizes or sizes[0] != BATCH or min(rest, default=0) < 1 or prod(rest) != prod(self.shape):
            found = f"the new shape {_said(target)}"
            raise self.refusal(found, f"one that keeps the {shape_words(self.shape)} of each picture together")
        return rest


def _size(size: int, place: int, before: tuple[int, ...], allow_zero: bool) -> int:
    return before[place] if size == 0 and not allow_zero and place < len(before) else size


def _said(target: tuple[int, ...]) -> str:
    return " × ".join("N" if size == BATCH else show(size) for size in target[:8])
