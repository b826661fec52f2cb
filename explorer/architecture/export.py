"""A design as PyTorch source: the `nn.Sequential` of a textbook, which runs as it is printed.

Sizes that the design leaves to the layer before (`in_channels`, …) are written out as torch gave them.
"""

import msgspec
from torch import nn

from explorer.architecture import layers as kinds
from explorer.architecture.build import Fitted, Shape, layer_names, walk
from explorer.architecture.cost import num_params
from explorer.architecture.errors import StackError
from explorer.architecture.layers import Layer
from explorer.architecture.spec import Architecture

# The arguments that the layer before decides, by kind; torch's module has each under the same name.
INFERRED = {
    "Conv2d": "in_channels",
    "Linear": "in_features",
    "BatchNorm2d": "num_features",
    "BatchNorm1d": "num_features",
}
BATCH = 2  # pictures in the last line's tensor: one would be too few for a BatchNorm that trains
# The imports stand first: Python looks for a file's encoding in a comment on line 1 or 2, and a name may look like one.
PROGRAM = """\
import torch
from torch import nn

# {name}
# input: {shape}, {total:,} parameters
net = nn.Sequential({layers})

X = torch.randn({dummy})  # {batch} pictures
print(net(X).shape)
"""


class ExportError(ValueError):
    """A layer that torch.nn has no class for: `index` and `name` say which."""

    def __init__(self, *, index: int, name: str, kind: str) -> None:
        super().__init__(f"Layer {index + 1} ({name}): torch.nn has no {kind}; change its kind to export the design.")
        self.index = index
        self.name = name
        self.kind = kind


def to_pytorch(architecture: Architecture) -> str:
    """Write a design as a program that makes the network and shows its output's shape.

    Raises `ExportError` for a kind that torch.nn lacks and `StackError` for a layer that does not fit.
    """
    _check_kinds(architecture.layers)
    stack = list(walk(architecture))
    return PROGRAM.format(
        name=_comment(architecture.name),
        shape=_times(architecture.input_shape),
        total=sum(num_params(fitted.module) for fitted in stack),
        layers=_lines(stack),
        dummy=", ".join(map(str, (BATCH, *architecture.input_shape))),
        batch=BATCH,
    )


def why_not_pytorch(architecture: Architecture) -> str:
    """Say why a design cannot be written as a program; nothing if it can."""
    try:
        to_pytorch(architecture)
    except (ExportError, StackError) as error:
        return str(error)
    return ""


def _check_kinds(layers: tuple[Layer, ...]) -> None:
    for index, layer in enumerate(layers):
        kind = type(layer).__name__
        if not hasattr(nn, kind):
            raise ExportError(index=index, name=layer_names(layers)[index], kind=kind)


def _comment(name: str) -> str:
    """Keep a name on its one line, whatever is in it."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in name)


def _lines(stack: list[Fitted]) -> str:
    calls = [f"{_call(fitted)}," for fitted in stack]
    width = max(map(len, calls), default=0)
    lines = [
        f"    {call:{width}}  # {_times(fitted.output_shape)}\n" for call, fitted in zip(calls, stack, strict=True)
    ]
    return f"\n{''.join(lines)}" if lines else ""


def _call(fitted: Fitted) -> str:
    kind = type(fitted.layer).__name__
    inferred = {INFERRED[kind]: getattr(fitted.module, INFERRED[kind])} if kind in INFERRED else {}
    arguments = ", ".join(f"{name}={value!r}" for name, value in {**inferred, **_settings(fitted.layer)}.items())
    return f"nn.{kind}({arguments})"


def _settings(layer: Layer) -> dict[str, object]:
    """Give the fields that differ from torch's defaults; a pooling's stride is by default its kernel's size."""
    fields = {field.name: field.default for field in msgspec.structs.fields(layer)}
    defaults = fields | ({"stride": layer.kernel_size} if isinstance(layer, kinds.Pool2d) else {})
    return {name: value for name, value in msgspec.structs.asdict(layer).items() if value != defaults[name]}


def _times(shape: Shape) -> str:
    return " × ".join(map(str, shape))
