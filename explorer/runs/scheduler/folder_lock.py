"""The lock of a folder, for one server or one command; the system frees it with its process, however that ends."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import BaseFileLock, FileLock, Timeout

from explorer.runs.scheduler.privacy import make_private
from explorer.runs.store.database import StoreError


class FolderError(StoreError):
    """The folder cannot be written; says why, and what to do."""


def take(home: Path) -> BaseFileLock | None:
    """Take a folder, which is made if it is not there, or give None if another process has it; raises `FolderError`."""
    lock = FileLock(home / "server.lock", thread_local=False)
    try:
        make_private(home)
        lock.acquire(blocking=False)
        (home / "server.pid").write_text(str(os.getpid()))
    except Timeout:
        return None
    except OSError as error:
        lock.release()
        raise FolderError(f"The folder {home} cannot be used: {error}. Start with another EXPLORER_HOME.") from error
    return lock


@contextmanager
def hold(home: Path) -> Iterator[None]:
    """Have a folder for as long as a command needs, and no server meanwhile; raises `StoreError`."""
    lock = take(home)
    if lock is None:
        raise StoreError(f"A server{_process(home)} has the folder {home}. Stop it first.")
    try:
        yield
    finally:
        lock.release()


def is_there(path: Path) -> bool:
    """Say whether a file is there and can be read, in a folder that cannot be written."""
    return os.access(path, os.R_OK)


def holder_words(home: Path) -> str:
    """Say that another server trains in a folder, and what to do."""
    return (
        f"Another server{_process(home)} already trains in the folder {home}: this one only shows its runs. "
        "Once that one has ended, this one trains in its place; to launch runs now, start this one with another "
        "EXPLORER_HOME."
    )


def _process(home: Path) -> str:
    try:
        return f" (process {(home / 'server.pid').read_text()})"
    except OSError:
        return ""
