"""The runs, their events and their races in one SQLite file; with `database.py` the only module with SQL in it.

One process writes (see `server.py`), any number reads, also while it writes. A run that has ended never changes again,
but for what people say of it: events that come later are ignored.
"""

import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from explorer.runs.database import StoreError, check_version, connect, in_words, prepare
from explorer.runs.rows import (
    BOUNDS,
    ENDED,
    LIVE,
    STOPPABLE,
    UNFINISHED,
    HeldRace,
    RemarkError,
    Remarks,
    Run,
    State,
    changes_by,
    is_measured_by,
)
from explorer.runs.small_curve import read_curve, write_curve
from explorer.training.events import Event, read_line
from explorer.training.race import Race
from explorer.training.recipe import Job

__all__ = [
    "ENDED",
    "LIVE",
    "UNFINISHED",
    "HeldRace",
    "Reader",
    "RemarkError",
    "Remarks",
    "Run",
    "State",
    "Store",
    "StoreError",
]

COLUMNS = ", ".join(Run.__struct_fields__)


class Reader:
    """Reads a store from any thread; every call opens its own connection and raises `StoreError` in words."""

    def __init__(self, path: Path, *, patience: float = 5.0) -> None:
        """Name the file; `patience` is how many seconds a call waits for a lock that another program holds."""
        self.path = path
        self._patience = patience

    def run(self, run: str) -> Run | None:
        """Find one run by its id."""
        found = self._select("WHERE id = ?", (run,))
        return found[0] if found else None

    def list_runs(self, limit: int, *, owner: str | None = None) -> list[Run]:
        """List the latest runs, newest first, of everyone or of one owner; none that was deleted."""
        return self._select(
            "WHERE deleted IS NULL AND (? IS NULL OR owner = ?) ORDER BY created DESC, rowid DESC LIMIT ?",
            (owner, owner, limit),
        )

    def history(self, limit: int) -> list[Run]:
        """List the runs of the latest so many entries, newest first: an entry is a run alone or a race's runs."""
        entries = (
            "SELECT COALESCE(race, id) AS entry FROM runs WHERE deleted IS NULL "
            "GROUP BY entry ORDER BY MAX(created) DESC, MAX(rowid) DESC LIMIT ?"
        )
        return self._select(
            f"WHERE deleted IS NULL AND COALESCE(race, id) IN ({entries}) ORDER BY created DESC, rowid DESC", (limit,)
        )

    def questions(self) -> dict[str, str]:
        """Tell what each race asks, by the race's id."""
        with self._reading() as connection:
            return dict(connection.execute("SELECT id, json_extract(json, '$.question') FROM races").fetchall())

    def find_runs(self, names: Sequence[str]) -> list[Run]:
        """Find the runs of some ids, or of the races of these ids, in any order; none that was deleted."""
        which = "IN (SELECT value FROM json_each(?))"
        found = msgspec.json.encode(names).decode()
        return self._select(f"WHERE deleted IS NULL AND (id {which} OR race {which})", (found, found))

    def race(self, race: str) -> HeldRace | None:
        """Find one race by its id."""
        with self._reading() as connection:
            row = connection.execute("SELECT id, owner, created, json FROM races WHERE id = ?", (race,)).fetchone()
        return row and HeldRace(row["id"], row["owner"], row["created"], msgspec.json.decode(row["json"], type=Race))

    def race_runs(self, race: str) -> list[Run]:
        """List a race's runs, heat by heat, each in the contenders' order."""
        return self._select("WHERE race = ? ORDER BY heat, lane", (race,))

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
        return self._select(f"WHERE state IN {_quoted(UNFINISHED)} ORDER BY created, rowid", ())

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

    def events(self, run: str, *, after: int = 0) -> list[tuple[int, Event]]:
        """Read a run's events with their numbers (1, 2, …), in order; only those numbered above `after`."""
        with self._reading() as connection:
            rows = connection.execute(
                "SELECT seq, json FROM events WHERE run = ? AND seq > ? ORDER BY seq", (run, after)
            )
            return [(seq, read_line(json)) for seq, json in rows]

    def _select(self, which: str, values: Sequence[object]) -> list[Run]:
        with self._reading() as connection:
            return [_run(row) for row in connection.execute(f"SELECT {COLUMNS} FROM runs {which}", values)]

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with in_words(self.path), closing(connect(self.path, self._patience, mode="rw")) as connection:
            check_version(connection, self.path)
            yield connection


