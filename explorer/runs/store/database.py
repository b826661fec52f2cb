"""The one SQLite file of a folder: its tables, its versions, how it is opened, and what can go wrong with it, in words.

SQL stands here and in `reader.py`, `store.py`, `inserts.py`, `room_events.py`, `retention.py`, `persons.py` and
`damage/salvage.py`, and nowhere else.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from explorer.runs.store.checksum import teach

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
    # What `checksum.py` computes of what never changes of a row. Of a text the bytes count, which need not be UTF-8.
    """
ALTER TABLE runs ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE events ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE races ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
ALTER TABLE sweeps ADD COLUMN checksum INTEGER NOT NULL DEFAULT 0;
UPDATE runs SET checksum = checksum(CAST(id AS BLOB), CAST(name AS BLOB), CAST(dataset AS BLOB),
    CAST(wanted_device AS BLOB), created, CAST(job_json AS BLOB));
UPDATE events SET checksum = checksum(CAST(run AS BLOB), seq, CAST(json AS BLOB));
UPDATE races SET checksum = checksum(CAST(id AS BLOB), created, CAST(json AS BLOB));
UPDATE sweeps SET checksum = checksum(CAST(id AS BLOB), created, CAST(json AS BLOB), CAST(cells_json AS BLOB));
""",
    # What the class may call those who launched something.
    """
CREATE TABLE persons (id TEXT PRIMARY KEY, nickname TEXT NOT NULL, checksum INTEGER NOT NULL) WITHOUT ROWID;
""",
    # The file that a run's weights were imported from, where it was not trained here.
    """
ALTER TABLE runs ADD COLUMN imported TEXT NOT NULL DEFAULT '';
""",
    # What happened in the rooms of a class, with the person who did it.
    """
CREATE TABLE room_events (room TEXT NOT NULL, seq INTEGER NOT NULL, at REAL NOT NULL, person TEXT NOT NULL,
    json TEXT NOT NULL, checksum INTEGER NOT NULL, PRIMARY KEY (room, seq)) WITHOUT ROWID;
""",
)
VERSION = len(MIGRATIONS)
PLAUSIBLE = 1_000  # a higher version is none that a newer program wrote
REPAIRS = {
    "SQLITE_FULL": "Free some space on that disk.",
    "SQLITE_BUSY": "Close the other program that has it open.",
    "SQLITE_READONLY": "Allow this program to write there, or start it with another EXPLORER_HOME.",
    "SQLITE_CANTOPEN": "Allow this program to write there, or start it with another EXPLORER_HOME.",
    "SQLITE_NOTADB": "Restart this program: it sets a damaged file aside, and takes over what can be read of it.",
    "SQLITE_CORRUPT": "Restart this program: it sets a damaged file aside, and takes over what can be read of it.",
}
OTHER_REPAIR = "If it stays so, start with another EXPLORER_HOME."
TABLES = ("runs", "events", "races", "sweeps", "persons", "room_events")


class StoreError(Exception):
    """The runs cannot be read or written; says which file, why, and what to do."""


class DamagedError(StoreError):
    """The file is not what was written, so that no more can be had of it as it is; see `damage/recovery.py`."""


class BusyError(StoreError):
    """Another program has the file, and did not let go of it in time."""


def connect(path: Path, patience: float, *, mode: str) -> sqlite3.Connection:
    """Open the file: `mode` is SQLite's, `rw` for one that is there, `rwc` to make it, which only its owner may read.

    With `immutable` it is read as it lies there, in a folder where nothing can be written.
    """
    if mode == "rwc":  # made here, for SQLite would let all read it, as it would the files that it keeps beside it
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    options = "mode=ro&immutable=1" if mode == "immutable" else f"mode={mode}"
    place = f"{path.absolute().as_uri()}?{options}"
    connection = sqlite3.connect(place, uri=True, timeout=patience, isolation_level=None, check_same_thread=False)
    connection.row_factory = sqlite3.Row
    return connection


def lenient(text: bytes) -> str:
    """Decode a text of the file, however damaged; it does not pass its checksum then."""
    return text.decode(errors="replace")


def prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Make an empty or older file one of this version, whole or not at all; raises `StoreError` for a newer one."""
    found = version_of(connection, path)
    connection.execute("PRAGMA journal_mode = WAL")  # readers see the last commit while the next is written
    connection.execute("PRAGMA synchronous = NORMAL")  # a power cut may lose the last moments, never the file
    connection.execute("PRAGMA secure_delete = ON")  # a name that was removed does not lie on in what is free
    connection.text_factory = lenient
    teach(connection)
    if found < VERSION:
        _migrate(connection, path, found)


