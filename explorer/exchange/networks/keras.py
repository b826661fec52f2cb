"""Keras's Sequential: its layers as torch's, for pictures whose channels come last in the text and first here.

`padding="same"` may need one row or column of zeros more at the end than at the start, as TensorFlow pads.
"""

import ast
from collections.abc import Callable

from explorer.exchange.networks.keras_layers import LAYERS, Given
from explorer.exchange.networks.laid_out import rows
from explorer.exchange.networks.layer_call import refusal, unknown_refusal
from explorer.exchange.networks.passing import passed
from explorer.exchange.python.machine import Machine
from explorer.exchange.python.values import Builtin, Class, Instance, Module, Names, Tensor, Unknown, Value

ARGUMENTS = {  # of each layer, in their order
    "Conv2D": ("filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate", "groups", "activation"),
    "MaxPooling2D": ("pool_size", "strides", "padding", "data_format"),
    "AveragePooling2D": ("pool_size", "strides", "padding", "data_format"),
    "GlobalAveragePooling2D": ("data_format", "keepdims"),
    "GlobalMaxPooling2D": ("data_format", "keepdims"),
    "Dense": ("units", "activation", "use_bias"),
    "Flatten": ("data_format",),
    "Dropout": ("rate",),
    "SpatialDropout2D": ("rate",),
    "Activation": ("activation",),
    "ReLU": ("max_value", "negative_slope", "threshold"),
    "LeakyReLU": ("negative_slope",),
    "ELU": ("alpha",),
    "Softmax": ("axis",),
    "BatchNormalization": ("axis", "momentum", "epsilon", "center", "scale"),
    "ZeroPadding2D": ("padding", "data_format"),
    "InputLayer": ("shape",),
    "Reshape": ("target_shape",),
}
OTHER_NAMES = {"MaxPool2D": "MaxPooling2D", "AvgPool2D": "AveragePooling2D", "Convolution2D": "Conv2D"}
OTHER_NAMES |= {
    "Input": "InputLayer",
    "GlobalAvgPool2D": "GlobalAveragePooling2D",
    "GlobalMaxPool2D": "GlobalMaxPooling2D",
}
PASSED_OVER = ("Rescaling", "Normalization", "Random", "GaussianNoise")  # what is done with pictures, not with maps
# What a call may say beside that changes no figure, and the ends of such names.
UNHEARD = {"name", "dtype", "trainable", "weights", "seed", "input_dim", "batch_size", "noise_shape"}
UNHEARD |= {"use_bias", "alpha"}  # which are heard elsewhere
UNHEARD_ENDS = ("initializer", "regularizer", "constraint", "_init")
USUAL = {"data_format": "channels_last", "axis": -1, "center": True, "scale": True, "negative_slope": 0, "threshold": 0}
SHAPES = ("input_shape", "batch_input_shape", "shape", "batch_shape")


def _new(machine: Machine, node: ast.AST, instance: Instance, layers: Value = (), name: Value = None) -> None:
    if isinstance(layers, list | tuple):
        for layer in layers:
            _add(machine, node, instance, layer)
    else:
        instance.attributes["0"] = layers if isinstance(layers, Unknown) else machine.unknown(node)


def _add(machine: Machine, node: ast.AST, instance: Instance, layer: Value, **keywords: Value) -> None:
    instance.attributes[str(len(instance.attributes))] = machine.doubtful(instance) or layer
    machine.change(instance.attributes)


def _pop(machine: Machine, node: ast.AST, instance: Instance) -> None:
    if why := machine.doubtful(instance):
        instance.attributes["?"] = why
    elif instance.attributes:
        instance.attributes.popitem()
    machine.change(instance.attributes)


METHODS: dict[str, Callable[..., None]] = {"__init__": _new, "add": _add, "pop": _pop}
SEQUENTIAL = Class("Sequential", (), {name: Builtin(name, run) for name, run in METHODS.items()})


def canonical(path: str) -> str:
    """Give the one path of a name that Keras has under several."""
    for prefix in (
        "tensorflow.python.keras.",
        "tensorflow.keras.",
        "tf_keras.",
        "keras.src.",
        "tensorflow.contrib.keras.",
    ):
        if path.startswith(prefix):
            return f"keras.{path.removeprefix(prefix)}"
    return path


