"""The classes of torch.nn that hold modules, and how their parts are found, put in, moved and taken out."""

import ast
from collections.abc import Callable, Sequence

from torch import nn

from explorer.exchange.python.contents import spread_in
from explorer.exchange.python.machine import Machine
from explorer.exchange.python.standard.changes import blur
from explorer.exchange.python.values import Builtin, Class, Instance, Module, Names, Spread, Unknown, Value


def _new_module(machine: Machine, node: ast.AST, instance: Instance, *args: Value, **keywords: Value) -> None:
    """Do what `nn.Module.__init__` does that matters here: nothing."""


def _new_sequence(machine: Machine, node: ast.AST, instance: Instance, *args: Value, **keywords: Value) -> None:
    """Take the parts in: one by one, in a list, or in a dictionary with their names."""
    if keywords and (set(keywords) - {"modules"} or args):
        _fill(instance, {"0": machine.unknown(node, "a named argument of a Sequential")})
        return
    args = args or tuple(keywords.values())
    if len(args) == 1 and isinstance(args[0], dict):
        _fill(instance, args[0])
    elif len(args) == 1 and not is_module(args[0]):
        _fill_from(machine, instance, args[0])
    else:
        _fill(instance, numbered(args))


def _fill_from(machine: Machine, instance: Instance, given: Value) -> None:
    """Take in what a list has, of a ModuleDict pairs; of a list of which nobody knows the items, that."""
    items = machine.iterate(given)
    if items is None:
        items = [spread_in(given) or given]
    pairs = all(isinstance(item, tuple | list) and len(item) == 2 for item in items) and items
    is_list = holds(instance, MODULE_DICT) or all(isinstance(item, tuple) for item in items)
    _fill(instance, dict(items) if pairs and is_list else numbered(items))


def numbered(parts: Sequence[Value]) -> Names:
    """Give parts their numbers as names."""
    return {str(number): part for number, part in enumerate(parts)}


def _fill(instance: Instance, parts: Names) -> None:
    instance.attributes.update({str(name): part for name, part in parts.items()})


MODULE = Class("Module", (), {"__init__": Builtin("__init__", _new_module)})
SEQUENTIAL = Class("Sequential", (MODULE,), {"__init__": Builtin("__init__", _new_sequence)})
MODULE_LIST = Class("ModuleList", (MODULE,), {"__init__": Builtin("__init__", _new_sequence)})
MODULE_DICT = Class("ModuleDict", (MODULE,), {"__init__": Builtin("__init__", _new_sequence)})
CLASSES = {cls.name: cls for cls in (MODULE, SEQUENTIAL, MODULE_LIST, MODULE_DICT)}


def is_module(value: Value) -> bool:
    """Tell whether a value is a module: what inherits from a class that is not the file's may be one."""
    if isinstance(value, Instance):
        return any(not isinstance(cls, Class) or cls is MODULE for cls in value.cls.order())
    return isinstance(value, Module)


def holds(instance: Instance, *classes: Class) -> bool:
    """Tell whether an object is one of torch's holders of parts."""
    return any(cls in classes for cls in instance.cls.order())


def parts(instance: Instance) -> Names:
    """Give the modules that an object has, by their names."""
    return {
        name: value for name, value in instance.attributes.items() if is_module(value) or isinstance(value, Unknown)
    }


def places(instance: Instance) -> list[Value]:
    """Give what stands in the places of a Sequential or a ModuleList; a class of the text has other attributes too."""
    own = instance.attributes if instance.cls in CLASSES.values() else parts(instance)
    return [value for name, value in instance.attributes.items() if name in own or str(name).isdigit()]


def walked(instance: Instance) -> list[Value] | None:
    """Give the parts of a Sequential or a ModuleList in their order, of a ModuleDict the names."""
    if holds(instance, MODULE_DICT):
        return [spread_in(instance.attributes) or name for name in parts(instance)]
    return places(instance) if holds(instance, SEQUENTIAL, MODULE_LIST) else None


def method(machine: Machine, instance: Instance, name: str) -> Value:
    """Give what a module can do with its parts, by a name; None for what none can."""
    if own := METHODS.get(name):
        return Builtin(name, lambda machine, node, *args, **keywords: own(machine, instance, *args, **keywords))
    theirs = next((getattr(nn, cls.name) for cls in instance.cls.order() if cls in CLASSES.values()), nn.Module)
    changes_parts = hasattr(theirs, name) and not hasattr(nn.Module, name)
    if changes_parts or name == "set_submodule":
        return Builtin(name, lambda machine, node, *args, **keywords: _other(machine, node, instance))
    return None


def _other(machine: Machine, node: ast.AST, instance: Instance) -> Unknown:
    blur(machine, instance.attributes, why := machine.unknown(node))
    return why


def _children(machine: Machine, instance: Instance) -> list[Value]:
    return list({id(value): value for value in parts(instance).values()}.values())


def _named_children(machine: Machine, instance: Instance) -> list[Value]:
    """Give the parts with their names, one that has several by the first."""
    first = {id(value): (name, value) for name, value in reversed(parts(instance).items())}
    return list(first.values())[::-1]


def _values(machine: Machine, instance: Instance) -> list[Value]:
    return list(parts(instance).values())


def _append(machine: Machine, instance: Instance, module: Value) -> Instance:
    place_at(machine, instance, str(len(parts(instance))), module)
    return instance


def _extend(machine: Machine, instance: Instance, modules: Value) -> Instance:
    items = machine.iterate(modules)
    for module in [Spread("parts that are not known", 0)] if items is None else items:
        _append(machine, instance, module)
    return instance


def _insert(machine: Machine, instance: Instance, where: Value, module: Value) -> Instance:
    modules = places(instance)
    if isinstance(where, int):
        modules.insert(where, module)
    else:
        modules = [Spread("a place that is not known", 0)]
    renumber(machine, instance, modules)
    return instance


