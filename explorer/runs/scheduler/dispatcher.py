"""The queue and the slots: which run trains where and when, and how each run comes to its end.

One thread owns everything here: what happens elsewhere (a submit, a worker's message, a worker's end) reaches it as a
call in its inbox, so nothing needs a lock, and no page and no worker ever waits for another.
"""

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial

from explorer.experiments.race.race import Race
from explorer.experiments.sweep.sweep import Sweep
from explorer.runs.child_process import End
from explorer.runs.messages import Cancel, Message, Over, Ready, Said, Wish
from explorer.runs.scheduler.fair_queue import QueueEntry, in_turn, place
from explorer.runs.scheduler.pending_writes import PendingWrites
from explorer.runs.scheduler.process import WORKER, WorkerProcess
from explorer.runs.scheduler.slots import Slot, fitting
from explorer.runs.scheduler.taking_up import take_up_sweeps
from explorer.runs.scheduler.worker_slot import WorkerSlot
from explorer.runs.store.database import StoreError
from explorer.runs.store.rows import LIVE, Run
from explorer.runs.store.run_files import answer_files, checkpoints
from explorer.runs.store.store import Store
from explorer.training.events import Failed, Paused, Resumed
from explorer.training.recipe.recipe import Job

END_LIMIT = 2.0  # seconds in which a process that was killed is gone
RETRY = 1.0  # seconds between attempts to write what could not be written
IDLE_DEATHS = 3  # a worker that died so often without any run between is not replaced until a run needs it
WORDLESS = "The training process ended this run without a word. Launch it again."
PAUSE_LIMIT = 60.0  # seconds that a run may be held while others wait for its place
PAUSE_LOOK = 5.0  # seconds between two looks whether others wait
STOPPED = "The server was stopped while this run trained. What it measured until then was kept."
MADE_ROOM = "It was paused while others waited for its place, and made room for them."
CUT_OFF = "It was ended within a step, and goes on from its last checkpoint, if there is one."

logger = logging.getLogger(__name__)


