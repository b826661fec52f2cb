"""Python's own functions, and the methods of its numbers, texts, lists and dictionaries."""

import ast
import math
from collections.abc import Callable

from explorer.exchange.python.contents import MAX_SIZE, is_large
from explorer.exchange.python.expressions import distinct
from explorer.exchange.python.machine import Machine, RaisedError
from explorer.exchange.python.standard import objects
from explorer.exchange.python.standard.changes import in_order
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
    Spread,
    Tensor,
    Unknown,
    Value,
)

NUMBER = int | float
FAILURES = (TypeError, ValueError, ZeroDivisionError, OverflowError, IndexError, KeyError, AttributeError)
Run = Callable[..., Value]


def _plain(function: Callable[..., Value], *kinds: type) -> Run:
    """Call a function of Python on plain values only."""

    def run(machine: Machine, node: ast.AST, *args: Value, **keywords: Value) -> Value:
        for value in (*args, *keywords.values()):
            if not isinstance(value, kinds):
                return value if isinstance(value, Unknown) else machine.unknown(node)
        try:
            return machine.bounded(node, function(*args, **keywords))
        except FAILURES as error:
            return machine.fails(node, type(error).__name__)

    return run


def _over_items(function: Callable[[list[Value]], Value]) -> Run:
    """Call a function of Python on the items of one value, all of which are known."""

    def run(machine: Machine, node: ast.AST, *args: Value, **keywords: Value) -> Value:
        items = machine.iterate(args[0]) if len(args) == 1 else list(args)
        if items is None or any(isinstance(item, Unknown) or item is BATCH for item in items) or keywords:
            return machine.reason(node, *(items or args))
        machine.step(len(items))
        if is_large(items):
            return machine.unknown(node)
        try:
            return machine.bounded(node, function(items))
        except FAILURES as error:
            return machine.fails(node, type(error).__name__)

    return run


def _range(machine: Machine, node: ast.AST, *args: Value) -> Value:
    if not args or not all(isinstance(arg, int) for arg in args):
        return next((arg for arg in args if isinstance(arg, Unknown)), machine.unknown(node))
    try:
        numbers = range(*args)
    except FAILURES:
        return machine.unknown(node)
    return machine.bounded(node, list(numbers[: MAX_SIZE + 1]))


def _length(machine: Machine, node: ast.expr, value: Value) -> Value:
    if isinstance(value, Tensor):
        return value.batch
    if isinstance(value, Instance) and any(isinstance(c, Class) and "__len__" in c.names for c in value.cls.order()):
        return machine.call(machine.attribute(value, "__len__", node), [], {}, node)
    items = machine.iterate(value)
    return machine.reason(node, value) if items is None else len(items)


def _list(machine: Machine, node: ast.AST, value: Value = ()) -> Value:
    items = machine.iterate(value)
    return machine.reason(node, value) if items is None else machine.made(list(items))


def _tuple(machine: Machine, node: ast.AST, value: Value = ()) -> Value:
    items = _list(machine, node, value)
    return tuple(items) if isinstance(items, list) else items


def _reversed(machine: Machine, node: ast.AST, value: Value) -> Value:
    items = _list(machine, node, value)
    return items[::-1] if isinstance(items, list) else items


def _dict(machine: Machine, node: ast.AST, *args: Value, **keywords: Value) -> Value:
    if not args:
        return machine.made(dict(keywords))
    pairs = args[0] if isinstance(args[0], dict) else _pairs(machine.iterate(args[0]))
    return machine.made({**pairs, **keywords}) if isinstance(pairs, dict) else machine.reason(node, *args)


def _pairs(items: list[Value] | None) -> Names | None:
    if items is None or not all(isinstance(item, tuple | list) and len(item) == 2 for item in items):
        return None
    return {name: value for name, value in items if isinstance(name, str | int | tuple)}


def _zip(machine: Machine, node: ast.AST, *args: Value, **keywords: Value) -> Value:
    walked = [machine.iterate(arg) for arg in args]
    known = [items for items in walked if items is not None]
    machine.step(len(known) * min(map(len, known), default=0))
    return list(zip(*known, strict=False)) if len(known) == len(walked) else machine.reason(node, *args)


def _enumerate(machine: Machine, node: ast.AST, value: Value, start: Value = 0) -> Value:
    items = machine.iterate(value)
    if items is None or not isinstance(start, int):
        return machine.reason(node, value)
    return list(enumerate(items, start))


def _map(machine: Machine, node: ast.expr, function: Value, *values: Value) -> Value:
    rounds = _zip(machine, node, *values)
    if not isinstance(rounds, list):
        return rounds
    return [machine.call(function, list(args), {}, node) for args in rounds]


