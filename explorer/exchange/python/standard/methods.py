"""The methods of Python's numbers, texts, lists and dictionaries."""

import ast
import math
from collections.abc import Callable

from explorer.exchange.python.contents import is_large, spread_in
from explorer.exchange.python.machine import Machine
from explorer.exchange.python.standard import texts
from explorer.exchange.python.standard.changes import DICTS, LISTS, other
from explorer.exchange.python.values import ANY_KEY, Builtin, Names, Unknown, Value

Run = Callable[..., Value]
FAILURES = (TypeError, ValueError, IndexError, KeyError)
# Methods that change nothing and are quick: they may be called as they are.
SAFE: dict[type, set[str]] = {
    str: {
        *("lower", "upper", "strip", "startswith", "endswith", "split", "title", "capitalize", "isdigit", "index"),
        *("lstrip", "rstrip", "count", "find", "removeprefix", "removesuffix", "partition", "rpartition", "replace"),
        *("isalpha", "isnumeric", "isdecimal", "isupper", "islower", "casefold", "rsplit", "splitlines", "swapcase"),
    },
    list: {"index", "count", "copy"},
    tuple: {"index", "count"},
    dict: {"get", "items", "keys", "values", "copy"},
    int: {"bit_length"},
    float: {"is_integer"},
}


def method(machine: Machine, owner: Value, name: str, node: ast.AST) -> Value:
    """Give a method of a plain value."""
    run = _changing(owner, name) or _of_text(owner, name)
    if isinstance(owner, tuple) and name == "numel":  # of a torch.Size
        run = _count
    if run:
        return Builtin(name, lambda machine, node, *args, **keywords: run(machine, node, owner, *args, **keywords))
    if name in SAFE.get(type(owner), ()):
        return Builtin(name, lambda machine, node, *args: _call_safe(machine, node, owner, name, args))
    return machine.unknown(node)


def _changing(owner: Value, name: str) -> Run | None:
    """Give what changes a list or a dictionary, or may do so."""
    known = LISTS if isinstance(owner, list) else DICTS if isinstance(owner, dict) else {}
    if name in known:
        return lambda machine, node, *args, **keywords: known[name](machine, *args, **keywords)
    return other if isinstance(owner, list | dict) and hasattr(owner, name) and name not in SAFE[type(owner)] else None


def _of_text(owner: Value, name: str) -> Run | None:
    return {"format": texts.filled, "join": texts.joined}.get(name) if isinstance(owner, str) else None


def _count(machine: Machine, node: ast.AST, sizes: tuple[Value, ...]) -> Value:
    known = all(isinstance(size, int) for size in sizes)
    return machine.bounded(node, math.prod(sizes)) if known else machine.unknown(node)


def _call_safe(machine: Machine, node: ast.AST, owner: Value, name: str, args: tuple[Value, ...]) -> Value:
    spread = spread_in(owner)
    if spread and name not in ("get", "copy"):
        return [spread] if name in ("keys", "values", "items") else spread
    if unknown := next((arg for arg in args[:1] if isinstance(arg, Unknown)), None):
        return unknown
    machine.step(len(owner) if isinstance(owner, str | list | tuple | dict) else 0)
    try:
        result = _get(owner, *args) if isinstance(owner, dict) and name == "get" else _called(owner, name, args)
    except FAILURES as error:
        return machine.fails(node, type(error).__name__)
    return result if name == "get" else machine.made(machine.bounded(node, result))


def _called(owner: Value, name: str, args: tuple[Value, ...]) -> Value:
    if isinstance(owner, list | tuple) and name != "copy" and is_large(owner, *args):
        raise ValueError("lists in lists, which take long to compare")
    result = getattr(owner, name)(*args)
    return list(result) if isinstance(owner, dict) and name in ("items", "keys", "values") else result


def _get(owner: Names, key: Value, default: Value = None) -> Value:
    """Give what stands at a key: where nobody knows whether it does, that."""
    return owner.get(key, owner.get(ANY_KEY, default)) if isinstance(key, str | int | float | tuple) else default
