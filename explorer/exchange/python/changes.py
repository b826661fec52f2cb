"""The methods of lists and dictionaries that change them.

Where nobody knows whether a method is called, an item of it is unknown.
"""

from collections.abc import Callable

from explorer.exchange.python.machine import Machine
from explorer.exchange.python.values import Names, Unknown, Value

Run = Callable[..., Value]


def _add(machine: Machine, owner: list[Value], *items: Value) -> None:
    owner.extend([machine.doubt] if machine.doubt else items)
    machine.change(owner)


def _extend(machine: Machine, owner: list[Value], more: Value) -> None:
    items = machine.iterate(more)
    _add(machine, owner, *(items if items is not None else [Unknown("items that are not known", 0)]))


def _insert(machine: Machine, owner: list[Value], place: Value, item: Value) -> None:
    if isinstance(place, int) and not machine.doubt:
        owner.insert(place, item)
        machine.change(owner)
    else:
        _add(machine, owner, machine.doubt or Unknown("an item at a place that is not known", 0))


def _pop(machine: Machine, owner: list[Value], place: Value = -1) -> Value:
    machine.change(owner)
    if machine.doubt or not isinstance(place, int) or not -len(owner) <= place < len(owner):
        unknown = machine.doubt or Unknown("an item that is not there", 0)
        owner.append(unknown)
        return unknown
    return owner.pop(place)


def _reverse(machine: Machine, owner: list[Value]) -> None:
    owner.reverse()
    _doubted(machine, owner)


def _clear(machine: Machine, owner: list[Value]) -> None:
    owner.clear()
    _doubted(machine, owner)


def _doubted(machine: Machine, owner: list[Value]) -> None:
    if machine.doubt:
        owner.append(machine.doubt)


def _update(machine: Machine, owner: Names, more: Value = None, **keywords: Value) -> None:
    added = {**(more if isinstance(more, dict) else {}), **keywords}
    owner.update(dict.fromkeys(added, machine.doubt) if machine.doubt else added)
    machine.change(owner)


def _set_default(machine: Machine, owner: Names, key: Value, value: Value = None) -> Value:
    return owner.setdefault(key, value) if isinstance(key, str | int) else Unknown("a key that is not known", 0)


def _pop_key(machine: Machine, owner: Names, key: Value, *default: Value) -> Value:
    if isinstance(key, str | int) and key in owner:
        return machine.doubt or owner.pop(key)
    return default[0] if default else Unknown("a key that is not there", 0)


LISTS: dict[str, Run] = {
    "append": _add,
    "extend": _extend,
    "insert": _insert,
    "pop": _pop,
    "reverse": _reverse,
    "clear": _clear,
    "add": _add,
}
DICTS: dict[str, Run] = {"update": _update, "setdefault": _set_default, "pop": _pop_key}


def put(machine: Machine, owner: list[Value] | Names, key: Value, value: Value) -> None:
    """Put something in a place of a list or a dictionary."""
    value = machine.doubt or value
    if isinstance(owner, dict):
        owner[key if isinstance(key, str | int | tuple) else "?"] = value
    elif isinstance(key, int) and -len(owner) <= key < len(owner):
        owner[key] = value
    else:
        owner.append(Unknown("an item at a place that is not known", 0))
    machine.change(owner)


def take(machine: Machine, owner: list[Value] | Names, key: Value) -> None:
    """Take something out of a list or a dictionary."""
    if isinstance(owner, dict) and isinstance(key, str | int):
        owner.pop(key, None)
    elif isinstance(owner, list):
        _pop(machine, owner, key) if isinstance(key, int) else owner.append(Unknown("a part that is taken out", 0))
