"""What programs import of Python's own library: `functools`, `itertools`, `copy` and the like."""

import ast
import itertools
from collections.abc import Callable, Iterator
from functools import partial

from explorer.exchange.python.contents import MAX_SIZE
from explorer.exchange.python.machine import Machine, RanOutError
from explorer.exchange.python.standard import arguments, pythons, records
from explorer.exchange.python.values import Class, Instance, Module, Names, Partial, Value

Run = Callable[..., Value]


def _reduce(machine: Machine, node: ast.expr, function: Value, values: Value, *start: Value) -> Value:
    items = machine.iterate(values)
    if items is None or not (items or start):
        return machine.reason(node, values)
    result, *others = [*start, *items]
    for item in others:
        result = machine.call(function, [result, item], {}, node)
    return result


def _chain(machine: Machine, node: ast.AST, *values: Value) -> Value:
    walked = [machine.iterate(value) for value in values]
    if None in walked:
        return machine.reason(node, *values)
    return machine.made(_short(item for items in walked for item in items or ()))


def _chain_all(machine: Machine, node: ast.AST, values: Value) -> Value:
    items = machine.iterate(values)
    return machine.reason(node, values) if items is None else _chain(machine, node, *items)


def _pairwise(machine: Machine, node: ast.AST, values: Value) -> Value:
    items = machine.iterate(values)
    return machine.reason(node, values) if items is None else list(itertools.pairwise(items))


def _repeat(machine: Machine, node: ast.AST, value: Value, times: Value) -> Value:
    known = isinstance(times, int) and times <= MAX_SIZE
    return [value] * times if known else machine.reason(node, times)


def _slice(machine: Machine, node: ast.AST, values: Value, *ends: Value) -> Value:
    items = machine.iterate(values)
    if items is None or not all(end is None or (isinstance(end, int) and end >= 0) for end in ends) or not ends:
        return machine.reason(node, values, *ends)
    return items[slice(*ends)]


def _short(items: Iterator[Value]) -> list[Value]:
    short = list(itertools.islice(items, MAX_SIZE + 1))
    if len(short) > MAX_SIZE:
        raise RanOutError
    return short


def _copied(machine: Machine, node: ast.AST, value: Value) -> Value:
    """Give the same thing once more, `copy.deepcopy(layer)`: its parts are others than those that are copied."""
    return _copy(machine, value, {}, deep=True)


def _shallow(machine: Machine, node: ast.AST, value: Value) -> Value:
    return _copy(machine, value, {}, deep=False)


def _copy(machine: Machine, value: Value, done: dict[int, Value], *, deep: bool) -> Value:
    machine.step()
    if id(value) in done:
        return done[id(value)]
    with machine.deeper(ast.Name(id="copy", lineno=1)):
        made = done[id(value)] = _empty(value)
        inner = partial(_copy, machine, done=done, deep=deep) if deep else _itself
        if isinstance(value, list):
            made.extend(inner(each) for each in value)
        elif isinstance(value, tuple):
            made = tuple(inner(each) for each in value)
        elif isinstance(value, dict):
            made.update({name: inner(each) for name, each in value.items()})
        elif isinstance(value, Instance):
            machine.seen.copied.add(id(value))
            made.attributes.update({name: inner(each) for name, each in value.attributes.items()})
            machine.seen.instances.append(made)
    return machine.made(made)


def _itself(value: Value) -> Value:
    return value


def _empty(value: Value) -> Value:
    if isinstance(value, Instance):
        return Instance(value.cls, value.line)
    if isinstance(value, Module):
        return Module(value.name, list(value.args), dict(value.keywords), value.line)
    return [] if isinstance(value, list) else {} if isinstance(value, dict) else value


def _partial(machine: Machine, node: ast.AST, function: Value, *args: Value, **keywords: Value) -> Value:
    return Partial(function, args, keywords)


def _cast(machine: Machine, node: ast.AST, kind: Value, value: Value) -> Value:
    return value


CALLS: dict[str, Run] = {
    **records.CALLS,
    **{f"{module}.{name}": pythons.MATH[name] for module in ("math", "numpy") for name in pythons.MATH},
    "functools.reduce": _reduce,
    "functools.partial": _partial,
    "itertools.chain": _chain,
    "itertools.chain.from_iterable": _chain_all,
    "itertools.pairwise": _pairwise,
    "itertools.repeat": _repeat,
    "itertools.islice": _slice,
    "copy.deepcopy": _copied,
    "copy.copy": _shallow,
    "collections.OrderedDict": pythons.RUNS["dict"],
    "collections.deque": pythons.RUNS["list"],
    "typing.cast": _cast,
    "sys.exit": pythons.RUNS["exit"],
}
CLASSES: dict[str, Class] = {**records.CLASSES, "argparse.ArgumentParser": arguments.PARSER}
CONSTANTS: Names = {"math.pi": 3.141592653589793, "math.inf": float("inf"), "numpy.pi": 3.141592653589793}
