"""How much of an ONNX file is parsed at all: two bytes of a hostile one can become a record of a hundred in memory.

Only the weights' own bytes stay as they are, so all else is counted first, as it stands, without being parsed.
"""

from collections.abc import Iterator
from typing import NamedTuple

from explorer.architecture.errors import DesignError

MAX_FILE = 300_000_000  # bytes; AlexNet's own file has 250 million
MAX_GRAPH = 1_000_000  # bytes beside the weights; the largest file that this program writes has a tenth of it
MODEL_GRAPH, GRAPH_INITIALIZER = 7, 5  # fields' numbers in onnx.proto
NUMBERS = (4, 9, 10)  # of a tensor: float_data, raw_data, double_data
VARINT, EIGHT_BYTES, COUNTED, FOUR_BYTES = 0, 1, 2, 5  # wire types


class _Field(NamedTuple):
    """A field of a message: its number, how it is written, and where its content begins and ends."""

    number: int
    wire: int
    start: int
    end: int


def check_bounds(data: bytes) -> None:
    """Refuse a file that would take much memory to parse; raises `DesignError`."""
    if len(data) > MAX_FILE:
        raise DesignError(where="design", found=f"{len(data):,} bytes", allowed=f"at most {MAX_FILE:,} bytes")
    rest = 0
    for size in _without_weights(data):
        rest += size
        if rest > MAX_GRAPH:
            allowed = f"at most {MAX_GRAPH:,} bytes beside the weights, which initializers hold"
            raise DesignError(where="design", found="a larger graph", allowed=allowed)


def _without_weights(data: bytes) -> Iterator[int]:
    """Give the sizes of all that is no weight, piece by piece."""
    yield from _sizes(data, 0, len(data), [(MODEL_GRAPH,), (GRAPH_INITIALIZER,), NUMBERS])


def _sizes(data: bytes, start: int, end: int, within: list[tuple[int, ...]]) -> Iterator[int]:
    """Give the sizes of a message's fields: of one that `within` names its head's, and then what is in it."""
    entered, *deeper = within
    position = start
    for field in _fields(data, start, end):
        inside = field.wire == COUNTED and field.number in entered
        yield (field.start if inside else field.end) - position
        if inside and deeper:
            yield from _sizes(data, field.start, field.end, deeper)
        position = field.end


def _fields(data: bytes, position: int, end: int) -> Iterator[_Field]:
    """Step over a message's fields; what is no message ends them, and its parser says so."""
    while position < end:
        key, start = _varint(data, position, end)
        size = {EIGHT_BYTES: 8, FOUR_BYTES: 4}.get(key & 7, 0)
        if key & 7 == VARINT:
            size = _varint(data, start, end)[1] - start
        elif key & 7 == COUNTED:
            size, start = _varint(data, start, end)
        position = min(end, start + size)
        yield _Field(key >> 3, key & 7, min(start, end), position)


def _varint(data: bytes, position: int, end: int) -> tuple[int, int]:
    """Read a number of seven bits a byte, the lowest first, and where it ends; at most ten bytes are one."""
    value = 0
    for shift in range(0, 70, 7):
        if position >= end:
            break
        byte = data[position]
        position += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
    return value, position
