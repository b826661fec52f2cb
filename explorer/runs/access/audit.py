"""What was done to whose runs, line by line: who, when, what, to which; for the teacher to look up."""

import logging
import time
from logging.handlers import RotatingFileHandler
from pathlib import Path

import msgspec

from explorer.runs.access.person import Person

MOST_BYTES, KEPT_FILES = 5_000_000, 5

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

    def write(self, person: Person, action: str, *which: str) -> None:
        """Write down that a person did something; a disk that refuses it stops nobody."""
        deed = Deed(time.time(), person.id, person.nickname, person.is_teacher, action, which)
        line = msgspec.json.encode(deed).decode()
        self._handler.emit(logging.LogRecord("audit", logging.INFO, "", 0, line, None, None))

    def close(self) -> None:
        """Close the file."""
        self._handler.close()
