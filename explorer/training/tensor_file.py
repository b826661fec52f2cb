"""A file of safetensors that is whole or not there: numbers and JSON, and nothing that could run.

It is written beside the old one and takes its place only when it is whole and on the disk.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from safetensors import SafetensorError
from safetensors.torch import save_file
from torch import Tensor

SUFFIX, PART = ".safetensors", ".part"


def write_tensors(tensors: Mapping[str, Tensor], path: Path, *, metadata: dict[str, str]) -> None:
    """Write tensors in place of what the file held; that stays if anything fails. Raises what the system says."""
    part = path.with_name(path.name + PART)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        save_file({name: tensor.contiguous() for name, tensor in tensors.items()}, part, metadata=metadata)
        _sync(part)
        part.replace(path)
    except (OSError, SafetensorError):
        part.unlink(missing_ok=True)
        raise


def _sync(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
