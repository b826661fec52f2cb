"""What a program's command line gives when nothing is typed: the defaults of `argparse`."""

import ast
from collections.abc import Callable

from explorer.exchange.python.machine import Machine
from explorer.exchange.python.values import Builtin, Class, Instance, Unknown, Value

NAMESPACE = Class("Namespace", (), {})


def _add(machine: Machine, node: ast.AST, parser: Instance, *names: Value, **keywords: Value) -> Unknown:
    """Note an argument's default; what must be typed is unknown."""
    flags = [name for name in names if isinstance(name, str)]
    name = next((flag for flag in flags if flag.startswith("--")), flags[0] if flags else "")
    switches = {"store_true": False, "store_false": True}
    action = keywords.get("action")
    default = keywords.get("default", switches.get(action) if isinstance(action, str) else None)
    if not name.startswith("-") or keywords.get("required"):
        default = machine.unknown(node, f"{name}, which is typed")
    wanted = keywords.get("dest", name.lstrip("-").replace("-", "_"))
    if isinstance(wanted, str):
        parser.attributes[wanted] = default
    return machine.unknown(node)


def _parse(machine: Machine, node: ast.AST, parser: Instance, *typed: Value) -> Instance:
    return Instance(NAMESPACE, parser.line, dict(parser.attributes))


def _new(machine: Machine, node: ast.AST, parser: Instance, *args: Value, **keywords: Value) -> None:
    """Begin without arguments."""


METHODS: dict[str, Callable[..., Value]] = {"__init__": _new, "add_argument": _add, "parse_args": _parse}
PARSER = Class("ArgumentParser", (), {name: Builtin(name, run) for name, run in METHODS.items()})
