"""Writes the runs, their events, races and sweeps; with `reader.py` and `database.py` the only module with SQL in it.

One process writes (see `server.py`). A run that has ended never changes again, but for what people say of it: events
that come later are ignored.
"""

import secrets
import sqlite3
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from explorer.experiments.race.race import Race
from explorer.experiments.sweep.sweep import Sweep, cell_words, job_of, lay_out
from explorer.runs.store.database import connect, in_words, prepare
from explorer.runs.store.reader import COLUMNS, Reader, quoted, to_run
from explorer.runs.store.rows import BOUNDS, ENDED, LIVE, STOPPABLE, Remarks, Run, State, changes_by, is_measured_by
from explorer.runs.store.small_curve import read_curve, write_curve
from explorer.training.events import Event, read_line
from explorer.training.recipe.recipe import Job


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

    def create_continuation(self, run_id: str, job: Job, owner: str, *, step: int) -> str:
        """Queue a run that goes on where another stood after a step, with what that one had measured; gives its id."""
        measured = [event for _, event in self.events(run_id) if is_measured_by(event, step)]
        queued = msgspec.structs.replace(_queued(job, owner), continues=run_id)
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
                    title = race.run_title(lane, heat=heat)
                    run = msgspec.structs.replace(_queued(job, owner), race=name, heat=heat, lane=lane, title=title)
                    _insert(connection, run)
        return name

    def create_sweep(self, sweep: Sweep, owner: str) -> str:
        """Queue the runs of all cells of a sweep that can be trained, or none of them, and give the sweep's id."""
        name, now, cells = secrets.token_hex(5), time.time(), lay_out(sweep)
        row = (name, owner, now, msgspec.json.encode(sweep).decode(), msgspec.json.encode(cells).decode())
        jobs = {number: job_of(sweep, cell) for number, cell in enumerate(cells) if not cell.cause}
        with self._writing() as connection:
            connection.execute("INSERT INTO sweeps (id, owner, created, json, cells_json) VALUES (?, ?, ?, ?, ?)", row)
            for number, job in jobs.items():
                title = cell_words(sweep, cells[number])[: BOUNDS["title"]]
                run = msgspec.structs.replace(_queued(job, owner), sweep=name, cell=number, title=title)
                _insert(connection, run)
        return name

    def stop_sweep(self, sweep: str) -> None:
        """Keep that a person stopped a sweep, so that none of its runs starts, now or at the server's next start."""
        with self._writing() as connection:
            connection.execute("UPDATE sweeps SET stopped = ? WHERE id = ?", (time.time(), sweep))
            connection.execute(
                "UPDATE runs SET state = 'cancelled', ended = ? WHERE sweep = ? AND state = 'queued'",
                (time.time(), sweep),
            )

    def resume(self, run: Run, *, source: str | None, step: int = 0) -> str:
        """Queue an interrupted run of a sweep again, in its place: from the checkpoint of `source`, or anew."""
        measured = [event for _, event in self.events(source) if is_measured_by(event, step)] if source else []
        queued = msgspec.structs.replace(
            _queued(run.job, run.owner),
            continues=source,
            **{name: getattr(run, name) for name in ("sweep", "cell", "title", "tags", "notes", "created")},
        )
        with self._writing() as connection:
            _insert(connection, queued)
            _insert_events(connection, queued, measured)
        return queued.id

    def append(self, run_id: str, events: Sequence[Event]) -> bool:
        """Keep events, and what they say about the run, in one transaction; False if the run had ended before."""
        with self._writing() as connection:
            row = connection.execute(
                f"SELECT {COLUMNS} FROM runs WHERE id = ? AND state NOT IN {quoted(ENDED)}", (run_id,)
            ).fetchone()
            if row is None:
                return False
            _insert_events(connection, to_run(row), events)
            return True

    def remark(self, run_id: str, remarks: Remarks) -> bool:
        """Keep what a person says of a run, in place of what was said before; False if there is no such run."""
        with self._writing() as connection:
            changed = connection.execute(
                "UPDATE runs SET title = ?, tags = ?, notes = ? WHERE id = ?",
                (*msgspec.structs.astuple(remarks.tidied()), run_id),
            )
            return changed.rowcount == 1

    def delete(self, run_ids: Sequence[str]) -> set[str]:
        """Take runs out of the history, all but those that wait or train, and give the ones that were taken."""
        return self._set_deleted(run_ids, time.time(), f"state IN {quoted(ENDED)} AND deleted IS NULL")

    def restore(self, run_ids: Sequence[str]) -> set[str]:
        """Take deleted runs back into the history, as they were, and give the ones that were taken."""
        return self._set_deleted(run_ids, None, "deleted IS NOT NULL")

    def _set_deleted(self, run_ids: Sequence[str], moment: float | None, which: str) -> set[str]:
        with self._writing() as connection:
            changed = connection.execute(
                f"UPDATE runs SET deleted = ? WHERE id IN (SELECT value FROM json_each(?)) AND {which} RETURNING id",
                (moment, msgspec.json.encode(run_ids).decode()),
            )
            return {row["id"] for row in changed}

    def claim(self, run_ids: Sequence[str]) -> set[str]:
        """Let queued runs start, all at once or none, and give those of them that were still queued."""
        with self._writing() as connection:
            found = connection.execute(
                f"UPDATE runs SET state = 'starting', started = ? WHERE state = 'queued' "
                f"AND id IN ({', '.join('?' * len(run_ids))}) RETURNING id",
                (time.time(), *run_ids),
            )
            return {row["id"] for row in found}

    def move(self, run_id: str, sources: Sequence[State], target: State, *, cause: str | None = None) -> bool:
        """Move a run from one of the `sources` to another state, for a cause; False if it was in none of them."""
        moment = "ended" if target in ENDED else "started"
        with self._writing() as connection:
            moved = connection.execute(
                f"UPDATE runs SET state = ?, cause = ?, {moment} = ? WHERE id = ? AND state IN {quoted(sources)}",
                (target, cause, time.time(), run_id),
            )
            return moved.rowcount == 1

    def stop(self, run_id: str) -> bool:
        """Keep that a run was asked to stop, which only its end changes; False if it does not train, or was before."""
        with self._writing() as connection:
            asked = connection.execute(
                f"UPDATE runs SET state = 'stopping' WHERE id = ? AND state IN {quoted(STOPPABLE)}", (run_id,)
            )
            return asked.rowcount == 1

    def interrupt(self, cause: str) -> int:
        """End every run that starts or trains as interrupted, its events kept, and count them.

        One that a person had asked to stop was stopped all the same.
        """
        end = "CASE state WHEN 'stopping' THEN 'cancelled' ELSE 'interrupted' END"
        with self._writing() as connection:
            return connection.execute(
                f"UPDATE runs SET state = {end}, cause = ?, ended = ? WHERE state IN {quoted(LIVE)}",
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
    for (run_id,) in connection.execute("SELECT id FROM runs WHERE curve IS NULL").fetchall():
        lines = connection.execute(
            "SELECT json FROM events WHERE run = ? AND substr(json, 1, 15) IN (?, ?) ORDER BY seq",
            (run_id, '{"event":"step"', '{"event":"epoch'),
        )
        curve = read_curve(None).grown(read_line(json) for (json,) in lines)
        _update(connection, run_id, {"curve": write_curve(curve)})


def _update(connection: sqlite3.Connection, run_id: str, changes: dict[str, object]) -> None:
    settings = ", ".join(f"{column} = ?" for column in changes)
    connection.execute(f"UPDATE runs SET {settings} WHERE id = ?", (*changes.values(), run_id))
