"""What was done to whose runs, line by line: who, when, what, to which; for the teacher to look up."""

import logging
import os
import time
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path

import msgspec
from filelock import FileLock
from msgspec.structs import replace

from explorer.runs.access.person import Person

MOST_BYTES, KEPT_FILES = 5_000_000, 5
PATIENCE = 5.0  # seconds for another process that writes there
FORGOTTEN = "forgotten"  # in the place of an id and a nickname
PART = ".part"

logger = logging.getLogger(__name__)


class Deed(msgspec.Struct, frozen=True):
    """One line of the log."""

    at: float  # Unix seconds
    person: str
    nickname: str
    teaches: bool
    action: str
    which: tuple[str, ...]  # ids of runs, races or sweeps


class AuditLog:
    """Writes lines of JSON into a file, which is set aside when it has grown, and the oldest of those forgotten."""

    def __init__(self, path: Path) -> None:
        self._handler = RotatingFileHandler(
            path, maxBytes=MOST_BYTES, backupCount=KEPT_FILES, encoding="utf-8", delay=True
        )
        self._turn = _turn(path)

    def write(self, person: Person, action: str, *which: str) -> None:
        """Write down that a person did something; a disk that refuses it stops nobody."""
        deed = Deed(time.time(), person.id, person.nickname, person.is_teacher, action, which)
        line = msgspec.json.encode(deed).decode()
        try:
            with self._turn:
                self._handler.emit(logging.LogRecord("audit", logging.INFO, "", 0, line, None, None))
                self._handler.close()  # until the next line, for a command may put another file in its place
        except OSError as error:
            logger.warning("Who did what could not be written down: %s", error)

    def close(self) -> None:
        """Close the file."""
        self._handler.close()


def audit_log(home: Path) -> Path:
    """Give the place of a folder's log; what was set aside of it lies beside it."""
    return home / "audit.jsonl"


def deeds(path: Path) -> Iterator[tuple[bytes, Deed]]:
    """Read all lines that can be read, oldest first."""
    for file in _files(path):
        for line in file.read_bytes().splitlines():
            if deed := _read(line):
                yield line, deed


def forget_deeds(path: Path, person: str) -> int:
    """Take a person's id and nickname out of all lines, which stay, and count them; raises `OSError`."""
    with _turn(path):
        return sum(_rewrite(file, person) for file in _files(path))


def _rewrite(file: Path, person: str) -> int:
    lines = file.read_bytes().splitlines()
    kept = [_without(line, person) for line in lines]
    changed = sum(new != line for new, line in zip(kept, lines, strict=True))
    if changed:
        part = file.with_name(file.name + PART)
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as new:
            new.write(b"".join(line + b"\n" for line in kept if line is not None))
            new.flush()
            os.fsync(new.fileno())
        part.replace(file)
    return changed


def _without(line: bytes, person: str) -> bytes | None:
    """Give a line without a person; None for one that cannot be read and has the person's id somewhere."""
    deed = _read(line)
    if deed is None:
        return None if person.encode() in line else line
    is_theirs = deed.person == person
    return msgspec.json.encode(replace(deed, person=FORGOTTEN, nickname=FORGOTTEN)) if is_theirs else line


_DEED = msgspec.json.Decoder(Deed)


def _read(line: bytes) -> Deed | None:
    try:
        return _DEED.decode(line)
    except (msgspec.MsgspecError, UnicodeDecodeError):  # a crash cut it off
        return None


def _files(path: Path) -> list[Path]:
    set_aside = (path.with_name(f"{path.name}.{number}") for number in range(KEPT_FILES, 0, -1))
    return [file for file in (*set_aside, path) if file.exists()]


def _turn(path: Path) -> FileLock:
    """Give the lock of whoever writes: a server, or a command beside it."""
    return FileLock(path.with_suffix(".lock"), timeout=PATIENCE)
