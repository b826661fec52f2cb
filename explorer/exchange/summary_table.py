"""The table that torchinfo prints of a network, where it has the columns that a network can be read from.

They are each layer's kernel and what comes in, beside what it gives and its parameters. A layer's stride and padding
are in no table: the smallest are taken that give its sizes. What forward does between two rows is refused.
"""

import math
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any, NamedTuple

import msgspec

from explorer.architecture.errors import DesignError
from explorer.architecture.kinds import KINDS
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.kinds.sizes import Shape, shape_words
from explorer.architecture.spec import Architecture, check
from explorer.architecture.trace import trace
from explorer.exchange.networks.reader import Read

HEADER = re.compile(r"^ *Layer +\(type.*$", re.MULTILINE)
PROGRAM = re.compile(r"^[ \t]*(?:import|from|class|def)\b|\bnn\.|^[ \t]*>>>", re.MULTILINE)
CELLS = re.compile(r" {2,}")
TREE = "│├└─ "
LAYER = re.compile(r"^(\w+)(?: \([\w.]+\))?: (\d+)-\d+$")
NUMBERS = re.compile(r"\d{1,9}")
INPUT, OUTPUT, KERNEL, PARAMETERS = COLUMNS = ("Input Shape", "Output Shape", "Kernel Shape", "Param #")
REPAIR = 'summary(…, col_names=("kernel_size", "input_size", "output_size", "num_params")) of torchinfo, or the program'
NAME = "Network in a table"
SAID = "what its table says; strides and paddings are the smallest that give its sizes, and what it leaves out is usual"
HOLDERS = ("Sequential", "ModuleList")  # what is in them comes one after another
MOST_ROWS = 1_000
LONGEST = 18  # digits of a count
STEPS = 16  # the largest stride that is tried


class Row(NamedTuple):
    """A line of the table: a layer, or a module that holds those below it."""

    line: int
    kind: str
    depth: int
    input: Shape
    output: Shape
    kernel: tuple[int, ...]
    parameters: int
    is_shared: bool

    def refuse(self, found: str, allowed: str = REPAIR) -> DesignError:
        """Give the error that names this line."""
        return DesignError(where=f"line {self.line}", found=found, allowed=allowed)


def is_table(text: str) -> bool:
    """Tell whether a text is the table of a summary, and no program that has one in its comments."""
    return HEADER.search(text) is not None and not PROGRAM.search(text)


def read_table(text: str, *, title: str = NAME) -> Read:
    """Read a table; raises `DesignError` that names the line it stops at, and how the table would say enough."""
    rows = list(_rows(text))
    layers, came = list[Layer](), rows[0].input
    first = came
    for row, below in zip(rows, [*rows[1:], None], strict=True):
        if below and below.depth > row.depth:
            _check_holder(row)
        else:
            layers += [*_between(row, came), _layer(row)]
            came = row.output
    design = check(Architecture(name=title, input_shape=_pictures(rows[0], first), layers=tuple(layers)))
    return Read(design, SAID)


def _rows(text: str) -> Iterator[Row]:
    header = HEADER.search(text)
    titles = CELLS.split(header[0].strip())[1:] if header else []
    missing = [column for column in COLUMNS if column not in titles]
    if missing:
        found = f"the table of a summary without {' and '.join(missing)}, which leaves out what its layers are"
        raise DesignError(where="design", found=found, allowed=REPAIR)
    count = 0
    for number, line in enumerate(text.split("\n"), 1):
        name, *cells = CELLS.split(line.lstrip(TREE).rstrip())
        layer = LAYER.match(name)
        if layer and len(cells) == len(titles):
            count += 1
            yield _row(number, layer, dict(zip(titles, cells, strict=True)))
        if count > MOST_ROWS:
            raise DesignError(where=f"line {number}", found="a longer table", allowed=f"at most {MOST_ROWS:,} layers")
    if not count:
        raise DesignError(where="design", found="a table without a layer and its depth", allowed=REPAIR)


def _row(number: int, found: re.Match[str], cells: dict[str, str]) -> Row:
    sizes = {name: tuple(map(int, NUMBERS.findall(cells[name]))) for name in (INPUT, OUTPUT, KERNEL)}
    parameters = "".join(NUMBERS.findall(cells[PARAMETERS]))
    return Row(
        line=number,
        kind=found[1],
        depth=int(found[2]),
        input=sizes[INPUT][1:],
        output=sizes[OUTPUT][1:],
        kernel=sizes[KERNEL],
        parameters=int(parameters[:LONGEST] or 0),
        is_shared="recursive" in cells[PARAMETERS],
    )


def _pictures(row: Row, shape: Shape) -> tuple[int, int, int]:
    if len(shape) != 3:
        raise row.refuse(f"pictures of {shape_words(shape)}", "channels × height × width")
    channels, height, width = shape
    return channels, height, width


