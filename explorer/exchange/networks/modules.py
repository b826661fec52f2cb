"""The modules of torch.nn that hold others, what every module can do, and what happens when one is called."""

import ast
from collections.abc import Callable

from explorer.architecture.errors import DesignError
from explorer.exchange.networks import keras
from explorer.exchange.networks.layer_call import LAYERS, PARAMETERS, read_layer, refusal
from explorer.exchange.networks.tensors import passed as passed_on
from explorer.exchange.python.machine import Machine
from explorer.exchange.python.values import (
    BATCH,
    Builtin,
    Class,
    External,
    Instance,
    Module,
    Names,
    Tensor,
    Unknown,
    Value,
)

ITSELF = {
    *("to", "cuda", "cpu", "eval", "train", "float", "double", "half", "apply", "requires_grad_", "share_memory"),
    *("type", "bfloat16", "compile"),
}
UNHEARD = {"register_buffer", "register_parameter", "load_state_dict", "zero_grad", "register_forward_hook"}


def _new_module(machine: Machine, node: ast.AST, instance: Instance, *args: Value, **keywords: Value) -> None:
    """Do what `nn.Module.__init__` does that matters here: nothing."""


def _new_sequence(machine: Machine, node: ast.AST, instance: Instance, *args: Value, **keywords: Value) -> None:
    """Take the parts in: one by one, in a list, or in a dictionary with their names."""
    if keywords:
        _fill(instance, {"0": machine.unknown(node, "a named argument of a Sequential")})
    elif len(args) == 1 and isinstance(args[0], dict):
        _fill(instance, args[0])
    elif len(args) == 1 and isinstance(args[0], list | tuple):
        _fill(instance, _numbered([tuple(part) for part in args[0]]) if _are_pairs(args[0]) else _numbered(args[0]))
    else:
        _fill(instance, _numbered(args))


def _are_pairs(parts: Value) -> bool:
    return bool(parts) and all(isinstance(part, tuple) and len(part) == 2 for part in parts)


def _numbered(parts: Value) -> Names:
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


def walked(instance: Instance) -> list[Value] | None:
    """Give the parts of a Sequential or a ModuleList in their order, of a ModuleDict the names."""
    if holds(instance, MODULE_DICT):
        return list(instance.attributes)
    return list(instance.attributes.values()) if holds(instance, SEQUENTIAL, MODULE_LIST) else None


def passed(machine: Machine, module: Module, args: list[Value], node: ast.AST) -> Value:
    """Pass a tensor through a module that has no parts."""
    tensor = args[0] if args else None
    if not isinstance(tensor, Tensor):
        return tensor if isinstance(tensor, Unknown) else machine.unknown(node)
    try:
        return passed_on(
            machine, tensor, read_layer(module.name, module.args, module.keywords, module.line), module.line, module
        )
    except DesignError:
        if tensor.batch is not None and isinstance(tensor.batch, int):
            return machine.unknown(node)  # of a tensor that the program makes itself: nothing to do with its network
        raise


def forward(machine: Machine, instance: Instance, args: list[Value], node: ast.expr) -> Value:
    """Pass a tensor through the parts of a Sequential, one after another; others cannot be called."""
    if holds(instance, keras.SEQUENTIAL) and args:
        return keras.forward(machine, instance, args[0], node)
    if not holds(instance, SEQUENTIAL) or not args:
        return _of_a_library(machine, instance, args, node)
    value = args[0]
    with machine.deeper(node):
        for module in instance.attributes.values():
            value = machine.call(module, [value], {}, node) if is_module(module) else _no_layer(value, module, instance)
    return value


def _of_a_library(machine: Machine, instance: Instance, args: list[Value], node: ast.expr) -> Value:
    """Call `self.net`, as the forward of the book's own base class does."""
    net = instance.attributes.get("net")
    of_the_book = any(isinstance(cls, External) and cls.path.startswith("d2l.") for cls in instance.cls.order())
    return machine.call(net, args[:1], {}, node) if of_the_book and net else machine.unknown(node)


def _no_layer(tensor: Value, part: Value, instance: Instance) -> Value:
    """Say what stands in a layer's place; of a tensor that the text makes itself nobody asks."""
    unknown = part if isinstance(part, Unknown) else Unknown(_described(part), instance.line)
    if isinstance(tensor, Tensor) and tensor.batch is BATCH:
        raise refusal(unknown.line or instance.line, found=unknown.what, allowed=LAYERS)
    return unknown


def _described(part: Value) -> str:
    if isinstance(part, External):
        return f"{part.path.replace('torch.nn.', 'nn.')}, a class without its brackets"
    return f"{part.cls.name}, which is no module" if isinstance(part, Instance) else type(part).__name__.lower()


def method(machine: Machine, instance: Instance, name: str, node: ast.AST) -> Value:
    """Give what every module can do, by its name; None for what none can."""
    if name == "__init__" or name in UNHEARD:
        return Builtin(name, lambda machine, node, *args, **keywords: None)
    if name in ITSELF:
        return Builtin(name, lambda machine, node, *args, **keywords: instance)
    own = METHODS.get(name)
    return (
        Builtin(name, lambda machine, node, *args, **keywords: own(machine, instance, *args, **keywords))
        if own
        else None
    )


