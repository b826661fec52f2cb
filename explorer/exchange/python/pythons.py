"""Python's own functions, and the methods of its numbers, texts, lists and dictionaries."""

import ast
import math
from collections.abc import Callable

from explorer.exchange.python.changes import DICTS, LISTS
from explorer.exchange.python.machine import MAX_SIZE, Machine
from explorer.exchange.python.values import (
    BATCH,
    Bound,
    Builtin,
    Class,
    External,
    Function,
    Instance,
    Module,
    Names,
    Partial,
    Tensor,
    Unknown,
    Value,
)

NUMBER = int | float
FAILURES = (TypeError, ValueError, ZeroDivisionError, OverflowError, IndexError, KeyError, AttributeError)
Run = Callable[..., Value]
# Methods that change nothing and are quick: they may be called as they are.
SAFE: dict[type, set[str]] = {
    str: {
        *("lower", "upper", "strip", "startswith", "endswith", "split", "title", "capitalize", "isdigit", "index"),
        *("lstrip", "rstrip", "count", "find", "removeprefix", "removesuffix", "partition", "rpartition"),
    },
    list: {"index", "count", "copy"},
    tuple: {"index", "count"},
    dict: {"get", "items", "keys", "values", "copy"},
    int: {"bit_length"},
    float: {"is_integer"},
}


def _plain(function: Callable[..., Value], *kinds: type) -> Run:
    """Call a function of Python on plain values only."""

    def run(machine: Machine, node: ast.AST, *args: Value, **keywords: Value) -> Value:
        for value in (*args, *keywords.values()):
            if not isinstance(value, kinds):
                return value if isinstance(value, Unknown) else machine.unknown(node)
        try:
            return function(*args, **keywords)
        except FAILURES:
            return machine.unknown(node)

    return run


def _over_items(function: Callable[[list[Value]], Value]) -> Run:
    """Call a function of Python on the items of one value, all of which are known."""

    def run(machine: Machine, node: ast.AST, *args: Value, **keywords: Value) -> Value:
        items = machine.iterate(args[0]) if len(args) == 1 else list(args)
        if items is None or any(isinstance(item, Unknown) or item is BATCH for item in items) or keywords:
            return next((item for item in items or args if isinstance(item, Unknown)), machine.unknown(node))
        try:
            return function(items)
        except FAILURES:
            return machine.unknown(node)

    return run


def _range(machine: Machine, node: ast.AST, *args: Value) -> Value:
    if not args or not all(isinstance(arg, int) for arg in args):
        return next((arg for arg in args if isinstance(arg, Unknown)), machine.unknown(node))
    try:
        numbers = range(*args)
    except FAILURES:
        return machine.unknown(node)
    return list(numbers) if len(numbers) <= MAX_SIZE else machine.unknown(node)


def _length(machine: Machine, node: ast.AST, value: Value) -> Value:
    if isinstance(value, Tensor):
        return value.batch
    items = machine.iterate(value)
    return value if isinstance(value, Unknown) else machine.unknown(node) if items is None else len(items)


def _list(machine: Machine, node: ast.AST, value: Value = ()) -> Value:
    items = machine.iterate(value)
    return value if isinstance(value, Unknown) else machine.unknown(node) if items is None else list(items)


def _tuple(machine: Machine, node: ast.AST, value: Value = ()) -> Value:
    items = _list(machine, node, value)
    return tuple(items) if isinstance(items, list) else items


def _reversed(machine: Machine, node: ast.AST, value: Value) -> Value:
    items = _list(machine, node, value)
    return items[::-1] if isinstance(items, list) else items


def _dict(machine: Machine, node: ast.AST, *args: Value, **keywords: Value) -> Value:
    if not args:
        return dict(keywords)
    pairs = args[0] if isinstance(args[0], dict) else _pairs(machine.iterate(args[0]))
    return {**pairs, **keywords} if isinstance(pairs, dict) else machine.unknown(node)


def _pairs(items: list[Value] | None) -> Names | None:
    if items is None or not all(isinstance(item, tuple | list) and len(item) == 2 for item in items):
        return None
    return {name: value for name, value in items if isinstance(name, str | int)}


def _zip(machine: Machine, node: ast.AST, *args: Value, **keywords: Value) -> Value:
    walked = [machine.iterate(arg) for arg in args]
    known = [items for items in walked if items is not None]
    return list(zip(*known, strict=False)) if len(known) == len(walked) else machine.unknown(node)


def _enumerate(machine: Machine, node: ast.AST, value: Value, start: Value = 0) -> Value:
    items = machine.iterate(value)
    if items is None or not isinstance(start, int):
        return value if isinstance(value, Unknown) else machine.unknown(node)
    return list(enumerate(items, start))


def _map(machine: Machine, node: ast.expr, function: Value, *values: Value) -> Value:
    rounds = _zip(machine, node, *values)
    if not isinstance(rounds, list):
        return rounds
    return [machine.call(function, list(args), {}, node) for args in rounds]


def _is_instance(machine: Machine, node: ast.AST, value: Value, kinds: Value) -> Value:
    answers = [_is_one(value, kind) for kind in (kinds if isinstance(kinds, tuple) else (kinds,))]
    if True in answers:
        return True
    return machine.unknown(node) if None in answers else False


