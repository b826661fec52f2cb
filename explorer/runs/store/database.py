"""The one SQLite file of a folder: its tables, its versions, how it is opened, and what can go wrong with it, in words.

With `reader.py` and `store.py` the only module with SQL in it.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# What makes a file of each version one of the next; an empty file is of version 0, and takes the same steps.
MIGRATIONS = (
    """
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
""",
    """
ALTER TABLE runs ADD COLUMN race TEXT;
ALTER TABLE runs ADD COLUMN heat INTEGER NOT NULL DEFAULT 0;
ALTER TABLE runs ADD COLUMN lane INTEGER NOT NULL DEFAULT 0;
CREATE INDEX runs_by_race ON runs (race, heat, lane);
CREATE TABLE races (id TEXT PRIMARY KEY, owner TEXT NOT NULL, created REAL NOT NULL, json TEXT NOT NULL);
CREATE INDEX races_by_time ON races (created);
""",
    """
ALTER TABLE runs ADD COLUMN continues TEXT;
""",
    """
ALTER TABLE runs ADD COLUMN title TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN tags TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN notes TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN deleted REAL;
ALTER TABLE runs ADD COLUMN curve TEXT;
""",
    """
ALTER TABLE runs ADD COLUMN sweep TEXT;
ALTER TABLE runs ADD COLUMN cell INTEGER NOT NULL DEFAULT 0;
CREATE INDEX runs_by_sweep ON runs (sweep, cell);
CREATE TABLE sweeps (id TEXT PRIMARY KEY, owner TEXT NOT NULL, created REAL NOT NULL, stopped REAL, json TEXT NOT NULL,
    cells_json TEXT NOT NULL);
CREATE INDEX sweeps_by_time ON sweeps (created);
""",
    # Seeds were once trained together, and each run's first event told so. The others are numbered anew, from 1.
    """
CREATE TEMP TABLE told AS SELECT run FROM events WHERE substr(json, 1, 19) = '{"event":"together"';
DELETE FROM events WHERE seq = 1 AND run IN (SELECT run FROM told);
UPDATE events SET seq = 1 - seq WHERE run IN (SELECT run FROM told);
UPDATE events SET seq = -seq WHERE run IN (SELECT run FROM told);
UPDATE runs SET num_events = num_events - 1 WHERE id IN (SELECT run FROM told);
DROP TABLE told;
""",
)
VERSION = len(MIGRATIONS)
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


def connect(path: Path, patience: float, *, mode: str) -> sqlite3.Connection:
    """Open the file: `mode` is SQLite's, `rw` for one that is there, `rwc` to make it."""
    place = f"{path.absolute().as_uri()}?mode={mode}"
    connection = sqlite3.connect(place, uri=True, timeout=patience, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    return connection


def prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Make an empty or older file one of this version, whole or not at all; raises `StoreError` for a newer one."""
    found = _version(connection, path)
    connection.execute("PRAGMA journal_mode = WAL")  # readers see the last commit while the next is written
    connection.execute("PRAGMA synchronous = NORMAL")  # a power cut may lose the last moments, never the file
    if found < VERSION:
        steps = "".join(MIGRATIONS[found:])
        connection.executescript(f"BEGIN IMMEDIATE; {steps} PRAGMA user_version = {VERSION}; COMMIT;")


def check_version(connection: sqlite3.Connection, path: Path) -> None:
    """Raise `StoreError` for a file that this version cannot read."""
    found = _version(connection, path)
    if 0 < found < VERSION:
        raise StoreError(
            f"{path} is being written by an older version of this program (file version {found}, here: {VERSION}). "
            "Stop that one and restart this one, or start this one with another EXPLORER_HOME."
        )


def _version(connection: sqlite3.Connection, path: Path) -> int:
    found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if found > VERSION:
        raise StoreError(
            f"{path} was written by a newer version of this program (file version {found}, known here: {VERSION}). "
            "Update this program, or start it with another EXPLORER_HOME."
        )
    return found


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into `StoreError`s that name the file and the repair."""
    try:
        yield
    except sqlite3.Error as error:
        name = str(getattr(error, "sqlite_errorname", ""))
        repair = next((words for code, words in REPAIRS.items() if name.startswith(code)), OTHER_REPAIR)
        raise StoreError(f"The runs in {path} cannot be read or written: {error}. {repair}") from error
