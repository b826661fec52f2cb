"""A tensor's values in other sizes, in the same order: views, flattening, and sides of one pixel that come and go."""

import ast
import math
from collections.abc import Callable
from dataclasses import replace

from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.pooling import AdaptiveAvgPool2d, AdaptiveMaxPool2d
from explorer.architecture.kinds.shape import Flatten
from explorer.exchange.networks.layer_call import LayerCall
from explorer.exchange.networks.passing import passed
from explorer.exchange.python.machine import Machine, line_of
from explorer.exchange.python.values import BATCH, Failed, Names, Side, Tensor, Unknown, Value


def rows(machine: Machine, tensor: Tensor, node: ast.AST) -> Tensor:
    """Lay each picture out as a row, if it is none."""
    tensor = tensor.whole or tensor
    if len(tensor.shape) == 1:
        return tensor
    laid = passed(machine, tensor, LayerCall(Flatten(), None), line_of(node), None)
    return replace(laid, storage=tensor.storage, version=tensor.version)


def _laid(machine: Machine, tensor: Tensor, sizes: tuple[Value, ...], node: ast.AST) -> Value:
    """Lay the same values out in other sizes: as rows, as they were, or so that only a row or a mean comes of them."""
    whole = tensor.whole or tensor
    if len(sizes) < 2:
        return rows(machine, tensor, node) if sizes else machine.unknown(node)
    if sizes == whole.shape:
        return whole
    return replace(whole, shape=sizes, is_input=False, whole=whole)


def _flatten(machine: Machine, tensor: Tensor, args: list[Value], keywords: Names, node: ast.AST) -> Value:
    """Lay some sides of each picture out as one; from dim 0 on the batch would be laid out too."""
    given = {"start_dim": 0, "end_dim": -1} | dict(zip(("start_dim", "end_dim"), args, strict=False)) | keywords
    first, last = (_side(tensor, given[name]) for name in ("start_dim", "end_dim"))
    if first is None or last is None or first > last:
        return machine.unknown(node)
    if first == 0 and last == len(tensor.shape) - 1:
        return rows(machine, tensor, node)
    sides = tensor.shape[first : last + 1]
    if tensor.known is None:
        return machine.unknown(node)
    return _laid(machine, tensor, (*tensor.shape[:first], math.prod(sides), *tensor.shape[last + 1 :]), node)


def _side(tensor: Tensor, dim: Value) -> int | None:
    """Give the place of a dimension among a picture's sizes; None for the batch's, and for what there is not."""
    rank = len(tensor.shape)
    if not isinstance(dim, int) or not -rank <= (dim if dim < 0 else dim - 1) < rank or dim == 0:
        return None
    return dim - 1 if dim > 0 else dim + rank


def _view(machine: Machine, tensor: Tensor, args: list[Value], keywords: Names, node: ast.AST) -> Value:
    """Lay values out in other sizes: as rows, or as they are; what else there is no layer does."""
    sizes = list(args[0]) if len(args) == 1 and isinstance(args[0], tuple | list) else list(args)
    if len(sizes) < 2:
        return _all_in_one(machine, tensor, sizes, node)
    batch, *rest = sizes
    if isinstance(batch, Tensor | Side) or not (batch is BATCH or isinstance(batch, int | Unknown)):
        return machine.unknown(node)
    if len(rest) == 1:
        return _as_rows(machine, tensor, batch, rest[0], node)
    if tensor.is_input and len(rest) == 3 and all(isinstance(size, int) and size > 0 for size in rest):
        return replace(tensor, shape=tuple(rest))
    if tuple(rest) == tensor.shape:
        return tensor
    completed = _completed(tensor, batch, rest)
    return _laid(machine, tensor, completed, node) if completed else machine.unknown(node)