def _pop(machine: Machine, instance: Instance, key: Value = -1) -> Value:
    taken = part(machine, instance, key, ast.Name(id="pop", lineno=0))
    take(machine, instance, key)
    return taken


def _items(machine: Machine, instance: Instance) -> list[Value]:
    return list(parts(instance).items())


def _keys(machine: Machine, instance: Instance) -> list[Value]:
    return list(parts(instance))


def _update(machine: Machine, instance: Instance, more: Value) -> None:
    pairs = list(more.items()) if isinstance(more, dict) else machine.iterate(more)
    if pairs is None or not all(isinstance(each, tuple | list) and len(each) == 2 for each in pairs):
        blur(machine, instance.attributes, Unknown("parts that are not known", 0))
        return
    for name, module in pairs:
        put(machine, instance, name, module)


def _clear(machine: Machine, instance: Instance) -> None:
    renumber(machine, instance, [])


def all_modules(machine: Machine, instance: Instance) -> list[Value]:
    """Give all modules, itself first."""
    return [module for _, module in _named(machine, instance, "")]


def _named_modules(machine: Machine, instance: Instance) -> list[Value]:
    return list(_named(machine, instance, ""))


def _named(machine: Machine, instance: Instance, prefix: str) -> list[tuple[str, Value]]:
    """Give all modules with the names that lead to them, each once."""
    found, waiting = dict[int, tuple[str, Value]](), [(prefix, instance)]
    while waiting:
        path, module = waiting.pop()
        machine.step()
        if id(module) not in found:
            found[id(module)] = path, module
            inner = parts(module) if isinstance(module, Instance) else {}
            waiting.extend([(f"{path}.{name}" if path else str(name), part) for name, part in inner.items()][::-1])
    return list(found.values())


def _apply(machine: Machine, instance: Instance, function: Value) -> Instance:
    """Call a function on all parts and then on itself."""
    node = ast.Name(id="apply", ctx=ast.Load(), lineno=instance.line)
    for value in parts(instance).values():
        with machine.deeper(node):
            if isinstance(value, Instance):
                _apply(machine, value, function)
            else:
                machine.call(function, [value], {}, node)
    machine.call(function, [instance], {}, node)
    return instance


def put(machine: Machine, instance: Instance, key: Value, module: Value) -> None:
    """Put a module in a named or numbered place."""
    names = list(parts(instance))
    if isinstance(key, int) and not isinstance(key, bool) and -len(names) <= key < len(names):
        key = names[key]
    if isinstance(key, str | int):
        place_at(machine, instance, str(key), module)
    else:
        blur(machine, instance.attributes, key if isinstance(key, Unknown) else Unknown("a place of a part", 0))


def place_at(machine: Machine, instance: Instance, name: str, module: Value) -> None:
    """Put a module in a place, or what nobody knows."""
    instance.attributes[name] = machine.doubtful(instance) or module
    machine.change(instance.attributes)


def take(machine: Machine, instance: Instance, key: Value) -> None:
    """Take a module out; those behind it move up."""
    names = list(parts(instance))
    why = machine.doubtful(instance)
    if isinstance(key, str) and why:
        instance.attributes[key] = why
    elif isinstance(key, str):
        instance.attributes.pop(key, None)
    elif isinstance(key, int | slice) and (isinstance(key, slice) or -len(names) <= key < len(names)):
        left = places(instance)
        del left[key]
        renumber(machine, instance, left)
    else:
        renumber(machine, instance, [Spread("a part that is taken out", 0)])
    machine.change(instance.attributes)


def renumber(machine: Machine, instance: Instance, modules: list[Value]) -> None:
    """Let an object have other parts, or parts that nobody knows."""
    why = machine.doubtful(instance) or spread_in(instance.attributes)
    others = {name: value for name, value in instance.attributes.items() if name not in parts(instance)}
    instance.attributes.clear()
    instance.attributes.update({**others, **numbered([why] if why else modules)})
    machine.change(instance.attributes)


def part(machine: Machine, instance: Instance, key: Value, node: ast.AST) -> Value:
    """Give a part by its number or name, or a new Sequential of some."""
    if spread := spread_in(instance.attributes):
        return instance.attributes.get(key, spread) if isinstance(key, str) else spread
    modules = places(instance)
    if isinstance(key, slice):
        made = Instance(instance.cls, getattr(node, "lineno", 0), numbered(modules[key]))
        machine.seen.instances.append(made)
        return machine.made(made)
    if isinstance(key, int) and -len(modules) <= key < len(modules):
        machine.seen.opened.add(id(instance))
        return modules[key]
    known = isinstance(key, str) and key in instance.attributes
    return instance.attributes[key] if known else machine.fails(node, "KeyError")


def put_together(machine: Machine, node: ast.AST, owner: Instance, other: Value) -> Value:
    """Give a new Sequential or ModuleList of the parts of two, `features + classifier`."""
    if not holds(owner, SEQUENTIAL, MODULE_LIST) or not isinstance(other, Instance):
        return machine.unknown(node)
    made = Instance(owner.cls, getattr(node, "lineno", 0), numbered([*places(owner), *places(other)]))
    machine.seen.instances.append(made)
    return machine.made(made)


Method = Callable[..., Value]
METHODS: dict[str, Method] = {
    "add_module": put,
    "register_module": put,
    "append": _append,
    "extend": _extend,
    "insert": _insert,
    "pop": _pop,
    "update": _update,
    "clear": _clear,
    "apply": _apply,
    "children": _children,
    "named_children": _named_children,
    "modules": all_modules,
    "named_modules": _named_modules,
    "items": _items,
    "values": _values,
    "keys": _keys,
}
