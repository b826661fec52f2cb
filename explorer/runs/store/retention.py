"""What goes for good: runs deleted long ago, the oldest ones where all have grown too large, and rooms of long ago.

With a run go its events, its checkpoint and its answers; with the last run of a race or a sweep that too.
"""

import sqlite3
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from explorer.runs.store.database import connect, in_words
from explorer.runs.store.reader import OF_ROOMS, quoted
from explorer.runs.store.rows import ENDED, ROOM
from explorer.runs.store.run_files import RunFiles, kept_files
from explorer.runs.store.store import Store

PATIENCE = 5.0  # seconds for a lock that another program holds
DAY = 86_400.0
BIN_DAYS = 30.0  # that a deleted run can be restored
ROOM_DAYS = 30.0  # that a room is kept after what happened there last
MOST_BYTES = 20_000_000_000  # of the database and all files of runs
AT_ONCE = 20  # runs that go in one transaction, so that nobody waits long to write
# Of a run that goes on from another's checkpoint that one is needed until it has ended.
UNUSED = f"id NOT IN (SELECT continues FROM runs WHERE continues IS NOT NULL AND state NOT IN {quoted(ENDED)})"
# What a room has trained goes after it.
ROOM_IS_GONE = f"{OF_ROOMS} AND substr(owner, {len(ROOM) + 1}, 6) NOT IN (SELECT room FROM room_events)"


def make_room(
    store: Store, *, bin_days: float = BIN_DAYS, most_bytes: int = MOST_BYTES, now: float | None = None
) -> list[str]:
    """Remove for good what was deleted longer ago, and the oldest ended runs beyond a size; gives the removed ones."""
    home = store.path.parent
    kinds, today = kept_files(home), time.time() if now is None else now
    store.room_events.delete_idle(today - ROOM_DAYS * DAY)
    gone = _find(store.path, f"deleted < ? AND {UNUSED} ORDER BY deleted", today - bin_days * DAY)
    gone += _find(store.path, f"state IN {quoted(ENDED)} AND {UNUSED} AND {ROOM_IS_GONE}")
    _remove(store, gone, kinds)
    return gone + _shrink(store, kinds, most_bytes)


def _shrink(store: Store, kinds: Sequence[RunFiles], most_bytes: int) -> list[str]:
    """Remove the oldest ended runs, some at a time, until all that is left has few enough bytes."""
    left = _find(store.path, f"state IN {quoted(ENDED)} AND {UNUSED} ORDER BY created, rowid")
    gone: list[str] = []
    while left and _size(store.path, kinds) > most_bytes:
        first, left = left[:AT_ONCE], left[AT_ONCE:]
        _remove(store, first, kinds)
        gone += first
    return gone


def _remove(store: Store, run_ids: Sequence[str], kinds: Sequence[RunFiles]) -> None:
    for start in range(0, len(run_ids), AT_ONCE):
        some = run_ids[start : start + AT_ONCE]
        store.erase(some)
        for files in kinds:
            files.remove(some)


def _find(path: Path, which: str, *values: object) -> list[str]:
    with in_words(path), closing(connect(path, PATIENCE, mode="rw")) as connection:
        return [str(name) for (name,) in connection.execute(f"SELECT id FROM runs WHERE {which}", values)]


def _size(path: Path, kinds: Sequence[RunFiles]) -> int:
    """Count the bytes of all files, and of the database those that it uses: it keeps what it has freed for later."""
    with in_words(path), closing(connect(path, PATIENCE, mode="rw")) as connection:
        pages, free, size = (_pragma(connection, name) for name in ("page_count", "freelist_count", "page_size"))
    return (pages - free) * size + sum(files.total() for files in kinds)


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    found: int = connection.execute(f"PRAGMA {name}").fetchone()[0]
    return found