def _completed(tensor: Tensor, batch: Value, sizes: list[Value]) -> tuple[int, ...] | None:
    """Give sizes with a number for −1; None where they have not as many values as there are, or nobody knows."""
    if tensor.known is None or not all(isinstance(size, int) for size in sizes):
        return None
    count, given = math.prod(tensor.known), math.prod(size for size in sizes if size != -1)
    if sizes.count(-1) == 1 and batch != -1 and given > 0 and count % given == 0:
        return tuple(count // given if size == -1 else size for size in sizes)
    return tuple(sizes) if -1 not in sizes and given == count else None


def _all_in_one(machine: Machine, tensor: Tensor, sizes: list[Value], node: ast.AST) -> Value:
    """Lay out a tensor of one picture that the program made itself, `x.view(-1)`: the batch's 1 is no size of it."""
    if sizes == [-1] and tensor.batch == 1 and tensor.known:
        return Tensor((math.prod(tensor.known),), tensor.steps, batch=1, is_input=False)
    return machine.unknown(node)


def _as_rows(machine: Machine, tensor: Tensor, batch: Value, size: Value, node: ast.AST) -> Value:
    """Lay each picture out as a row of so many values as are said, or as there are."""
    if isinstance(size, Failed):
        return size
    if isinstance(size, Unknown) or (size == -1 and batch != -1):
        return rows(machine, tensor, node)
    if not isinstance(size, int) or size < 1:
        return machine.unknown(node)
    laid = rows(machine, tensor, node)
    if laid.known is None:
        return Tensor((size,), laid.steps, laid.batch, is_input=False)
    return laid if laid.known == (size,) else replace(laid, claimed=size)


def _over_maps(kind: Callable[..., Layer]) -> "Own":
    """Take one value of each map, `x.mean([2, 3])`: a pooling to 1×1."""

    def run(machine: Machine, tensor: Tensor, args: list[Value], keywords: Names, node: ast.AST) -> Value:
        given = dict(zip(("dim", "keepdim"), args, strict=False)) | keywords
        dims, whole = given.get("dim", given.get("axis")), tensor.whole or tensor
        sides = [_side(tensor, dim) for dim in (dims if isinstance(dims, tuple | list) else (dims,))]
        if len(whole.shape) != 3 or not _are_places(tensor, whole, sides):
            return machine.unknown(node)
        line = line_of(node)
        pooled = passed(machine, whole, LayerCall(kind(output_size=1), None), line, None)
        if given.get("keepdim", given.get("keepdims")):
            return _laid(machine, pooled, (tensor.shape[0], *(1 for _ in tensor.shape[1:])), node)
        return rows(machine, pooled, node)

    return run


def _are_places(tensor: Tensor, whole: Tensor, sides: list[int | None]) -> bool:
    """Tell whether sides of a tensor are all but the channels."""
    others = list(range(1, len(tensor.shape)))
    return bool(others) and tensor.shape[0] == whole.shape[0] and sorted(side or 0 for side in sides) == others


def _squeeze(machine: Machine, tensor: Tensor, args: list[Value], keywords: Names, node: ast.AST) -> Value:
    """Leave out sides of one pixel: maps of one pixel become a row."""
    dims = args[0] if args else keywords.get("dim")
    if tensor.known is None:
        return machine.unknown(node)
    if dims is None:
        return _laid(machine, tensor, tuple(size for size in tensor.shape if size != 1), node)
    wanted = dims if isinstance(dims, tuple | list) else (dims,)
    sides = [_side(tensor, dim) for dim in wanted if dim not in (0, -1 - len(tensor.shape))]
    if None in sides:
        return machine.unknown(node)
    left = tuple(size for place, size in enumerate(tensor.shape) if size != 1 or place not in sides)
    return _laid(machine, tensor, left, node)


def _unsqueeze(machine: Machine, tensor: Tensor, args: list[Value], keywords: Names, node: ast.AST) -> Value:
    """Put a side of one pixel in."""
    dim, rank = args[0] if args else keywords.get("dim"), len(tensor.shape)
    if not isinstance(dim, int) or tensor.is_input or not 1 <= (dim if dim >= 0 else dim + rank + 2) <= rank + 1:
        return machine.unknown(node)
    place = dim - 1 if dim >= 0 else dim + rank + 1
    return _laid(machine, tensor, (*tensor.shape[:place], 1, *tensor.shape[place:]), node)


def part(machine: Machine, tensor: Tensor, key: Value, node: ast.AST) -> Value:
    """Give the one pixel of each map, `x[:, :, 0, 0]`, or all there is."""
    keys = key if isinstance(key, tuple) else (key,)
    whole = all(each == slice(None) for each in keys[:2])
    if whole and len(keys) == 4 and tensor.shape[1:] == (1, 1) and all(each in (0, -1) for each in keys[2:]):
        return rows(machine, tensor, node)
    return tensor if whole and len(keys) <= 2 else machine.unknown(node)


Own = Callable[[Machine, Tensor, list[Value], Names, ast.AST], Value]
OWN: dict[str, Own] = {
    "flatten": _flatten,
    "view": _view,
    "reshape": _view,
    "mean": _over_maps(AdaptiveAvgPool2d),
    "amax": _over_maps(AdaptiveMaxPool2d),
    "squeeze": _squeeze,
    "unsqueeze": _unsqueeze,
}
