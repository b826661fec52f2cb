"""A run's snapshot as one file of safetensors, which always holds a whole one."""

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from math import prod
from pathlib import Path
from typing import BinaryIO

import msgspec
from safetensors import SafetensorError, safe_open

from explorer.data.file_part import FilePart
from explorer.training.errors import TrainingError
from explorer.training.events import Checkpoint, Event, NotKept
from explorer.training.loop.snapshot import NETWORK, Place, Snapshot
from explorer.training.tensor_file import write_tensors
from explorer.training.tensor_part import read_head, tensor_part

WRITE_SECONDS = 10.0  # of training that an interruption may cost, at least
SHARE = 0.03  # of a run's time that keeping may take
SMALL = 50_000_000  # bytes that any disk takes before somebody who pressed Step notices
FLOAT = 4  # bytes
PLACE = "place"  # the metadata's key


class CheckpointError(TrainingError):
    """A checkpoint that cannot be written or read; says which file, why, and what to do."""


def write(snapshot: Snapshot, path: Path) -> None:
    """Write a snapshot in place of what the file held; that stays if anything fails. Raises `CheckpointError`."""
    try:
        write_tensors(snapshot.tensors, path, metadata={PLACE: msgspec.json.encode(snapshot.place).decode()})
    except (OSError, SafetensorError) as error:
        raise CheckpointError(f"{path} cannot be written: {error}. Free some space there, or allow it.") from error


def read(path: Path) -> Snapshot:
    """Read a snapshot, its tensors on the CPU; raises `CheckpointError`."""
    try:
        with safe_open(path, framework="pt") as file:
            place = _place(file.metadata() or {})
            return Snapshot(place, {name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118  # no mapping
    except (OSError, SafetensorError, msgspec.DecodeError, ValueError) as error:
        raise _unreadable(path, error) from error


def read_place(path: Path) -> Place:
    """Read where a run was, without its tensors; raises `CheckpointError`."""
    try:
        with safe_open(path, framework="pt") as file:
            return _place(file.metadata() or {})
    except (OSError, SafetensorError, msgspec.DecodeError, ValueError) as error:
        raise _unreadable(path, error) from error


def open_weights(path: Path) -> FilePart:
    """Open the network's part of a checkpoint as a file of its own, its tensors named by layer: `conv1.weight`.

    Raises `CheckpointError`.
    """
    try:
        with ExitStack() as undo:
            file = undo.enter_context(path.open("rb"))
            part = _weights(file)
            undo.pop_all()  # whoever reads it closes it
            return part
    except (OSError, msgspec.DecodeError, ValueError) as error:
        raise _unreadable(path, error) from error


def _weights(file: BinaryIO) -> FilePart:
    head = read_head(file)
    place = _place(head.metadata)
    design = msgspec.json.encode(place.job.architecture).decode()
    return tensor_part(file, head, prefix=NETWORK, metadata={"architecture": design, "step": str(place.step)})


def weights_size(path: Path) -> int:
    """Give about the bytes of the weights alone, without reading them; raises `CheckpointError`."""
    try:
        with safe_open(path, framework="pt") as file:
            names = [name for name in file.keys() if name.startswith(NETWORK)]  # noqa: SIM118  # no mapping
            return sum(FLOAT * prod(file.get_slice(name).get_shape()) for name in names)
    except (OSError, SafetensorError) as error:
        raise _unreadable(path, error) from error


_PLACE = msgspec.json.Decoder(Place)


def _place(metadata: Mapping[str, str]) -> Place:
    return _PLACE.decode(metadata.get(PLACE, ""))


def _unreadable(path: Path, error: Exception) -> CheckpointError:
    return CheckpointError(f"{path} is not a checkpoint that can be read: {error}. Launch the run anew.")


class FileKeeper:
    """Keeps a run's latest snapshot in one file, as often as that costs little."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._kept: tuple[int, float] | None = None  # step and learning rate of the snapshot in the file
        self._since = time.perf_counter()
        self._cost = 0.0  # seconds that the last one took

    def is_due(self) -> bool:
        """Say whether the last one is old enough for one more."""
        return time.perf_counter() - self._since >= max(WRITE_SECONDS, self._cost / SHARE)

    def is_quick(self, snapshot: Snapshot) -> bool:
        """Say whether nobody will notice."""
        return snapshot.num_bytes <= SMALL

    def keep(self, snapshot: Snapshot) -> Iterator[Event]:
        """Write the file; one that holds this step and learning rate already is left as it is."""
        step, place = snapshot.place.step, (snapshot.place.step, snapshot.place.learning_rate)
        if place == self._kept:
            return
        start = time.perf_counter()
        try:
            write(snapshot, self._path)
        except CheckpointError as error:
            yield NotKept(step=step, cause=str(error))
        else:
            self._kept = place
            yield Checkpoint(step=step, file=self._path.name, size=self._path.stat().st_size)
        finally:
            self._since = time.perf_counter()
            self._cost = self._since - start