def _check_holder(row: Row) -> None:
    if row.kind not in HOLDERS:
        raise row.refuse(f"{row.kind}, whose forward is in no table", "the program, or parts that are nn.Sequential")


def _between(row: Row, came: Shape) -> Iterator[Layer]:
    """Give what must stand before a layer: nothing, or that maps are laid out, which forward does by a function."""
    if row.input == came:
        return
    if row.input != (math.prod(came),):
        raise row.refuse(
            f"{shape_words(row.input)} where {shape_words(came)} was given before: a function is not shown"
        )
    yield Flatten()


def _layer(row: Row) -> Layer:
    """Give the layer of a row, by what it makes of its input."""
    if not row.input or not row.output:
        raise row.refuse(f"{row.kind} without what comes in or what it gives")
    kind = KINDS.get(row.kind)
    if kind is None:
        raise row.refuse(f"{row.kind}, which is no layer that is known here", "layers one after another")
    if row.is_shared and row.parameters == 0 and kind.has_weights:
        raise row.refuse(f"{row.kind} whose weights stand in another row too", "layers of their own weights")
    may_be = list(_made(row, kind))
    if not may_be:
        raise row.refuse(f"{row.kind}, whose settings are in no table", "the program")
    for layer in may_be:
        if _gives(layer, row):
            return layer
    raise row.refuse(f"{row.kind} that cannot give {shape_words(row.output)} with {row.parameters:,} parameters")


def _made(row: Row, kind: type[Layer]) -> Iterator[Layer]:
    for settings in _settings(row, kind):
        with suppress(msgspec.ValidationError):
            yield msgspec.convert(settings, kind)


def _gives(layer: Layer, row: Row) -> bool:
    traced = trace(Architecture(name=NAME, input_shape=_as_maps(row.input), layers=_alone(layer, row)))
    return traced.error is None and (traced.output_shape, traced.totals.num_params) == (row.output, row.parameters)


def _as_maps(shape: Shape) -> tuple[int, int, int]:
    channels, height, width = (*shape, 1, 1)[:3]
    return channels, height, width


def _alone(layer: Layer, row: Row) -> tuple[Layer, ...]:
    return (layer,) if len(row.input) == 3 else (Flatten(), layer)


def _settings(row: Row, kind: type[Layer]) -> Iterator[dict[str, Any]]:
    """Give what a layer's settings may be, the likeliest first."""
    fields = kind.__struct_fields__
    if "kernel_size" in fields:
        yield from _windows(row, kind)
    elif "output_size" in fields:
        yield {"output_size": list(row.output[1:])}
    elif "out_features" in fields:
        yield {"out_features": row.output[-1]}
        yield {"out_features": row.output[-1], "bias": False}
    else:
        yield {}
        if "affine" in fields:
            yield {"affine": False}


def _windows(row: Row, kind: type[Layer]) -> Iterator[dict[str, Any]]:
    """Give a kernel with its stride and padding, and for a convolution the groups and biases of its parameters."""
    kernel = row.kernel * 2 if len(row.kernel) == 1 else row.kernel
    if len(kernel) != 2 or not all(kernel) or len(row.input) != 3 or len(row.output) != 3:
        raise row.refuse(f"{row.kind} without a kernel of two sides")
    if kind.role == "pooling":
        first = (kernel[0], *range(1, STEPS + 1))  # a pooling's stride is its kernel's size where that gives its sizes
        yield {"kernel_size": kernel, **_slid(row, kernel, first)}
        return
    sized = {"out_channels": row.output[0], "kernel_size": kernel, **_slid(row, kernel, range(1, STEPS + 1))}
    dense = row.output[0] * row.input[0] * math.prod(kernel)
    for bias in (True, False):
        weights = row.parameters - row.output[0] * bias
        if weights > 0 and dense % weights == 0:
            yield {**sized, "groups": dense // weights, "bias": bias}
    yield sized


def _slid(row: Row, kernel: tuple[int, ...], strides: Iterable[int]) -> dict[str, Any]:
    """Give the first stride, with the smallest padding of each side, that gives the row's sizes."""
    for stride in strides:
        sides = zip(row.input[1:], kernel, row.output[1:], strict=True)
        paddings = [_padding(came, length, stride, goes) for came, length, goes in sides]
        if None not in paddings:
            return {"stride": stride, "padding": paddings}
    raise row.refuse(f"{row.kind} whose sizes no stride and padding give")


def _padding(came: int, length: int, stride: int, goes: int) -> int | None:
    """Give the smallest padding that gives a side, at most half a window; None where there is none."""
    padding = max(0, -(-((goes - 1) * stride + length - came) // 2))
    return padding if padding <= length // 2 and (came + 2 * padding - length) // stride + 1 == goes else None