def _sum(machine: Machine, node: ast.AST, values: Value, start: Value = 0) -> Value:
    """Add numbers, or lists as `sum(lists, [])` does."""
    items = machine.iterate(values)
    if items is None:
        return machine.reason(node, values)
    for item in items:
        machine.step()
        start = machine.binary(node, ast.Add(), start, item)
    return start


def _extreme(which: Callable[..., Value]) -> Run:
    """Give the largest or the smallest of values, by what a function of the text makes of each if it is said."""

    def run(machine: Machine, node: ast.expr, *args: Value, key: Value = None, default: Value = None) -> Value:
        if key is None and default is None:
            return _over_items(which)(machine, node, *args)
        items = machine.iterate(args[0]) if len(args) == 1 else list(args)
        if not items:
            return machine.reason(node, *args) if items is None else default
        keys = items if key is None else [machine.call(key, [item], {}, node) for item in items]
        if not all(isinstance(each, int | float) for each in keys):
            return machine.reason(node, *keys)
        return items[which(range(len(keys)), key=keys.__getitem__)]

    return run


def _sorted(machine: Machine, node: ast.AST, values: Value, key: Value = None, reverse: Value = False) -> Value:
    items = machine.iterate(values)
    if items is None or any(isinstance(item, Unknown) for item in items) or is_large(items):
        return machine.reason(node, values, *(items or ()))
    machine.step(len(items) * 4)
    try:
        return machine.made(in_order(machine, items, key, reverse))
    except FAILURES:
        return machine.unknown(node)


def _set(machine: Machine, node: ast.AST, value: Value = ()) -> Value:
    items = machine.iterate(value)
    return machine.reason(node, value) if items is None else machine.made(distinct(items))


def _filter(machine: Machine, node: ast.expr, function: Value, values: Value) -> Value:
    items = machine.iterate(values)
    if items is None:
        return machine.reason(node, values)
    tests = [machine.truth(item if function is None else machine.call(function, [item], {}, node)) for item in items]
    if None in tests:
        return Spread(machine.text(node), node.lineno)
    return [item for item, test in zip(items, tests, strict=True) if test]


def _any(machine: Machine, node: ast.AST, values: Value) -> Value:
    answers = [machine.truth(item) for item in machine.iterate(values) or [None]]
    return True if True in answers else machine.reason(node, values) if None in answers else False


def _all(machine: Machine, node: ast.AST, values: Value) -> Value:
    items = machine.iterate(values)
    answers = [None] if items is None else [machine.truth(item) for item in items]
    return False if False in answers else machine.reason(node, values) if None in answers else True


def _next(machine: Machine, node: ast.AST, values: Value, *default: Value) -> Value:
    """Give the first item; of what is walked through item by item nobody counts how far it has come."""
    items, given = machine.iterate(values), getattr(node, "args", [None])[0]
    if items is None or not isinstance(given, ast.Call | ast.GeneratorExp):
        return machine.reason(node, values)
    return items[0] if items else default[0] if default else machine.fails(node, "StopIteration")


def _exit(machine: Machine, node: ast.AST, *args: Value) -> None:
    raise RaisedError(machine.unknown(node), "SystemExit")


def _locals(machine: Machine, node: ast.AST) -> Value:
    return machine.made(dict(machine.frames[-1].names)) if machine.frames else machine.unknown(node)


def _callable(machine: Machine, node: ast.AST, value: Value) -> Value:
    return isinstance(value, Function | Bound | Class | Builtin | Partial | External | Instance | Module)


def _nothing(machine: Machine, node: ast.AST, *args: Value, **keywords: Value) -> None:
    """Do what cannot be seen in a network, such as printing."""


def _rounded(number: NUMBER, digits: int | None = None) -> NUMBER:
    if digits is not None and abs(digits) > 64:
        raise ValueError("a number that takes long to work out")
    return round(number, digits)


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
    "round": _plain(_rounded, int, float),
    "divmod": _plain(divmod, int, float),
    "pow": _plain(_joined_power, int, float),
    "sum": _sum,
    "max": _extreme(max),
    "min": _extreme(min),
    "sorted": _sorted,
    "any": _any,
    "all": _all,
    "filter": _filter,
    "next": _next,
    "exit": _exit,
    "quit": _exit,
    "locals": _locals,
    "range": _range,
    "len": _length,
    "list": _list,
    "iter": _list,
    "set": _set,
    "frozenset": _set,
    "tuple": _tuple,
    "reversed": _reversed,
    "dict": _dict,
    "zip": _zip,
    "enumerate": _enumerate,
    "map": _map,
    "callable": _callable,
    **objects.RUNS,
    "print": _nothing,
    "super": _nothing,
}
BUILTINS = {name: Builtin(name, run) for name, run in RUNS.items()}
MATH: dict[str, Run] = {
    name: _plain(getattr(math, name), int, float) for name in ("floor", "ceil", "sqrt", "log2", "log", "gcd", "pow")
}
MATH["prod"] = _over_items(math.prod)
