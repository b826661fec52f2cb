"""The layers that Python source chains: its one `nn.Sequential`, or the one class whose `forward` calls them in order.

A part of either may be an `nn.Sequential` of its own, or a name that the text assigns once. Nothing is run.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from itertools import chain, islice
from typing import TypeGuard

from explorer.architecture.errors import DesignError
from explorer.architecture.spec import MAX_LAYERS
from explorer.exchange.forward import chained
from explorer.exchange.layer_call import CLASSES, PARAMETERS, refusal, short_name
from explorer.exchange.literal import dotted

NETWORK = "one nn.Sequential, its layers written out, or one class whose forward calls its layers one after another"
CHANGES = ("append", "extend", "insert", "pop", "add_module", "register_module")
MAX_DEPTH = 8  # of an nn.Sequential within another
Names = dict[str, list[ast.Call]]


def layer_nodes(tree: ast.Module) -> list[ast.expr]:
    """Give the calls of the network's layers; raises `DesignError` for a text with none or with more than one network.

    Definitions of classes that have a layer's name are not looked at.
    """
    body = [node for node in tree.body if not isinstance(node, ast.ClassDef) or node.name not in PARAMETERS]
    nodes = [node for statement in body for node in ast.walk(statement)]
    _refuse_changes(nodes)
    names, classes = _assigned(nodes), {cls: _calls([*ast.walk(cls)]) for cls in body if _has_forward(cls)}
    chaining = {cls: calls for cls, calls in classes.items() if any(map(_is_part, calls))}
    inside = {id(call) for calls in chaining.values() for call in calls}
    alone = [call for call in _outermost(_calls(nodes), names) if id(call) not in inside]
    network = _only(sorted([*chaining, *alone], key=lambda node: node.lineno))
    parts: list[ast.expr] = chained(network) if isinstance(network, ast.ClassDef) else [network]
    return _few(_Parts(names).layers(parts))


def _refuse_changes(nodes: list[ast.AST]) -> None:
    """Refuse a text that changes a network after it is written out: what would be read is not what it makes."""
    named = {name for name, calls in _assigned(nodes).items() if any(map(_is_part, calls))}
    for node in nodes:
        match node:
            case ast.Call(func=ast.Attribute(value=value, attr=change)) if change in CHANGES and dotted(value) in named:
                raise refusal(node, found=f"{dotted(value)}.{change}", allowed=NETWORK)
            case ast.Assign(targets=[ast.Subscript(value=value)]) | ast.Delete(targets=[ast.Subscript(value=value)]):
                if dotted(value) in named:
                    raise refusal(node, found=f"a change of {dotted(value)}", allowed=NETWORK)


def _only(networks: list[ast.ClassDef | ast.Call]) -> ast.ClassDef | ast.Call:
    if not networks:
        raise DesignError(where="design", found="no nn.Sequential", allowed=NETWORK)
    first, *others = networks
    if others:
        kind = "class with layers" if isinstance(others[0], ast.ClassDef) else "nn.Sequential"
        raise refusal(others[0], found=f"a second {kind}, beside that of line {first.lineno}", allowed=NETWORK)
    return first


def _few(layers: Iterator[ast.expr]) -> list[ast.expr]:
    found = list(islice(layers, MAX_LAYERS + 1))
    if len(found) > MAX_LAYERS:
        raise refusal(found[-1], found=f"{len(found)} layers or more", allowed=f"at most {MAX_LAYERS}")
    return found


def _calls(nodes: list[ast.AST]) -> list[ast.Call]:
    return [node for node in nodes if isinstance(node, ast.Call)]


def _assigned(nodes: list[ast.AST]) -> Names:
    """Give the calls that are assigned to each name, such as `net` or `self.features`."""
    names: Names = defaultdict(list)
    for target, value in chain.from_iterable(map(_pairs, nodes)):
        if isinstance(target, ast.Name | ast.Attribute) and isinstance(value, ast.Call):
            names[dotted(target)].append(value)
    return names


def _pairs(node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr | None]]:
    """Give what a statement assigns to, with what it assigns: `a = x`, `a: nn.Module = x`, `a, b = x, y`."""
    match node:
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
            if not any(isinstance(part, ast.Starred) for part in (*targets, *values)):
                yield from zip(targets, values, strict=False)
        case ast.Assign(targets=[target], value=value):
            yield target, value
        case ast.AnnAssign(target=target, value=value):
            yield target, value


def _has_forward(node: ast.stmt) -> TypeGuard[ast.ClassDef]:
    """Tell whether a statement is a class that says the order of its layers."""
    return isinstance(node, ast.ClassDef) and any(
        isinstance(method, ast.FunctionDef) and method.name == "forward" for method in node.body
    )


def _is_part(call: ast.Call) -> bool:
    return (name := short_name(call.func)) == "Sequential" or name in PARAMETERS


def _outermost(calls: list[ast.Call], names: Names) -> list[ast.Call]:
    """Give each `nn.Sequential` that is no part of another one."""
    sequentials = [call for call in calls if short_name(call.func) == "Sequential"]
    parts = (part for sequential in sequentials for part in _arguments(sequential))
    inner = {
        id(call) for part in parts for call in ([part] if isinstance(part, ast.Call) else names.get(dotted(part), []))
    }
    return [sequential for sequential in sequentials if id(sequential) not in inner]


def _arguments(sequential: ast.Call) -> list[ast.expr]:
    """Give the layers of an `nn.Sequential`, those of an OrderedDict without their names."""
    if sequential.keywords:
        raise refusal(sequential, found="a named argument of nn.Sequential", allowed="layers, or an OrderedDict")
    match sequential.args:
        case [ast.Call(func=func) as ordered] if dotted(func).endswith("OrderedDict"):
            return list(_named(ordered))
    return sequential.args


def _named(ordered: ast.Call) -> Iterator[ast.expr]:
    match ordered:
        case ast.Call(args=[ast.List(elts=pairs) | ast.Tuple(elts=pairs)], keywords=[]):
            for pair in pairs:
                if not isinstance(pair, ast.Tuple) or len(pair.elts) != 2:
                    raise refusal(pair, found="no pair", allowed="a layer's name and the layer")
                yield pair.elts[1]
        case _:
            raise refusal(ordered, found="an OrderedDict of something else", allowed="a list of (name, layer)")


class _Parts:
    """Follows the parts of one network to their layers; one with weights of its own may come once."""

    def __init__(self, names: Names) -> None:
        self._names = names
        self._used = set[str]()

    def layers(self, parts: list[ast.expr], depth: int = 0) -> Iterator[ast.expr]:
        """Give the layers' calls, and whatever else stands in a layer's place: its reader says why it is none."""
        for part in parts:
            if depth > MAX_DEPTH:
                raise refusal(part, found="deeper nesting", allowed=f"parts within parts, at most {MAX_DEPTH} deep")
            if isinstance(part, ast.Call) and short_name(part.func) == "Sequential":
                yield from self.layers(_arguments(part), depth + 1)
            elif (name := dotted(part)) in self._names:
                yield from self.layers([self._named(part, name)], depth)
            else:
                yield part

    def _named(self, part: ast.expr, name: str) -> ast.Call:
        value, *others = self._names[name]
        if others:
            raise refusal(part, found=f"{name}, which is assigned more than once", allowed="names with one meaning")
        kind = CLASSES.get(short_name(value.func))
        if name in self._used and (kind is None or kind.has_weights):
            raise refusal(part, found=f"{name} a second time", allowed="parts with weights once each")
        self._used.add(name)
        return value
