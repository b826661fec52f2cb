"""What a run's figures rest on beside its job: versions, threads, the processor, the pictures' checksum."""

import hashlib
import platform
from pathlib import Path

import torch

from explorer import __version__
from explorer.data.datasets import data_files
from explorer.training.events import Environment, Way


def environment(dataset: str, way: Way) -> Environment:
    """Say where and how this process trains; raises `DataError` where the data set's files are not known."""
    return Environment(
        program=__version__,
        python=platform.python_version(),
        torch=str(torch.__version__),
        threads=way.threads,
        parts=way.parts,
        processor=_processor(),
        data_sha256=data_checksum(dataset),
    )


def data_checksum(dataset: str) -> str:
    """Sum up the checksums of a data set's files, each of which is held against its content when it is read."""
    lines = sorted(f"{file.sha256}  {file.name}\n" for file in data_files(dataset))
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())
