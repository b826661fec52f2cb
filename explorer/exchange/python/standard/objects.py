"""Python's functions of objects: what kind they are of, and which attributes they have."""

import ast
from collections.abc import Callable

from explorer.exchange.python.machine import Machine
from explorer.exchange.python.standard.changes import blur
from explorer.exchange.python.values import Builtin, Class, External, Instance, Module, Spread, Unknown, Value


def _is_instance(machine: Machine, node: ast.AST, value: Value, kinds: Value) -> Value:
    answers = [_is_one(machine, value, kind) for kind in (kinds if isinstance(kinds, tuple) else (kinds,))]
    if True in answers:
        return True
    return machine.unknown(node) if None in answers else False


def _is_one(machine: Machine, value: Value, kind: Value) -> bool | None:
    if isinstance(value, Unknown):
        return None
    if isinstance(kind, Class) and isinstance(value, Module):
        return kind.name == "Module" and not kind.line
    if isinstance(kind, Class):
        return isinstance(value, Instance) and kind in value.cls.order()
    if isinstance(kind, External):
        return machine.is_one(value, kind)
    plain = {"int": int, "float": float, "str": str, "bool": bool, "list": list, "tuple": tuple, "dict": dict}
    named = plain.get(kind.name) if isinstance(kind, Builtin) else None
    return isinstance(value, named) if named else None


def _get_attribute(machine: Machine, node: ast.expr, owner: Value, name: Value, *default: Value) -> Value:
    if not isinstance(name, str):
        return name if isinstance(name, Unknown) else machine.unknown(node)
    there = _has_attribute(machine, node, owner, name) if default else True
    return default[0] if there is False else machine.attribute(owner, name, node) if there is True else there


def _has_attribute(machine: Machine, node: ast.expr, owner: Value, name: Value) -> Value:
    """Tell whether something has an attribute: of what torch gives every module, or another library, torch knows."""
    if isinstance(owner, External) and isinstance(name, str):
        return machine.is_there(External(f"{owner.path}.{name}")) or machine.unknown(node)
    if not isinstance(owner, Instance) or not isinstance(name, str):
        return machine.reason(node, owner, name)
    order = owner.cls.order()
    if name in owner.attributes:
        return True if not isinstance(owner.attributes[name], Spread) else owner.attributes[name]
    if any(isinstance(cls, Class) and name in cls.names for cls in order):
        return True
    if any(not isinstance(cls, Class) for cls in order):
        return machine.unknown(node)
    return machine.part_name(owner, name, node) is not None


def _set_attribute(machine: Machine, node: ast.AST, owner: Value, name: Value, value: Value) -> None:
    if isinstance(name, str):
        machine.set_attribute(owner, name, value)
    elif isinstance(owner, Instance):
        blur(machine, owner.attributes, machine.reason(node, name))


def _delete_attribute(machine: Machine, node: ast.AST, owner: Value, name: Value) -> None:
    machine.take_part(owner, name)


def _type(machine: Machine, node: ast.AST, value: Value) -> Value:
    if isinstance(value, Module) and machine.is_there(cls := External(f"torch.nn.{value.name}")):
        return cls
    return value.cls if isinstance(value, Instance) else machine.reason(node, value)


def _vars(machine: Machine, node: ast.AST, owner: Value) -> Value:
    return owner.attributes if isinstance(owner, Instance) else machine.reason(node, owner)


RUNS: dict[str, Callable[..., Value]] = {
    "isinstance": _is_instance,
    "getattr": _get_attribute,
    "hasattr": _has_attribute,
    "setattr": _set_attribute,
    "delattr": _delete_attribute,
    "type": _type,
    "vars": _vars,
}
