"""Reads the runs, their events, races and sweeps; with `store.py` and `database.py` the only module with SQL in it.

Any number of processes may read, also while the one that writes does.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from explorer.experiments.race.race import Race
from explorer.experiments.sweep.sweep import Cell, Sweep
from explorer.runs.store.database import check_version, connect, in_words
from explorer.runs.store.rows import ENDED, UNFINISHED, HeldRace, HeldSweep, Run, State
from explorer.training.events import Event, read_line

COLUMNS = ", ".join(Run.__struct_fields__)
# Of a sweep's cell that was taken up again, the run that goes on; every other run.
LATEST = "(sweep IS NULL OR rowid IN (SELECT MAX(rowid) FROM runs WHERE sweep IS NOT NULL GROUP BY sweep, cell))"


class Reader:
    """Reads a store from any thread; every call opens its own connection and raises `StoreError` in words."""

    def __init__(self, path: Path, *, patience: float = 5.0) -> None:
        """Name the file; `patience` is how many seconds a call waits for a lock that another program holds."""
        self.path = path
        self._patience = patience

    def run(self, run_id: str) -> Run | None:
        """Find one run by its id."""
        found = self._select("WHERE id = ?", (run_id,))
        return found[0] if found else None

    def list_runs(self, limit: int, *, owner: str | None = None) -> list[Run]:
        """List the latest runs, newest first, of everyone or of one owner; none that was deleted."""
        return self._select(
            "WHERE deleted IS NULL AND (? IS NULL OR owner = ?) ORDER BY created DESC, rowid DESC LIMIT ?",
            (owner, owner, limit),
        )

    def history(self, limit: int) -> list[Run]:
        """List the runs of the latest entries, newest first: an entry is a run alone, or those of a race or a sweep."""
        entries = (
            "SELECT COALESCE(race, sweep, id) AS entry FROM runs WHERE deleted IS NULL "
            "GROUP BY entry ORDER BY MAX(created) DESC, MAX(rowid) DESC LIMIT ?"
        )
        which = f"WHERE deleted IS NULL AND {LATEST} AND COALESCE(race, sweep, id) IN ({entries})"
        return self._select(f"{which} ORDER BY created DESC, rowid DESC", (limit,))

    def group_titles(self) -> dict[str, str]:
        """Tell what each race asks, and what each sweep varies, by its id."""
        field = "replace(replace(json_extract(value, '$.field'), '_', ' '), '.', ' ')"
        fields = f"SELECT group_concat({field}, ', ') FROM json_each(sweeps.json, '$.axes')"
        with self._reading() as connection:
            return dict(
                connection.execute(
                    "SELECT id, json_extract(json, '$.question') FROM races "
                    f"UNION ALL SELECT id, 'Sweep of ' || ({fields}) FROM sweeps"
                ).fetchall()
            )

    def find_runs(self, names: Sequence[str]) -> list[Run]:
        """Find the runs of some ids, or of the races and sweeps of these ids, in any order; none that was deleted."""
        which = "IN (SELECT value FROM json_each(?))"
        found = msgspec.json.encode(names).decode()
        return self._select(
            f"WHERE deleted IS NULL AND (id {which} OR race {which} OR (sweep {which} AND {LATEST}))", (found,) * 3
        )

    def race(self, race: str) -> HeldRace | None:
        """Find one race by its id."""
        with self._reading() as connection:
            row = connection.execute("SELECT id, owner, created, json FROM races WHERE id = ?", (race,)).fetchone()
        return row and HeldRace(row["id"], row["owner"], row["created"], msgspec.json.decode(row["json"], type=Race))

    def race_runs(self, race: str) -> list[Run]:
        """List a race's runs, heat by heat, each in the contenders' order."""
        return self._select("WHERE race = ? ORDER BY heat, lane", (race,))

    def sweep(self, sweep: str) -> HeldSweep | None:
        """Find one sweep by its id."""
        with self._reading() as connection:
            row = connection.execute("SELECT * FROM sweeps WHERE id = ?", (sweep,)).fetchone()
        return row and _held_sweep(row)

    def sweep_runs(self, sweep: str) -> list[Run]:
        """List a sweep's runs, cell by cell: of a cell that was taken up again the last one."""
        return self._select(f"WHERE sweep = ? AND {LATEST} ORDER BY cell", (sweep,))

    def ended_in_sweeps(self) -> set[str]:
        """Name the runs of sweeps that have ended."""
        with self._reading() as connection:
            rows = connection.execute(f"SELECT id FROM runs WHERE sweep IS NOT NULL AND state IN {quoted(ENDED)}")
            return {row["id"] for row in rows}

    def interrupted_in_sweeps(self) -> list[Run]:
        """List, oldest first, the runs of sweeps that nobody stopped which were interrupted and not taken up since."""
        going = "deleted IS NULL AND sweep IN (SELECT id FROM sweeps WHERE stopped IS NULL)"
        return self._select(f"WHERE state = 'interrupted' AND {LATEST} AND {going} ORDER BY created, rowid", ())

    def earlier_of_same_job(self, run: Run) -> Run | None:
        """Find the latest run that was launched before this one with the same job, and finished."""
        found = self._select(
            "WHERE job_json = ? AND state = 'finished' AND created < ? AND deleted IS NULL "
            "ORDER BY created DESC LIMIT 1",
            (run.job_json, run.created),
        )
        return found[0] if found else None

    def unfinished(self) -> list[Run]:
        """List the runs that wait or train, oldest first."""
        return self._select(f"WHERE state IN {quoted(UNFINISHED)} ORDER BY created, rowid", ())

    def queued(self) -> list[Run]:
        """List the runs that wait, oldest first."""
        return [run for run in self.unfinished() if run.state == "queued"]

    def last_starts(self) -> dict[str, float]:
        """Tell for each owner with a waiting run when a run of theirs was last given a slot; left out if none was."""
        owners = "SELECT owner FROM runs WHERE state = 'queued'"
        with self._reading() as connection:
            return dict(
                connection.execute(
                    f"SELECT owner, MAX(started) FROM runs WHERE owner IN ({owners}) AND started > 0 GROUP BY owner"
                )
            )

    def events(self, run_id: str, *, after: int = 0) -> list[tuple[int, Event]]:
        """Read a run's events with their numbers (1, 2, …), in order; only those numbered above `after`."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT seq, json FROM events WHERE run = ? AND seq > ? ORDER BY seq", (run_id, after)
            )
            return [(seq, read_line(json)) for seq, json in rows]

    def _select(self, which: str, values: Sequence[object]) -> list[Run]:
        with self._reading() as connection:
            return [to_run(row) for row in connection.execute(f"SELECT {COLUMNS} FROM runs {which}", values)]

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with in_words(self.path), closing(connect(self.path, self._patience, mode="rw")) as connection:
            check_version(connection, self.path)
            yield connection


def to_run(row: sqlite3.Row) -> Run:
    """Turn a row with all of `COLUMNS` into a record."""
    return Run(**dict(zip(Run.__struct_fields__, row, strict=True)))  # by name, a row looks each column up


def _held_sweep(row: sqlite3.Row) -> HeldSweep:
    return HeldSweep(
        id=row["id"],
        owner=row["owner"],
        created=row["created"],
        stopped=row["stopped"],
        sweep=msgspec.json.decode(row["json"], type=Sweep),
        cells=msgspec.json.decode(row["cells_json"], type=tuple[Cell, ...]),
    )


def quoted(states: Sequence[State]) -> str:
    """Write states as a list in SQL."""
    return "(" + ", ".join(f"'{state}'" for state in states) + ")"
