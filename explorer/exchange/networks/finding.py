"""Which network a text has: the one that it makes and uses, or the one that its classes and functions would make."""

import re

from explorer.architecture.errors import DesignError
from explorer.exchange.networks import keras
from explorer.exchange.networks.holders import SEQUENTIAL, holds, is_module
from explorer.exchange.networks.interpreter import Interpreter
from explorer.exchange.networks.layer_call import unknown_refusal
from explorer.exchange.python.machine import RanOutError
from explorer.exchange.python.values import Class, External, Function, Instance, Module, Unknown, Value
from explorer.exchange.python.ways import LEAVES

NETWORK = "a network of torch.nn or a Keras Sequential: an nn.Sequential, or a class with a forward"
OTHERS = {  # what other libraries are called, by the first part of their modules' names
    "mxnet": "MXNet (Gluon)",
    "paddle": "Paddle",
    "tensorflow": "TensorFlow",
    "keras": "Keras",
    "caffe": "Caffe",
    "jax": "JAX",
    "flax": "Flax",
    "mindspore": "MindSpore",
}
HEADER = re.compile(r"^# (.*)\n# input: ", re.MULTILINE)  # as a program that was written here has it
IMPORTS = re.compile(r"^[ \t]*(?:import|from)[ \t]+(\w+)", re.MULTILINE)


class SeveralNetworksError(DesignError):
    """A text with several networks, of which one is to be chosen by its name."""

    def __init__(self, names: list[str]) -> None:
        super().__init__(
            where="design", found=f"several networks: {', '.join(names)}", allowed="one of them, by its name"
        )
        self.names = names


def find_network(machine: Interpreter, chosen: str = "") -> tuple[str, Instance]:
    """Give the network of a text that was run, with its name; raises `DesignError` for none, or for several."""
    found = _named(machine, _made(machine)) or _empty(machine) or _constructed(machine) or _returned(machine)
    if not found:
        raise _none(machine)
    if nothing := _without_layers(machine, found):
        raise SeveralNetworksError([*found, nothing])
    if chosen in found:
        return chosen, found[chosen]
    if len(found) > 1:
        found = _used(machine, found)
    first, *others = found.values()
    if any(_settings(first) != _settings(other) or first.cls is not other.cls for other in others):
        raise SeveralNetworksError(list(found))
    return list(found.items())[-1]


def _made(machine: Interpreter) -> list[Instance]:
    """Give the networks that a text makes, without those that are parts of another."""
    made = [instance for instance in machine.seen.instances if is_network(instance)]
    inner = {id(part) for instance in machine.seen.instances for part in _inside(instance)}
    kept = {id(value) for value in machine.globals.names.values()} | {id(each) for each in machine.seen.used}
    gone = machine.seen.opened - kept  # `nn.Sequential(…)[1]`: what is left of it is that part
    outer = [instance for instance in made if id(instance) not in inner | gone]
    return _not_taken_apart(outer)


def _not_taken_apart(networks: list[Instance]) -> list[Instance]:
    """Give the networks of which none that is made later has parts."""
    inside = [{id(part) for part in _all_inside(network)} for network in networks]
    last = {part: place for place, parts in enumerate(inside) for part in parts}
    kept = [all(last[part] == place for part in parts) for place, parts in enumerate(inside)]
    return [network for network, keeps in zip(networks, kept, strict=True) if keeps]


def _all_inside(network: Instance) -> list[Value]:
    """Give all parts of a network, of its parts and so on, each once."""
    found, left = dict[int, Value](), [network]
    while left:
        parts = [part for part in _inside(left.pop()) if isinstance(part, Instance | Module) and id(part) not in found]
        found |= {id(part): part for part in parts}
        left += [part for part in parts if isinstance(part, Instance)]
    return list(found.values())


def _empty(machine: Interpreter) -> dict[str, Instance]:
    """Give the Sequential without a layer that a program of ours has for a design without one."""
    made = [instance for instance in machine.seen.instances if instance.cls is SEQUENTIAL and not instance.attributes]
    return {"net": made[0]} if made and HEADER.search(machine.source) else {}


def _without_layers(machine: Interpreter, found: dict[str, Instance]) -> str:
    """Give the name of a Sequential that has no layer left: it may be what is used of those that it came from."""
    named = machine.globals.names.items()
    return next((name for name, value in named if name not in found and _is_empty(value)), "")


def _is_empty(value: Value) -> bool:
    return isinstance(value, Instance) and value.cls is SEQUENTIAL and not value.attributes


def is_network(value: Value) -> bool:
    """Tell whether a value is a module that can be called on pictures."""
    if isinstance(value, Instance) and holds(value, keras.SEQUENTIAL):
        return bool(value.attributes)
    if not isinstance(value, Instance) or not is_module(value):
        return False
    if holds(value, SEQUENTIAL) and value.cls is SEQUENTIAL:
        return bool(value.attributes)
    return holds(value, SEQUENTIAL) or _has_forward(value.cls)


