"""Pictures with their classes, and how the bytes of each format become them.

The bytes have been checked before: nothing here is a defence against altered files, except that the unpickler
of CIFAR-10's batches knows three names and runs no code of anybody's, numpy's included.
"""

import io
import pickle
import struct
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:  # a download, which decodes nothing, does not wait for torch
    import numpy as np
    import numpy.typing as npt
    from torch import Tensor


class Pictures(msgspec.Struct, frozen=True, eq=False):
    """Pictures and the class of each."""

    images: "Tensor"  # uint8, (N, C, H, W)
    labels: "Tensor"  # int64, (N,)


class Dataset(msgspec.Struct, frozen=True, eq=False):
    """What is trained on and what is tested on."""

    train: Pictures
    test: Pictures


def from_tiles(contents: Mapping[str, bytes]) -> Dataset:
    """Cut the shipped tiles `train-0.png` to `test-9.png` apart; the classes take turns, so any start is balanced."""
    return Dataset(train=_from_split(contents, "train"), test=_from_split(contents, "test"))


def from_idx(contents: Mapping[str, bytes]) -> Dataset:
    """Read the four IDX files of the MNIST family (http://yann.lecun.com/exdb/mnist)."""
    return Dataset(train=_from_idx_pair(contents, "train"), test=_from_idx_pair(contents, "t10k"))


def from_cifar10(contents: Mapping[str, bytes]) -> Dataset:
    """Read the five training batches and the test batch of CIFAR-10's Python version."""
    folder = "cifar-10-batches-py"
    train = [contents[f"{folder}/data_batch_{number}"] for number in range(1, 6)]
    return Dataset(train=_from_batches(train), test=_from_batches([contents[f"{folder}/test_batch"]]))


def _to_tensor(content: bytes, offset: int = 0) -> "Tensor":
    import torch  # noqa: PLC0415

    return torch.frombuffer(bytearray(content), dtype=torch.uint8, offset=offset)


def _from_split(contents: Mapping[str, bytes], split: str) -> Pictures:
    import numpy as np  # noqa: PLC0415  torch takes 20 times as long to copy bytes that are not in a row
    import torch  # noqa: PLC0415

    tiles = [_cut_tile(contents[f"{split}-{label}.png"]) for label in range(10)]
    images = np.stack(tiles, axis=2).reshape(-1, 1, 28, 28)  # (rows, columns, 10, 28, 28) -> (N, 1, 28, 28)
    return Pictures(images=torch.from_numpy(images), labels=torch.arange(10).repeat(len(images) // 10))


def _cut_tile(content: bytes) -> "npt.NDArray[np.uint8]":
    """Give the pictures of a tile, (rows, columns, 28, 28)."""
    import numpy as np  # noqa: PLC0415  the web process imports this module and decodes nothing
    from PIL import Image  # noqa: PLC0415

    with Image.open(io.BytesIO(content)) as tile:
        pixels = np.frombuffer(tile.tobytes(), dtype=np.uint8)
        return pixels.reshape(-1, 28, tile.width // 28, 28).swapaxes(1, 2)


def _from_idx_pair(contents: Mapping[str, bytes], split: str) -> Pictures:
    images, labels = contents[f"{split}-images-idx3-ubyte"], contents[f"{split}-labels-idx1-ubyte"]
    count, height, width = struct.unpack_from(">3I", images, offset=4)
    return Pictures(
        images=_to_tensor(images, offset=16).view(count, 1, height, width),
        labels=_to_tensor(labels, offset=8).long(),
    )


def _from_batches(batches: Sequence[bytes]) -> Pictures:
    import torch  # noqa: PLC0415

    parts = [_from_batch(batch) for batch in batches]
    return Pictures(
        images=torch.cat([part.images for part in parts]), labels=torch.cat([part.labels for part in parts])
    )


def _from_batch(content: bytes) -> Pictures:
    import torch  # noqa: PLC0415

    batch = _BatchUnpickler(io.BytesIO(content), encoding="bytes").load()
    return Pictures(images=batch[b"data"].to_tensor().view(-1, 3, 32, 32), labels=torch.tensor(batch[b"labels"]))


class _Array:
    """Stands in for numpy's array: keeps the state that the pickle holds."""

    def __setstate__(self, state: tuple[int, tuple[int, int], object, bool, bytes]) -> None:
        _version, self.shape, _dtype, self.is_fortran, self.content = state

    def to_tensor(self) -> "Tensor":
        rows, columns = self.shape
        pixels = _to_tensor(self.content)
        return pixels.view(columns, rows).t().contiguous() if self.is_fortran else pixels.view(rows, columns)


class _Dtype:
    """Stands in for numpy's dtype, which is uint8 throughout."""

    def __init__(self, *_arguments: object) -> None: ...

    def __setstate__(self, _state: object) -> None: ...


_STAND_INS: dict[tuple[str, str], Callable[..., object]] = {
    ("numpy.core.multiarray", "_reconstruct"): lambda *_arguments: _Array(),
    ("numpy", "ndarray"): _Array,
    ("numpy", "dtype"): _Dtype,
}


class _BatchUnpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Callable[..., object]:
        try:
            return _STAND_INS[module, name]
        except KeyError:
            raise pickle.UnpicklingError(f"a batch of CIFAR-10 needs no {module}.{name}") from None