def _is_one(value: Value, kind: Value) -> bool | None:
    if isinstance(value, Unknown):
        return None
    if isinstance(kind, Class):
        return isinstance(value, Instance) and kind in value.cls.order()
    if isinstance(kind, External) and kind.path.startswith("torch.nn."):
        return isinstance(value, Module) and value.name == kind.path.rpartition(".")[2]
    plain = {"int": int, "float": float, "str": str, "bool": bool, "list": list, "tuple": tuple, "dict": dict}
    named = plain.get(kind.name) if isinstance(kind, Builtin) else None
    return isinstance(value, named) if named else None


def _get_attribute(machine: Machine, node: ast.expr, owner: Value, name: Value, *default: Value) -> Value:
    if not isinstance(name, str):
        return name if isinstance(name, Unknown) else machine.unknown(node)
    found = machine.attribute(owner, name, node)
    return default[0] if isinstance(found, Unknown) and default and not isinstance(owner, Unknown) else found


def _has_attribute(machine: Machine, node: ast.expr, owner: Value, name: Value) -> Value:
    known = isinstance(owner, Instance) and isinstance(name, str)
    return not isinstance(machine.attribute(owner, name, node), Unknown) if known else machine.unknown(node)


def _set_attribute(machine: Machine, node: ast.AST, owner: Value, name: Value, value: Value) -> None:
    if isinstance(name, str):
        machine.set_attribute(owner, name, value)
    elif isinstance(owner, Instance):
        machine.seen.doubts[id(owner)] = machine.unknown(node)


def _type(machine: Machine, node: ast.AST, value: Value) -> Value:
    return value.cls if isinstance(value, Instance) else machine.unknown(node)


def _callable(machine: Machine, node: ast.AST, value: Value) -> Value:
    return isinstance(value, Function | Bound | Class | Builtin | Partial | External | Instance | Module)


def _nothing(machine: Machine, node: ast.AST, *args: Value, **keywords: Value) -> None:
    """Do what cannot be seen in a network, such as printing."""


def _joined_power(base: NUMBER, exponent: NUMBER) -> NUMBER:
    if abs(exponent) > 64:
        raise ValueError("a power that takes long to work out")
    return base**exponent


RUNS: dict[str, Run] = {
    "int": _plain(int, int, float, str),
    "float": _plain(float, int, float, str),
    "str": _plain(str, int, float, str, bool),
    "bool": _plain(bool, int, float, str, list, tuple, dict, type(None)),
    "abs": _plain(abs, int, float),
    "round": _plain(round, int, float),
    "divmod": _plain(divmod, int, float),
    "pow": _plain(_joined_power, int, float),
    "sum": _over_items(sum),
    "max": _over_items(max),
    "min": _over_items(min),
    "sorted": _over_items(sorted),
    "any": _over_items(any),
    "all": _over_items(all),
    "range": _range,
    "len": _length,
    "list": _list,
    "iter": _list,
    "set": _list,
    "tuple": _tuple,
    "reversed": _reversed,
    "dict": _dict,
    "zip": _zip,
    "enumerate": _enumerate,
    "map": _map,
    "isinstance": _is_instance,
    "getattr": _get_attribute,
    "hasattr": _has_attribute,
    "setattr": _set_attribute,
    "type": _type,
    "callable": _callable,
    "print": _nothing,
    "super": _nothing,
}
BUILTINS = {name: Builtin(name, run) for name, run in RUNS.items()}
MATH: dict[str, Run] = {
    name: _plain(getattr(math, name), int, float) for name in ("floor", "ceil", "sqrt", "log2", "log", "gcd", "pow")
}
MATH["prod"] = _over_items(math.prod)


def method(machine: Machine, owner: Value, name: str, node: ast.AST) -> Value:
    """Give a method of a plain value."""
    if isinstance(owner, list) and name in LISTS:
        return Builtin(name, lambda machine, node, *args: LISTS[name](machine, owner, *args))
    if isinstance(owner, dict) and name in DICTS:
        return Builtin(name, lambda machine, node, *args, **keywords: DICTS[name](machine, owner, *args, **keywords))
    if isinstance(owner, str) and name == "format":
        return Builtin(name, lambda machine, node, *args, **keywords: _format(machine, node, owner, args))
    if isinstance(owner, str) and name == "join":
        return Builtin(name, lambda machine, node, parts: _join(machine, node, owner, parts))
    if name in SAFE.get(type(owner), ()):
        return Builtin(name, lambda machine, node, *args: _call_safe(machine, node, owner, name, args))
    return machine.unknown(node)


def _call_safe(machine: Machine, node: ast.AST, owner: Value, name: str, args: tuple[Value, ...]) -> Value:
    if any(isinstance(arg, Unknown) for arg in args[:1]):
        return args[0]
    try:
        result = getattr(owner, name)(*args)
    except FAILURES:
        return machine.unknown(node)
    return list(result) if isinstance(owner, dict) and name in ("items", "keys", "values") else result


def _format(machine: Machine, node: ast.AST, text: str, args: tuple[Value, ...]) -> Value:
    """Put numbers and words in the place of `{}`; other places are not looked into."""
    if text.count("{}") != len(args) or text.count("{") != len(args) or not all(isinstance(a, int | str) for a in args):
        return machine.unknown(node)
    pieces = text.split("{}")
    return "".join(piece + str(arg) for piece, arg in zip(pieces, (*args, ""), strict=True))


def _join(machine: Machine, node: ast.AST, text: str, parts: Value) -> Value:
    items = machine.iterate(parts)
    known = items is not None and all(isinstance(item, str) for item in items)
    return text.join(items or []) if known else machine.unknown(node)
