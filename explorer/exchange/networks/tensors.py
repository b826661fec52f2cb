"""What can be done with a tensor: layers as functions, its sizes, and its values in another order."""

import ast
import math
from collections.abc import Callable
from dataclasses import replace

from explorer.architecture.build import REFUSALS, fit
from explorer.architecture.kinds import KINDS
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.pooling import AdaptiveAvgPool2d
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.kinds.sizes import Shape
from explorer.architecture.spec import MAX_LAYERS
from explorer.exchange.networks.layer_call import LayerCall, read_layer, refusal
from explorer.exchange.python.machine import Machine
from explorer.exchange.python.values import BATCH, Builtin, Module, Names, Step, Tensor, Unknown, Value

FUNCTIONS = {kind.function: name for name, kind in KINDS.items() if kind.function}
FUNCTIONS |= {"dropout": "Dropout", "dropout2d": "Dropout2d", "feature_dropout": "Dropout2d", "zero_pad2d": "ZeroPad2d"}
IN_PLACE = {f"{name}_": kind for name, kind in FUNCTIONS.items()}
UNHEARD = ("training", "inplace", "_stacklevel", "dtype")  # arguments of functions that change no figure
MAX_POOL = ("kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices")  # in the function's order
UNCHANGED = {
    *("contiguous", "float", "double", "half", "to", "cuda", "cpu", "type", "clone", "detach", "requires_grad_"),
    *("type_as", "bfloat16"),
}


def passed(machine: Machine, tensor: Tensor, call: LayerCall, line: int, module: Module | None) -> Tensor:
    """Pass a tensor through a layer; behind one that does not fit its sizes are unknown."""
    if len(tensor.steps) >= MAX_LAYERS:
        raise refusal(line, found=f"{MAX_LAYERS + 1} layers or more", allowed=f"at most {MAX_LAYERS}")
    if module and call.layer.has_weights and any(step.module is module for step in tensor.steps):
        raise refusal(line, found="a layer with weights a second time", allowed="layers with weights once each")
    known, layer, claimed = tensor.known, call.layer, tensor.claimed
    stated = claimed if claimed and layer.given else call.stated
    if known is not None and layer.given and stated is not None:
        layer, claimed = _said(layer, stated, known), None
    if tensor.is_input and known and tensor.batch is not BATCH and module:
        machine.seen.inputs.setdefault(id(module), known)
    shape = _shape(layer, tensor, line)
    steps = (*tensor.steps, Step(layer, line, module, stated, known))
    return Tensor(shape, steps, tensor.batch, is_input=False, claimed=claimed)


def _said(layer: Layer, stated: int, shape: Shape) -> Layer:
    """Keep what a layer says of the layer before where that gives another size: such a row does not fit."""
    given = next(iter(layer.inferred(shape).values()))
    if given == stated or (layer.takes == "maps" and len(shape) != 3):
        return layer
    return type(layer)(**{name: getattr(layer, name) for name in layer.__struct_fields__} | {layer.given: stated})


def _shape(layer: Layer, tensor: Tensor, line: int) -> tuple[Value, ...]:
    if tensor.known is not None:
        try:
            return fit(layer, tensor.known).output_shape
        except REFUSALS:
            pass
    unknown = Unknown("the size of what does not fit", line)
    rank = 1 if isinstance(layer, Flatten) else len(tensor.shape)
    return (unknown,) * rank


def apply(machine: Machine, tensor: Tensor, name: str, settings: tuple[list[Value], Names], node: ast.AST) -> Tensor:
    """Pass a tensor through a layer that a function does: `F.max_pool2d(x, 2)`."""
    line, (args, keywords) = node.lineno, settings  # type: ignore[attr-defined]
    keywords = {argument: value for argument, value in keywords.items() if argument not in UNHEARD}
    if name == "MaxPool2d":
        args, keywords = [], {**dict(zip(MAX_POOL, args, strict=False)), **keywords}
    if name in ("Dropout", "Dropout2d"):
        args = args[:1]
    if name in ("LogSoftmax", "Softmax"):
        args = args[:1]
    return passed(machine, tensor, read_layer(name, args, keywords, line), line, None)


def function(machine: Machine, name: str, args: list[Value], keywords: Names, node: ast.AST) -> Value:
    """Call a function of torch on a tensor, or a tensor's own method, by its name; None where there is none such."""
    if not args and "input" in keywords:
        keywords = dict(keywords)
        args = [keywords.pop("input")]
    tensor, *settings = args or [None]
    if not isinstance(tensor, Tensor):
        return None
    kind = FUNCTIONS.get(name) or IN_PLACE.get(name)
    if kind and name != "flatten":
        return apply(machine, tensor, kind, (settings, keywords), node)
    if name in UNCHANGED:
        return tensor
    own = OWN.get(name)
    return own(machine, tensor, settings, keywords, node) if own else None


def attribute(machine: Machine, tensor: Tensor, name: str, node: ast.AST) -> Value:
    """Give a tensor's sizes, or a method of it."""
    if name == "shape":
        return (tensor.batch, *tensor.shape)
    if name in ("ndim", "dtype", "device", "T", "data"):
        return {"ndim": len(tensor.shape) + 1, "data": tensor}.get(name, machine.unknown(node))

    def run(machine: Machine, node: ast.AST, *args: Value, **keywords: Value) -> Value:
        result = function(machine, name, [tensor, *args], keywords, node)
        return machine.unknown(node) if result is None else result

    return Builtin(name, run)


