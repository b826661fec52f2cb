"""The full Fashion-MNIST for tests, from Debian's package, and its files as Zalando packed them."""

import gzip
import struct
from pathlib import Path

import numpy as np
import numpy.typing as npt

FOLDER = Path("/usr/share/datasets/fashion-mnist")
# When Zalando packed them, in seconds since 1970: the Debian package drops it and the name from gzip's header.
PACKED_AT = {
    "train-images-idx3-ubyte": 1_504_176_606,
    "train-labels-idx1-ubyte": 1_504_176_606,
    "t10k-images-idx3-ubyte": 1_504_176_627,
    "t10k-labels-idx1-ubyte": 1_504_176_627,
}


def unpacked(name: str) -> bytes:
    """Read one of the set's four files."""
    return gzip.decompress(_debian_file(name))


def read_split(prefix: str) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Read pictures (N, 28, 28) and labels (N,) of `train` or `t10k`, with numpy alone."""
    images = np.frombuffer(unpacked(f"{prefix}-images-idx3-ubyte"), dtype=np.uint8, offset=16)
    labels = np.frombuffer(unpacked(f"{prefix}-labels-idx1-ubyte"), dtype=np.uint8, offset=8)
    return images.reshape(-1, 28, 28), labels


def published() -> dict[str, bytes]:
    """Give the four packed files byte for byte as Zalando publishes them."""
    return {f"{name}.gz": _as_published(name) for name in PACKED_AT}


def _as_published(name: str) -> bytes:
    packed = _debian_file(name)
    return b"\x1f\x8b\x08\x08" + struct.pack("<I", PACKED_AT[name]) + packed[8:10] + name.encode() + b"\0" + packed[10:]


def _debian_file(name: str) -> bytes:
    path = FOLDER / f"{name}.gz"
    assert path.is_file(), f"{path} is missing: install Debian's package dataset-fashion-mnist to run this test"
    return path.read_bytes()
