"""One call of a layer, such as `nn.Conv2d(1, 6, kernel_size=5)`, as a record.

Which arguments a call has, in which order and with which defaults, is torch's own signature.
"""

import inspect
from collections.abc import Iterator
from typing import NamedTuple

import msgspec
from msgspec.inspect import type_info
from torch import nn

from explorer.architecture.errors import DesignError
from explorer.architecture.kinds import KINDS
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.sizes import Pair
from explorer.architecture.refusal import refuse, show
from explorer.exchange.python.contents import is_large
from explorer.exchange.python.values import Failed, Names, Side, Spread, Unknown, Value

NAMED_ARGUMENTS = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
REQUIRED = inspect.Parameter.empty  # the default of an argument without one
MOST_ITEMS = 20_000  # of lists within lists in an argument
WITHOUT_EFFECT = ("inplace", "device", "dtype")  # on any figure
Literal = int | float | bool | str | None | tuple["Literal", ...]


class LayerCall(NamedTuple):
    """A layer as source has it: the record, and the size that it says the layer before has, if it does."""

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
LAYERS = f"a layer of torch.nn of one of the kinds {', '.join(name for name in PARAMETERS if name in KINDS)}"


def read_layer(name: str, args: list[Value], keywords: Names, line: int) -> LayerCall:
    """Read a layer from the arguments of its class in torch.nn; raises `DesignError` that names its line."""
    if name not in PARAMETERS:
        raise refusal(line, found=f"nn.{name}" if hasattr(nn, name) else name, allowed=LAYERS)
    if spread := next((arg for arg in args if isinstance(arg, Spread)), None):
        raise unknown_refusal(spread, line=line)
    kind, given = CLASSES[name], _arguments(name, args, keywords, line)
    settings = {argument: given.pop(argument) for argument in kind.__struct_fields__ if argument in given}
    stated = _stated(settings.pop(kind.given, given.pop(kind.given, None)), line)
    _check_rest(name, settings, given, line)
    return LayerCall(_layer(kind, _known(settings, line), line), stated)


def refusal(line: int, *, found: str, allowed: str, argument: str = "") -> DesignError:
    """Say what is wrong at a line of the source, in safe characters."""
    where = f"line {line}, {argument}" if argument else f"line {line}"
    return DesignError(where=where, found=found if found.isascii() else show(found), allowed=allowed)


def _arguments(name: str, args: list[Value], keywords: Names, line: int) -> Names:
    """Give the values of a call's arguments by their names; all that torch asks for are among them, none twice."""
    names = list(PARAMETERS[name])
    if len(args) > len(names):
        raise refusal(line, found=f"{name} with too many arguments", allowed=f"at most {len(names)}")
    given = dict(zip(names, args, strict=False))
    for argument, value in keywords.items():
        if argument not in names or argument in given:
            found = f"{argument} twice" if argument in given else f"the argument {argument} of {name}"
            raise refusal(line, found=found, allowed=_once(names))
        given[argument] = value
    _check_complete(name, given, line)
    return given


def _once(names: list[str]) -> str:
    return f"each of {', '.join(names)} once" if names else "no argument"


def _check_complete(name: str, given: Names, line: int) -> None:
    needed = [argument for argument, default in PARAMETERS[name].items() if default is REQUIRED]
    if missing := [argument for argument in needed if argument not in given]:
        found = f"{name} without {' and '.join(missing)}"
        raise refusal(line, found=found, allowed=f"{name} with {', '.join(needed)}")


def _known(settings: Names, line: int) -> Names:
    """Give settings whose values are known, lists as tuples; refuse the first that is not, by where it came from."""
    known = dict[str, Value]()
    for argument, value in settings.items():
        if is_large(value, most=MOST_ITEMS):
            raise refusal(line, found="lists of many items", allowed="numbers, True or False", argument=argument)
        for part in _leaves(value):
            if isinstance(part, Unknown):
                raise unknown_refusal(part, argument=argument, line=line)
            if not isinstance(part, int | float | str | None):
                raise refusal(line, found="something else", allowed="numbers, True or False", argument=argument)
        known[argument] = _tuples(value)
    return known


def _leaves(value: Value) -> Iterator[Value]:
    """Give what stands in lists within lists."""
    if isinstance(value, list | tuple):
        for part in value:
            yield from _leaves(part)
    else:
        yield value


def _tuples(value: Value) -> Value:
    return (
        tuple(map(_tuples, value)) if isinstance(value, list | tuple) else int(value) if type(value) is Side else value
    )


def unknown_refusal(unknown: Unknown, *, line: int, argument: str = "") -> DesignError:
    """Say that something of the network hangs on what the text does not settle."""
    there = f" (line {unknown.line})" if unknown.line and unknown.line != line else ""
    allowed = "what the text itself settles, such as 5 or 16 * 5 * 5"
    return refusal(line, found=f"{unknown.what}{there}", allowed=allowed, argument=argument)


def _stated(size: Value, line: int) -> int | None:
    """Give the size that a layer says comes in; what is not known torch would compare, so what comes in holds."""
    if isinstance(size, Failed):
        raise unknown_refusal(size, line=line)
    if size is None or isinstance(size, Unknown):
        return None
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        found = show(size) if isinstance(size, int | float | str) else "something else"
        raise refusal(line, found=found, allowed="a whole number, 1 or more, for the size of the layer before")
    return size


def _check_rest(name: str, settings: Names, given: Names, line: int) -> None:
    """Let arguments that records lack only say what torch does anyway, or what changes no figure."""
    for argument, value in given.items():
        default = PARAMETERS[name][argument]
        unpadded = argument == "count_include_pad" and settings.get("padding", 0) in (0, (0, 0))
        if argument in WITHOUT_EFFECT or unpadded or value == default:
            continue
        found = value.what if isinstance(value, Unknown) else show(value) if _is_plain(value) else "something else"
        raise refusal(line, found=found, allowed=f"torch's default, {default!r}", argument=argument)


def _is_plain(value: Value) -> bool:
    return value is None or isinstance(value, int | float | str)


def _layer(kind: type[Layer], settings: Names, line: int) -> Layer:
    if isinstance(settings.get("padding"), str):
        settings = settings | {"padding": _padding(settings, line)}
    if "dim" in kind.__struct_fields__ and settings.get("dim") is None:
        settings = settings | {"dim": 1}  # which torch takes for pictures where none is said
    try:
        return msgspec.convert(settings, kind)
    except msgspec.ValidationError as error:
        refused = refuse({name: _lists(value) for name, value in settings.items()}, type_info(kind), str(error))
        where = f"line {line}, {refused.where}"
        raise DesignError(where=where, found=refused.found, allowed=refused.allowed) from error


def _lists(value: Literal) -> object:
    """Give a value as JSON would have it."""
    return [_lists(part) for part in value] if isinstance(value, tuple) else value


def _padding(settings: Names, line: int) -> Literal:
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
    raise refusal(line, found=show(words), allowed=allowed, argument="padding")


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
