"""Reads the runs, their events, races and sweeps; SQL stands here and where `database.py` says, and nowhere else.

Any number of processes may read, also while the one that writes does.
"""

import os
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import msgspec

from explorer.runs.store.checked_rows import COLUMNS, to_events, to_nicknames, to_race, to_run, to_sweep
from explorer.runs.store.database import BusyError, StoreError, check_version, connect, in_words, is_shut, lenient
from explorer.runs.store.room_events import RoomReader
from explorer.runs.store.rows import ENDED, ROOM, UNFINISHED, HeldRace, HeldSweep, Run, State
from explorer.training.events import Event

SELECT_RUNS = f"SELECT {', '.join(COLUMNS)}, checksum FROM runs"
UNTITLED = "(cannot be read)"
BUSY_FOR = 3.0  # seconds in which what another program has is not waited for again
# Where the folder may only be read SQLite can make no file beside the database, and a reader takes it as it lies there.
WAYS = ("rw", "ro", "immutable")
# Of a sweep's cell that was taken up again, the run that goes on; every other run.
# What rooms train for their challenges stands in no list: its seeds are told to nobody who enters.
OF_ROOMS = f"owner GLOB '{ROOM}*'"
LISTED = f"deleted IS NULL AND NOT {OF_ROOMS}"
ENTERED_BY = f"{OF_ROOMS} AND substr(owner, {len(ROOM) + 8}) = :person"  # after the six letters of the room's code
LATEST = "(sweep IS NULL OR rowid IN (SELECT MAX(rowid) FROM runs WHERE sweep IS NOT NULL GROUP BY sweep, cell))"


