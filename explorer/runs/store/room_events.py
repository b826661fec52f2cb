"""What happened in the rooms of a class, event by event; SQL stands here and where `database.py` says, nowhere else.

An event is on the disk when `append` returns: a server that is killed loses none that was acknowledged.
"""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

from explorer.runs.store.checksum import checksum
from explorer.runs.store.database import StoreError

ALL_COLUMNS = "room, seq, at, person, json, checksum"
OLD = "The rooms were changed meanwhile: what is known of them is old."
DAMAGED = ""  # in place of an event that is not as it was written
# A look into the index for each room: a plain DISTINCT reads through all that happened in them.
ROOMS = """
WITH RECURSIVE rooms (room) AS (
    SELECT MIN(room) FROM room_events
    UNION ALL SELECT (SELECT MIN(room) FROM room_events AS next WHERE next.room > rooms.room) FROM rooms
    WHERE rooms.room IS NOT NULL)
SELECT room FROM rooms WHERE room IS NOT NULL
"""

Connected = AbstractContextManager[sqlite3.Connection]


class Row(NamedTuple):
    """One event as it is kept: its number in the room, when, whose it is, and its JSON."""

    number: int
    at: float  # Unix seconds
    person: str
    line: str


class ChangedElsewhereError(StoreError):
    """Another program has changed the file, or a room is gone: what is known of rooms has to be read anew."""


class RoomReader:
    """Reads what happened in rooms, from any thread."""

    def __init__(self, reading: Callable[[], Connected]) -> None:
        self._reading = reading

    def rows(self, room: str) -> Sequence[Row]:
        """Give a room's events in order; of one that is not as it was written the line is empty."""
        with self._reading() as connection:
            return _rows_of(connection, room)

    def codes(self) -> Sequence[str]:
        """Name the rooms of which something is kept."""
        with self._reading() as connection:
            return [str(room) for (room,) in connection.execute(ROOMS)]

    def of_person(self, person: str) -> Sequence[tuple[str, Row]]:
        """Give a person's own events, with the rooms where they happened."""
        sql = f"SELECT {ALL_COLUMNS} FROM room_events WHERE person = ? ORDER BY room, seq"
        with self._reading() as connection:
            return [(str(row[0]), to_row(row)) for row in connection.execute(sql, (person,)).fetchall()]

    def persons(self) -> Sequence[tuple[str, str]]:
        """Name the persons who were in rooms, and what they were called there."""
        nickname = "CASE WHEN json_valid(json) THEN json_extract(json, '$.nickname') END"
        with self._reading() as connection:
            found = connection.execute(f"SELECT DISTINCT person, {nickname} FROM room_events").fetchall()
        return [(str(person), str(name or "")) for person, name in found]


class RoomEvents(RoomReader):
    """Writes what happens, too; `writing` begins a transaction after at most so many seconds."""

    def __init__(
        self, reading: Callable[[], Connected], writing: Callable[[float], Connected], *, patience: float
    ) -> None:
        super().__init__(reading)
        self._writing, self._patience = writing, patience
        self._seen: int | None = None  # SQLite's number of what other connections have changed

    def rows(self, room: str) -> Sequence[Row]:
        """Give a room's events in order; raises `ChangedElsewhereError`, once, where rooms were changed by others."""
        with self._writing(self._patience) as connection:
            self._check_seen(connection)
            return _rows_of(connection, room)

    def append(self, room: str, row: Row) -> None:
        """Keep an event; raises `ChangedElsewhereError`, and keeps nothing, where rooms were changed by others."""
        with self._writing(self._patience) as connection:
            self._check_seen(connection)
            if row.number > 1 and not _is_there(connection, room):
                raise ChangedElsewhereError(OLD)
            values = (room, *row)
            sql = f"INSERT INTO room_events ({ALL_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)"
            connection.execute(sql, (*values, checksum(*values)))

    def _check_seen(self, connection: sqlite3.Connection) -> None:
        seen, (self._seen,) = self._seen, connection.execute("PRAGMA data_version").fetchone()
        if seen not in (None, self._seen):
            raise ChangedElsewhereError(OLD)

    def delete(self, room: str) -> None:
        """Keep nothing of a room any more, also not among the bytes that the file has freed."""
        with self._writing(self._patience) as connection:
            connection.execute("DELETE FROM room_events WHERE room = ?", (room,))
            connection.execute("COMMIT")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()  # as far as nobody reads just now

    def delete_idle(self, before: float) -> Sequence[str]:
        """Remove the rooms where nothing has happened since a moment, and name them."""
        idle = "SELECT room FROM room_events GROUP BY room HAVING MAX(at) < ?"
        with self._reading() as connection:
            found = [str(room) for (room,) in connection.execute(idle, (before,)).fetchall()]
        for room in found:
            self.delete(room)
        return found


def to_row(values: Sequence[Any]) -> Row:
    """Turn a row with all columns into an event; its line is empty where it is not as it was written."""
    room, number, at, person, line, found = values
    is_whole = checksum(room, number, at, person, line) == found
    return Row(number, at, str(person), str(line) if is_whole else DAMAGED)


def _rows_of(connection: sqlite3.Connection, room: str) -> Sequence[Row]:
    sql = f"SELECT {ALL_COLUMNS} FROM room_events WHERE room = ? ORDER BY seq"
    return [to_row(row) for row in connection.execute(sql, (room,)).fetchall()]


def _is_there(connection: sqlite3.Connection, room: str) -> bool:
    return connection.execute("SELECT 1 FROM room_events WHERE room = ? LIMIT 1", (room,)).fetchone() is not None
