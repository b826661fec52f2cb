"""Removes all rows of one person for good: runs with their events, races and sweeps, nickname, what they did in rooms.

A room that they opened goes as a whole.
The file keeps none of the bytes. A server may run meanwhile; what it writes waits, which it does for some seconds.
"""

import sqlite3
from contextlib import closing
from pathlib import Path

from explorer.runs.store.database import BusyError, StoreError, check_version, connect, in_words
from explorer.runs.store.reader import ENTERED_BY, quoted
from explorer.runs.store.rows import UNFINISHED

PATIENCE = 10.0  # seconds for a lock that another program holds
OWN = f"(owner = :person OR ({ENTERED_BY}))"
MINE = f"IN (SELECT id FROM runs WHERE {OWN})"
ERASURES = (
    f"DELETE FROM events WHERE run {MINE}",
    f"DELETE FROM runs WHERE {OWN}",
    *(f"DELETE FROM {table} WHERE owner = :person" for table in ("races", "sweeps")),
    "DELETE FROM persons WHERE id = :person",
    "DELETE FROM room_events WHERE room IN (SELECT room FROM room_events WHERE seq = 1 AND person = :person)",
    "DELETE FROM room_events WHERE person = :person",
)
HOW_TO_END = "Stop them, or wait for their ends; those of a server that was killed end at its next start."


class PersonError(StoreError):
    """What was asked about a person cannot be done; says why, and what to do."""


def check_idle(path: Path, person: str) -> None:
    """Raise `PersonError` while a run of a person waits or trains, or one that goes on from a checkpoint of theirs."""
    with in_words(path), closing(_open(path)) as connection:
        _check_idle(connection, person)


def erase_person(path: Path, person: str) -> None:
    """Remove all rows of a person, or none where a run of theirs waits or trains; raises `StoreError`."""
    with in_words(path), closing(_open(path)) as connection:
        with connection:
            connection.execute("BEGIN IMMEDIATE")
            _check_idle(connection, person)
            for erasure in ERASURES:
                connection.execute(erasure, {"person": person})
        _wipe(connection, path)


def _open(path: Path) -> sqlite3.Connection:
    connection = connect(path, PATIENCE, mode="rw")
    check_version(connection, path)
    return connection


def _check_idle(connection: sqlite3.Connection, person: str) -> None:
    which = f"state IN {quoted(UNFINISHED)} AND ({OWN} OR continues {MINE})"
    (count,) = connection.execute(f"SELECT COUNT(*) FROM runs WHERE {which}", {"person": person}).fetchone()
    if count:
        raise PersonError(
            f"{count} run{'s' * (count > 1)} of {person}, or from a checkpoint of theirs, "
            f"{'wait or train' if count > 1 else 'waits or trains'}, so nothing was removed. {HOW_TO_END}"
        )


def _wipe(connection: sqlite3.Connection, path: Path) -> None:
    """Write the file anew without what it has freed, which otherwise lies in it until something takes its place."""
    connection.execute("VACUUM")
    is_busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if is_busy:
        raise BusyError(
            f"What was removed can still lie in {path.name}-wal: another program reads the file. "
            "Close that one and give the same command again."
        )
