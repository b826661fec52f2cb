"""The log of rooms in the store of a server that writes; one that only shows runs has no rooms."""

from collections.abc import Callable, Sequence

from explorer.runs.scheduler.server import Runs
from explorer.runs.store.room_events import Row
from explorer.runs.store.rows import entrant


class RoomLog:
    """Keeps what happens in rooms; `append` and `delete` raise `ReadOnlyError` besides where nothing is written."""

    def __init__(self, runs: Callable[[], Runs]) -> None:
        self._runs = runs

    def append(self, room: str, row: Row) -> None:
        """Keep an event; it is kept when this returns."""
        self._runs().room_events.append(room, row)

    def rows(self, room: str) -> Sequence[Row]:
        """Give what is kept of a room, in order."""
        runs = self._runs()
        return () if runs.read_only else runs.store.room_events.rows(room)

    def codes(self) -> Sequence[str]:
        """Name the rooms of which something is kept."""
        runs = self._runs()
        return () if runs.read_only else runs.store.room_events.codes()

    def delete(self, room: str) -> None:
        """Keep nothing of a room any more; what it has trained goes with the next upkeep, and is in no list."""
        runs = self._runs()
        for run in runs.store.unfinished():
            if run.owner.startswith(entrant(room, "")):
                runs.cancel(run.id)
        runs.room_events.delete(room)
