"""Where runs leave files: one file a run, the latest, or a folder with some, in folders that do not grow for ever."""

import logging
import shutil
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import NamedTuple

from explorer.training.tensor_file import PART, SUFFIX

logger = logging.getLogger(__name__)


class RunFiles:
    """The files of one folder; they are written by workers."""

    _each = "*" + SUFFIX

    def __init__(self, folder: Path, *, most_files: int, most_bytes: int) -> None:
        self._folder = folder
        self._most_files = most_files
        self._most_bytes = most_bytes

    def path(self, run_id: str) -> Path:
        """Give the place of a run's file, there or not."""
        return self._folder / (run_id + SUFFIX)

    def files(self, run_id: str) -> list[Path]:
        """List what there is of a run."""
        path = self.path(run_id)
        return sorted(path.glob("*" + SUFFIX)) if path.is_dir() else [path] * path.exists()

    def size(self, run_id: str) -> int | None:
        """Give the bytes of a run's file; None if there is none."""
        return _size(self.path(run_id))

    def prune(self, *, wanted: Collection[str] = (), first: Collection[str] = ()) -> None:
        """Remove files where they are too many or too large: of `first` runs, then the oldest; none of `wanted`."""
        total, kept, last = 0, {self.path(run_id) for run_id in wanted}, {self.path(run_id) for run_id in first}
        files = sorted(self._newest_first(), key=lambda file: file[0] in last)
        for number, (path, size) in enumerate(files):
            total += size
            if path not in kept and (number >= self._most_files or total > self._most_bytes):
                _remove(path)

    def remove(self, run_ids: Iterable[str]) -> None:
        """Remove runs' files, as far as there are any, also those that were left half-written."""
        for run_id in run_ids:
            path = self.path(run_id)
            _remove(path)
            _remove(path.with_name(path.name + PART))

    def total(self) -> int:
        """Count the bytes of all files."""
        return sum(size for _, size in self._newest_first())

    def clear_parts(self) -> None:
        """Remove what workers of a server that is gone left half-written."""
        for path in self._listed("**/*" + PART):
            _remove(path)

    def _newest_first(self) -> list[tuple[Path, int]]:
        found = [(path, stat) for path in self._listed(self._each) if (stat := _stat(path))]
        found.sort(key=lambda each: each[1][0], reverse=True)
        return [(path, size) for path, (_, size) in found]

    def _listed(self, which: str) -> list[Path]:
        try:
            return list(self._folder.glob(which))
        except OSError as error:  # there is less room then, which no run should end for
            logger.warning("%s cannot be listed: %s", self._folder, error)
            return []


class RunFolders(RunFiles):
    """The folders of runs in one folder, each with the files of one."""

    _each = "*"

    def path(self, run_id: str) -> Path:
        """Give the place of a run's folder, there or not."""
        return self._folder / run_id


class KeptFiles(NamedTuple):
    """All kinds of files that runs leave."""

    checkpoints: RunFiles
    answers: RunFiles
    weights: RunFiles


def move_files(run_id: str, source: KeptFiles, target: KeptFiles) -> None:
    """Move what there is of a run to other folders of the same disk; raises `OSError`."""
    for here, there in zip(source, target, strict=True):
        if here.path(run_id).exists():
            there.path(run_id).parent.mkdir(mode=0o700, parents=True, exist_ok=True)  # the owner's alone
            here.path(run_id).replace(there.path(run_id))


def kept_files(home: Path) -> KeptFiles:
    """Give those of the program's folder.

    There is room for ten checkpoints of AlexNet with momentum. A file of answers has 240 kB for 10,000 pictures, a
    folder of weights at most 64 MB.
    """
    return KeptFiles(
        checkpoints=RunFiles(home / "checkpoints", most_files=200, most_bytes=4_000_000_000),
        answers=RunFiles(home / "answers", most_files=1_000, most_bytes=250_000_000),
        weights=RunFolders(home / "weights", most_files=400, most_bytes=2_000_000_000),
    )


def _remove(path: Path) -> None:
    try:
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        logger.warning("%s cannot be removed: %s", path, error)


def _stat(path: Path) -> tuple[float, int] | None:
    try:
        stat = path.stat()
        size = sum(each.stat().st_size for each in path.iterdir()) if path.is_dir() else stat.st_size
    except OSError:  # a worker has just replaced it, or it is gone
        return None
    return stat.st_mtime, size


def _size(path: Path) -> int | None:
    stat = _stat(path)
    return stat[1] if stat else None