def layer(path: str, args: list[Value], keywords: Names, line: int) -> Value:
    """Give a layer of Keras, or None for a name that is none."""
    name = path.rpartition(".")[2]
    name = OTHER_NAMES.get(name, name)
    if not path.startswith("keras.layers.") and not path.startswith("keras.Input"):
        return None
    return Module(f"keras {name}", args, keywords, line)


def stated_shape(network: Instance) -> tuple[int, int, int] | None:
    """Give the shape of the pictures that the first layer is told, channels first."""
    for module in list(network.attributes.values())[:2]:
        if not isinstance(module, Module):
            continue
        given = module.keywords | (
            {"shape": module.args[0]} if module.name == "keras InputLayer" and module.args else {}
        )
        shape = next((given[name] for name in SHAPES if name in given), None)
        if module.name == "keras Reshape":
            shape = module.args[0] if module.args else module.keywords.get("target_shape")
        match shape:
            case (*_, int(height), int(width), int(channels)):
                return channels, height, width
            case (int(height), int(width)):
                return 1, height, width
    return None


def forward(machine: Machine, network: Instance, tensor: Value, node: ast.AST) -> Value:
    """Pass a tensor through the layers of a Sequential, also of one within another."""
    for module in network.attributes.values():
        if not isinstance(tensor, Tensor):
            return tensor
        if isinstance(module, Instance) and SEQUENTIAL in module.cls.order():
            tensor = forward(machine, module, tensor, node)
        elif isinstance(module, Module) and module.name.startswith("keras "):
            tensor = _passed(machine, tensor, module)
        else:
            return module if isinstance(module, Unknown) else _stranger(module, network)
    return tensor


def _stranger(part: Value, network: Instance) -> Unknown:
    """Say what is no layer of Keras that is known here."""
    if isinstance(part, Module):
        return Unknown(f"{part.name} among Keras's layers", part.line)
    return Unknown("something else among Keras's layers", network.line)


def _passed(machine: Machine, tensor: Tensor, module: Module) -> Tensor:
    name = module.name.removeprefix("keras ")
    if name == "InputLayer" or name.startswith(PASSED_OVER) or (name == "Reshape" and tensor.is_input):
        return tensor
    if name not in LAYERS:
        raise refusal(module.line, found=f"Keras's {name}", allowed=f"{', '.join(LAYERS)}")
    given = _given(name, module)
    for call in LAYERS[name](tensor, given, module.line):
        tensor = (
            rows(machine, tensor, _Line(module.line))
            if call is None
            else passed(machine, tensor, call, module.line, module)
        )
    return tensor


class _Line(ast.AST):
    """A node that has nothing but a line."""

    def __init__(self, lineno: int) -> None:
        super().__init__()
        self.lineno = lineno


def _given(name: str, module: Module) -> Given:
    """Give a layer's arguments by their names; what is not known is refused where it came from."""
    given = dict(zip(ARGUMENTS[name], module.args, strict=False)) | module.keywords
    for argument, value in given.items():
        if isinstance(value, Unknown) and argument in (*ARGUMENTS[name], "use_bias"):
            raise unknown_refusal(value, argument=argument, line=module.line)
    for argument, value in given.items():
        unheard = argument in (*ARGUMENTS[name], *UNHEARD, *SHAPES) or argument.endswith(UNHEARD_ENDS)
        usual = USUAL.get(argument, value)
        has_slope = name == "LeakyReLU" and argument == "negative_slope"
        if not unheard or (value not in (None, usual) and not has_slope and not _is_last(argument, value)):
            allowed = f"{usual!r}" if unheard else ", ".join(ARGUMENTS[name])
            raise refusal(module.line, found=f"{argument}={value!r}" if unheard else argument, allowed=allowed)
    return given


def _is_last(argument: str, value: Value) -> bool:
    """Tell whether an axis is the channels', which come last."""
    return argument == "axis" and value in (3, [3], [-1])
