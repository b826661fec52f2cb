"""All worker slots: waiting runs get them in turn, their workers are minded, and every run comes to its end.

Only the dispatcher's thread calls what stands here.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from explorer.runs.child_process import End
from explorer.runs.messages import Message, Over, Ready, Said, Wish
from explorer.runs.scheduler.fair_queue import QueueEntry, in_turn
from explorer.runs.scheduler.pending_writes import PendingWrites
from explorer.runs.scheduler.process import WorkerProcess
from explorer.runs.scheduler.slots import Slot, fitting
from explorer.runs.scheduler.worker_slot import WorkerSlot
from explorer.runs.store.database import StoreError
from explorer.runs.store.rows import LIVE, Run
from explorer.runs.store.run_files import answer_files, checkpoints
from explorer.runs.store.store import Store
from explorer.training.events import Failed

END_LIMIT = 2.0  # seconds in which a process that was killed is gone
WORDLESS = "The training process ended this run without a word. Launch it again."
MADE_ROOM = "It was paused while others waited for its place, and made room for them."

logger = logging.getLogger(__name__)


class WorkerSlots:
    """The slots with what is written of their runs; `post` calls something from the dispatcher's thread, later."""

    def __init__(
        self,
        store: Store,
        places: Sequence[Slot],
        *,
        command: Sequence[str],
        post: Callable[[Callable[[], None]], None],
    ) -> None:
        self.writes = PendingWrites(store)
        self._store = store
        self._places = tuple(places)
        self._slots = [WorkerSlot(place) for place in places]
        self._command = tuple(command)
        self._post = post
        self._checkpoints = checkpoints(store.path.parent)
        self._answers = answer_files(store.path.parent)

    @property
    def deadlines(self) -> Iterator[float]:
        """When something is to be done about any of them."""
        return (at for slot in self._slots for at in slot.deadlines)

    def start_one(self) -> None:
        """Start the worker that a recipe's `auto` means, so that the first run finds it warm."""
        self._start(next(slot for slot in self._slots if slot.where in fitting(self._places, "auto")))

    def assign(self) -> None:
        """Give waiting runs, in turn, the free slots that fit them."""
        try:
            for entry in in_turn(self._store.unfinished(), self._store.last_starts()):
                self._assign_one(entry)
        except StoreError as error:
            self.writes.report(error)

    def cancel(self, run_id: str, cause: str | None = None) -> None:
        """End a run after the step that it is in, for a cause where no person asked; one that has ended stays so."""
        for slot in self._slots:
            if run_id in slot.runs and run_id not in slot.cancelled and not slot.cancel(run_id, cause):
                self._settle(slot, run_id, "")
                self.assign()

    def end_now(self, run_id: str) -> None:
        """End a run that was asked to stop within its step, with its worker, unless others train in it."""
        for slot in self._slots:
            slot.give_up(run_id)

    def pass_on(self, wish: Wish) -> None:
        """Pass a wish on to the run that it names, if it trains."""
        for slot in self._slots:
            slot.pass_on(wish)

    def flush(self) -> None:
        """Write what was heard, and end the workers of runs whose figures cannot be kept."""
        lost = self.writes.write()
        for slot in self._slots:
            slot.kill_if_lost(lost)

    def mind(self) -> None:
        """End workers that are overdue, and stop runs that are held for long while others wait for their place."""
        for slot in self._slots:
            slot.kill_if_overdue()
            for run_id in slot.held_for_long():
                if slot.is_held and self._is_wanted(slot):
                    self.cancel(run_id, MADE_ROOM)

    def close(self) -> None:
        """End every worker."""
        for process in [slot.process for slot in self._slots if slot.process]:
            process.kill()
            process.join(END_LIMIT)

    # What happens to runs

    def _assign_one(self, entry: QueueEntry) -> None:
        wanted = entry[0].wanted_device
        places = fitting(self._places, wanted)
        if not places:
            for run in entry:
                self._store.append(run.id, [Failed(cause=self._lacking(wanted))])
            return
        free = [slot for slot in self._slots if slot.is_free and slot.where in places]
        claimed = self._store.claim([run.id for run in entry]) if free else set()
        if claimed:
            slot = max(free, key=lambda slot: (slot.ready, slot.process is not None))
            slot.take({run.id: run for run in entry if run.id in claimed})
            self._go_on(slot)

    def _lacking(self, device: str) -> str:
        there = ", ".join(sorted({place.device for place in self._places}))
        return f"This computer has no {device} device: it has {there}. Choose one of these, or auto, and launch again."

    def _go_on(self, slot: WorkerSlot) -> None:
        """Bring a slot's runs to its worker, which is started where there is none."""
        if slot.process is None:
            self._start(slot)
        elif slot.ready:
            self._send(slot)

    def _is_wanted(self, slot: WorkerSlot) -> bool:
        try:
            waiting = self._store.queued()
        except StoreError:
            return False
        own = {run.group for run in slot.runs.values() if run.group}
        others = [run for run in waiting if run.group not in own]
        return any(slot.where in fitting(self._places, run.wanted_device) for run in others)

    def _settle(self, slot: WorkerSlot, run_id: str, cause: str) -> None:
        """Take a run off its slot; one that has not said how it ended was cancelled, or failed for this cause."""
        slot.take_off(run_id)
        if self.writes.owes(run_id):
            return
        end = partial(self._store.append, run_id, [Failed(cause=cause)])
        if run_id in slot.cancelled:
            end = partial(self._store.move, run_id, LIVE, "cancelled", cause=slot.causes.get(run_id))
        self.writes.write_end(run_id, end)

    # What workers do

    def _start(self, slot: WorkerSlot) -> None:
        try:
            process = WorkerProcess(
                self._command,
                slot.where.environment,
                hear=lambda process, message: self._post(partial(self._on_message, slot, process, message)),
                ended=lambda _, end: self._post(partial(self._on_end, slot, end)),
            )
        except OSError as error:
            logger.exception("a worker could not be started")
            words = f"The training process could not be started: {error}. Launch the run again."
            slot.free(lambda run_id: self._settle(slot, run_id, words))
        else:
            slot.start(process)

    def _send(self, slot: WorkerSlot) -> None:
        if slot.process and slot.runs:
            self._prune()
            slot.send(self._checkpoints, self._answers)

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
            unfinished = [run for slot in self._slots for run in slot.runs.values()]
        return {name for run in unfinished for name in (run.id, run.continues) if name}

    def _on_message(self, slot: WorkerSlot, process: WorkerProcess, message: Message) -> None:
        slot.hear(message)
        if isinstance(message, Said) and message.run_id in slot.runs:
            self.writes.hear(message.run_id, message.event)
        elif isinstance(message, Over):
            self._on_over(slot, message.run_id)
        elif isinstance(message, Ready) and slot.process is process:
            self._on_ready(slot)

    def _on_over(self, slot: WorkerSlot, run_id: str) -> None:
        self.flush()
        if run_id in slot.runs:
            self._settle(slot, run_id, WORDLESS)
            slot.kill_if_given_up()

    def _on_ready(self, slot: WorkerSlot) -> None:
        self.flush()
        slot.become_ready()
        if slot.sent:
            slot.free(lambda run_id: self._settle(slot, run_id, WORDLESS))
        self._send(slot)
        self.assign()

    def _on_end(self, slot: WorkerSlot, end: End) -> None:
        self.flush()
        was_ready = slot.ready
        slot.end()
        slot.free(lambda run_id: self._settle(slot, run_id, self._cause(slot, end, run_id, was_ready=was_ready)))
        if was_ready and slot.may_be_replaced:
            self._start(slot)
        self.assign()

    def _cause(self, slot: WorkerSlot, end: End, run_id: str, *, was_ready: bool) -> str:
        found = self._find(run_id)
        return slot.describe_end(end, was_ready=was_ready, steps=found.step if found else 0)

    def _find(self, run_id: str) -> Run | None:
        try:
            return self._store.run(run_id)
        except StoreError:
            return None
