"""Some tensors of a file of safetensors as a file of their own, whose numbers stay where they lie until they are read.

Eight bytes count those of the head, which is JSON; after it come the tensors' bytes, without gaps.
"""

from collections.abc import Mapping
from typing import BinaryIO, NamedTuple

import msgspec

from explorer.data.file_part import FilePart

COUNT = 8  # bytes
MOST_HEAD = 100_000_000  # bytes, as in safetensors itself
METADATA = "__metadata__"


class _Tensor(msgspec.Struct, frozen=True):
    dtype: str
    shape: tuple[int, ...]
    data_offsets: tuple[int, int]  # from the first tensor's first byte

    @property
    def size(self) -> int:
        return self.data_offsets[1] - self.data_offsets[0]


_HEAD = msgspec.json.Decoder(dict[str, msgspec.Raw])
_METADATA = msgspec.json.Decoder(dict[str, str])
_TENSOR = msgspec.json.Decoder(_Tensor)


class Head(NamedTuple):
    """What a file says of itself before its tensors' bytes."""

    size: int
    metadata: dict[str, str]
    tensors: dict[str, _Tensor]


def tensor_part(file: BinaryIO, head: Head, *, prefix: str, metadata: Mapping[str, str]) -> FilePart:
    """Take a file's tensors whose names begin with a prefix, and name them without it."""
    chosen = {name.removeprefix(prefix): each for name, each in head.tensors.items() if name.startswith(prefix)}
    slices = [(head.size + each.data_offsets[0], each.size) for each in chosen.values()]
    return FilePart(file, head=_write_head(chosen, metadata), slices=slices)


def read_head(file: BinaryIO) -> Head:
    """Read a file's head from its beginning; raises `ValueError` or `msgspec.DecodeError` where there is none."""
    size = int.from_bytes(file.read(COUNT), "little")
    if size > MOST_HEAD:
        raise ValueError(f"its head would have {size:,} bytes, of which at most {MOST_HEAD:,} are allowed")
    told = _HEAD.decode(file.read(size))
    metadata = _METADATA.decode(told.pop(METADATA, b"{}"))
    tensors = {name: _TENSOR.decode(each) for name, each in told.items()}
    return Head(COUNT + size, metadata, tensors)


def _write_head(tensors: Mapping[str, _Tensor], metadata: Mapping[str, str]) -> bytes:
    told: dict[str, object] = {METADATA: metadata}
    end = 0
    for name, each in tensors.items():
        told[name] = msgspec.structs.replace(each, data_offsets=(end, end + each.size))
        end += each.size
    text = msgspec.json.encode(told)
    text += b" " * (-len(text) % COUNT)  # so that the tensors lie where a processor reads them at once
    return len(text).to_bytes(COUNT, "little") + text
