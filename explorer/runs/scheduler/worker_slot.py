"""A slot of the computer with the worker in it: what trains there, what is to be done about it, and by when.

What happens to a worker and to its runs is told to the slot, which alone changes its fields; it decides nothing.
"""

import time
from collections.abc import Callable

import msgspec

from explorer.runs.child_process import End
from explorer.runs.messages import Cancel, Heat, Said, Train, Wish
from explorer.runs.scheduler.process import WorkerProcess
from explorer.runs.scheduler.slots import Slot
from explorer.runs.store.rows import Run
from explorer.runs.store.run_files import RunFiles
from explorer.training.events import Paused, Resumed

START_LIMIT = 120.0  # seconds a worker has to import torch: a slow disk needs a minute
SILENCE_LIMIT = 45.0  # seconds in which a worker that trains is heard from, or it hangs
SAME_CLICK = 1.0  # seconds in which a second click on Stop means no more than the first
IDLE_DEATHS = 3  # a worker that died so often without any run between is not replaced until a run needs it
PAUSE_LIMIT = 60.0  # seconds that a run may be held while others wait for its place
PAUSE_LOOK = 5.0  # seconds between two looks whether others wait
CUT_OFF = "It was ended within a step, and goes on from its last checkpoint, if there is one."


class WorkerSlot:
    """A slot, the worker in it and what trains on it: a run, or the runs of a heat, which share the worker."""

    def __init__(self, where: Slot) -> None:
        self.where = where
        self.process: WorkerProcess | None = None
        self.ready = False  # the process has imported torch and reads orders
        self.runs: dict[str, Run] = {}  # by id, those that are not over
        self.sent = False  # the process has the runs
        self.cancelled: dict[str, float] = {}  # runs that were asked to stop, and when
        self.causes: dict[str, str] = {}  # why runs were cancelled, where no person did it
        self._given_up: set[str] = set()  # those of them whose step nobody waits for any more
        self._paused: dict[str, float] = {}  # runs that are held, and when others that wait may have their place
        self._start_by: float | None = None  # when a process that starts has to be ready
        self._late = False  # the process was killed because it never became ready
        self._heard_at = 0.0  # the last sign of life
        self._silent = False  # the process was killed because it gave none
        self._idle_deaths = 0

    @property
    def is_free(self) -> bool:
        """Whether no run has the slot."""
        return not self.runs

    @property
    def may_be_replaced(self) -> bool:
        """Whether a worker that died is worth another one before a run needs it."""
        return self._idle_deaths < IDLE_DEATHS

    @property
    def is_held(self) -> bool:
        """Whether every run on it is paused."""
        return self._paused.keys() >= self.runs.keys()

    @property
    def deadlines(self) -> list[float]:
        """When something is to be done about the slot."""
        signs = [self._heard_at + SILENCE_LIMIT] * self._owes_a_sign
        return [*([] if self._start_by is None else [self._start_by]), *signs, *self._paused.values()]

    @property
    def _owes_a_sign(self) -> bool:
        """Whether the worker should train, or stop, and so be heard from time to time."""
        return self.sent and any(run_id in self.cancelled or run_id not in self._paused for run_id in self.runs)

    # The worker

    def start(self, process: WorkerProcess) -> None:
        """Have a process that starts."""
        self.process, self._start_by = process, time.monotonic() + START_LIMIT
        self.ready = self._late = self._silent = False

    def become_ready(self) -> None:
        """Note that the worker waits for an order."""
        self.ready, self._start_by = True, None

    def hear(self, message: object) -> None:
        """Note a sign of life, and whether a run is held or goes on."""
        self._heard_at = time.monotonic()
        if isinstance(message, Said) and isinstance(message.event, Paused) and message.run_id in self.runs:
            self._paused[message.run_id] = self._heard_at + PAUSE_LIMIT
        elif isinstance(message, Said) and isinstance(message.event, Resumed):
            self._paused.pop(message.run_id, None)

    def end(self) -> None:
        """Have no process any more; a run that was asked to stop was cut off."""
        self.process, self.ready, self._start_by = None, False, None
        self._idle_deaths += self.is_free
        self.causes = dict.fromkeys(self.cancelled, CUT_OFF) | self.causes

    def kill_if_overdue(self) -> None:
        """End a process that is not ready in its time, or that hangs."""
        now = time.monotonic()
        if self.process is None:
            return
        if self._start_by is not None and self._start_by <= now:
            self._start_by, self._late = None, True
            self.process.kill()
        elif self._owes_a_sign and self._heard_at + SILENCE_LIMIT <= now:
            self._heard_at, self._silent = now, True
            self.process.kill()

    def kill_if_lost(self, lost: list[str]) -> None:
        """End the process if it trains one of these runs, whose figures cannot be kept."""
        if self.process and any(run_id in self.runs for run_id in lost):
            self.process.kill()

    def kill_if_given_up(self) -> None:
        """End the process if nobody is left on it whom that would harm."""
        if self.process and self.sent and self.runs and self._given_up.issuperset(self.runs):
            self.process.kill()

    # Its runs

    def take(self, runs: dict[str, Run]) -> None:
        """Have runs to train."""
        self.runs = runs

    def send(self, checkpoints: RunFiles, answers: RunFiles) -> None:
        """Hand the runs to the worker, as one order."""
        if self.process:
            self.sent, self._idle_deaths, self._heard_at = True, 0, time.monotonic()
            orders = tuple(_order(run, checkpoints, answers) for run in self.runs.values())
            self.process.send(orders[0] if len(orders) == 1 else Heat(orders))

    def pass_on(self, wish: Wish) -> None:
        """Tell the worker what is wished of a run that it trains."""
        if self.process and self.sent and wish.run_id in self.runs and wish.run_id not in self.cancelled:
            self.process.send(wish)

    def cancel(self, run_id: str, cause: str | None = None) -> bool:
        """Note that a run is to stop, and ask the worker to; says whether a worker has it, which gives a sign of it."""
        self.cancelled[run_id] = self._heard_at = time.monotonic()
        if cause:
            self.causes[run_id] = cause
        if self.process and self.sent:
            self.process.send(Cancel(run_id))
            return True
        return False

    def give_up(self, run_id: str) -> None:
        """Note that nobody waits for the end of a run's step, unless it was asked to stop by the same click."""
        if run_id in self.runs and run_id in self.cancelled:
            if time.monotonic() - self.cancelled[run_id] >= SAME_CLICK:
                self._given_up.add(run_id)
            self.kill_if_given_up()

    def held_for_long(self) -> list[str]:
        """Name the runs that have been held for so long that others may have their place; asked again later."""
        now = time.monotonic()
        found = [run_id for run_id, at in self._paused.items() if at <= now]
        self._paused |= dict.fromkeys(found, now + PAUSE_LOOK)
        return found

    def take_off(self, run_id: str) -> None:
        """Have a run no more: it has come to its end."""
        del self.runs[run_id]
        self._paused.pop(run_id, None)

    def free(self, settle: Callable[[str], None]) -> None:
        """Bring every run that is left to its end by `settle`, and forget what was asked of them."""
        for run_id in list(self.runs):
            settle(run_id)
        self.sent = False
        for kept in (self.cancelled, self._given_up, self._paused, self.causes):
            kept.clear()

    def describe_end(self, how: End, *, was_ready: bool, steps: int) -> str:
        """Say why a process that has ended failed a run of so many steps."""
        if not was_ready:
            end = f"was not ready after {START_LIMIT:.0f} seconds" if self._late else how.describe()
            return f"The training process could not start: it {end}. The server's log says more."
        if self._silent:
            return (
                f"The training process gave no sign of life for {SILENCE_LIMIT:.0f} seconds, and was ended. "
                "What it measured until then was kept. Launch it again; if it happens again, on another device."
            )
        kept = f"{steps} steps were kept" if steps else "No step was made yet"
        return (
            f"The training process {how.describe()}. {kept}. "
            "Launch it again; if memory was short, with a smaller batch size, fewer channels or smaller pictures."
        )


def _order(run: Run, checkpoints: RunFiles, answers: RunFiles) -> Train:
    return Train(
        run_id=run.id,
        job=msgspec.Raw(run.job_json.encode()),
        keep=str(checkpoints.path(run.id)),
        resume=str(checkpoints.path(run.continues)) if run.continues else None,
        answers=str(answers.path(run.id)),
    )
