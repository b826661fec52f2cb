"""What names of other modules do when they are called: torch's layers and functions, and what says a picture's size."""

import ast
from collections.abc import Callable

import torch
from torch import nn

from explorer.architecture.kinds import KINDS
from explorer.exchange.networks import holders, keras, tensors
from explorer.exchange.networks.layer_call import CLASSES
from explorer.exchange.python.machine import Machine
from explorer.exchange.python.standard import modules as standard
from explorer.exchange.python.standard import pythons
from explorer.exchange.python.standard.changes import blur
from explorer.exchange.python.values import Builtin, Class, External, Instance, Module, Names, Tensor, Unknown, Value

RANDOM = {"randn", "rand", "zeros", "ones", "empty", "randn_like", "full", "randint"}
FUNCTIONS = ("torch", "torch.nn.functional", "torch.special")  # the modules of functions
ITSELF = {"torch.nn.DataParallel", "torch.compile", "torch.jit.script", "torch.nn.parallel.DistributedDataParallel"}
SUMMARIES = {"torchinfo.summary", "torchsummary.summary", "torchsummaryX.summary", "torchkeras.summary"}
# What some functions give on a machine as most are.
USUAL: dict[str, Value] = {
    "torch.cuda.is_available": False,
    "torch.cuda.device_count": 0,
    "torch.backends.mps.is_available": False,
}
USUAL |= {"keras.backend.image_data_format": "channels_last", "keras.backend.image_dim_ordering": "tf"}
SPECTRAL = ("torch.nn.utils.spectral_norm", "torch.nn.utils.parametrizations.spectral_norm")  # which add no parameter
MIXING = ("shuffle", "insort", "heapify", "heappush", "heappop")  # functions that change the list that they get
SIZES = ("Resize", "CenterCrop", "RandomCrop", "RandomResizedCrop")  # of torchvision's transforms
# Kinds that torch.nn lacks, which a program that is written here defines above its network.
OUR_KINDS = frozenset(name for name in CLASSES if not hasattr(nn, name) and name in KINDS)
Run = Callable[[Machine, list[Value], Names, ast.expr], Value]


# Classes whose objects are followed.
OWN = {"keras.Sequential": keras.SEQUENTIAL, "keras.models.Sequential": keras.SEQUENTIAL}
OWN |= standard.CLASSES


def canonical(path: str) -> str:
    """Give the one path of a name that torch has under several."""
    if path.startswith("torch.nn.modules."):
        return f"torch.nn.{path.rpartition('.')[2]}"
    return keras.canonical(path)


def has(path: str) -> bool:
    """Tell whether a name is one of those that `import *` brings and that are known here."""
    package, _, name = path.rpartition(".")
    if package == "torch.nn":
        return hasattr(nn, name)
    if canonical(package) in ("keras.layers", "keras.models"):
        return name in keras.ARGUMENTS or name in keras.OTHER_NAMES or name == "Sequential"
    return package == "torch.nn.functional" and name in tensors.FUNCTIONS


def imported(path: str) -> Value:
    """Give what a name of another module stands for: one of torch's holders of modules, a constant, or itself."""
    path = canonical(path)
    if path in OWN:
        return OWN[path]
    holder = holders.CLASSES.get(path.removeprefix("torch.nn.")) if path.startswith("torch.nn.") else None
    return holder or standard.CONSTANTS.get(path, External(path))


def is_there(external: External) -> bool:
    """Tell whether a name is surely a class or a function of torch's."""
    package, _, name = external.path.rpartition(".")
    home = {"torch": torch, "torch.nn": nn, "torch.nn.functional": nn.functional}.get(package)
    return home is not None and callable(getattr(home, name, None))


def is_one(value: Value, kind: External) -> bool | None:
    """Tell whether a value is an object of a class of torch, or None where nobody knows."""
    if kind.path == "torch.Tensor":
        return isinstance(value, Tensor)
    cls = getattr(nn, kind.path.removeprefix("torch.nn."), None)
    if not isinstance(cls, type):
        return None
    if isinstance(value, Module):
        own = getattr(nn, value.name, None)
        return issubclass(own, cls) if isinstance(own, type) else None
    if isinstance(value, Instance) and any(not isinstance(each, Class) for each in value.cls.order()):
        return True if kind in value.cls.order() else None
    return False


