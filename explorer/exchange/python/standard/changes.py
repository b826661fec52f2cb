"""The methods of lists and dictionaries that change them.

Where nobody knows whether a method is called, or what it does, the number of a list's items is unknown from then on,
and of a dictionary the item.
"""

import ast
from collections.abc import Callable

from explorer.exchange.python.contents import same
from explorer.exchange.python.machine import Machine
from explorer.exchange.python.values import ANY_KEY, Names, Spread, Unknown, Value

Run = Callable[..., Value]


def _add(machine: Machine, owner: list[Value], *items: Value) -> None:
    why = machine.doubtful(owner)
    owner.extend([why] if why else items)
    machine.change(owner)


def blur(machine: Machine, owner: list[Value] | Names, why: Unknown) -> None:
    """Let nobody know what is in a list or a dictionary."""
    spread = Spread(why.what, why.line)
    if isinstance(owner, list):
        owner.append(spread)
    else:
        owner.update(dict.fromkeys([*owner, ANY_KEY], spread))
    machine.change(owner)


def other(machine: Machine, node: ast.AST, owner: list[Value] | Names, *args: Value, **keywords: Value) -> Unknown:
    """Do what a method does that is not written here: nobody knows."""
    blur(machine, owner, why := machine.unknown(node))
    return why


def _extend(machine: Machine, owner: list[Value], more: Value) -> None:
    items = machine.iterate(more)
    _add(machine, owner, *(items if items is not None else [_spread(more)]))


def _spread(value: Value) -> Spread:
    known = isinstance(value, Unknown)
    return Spread(value.what, value.line) if known else Spread("items that are not known", 0)


def _changed(change: Callable[..., Value]) -> Run:
    """Make a change to a list that surely comes about, of arguments that are known; else nobody knows what is in it."""

    def run(machine: Machine, owner: list[Value], *args: Value, **keywords: Value) -> Value:
        why = machine.doubtful(owner) or next((arg for arg in args[:1] if isinstance(arg, Unknown)), None)
        try:
            result = None if why else change(machine, owner, *args, **keywords)
        except (TypeError, ValueError, IndexError):
            why = Spread("a change that Python refuses", 0)
        if why:
            blur(machine, owner, why)
        machine.change(owner)
        return why or result

    return run


def _insert(machine: Machine, owner: list[Value], place: Value, item: Value) -> None:
    owner.insert(place, item)


def _pop(machine: Machine, owner: list[Value], place: Value = -1) -> Value:
    return owner.pop(place)


def _remove(machine: Machine, owner: list[Value], item: Value) -> None:
    """Take the first item out that is the same; of what nobody knows it may be any."""
    machine.step(len(owner))
    place = next(number for number, each in enumerate([*owner, item]) if each is item or _equal(each, item))
    del owner[place]


def _equal(one: Value, other: Value) -> bool:
    if isinstance(one, Unknown):
        raise TypeError("not known")
    plain = int | float | str | None
    return isinstance(one, plain) and isinstance(other, plain) and one == other


def _sort(machine: Machine, owner: list[Value], key: Value = None, reverse: Value = False) -> None:
    owner[:] = in_order(machine, owner, key, reverse)


def in_order(machine: Machine, items: list[Value], key: Value, reverse: Value) -> list[Value]:
    """Sort items, by what a function of the text makes of each."""
    node = ast.Name(id="sorted", ctx=ast.Load(), lineno=0)
    machine.step(len(items) * 4)
    keys = items if key is None else [machine.call(key, [item], {}, node) for item in items]
    order = sorted(range(len(items)), key=keys.__getitem__, reverse=bool(reverse))
    return [items[place] for place in order]


def _reverse(machine: Machine, owner: list[Value]) -> None:
    owner.reverse()


def _clear(machine: Machine, owner: list[Value]) -> None:
    owner.clear()


def _update(machine: Machine, owner: Names, more: Value = None, **keywords: Value) -> None:
    pairs = more if isinstance(more, dict) else _pairs(machine, more)
    if pairs is None:
        blur(machine, owner, _spread(more))
        return
    for key, value in {**pairs, **keywords}.items():
        _put_key(machine, owner, key, value)


def _pairs(machine: Machine, more: Value) -> Names | None:
    """Give pairs of keys and values as a dictionary; None for what is not known."""
    items = [] if more is None else machine.iterate(more)
    if items is None or not all(isinstance(item, tuple | list) and len(item) == 2 for item in items):
        return None
    return {key: value for key, value in items if isinstance(key, str | int | tuple)}


def _put_key(machine: Machine, owner: Names, key: Value, value: Value) -> None:
    why = machine.doubtful(owner)
    if not why or key not in owner or not same(owner[key], value):
        owner[key] = why or value
    machine.change(owner)


def _set_default(machine: Machine, owner: Names, key: Value, value: Value = None) -> Value:
    if not isinstance(key, str | int | tuple):
        blur(machine, owner, why := _spread(key))
        return why
    if key not in owner:
        _put_key(machine, owner, key, value)
    return owner[key]


def _pop_key(machine: Machine, owner: Names, key: Value, *default: Value) -> Value:
    if not isinstance(key, str | int | tuple) or (key not in owner and not default):
        blur(machine, owner, why := Spread("a key that is not there", 0))
        return why
    value = owner.get(key, *default)
    _take_key(machine, owner, key)
    return value


def _take_key(machine: Machine, owner: Names, key: Value) -> None:
    if key in owner and (why := machine.doubtful(owner)):
        owner[key] = why
    else:
        owner.pop(key, None)
    machine.change(owner)


def _clear_keys(machine: Machine, owner: Names) -> None:
    for key in list(owner):
        _take_key(machine, owner, key)


LISTS: dict[str, Run] = {
    "append": _add,
    "extend": _extend,
    "insert": _changed(_insert),
    "pop": _changed(_pop),
    "remove": _changed(_remove),
    "sort": _changed(_sort),
    "reverse": _changed(_reverse),
    "clear": _changed(_clear),
    "add": _add,
}
DICTS: dict[str, Run] = {"update": _update, "setdefault": _set_default, "pop": _pop_key, "clear": _clear_keys}


def put(machine: Machine, owner: list[Value] | Names, key: Value, value: Value) -> None:
    """Put something in a place of a list or a dictionary, or several in the places of a slice."""
    if isinstance(owner, dict):
        if isinstance(key, str | int | float | tuple | None):
            _put_key(machine, owner, key, value)
        else:
            blur(machine, owner, _spread(key))
        return
    items = machine.iterate(value) if isinstance(key, slice) else value
    _changed(_put_in)(machine, owner, _spread(value) if items is None and isinstance(key, slice) else key, items)


def _put_in(machine: Machine, owner: list[Value], key: Value, value: Value) -> None:
    owner[key] = value


def take(machine: Machine, owner: list[Value] | Names, key: Value) -> None:
    """Take something out of a list or a dictionary."""
    if isinstance(owner, list):
        _changed(_delete)(machine, owner, key)
    elif isinstance(key, str | int | float | tuple | None):
        _take_key(machine, owner, key)
    else:
        blur(machine, owner, _spread(key))


def _delete(machine: Machine, owner: list[Value], key: Value) -> None:
    del owner[key]