def item(machine: Machine, tensor: Tensor, key: Value, node: ast.AST) -> Value:
    """Give a part of a tensor: of a network's nothing that its layers could give, of another one a picture."""
    if tensor.batch is not BATCH and isinstance(key, slice):
        return tensor
    return machine.unknown(node)


def joined(machine: Machine, node: ast.AST, left: Value, right: Value) -> Value:
    """Give what arithmetic makes of a tensor: scaling a picture leaves it one; two ways that meet are no stack."""
    tensor, other = (left, right) if isinstance(left, Tensor) else (right, left)
    scales = isinstance(other, int | float | Unknown)
    return tensor if tensor.is_input and scales else machine.unknown(node)


def _size(machine: Machine, tensor: Tensor, args: list[Value], keywords: Names, node: ast.AST) -> Value:
    sizes = (tensor.batch, *tensor.shape)
    place = args[0] if args else keywords.get("dim")
    if place is None:
        return sizes
    return sizes[place] if isinstance(place, int) and -len(sizes) <= place < len(sizes) else machine.unknown(node)


def _flatten(machine: Machine, tensor: Tensor, args: list[Value], keywords: Names, node: ast.AST) -> Value:
    """Lay each picture out as a row; from dim 0 on the batch would be laid out too."""
    given = dict(zip(("start_dim", "end_dim"), args, strict=False)) | keywords
    if given.get("start_dim", 0) != 1 or given.get("end_dim", -1) not in (-1, len(tensor.shape)):
        return machine.unknown(node)
    return rows(machine, tensor, node)


def rows(machine: Machine, tensor: Tensor, node: ast.AST) -> Tensor:
    """Lay each picture out as a row, if it is none."""
    if len(tensor.shape) == 1:
        return tensor
    return passed(machine, tensor, LayerCall(Flatten(), None), node.lineno, None)  # type: ignore[attr-defined]


def _view(machine: Machine, tensor: Tensor, args: list[Value], keywords: Names, node: ast.AST) -> Value:
    """Lay values out in other sizes: as rows, or as they are; what else there is no layer does."""
    sizes = list(args[0]) if len(args) == 1 and isinstance(args[0], tuple | list) else list(args)
    if len(sizes) < 2:
        return _all_in_one(machine, tensor, sizes, node)
    batch, *rest = sizes
    if isinstance(batch, Tensor) or not (batch is BATCH or isinstance(batch, int | Unknown)):
        return machine.unknown(node)
    if len(rest) == 1:
        return _as_rows(machine, tensor, batch, rest[0], node)
    if tensor.is_input and len(rest) == 3 and all(isinstance(size, int) and size > 0 for size in rest):
        return Tensor(tuple(rest), tensor.steps, tensor.batch)
    return tensor if tuple(rest) == tensor.shape else machine.unknown(node)


def _all_in_one(machine: Machine, tensor: Tensor, sizes: list[Value], node: ast.AST) -> Value:
    """Lay out a tensor of one picture that the program made itself, `x.view(-1)`: the batch's 1 is no size of it."""
    if sizes == [-1] and tensor.batch == 1 and tensor.known:
        return Tensor((math.prod(tensor.known),), tensor.steps, batch=1, is_input=False)
    return machine.unknown(node)


def _as_rows(machine: Machine, tensor: Tensor, batch: Value, size: Value, node: ast.AST) -> Value:
    """Lay each picture out as a row of so many values as are said, or as there are."""
    if isinstance(size, Unknown) or (size == -1 and batch != -1):
        return rows(machine, tensor, node)
    if not isinstance(size, int) or size < 1:
        return machine.unknown(node)
    laid = rows(machine, tensor, node)
    if laid.known is None:
        return Tensor((size,), laid.steps, laid.batch, is_input=False)
    return laid if laid.known == (size,) else replace(laid, claimed=size)


def _mean(machine: Machine, tensor: Tensor, args: list[Value], keywords: Names, node: ast.AST) -> Value:
    """Take the mean of each map, `x.mean([2, 3])`: a pooling to 1×1."""
    given = dict(zip(("dim", "keepdim"), args, strict=False)) | keywords
    dims = given.get("dim")
    if len(tensor.shape) != 3 or not isinstance(dims, tuple | list) or sorted(dims) not in ([2, 3], [-2, -1]):
        return machine.unknown(node)
    line = node.lineno  # type: ignore[attr-defined]
    pooled = passed(machine, tensor, LayerCall(AdaptiveAvgPool2d(output_size=1), None), line, None)
    return pooled if given.get("keepdim") else rows(machine, pooled, node)


def _squeeze(machine: Machine, tensor: Tensor, args: list[Value], keywords: Names, node: ast.AST) -> Value:
    """Leave out sides of one pixel: maps of one pixel become a row."""
    return rows(machine, tensor, node) if tensor.shape[1:] == (1, 1) else machine.unknown(node)


def _count(machine: Machine, tensor: Tensor, args: list[Value], keywords: Names, node: ast.AST) -> Value:
    if isinstance(tensor.batch, int) and tensor.known:
        return tensor.batch * math.prod(tensor.known)
    return machine.unknown(node)


def _length(machine: Machine, tensor: Tensor, args: list[Value], keywords: Names, node: ast.AST) -> Value:
    return len(tensor.shape) + 1


Own = Callable[[Machine, Tensor, list[Value], Names, ast.AST], Value]
OWN: dict[str, Own] = {
    "size": _size,
    "flatten": _flatten,
    "view": _view,
    "reshape": _view,
    "mean": _mean,
    "squeeze": _squeeze,
    "numel": _count,
    "nelement": _count,
    "dim": _length,
    "ndimension": _length,
}
