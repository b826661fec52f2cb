"""The runs, their events, races and sweeps in one SQLite file; with `database.py` the only module with SQL in it.

One process writes (see `server.py`), any number reads, also while it writes. A run that has ended never changes again:
what is written to it later is ignored.
"""

import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Literal

import msgspec

from explorer.runs.database import StoreError, check_version, connect, in_words, prepare
from explorer.training.events import Epoch, Event, Failed, Finished, Paused, Resumed, Started, Step, read_line
from explorer.training.race import Race
from explorer.training.recipe import Job
from explorer.training.sweep import Cell, Sweep, job_of, lay_out

__all__ = ["ENDED", "LIVE", "UNFINISHED", "HeldRace", "HeldSweep", "Reader", "Run", "State", "Store", "StoreError"]

State = Literal["queued", "starting", "running", "paused", "finished", "failed", "cancelled", "interrupted"]
LIVE: tuple[State, ...] = ("starting", "running", "paused")
UNFINISHED: tuple[State, ...] = ("queued", *LIVE)
ENDED: tuple[State, ...] = ("finished", "failed", "cancelled", "interrupted")


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A run as its row has it: times are Unix seconds, accuracies shares of 1, the figures the latest measured."""

    id: str
    owner: str  # the session that launched it
    state: State
    name: str  # the architecture's
    dataset: str
    job_json: str
    wanted_device: str  # as the recipe names it
    created: float
    started: float | None = None  # when it was given a slot
    ended: float | None = None
    device: str | None = None  # that trains it
    cause: str | None = None  # why it failed or was interrupted, in words
    num_events: int = 0  # the `seq` of its last event
    step: int = 0
    num_steps: int | None = None
    epoch: float = 0.0
    seconds: float = 0.0  # of training
    train_loss: float | None = None
    train_accuracy: float | None = None
    test_loss: float | None = None
    test_accuracy: float | None = None
    race: str | None = None  # that it belongs to
    heat: int = 0  # of the race: which of its seeds, from 0
    lane: int = 0  # of the heat: which of the race's contenders, from 0
    continues: str | None = None  # the run from whose checkpoint it goes on
    sweep: str | None = None  # that it belongs to
    cell: int = 0  # of the sweep, from 0

    @property
    def job(self) -> Job:
        """The architecture and the recipe that were launched."""
        return msgspec.json.decode(self.job_json, type=Job)


class HeldRace(msgspec.Struct, frozen=True):
    """A race as its row has it; its runs are rows of their own."""

    id: str
    owner: str  # the session that launched it
    created: float  # Unix seconds
    race: Race


class HeldSweep(msgspec.Struct, frozen=True):
    """A sweep as its row has it, with its cells as they were laid out; its runs are rows of their own."""

    id: str
    owner: str  # the session that launched it
    created: float  # Unix seconds
    stopped: float | None  # when a person stopped it
    sweep: Sweep
    cells: tuple[Cell, ...]


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
        """List the latest runs, newest first, of everyone or of one owner."""
        return self._select(
            "WHERE ? IS NULL OR owner = ? ORDER BY created DESC, rowid DESC LIMIT ?", (owner, owner, limit)
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
        found = self._select("WHERE sweep = ? ORDER BY cell, rowid", (sweep,))
        return list({run.cell: run for run in found}.values())

    def interrupted_in_sweeps(self) -> list[Run]:
        """List, oldest first, the runs of sweeps that nobody stopped which were interrupted and not taken up since."""
        latest = "rowid IN (SELECT MAX(rowid) FROM runs WHERE sweep IS NOT NULL GROUP BY sweep, cell)"
        going = "sweep IN (SELECT id FROM sweeps WHERE stopped IS NULL)"
        return self._select(f"WHERE state = 'interrupted' AND {latest} AND {going} ORDER BY created, rowid", ())

    def earlier_of_same_job(self, run: Run) -> Run | None:
        """Find the latest run that was launched before this one with the same job, and finished."""
        found = self._select(
            "WHERE job_json = ? AND state = 'finished' AND created < ? ORDER BY created DESC LIMIT 1",
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
            return [Run(**row) for row in connection.execute(f"SELECT {COLUMNS} FROM runs {which}", values)]

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
        measured = [event for _, event in self.events(run) if _is_measured_by(event, step)]
        queued = msgspec.structs.replace(_queued(job, owner), continues=run)
        with self._writing() as connection:
            _insert(connection, queued)
            _insert_events(connection, queued.id, measured, last=0)
        return queued.id

    def create_race(self, race: Race, owner: str) -> str:
        """Queue all runs of a race, or none where that cannot be, and give the race's id."""
        name, now = secrets.token_hex(5), time.time()
        with self._writing() as connection:
            row = (name, owner, now, msgspec.json.encode(race).decode())
            connection.execute("INSERT INTO races (id, owner, created, json) VALUES (?, ?, ?, ?)", row)
            for heat, jobs in enumerate(race.heats):
                for lane, job in enumerate(jobs):
                    _insert(connection, msgspec.structs.replace(_queued(job, owner), race=name, heat=heat, lane=lane))
        return name

    def create_sweep(self, sweep: Sweep, owner: str) -> str:
        """Queue the runs of all cells of a sweep that can be trained, or none of them, and give the sweep's id."""
        name, now, cells = secrets.token_hex(5), time.time(), lay_out(sweep)
        row = (name, owner, now, msgspec.json.encode(sweep).decode(), msgspec.json.encode(cells).decode())
        jobs = {number: job_of(sweep, cell) for number, cell in enumerate(cells) if not cell.cause}
        with self._writing() as connection:
            connection.execute("INSERT INTO sweeps (id, owner, created, json, cells_json) VALUES (?, ?, ?, ?, ?)", row)
            for number, job in jobs.items():
                _insert(connection, msgspec.structs.replace(_queued(job, owner), sweep=name, cell=number))
        return name

    def stop_sweep(self, sweep: str) -> None:
        """Keep that a person stopped a sweep, so that no start of the server takes it up again."""
        with self._writing() as connection:
            connection.execute("UPDATE sweeps SET stopped = ? WHERE id = ?", (time.time(), sweep))

    def take_up(self, run: Run, *, source: str | None, step: int = 0) -> str:
        """Queue an interrupted run of a sweep again, in its place: from the checkpoint of `source`, or anew."""
        measured = [event for _, event in self.events(source) if _is_measured_by(event, step)] if source else []
        queued = msgspec.structs.replace(
            _queued(run.job, run.owner), continues=source, sweep=run.sweep, cell=run.cell, created=run.created
        )
        with self._writing() as connection:
            _insert(connection, queued)
            _insert_events(connection, queued.id, measured, last=0)
        return queued.id

    def append(self, run: str, events: Sequence[Event]) -> bool:
        """Keep events, and what they say about the run, in one transaction; False if the run had ended before."""
        with self._writing() as connection:
            row = connection.execute(
                f"SELECT num_events FROM runs WHERE id = ? AND state NOT IN {_quoted(ENDED)}", (run,)
            ).fetchone()
            if row is None:
                return False
            _insert_events(connection, run, events, last=row["num_events"])
            return True

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


