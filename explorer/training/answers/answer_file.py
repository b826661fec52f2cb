"""A run's answers to its test pictures as one small file of safetensors, about 24 bytes a picture.

It holds no pictures: those are the data set's, whose checksum stands in the header.
"""

import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import torch
from safetensors import SafetensorError, safe_open
from torch import Tensor

from explorer.training.answers.answers import MOST_KEPT, Answers
from explorer.training.errors import TrainingError
from explorer.training.events import AnswersNotKept, Event
from explorer.training.tensor_file import write_tensors

HEADER = "answers"  # the metadata's key
LARGEST = 50_000_000  # bytes: two million pictures; what is larger is no such file
WRITE_SECONDS = 10.0  # between two files of a run that goes on
DTYPES = {"labels": torch.int16, "classes": torch.int16, "probabilities": torch.float32, "truth": torch.float32}
REPAIR = "Run it again to get its answers anew."


class AnswersError(TrainingError):
    """Answers that cannot be written or read; says which file, why, and what to do."""


class Header(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whose answers a file holds, and to what."""

    run: str
    step: int  # of the run, after which the pictures were tested; 0: its weights were imported
    dataset: str
    data_sha256: str  # as in the run's environment
    classes: tuple[str, ...]  # their names, in the order of their numbers


_HEADER = msgspec.json.Decoder(Header)


class Kept(msgspec.Struct, frozen=True, eq=False):
    """Answers with what is known of them."""

    header: Header
    answers: Answers


def write(kept: Kept, path: Path) -> None:
    """Write answers in place of what the file held; that stays if anything fails. Raises `AnswersError`."""
    tensors = {name: getattr(kept.answers, name).cpu() for name in DTYPES}
    try:
        write_tensors(tensors, path, metadata={HEADER: msgspec.json.encode(kept.header).decode()})
    except (OSError, SafetensorError) as error:
        raise AnswersError(f"{path} cannot be written: {error}. Free some space there, or allow it.") from error


def read(path: Path, *, run_id: str) -> Kept:
    """Read a run's answers, every number checked; raises `AnswersError` for any file that is not whole and its own."""
    try:
        size = path.stat().st_size
        if size > LARGEST:
            raise ValueError(f"it has {size:,} bytes, and {LARGEST:,} at most are right")
        with safe_open(path, framework="pt") as file:
            header = _HEADER.decode((file.metadata() or {}).get(HEADER, ""))
            tensors = {name: file.get_tensor(name) for name in DTYPES}
        _check(header, tensors, run_id)
    except FileNotFoundError as error:
        raise AnswersError(f"{path} is not there. {REPAIR}") from error
    except (OSError, SafetensorError, msgspec.DecodeError, ValueError) as error:
        raise AnswersError(f"{path} holds no answers that can be read: {error}. {REPAIR}") from error
    return Kept(header, Answers(**tensors))


def _check(header: Header, tensors: dict[str, Tensor], run_id: str) -> None:
    """Hold each tensor against what it must be, so that nothing is counted that is no answer; raises `ValueError`."""
    if header.run != run_id:
        raise ValueError(f"they are the answers of run {header.run}, not of {run_id}")
    count, kept = tensors["labels"].numel(), min(MOST_KEPT, len(header.classes))
    shapes = {"labels": (count,), "classes": (count, kept), "probabilities": (count, kept), "truth": (count,)}
    for name, tensor in tensors.items():
        if tensor.dtype != DTYPES[name] or tuple(tensor.shape) != shapes[name] or not count:
            raise ValueError(f"its {name} are {tensor.dtype} of shape {tuple(tensor.shape)}")
        low, high = tensor.min().item(), tensor.max().item()
        most = len(header.classes) - 1 if DTYPES[name] == torch.int16 else 1.0 + 1e-5  # a softmax's rounding
        if not 0 <= low <= high <= most:
            raise ValueError(f"its {name} reach from {low:g} to {high:g}, and 0 to {most:.3g} is right")


class FileAnswerKeeper:
    """Keeps a run's latest answers in one file: the first at once, later ones now and then and when it ends."""

    def __init__(self, path: Path, *, run_id: str) -> None:
        self._path = path
        self._run = run_id
        self._latest: Kept | None = None  # that is not in the file yet
        self._since: float | None = None

    def take(
        self, answers: Answers, *, step: int, dataset: str, data_sha256: str, classes: tuple[str, ...]
    ) -> Iterator[Event]:
        """Hold the answers after a step, and write them if the file is old enough."""
        about = Header(run=self._run, step=step, dataset=dataset, data_sha256=data_sha256, classes=classes)
        self._latest = Kept(about, answers)
        if self._since is None or time.perf_counter() - self._since >= WRITE_SECONDS:
            yield from self.keep()

    def keep(self) -> Iterator[Event]:
        """Write the latest answers, unless the file holds them; tells if that cannot be."""
        kept, self._latest = self._latest, None
        if kept is None:
            return
        try:
            write(kept, self._path)
        except AnswersError as error:
            yield AnswersNotKept(step=kept.header.step, cause=str(error))
        self._since = time.perf_counter()
