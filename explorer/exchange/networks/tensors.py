"""What can be done with a tensor: layers as functions, its sizes, and its values in another order."""

import ast
import math
from dataclasses import replace

from explorer.architecture.kinds import KINDS
from explorer.exchange.networks import laid_out
from explorer.exchange.networks.laid_out import Own
from explorer.exchange.networks.layer_call import PARAMETERS, read_layer
from explorer.exchange.networks.passing import passed
from explorer.exchange.python.machine import Machine, line_of
from explorer.exchange.python.values import BATCH, Builtin, Names, Part, Side, Storage, Tensor, Unknown, Value

FUNCTIONS = {kind.function: name for name, kind in KINDS.items() if kind.function}
FUNCTIONS |= {"dropout": "Dropout", "dropout2d": "Dropout2d", "feature_dropout": "Dropout2d", "zero_pad2d": "ZeroPad2d"}
IN_PLACE = {f"{name}_": kind for name, kind in FUNCTIONS.items()}
UNHEARD = ("training", "inplace", "_stacklevel", "dtype")  # arguments of functions that change no figure
MAX_POOL = ("kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices")  # in the function's order
UNCHANGED = {
    *("contiguous", "float", "double", "half", "to", "cuda", "cpu", "type", "clone", "detach", "requires_grad_"),
    *("type_as", "bfloat16"),
}


def apply(machine: Machine, tensor: Tensor, name: str, settings: tuple[list[Value], Names], node: ast.AST) -> Tensor:
    """Pass a tensor through a layer that a function does: `F.max_pool2d(x, 2)`."""
    line, (args, keywords) = line_of(node), settings
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
        result = apply(machine, tensor, kind, (settings, keywords), node)
        is_in_place = name.endswith("_") or _said_in_place(kind, settings, keywords)
        return machine.in_place(tensor, result) if is_in_place else result
    if name in UNCHANGED:
        return replace(tensor, storage=Storage(), version=0) if name == "clone" else tensor
    if own := OWN.get(name):
        return own(machine, tensor, settings, keywords, node)
    return machine.in_place(tensor, machine.unknown(node)) if name.endswith("_") else None


def _said_in_place(kind: str, args: list[Value], keywords: Names) -> bool:
    """Tell whether a function changes the very tensor that it gets."""
    names = list(PARAMETERS[kind])
    place = names.index("inplace") if "inplace" in names else len(args)
    given = args[place] if place < len(args) and "Dropout" not in kind else keywords.get("inplace", False)
    return given is not False


def attribute(machine: Machine, tensor: Tensor, name: str, node: ast.AST) -> Value:
    """Give a tensor's sizes, or a method of it."""
    if name == "shape":
        return _sizes(tensor)
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
    part = laid_out.part(machine, tensor, key, node)
    return Part(part.what, part.line, tensor) if isinstance(part, Unknown) else part


def joined(machine: Machine, node: ast.AST, left: Value, right: Value) -> Value:
    """Give what arithmetic makes of a tensor: scaling a picture leaves it one; two ways that meet are no stack."""
    tensor, other = (left, right) if isinstance(left, Tensor) else (right, left)
    scales = isinstance(other, int | float | Unknown)
    return tensor if tensor.is_input and scales else machine.unknown(node)


def _sizes(tensor: Tensor) -> tuple[Value, ...]:
    return tensor.batch, *(Side(size) if isinstance(size, int) else size for size in tensor.shape)


def _size(machine: Machine, tensor: Tensor, args: list[Value], keywords: Names, node: ast.AST) -> Value:
    sizes = _sizes(tensor)
    place = args[0] if args else keywords.get("dim")
    if place is None:
        return sizes
    return sizes[place] if isinstance(place, int) and -len(sizes) <= place < len(sizes) else machine.unknown(node)


def _count(machine: Machine, tensor: Tensor, args: list[Value], keywords: Names, node: ast.AST) -> Value:
    if isinstance(tensor.batch, int) and tensor.known:
        return tensor.batch * math.prod(tensor.known)
    return machine.unknown(node)


def _length(machine: Machine, tensor: Tensor, args: list[Value], keywords: Names, node: ast.AST) -> Value:
    return len(tensor.shape) + 1


def _pad(machine: Machine, tensor: Tensor, args: list[Value], keywords: Names, node: ast.AST) -> Value:
    """Put zeros around maps, `F.pad(x, (1, 1))`: pairs of the last sides first, those that are not said without any."""
    given = dict(zip(("pad", "mode", "value"), args, strict=False)) | keywords
    pads, zeros = given.get("pad"), given.get("mode", "constant") == "constant" and not given.get("value")
    if not isinstance(pads, list | tuple) or len(pads) not in (2, 4) or not zeros or len(tensor.shape) != 3:
        return machine.unknown(node)
    return apply(machine, tensor, "ZeroPad2d", ([(*pads, 0, 0)[:4]], {}), node)


OWN: dict[str, Own] = {
    **laid_out.OWN,
    "pad": _pad,
    "size": _size,
    "numel": _count,
    "nelement": _count,
    "dim": _length,
    "ndimension": _length,
}