def _held_sweep(row: sqlite3.Row) -> HeldSweep:
    return HeldSweep(
        id=row["id"],
        owner=row["owner"],
        created=row["created"],
        stopped=row["stopped"],
        sweep=msgspec.json.decode(row["json"], type=Sweep),
        cells=msgspec.json.decode(row["cells_json"], type=tuple[Cell, ...]),
    )


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


def _insert_events(connection: sqlite3.Connection, run: str, events: Sequence[Event], *, last: int) -> None:
    """Number events on from the last one, and keep what they say about the run in its row."""
    lines = [(run, last + 1 + i, msgspec.json.encode(event).decode()) for i, event in enumerate(events)]
    connection.executemany("INSERT INTO events (run, seq, json) VALUES (?, ?, ?)", lines)
    changes: dict[str, object] = {"num_events": last + len(lines)}
    for event in events:
        changes |= _changes(event)
    _update(connection, run, changes)


def _is_measured_by(event: Event, step: int) -> bool:
    """Say whether an event tells of the training up to a step, and not of the process that trained."""
    return hasattr(event, "epoch") and getattr(event, "step", step + 1) <= step


def _changes(event: Event) -> dict[str, object]:
    """Say what an event changes in its run's row."""
    match event:
        case Started():
            return {"state": "running", "device": event.device, "num_steps": event.num_steps}
        case Step() | Epoch():
            kept = ("step", "epoch", "seconds", "train_loss", "train_accuracy", "test_loss", "test_accuracy")
            return {name: getattr(event, name) for name in kept if hasattr(event, name)}
        case Paused() | Resumed():
            return {"state": "paused" if isinstance(event, Paused) else "running"}
        case Finished():
            return {"state": "finished", "ended": time.time(), "seconds": event.seconds}
        case Failed():
            return {"state": "failed", "ended": time.time(), "cause": event.cause}
    return {}


def _update(connection: sqlite3.Connection, run: str, changes: dict[str, object]) -> None:
    settings = ", ".join(f"{column} = ?" for column in changes)
    connection.execute(f"UPDATE runs SET {settings} WHERE id = ?", (*changes.values(), run))


def _quoted(states: Sequence[State]) -> str:
    return "(" + ", ".join(f"'{state}'" for state in states) + ")"
