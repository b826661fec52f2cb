"""What happens when a module is called, and what every module can do."""

import ast
from collections.abc import Callable
from contextlib import suppress

from explorer.architecture.errors import DesignError
from explorer.exchange.networks import holders, keras
from explorer.exchange.networks.holders import SEQUENTIAL, holds, is_module
from explorer.exchange.networks.layer_call import LAYERS, PARAMETERS, read_layer, refusal, unknown_refusal
from explorer.exchange.networks.passing import note_slips
from explorer.exchange.networks.passing import passed as passed_on
from explorer.exchange.python.machine import PER_STEP, Machine
from explorer.exchange.python.standard.records import NAMESPACE
from explorer.exchange.python.values import (
    BATCH,
    Builtin,
    Class,
    External,
    Instance,
    Module,
    Tensor,
    Unknown,
    Value,
)

ITSELF = {
    *("to", "cuda", "cpu", "eval", "train", "float", "double", "half", "requires_grad_", "share_memory"),
    *("type", "bfloat16", "compile"),
}
UNHEARD = {"register_buffer", "register_parameter", "load_state_dict", "zero_grad"}
HOOKS = {"register_forward_hook": False, "register_forward_pre_hook": True}  # whether they run before the module
SETTINGS = {"stride", "padding", "dilation", "p", "ceil_mode", "output_size", "negative_slope", "eps", "momentum"}
SIZES = {"in_channels", "out_channels", "in_features", "out_features", "kernel_size", "groups", "weight", "bias"}


Run = Callable[[list[Value]], Value]


def passed(machine: Machine, module: Module, args: list[Value], node: ast.AST) -> Value:
    """Pass a tensor through a module that has no parts."""
    tensor = args[0] if args else None
    if not isinstance(tensor, Tensor):
        return tensor if isinstance(tensor, Unknown) else machine.unknown(node)
    try:
        if why := machine.seen.doubts.get(id(module)):
            raise unknown_refusal(why, line=module.line)
        call = read_layer(module.name, module.args, module.keywords, module.line)
        result = passed_on(machine, tensor, call, module.line, module)
        return machine.in_place(tensor, result) if works_in_place(module) else result
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
    if isinstance(value, Unknown):
        _note_slips(machine, instance)
    with machine.deeper(node):
        for module in holders.places(instance):
            value = machine.call(module, [value], {}, node) if is_module(module) else _no_layer(value, module, instance)
    return value


def _note_slips(machine: Machine, instance: Instance) -> None:
    """Look for wrong numbers within a Sequential that gets what nobody knows."""
    parts = [part for part in holders.places(instance) if isinstance(part, Module)]
    if len(parts) == len(holders.places(instance)) and not any(id(part) in machine.seen.doubts for part in parts):
        with suppress(DesignError):  # of settings that no layer has
            calls = [read_layer(part.name, part.args, part.keywords, part.line) for part in parts]
            note_slips(machine, zip(calls, [part.line for part in parts], strict=True))


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
    if name == "_modules":
        return instance.attributes
    if name == "forward" and holds(instance, SEQUENTIAL):
        return Builtin(name, lambda machine, node, *args: forward(machine, instance, list(args), node))
    if name == "save_hyperparameters":
        return Builtin(name, lambda machine, node, *args, **keywords: _save_arguments(machine, instance))
    return _usual(instance, name) or holders.method(machine, instance, name)


def _save_arguments(machine: Machine, instance: Instance) -> None:
    """Keep what a class of Lightning is made with, `self.hparams.width`."""
    given = {name: value for name, value in machine.frames[-1].names.items() if value is not instance}
    instance.attributes["hparams"] = Instance(NAMESPACE, instance.line, given)


def _usual(module: Value, name: str) -> Value:
    """Give what every module can do, with or without parts."""
    if name in ITSELF:
        return Builtin(name, lambda machine, node, *args, **keywords: module)
    if name in HOOKS:
        return Builtin(name, lambda machine, node, hook, **keywords: _hook(machine, module, hook, HOOKS[name]))
    return True if name == "training" else None  # as a module is that has just been made


def _hook(machine: Machine, module: Value, hook: Value, is_before: bool) -> Instance:
    """Note a function that is called with what goes into a module or comes out of it, until it is removed."""
    hooks = machine.seen.hooks.setdefault(id(module), [])
    noted = (machine.doubt or hook, is_before)
    hooks.append(noted)

    def remove(machine: Machine, node: ast.AST, handle: Instance) -> None:
        hooks.remove(noted) if noted in hooks and not machine.doubt else hooks.append((machine.doubt, is_before))

    return Instance(Class("Handle", (), {"remove": Builtin("remove", remove)}), 0)


def hooked(machine: Machine, module: Value, args: list[Value], node: ast.expr, run: Run) -> Value:
    """Call a module with its hooks: what one gives takes the place of what goes in or comes out."""
    machine.step(4 * PER_STEP)
    if isinstance(module, Instance) and (why := machine.seen.doubts.get(id(module))):
        return why
    hooks = machine.seen.hooks.get(id(module), [])
    for hook, _ in [each for each in hooks if each[1]]:
        given = machine.call(hook, [module, tuple(args)], {}, node)
        args = args if given is None else list(given) if isinstance(given, tuple) else [given]
    result = run(args)
    for hook, _ in [each for each in hooks if not each[1]]:
        given = machine.call(hook, [module, tuple(args), result], {}, node)
        result = result if given is None else given
    return result


def works_in_place(module: Module) -> bool:
    """Tell whether a module changes the very tensor that it gets, as `nn.ReLU(inplace=True)` does."""
    return _setting(module, "inplace", module.keywords.get("inplace", False)) is not False


def of_module(machine: Machine, module: Module, name: str, node: ast.AST) -> Value:
    """Give what a module without parts can do, or a setting of it."""
    if usual := _usual(module, name):
        return usual
    if name in ("children", "modules", "named_children"):
        return Builtin(name, lambda machine, node: [module] if name == "modules" else [])
    return module.keywords.get(name, _setting(module, name, machine.unknown(node)))


def set_setting(machine: Machine, module: Module, name: str, value: Value) -> None:
    """Change a setting of a module that is made already; where its weights would change too, nobody follows."""
    names = list(PARAMETERS.get(module.name, ()))
    value = machine.doubtful(module) or value
    if name == "bias" and value is None and "bias" in names:
        name, value = "bias", False
    elif name in SIZES and not (name == "kernel_size" and "Pool" in module.name):
        machine.seen.doubts[id(module)] = Unknown(f"{name} of a layer that is made already", module.line)
        return
    elif name not in SETTINGS and name not in ("kernel_size", "inplace"):
        return
    place = names.index(name) if name in names else len(module.args)
    if place < len(module.args):
        module.args[place] = value
    else:
        module.keywords[name] = value


def _setting(module: Module, name: str, otherwise: Value) -> Value:
    """Give a setting by its name, such as `conv.out_channels`, as torch names its arguments."""
    names = list(PARAMETERS.get(module.name, ()))
    place = names.index(name) if name in names else len(module.args)
    return module.args[place] if place < len(module.args) else otherwise
