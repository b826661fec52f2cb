"""Records: data classes, named tuples and namespaces, whose objects have what they are made with."""

import ast
from collections.abc import Callable

from explorer.exchange.python.machine import Machine
from explorer.exchange.python.values import Builtin, Class, External, Instance, Names, Unknown, Value

FIELDS = "__annotations__"
TUPLES = ("typing.NamedTuple", "collections.namedtuple")
BASES = (*TUPLES, "pydantic.BaseModel", "typing.TypedDict")


def is_record(cls: Class) -> bool:
    """Tell whether a class takes its fields as arguments."""
    return any(
        "dataclass" in each.decorators if isinstance(each, Class) else getattr(each, "path", "") in BASES
        for each in cls.order()
    )


def fill(machine: Machine, instance: Instance, args: list[Value], keywords: Names, node: ast.expr) -> None:
    """Give a record its fields: what it is made with, else their defaults."""
    classes = [each for each in instance.cls.order()[::-1] if isinstance(each, Class)]
    fields = list(dict.fromkeys(name for cls in classes for name in cls.names.get(FIELDS, ())))
    given = {**dict(zip(fields, args, strict=False)), **keywords}
    for name in fields:
        value = given[name] if name in given else _default(machine, classes, name, node)
        instance.attributes[name] = value


def _default(machine: Machine, classes: list[Class], name: str, node: ast.expr) -> Value:
    cls = next((cls for cls in reversed(classes) if name in cls.names), None)
    value = cls.names[name] if cls else Unknown(f"{name}, which nothing in the text gives", getattr(node, "lineno", 0))
    if isinstance(value, Instance) and value.cls is FIELD:
        factory = value.attributes.get("default_factory")
        return (
            machine.call(factory, [], {}, node) if factory else value.attributes.get("default", machine.unknown(node))
        )
    return value


def items(instance: Instance) -> list[Value] | None:
    """Give the fields of a named tuple in their order; None for what is none."""
    order = instance.cls.order()
    if not any(isinstance(each, External) and each.path in TUPLES for each in order):
        return None
    return list(instance.attributes.values())


def _keep(machine: Machine, node: ast.AST, instance: Instance, *args: Value, **keywords: Value) -> None:
    for given in args:
        keywords = {**(given if isinstance(given, dict) else {"?": machine.unknown(node)}), **keywords}
    instance.attributes.update(keywords)


FIELD = Class("field", (), {"__init__": Builtin("__init__", _keep)})
NAMESPACE = Class("Namespace", (), {"__init__": Builtin("__init__", _keep)})


def named_tuple(machine: Machine, node: ast.AST, name: Value, fields: Value, **keywords: Value) -> Value:
    """Make a class of named tuples, `namedtuple("Block", "width kernel")`."""
    names = fields.replace(",", " ").split() if isinstance(fields, str) else machine.iterate(fields)
    defaults = machine.iterate(keywords.get("defaults") or ())
    if names is None or defaults is None or not all(isinstance(each, str) for each in names):
        return machine.unknown(node)
    given = dict(zip(names[len(names) - len(defaults) :], defaults, strict=False))
    return Class(str(name), (External(TUPLES[1]),), {**given, FIELDS: names})


def as_dict(machine: Machine, node: ast.AST, record: Value) -> Value:
    """Give a record's fields by their names, `asdict(config)`."""
    known = isinstance(record, Instance)
    return machine.made(dict(record.attributes)) if known else machine.unknown(node)


Run = Callable[..., Value]
CALLS: dict[str, Run] = {"collections.namedtuple": named_tuple, "dataclasses.asdict": as_dict}
CLASSES = {"dataclasses.field": FIELD, "types.SimpleNamespace": NAMESPACE, "argparse.Namespace": NAMESPACE}
