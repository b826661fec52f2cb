"""A design as PyTorch source: the `nn.Sequential` of a textbook, which runs as it is printed.

Sizes that the design leaves to the layer before (`in_channels`, …) are written out as torch gave them. The kinds of
1998 that torch.nn lacks are defined above it.
"""

import textwrap
from typing import TypeGuard

import msgspec
from torch import nn

from explorer.architecture.build import Fitted, walk
from explorer.architecture.cost import num_params
from explorer.architecture.errors import StackError
from explorer.architecture.kinds import KINDS
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.sizes import Shape
from explorer.architecture.spec import Architecture, is_written
from explorer.exchange.networks.layer_call import PARAMETERS, REQUIRED

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
        definitions=_spaced(_definitions(stack)),
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


def _definitions(stack: list[Fitted]) -> list[str]:
    """Give the definitions of the kinds that torch lacks, in an order in which they run."""
    uses = {kind: [(one.layer, one.input_shape) for one in stack if type(one.layer) is kind] for kind in KINDS.values()}
    return [text for kind, used in uses.items() if used for text in kind.source(used)]


def _spaced(texts: list[str]) -> str:
    """Put the two empty lines around each definition that Python's style asks for."""
    return "".join(f"\n\n{text}" for text in texts) + "\n" if texts else ""


def _comment(name: str) -> str:
    """Keep a name on its one line, whatever is in it."""
    return "".join(character if is_written(character) else "\N{REPLACEMENT CHARACTER}" for character in name)


def _lines(stack: list[Fitted]) -> str:
    """Write a layer's call on a line of its own, the shape that comes out behind it."""
    calls = [f"{_call(fitted)}," for fitted in stack]
    width = max((len(call.rpartition("\n")[2]) for call in calls), default=0)
    pairs = zip(calls, stack, strict=True)
    lines = [f"{_padded(call, width)}  # {_times(fitted.output_shape)}\n" for call, fitted in pairs]
    return f"\n{textwrap.indent(''.join(lines), '    ')}" if lines else ""


def _padded(call: str, width: int) -> str:
    above, end, last = call.rpartition("\n")
    return f"{above}{end}{last:{width}}"


def _call(fitted: Fitted) -> str:
    kind = type(fitted.layer).__name__
    given = {**fitted.layer.inferred(fitted.input_shape), **_settings(fitted.layer)}
    arguments = {name: _lists(value) if _holds_lists(value) else repr(value) for name, value in given.items()}
    called = f"nn.{kind}" if hasattr(nn, kind) else kind
    return f"{called}({', '.join(f'{name}={value}' for name, value in arguments.items())})"


def _holds_lists(value: object) -> TypeGuard[tuple[Shape, ...]]:
    return isinstance(value, tuple) and any(isinstance(part, tuple) for part in value)


def _lists(lists: tuple[Shape, ...]) -> str:
    """Write lists, such as each output map's input maps, as many in a line as fit."""
    parts = " ".join(f"{part!r},".replace(" ", NO_BREAK) for part in lists)
    lines = textwrap.wrap(parts, WRAP, break_long_words=False, break_on_hyphens=False)
    return "\n".join(["(", *(f"    {line.replace(NO_BREAK, ' ')}" for line in lines), ")"])


def _settings(layer: Layer) -> dict[str, object]:
    """Give the fields that a call must say: those without a default, or with another value."""
    defaults = PARAMETERS[type(layer).__name__]
    names = [field.name for field in msgspec.structs.fields(layer) if field.name != layer.given]
    said = {name: getattr(layer, name) for name in names}
    return {name: value for name, value in said.items() if defaults[name] is REQUIRED or not _is_default(layer, name)}


def _is_default(layer: Layer, name: str) -> bool:
    """Tell whether a layer is the same if a field is not said."""
    others = {other: value for other, value in msgspec.structs.asdict(layer).items() if other != name}
    try:
        return type(layer)(**others) == layer
    except TypeError:  # the record asks for it
        return False


def _times(shape: Shape) -> str:
    """Write a shape so that a program can read it again: no thousands apart."""
    return " × ".join(map(str, shape))
