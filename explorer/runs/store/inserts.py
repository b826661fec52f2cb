"""How runs, their events and persons come into the tables, within a transaction that `store.py` has begun."""

import sqlite3
from collections.abc import Sequence

import msgspec

from explorer.runs.store.checked_rows import COLUMNS, person_checksum, run_checksum, to_events
from explorer.runs.store.checksum import checksum
from explorer.runs.store.rows import LIVE, Run, changes_by
from explorer.runs.store.small_curve import read_curve, write_curve
from explorer.training.events import Event


def insert(connection: sqlite3.Connection, run: Run) -> None:
    """Add a run's row, with the checksum of what was launched."""
    values = (*msgspec.structs.astuple(run), run_checksum(run))
    columns = ", ".join((*COLUMNS, "checksum"))
    connection.execute(f"INSERT INTO runs ({columns}) VALUES ({', '.join('?' * len(values))})", values)


def insert_person(connection: sqlite3.Connection, person: str, nickname: str) -> None:
    """Add what the class may call a person, in place of what it was called before."""
    row = (person, nickname, person_checksum(person, nickname))
    connection.execute("INSERT OR REPLACE INTO persons (id, nickname, checksum) VALUES (?, ?, ?)", row)


def insert_events(connection: sqlite3.Connection, run_id: str, events: Sequence[Event]) -> None:
    """Number events on from the run's last one, and keep what they say about the run in its row."""
    last, state, curve = connection.execute(
        "SELECT MAX(CAST(num_events AS INTEGER), (SELECT COALESCE(MAX(seq), 0) FROM events WHERE run = id)), state, "
        "CAST(curve AS TEXT) FROM runs WHERE id = ?",
        (run_id,),
    ).fetchone()
    told = enumerate((msgspec.json.encode(event).decode() for event in events), start=last + 1)
    lines = [(run_id, seq, line, checksum(run_id, seq, line)) for seq, line in told]
    connection.executemany("INSERT INTO events (run, seq, json, checksum) VALUES (?, ?, ?, ?)", lines)
    changes: dict[str, object] = {"num_events": last + len(lines)}
    for event in events:
        changes |= changes_by(event)
    if state == "stopping" and changes.get("state") in LIVE:
        del changes["state"]
    changes["curve"] = write_curve(read_curve(curve).grown(events))
    _update(connection, run_id, changes)


def draw_old_curves(connection: sqlite3.Connection) -> None:
    """Draw the small curves of runs that an older version wrote; once, since each then has one, be it empty."""
    for (run_id,) in connection.execute("SELECT id FROM runs WHERE curve IS NULL").fetchall():
        lines = connection.execute(
            "SELECT seq, json, checksum FROM events WHERE run = ? AND substr(json, 1, 15) IN (?, ?) ORDER BY seq",
            (run_id, '{"event":"step"', '{"event":"epoch'),
        )
        curve = read_curve(None).grown(event for _, event in to_events(run_id, lines))
        _update(connection, run_id, {"curve": write_curve(curve)})


def _update(connection: sqlite3.Connection, run_id: str, changes: dict[str, object]) -> None:
    settings = ", ".join(f"{column} = ?" for column in changes)
    connection.execute(f"UPDATE runs SET {settings} WHERE id = ?", (*changes.values(), run_id))
