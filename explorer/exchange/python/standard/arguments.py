"""What a program's command line gives when nothing is typed: the defaults of `argparse`."""

import ast
from collections.abc import Callable

from explorer.exchange.python.machine import Machine
from explorer.exchange.python.standard.records import NAMESPACE
from explorer.exchange.python.values import Builtin, Class, Instance, Unknown, Value


def _add(machine: Machine, node: ast.expr, parser: Instance, *names: Value, **keywords: Value) -> Unknown:
    """Note an argument's default; what must be typed is unknown."""
    flags = [name for name in names if isinstance(name, str)]
    name = next((flag for flag in flags if flag.startswith("--")), flags[0] if flags else "")
    switches = {"store_true": False, "store_false": True}
    action = keywords.get("action")
    default = keywords.get("default", switches.get(action) if isinstance(action, str) else None)
    if not name.startswith("-") or keywords.get("required"):
        default = machine.unknown(node, f"{name}, which is typed")
    wanted = keywords.get("dest", name.lstrip("-").replace("-", "_"))
    if isinstance(default, str) and "type" in keywords:
        default = machine.call(keywords["type"], [default], {}, node)
    if isinstance(wanted, str):
        parser.attributes[wanted] = machine.doubtful(parser) or default
    return machine.unknown(node)


def _set(machine: Machine, node: ast.AST, parser: Instance, **defaults: Value) -> None:
    parser.attributes.update({name: machine.doubtful(parser) or value for name, value in defaults.items()})


def _group(machine: Machine, node: ast.AST, parser: Instance, *args: Value, **keywords: Value) -> Instance:
    return parser


def _parse(machine: Machine, node: ast.expr, parser: Instance, args: Value = None, *others: Value) -> Value:
    """Give what all arguments are by default; where the text itself types some, nobody looks into that."""
    known = dict(parser.attributes)
    if args is not None and args != []:
        known = dict.fromkeys(known, machine.unknown(node, "a command line that is typed"))
    return machine.made(Instance(NAMESPACE, parser.line, known))


def _parse_known(machine: Machine, node: ast.expr, parser: Instance, *args: Value) -> Value:
    return _parse(machine, node, parser, *args), []


def _new(machine: Machine, node: ast.AST, parser: Instance, *args: Value, **keywords: Value) -> None:
    """Begin without arguments."""


METHODS: dict[str, Callable[..., Value]] = {
    "__init__": _new,
    "add_argument": _add,
    "set_defaults": _set,
    "add_argument_group": _group,
    "add_mutually_exclusive_group": _group,
    "parse_args": _parse,
    "parse_known_args": _parse_known,
}
PARSER = Class("ArgumentParser", (), {name: Builtin(name, run) for name, run in METHODS.items()})
