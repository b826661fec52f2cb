"""Queues what pages submit, and has the one thread that owns the worker slots and what is written of their runs.

What happens elsewhere (a submit, a worker's message, a worker's end) reaches that thread as a call in its inbox, so
nothing needs a lock, and no page and no worker ever waits for another.
"""

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial

from explorer.experiments.race.race import Race
from explorer.experiments.sweep.sweep import Sweep
from explorer.runs.messages import Wish
from explorer.runs.scheduler.fair_queue import MostRunning, unbounded
from explorer.runs.scheduler.resume import resume_sweeps
from explorer.runs.scheduler.worker import Allocation
from explorer.runs.scheduler.worker_slots import WorkerSlots
from explorer.runs.store.database import StoreError
from explorer.runs.store.rows import LIVE
from explorer.runs.store.run_files import kept_files
from explorer.runs.store.store import Store
from explorer.training.recipe.recipe import Job

RETRY = 1.0  # seconds between attempts to write what could not be written
KEEP_LIMIT = 2.5  # seconds that runs have at the server's end to keep how they stand: people wait three for a stop
STOPPED = "The server was stopped while this run trained. What it measured until then was kept."


class Dispatcher:
    """Trains queued runs and writes what they say; a run it finds half-way at its start is interrupted."""

    def __init__(
        self, store: Store, allocations: Sequence[Allocation], *, most_running: MostRunning = unbounded
    ) -> None:
        """Take over the store and start warm workers; raises `StoreError` where the store can't be written."""
        self._store = store
        self._inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._slots = WorkerSlots(store, allocations, post=self._inbox.put, most_running=most_running)
        self._close_by: float | None = None  # it closes, and then at the latest
        self._broken: str | None = None  # why nothing trains any more
        store.end_unreadable()
        store.interrupt(STOPPED)
        kept = kept_files(store.path.parent)
        for files in kept:
            files.clear_parts()
        resume_sweeps(store, kept.checkpoints)
        self._thread = threading.Thread(target=self._attend, name="dispatcher", daemon=True)
        self._thread.start()

    @property
    def trouble(self) -> str | None:
        """Why runs cannot be written just now, in words for every page."""
        return self._broken or self._slots.writes.trouble

    @property
    def workers(self) -> WorkerSlots:
        """The workers, to look at; whatever changes them is done by the dispatcher's own thread."""
        return self._slots

    def submit(self, job: Job, owner: str) -> str:
        """Queue a job and give its run's id; raises `StoreError` where it cannot be written."""
        run_id = self._store.create(job, owner)
        self._inbox.put(self._slots.assign)
        return run_id

    def submit_continuation(self, run_id: str, job: Job, owner: str, *, step: int) -> str:
        """Queue a run that goes on from another's checkpoint, taken after a step; gives its id, or raises as above."""
        continuation = self._store.create_continuation(run_id, job, owner, step=step)
        self._inbox.put(self._slots.assign)
        return continuation

    def ask(self, wish: Wish) -> None:
        """Pass a wish on to the run that it names; one that does not train hears nothing of it."""
        self._inbox.put(partial(self._slots.pass_on, wish))

    def submit_race(self, race: Race, owner: str) -> str:
        """Queue a race's runs and give the race's id; raises `StoreError` where they cannot be written."""
        race_id = self._store.create_race(race, owner)
        self._inbox.put(self._slots.assign)
        return race_id

    def submit_sweep(self, sweep: Sweep, owner: str) -> str:
        """Queue a sweep's runs and give the sweep's id; raises `StoreError` where they cannot be written."""
        sweep_id = self._store.create_sweep(sweep, owner)
        self._inbox.put(self._slots.assign)
        return sweep_id

    def stop_sweep(self, sweep: str) -> None:
        """End all runs of a sweep: none of those that wait starts any more, and no restart takes it up."""
        self._store.stop_sweep(sweep)
        for run in self._store.sweep_runs(sweep):
            if run.state in LIVE:
                self.cancel(run.id)

    def cancel(self, run_id: str) -> None:
        """End a run: at once if it waits, else after the step that it is in; one that has ended stays as it is."""
        if not self._store.cancel_queued(run_id):
            self._inbox.put(partial(self._slots.cancel, run_id))
            with contextlib.suppress(StoreError):  # where it cannot be shown, the worker is asked all the same
                self._store.stop(run_id)

    def end_now(self, run_id: str) -> None:
        """End a run that was asked to stop within its step, with its worker; what came after its checkpoint is lost.

        A run of a heat that others train in goes on to its step's end, so that theirs is not lost too.
        """
        self._inbox.put(partial(self._slots.end_now, run_id))

    def close(self) -> None:
        """Stop: what trains keeps how it stands if its step ends in time, and is interrupted; no worker is left.

        What waits keeps waiting in the store.
        """
        self._inbox.put(self._begin_to_close)
        self._thread.join()

    def _attend(self) -> None:
        try:
            self._slots.warm_up()
            self._slots.assign()
            while not self._has_closed:
                self._attend_once()
            self._interrupt()
        finally:
            if self._close_by is None:
                self._broken = "The program met an error of its own and trains no more. Restart the server."
            self._slots.close()

    def _attend_once(self) -> None:
        for call in self._calls():
            call()
        self._slots.flush()
        self._slots.mind()
        self._slots.share_cores()
        if self._slots.writes.trouble and self._slots.writes.settle():
            self._slots.assign()

    def _calls(self) -> list[Callable[[], None]]:
        """Wait for a call or a deadline, then take all that is there: their events become one transaction a run."""
        try:
            calls = [self._inbox.get(timeout=self._patience())]
        except queue.Empty:
            return []
        while not self._inbox.empty():
            calls.append(self._inbox.get())
        return calls

    def _patience(self) -> float | None:
        now = time.monotonic()
        waits = [at - now for at in self._slots.deadlines] + [RETRY] * bool(self._slots.writes.trouble)
        waits += [] if self._close_by is None else [self._close_by - now]
        return max(0.0, min(waits)) if waits else None

    def _begin_to_close(self) -> None:
        self._close_by = time.monotonic() + KEEP_LIMIT
        self._slots.interrupt(STOPPED)

    @property
    def _has_closed(self) -> bool:
        """Whether it closes, and nobody keeps anything any more, or nobody may for longer."""
        return self._close_by is not None and (not self._slots.are_busy or time.monotonic() >= self._close_by)

    def _interrupt(self) -> None:
        try:
            self._store.interrupt(STOPPED)
        except StoreError as error:
            self._slots.writes.report(error)  # the next start finds these runs and interrupts them