class Dispatcher:
    """Trains queued runs on slots and writes what they say; a run it finds half-way at its start is interrupted."""

    def __init__(self, store: Store, slots: Sequence[Slot], *, command: Sequence[str] = WORKER) -> None:
        """Take over the store and start one warm worker; raises `StoreError` where the store can't be written."""
        self._ledger = PendingWrites(store)
        self._store = store
        self._slots = tuple(slots)
        self._seats = [WorkerSlot(slot) for slot in slots]
        self._command = tuple(command)
        self._checkpoints = checkpoints(store.path.parent)
        self._answers = answer_files(store.path.parent)
        self._inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._closing = False
        self._broken: str | None = None  # why nothing trains any more
        store.interrupt(STOPPED)
        self._checkpoints.clear_parts()
        self._answers.clear_parts()
        take_up_sweeps(store, self._checkpoints)
        self._thread = threading.Thread(target=self._attend, name="dispatcher", daemon=True)
        self._thread.start()

    @property
    def trouble(self) -> str | None:
        """Why runs cannot be written just now, in words for every page."""
        return self._broken or self._ledger.trouble

    def submit(self, job: Job, owner: str) -> str:
        """Queue a job and give its run's id; raises `StoreError` where it cannot be written."""
        run = self._store.create(job, owner)
        self._inbox.put(self._assign)
        return run

    def submit_continuation(self, run_id: str, job: Job, owner: str, *, step: int) -> str:
        """Queue a run that goes on from another's checkpoint, taken after a step; gives its id, or raises as above."""
        continuation = self._store.create_continuation(run_id, job, owner, step=step)
        self._inbox.put(self._assign)
        return continuation

    def ask(self, wish: Wish) -> None:
        """Pass a wish on to the run that it names; one that does not train hears nothing of it."""
        self._inbox.put(partial(self._ask, wish))

    def submit_race(self, race: Race, owner: str) -> str:
        """Queue a race's runs and give the race's id; raises `StoreError` where they cannot be written."""
        held = self._store.create_race(race, owner)
        self._inbox.put(self._assign)
        return held

    def submit_sweep(self, sweep: Sweep, owner: str) -> str:
        """Queue a sweep's runs and give the sweep's id; raises `StoreError` where they cannot be written."""
        held = self._store.create_sweep(sweep, owner)
        self._inbox.put(self._assign)
        return held

    def stop_sweep(self, sweep: str) -> None:
        """End all runs of a sweep: none of those that wait starts any more, and no restart takes it up."""
        self._store.stop_sweep(sweep)
        for run in self._store.sweep_runs(sweep):
            if run.state in LIVE:
                self.cancel(run.id)

    def cancel(self, run_id: str) -> None:
        """End a run: at once if it waits, else after the step that it is in; one that has ended stays as it is."""
        if not self._store.move(run_id, ["queued"], "cancelled"):
            self._inbox.put(partial(self._cancel, run_id))
            with contextlib.suppress(StoreError):  # where it cannot be shown, the worker is asked all the same
                self._store.stop(run_id)

    def end_now(self, run_id: str) -> None:
        """End a run that was asked to stop within its step, with its worker; what came after its checkpoint is lost.

        A run of a heat that others train in goes on to its step's end, so that theirs is not lost too.
        """
        self._inbox.put(partial(self._end_now, run_id))

    def position(self, run_id: str) -> int | None:
        """Give a run's place in the queue, 1 for the next; None if it does not wait."""
        return place(run_id, self._store, self._slots)

    def close(self) -> None:
        """Stop: what trains is interrupted, what waits keeps waiting in the store, no worker is left."""
        self._inbox.put(self._close)
        self._thread.join()

    def _attend(self) -> None:
        try:
            self._start(next(seat for seat in self._seats if seat.slot in fitting(self._slots, "auto")))
            self._assign()
            while not self._closing:
                self._attend_once()
        finally:
            if not self._closing:
                self._broken = "The program met an error of its own and trains no more. Restart the server."
            for process in [seat.process for seat in self._seats if seat.process]:
                process.kill()
                process.join(END_LIMIT)

    def _attend_once(self) -> None:
        for call in self._calls():
            call()
        self._flush()
        for seat in self._seats:
            seat.kill_if_overdue()
        self._make_room()
        if self._ledger.trouble and self._ledger.settle():
            self._assign()

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
        deadlines = [at - now for seat in self._seats for at in seat.deadlines]
        if self._ledger.trouble:
            deadlines.append(RETRY)
        return max(0.0, min(deadlines)) if deadlines else None

    def _flush(self) -> None:
        """Write what was heard, and end the workers of runs whose figures cannot be kept."""
        lost = self._ledger.write()
        for seat in self._seats:
            if seat.process and any(run in seat.runs for run in lost):
                seat.process.kill()

    # What happens to runs

    def _assign(self) -> None:
        """Give waiting runs, in turn, the free seats that fit them."""
        try:
            for entry in in_turn(self._store.unfinished(), self._store.last_starts()):
                self._assign_one(entry)
        except StoreError as error:
            self._ledger.report(error)

    def _assign_one(self, entry: QueueEntry) -> None:
        wanted = entry[0].wanted_device
        slots = fitting(self._slots, wanted)
        if not slots:
            for run in entry:
                self._store.append(run.id, [Failed(cause=self._lacking(wanted))])
            return
        free = [seat for seat in self._seats if not seat.runs and seat.slot in slots]
        claimed = self._store.claim([run.id for run in entry]) if free else set()
        if claimed:
            seat = max(free, key=lambda seat: (seat.ready, seat.process is not None))
            self._take_seat(seat, {run.id: run for run in entry if run.id in claimed})

    def _take_seat(self, seat: WorkerSlot, runs: dict[str, Run]) -> None:
        seat.runs = runs
        if seat.process is None:
            self._start(seat)
        elif seat.ready:
            self._send(seat)

    def _lacking(self, device: str) -> str:
        there = ", ".join(sorted({slot.device for slot in self._slots}))
        return f"This computer has no {device} device: it has {there}. Choose one of these, or auto, and launch again."

    def _cancel(self, run_id: str) -> None:
        for seat in self._seats:
            if run_id in seat.runs and run_id not in seat.cancelled:
                seat.cancel(run_id)
                if seat.process and seat.sent:
                    seat.process.send(Cancel(run_id))
                else:
                    self._settle(seat, run_id, "")
                    self._assign()

    def _end_now(self, run_id: str) -> None:
        for seat in self._seats:
            if run_id in seat.runs and run_id in seat.cancelled:
                seat.give_up(run_id)
                self._end_given_up(seat)

    def _end_given_up(self, seat: WorkerSlot) -> None:
        if seat.process and seat.is_given_up:
            seat.process.kill()

    def _ask(self, wish: Wish) -> None:
        for seat in self._seats:
            if seat.process and seat.sent and wish.run in seat.runs and wish.run not in seat.cancelled:
                seat.process.send(wish)

    def _make_room(self) -> None:
        """Stop runs that are held for long while others wait; what they need to go on is kept."""
        now = time.monotonic()
        for seat in self._seats:
            for run in [run for run, at in seat.paused.items() if at <= now]:
                seat.paused[run] = now + PAUSE_LOOK
                if seat.paused.keys() >= seat.runs.keys() and self._is_wanted(seat):
                    seat.causes[run] = MADE_ROOM
                    self._cancel(run)

    def _is_wanted(self, seat: WorkerSlot) -> bool:
        try:
            waiting = self._store.queued()
        except StoreError:
            return False
        own = {run.group for run in seat.runs.values() if run.group}
        others = [run for run in waiting if run.group not in own]
        return any(seat.slot in fitting(self._slots, run.wanted_device) for run in others)

    def _settle_all(self, seat: WorkerSlot, cause: Callable[[str], str]) -> None:
        """Free a seat; `cause` says for a run why it failed."""
        for run in list(seat.runs):
            self._settle(seat, run, cause(run))
        seat.free()

    def _settle(self, seat: WorkerSlot, run_id: str, cause: str) -> None:
        """Take a run off its seat; one that has not said how it ended was cancelled, or failed for this cause."""
        del seat.runs[run_id]
        seat.paused.pop(run_id, None)
        if self._ledger.owes(run_id):
            return
        if run_id in seat.cancelled:
            self._ledger.write_end(
                run_id, partial(self._store.move, run_id, LIVE, "cancelled", cause=seat.causes.get(run_id))
            )
        else:
            self._ledger.write_end(run_id, partial(self._store.append, run_id, [Failed(cause=cause)]))

    # What workers do

    def _start(self, seat: WorkerSlot) -> None:
        try:
            process = WorkerProcess(
                self._command,
                seat.slot.environment,
                hear=lambda process, message: self._inbox.put(partial(self._on_message, seat, process, message)),
                ended=lambda _, end: self._inbox.put(partial(self._on_end, seat, end)),
            )
        except OSError as error:
            logger.exception("a worker could not be started")
            words = f"The training process could not be started: {error}. Launch the run again."
            self._settle_all(seat, lambda _: words)
        else:
            seat.take(process)

    def _send(self, seat: WorkerSlot) -> None:
        if seat.process and seat.runs:
            seat.sent = True
            seat.idle_deaths = 0
            seat.heard_at = time.monotonic()
            self._prune()
            seat.process.send(seat.order(self._checkpoints, self._answers))

    def _prune(self) -> None:
        """Make room for files; those of a sweep's ended runs go first, which are many and made at one click."""
        wanted = self._wanted_files()
        try:
            first = self._store.ended_in_sweeps()
        except StoreError:
            first = set()
        for files in (self._checkpoints, self._answers):
            files.prune(wanted=wanted, first=first)

    def _wanted_files(self) -> set[str]:
        """Name the runs whose files are still written, or read by a run that goes on from there."""
        try:
            unfinished = self._store.unfinished()
        except StoreError:
            unfinished = [run for seat in self._seats for run in seat.runs.values()]
        return {name for run in unfinished for name in (run.id, run.continues) if name}

    def _on_message(self, seat: WorkerSlot, process: WorkerProcess, message: Message) -> None:
        seat.heard_at = time.monotonic()
        if isinstance(message, Said):
            self._note_pause(seat, message)
            if message.run in seat.runs:
                self._ledger.hear(message.run, message.event)
        elif isinstance(message, Over):
            self._on_over(seat, message.run)
        elif isinstance(message, Ready) and seat.process is process:
            self._on_ready(seat)

    def _note_pause(self, seat: WorkerSlot, said: Said) -> None:
        if isinstance(said.event, Paused) and said.run in seat.runs:
            seat.paused[said.run] = time.monotonic() + PAUSE_LIMIT
        elif isinstance(said.event, Resumed):
            seat.paused.pop(said.run, None)

    def _on_over(self, seat: WorkerSlot, run_id: str) -> None:
        self._flush()
        if run_id in seat.runs:
            self._settle(seat, run_id, WORDLESS)
            self._end_given_up(seat)

    def _on_ready(self, seat: WorkerSlot) -> None:
        self._flush()
        seat.ready, seat.start_by = True, None
        if seat.sent:
            self._settle_all(seat, lambda _: WORDLESS)
        self._send(seat)
        self._assign()

    def _on_end(self, seat: WorkerSlot, end: End) -> None:
        self._flush()
        was_ready, idle = seat.ready, not seat.runs
        seat.process, seat.ready, seat.start_by = None, False, None
        seat.idle_deaths += idle
        seat.causes = dict.fromkeys(seat.cancelled, CUT_OFF) | seat.causes
        self._settle_all(seat, partial(self._cause, seat, end, was_ready))
        if was_ready and seat.idle_deaths < IDLE_DEATHS:
            self._start(seat)
        self._assign()

    def _cause(self, seat: WorkerSlot, end: End, was_ready: bool, run_id: str) -> str:
        found = self._find(run_id)
        return seat.describe_end(end, was_ready=was_ready, steps=found.step if found else 0)

    def _find(self, run_id: str) -> Run | None:
        try:
            return self._store.run(run_id)
        except StoreError:
            return None

    def _close(self) -> None:
        self._flush()
        self._closing = True
        try:
            self._store.interrupt(STOPPED)
        except StoreError as error:
            self._ledger.report(error)  # the next start finds these runs and interrupts them
