"""All worker slots: waiting runs get them in turn, their workers are minded, and every run comes to its end.

Only the dispatcher's thread calls what stands here; what a worker says, and its end, come there as calls.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from functools import partial

from explorer.runs.messages import Message, Over, Ready, Said, Wish
from explorer.runs.scheduler.allocations import fitting
from explorer.runs.scheduler.fair_queue import MostRunning, QueueEntry, entries_by_owner, in_turn, unbounded
from explorer.runs.scheduler.file_room import prune_files
from explorer.runs.scheduler.pending_writes import PendingWrites
from explorer.runs.scheduler.worker import Allocation
from explorer.runs.scheduler.worker_slot import WorkerSlot
from explorer.runs.store.database import StoreError
from explorer.runs.store.rows import LIVE, Run
from explorer.runs.store.run_files import kept_files
from explorer.runs.store.store import Store
from explorer.training.cost.gate import needed_bytes
from explorer.training.events import Failed

WARM = 2  # workers that are started before a run needs them
END_LIMIT = 2.0  # seconds in which a worker that was killed is gone
WORDLESS = "The training process ended this run without a word. Launch it again."
OVERTIME = "It did not end by its time limit: a step of it takes too long. Take a smaller network or batch size."
MADE_ROOM = "It was paused while others waited for its place, and made room for them."

logger = logging.getLogger(__name__)


class WorkerSlots:
    """A slot for each allocation, and what is written of their runs; `post` has the dispatcher call something later."""

    def __init__(
        self,
        store: Store,
        allocations: Sequence[Allocation],
        *,
        post: Callable[[Callable[[], None]], None],
        most_running: MostRunning = unbounded,
    ) -> None:
        self.writes = PendingWrites(store)
        self._store = store
        self._allocations = tuple(allocations)
        self._slots = [WorkerSlot(allocation) for allocation in allocations]
        self._post = post
        self._most_running = most_running
        self._is_warm = False  # the first worker has been ready
        self._ends: str | None = None  # why no run goes on here any more; None while they do
        self._files = kept_files(store.path.parent)

    @property
    def deadlines(self) -> Iterator[float]:
        """When something is to be done about any of them."""
        return (at for slot in self._slots for at in slot.deadlines)

    def warm_up(self) -> None:
        """Start a worker that a recipe's `auto` means, unless enough are there: two contenders find theirs warm."""
        preferred = fitting(self._allocations, "auto")
        slots = [slot for slot in self._slots if slot.allocation in preferred][:WARM]
        if cold := [slot for slot in slots if not slot.has_worker]:
            self._start(cold[0])

    def assign(self) -> None:
        """Give waiting runs, in turn, the free slots that fit them."""
        if self._ends:
            return
        try:
            self._assign_in_turn(self._store.unfinished())
        except StoreError as error:
            self.writes.report(error)

    def cancel(self, run_id: str, cause: str | None = None) -> None:
        """End a run that has a slot: at once if no worker has it, else after its step; `cause` if no person asked."""
        slot = self._slot_of(run_id)
        if slot is None:
            return
        slot.stop(run_id, cause=cause)
        if not slot.is_sent:
            self._settle(slot, run_id, cause="")
            self.assign()

    def end_now(self, run_id: str) -> None:
        """End a run that was asked to stop within its step, with its worker, unless others train in it."""
        if slot := self._slot_of(run_id):
            slot.give_up(run_id)
            slot.kill_if_given_up()

    def pass_on(self, wish: Wish) -> None:
        """Pass a wish on to the run that it names, if it trains."""
        if slot := self._slot_of(wish.run_id):
            slot.pass_on(wish)

    def flush(self) -> None:
        """Write what was heard, and end the workers of runs whose figures cannot be kept."""
        lost = self.writes.write()
        for slot in self._slots:
            if any(run_id in slot.runs for run_id in lost):
                slot.kill()

    def mind(self) -> None:
        """End workers and runs that are overdue, and stop runs that are held for long while others want their place."""
        for slot in self._slots:
            slot.kill_if_overdue()
            for run_id in slot.runs_overtime():
                slot.give_up(run_id)  # its step did not end, if this is the second time
                self.cancel(run_id, OVERTIME)
                slot.kill_if_given_up()
            for run_id in slot.held_for_long():
                if slot.is_held and self._is_wanted(slot):
                    self.cancel(run_id, MADE_ROOM)

    def share_cores(self) -> None:
        """Give the cores in equal parts to the workers that compute: one alone has all."""
        for slot in [each for each in self._slots if each.computes]:
            rivals = [each for each in self._slots if each.computes and each.allocation == slot.allocation]
            slot.use_threads(max(1, slot.allocation.cores // len(rivals)))

    @property
    def is_any_ready(self) -> bool:
        """Whether a worker waits for runs or trains."""
        return any(slot.is_ready for slot in self._slots)

    @property
    def deaths(self) -> int:
        """How many workers ended before the server did, those that it killed among them."""
        return sum(slot.deaths for slot in self._slots)

    @property
    def are_busy(self) -> bool:
        """Whether a worker has runs."""
        return any(slot.is_sent for slot in self._slots)

    def interrupt(self, cause: str) -> None:
        """Ask all runs to keep how they stand and to end after their steps, for a cause; none starts from now on."""
        self._ends = cause
        for slot in self._slots:
            slot.interrupt()

    def close(self) -> None:
        """End every worker."""
        for slot in self._slots:
            slot.kill()
        for slot in self._slots:
            slot.join(END_LIMIT)

    def _slot_of(self, run_id: str) -> WorkerSlot | None:
        return next((slot for slot in self._slots if run_id in slot.runs), None)

    # What happens to runs

    def _assign_in_turn(self, unfinished: Sequence[Run]) -> None:
        crowded: list[Allocation] = []
        training = entries_by_owner([run for run in unfinished if run.state != "queued"])
        for entry in in_turn(unfinished, self._store.last_starts()):
            owner, most = entry[0].owner, self._most_running(entry[0].owner)
            if most is None or training[owner] < most:
                crowded += self._assign_one(entry, crowded)
                training[owner] += self._slot_of(entry[0].id) is not None

    def _assign_one(self, entry: QueueEntry, crowded: Sequence[Allocation]) -> Sequence[Allocation]:
        """Give an entry the free slots that fit it; gives those whose memory it has to wait for, as all after it do."""
        wanted = entry[0].wanted_device
        allocations = fitting(self._allocations, wanted)
        if not allocations:
            for run in entry:
                self._store.append(run.id, [Failed(cause=self._lacking(wanted))])
            return ()
        open_ = [slot for slot in self._slots if slot.allocation in allocations and slot.allocation not in crowded]
        free = [slot for slot in open_ if slot.is_free]
        if free and not self._has_room(free[0].allocation, entry):
            return allocations
        claimed = self._store.claim([run.id for run in entry]) if free else set()
        runs = [run for run in entry if run.id in claimed]
        chosen = sorted(free, key=lambda slot: (slot.is_ready, slot.has_worker), reverse=True)[: len(runs)]
        for number, slot in enumerate(chosen):
            slot.take(runs[number :: len(chosen)], most_threads=max(1, slot.allocation.cores // len(chosen)))
            self._go_on(slot)
        return ()

    def _has_room(self, allocation: Allocation, entry: QueueEntry) -> bool:
        """Say whether runs fit into the memory beside those that train there; alone they may try."""
        rivals = [slot for slot in self._slots if slot.allocation == allocation and not slot.is_free]
        if allocation.memory is None or not rivals:
            return True
        runs = [slot_run.run for slot in rivals for slot_run in slot.runs.values()]
        return sum(needed_bytes(run.job_json) for run in (*runs, *entry)) <= allocation.memory

    def _lacking(self, device: str) -> str:
        there = ", ".join(sorted({allocation.device for allocation in self._allocations}))
        return f"This computer has no {device} device: it has {there}. Choose one of these, or auto, and launch again."

    def _go_on(self, slot: WorkerSlot) -> None:
        """Bring a slot's runs to its worker, which is started where there is none."""
        if not slot.has_worker:
            self._start(slot)
        elif slot.is_ready:
            self._train(slot)

    def _is_wanted(self, slot: WorkerSlot) -> bool:
        """Say whether a run waits for the slot that does not belong with its own."""
        try:
            waiting = self._store.queued()
        except StoreError:
            return False
        own = {slot_run.run.group for slot_run in slot.runs.values() if slot_run.run.group}
        others = [run for run in waiting if run.group not in own]
        return any(slot.allocation in fitting(self._allocations, run.wanted_device) for run in others)

    def _settle_all(self, slot: WorkerSlot, cause: Callable[[str], str]) -> None:
        """Bring every run that is left on a slot to its end; `cause` says why one that did not say its end failed."""
        for run_id in list(slot.runs):
            self._settle(slot, run_id, cause=cause(run_id))
        slot.free()

    def _settle(self, slot: WorkerSlot, run_id: str, *, cause: str) -> None:
        """Take a run off its slot; one that has not said how it ended was cancelled, or failed for this cause."""
        slot_run = slot.take_off(run_id)
        if self.writes.owes(run_id):
            return
        end: Callable[[], object] = partial(self._store.append, run_id, [Failed(cause=cause)])
        if slot_run.is_stopping:
            end = partial(self._store.move, run_id, LIVE, "cancelled", cause=slot_run.cause)
        elif self._ends:
            end = partial(self._store.move, run_id, LIVE, "interrupted", cause=self._ends)
        self.writes.write_end(run_id, end)

    # What workers do

    def _start(self, slot: WorkerSlot) -> None:
        try:
            slot.start(
                hear=lambda message: self._post(partial(self._on_message, slot, message)),
                ended=lambda words: self._post(partial(self._on_end, slot, words)),
            )
        except OSError as error:
            logger.exception("a worker could not be started")
            words = f"The training process could not be started: {error}. Launch the run again."
            self._settle_all(slot, lambda _: words)

    def _train(self, slot: WorkerSlot) -> None:
        training = [slot_run.run for each in self._slots for slot_run in each.runs.values()]
        prune_files(self._store, self._files, training=training)
        slot.train(self._files)

    def _on_message(self, slot: WorkerSlot, message: Message) -> None:
        slot.hear(message)
        if isinstance(message, Said) and message.run_id in slot.runs:
            self.writes.hear(message.run_id, message.event)
        elif isinstance(message, Over):
            self._on_over(slot, message.run_id)
        elif isinstance(message, Ready):
            self._on_ready(slot)

    def _on_over(self, slot: WorkerSlot, run_id: str) -> None:
        self.flush()
        if run_id in slot.runs:
            self._settle(slot, run_id, cause=WORDLESS)
            slot.kill_if_given_up()

    def _on_ready(self, slot: WorkerSlot) -> None:
        self.flush()
        slot.become_ready()
        self._warm_up_next()
        if slot.is_sent:
            self._settle_all(slot, lambda _: WORDLESS)
        elif slot.runs and not self._ends:
            self._train(slot)
        self.assign()

    def _warm_up_next(self) -> None:
        """Start the next worker once the first is ready, which would be later if both imported torch at once."""
        if not self._is_warm and not self._ends:
            self.warm_up()
        self._is_warm = True

    def _on_end(self, slot: WorkerSlot, words: str) -> None:
        self.flush()
        slot.end(words)
        self._settle_all(slot, lambda run_id: slot.describe_end(steps=self._steps(run_id)))
        if slot.is_worth_restarting and not self._ends:
            self._start(slot)
        self.assign()

    def _steps(self, run_id: str) -> int:
        try:
            found = self._store.run(run_id)
        except StoreError:
            return 0
        return found.step if found else 0
