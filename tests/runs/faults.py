"""Faults: the Nth thing that the store asks of SQLite or of the system fails, as on a disk that dies.

Python's SQLite has no way in below its own calls, so those fail: statements, transactions, and the files around them.
"""

import errno
import io
import os
import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Literal

import pytest

FSYNC = os.fsync
SYSTEM = {"replace": os, "fsync": os, "open": os, "unlink": os, "mkdir": os, "stat": os}


class Faults:
    """Counts the calls from `arm` on, and lets one of them fail; or that and all after it."""

    def __init__(self) -> None:
        self.happened = False
        self._left: int | None = None
        self._lasts = False

    def arm(self, number: int, *, lasts: bool) -> None:
        """Let the call of this number fail, from 1."""
        self.happened, self._left, self._lasts = False, number, lasts

    def disarm(self) -> None:
        """Let all calls be as they are."""
        self._left = None

    def comes(self) -> bool:
        """Count a call, and say whether it fails."""
        if self._left is None:
            return False
        self._left -= 1
        fails = self._left <= 0 if self._lasts else self._left == 0
        self.happened |= fails
        return fails


def faults_in(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Faults:
    """Put faults between the store of a folder and what it stands on."""
    faults = Faults()
    connect = sqlite3.connect

    class Connection(sqlite3.Connection):
        def execute(self, *args: Any) -> sqlite3.Cursor:  # noqa: ANN401  # as SQLite's own
            _fail_here(faults)
            return super().execute(*args)

        def executemany(self, *args: Any) -> sqlite3.Cursor:  # noqa: ANN401
            _fail_here(faults)
            return super().executemany(*args)

        def executescript(self, script: str) -> sqlite3.Cursor:
            _fail_here(faults)
            return super().executescript(script)

        def __exit__(
            self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
        ) -> Literal[False]:
            if kind is None and faults.comes():
                self.rollback()
                raise _disk_error()
            return super().__exit__(kind, error, trace)

    monkeypatch.setattr(sqlite3, "connect", lambda *args, **named: connect(*args, **named, factory=Connection))
    for name, module in SYSTEM.items():
        monkeypatch.setattr(module, name, _failing(faults, folder, getattr(module, name)))
    monkeypatch.setattr(io, "open", _failing(faults, folder, io.open))
    return faults


def _failing(faults: Faults, folder: Path, call: Callable[..., object]) -> Callable[..., object]:
    def called(place: object, *args: object, **named: object) -> object:
        is_ours = call is FSYNC or str(place).startswith(str(folder))
        if is_ours and faults.comes():
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return call(place, *args, **named)

    return called


def _fail_here(faults: Faults) -> None:
    if faults.comes():
        raise _disk_error()


def _disk_error() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = "SQLITE_IOERR"
    return error
