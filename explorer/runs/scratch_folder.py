"""A folder that one process has for itself while it lives, such as for files that it makes for its pages.

It lies in the program's own folder and not in the system's temporary one, which can be memory. Each has a lock beside
it, which the system opens with its process however that ends: what the next process can lock is nobody's any more.
"""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

from filelock import FileLock, Timeout

FOLDER = "scratch"
LOCK = ".lock"
WAIT = 10.0  # seconds for another process that begins at the same moment


class ScratchFolder:
    """A process's own folder; raises `OSError` where there can be none."""

    def __init__(self, home: Path) -> None:
        """Make one, and remove those of processes that are gone."""
        parent = home / FOLDER
        parent.mkdir(parents=True, exist_ok=True)
        with _one_at_a_time(parent):
            _clear(parent)
            self.path = Path(tempfile.mkdtemp(prefix=f"{os.getpid()}-", dir=parent))
            self._lock = FileLock(_lock_of(self.path), thread_local=False)
            self._lock.acquire(blocking=False)

    def remove(self) -> None:
        """Remove the folder with all that is in it."""
        shutil.rmtree(self.path, ignore_errors=True)
        self._lock.release()
        _lock_of(self.path).unlink(missing_ok=True)


def clear_abandoned(home: Path) -> None:
    """Remove what processes left that are gone; what cannot be removed stays for the next start."""
    parent = home / FOLDER
    with contextlib.suppress(OSError):
        if parent.is_dir():
            with _one_at_a_time(parent):
                _clear(parent)


def _one_at_a_time(parent: Path) -> FileLock:
    """Let no process take another's new folder for an abandoned one, before that has its lock."""
    return FileLock(parent.with_name(FOLDER + LOCK), timeout=WAIT)


def _clear(parent: Path) -> None:
    for folder in [path for path in parent.iterdir() if path.is_dir()]:
        lock = FileLock(_lock_of(folder))
        with contextlib.suppress(Timeout):
            with lock.acquire(blocking=False):
                shutil.rmtree(folder, ignore_errors=True)
            _lock_of(folder).unlink(missing_ok=True)


def _lock_of(folder: Path) -> Path:
    return folder.with_name(folder.name + LOCK)
