"""A file of safetensors that is whole or not there: numbers and JSON, and nothing that could run.

It is written beside the old one and takes its place only when it is whole.
"""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor

SUFFIX, PART = ".safetensors", ".part"


def write_tensors(tensors: Mapping[str, Tensor], path: Path, *, metadata: dict[str, str]) -> None:
    """Write tensors in place of what the file held, and wait until they are on the disk.

    What the file held stays if anything fails. Raises what the system says.
    """
    _write(tensors, path, metadata, settle=_sync)


def write_soon(tensors: Mapping[str, Tensor], path: Path) -> None:
    """Write tensors as `write_tensors` does, but for the disk: a computer that loses its power may lose the file."""
    _write(tensors, path, {}, settle=lambda _part: None)


def _write(
    tensors: Mapping[str, Tensor], path: Path, metadata: dict[str, str], *, settle: Callable[[Path], None]
) -> None:
    part = path.with_name(path.name + PART)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, part, metadata=metadata)
        settle(part)
        part.replace(path)
    except (OSError, SafetensorError):
        part.unlink(missing_ok=True)
        raise


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