def _has_forward(cls: Class) -> bool:
    return any(isinstance(each, Class) and "forward" in each.names for each in cls.order()) or _book_network(cls)


def _book_network(cls: Class) -> bool:
    """Tell whether a class is one of those whose base has the forward, which calls `self.net`."""
    return any(isinstance(each, External) and each.path.startswith("d2l.") for each in cls.order())


def _inside(instance: Instance) -> list[Value]:
    """Give what an object holds, also in lists and dictionaries within one another, each once."""
    found, left = dict[int, Value](), list(instance.attributes.values())
    while left:
        value = left.pop()
        if id(value) in found:
            continue
        found[id(value)] = value
        left += value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return list(found.values())


def _named(machine: Interpreter, networks: list[Instance]) -> dict[str, Instance]:
    """Name networks by their class, those of torch's own classes by the name that they are assigned to."""
    names: dict[str, Instance] = {}
    variables = {id(value): name for name, value in reversed(machine.globals.names.items())}
    for network in networks:
        is_plain = network.cls in (SEQUENTIAL, keras.SEQUENTIAL)
        name = network.cls.name if not is_plain else _variable(variables, network)
        if name in names and _alike(names[name], network):
            same = names.pop(name)
            if id(same) in machine.seen.inputs:
                machine.seen.inputs.setdefault(id(network), machine.seen.inputs[id(same)])
        names[name if name not in names else f"{name} of line {network.line}"] = network
    return names


def _alike(one: Instance, other: Instance) -> bool:
    """Tell whether two networks of one class surely have the same parts: the later one is taken then."""
    return one.cls is other.cls and one.cls is not SEQUENTIAL and _settings(one) == _settings(other)


def _settings(value: Value, depth: int = 0) -> object:
    if isinstance(value, Instance) and depth < 8:
        return value.cls.name, {name: _settings(each, depth + 1) for name, each in value.attributes.items()}
    if isinstance(value, Module):
        return value.name, repr(value.args), repr(value.keywords)
    if isinstance(value, list | tuple) and depth < 8:
        return [_settings(each, depth + 1) for each in value]
    return repr(value) if isinstance(value, int | float | str | bool | None) else type(value).__name__


def _variable(variables: dict[int, str], network: Instance) -> str:
    return variables.get(id(network), f"the network of line {network.line}")


def _used(machine: Interpreter, found: dict[str, Instance]) -> dict[str, Instance]:
    """Keep the networks that are called or handed on, if some are and others not."""
    used = {id(instance) for instance in machine.seen.used}
    kept = {name: network for name, network in found.items() if id(network) in used} or found
    return {name: network for name, network in kept.items() if id(network) not in machine.seen.copied} or kept


def _constructed(machine: Interpreter) -> dict[str, Instance]:
    """Make an object of each class that could be a network, the last first: those before may be its parts."""
    found: dict[str, Instance] = {}
    for cls in reversed(machine.classes):
        if not _has_forward(cls) and not any(each is SEQUENTIAL for each in cls.order()[1:]):
            continue
        if any(instance.cls is cls for instance in machine.seen.instances) or _is_base(machine, cls):
            continue
        made = machine.new(cls)
        if is_network(made):
            found[cls.name] = made
    return dict(reversed(found.items()))


def _is_base(machine: Interpreter, cls: Class) -> bool:
    """Tell whether another class of the text inherits from a class, or is made of it."""
    return any(cls.name in other.mentions for other in machine.classes if other is not cls)


def _returned(machine: Interpreter) -> dict[str, Instance]:
    """Call the functions that give a network, as far as their arguments have defaults."""
    found: dict[str, Instance] = {}
    for name, value in list(machine.globals.names.items()):
        if not isinstance(value, Function):
            continue
        try:
            made = machine.new(value)
        except (DesignError, RanOutError, *LEAVES):
            continue
        if is_network(made):
            found[name] = made
    return found


def _none(machine: Interpreter) -> DesignError:
    """Say that there is no network, or that it is another library's, or hangs on what nobody knows."""
    for value in machine.globals.names.values():
        if isinstance(value, Unknown) and "." in value.what and value.what.partition(".")[0] in OTHERS:
            other = OTHERS[value.what.partition(".")[0]]
            return DesignError(where=f"line {value.line}", found=f"{other}: {value.what}", allowed=NETWORK)
    for root in IMPORTS.findall(machine.source):
        if root in OTHERS:
            return DesignError(where="design", found=f"a program of {OTHERS[root]}", allowed=NETWORK)
    if machine.steps <= 0:
        return DesignError(where="design", found="a text that takes too long to follow", allowed=NETWORK)
    return DesignError(where="design", found="no network", allowed=NETWORK)


def doubted(machine: Interpreter, network: Instance) -> None:
    """Refuse a network that may have been changed in a way that nobody can follow."""
    why = machine.seen.doubts.get(id(network))
    if why:
        raise unknown_refusal(why, line=network.line)
