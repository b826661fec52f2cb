"""A design as PyTorch source: the `nn.Sequential` of a textbook, which runs as it is printed.

Sizes that the design leaves to the layer before (`in_channels`, …) are written out as torch gave them. The kinds of
1998 that torch.nn lacks are defined above it.
"""

import textwrap

import msgspec
from torch import nn

from explorer.architecture import layers as kinds
from explorer.architecture.build import Fitted, Shape, inferred, walk
from explorer.architecture.cost import num_params
from explorer.architecture.errors import StackError
from explorer.architecture.layers import Layer
from explorer.architecture.spec import Architecture
from explorer.exchange.historic_source import definitions

BATCH = 2  # pictures in the last line's tensor: one would be too few for a BatchNorm that trains
WRAP = 88  # characters in a line of a partial convolution's connections
NO_BREAK = "\N{NO-BREAK SPACE}"
# The imports stand first: Python looks for a file's encoding in a comment on line 1 or 2, and a name may look like one.
PROGRAM = """\
import torch
from torch import nn
{definitions}
# {name}
# input: {shape}, {total:,} parameters
net = nn.Sequential({layers})

X = torch.randn({dummy})  # {batch} pictures
print(net(X).shape)
"""


def to_pytorch(architecture: Architecture) -> str:
    """Write a design as a program that makes the network and shows its output's shape.

    Raises `StackError` for a layer that does not fit.
    """
    stack = list(walk(architecture))
    return PROGRAM.format(
        definitions=_spaced(definitions(stack)),
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
    except StackError as error:
        return str(error)
    return ""


def _spaced(texts: list[str]) -> str:
    """Put the two empty lines around each definition that Python's style asks for."""
    return "".join(f"\n\n{text}" for text in texts) + "\n" if texts else ""


def _comment(name: str) -> str:
    """Keep a name on its one line, whatever is in it."""
    return "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in name)


def _lines(stack: list[Fitted]) -> str:
    """Write a layer's call on a line of its own, the shape that comes out behind it."""
    calls = [f"{_call(fitted)}," for fitted in stack]
    width = max((len(call.rpartition("\n")[2]) for call in calls), default=0)
    lines = [
        f"{_padded(call, width)}  # {_times(fitted.output_shape)}\n" for call, fitted in zip(calls, stack, strict=True)
    ]
    return f"\n{textwrap.indent(''.join(lines), '    ')}" if lines else ""


def _padded(call: str, width: int) -> str:
    above, end, last = call.rpartition("\n")
    return f"{above}{end}{last:{width}}"


def _call(fitted: Fitted) -> str:
    kind = type(fitted.layer).__name__
    given = {**inferred(fitted.layer, fitted.input_shape), **_settings(fitted.layer)}
    arguments = {name: repr(value) for name, value in given.items()}
    if isinstance(fitted.layer, kinds.PartialConv2d):
        arguments["connections"] = _connections(fitted.layer)
    called = f"nn.{kind}" if hasattr(nn, kind) else kind
    return f"{called}({', '.join(f'{name}={value}' for name, value in arguments.items())})"


def _connections(layer: kinds.PartialConv2d) -> str:
    """Write each output map's list of input maps, as many in a line as fit."""
    maps = " ".join(f"{inputs!r},".replace(" ", NO_BREAK) for inputs in layer.connections)
    lines = textwrap.wrap(maps, WRAP, break_long_words=False, break_on_hyphens=False)
    return "\n".join(["(", *(f"    {line.replace(NO_BREAK, ' ')}" for line in lines), ")"])


def _settings(layer: Layer) -> dict[str, object]:
    """Give the fields that differ from torch's defaults; a pooling's stride is by default its kernel's size."""
    fields = {field.name: field.default for field in msgspec.structs.fields(layer)}
    if isinstance(layer, kinds.Pool2d):
        fields["stride"] = layer.kernel_size
    if isinstance(layer, kinds.Subsample2d):
        del fields["kernel_size"]  # the class that is printed has no default
    return {name: value for name, value in msgspec.structs.asdict(layer).items() if value != fields.get(name)}


def _times(shape: Shape) -> str:
    return " × ".join(map(str, shape))
