"""What is kept of runs is its owner's alone to read: on systems with such rights, folders are 0700 and files 0600."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

FOLDER, FILE = 0o700, 0o600
UMASK = 0o077  # of processes that write there
INSIDE = ("backups", "checkpoints", "answers")
OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH | stat.S_ISVTX


def make_private(home: Path) -> None:
    """Make a folder, if it is not there, and take from others what they may do with it and with the files of runs.

    A folder that others may write to, such as the system's for temporary files, is shared on purpose and stays so.
    """
    home.mkdir(mode=FOLDER, parents=True, exist_ok=True)
    if os.name != "posix":
        return
    if not home.stat().st_mode & OTHERS_WRITE:
        _restrict(home, FOLDER)
    for folder in INSIDE:
        if (home / folder).is_dir():
            _restrict(home / folder, FOLDER)
    for path in _files(home):
        _restrict(path, FILE)


def _files(home: Path) -> Iterator[Path]:
    yield from home.glob("runs*.sqlite*")
    for folder in INSIDE:
        yield from (path for path in (home / folder).glob("*") if path.is_file())


def _restrict(path: Path, mode: int) -> None:
    """Take from others what they may do with a file or a folder; one of another owner is left as it is."""
    with suppress(OSError):
        if path.stat().st_uid == os.getuid() and path.stat().st_mode & 0o077:
            path.chmod(mode)
