"""Where what happened in rooms is kept: what a room needs of it, and one in memory."""

import threading
from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Row(NamedTuple):
    """One event as it is kept: its number in the room, when, whose it is, and its JSON."""

    number: int
    at: float  # Unix seconds
    person: str
    line: str


class EventLog(Protocol):
    """Keeps events, by rooms' codes; raises what the store does."""

    def append(self, code: str, row: Row) -> None:
        """Keep an event; it is kept when this returns."""

    def rows(self, code: str) -> Sequence[Row]:
        """Give what is kept of a room, in order."""

    def codes(self) -> Sequence[str]:
        """Name the rooms of which something is kept."""

    def delete(self, code: str) -> None:
        """Keep nothing of a room any more."""


class HeldEvents:
    """Keeps events as long as this process lives."""

    def __init__(self) -> None:
        self._rows: defaultdict[str, list[Row]] = defaultdict(list)
        self._lock = threading.Lock()

    def append(self, code: str, row: Row) -> None:
        """Keep an event."""
        with self._lock:
            self._rows[code].append(row)

    def rows(self, code: str) -> Sequence[Row]:
        """Give what is kept of a room, in order."""
        return tuple(self._rows.get(code, ()))

    def codes(self) -> Sequence[str]:
        """Name the rooms."""
        return tuple(self._rows)

    def delete(self, code: str) -> None:
        """Keep nothing of a room any more."""
        with self._lock:
            self._rows.pop(code, None)