class Store(Reader):
    """Reads and writes; one process at a time may have it. Its methods may be called from any thread."""

    def __init__(self, path: Path, *, patience: float = 5.0) -> None:
        """Open the file, or make it; raises `StoreError` where that cannot be."""
        super().__init__(path, patience=patience)
        self._lock = threading.Lock()
        with in_words(path):
            self._connection = connect(path, patience, mode="rwc")
            try:
                prepare(self._connection, path)
                with self._connection as connection:
                    _draw_old_curves(connection)
            except BaseException:
                self._connection.close()
                raise

    def create(self, job: Job, owner: str) -> str:
        """Queue a job as a new run and give its id."""
        run = _queued(job, owner)
        with self._writing() as connection:
            _insert(connection, run)
        return run.id

    def create_continuation(self, run: str, job: Job, owner: str, *, step: int) -> str:
        """Queue a run that goes on where another stood after a step, with what that one had measured; gives its id."""
        measured = [event for _, event in self.events(run) if is_measured_by(event, step)]
        queued = msgspec.structs.replace(_queued(job, owner), continues=run)
        with self._writing() as connection:
            _insert(connection, queued)
            _insert_events(connection, queued, measured)
        return queued.id

    def create_race(self, race: Race, owner: str) -> str:
        """Queue all runs of a race, or none where that cannot be, and give the race's id."""
        name, now = secrets.token_hex(5), time.time()
        with self._writing() as connection:
            row = (name, owner, now, msgspec.json.encode(race).decode())
            connection.execute("INSERT INTO races (id, owner, created, json) VALUES (?, ?, ?, ?)", row)
            for heat, jobs in enumerate(race.heats):
                for lane, job in enumerate(jobs):
                    title = f"{race.contenders[lane].label}, seed {job.recipe.seed}"[: BOUNDS["title"]]
                    run = msgspec.structs.replace(_queued(job, owner), race=name, heat=heat, lane=lane, title=title)
                    _insert(connection, run)
        return name

    def append(self, run: str, events: Sequence[Event]) -> bool:
        """Keep events, and what they say about the run, in one transaction; False if the run had ended before."""
        with self._writing() as connection:
            row = connection.execute(
                f"SELECT {COLUMNS} FROM runs WHERE id = ? AND state NOT IN {_quoted(ENDED)}", (run,)
            ).fetchone()
            if row is None:
                return False
            _insert_events(connection, _run(row), events)
            return True

    def remark(self, run: str, remarks: Remarks) -> bool:
        """Keep what a person says of a run, in place of what was said before; False if there is no such run."""
        with self._writing() as connection:
            changed = connection.execute(
                "UPDATE runs SET title = ?, tags = ?, notes = ? WHERE id = ?",
                (*msgspec.structs.astuple(remarks.tidied()), run),
            )
            return changed.rowcount == 1

    def delete(self, runs: Sequence[str]) -> set[str]:
        """Take runs out of the history, all but those that wait or train, and give the ones that were taken."""
        return self._set_deleted(runs, time.time(), f"state IN {_quoted(ENDED)} AND deleted IS NULL")

    def restore(self, runs: Sequence[str]) -> set[str]:
        """Take deleted runs back into the history, as they were, and give the ones that were taken."""
        return self._set_deleted(runs, None, "deleted IS NOT NULL")

    def _set_deleted(self, runs: Sequence[str], moment: float | None, which: str) -> set[str]:
        with self._writing() as connection:
            changed = connection.execute(
                f"UPDATE runs SET deleted = ? WHERE id IN (SELECT value FROM json_each(?)) AND {which} RETURNING id",
                (moment, msgspec.json.encode(runs).decode()),
            )
            return {row["id"] for row in changed}

    def claim(self, runs: Sequence[str]) -> set[str]:
        """Let queued runs start, all at once or none, and give those of them that were still queued."""
        with self._writing() as connection:
            found = connection.execute(
                f"UPDATE runs SET state = 'starting', started = ? WHERE state = 'queued' "
                f"AND id IN ({', '.join('?' * len(runs))}) RETURNING id",
                (time.time(), *runs),
            )
            return {row["id"] for row in found}

    def move(self, run: str, sources: Sequence[State], target: State, *, cause: str | None = None) -> bool:
        """Move a run from one of the `sources` to another state, for a cause; False if it was in none of them."""
        moment = "ended" if target in ENDED else "started"
        with self._writing() as connection:
            moved = connection.execute(
                f"UPDATE runs SET state = ?, cause = ?, {moment} = ? WHERE id = ? AND state IN {_quoted(sources)}",
                (target, cause, time.time(), run),
            )
            return moved.rowcount == 1

    def stop(self, run: str) -> bool:
        """Keep that a run was asked to stop, which only its end changes; False if it does not train, or was before."""
        with self._writing() as connection:
            asked = connection.execute(
                f"UPDATE runs SET state = 'stopping' WHERE id = ? AND state IN {_quoted(STOPPABLE)}", (run,)
            )
            return asked.rowcount == 1

    def interrupt(self, cause: str) -> int:
        """End every run that starts or trains as interrupted, its events kept, and count them."""
        with self._writing() as connection:
            return connection.execute(
                f"UPDATE runs SET state = 'interrupted', cause = ?, ended = ? WHERE state IN {_quoted(LIVE)}",
                (cause, time.time()),
            ).rowcount

    def close(self) -> None:
        """Close the file; reading stays possible."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, in_words(self.path), self._connection as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection


def _run(row: sqlite3.Row) -> Run:
    return Run(**dict(zip(Run.__struct_fields__, row, strict=True)))  # by name, a row looks each column up


def _queued(job: Job, owner: str) -> Run:
    return Run(
        id=secrets.token_hex(5),
        owner=owner,
        state="queued",
        name=job.architecture.name,
        dataset=job.recipe.dataset,
        job_json=msgspec.json.encode(job).decode(),
        wanted_device=job.recipe.device,
        created=time.time(),
    )


def _insert(connection: sqlite3.Connection, run: Run) -> None:
    values = msgspec.structs.astuple(run)
    connection.execute(f"INSERT INTO runs ({COLUMNS}) VALUES ({', '.join('?' * len(values))})", values)


def _insert_events(connection: sqlite3.Connection, run: Run, events: Sequence[Event]) -> None:
    """Number events on from the run's last one, and keep what they say about the run in its row."""
    last = run.num_events
    lines = [(run.id, last + 1 + i, msgspec.json.encode(event).decode()) for i, event in enumerate(events)]
    connection.executemany("INSERT INTO events (run, seq, json) VALUES (?, ?, ?)", lines)
    changes: dict[str, object] = {"num_events": last + len(lines)}
    for event in events:
        changes |= changes_by(event)
    if run.state == "stopping" and changes.get("state") in LIVE:
        del changes["state"]
    changes["curve"] = write_curve(read_curve(run.curve).grown(events))
    _update(connection, run.id, changes)


def _draw_old_curves(connection: sqlite3.Connection) -> None:
    """Draw the small curves of runs that an older version wrote; once, since each then has one, be it empty."""
    for (run,) in connection.execute("SELECT id FROM runs WHERE curve IS NULL").fetchall():
        lines = connection.execute(
            "SELECT json FROM events WHERE run = ? AND substr(json, 1, 15) IN (?, ?) ORDER BY seq",
            (run, '{"event":"step"', '{"event":"epoch'),
        )
        curve = read_curve(None).grown(read_line(json) for (json,) in lines)
        _update(connection, run, {"curve": write_curve(curve)})


def _update(connection: sqlite3.Connection, run: str, changes: dict[str, object]) -> None:
    settings = ", ".join(f"{column} = ?" for column in changes)
    connection.execute(f"UPDATE runs SET {settings} WHERE id = ?", (*changes.values(), run))


def _quoted(states: Sequence[State]) -> str:
    return "(" + ", ".join(f"'{state}'" for state in states) + ")"
