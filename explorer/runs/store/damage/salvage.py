"""What can be read of a damaged database, row by row, brought into another one.

A row counts as read where it passes its checksum. SQLite gives up a reading at the first page that is broken: so each
table is read from both its ends and by its indices, and what lies behind a broken page is found too.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, NamedTuple

from explorer.runs.store.checked_rows import COLUMNS, to_events, to_nicknames, to_race, to_run, to_sweep
from explorer.runs.store.database import VERSION, StoreError, connect, damage_suppressed, lenient, prepare
from explorer.runs.store.inserts import insert_person
from explorer.runs.store.reader import SELECT_RUNS
from explorer.runs.store.room_events import ALL_COLUMNS, to_row

RUN_COLUMNS = (*COLUMNS, "checksum")
GROUP_COLUMNS = {
    "races": ("id", "owner", "created", "json", "checksum"),
    "sweeps": ("id", "owner", "created", "stopped", "json", "cells_json", "checksum"),
}
READ_GROUP = {"races": to_race, "sweeps": to_sweep}
# The beginning of each file that this program has made, as SQLite's paper on its format says; what is not named here
# (counters, and the pages that are free) is not needed to read.
HEADER = {0: b"SQLite format 3\0\x10\0\2\2\0\x40\x20\x20", 32: bytes(8), 44: (4).to_bytes(4, "big"), 52: bytes(4)}
HEADER |= {56: (1).to_bytes(4, "big"), 60: VERSION.to_bytes(4, "big"), 64: bytes(8)}

PAGE = 4_096  # bytes, as SQLite makes them


class Salvaged(NamedTuple):
    """How many runs were read, and how many more were seen."""

    taken: int
    lost: int


def mend_header(path: Path, _: Path) -> None:
    """Write the beginning of a file as this program makes it; the file is a copy."""
    _overwrite(path, HEADER)


def mend_first_page(path: Path, model: Path) -> None:
    """Write the first page of a file, which says where each table begins, as another of this program has it."""
    with model.open("rb") as file:
        page = file.read(PAGE)
    kept = (slice(24, 32), slice(92, 96))  # how many pages the file has, as it says itself
    with path.open("rb") as file:
        old = file.read(PAGE)
    _overwrite(path, {0: page, **{part.start: old[part] for part in kept}, 32: bytes(8)})


def _overwrite(path: Path, parts: Mapping[int, bytes]) -> None:
    with path.open("rb+") as file:
        for place, content in parts.items():
            file.seek(place)
            file.write(content)


def salvage(source: Path, target: sqlite3.Connection) -> Salvaged:
    """Bring all that can be read of a database into another one, in place of what stands there of the same ids."""
    with closing(connect(source, 0, mode="rw")) as connection, target:
        with suppress(StoreError), damage_suppressed():
            prepare(connection, source)  # one of an older version becomes one of this
        connection.text_factory = lenient
        target.execute("BEGIN IMMEDIATE")
        rows = list(_run_rows(connection))
        whole = [row for row in rows if to_run(row).is_readable]
        _put(target, "runs", RUN_COLUMNS, whole)
        for table, columns in GROUP_COLUMNS.items():
            _put(target, table, columns, _group_rows(connection, table, columns))
        _take_persons(connection, target)
        _take_room_events(connection, target)
        for (run_id,) in target.execute("SELECT id FROM runs").fetchall():
            _take_events(connection, target, run_id)
    return Salvaged(len(whole), len(rows) - len(whole))


def _put(target: sqlite3.Connection, table: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    marks = ", ".join("?" * len(columns))
    target.executemany(f"INSERT OR REPLACE INTO {table} ({', '.join(columns)}) VALUES ({marks})", map(tuple, rows))


def _run_rows(connection: sqlite3.Connection) -> Iterator[Sequence[Any]]:
    """Give the rows of all runs that any way leads to, oldest first."""
    for rowid in sorted(_rowids(connection, "runs", ("runs_by_time", "runs_by_state", "runs_by_owner"))):
        yield from _read(connection, f"{SELECT_RUNS} NOT INDEXED WHERE rowid = ?", rowid)


def _group_rows(connection: sqlite3.Connection, table: str, columns: Sequence[str]) -> Iterator[Sequence[Any]]:
    for rowid in sorted(_rowids(connection, table, (f"{table}_by_time",))):
        for row in _read(connection, f"SELECT {', '.join(columns)} FROM {table} NOT INDEXED WHERE rowid = ?", rowid):
            with suppress(StoreError):
                READ_GROUP[table](row)
                yield row


def _rowids(connection: sqlite3.Connection, table: str, indices: Sequence[str]) -> set[int]:
    looks = [f"SELECT rowid FROM {table} NOT INDEXED ORDER BY rowid {way}" for way in ("ASC", "DESC")]
    looks += [f"SELECT rowid FROM {table} INDEXED BY {index}" for index in indices]
    return {row[0] for look in looks for row in _read(connection, look) if isinstance(row[0], int)}


def _take_persons(connection: sqlite3.Connection, target: sqlite3.Connection) -> None:
    looks = [f"SELECT id, nickname, checksum FROM persons ORDER BY id {way}" for way in ("ASC", "DESC")]
    named = to_nicknames((row[0], row[1], row[2]) for look in looks for row in _read(connection, look))
    for person, nickname in named.items():
        insert_person(target, person, nickname)


def _take_room_events(connection: sqlite3.Connection, target: sqlite3.Connection) -> None:
    looks = [f"SELECT {ALL_COLUMNS} FROM room_events ORDER BY room {way}, seq {way}" for way in ("ASC", "DESC")]
    found = (row for look in looks for row in _read(connection, look) if to_row(row).line)
    _put(target, "room_events", ALL_COLUMNS.split(", "), found)


def _take_events(connection: sqlite3.Connection, target: sqlite3.Connection, run_id: str) -> None:
    """Bring a run's events over, and let the run count no fewer, so that none gets the number of another."""
    looks = [f"SELECT seq, json, checksum FROM events WHERE run = ? ORDER BY seq {way}" for way in ("ASC", "DESC")]
    rows = {row[0]: tuple(row) for look in looks for row in _read(connection, look, run_id)}
    whole = {seq for seq, _ in to_events(run_id, rows.values())}
    _put(target, "events", ("run", "seq", "json", "checksum"), [(run_id, *rows[seq]) for seq in sorted(whole)])
    last = "(SELECT COALESCE(MAX(seq), 0) FROM events WHERE run = id)"
    target.execute(f"UPDATE runs SET num_events = MAX(num_events, {last}) WHERE id = ?", (run_id,))


def _read(connection: sqlite3.Connection, sql: str, *values: object) -> Iterator[Sequence[Any]]:
    """Give rows up to the first that cannot be read."""
    with damage_suppressed():
        yield from connection.execute(sql, values)