def of_module(machine: Machine, module: Module, name: str, node: ast.AST) -> Value:
    """Give what a module without parts can do, or a setting of it."""
    if name in ITSELF:
        return Builtin(name, lambda machine, node, *args, **keywords: module)
    return module.keywords.get(name, _setting(module, name, machine.unknown(node)))


def _setting(module: Module, name: str, otherwise: Value) -> Value:
    """Give a setting by its name, such as `conv.out_channels`, as torch names its arguments."""
    names = list(PARAMETERS.get(module.name, ()))
    place = names.index(name) if name in names else len(module.args)
    return module.args[place] if place < len(module.args) else otherwise


def _children(machine: Machine, instance: Instance) -> list[Value]:
    return list(parts(instance).values())


def _named_children(machine: Machine, instance: Instance) -> list[Value]:
    return list(parts(instance).items())


def _add(machine: Machine, instance: Instance, name: Value, module: Value) -> None:
    put(machine, instance, name, module)


def _append(machine: Machine, instance: Instance, module: Value) -> Instance:
    _place(machine, instance, str(len(instance.attributes)), module)
    return instance


def _extend(machine: Machine, instance: Instance, modules: Value) -> Instance:
    for module in machine_items(machine, modules):
        _append(machine, instance, module)
    return instance


def machine_items(machine: Machine, value: Value) -> list[Value]:
    """Give the items of a list, a tuple or a holder of modules; one unknown for anything else."""
    if isinstance(value, list | tuple):
        return list(value)
    walked_through = walked(value) if isinstance(value, Instance) else None
    return [Unknown("parts that are not known", 0)] if walked_through is None else walked_through


def _insert(machine: Machine, instance: Instance, place: Value, module: Value) -> None:
    modules = list(instance.attributes.values())
    if isinstance(place, int) and not machine.doubt:
        modules.insert(place, module)
    else:
        modules = [machine.doubt or Unknown("a place that is not known", 0)]
    _renumber(instance, modules)


def _pop(machine: Machine, instance: Instance, key: Value = -1) -> Value:
    modules = list(instance.attributes.values())
    if not isinstance(key, int) or not -len(modules) <= key < len(modules):
        return Unknown("a part that is not there", 0)
    taken = modules[key]
    take(machine, instance, key)
    return taken


def _items(machine: Machine, instance: Instance) -> list[Value]:
    return list(instance.attributes.items())


def _values(machine: Machine, instance: Instance) -> list[Value]:
    return list(instance.attributes.values())


def _keys(machine: Machine, instance: Instance) -> list[Value]:
    return list(instance.attributes)


def _double_start(machine: Machine, instance: Instance) -> list[Value]:
    """Give all modules, itself first."""
    found = list[Value]([instance])
    for value in parts(instance).values():
        found.extend(_double_start(machine, value) if isinstance(value, Instance) else [value])
    return found


Method = Callable[..., Value]
METHODS: dict[str, Method] = {
    "add_module": _add,
    "register_module": _add,
    "append": _append,
    "extend": _extend,
    "insert": _insert,
    "pop": _pop,
    "children": _children,
    "named_children": _named_children,
    "modules": _double_start,
    "items": _items,
    "values": _values,
    "keys": _keys,
}


def put(machine: Machine, instance: Instance, key: Value, module: Value) -> None:
    """Put a module in a named or numbered place."""
    names = list(instance.attributes)
    if isinstance(key, int) and not isinstance(key, bool) and -len(names) <= key < len(names):
        key = names[key]
    _place(machine, instance, str(key), module)


def _place(machine: Machine, instance: Instance, name: str, module: Value) -> None:
    instance.attributes[name] = machine.doubt or module


def take(machine: Machine, instance: Instance, key: Value) -> None:
    """Take a module out; those behind it move up."""
    names = list(instance.attributes)
    if isinstance(key, str):
        instance.attributes.pop(key, None)
    elif isinstance(key, int | slice) and not machine.doubt:
        left = list(instance.attributes.values())
        if isinstance(key, slice) or -len(names) <= key < len(names):
            del left[key]
        _renumber(instance, left)
    else:
        _renumber(instance, [machine.doubt or Unknown("a part that is taken out", 0)])


def _renumber(instance: Instance, modules: list[Value]) -> None:
    instance.attributes.clear()
    instance.attributes.update(_numbered(modules))


def part(machine: Machine, instance: Instance, key: Value, node: ast.AST) -> Value:
    """Give a part by its number or name, or a new Sequential of some."""
    modules = list(instance.attributes.values())
    if isinstance(key, slice):
        made = Instance(instance.cls, getattr(node, "lineno", 0), _numbered(modules[key]))
        machine.seen.instances.append(made)
        return made
    if isinstance(key, int) and -len(modules) <= key < len(modules):
        return modules[key]
    return instance.attributes.get(key, machine.unknown(node)) if isinstance(key, str) else machine.unknown(node)
