"""PyTorch source as a design: finds the one network that a text writes out. Nothing in the text is run.

Where a text does not say how large its pictures are, they are of a usual size with which its numbers agree.
"""

import ast
import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import suppress
from itertools import islice

from explorer.architecture.build import walk
from explorer.architecture.errors import DesignError, StackError
from explorer.architecture.kinds.sizes import Shape, shape_words
from explorer.architecture.refusal import show
from explorer.architecture.spec import Architecture, check, decode
from explorer.exchange.layer_call import LayerCall, read_call
from explorer.exchange.layer_list import layer_nodes
from explorer.exchange.literal import Literal, dotted, literal
from explorer.exchange.source_bounds import check_bounds

InputShape = tuple[int, int, int]
NAME = "Network in PyTorch"
HEADER = re.compile(r"^# (.*)\n# input: ", re.MULTILINE)  # as `to_pytorch` writes it
INPUT = re.compile(r"^# *input: *([0-9]{1,6}) *[x×,] *([0-9]{1,6}) *[x×,] *([0-9]{1,6})", re.MULTILINE)
TENSORS = {f"torch.{name}" for name in ("randn", "rand", "zeros", "ones", "empty")}
LARGE = (224, 227, 64, 96, 128, 256)
SIZES = {1: (28, 32, *LARGE), 3: (32, 28, *LARGE)}  # pixels, the data sets' own first
_ONE_AT_A_TIME = threading.Lock()  # since what is ignored is a setting of the whole process
MAX_TRIED = 256  # layers, over all sizes that are tried for a text that says none


def read_pytorch(text: str | bytes, input_shape: InputShape | None = None) -> Architecture:
    """Read the network in Python source; raises `DesignError` that names the line it stops at.

    The input's shape is `input_shape`, or what the text says: a comment `# input: 1 × 28 × 28`, or a call such as
    `torch.randn(1, 1, 28, 28)`; else a usual one.
    """
    source = decode(text).removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    check_bounds(source)
    tree = _parse(source)
    calls = [read_call(node, source) for node in layer_nodes(tree)]
    header = HEADER.search(source)
    commented = INPUT.search(source, header.end(1) if header else 0)
    stated = input_shape or (_shape(commented) if commented else _of_tensor(tree))
    layers, name = tuple(call.layer for call in calls), header[1] if header else NAME
    shapes = [stated] if stated else list(islice(_usual(calls), max(1, MAX_TRIED // max(1, len(calls)))))
    designs = [check(Architecture(name=name, input_shape=shape, layers=layers)) for shape in shapes]
    return _agreeing(designs, calls, guessed=stated is None)


def _parse(source: str) -> ast.Module:
    allowed = "Python source"
    try:
        with _ONE_AT_A_TIME, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a stranger's text, into the server's log
            return ast.parse(source)
    except SyntaxError as error:
        found = f"text that is no Python ({error.msg})"
        raise DesignError(where=f"line {error.lineno or 1}", found=found, allowed=allowed) from error
    except ValueError as error:
        raise DesignError(where="design", found="characters that Python refuses", allowed=allowed) from error
    except (RecursionError, MemoryError) as error:
        raise DesignError(where="design", found="deeper nesting than Python reads", allowed=allowed) from error


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _shape(found: re.Match[str]) -> InputShape:
    return int(found[1]), int(found[2]), int(found[3])


def _of_tensor(tree: ast.Module) -> InputShape | None:
    """Give the picture's shape of the first tensor of pictures that the text makes."""
    for call in _calls(tree):
        if dotted(call.func) in TENSORS:
            match _sizes(call):
                case int(), int(channels), int(height), int(width):
                    return channels, height, width
    return None


def _sizes(call: ast.Call) -> Literal:
    """Give the sizes that a call such as `torch.rand(1, 3, 32, 32)` or `torch.rand(size=(…))` names."""
    nodes = call.args or [keyword.value for keyword in call.keywords if keyword.arg == "size"]
    try:
        values = tuple(map(literal, nodes))
    except ValueError:
        return None
    return values[0] if len(values) == 1 else values


def _usual(calls: list[LayerCall]) -> Iterator[InputShape]:
    """Give the inputs that a text without a size may be meant for, the likeliest first."""
    stated = next((call.stated for call in calls if call.layer.takes == "maps" and call.layer.given), None)
    for channels in (1, 3) if stated is None else (stated,):
        for size in SIZES.get(channels, SIZES[3]):
            yield channels, size, size


def _agreeing(designs: list[Architecture], calls: list[LayerCall], *, guessed: bool) -> Architecture:
    """Choose the first design in which all layers fit and get the sizes that they state, else the first."""
    for design in designs:
        shapes = _shapes(design)
        if len(shapes) > len(calls) and not _disagreement(calls, shapes):
            return design
    if refused := _disagreement(calls, _shapes(designs[0])):
        where, found, allowed = refused
        pictures = shape_words(designs[0].input_shape)
        hint = f", for pictures of {pictures}; a comment such as '# input: 3 × 64 × 64' says others" if guessed else ""
        raise DesignError(where=where, found=found, allowed=allowed + hint)
    return designs[0]


def _shapes(design: Architecture) -> list[Shape]:
    """Give what each layer gets, up to the first that does not fit, and what comes out if all fit."""
    shapes: list[Shape] = [design.input_shape]
    with suppress(StackError):
        shapes.extend(fitted.output_shape for fitted in walk(design))
    return shapes


def _disagreement(calls: list[LayerCall], shapes: list[Shape]) -> tuple[str, str, str] | None:
    """Say where a layer states another size than the layer before gives: where, found, allowed."""
    for call, shape in zip(calls, shapes, strict=False):
        if call.stated is None or (call.layer.takes == "maps" and len(shape) != 3):
            continue
        argument, given = next(iter(call.layer.inferred(shape).items()))
        if call.stated != given:
            where = f"line {call.line}, {argument}"
            return where, show(call.stated), f"{given}, since the layer before gives {shape_words(shape)}"
    return None
