"""A worker slot: an allocation with the worker on it, the runs that it has, and by when something must come of them.

What happens to a worker and to its runs is told to the slot, which alone changes its fields; `worker_slots.py` decides.
"""

import math
import time
from collections.abc import Sequence

import msgspec

from explorer.runs.messages import Cancel, Heat, Message, Order, Said, Train, UseThreads, Wish
from explorer.runs.scheduler.worker import Allocation, Ended, Hear, Worker
from explorer.runs.store.database import StoreError
from explorer.runs.store.rows import Run
from explorer.runs.store.run_files import KeptFiles
from explorer.training.events import Event, Paused, Resumed

START_LIMIT = 120.0  # seconds a worker has to import torch: a slow disk needs a minute
SILENCE_LIMIT = 45.0  # seconds in which a worker that trains is heard from, or it hangs
SAME_CLICK = 1.0  # seconds in which a second click on Stop means no more than the first
PAUSE_LIMIT = 10.0  # seconds that a run may be held while others wait for its place
PAUSE_LOOK = 2.0  # seconds between two looks whether others wait
HOLD_LIMIT = 600.0  # seconds that a run may be held in all while others wait: whoever steps it begins no time anew
OVERTIME = 2.0  # times its time limit that a run may have a slot: the limit itself is looked at between steps alone
LAST_TEST = 600.0  # seconds besides for its start and its last test, which can take minutes
LAST_STEP = 20.0  # seconds that a run has after that to end its step
IDLE_DEATHS = 3  # a worker that died so often without any run between is not replaced until a run needs it
CUT_OFF = "It was ended within a step, and goes on from its last checkpoint, if there is one."


class SlotRun(msgspec.Struct):
    """A run on a slot, and what was asked of it."""

    run: Run
    stop_asked_at: float | None = None
    cause: str | None = None  # why it was asked to stop, where no person did it
    is_given_up: bool = False  # nobody waits for the end of its step any more
    look_at: float | None = None  # it is held, and this is when others that wait may have its place
    held_since: float | None = None  # when it was held, but for single steps
    held: float = 0.0  # seconds before that

    @property
    def is_stopping(self) -> bool:
        """Whether it was asked to stop."""
        return self.stop_asked_at is not None

    @property
    def is_held(self) -> bool:
        """Whether it waits for a person to let it go on."""
        return self.look_at is not None

    def hold(self) -> None:
        """Note that it is held, or held again after a single step."""
        now = time.monotonic()
        self.held_since = now if self.held_since is None else self.held_since
        self.look_at = min(now + PAUSE_LIMIT, self.held_since + max(0.0, HOLD_LIMIT - self.held))

    def go_on(self) -> float:
        """Note that it goes on; gives the seconds for which it was held."""
        seconds = 0.0 if self.held_since is None else time.monotonic() - self.held_since
        self.held += seconds
        self.held_since = self.look_at = None
        return seconds