def call(machine: Machine, external: External, args: list[Value], keywords: Names, node: ast.expr) -> Value:
    """Call a name of another module."""
    path = external.path
    package, _, name = path.rpartition(".")
    if own := standard.CALLS.get(path):
        return machine.call(Builtin(name, own), args, keywords, node)
    machine.seen.used.extend(arg for arg in (*args, *keywords.values()) if isinstance(arg, Instance))
    if run := CALLS.get(path):
        return run(machine, args, keywords, node)
    if path in USUAL:
        return USUAL[path]
    if layer := _layer(path, args, keywords, node.lineno):
        return layer
    if name in SIZES:
        _note_size(machine, args, keywords)
    if name in MIXING and args and isinstance(args[0], list):
        blur(machine, args[0], machine.unknown(node))
    return _function(machine, name, args, keywords, node) if package in FUNCTIONS else machine.unknown(node, path)


def _layer(path: str, args: list[Value], keywords: Names, line: int) -> Value:
    """Give the layer that a class of torch, of Keras or of our own makes; None for what is no such class."""
    package, _, name = path.rpartition(".")
    if path in OUR_KINDS or (package == "torch.nn" and isinstance(getattr(nn, name, None), type)):
        return Module(name, args, keywords, line)
    return keras.layer(path, args, keywords, line) if path.startswith("keras.") else None


def _function(machine: Machine, name: str, args: list[Value], keywords: Names, node: ast.expr) -> Value:
    """Call a function of torch: what it makes of something unknown is unknown for the same reason."""
    if args and isinstance(args[0], Unknown) and name not in RANDOM:
        return args[0]
    result = tensors.function(machine, name, args, keywords, node)
    return _of_torch(machine, name, args, keywords, node) if result is None else result


def _of_torch(machine: Machine, name: str, args: list[Value], keywords: Names, node: ast.expr) -> Value:
    """Make a tensor of a program's own, such as `torch.randn(1, 1, 28, 28)`."""
    if name not in RANDOM:
        return machine.unknown(node)
    sizes = args or [keywords.get("size")]
    if name == "randint" or (sizes and isinstance(sizes[0], tuple | list)):
        sizes = next((list(size) for size in (*args, keywords.get("size")) if isinstance(size, tuple | list)), [])
    return made_tensor(sizes) or machine.unknown(node)


def made_tensor(sizes: list[Value]) -> Tensor | None:
    """Give a tensor of pictures that a program makes: of a batch whose size may be unknown."""
    if len(sizes) < 2 or not all(isinstance(size, int) and size > 0 for size in sizes[1:]):
        return None
    return Tensor(tuple(sizes[1:]), batch=sizes[0] if isinstance(sizes[0], int) else 1)


def _note_size(machine: Machine, args: list[Value], keywords: Names) -> None:
    """Note the height and the width that pictures are brought to."""
    size = args[0] if args else keywords.get("size")
    sides = tuple(size) if isinstance(size, tuple | list) else (size, size)
    if len(sides) == 2 and all(isinstance(side, int) and side > 0 for side in sides):
        machine.seen.sizes.append(sides)


def _summary(machine: Machine, args: list[Value], keywords: Names, node: ast.expr) -> Value:
    """Take the size that a table of a network is made for: torchsummary's is without the batch, torchinfo's with it."""
    network = args[0] if args else keywords.get("model")
    size = keywords.get("input_size", args[1] if len(args) > 1 else None)
    if isinstance(size, list) and len(size) == 1:
        size = size[0]
    data = keywords.get("input_data")
    shape = data.known if isinstance(data, Tensor) else size
    if isinstance(shape, tuple | list) and len(shape) in (3, 4) and all(isinstance(side, int) for side in shape[-3:]):
        machine.seen.inputs.setdefault(id(network), tuple(shape[-3:]))
    return machine.unknown(node)


def _first(machine: Machine, args: list[Value], keywords: Names, node: ast.expr) -> Value:
    return args[0] if args else next(iter(keywords.values()), machine.unknown(node))


def _product(machine: Machine, args: list[Value], keywords: Names, node: ast.expr) -> Value:
    return pythons.MATH["prod"](machine, node, *args[:1])


CALLS: dict[str, Run] = {
    **dict.fromkeys(SUMMARIES, _summary),
    **dict.fromkeys((*ITSELF, *SPECTRAL), _first),
    "numpy.prod": _product,
    "torch.Size": _first,
    "torch.prod": _product,
}
