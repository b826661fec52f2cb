"""Writes the runs, their events, races and sweeps; SQL stands here and where `database.py` says, and nowhere else.

One process writes (see `server.py`). A run that has ended never changes again, but for what people say of it: events
that come later are ignored.
"""

import re
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
from explorer.runs.store.checked_rows import race_checksum, sweep_checksum, to_run
from explorer.runs.store.database import BusyError, StoreError, check, connect, in_words, prepare
from explorer.runs.store.inserts import draw_old_curves, insert, insert_events, insert_person
from explorer.runs.store.reader import SELECT_RUNS, Reader, quoted
from explorer.runs.store.room_events import RoomEvents
from explorer.runs.store.rows import (
    BOUNDS,
    ENDED,
    LIVE,
    STOPPABLE,
    ImportedWeights,
    Remarks,
    Run,
    State,
    is_measured_by,
)
from explorer.training.events import Event
from explorer.training.recipe.recipe import Job

ID = re.compile(r"[0-9a-f]{10}")  # of a run, as a link can name it
ASKED = 1.5  # seconds that what a person asks for waits for another program; what a run says waits longer


class Store(Reader):
    """Reads and writes; one process at a time may have it. Its methods may be called from any thread."""

    def __init__(self, path: Path, *, patience: float = 5.0) -> None:
        """Open the file, or make it; raises `StoreError` where that cannot be, `DamagedError` for a damaged file."""
        super().__init__(path, patience=min(patience, 1.0))
        self._lock = threading.Lock()
        self._write_patience = patience
        self.room_events: RoomEvents = RoomEvents(self._reading, self._writing, patience=ASKED)
        with in_words(path):
            self._connection = connect(path, patience, mode="rwc")
            try:
                prepare(self._connection, path)
                check(self._connection, path)
                self._file = _identity(path)
                with self._connection as connection:
                    draw_old_curves(connection)
            except BaseException:
                self._connection.close()
                raise

    def create(self, job: Job, owner: str) -> str:
        """Queue a job as a new run and give its id."""
        run = _queued(job, owner)
        with self._writing(ASKED) as connection:
            insert(connection, run)
        return run.id

    def create_continuation(self, run_id: str, job: Job, owner: str, *, step: int) -> str:
        """Queue a run that goes on where another stood after a step, with what that one had measured; gives its id."""
        measured = [event for _, event in self.events(run_id) if is_measured_by(event, step)]
        queued = msgspec.structs.replace(_queued(job, owner), continues=run_id)
        with self._writing(ASKED) as connection:
            insert(connection, queued)
            insert_events(connection, queued.id, measured)
        return queued.id

    def add_imported(self, found: ImportedWeights, owner: str) -> None:
        """Keep weights that were read from a file as a run that is finished, without events."""
        run = _queued(found.job, owner)
        figures = {"test_loss": found.test_loss, "test_accuracy": found.test_accuracy}
        done = {"id": found.run_id, "state": "finished", "ended": run.created, "imported": found.file}
        with self._writing(ASKED) as connection:
            insert(connection, msgspec.structs.replace(run, **done, **figures))

    def create_race(self, race: Race, owner: str) -> str:
        """Queue all runs of a race, or none where that cannot be, and give the race's id."""
        name, now, text = secrets.token_hex(5), time.time(), msgspec.json.encode(race).decode()
        row = (name, owner, now, text, race_checksum(name, now, text))
        with self._writing(ASKED) as connection:
            connection.execute("INSERT INTO races (id, owner, created, json, checksum) VALUES (?, ?, ?, ?, ?)", row)
            for heat, jobs in enumerate(race.heats):
                for lane, job in enumerate(jobs):
                    title = race.run_title(lane, heat=heat)
                    run = msgspec.structs.replace(_queued(job, owner), race=name, heat=heat, lane=lane, title=title)
                    insert(connection, run)
        return name

    def create_sweep(self, sweep: Sweep, owner: str) -> str:
        """Queue the runs of all cells of a sweep that can be trained, or none of them, and give the sweep's id."""
        name, now, cells = secrets.token_hex(5), time.time(), lay_out(sweep)
        texts = (msgspec.json.encode(sweep).decode(), msgspec.json.encode(cells).decode())
        row = (name, owner, now, *texts, sweep_checksum(name, now, *texts))
        jobs = {number: job_of(sweep, cell) for number, cell in enumerate(cells) if not cell.cause}
        columns = "id, owner, created, json, cells_json, checksum"
        with self._writing(ASKED) as connection:
            connection.execute(f"INSERT INTO sweeps ({columns}) VALUES (?, ?, ?, ?, ?, ?)", row)
            for number, job in jobs.items():
                title = cell_words(sweep, cells[number])[: BOUNDS["title"]]
                run = msgspec.structs.replace(_queued(job, owner), sweep=name, cell=number, title=title)
                insert(connection, run)
        return name

    def stop_sweep(self, sweep: str) -> None:
        """Keep that a person stopped a sweep, so that none of its runs starts, now or at the server's next start."""
        with self._writing(ASKED) as connection:
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
            insert(connection, queued)
            insert_events(connection, queued.id, measured)
        return queued.id

    def append(self, run_id: str, events: Sequence[Event]) -> bool:
        """Keep events, and what they say about the run, in one transaction; False if the run had ended before."""
        with self._writing() as connection:
            found = connection.execute(
                f"SELECT 1 FROM runs WHERE id = ? AND state NOT IN {quoted(ENDED)}", (run_id,)
            ).fetchone()
            if found:
                insert_events(connection, run_id, events)
            return bool(found)

    def call(self, person: str, nickname: str) -> None:
        """Keep what the class may call a person."""
        if self.nicknames().get(person) != nickname:
            with self._writing(ASKED) as connection:
                insert_person(connection, person, nickname)

    def remark(self, run_id: str, remarks: Remarks) -> bool:
        """Keep what a person says of a run, in place of what was said before; False if there is no such run."""
        with self._writing(ASKED) as connection:
            changed = connection.execute(
                "UPDATE runs SET title = ?, tags = ?, notes = ? WHERE id = ?",
                (*msgspec.structs.astuple(remarks.tidied()), run_id),
            )
            return changed.rowcount == 1

    def delete(self, run_ids: Sequence[str]) -> set[str]:
        """Take runs out of the history, all but those that wait or train, and give the ones that were taken."""
        self.end_unreadable()
        return self._set_deleted(run_ids, time.time(), f"state IN {quoted(ENDED)} AND deleted IS NULL")

    def restore(self, run_ids: Sequence[str]) -> set[str]:
        """Take deleted runs back into the history, as they were, and give the ones that were taken."""
        return self._set_deleted(run_ids, None, "deleted IS NOT NULL")

    def erase(self, run_ids: Sequence[str]) -> None:
        """Remove runs for good, with their events, and the races and sweeps that have no run any more."""
        chosen, names = "IN (SELECT value FROM json_each(?))", (msgspec.json.encode(run_ids).decode(),)
        with self._writing() as connection:
            connection.execute(f"DELETE FROM events WHERE run {chosen}", names)
            connection.execute(f"DELETE FROM runs WHERE id {chosen}", names)
            for table, column in {"races": "race", "sweeps": "sweep"}.items():
                has_runs = f"id IN (SELECT {column} FROM runs WHERE {column} IS NOT NULL)"
                connection.execute(f"DELETE FROM {table} WHERE NOT {has_runs}")

    def _set_deleted(self, run_ids: Sequence[str], moment: float | None, which: str) -> set[str]:
        with self._writing(ASKED) as connection:
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

    def cancel_queued(self, run_id: str) -> bool:
        """Keep that a person cancelled a run that waits; False if it does not."""
        with self._writing(ASKED) as connection:
            cancelled = connection.execute(
                "UPDATE runs SET state = 'cancelled', ended = ? WHERE id = ? AND state = 'queued'",
                (time.time(), run_id),
            )
            return cancelled.rowcount == 1

    def end_unreadable(self) -> None:
        """End the runs that cannot be read, which nobody trains; one that no link can name is given another id."""
        columns = SELECT_RUNS.removeprefix("SELECT ")
        with self._writing(ASKED) as connection:
            found = connection.execute(f"SELECT state IN {quoted(ENDED)}, rowid, {columns}").fetchall()
            unreadable = [(*row[:2], run) for row in found if not (run := to_run(row[2:])).is_readable]
            for has_ended, rowid, run in unreadable:
                if not has_ended:
                    update = "UPDATE runs SET state = 'unreadable', cause = ?, ended = ? WHERE rowid = ?"
                    connection.execute(update, (run.cause, time.time(), rowid))
                if not ID.fullmatch(run.id):
                    connection.execute("UPDATE runs SET id = ? WHERE rowid = ?", (secrets.token_hex(5), rowid))

    def close(self) -> None:
        """Close the file; reading stays possible."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _writing(self, patience: float | None = None) -> Iterator[sqlite3.Connection]:
        """Begin a transaction, after at most so many seconds for what others do with the file."""
        patience = self._write_patience if patience is None else min(patience, self._write_patience)
        by = time.monotonic() + patience
        if not self._lock.acquire(timeout=max(patience, ASKED)):
            raise BusyError(f"The runs in {self.path} cannot be written: another program has it open. Close that one.")
        try:
            with in_words(self.path), self._connection as connection:
                self._check_place()
                connection.execute(f"PRAGMA busy_timeout = {max(0, round(1_000 * (by - time.monotonic())))}")
                connection.execute("BEGIN IMMEDIATE")
                yield connection
        finally:
            self._lock.release()

    def _check_place(self) -> None:
        """Raise `StoreError` where the file was removed or replaced: what is written to it would be lost with it."""
        if _identity(self.path) != self._file:
            raise StoreError(
                f"The file {self.path} was removed or replaced while this program had it open, so nothing can be kept "
                "there. Put it back, or stop this program and start it again to begin with an empty one."
            )


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


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