class WorkerSlot:
    """A worker and the runs that share it: one, or those of a heat; free when it has none."""

    def __init__(self, allocation: Allocation) -> None:
        self.allocation = allocation
        self.runs: dict[str, SlotRun] = {}  # by id, those that are not over
        self.is_ready = False  # the worker has imported torch and reads orders
        self.is_sent = False  # the worker has the runs
        self.deaths = 0  # workers that ended before the server did
        self._most_threads = 1  # that its runs may have: those that train beside each other in a race have equally many
        self._threads: int | None = None  # that the worker was told to use; None: all
        self._worker: Worker | None = None
        self._start_by: float | None = None  # when a worker that starts has to be ready
        self._heard_at = 0.0  # the last sign of life
        self._is_late = False  # the worker was killed because it never became ready
        self._is_silent = False  # the worker was killed because it gave no sign of life
        self._was_ready = False  # the last worker to end had been ready
        self._end = ""  # how that one ended, in words
        self._idle_deaths = 0
        self._over_at: float | None = None  # when runs that have time limits have had the slot for too long

    @property
    def is_free(self) -> bool:
        """Whether no run has the slot."""
        return not self.runs

    @property
    def has_worker(self) -> bool:
        """Whether a worker is there, ready or not."""
        return self._worker is not None

    @property
    def is_held(self) -> bool:
        """Whether all its runs wait for a person to let them go on."""
        return all(slot_run.is_held for slot_run in self.runs.values())

    @property
    def computes(self) -> bool:
        """Whether a run of it keeps cores busy."""
        return self.is_sent and not self.is_held

    @property
    def is_worth_restarting(self) -> bool:
        """Whether another worker may take the place of the one that ended, before a run needs it."""
        return self._was_ready and self._idle_deaths < IDLE_DEATHS

    @property
    def deadlines(self) -> list[float]:
        """When something is to be done about the slot."""
        signs = [self._heard_at + SILENCE_LIMIT] * self._owes_a_sign
        looks = [slot_run.look_at for slot_run in self.runs.values() if slot_run.look_at is not None]
        ends = [at for at in (self._start_by, self._over_at) if at is not None]
        return [*ends, *signs, *looks]

    @property
    def _owes_a_sign(self) -> bool:
        """Whether the worker should train, or stop, and so be heard from time to time."""
        return self.is_sent and any(slot_run.is_stopping or not slot_run.is_held for slot_run in self.runs.values())

    # The worker: started, ready, heard, killed, ended

    def start(self, *, hear: Hear, ended: Ended) -> None:
        """Start a worker; raises `OSError` where that cannot be."""
        self._worker = self.allocation.start_worker(hear=hear, ended=ended)
        self._start_by = time.monotonic() + START_LIMIT
        self._is_late = self._is_silent = False
        self._threads = None

    def become_ready(self) -> None:
        """Note that the worker waits for orders."""
        self.is_ready, self._start_by = True, None

    def hear(self, message: Message) -> None:
        """Note a sign of life, and whether it says that a run is held or goes on."""
        self._heard_at = time.monotonic()
        if isinstance(message, Said) and message.run_id in self.runs:
            self._note_pause(self.runs[message.run_id], message.event)

    def _note_pause(self, slot_run: SlotRun, event: Event) -> None:
        if isinstance(event, Paused):
            slot_run.hold()
        elif isinstance(event, Resumed):
            seconds = slot_run.go_on()
            self._over_at = None if self._over_at is None else self._over_at + seconds

    def kill(self) -> None:
        """End the worker, if one is there; it says so itself."""
        if self._worker:
            self._worker.kill()

    def kill_if_overdue(self) -> None:
        """End a worker that is not ready in its time, or that hangs."""
        now = time.monotonic()
        if self._start_by is not None and self._start_by <= now:
            self._start_by, self._is_late = None, True
            self.kill()
        elif self._owes_a_sign and self._heard_at + SILENCE_LIMIT <= now:
            self._heard_at, self._is_silent = now, True
            self.kill()

    def kill_if_given_up(self) -> None:
        """End a worker on which nobody is left whom that would harm."""
        if self.is_sent and self.runs and all(slot_run.is_given_up for slot_run in self.runs.values()):
            self.kill()

    def join(self, seconds: float) -> None:
        """Wait until the worker is gone."""
        if self._worker:
            self._worker.join(seconds)

    def end(self, words: str) -> None:
        """Note that the worker has ended, and how; runs that were to stop were cut off within their steps."""
        self._end, self._was_ready = words, self.is_ready
        self._worker, self.is_ready, self._start_by = None, False, None
        self._idle_deaths += self.is_free
        self.deaths += 1
        for slot_run in self.runs.values():
            if slot_run.is_stopping and slot_run.cause is None:
                slot_run.cause = CUT_OFF

    def describe_end(self, *, steps: int) -> str:
        """Say why the worker that ended failed a run of so many steps."""
        if not self._was_ready:
            end = f"was not ready after {START_LIMIT:.0f} seconds" if self._is_late else self._end
            return f"The training process could not start: it {end}. The server's log says more."
        if self._is_silent:
            return (
                f"The training process gave no sign of life for {SILENCE_LIMIT:.0f} seconds, and was ended. "
                "What it measured until then was kept. Launch it again; if it happens again, on another device."
            )
        kept = f"{steps} steps were kept" if steps else "No step was made yet"
        return (
            f"The training process {self._end}. {kept}. "
            "Launch it again; if memory was short, with a smaller batch size, fewer channels or smaller pictures."
        )

    # Its runs: taken, sent, asked, held, removed

    def take(self, runs: Sequence[Run], *, most_threads: int) -> None:
        """Give a free slot runs, which never have more threads than these."""
        self.runs = {run.id: SlotRun(run) for run in runs}
        self._most_threads = most_threads

    def use_threads(self, count: int) -> None:
        """Tell the worker how many threads its runs have, if that has changed."""
        if (count := min(count, self._most_threads)) != self._threads:
            self._threads = count
            self._send(UseThreads(count))

    def train(self, files: KeptFiles) -> None:
        """Send the runs to the worker, which is ready."""
        self.is_sent, self._idle_deaths, self._heard_at = True, 0, time.monotonic()
        seconds = sum(_most_seconds(slot_run.run) for slot_run in self.runs.values())
        self._over_at = None if math.isinf(seconds) else self._heard_at + LAST_TEST + OVERTIME * seconds
        orders = tuple(_order(slot_run.run, files) for slot_run in self.runs.values())
        self._send(orders[0] if len(orders) == 1 else Heat(orders))

    def pass_on(self, wish: Wish) -> None:
        """Pass a wish on to a run that trains and is not to stop."""
        if self.is_sent and not self.runs[wish.run_id].is_stopping:
            self._send(wish)

    def stop(self, run_id: str, *, cause: str | None) -> None:
        """Ask a run to stop, unless it was; its worker has from now on to give a sign."""
        slot_run = self.runs[run_id]
        if not slot_run.is_stopping:
            slot_run.stop_asked_at = self._heard_at = time.monotonic()
            slot_run.cause = cause
            if self.is_sent:
                self._send(Cancel(run_id))

    def interrupt(self) -> None:
        """Ask all runs that were not to keep how they stand and to end, since the server does."""
        for run_id, slot_run in self.runs.items():
            if self.is_sent and not slot_run.is_stopping:
                self._send(Cancel(run_id))

    def give_up(self, run_id: str) -> None:
        """Note that nobody waits for the end of a stopping run's step, unless the same click asked it to stop."""
        slot_run = self.runs[run_id]
        if slot_run.stop_asked_at is not None and time.monotonic() - slot_run.stop_asked_at >= SAME_CLICK:
            slot_run.is_given_up = True

    def held_for_long(self) -> list[str]:
        """Give the runs whose place others may have; each is given again when the next look is due."""
        now = time.monotonic()
        found = []
        for run_id, slot_run in self.runs.items():
            if slot_run.look_at is not None and slot_run.look_at <= now:
                slot_run.look_at = now + PAUSE_LOOK
                found.append(run_id)
        return found

    def runs_overtime(self) -> list[str]:
        """Give the runs whose time limits were over long ago, and again when their last step is."""
        now = time.monotonic()
        if self._over_at is None or self._over_at > now:
            return []
        self._over_at = now + LAST_STEP
        return [] if self.is_held else list(self.runs)

    def take_off(self, run_id: str) -> SlotRun:
        """Take a run off, which comes to its end."""
        return self.runs.pop(run_id)

    def free(self) -> None:
        """Note that the worker has no runs any more."""
        self.is_sent, self._over_at = False, None

    def _send(self, order: Order) -> None:
        if self._worker:
            self._worker.send(order)


def _most_seconds(run: Run) -> float:
    """Give the seconds that a run may train by its own time limit."""
    try:
        limit = run.job.recipe.max_seconds
    except (StoreError, msgspec.MsgspecError):  # it ends as one that cannot be read
        return math.inf
    return math.inf if limit is None else max(0.0, limit - run.seconds)


def _order(run: Run, files: KeptFiles) -> Train:
    return Train(
        run_id=run.id,
        job=msgspec.Raw(run.job_json.encode()),
        keep=str(files.checkpoints.path(run.id)),
        resume=str(files.checkpoints.path(run.continues)) if run.continues else None,
        answers=str(files.answers.path(run.id)),
        weights=str(files.weights.path(run.id)),
    )
