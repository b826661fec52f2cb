"""Where what happened in rooms is kept, as far as rooms need it; `explorer/runs/store/room_events.py` is one."""

from collections.abc import Sequence
from typing import Protocol

from explorer.runs.store.room_events import Row


class EventLog(Protocol):
    """Keeps events, by rooms' codes; raises what the store does."""

    def append(self, room: str, row: Row) -> None:
        """Keep an event; it is kept when this returns."""

    def rows(self, room: str) -> Sequence[Row]:
        """Give what is kept of a room, in order."""

    def codes(self) -> Sequence[str]:
        """Name the rooms of which something is kept."""

    def delete(self, room: str) -> None:
        """Keep nothing of a room any more."""
