"""Where runs leave files: one file a run, the latest, in a folder that does not grow for ever."""

import logging
from collections.abc import Collection, Iterable
from pathlib import Path

from explorer.training.tensor_file import PART, SUFFIX

logger = logging.getLogger(__name__)


class RunFiles:
    """The files of one folder; they are written by workers."""

    def __init__(self, folder: Path, *, most_files: int, most_bytes: int) -> None:
        self._folder = folder
        self._most_files = most_files
        self._most_bytes = most_bytes

    def path(self, run_id: str) -> Path:
        """Give the place of a run's file, there or not."""
        return self._folder / (run_id + SUFFIX)

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
        for path in self._listed(PART):
            _remove(path)

    def _newest_first(self) -> list[tuple[Path, int]]:
        found = [(path, stat) for path in self._listed(SUFFIX) if (stat := _stat(path))]
        found.sort(key=lambda each: each[1][0], reverse=True)
        return [(path, size) for path, (_, size) in found]

    def _listed(self, end: str) -> list[Path]:
        try:
            return list(self._folder.glob("*" + end))
        except OSError as error:  # there is less room then, which no run should end for
            logger.warning("%s cannot be listed: %s", self._folder, error)
            return []


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        logger.warning("%s cannot be removed: %s", path, error)


def checkpoints(home: Path) -> RunFiles:
    """Give a folder's checkpoints: at most ten of AlexNet's with momentum."""
    return RunFiles(home / "checkpoints", most_files=200, most_bytes=4_000_000_000)


def answer_files(home: Path) -> RunFiles:
    """Give a folder's answers to test pictures: a file has 240 kB for 10,000 pictures."""
    return RunFiles(home / "answers", most_files=1_000, most_bytes=250_000_000)


def _stat(path: Path) -> tuple[float, int] | None:
    try:
        stat = path.stat()
    except OSError:  # a worker has just replaced it, or it is gone
        return None
    return stat.st_mtime, stat.st_size


def _size(path: Path) -> int | None:
    stat = _stat(path)
    return stat[1] if stat else None