def _migrate(connection: sqlite3.Connection, path: Path, found: int) -> None:
    steps = "".join(MIGRATIONS[found:])
    try:
        connection.executescript(f"BEGIN IMMEDIATE; {steps} PRAGMA user_version = {VERSION}; COMMIT;")
    except sqlite3.OperationalError as error:
        if _code(error) == "SQLITE_ERROR":  # its tables are not those of its version
            raise DamagedError(f"The file {path} is damaged: {error}. {REPAIRS['SQLITE_CORRUPT']}") from error
        raise


def check(connection: sqlite3.Connection, path: Path) -> None:
    """Read the whole file and raise `DamagedError` for one that SQLite did not write so; 0.2 s for 100 MB."""
    looks = [f"PRAGMA integrity_check({table})" for table in TABLES if table != "events"]
    try:
        for table in TABLES:
            connection.execute(f"SELECT checksum FROM {table} LIMIT 1").fetchall()
        found = {line for look in [*looks, "PRAGMA quick_check"] for (line,) in connection.execute(look)}
    except sqlite3.OperationalError as error:
        if _code(error) != "SQLITE_ERROR":  # a disk that cannot be read says nothing of what stands there
            raise
        found = {str(error)}
    if found != {"ok"}:
        cause = str(min(found - {"ok"})).splitlines()[-1]
        raise DamagedError(f"The file {path} is damaged: {cause}. {REPAIRS['SQLITE_CORRUPT']}")


def check_version(connection: sqlite3.Connection, path: Path) -> None:
    """Raise `StoreError` for a file that this version cannot read."""
    found = version_of(connection, path)
    if 0 < found < VERSION:
        raise StoreError(
            f"{path} is being written by an older version of this program (file version {found}, here: {VERSION}). "
            "Stop that one and restart this one, or start this one with another EXPLORER_HOME."
        )


def version_of(connection: sqlite3.Connection, path: Path) -> int:
    """Give the file's version, 0 for an empty one; raises `StoreError` for a newer one."""
    found: int = connection.execute("PRAGMA user_version").fetchone()[0]
    if not 0 <= found <= PLAUSIBLE:
        raise DamagedError(f"The file {path} is damaged: it is of version {found}. {REPAIRS['SQLITE_CORRUPT']}")
    if found > VERSION:
        raise StoreError(
            f"{path} was written by a newer version of this program (file version {found}, known here: {VERSION}). "
            "Update this program, or start it with another EXPLORER_HOME."
        )
    return found


def is_shut(error: sqlite3.Error) -> bool:
    """Say whether SQLite could not open a file as it was asked to."""
    return _code(error).startswith(("SQLITE_CANTOPEN", "SQLITE_READONLY"))


def _code(error: Exception) -> str:
    return str(getattr(error, "sqlite_errorname", ""))


@contextmanager
def damage_suppressed() -> Iterator[None]:
    """Go on behind what SQLite cannot make sense of; what it cannot have from the disk is raised."""
    try:
        yield
    except sqlite3.Error as error:
        if not _code(error).startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB", "SQLITE_ERROR")):
            raise


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """Turn the errors of SQLite and of the system into `StoreError`s that name the file and the repair."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise to_words(path, error) from error


def to_words(path: Path, error: Exception) -> StoreError:
    """Say what went wrong with the file, and what to do."""
    name = _code(error)
    repair = next((words for code, words in REPAIRS.items() if name.startswith(code)), OTHER_REPAIR)
    kinds = {"SQLITE_NOTADB": DamagedError, "SQLITE_CORRUPT": DamagedError, "SQLITE_BUSY": BusyError}
    kind = next((kind for code, kind in kinds.items() if name.startswith(code)), StoreError)
    return kind(f"The runs in {path} cannot be read or written: {error}. {repair}")
