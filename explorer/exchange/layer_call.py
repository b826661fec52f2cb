"""One layer's call in PyTorch source, such as `nn.Conv2d(1, 6, kernel_size=5)`, as a record.

Which arguments a call has, in which order and with which defaults, is torch's own signature.
"""

import ast
import inspect
from typing import NamedTuple

import msgspec
from msgspec.inspect import type_info
from torch import nn

from explorer.architecture.errors import DesignError
from explorer.architecture.kinds import KINDS
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.sizes import Pair
from explorer.architecture.refusal import refuse, show
from explorer.exchange.literal import Literal, dotted, literal

NAMED_ARGUMENTS = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
PREFIXES = ("torch.nn.", "nn.", "")
REQUIRED = inspect.Parameter.empty  # the default of an argument without one


class LayerCall(NamedTuple):
    """A layer as source has it: its line, the record, and the size that it says the layer before has, if it does."""

    line: int
    layer: Layer
    stated: int | None


def _parameters(module: type[nn.Module]) -> dict[str, object]:
    """Give the arguments of a class in order, with their defaults."""
    parameters = inspect.signature(module).parameters.values()
    return {parameter.name: parameter.default for parameter in parameters if parameter.kind in NAMED_ARGUMENTS}


# Torch's lazy class of a kind is that kind without the size that the layer before decides.
CLASSES = {name: kind for kind in KINDS.values() for name in (kind.__name__, f"Lazy{kind.__name__}")}
PARAMETERS = {
    name: _parameters(kind.module() if name == kind.__name__ else getattr(nn, name))
    for name, kind in CLASSES.items()
    if name == kind.__name__ or hasattr(nn, name)
}


def short_name(node: ast.expr) -> str:
    """Give the name of a class of torch.nn: `ReLU` for `nn.ReLU`; other names stay as they are."""
    name = dotted(node)
    short = next(name.removeprefix(prefix) for prefix in PREFIXES if name.startswith(prefix))
    return short if hasattr(nn, short) else name


def read_call(node: ast.expr, source: str) -> LayerCall:
    """Read one layer from a node of `source`; raises `DesignError` that names its line."""
    if not isinstance(node, ast.Call) or (name := short_name(node.func)) not in PARAMETERS:
        raise _no_layer(node, source)
    kind, given = CLASSES[name], _arguments(node, name, source)
    settings = {argument: given.pop(argument) for argument in kind.__struct_fields__ if argument in given}
    stated = _stated(node, given.pop(kind.given, None))
    _check_rest(node, name, given)
    return LayerCall(node.lineno, _layer(node, kind, settings), stated)


def _no_layer(node: ast.expr, source: str) -> DesignError:
    known = ", ".join(name for name in PARAMETERS if name in KINDS)
    found = dotted(node.func) if isinstance(node, ast.Call) else ""
    return refusal(node, found=found or _text(node, source), allowed=f"a layer of torch.nn of one of the kinds {known}")


def refusal(node: ast.expr | ast.stmt, *, found: str, allowed: str, argument: str = "") -> DesignError:
    """Say what is wrong with a node of the source, in safe characters."""
    where = f"line {node.lineno}, {argument}" if argument else f"line {node.lineno}"
    return DesignError(where=where, found=found if found.isascii() else show(found), allowed=allowed)


def _text(node: ast.expr, source: str) -> str:
    return show(ast.get_source_segment(source, node))


def _arguments(call: ast.Call, name: str, source: str) -> dict[str, Literal]:
    """Give the values of a call's arguments by their names; all that torch asks for are among them, none twice."""
    names = list(PARAMETERS[name])
    if len(call.args) > len(names):
        raise refusal(call, found=f"{name} with too many arguments", allowed=f"at most {len(names)}")
    pairs = [*zip(names, call.args, strict=False), *((keyword.arg or "**", keyword.value) for keyword in call.keywords)]
    given: dict[str, Literal] = {}
    for argument, node in pairs:
        if argument not in names or argument in given:
            found = f"{argument} twice" if argument in given else f"the argument {argument} of {name}"
            raise refusal(call, found=found, allowed=_once(names))
        given[argument] = _value(argument, node, source)
    _check_complete(call, name, given)
    return given


def _once(names: list[str]) -> str:
    return f"each of {', '.join(names)} once" if names else "no argument"


def _check_complete(call: ast.Call, name: str, given: dict[str, Literal]) -> None:
    needed = [argument for argument, default in PARAMETERS[name].items() if default is REQUIRED]
    if missing := [argument for argument in needed if argument not in given]:
        found = f"{name} without {' and '.join(missing)}"
        raise refusal(call, found=found, allowed=f"{name} with {', '.join(needed)}")


def _value(argument: str, node: ast.expr, source: str) -> Literal:
    try:
        return literal(node)
    except ValueError as error:
        allowed = "a value that is written out, such as 5 or 16 * 5 * 5"
        raise refusal(node, found=_text(node, source), allowed=allowed, argument=argument) from error


def _stated(call: ast.Call, size: Literal) -> int | None:
    if size is not None and (isinstance(size, bool) or not isinstance(size, int)):
        raise refusal(call, found=show(size), allowed="a whole number for the size of the layer before")
    return size


def _check_rest(call: ast.Call, name: str, given: dict[str, Literal]) -> None:
    """Let arguments that records lack only say what torch does anyway; `inplace` changes no figure."""
    for argument, value in given.items():
        default = PARAMETERS[name][argument]
        if argument != "inplace" and value != default:
            raise refusal(call, found=show(value), allowed=f"torch's default, {default!r}", argument=argument)


def _layer(call: ast.Call, kind: type[Layer], settings: dict[str, Literal]) -> Layer:
    if isinstance(settings.get("padding"), str):
        settings = settings | {"padding": _padding(call, settings)}
    try:
        return msgspec.convert(settings, kind)
    except msgspec.ValidationError as error:
        refused = refuse({name: _lists(value) for name, value in settings.items()}, type_info(kind), str(error))
        where = f"line {call.lineno}, {refused.where}"
        raise DesignError(where=where, found=refused.found, allowed=refused.allowed) from error


def _lists(value: Literal) -> object:
    """Give a value as JSON would have it."""
    return [_lists(part) for part in value] if isinstance(value, tuple) else value


def _padding(call: ast.Call, settings: dict[str, Literal]) -> Literal:
    """Give the number for torch's words: `same` keeps the size if the stride is 1 and the window's span is odd."""
    words = settings["padding"]
    if words == "valid":
        return 0
    sides = [_both(settings.get(name, 1)) for name in ("kernel_size", "dilation", "stride")]
    if words == "same" and None not in sides:
        beyond = [dilation * (kernel - 1) for kernel, dilation, _ in zip(*filter(None, sides), strict=True)]
        if sides[2] == (1, 1) and not any(pixels % 2 for pixels in beyond):
            return tuple(pixels // 2 for pixels in beyond)
    allowed = "a number, or 'same' with stride 1 and an odd kernel_size"
    raise refusal(call, found=show(words), allowed=allowed, argument="padding")


def _both(value: Literal) -> Pair | None:
    """Give height and width of a setting; None for what is not a whole numbers."""
    match value:
        case bool():
            return None
        case int():
            return value, value
        case (int(height), int(width)):
            return height, width
    return None
