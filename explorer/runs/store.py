"""The runs and their events in one SQLite file; the only module with SQL in it.

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

from explorer.training.events import Epoch, Event, Failed, Finished, Started, Step, read_line
from explorer.training.recipe import Job

State = Literal["queued", "starting", "running", "finished", "failed", "cancelled", "interrupted"]
LIVE: tuple[State, ...] = ("starting", "running")
UNFINISHED: tuple[State, ...] = ("queued", *LIVE)
ENDED: tuple[State, ...] = ("finished", "failed", "cancelled", "interrupted")

VERSION = 1
SCHEMA = """
CREATE TABLE runs (
    id TEXT PRIMARY KEY, owner TEXT NOT NULL, state TEXT NOT NULL, name TEXT NOT NULL, dataset TEXT NOT NULL,
    job_json TEXT NOT NULL, wanted_device TEXT NOT NULL, created REAL NOT NULL, started REAL, ended REAL,
    device TEXT, cause TEXT,
    num_events INTEGER NOT NULL, step INTEGER NOT NULL, num_steps INTEGER, epoch REAL NOT NULL, seconds REAL NOT NULL,
    train_loss REAL, train_accuracy REAL, test_loss REAL, test_accuracy REAL);
CREATE INDEX runs_by_state ON runs (state, created);
CREATE INDEX runs_by_time ON runs (created);
CREATE INDEX runs_by_owner ON runs (owner, started);
CREATE TABLE events (run TEXT NOT NULL, seq INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY (run, seq)) WITHOUT ROWID;
"""
REPAIRS = {
    "SQLITE_FULL": "Free some space on that disk.",
    "SQLITE_BUSY": "Close the other program that has it open.",
    "SQLITE_READONLY": "Allow this program to write there, or start it with another EXPLORER_HOME.",
    "SQLITE_CANTOPEN": "Allow this program to write there, or start it with another EXPLORER_HOME.",
    "SQLITE_NOTADB": "Move the file away to begin with an empty one.",
    "SQLITE_CORRUPT": "Move the file away to begin with an empty one.",
}
OTHER_REPAIR = "If it stays so, start with another EXPLORER_HOME."


class StoreError(Exception):
    """The runs cannot be read or written; says which file, why, and what to do."""


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

    @property
    def job(self) -> Job:
        """The architecture and the recipe that were launched."""
        return msgspec.json.decode(self.job_json, type=Job)


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
        with _in_words(self.path), closing(_connect(self.path, self._patience, mode="rw")) as connection:
            _check_version(connection, self.path)
            yield connection


class Store(Reader):
    """Reads and writes; one process at a time may have it. Its methods may be called from any thread."""

    def __init__(self, path: Path, *, patience: float = 5.0) -> None:
        """Open the file, or make it; raises `StoreError` where that cannot be."""
        super().__init__(path, patience=patience)
        self._lock = threading.Lock()
        with _in_words(path):
            self._connection = _connect(path, patience, mode="rwc")
            try:
                _prepare(self._connection, path)
            except BaseException:
                self._connection.close()
                raise

    def create(self, job: Job, owner: str) -> str:
        """Queue a job as a new run and give its id."""
        run = Run(
            id=secrets.token_hex(5),
            owner=owner,
            state="queued",
            name=job.architecture.name,
            dataset=job.recipe.dataset,
            job_json=msgspec.json.encode(job).decode(),
            wanted_device=job.recipe.device,
            created=time.time(),
        )
        row = msgspec.structs.asdict(run)
        with self._writing() as connection:
            connection.execute(
                f"INSERT INTO runs ({COLUMNS}) VALUES ({', '.join('?' * len(row))})", tuple(row.values())
            )
        return run.id

    def append(self, run: str, events: Sequence[Event]) -> bool:
        """Keep events, and what they say about the run, in one transaction; False if the run had ended before."""
        changes: dict[str, object] = {}
        for event in events:
            changes |= _changes(event)
        with self._writing() as connection:
            row = connection.execute(
                f"SELECT num_events FROM runs WHERE id = ? AND state NOT IN {_quoted(ENDED)}", (run,)
            ).fetchone()
            if row is None:
                return False
            last = row["num_events"]
            lines = [(run, last + 1 + i, msgspec.json.encode(event).decode()) for i, event in enumerate(events)]
            connection.executemany("INSERT INTO events (run, seq, json) VALUES (?, ?, ?)", lines)
            _update(connection, run, changes | {"num_events": last + len(lines)})
            return True

    def move(self, run: str, sources: Sequence[State], target: State) -> bool:
        """Move a run from one of the `sources` to another state; False if it was in none of them."""
        moment = "ended" if target in ENDED else "started"
        with self._writing() as connection:
            moved = connection.execute(
                f"UPDATE runs SET state = ?, {moment} = ? WHERE id = ? AND state IN {_quoted(sources)}",
                (target, time.time(), run),
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
        with self._lock, _in_words(self.path), self._connection as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield connection


def _changes(event: Event) -> dict[str, object]:
    """Say what an event changes in its run's row."""
    match event:
        case Started():
            return {"state": "running", "device": event.device, "num_steps": event.num_steps}
        case Step() | Epoch():
            kept = ("step", "epoch", "seconds", "train_loss", "train_accuracy", "test_loss", "test_accuracy")
            return {name: getattr(event, name) for name in kept if hasattr(event, name)}
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


def _connect(path: Path, patience: float, *, mode: str) -> sqlite3.Connection:
    place = f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(place, uri=True, timeout=patience, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    _check_version(connection, path)
    connection.execute("PRAGMA journal_mode = WAL")  # readers see the last commit while the next is written
    connection.execute("PRAGMA synchronous = NORMAL")  # a power cut may lose the last moments, never the file
    if not connection.execute("PRAGMA user_version").fetchone()[0]:
        connection.executescript(f"BEGIN IMMEDIATE; {SCHEMA} PRAGMA user_version = {VERSION}; COMMIT;")


def _check_version(connection: sqlite3.Connection, path: Path) -> None:
    found = connection.execute("PRAGMA user_version").fetchone()[0]
    if found > VERSION:
        raise StoreError(
            f"{path} was written by a newer version of this program (file version {found}, known here: {VERSION}). "
            "Update this program, or start it with another EXPLORER_HOME."
        )


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        name = str(getattr(error, "sqlite_errorname", ""))
        repair = next((words for code, words in REPAIRS.items() if name.startswith(code)), OTHER_REPAIR)
        raise StoreError(f"The runs in {path} cannot be read or written: {error}. {repair}") from error
