import pickle
import struct
import warnings
from collections.abc import Mapping

import numpy as np
import pytest
import torch

from explorer.data.pictures import from_cifar10

NAMES = [*(f"data_batch_{number}" for number in range(1, 6)), "test_batch"]


def write_batch(pixels: bytes, labels: list[int], *, fortran: bool = False) -> bytes:
    """Write a batch as Python 2's cPickle wrote CIFAR-10's: protocol 2, byte strings, numpy 1's names."""
    array = (
        b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\nK\x00\x85U\x01btR"
        + (b"(K\x01" + b"(J" + struct.pack("<i", len(labels)) + b"M\x00\x0ct")
        + b"cnumpy\ndtype\n(U\x02u1K\x00K\x01tR(K\x03U\x01|NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
        + (b"\x88" if fortran else b"\x89")
        + (b"T" + struct.pack("<i", len(pixels)) + pixels + b"tb")
    )
    numbers = b"](" + b"".join(b"K" + bytes([label]) for label in labels) + b"e"
    return b"\x80\x02}(U\x0bbatch_labelU\x01xU\x06labels" + numbers + b"U\x04data" + array + b"u."


def _contents(batches: Mapping[str, bytes]) -> dict[str, bytes]:
    return {f"cifar-10-batches-py/{name}": batch for name, batch in batches.items()}


@pytest.mark.parametrize("fortran", [False, True])
def test_batches_are_read_as_pickle_and_numpy_read_them(fortran: bool) -> None:
    generator = np.random.default_rng(0)
    batches = {
        name: write_batch(generator.bytes(4 * 3_072), generator.integers(10, size=4).tolist(), fortran=fortran)
        for name in NAMES
    }
    with warnings.catch_warnings(action="ignore"):  # numpy 2 dislikes the names and numbers of a pickle of 2009
        witness = {name: pickle.loads(batch, encoding="bytes") for name, batch in batches.items()}
    data = from_cifar10(_contents(batches))
    for pictures, names in ((data.train, NAMES[:5]), (data.test, NAMES[5:])):
        images = np.concatenate([witness[name][b"data"].reshape(-1, 3, 32, 32) for name in names])
        assert torch.equal(pictures.images, torch.from_numpy(images))
        assert pictures.labels.tolist() == [label for name in names for label in witness[name][b"labels"]]
        assert pictures.labels.dtype == torch.int64


def test_pickle_that_calls_anything_else_is_refused(capfd: pytest.CaptureFixture[str]) -> None:
    batch = b"\x80\x02cposix\nsystem\nU\x0cecho intrudedq\x00\x85R."
    with pytest.raises(pickle.UnpicklingError, match=r"posix\.system"):
        from_cifar10(_contents(dict.fromkeys(NAMES, batch)))
    assert "intruded" not in capfd.readouterr().out