class Reader:
    """Reads a store from any thread; every call opens its own connection and raises `StoreError` in words."""

    def __init__(self, path: Path, *, patience: float = 1.0) -> None:
        """Name the file; `patience` is how many seconds a call waits for a lock that another program holds.

        One of several in a row waits, so that a page that reads ten times says so after a second.
        """
        self.path = path
        self._patience = patience
        self._busy_until = 0.0  # until when nobody waits again
        self.room_events = RoomReader(self._reading)

    def run(self, run_id: str) -> Run | None:
        """Find one run by its id; where the index is damaged, by reading all."""
        found = self._select("WHERE id = ?", (run_id,)) or self._select("WHERE +id = ?", (run_id,))
        return found[0] if found else None

    def list_runs(self, limit: int, *, owner: str | None = None) -> list[Run]:
        """List the latest runs, newest first, of everyone or of one owner; none that was deleted or is unreadable."""
        found = self._select(
            f"WHERE {LISTED} AND (? IS NULL OR owner = ?) ORDER BY created DESC, rowid DESC LIMIT ?",
            (owner, owner, limit),
        )
        return _readable(found)

    def history(self, limit: int) -> list[Run]:
        """List the runs of the latest entries, newest first: an entry is a run alone, or those of a race or a sweep."""
        entries = (
            f"SELECT COALESCE(race, sweep, id) AS entry FROM runs WHERE {LISTED} "
            "GROUP BY entry ORDER BY MAX(created) DESC, MAX(rowid) DESC LIMIT ?"
        )
        which = f"WHERE {LISTED} AND {LATEST} AND COALESCE(race, sweep, id) IN ({entries})"
        return self._select(f"{which} ORDER BY created DESC, rowid DESC", (limit,))

    def group_titles(self) -> dict[str, str]:
        """Tell what each race asks, and what each sweep varies, by its id."""
        field = "replace(replace(json_extract(value, '$.field'), '_', ' '), '.', ' ')"
        axes = "json_each(CASE WHEN json_valid(sweeps.json) THEN sweeps.json ELSE '{}' END, '$.axes')"
        question = "CASE WHEN json_valid(json) THEN json_extract(json, '$.question') END"
        titles = (
            f"SELECT id, {question} FROM races "
            f"UNION ALL SELECT id, 'Sweep of ' || (SELECT group_concat({field}, ', ') FROM {axes}) FROM sweeps"
        )
        with self._reading() as connection:
            return {str(name): str(title or UNTITLED) for name, title in _rows(connection, titles)}

    def find_runs(self, names: Sequence[str]) -> list[Run]:
        """Find the runs of some ids, or of the races and sweeps of these ids, in any order; none that was deleted."""
        which = "IN (SELECT value FROM json_each(?))"
        found = msgspec.json.encode(names).decode()
        return self._select(
            f"WHERE {LISTED} AND (id {which} OR race {which} OR (sweep {which} AND {LATEST}))", (found,) * 3
        )

    def find_entered(self, names: Sequence[str]) -> list[Run]:
        """Find the runs of some ids that rooms train for their challenges, in any order."""
        chosen = msgspec.json.encode(names).decode()
        return self._select(f"WHERE id IN (SELECT value FROM json_each(?)) AND {OF_ROOMS}", (chosen,))

    def race(self, race: str) -> HeldRace | None:
        """Find one race by its id."""
        sql = "SELECT id, owner, created, json, checksum FROM races WHERE id = ?"
        with self._reading() as connection:
            rows = _rows(connection, sql, (race,))
        return to_race(rows[0]) if rows else None

    def race_runs(self, race: str) -> list[Run]:
        """List a race's runs, heat by heat, each in the contenders' order."""
        return self._select("WHERE race = ? ORDER BY heat, lane", (race,))

    def sweep(self, sweep: str) -> HeldSweep | None:
        """Find one sweep by its id."""
        sql = "SELECT id, owner, created, stopped, json, cells_json, checksum FROM sweeps WHERE id = ?"
        with self._reading() as connection:
            rows = _rows(connection, sql, (sweep,))
        return to_sweep(rows[0]) if rows else None

    def sweep_runs(self, sweep: str) -> list[Run]:
        """List a sweep's runs, cell by cell: of a cell that was taken up again the last one."""
        return self._select(f"WHERE sweep = ? AND {LATEST} ORDER BY cell", (sweep,))

    def ended_in_sweeps(self) -> set[str]:
        """Name the runs of sweeps that have ended."""
        with self._reading() as connection:
            rows = _rows(connection, f"SELECT id FROM runs WHERE sweep IS NOT NULL AND state IN {quoted(ENDED)}")
        return {row["id"] for row in rows}

    def interrupted_in_sweeps(self) -> list[Run]:
        """List, oldest first, the runs of sweeps that nobody stopped which were interrupted and not taken up since."""
        going = "deleted IS NULL AND sweep IN (SELECT id FROM sweeps WHERE stopped IS NULL)"
        return _readable(
            self._select(f"WHERE state = 'interrupted' AND {LATEST} AND {going} ORDER BY created, rowid", ())
        )

    def earlier_of_same_job(self, run: Run) -> Run | None:
        """Find the latest run that was launched before this one with the same job, and finished."""
        found = _readable(
            self._select(
                f"WHERE job_json = ? AND state = 'finished' AND imported = '' AND created < ? AND {LISTED} "
                "ORDER BY created DESC LIMIT 1",
                (run.job_json, run.created),
            )
        )
        return found[0] if found else None

    def unfinished(self, *, owner: str | None = None) -> list[Run]:
        """List the runs that wait or train, oldest first, of everyone or of one owner."""
        which = f"WHERE state IN {quoted(UNFINISHED)} AND (? IS NULL OR owner = ?) ORDER BY created, rowid"
        return _readable(self._select(which, (owner, owner)))

    def queued(self) -> list[Run]:
        """List the runs that wait, oldest first."""
        return [run for run in self.unfinished() if run.state == "queued"]

    def last_starts(self) -> dict[str, float]:
        """Tell for each owner with a waiting run when a run of theirs was last given a slot; left out if none was."""
        owners = "SELECT owner FROM runs WHERE state = 'queued'"
        sql = f"SELECT owner, MAX(started) FROM runs WHERE owner IN ({owners}) AND started > 0 GROUP BY owner"
        with self._reading() as connection:
            return dict(_rows(connection, sql))

    def nicknames(self) -> dict[str, str]:
        """Tell what the class may call those who launched something, by their ids."""
        with self._reading() as connection:
            return to_nicknames(_rows(connection, "SELECT id, nickname, checksum FROM persons"))

    def owners(self) -> dict[str, int]:
        """Count the runs of each who launched any, also those that were deleted."""
        with self._reading() as connection:
            return dict(
                _rows(
                    connection, f"SELECT owner, COUNT(*) FROM runs WHERE NOT {OF_ROOMS} GROUP BY owner ORDER BY owner"
                )
            )

    def deleted_runs(self, limit: int, *, owner: str | None = None) -> list[Run]:
        """List the runs that were deleted last and can be restored, the latest first, of everyone or of one owner."""
        which = f"WHERE deleted IS NOT NULL AND NOT {OF_ROOMS} AND (? IS NULL OR owner = ?)"
        return self._select(f"{which} ORDER BY deleted DESC, rowid DESC LIMIT ?", (owner, owner, limit))

    def runs_of(self, owner: str) -> list[Run]:
        """List all that is kept of an owner's runs, oldest first: also what was deleted, or cannot be read."""
        return self._select("WHERE owner = ? ORDER BY created, rowid", (owner,))

    def entered_by(self, person: str) -> list[Run]:
        """List all that rooms trained for what a person entered."""
        return self._select(f"WHERE {ENTERED_BY}", {"person": person})

    def groups_of(self, owner: str) -> list[HeldRace | HeldSweep]:
        """List an owner's races and sweeps, as far as they can be read."""
        names = "SELECT id FROM races WHERE owner = ?", "SELECT id FROM sweeps WHERE owner = ?"
        with self._reading() as connection:
            races, sweeps = ([str(name) for (name,) in _rows(connection, sql, (owner,))] for sql in names)
        found: list[HeldRace | HeldSweep] = []
        for find, ids in ((self.race, races), (self.sweep, sweeps)):
            for name in ids:
                with suppress(StoreError):
                    found += filter(None, [find(name)])
        return found

    def events(self, run_id: str, *, after: int = 0) -> list[tuple[int, Event]]:
        """Read a run's events with their numbers (1, 2, …), in order; only those numbered above `after`.

        An event that is not as it was written is left out; so there are fewer than its run counts.
        """
        sql = "SELECT seq, json, checksum FROM events WHERE run = ? AND seq > ? ORDER BY seq"
        with self._reading() as connection:
            return to_events(run_id, _rows(connection, sql, (run_id, after)))

    def _select(self, which: str, values: Sequence[object] | Mapping[str, object]) -> list[Run]:
        with self._reading() as connection:
            return [to_run(row) for row in _rows(connection, f"{SELECT_RUNS} {which}", values)]

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        try:
            with in_words(self.path), closing(self._open()) as connection:
                yield connection
        except BusyError:
            self._busy_until = time.monotonic() + BUSY_FOR
            raise

    def _open(self) -> sqlite3.Connection:
        """Open the file for one call; in a folder where nothing can be written, as far as that goes."""
        patience = self._patience if time.monotonic() > self._busy_until else 0.0
        ways = WAYS if not os.access(self.path.parent, os.W_OK) else WAYS[:1]
        for way in ways:
            connection = connect(self.path, patience, mode=way)
            try:
                check_version(connection, self.path)
                return connection
            except BaseException as error:
                connection.close()
                if way == ways[-1] or not (isinstance(error, sqlite3.Error) and is_shut(error)):
                    raise
        raise AssertionError("the last way returns or raises")


def _rows(connection: sqlite3.Connection, sql: str, values: Sequence[object] | Mapping[str, object] = ()) -> list[Any]:
    """Fetch all rows; where a text among them is not UTF-8, which nobody wrote, as far as it can be read."""
    try:
        return connection.execute(sql, values).fetchall()
    except sqlite3.OperationalError as error:
        if "decode" not in str(error):
            raise
    connection.text_factory = lenient
    return connection.execute(sql, values).fetchall()


def _readable(runs: Sequence[Run]) -> list[Run]:
    return [run for run in runs if run.is_readable]


def quoted(states: Sequence[State]) -> str:
    """Write states as a list in SQL."""
    return "(" + ", ".join(f"'{state}'" for state in states) + ")"
