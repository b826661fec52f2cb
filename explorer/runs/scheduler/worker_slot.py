"""A place where runs train: a slot of the computer with the worker in it, what that has to do, and by when."""

import time

import msgspec

from explorer.runs.child_process import End
from explorer.runs.messages import Heat, Train
from explorer.runs.scheduler.process import WorkerProcess
from explorer.runs.scheduler.slots import Slot
from explorer.runs.store.rows import Run
from explorer.runs.store.run_files import RunFiles

START_LIMIT = 120.0  # seconds a worker has to import torch: a slow disk needs a minute
SILENCE_LIMIT = 45.0  # seconds in which a worker that trains is heard from, or it hangs
SAME_CLICK = 1.0  # seconds in which a second click on Stop means no more than the first


class WorkerSlot:
    """A slot, the worker in it and what trains on it: a run, or the runs of a heat, which share the worker."""

    def __init__(self, slot: Slot) -> None:
        self.slot = slot
        self.process: WorkerProcess | None = None
        self.ready = False  # the process has imported torch and reads orders
        self.runs: dict[str, Run] = {}  # by id, those that are not over
        self.sent = False  # the process has the runs
        self.cancelled: dict[str, float] = {}  # runs that were asked to stop, and when
        self.given_up: set[str] = set()  # those of them whose step nobody waits for any more
        self.start_by: float | None = None  # when a process that starts has to be ready
        self.late = False  # the process was killed because it never became ready
        self.idle_deaths = 0
        self.heard_at = 0.0  # the last sign of life
        self.silent = False  # the process was killed because it gave none
        self.causes: dict[str, str] = {}  # why runs were cancelled, where no person did it
        self.paused: dict[str, float] = {}  # runs that are held, and when others that wait may have their place

    @property
    def is_given_up(self) -> bool:
        """Whether nobody is left on the process whom its end would harm."""
        return self.sent and bool(self.runs) and self.given_up.issuperset(self.runs)

    @property
    def owes_a_sign(self) -> bool:
        """Whether the worker should train, or stop, and so be heard from time to time."""
        return self.sent and any(run in self.cancelled or run not in self.paused for run in self.runs)

    @property
    def deadlines(self) -> list[float]:
        """When something is to be done about the seat."""
        signs = [self.heard_at + SILENCE_LIMIT] * self.owes_a_sign
        return [*([] if self.start_by is None else [self.start_by]), *signs, *self.paused.values()]

    def take(self, process: WorkerProcess) -> None:
        """Seat a process that starts."""
        self.process, self.start_by = process, time.monotonic() + START_LIMIT
        self.ready = self.late = self.silent = False

    def cancel(self, run_id: str) -> None:
        """Note that a run is to stop; its worker has from now on to give a sign."""
        self.cancelled[run_id] = self.heard_at = time.monotonic()

    def give_up(self, run_id: str) -> None:
        """Note that nobody waits for the end of a run's step, unless it was asked to stop by the same click."""
        if time.monotonic() - self.cancelled[run_id] >= SAME_CLICK:
            self.given_up.add(run_id)

    def kill_if_overdue(self) -> None:
        """End a process that is not ready in its time, or that hangs."""
        now = time.monotonic()
        if self.process is None:
            return
        if self.start_by is not None and self.start_by <= now:
            self.start_by, self.late = None, True
            self.process.kill()
        elif self.owes_a_sign and self.heard_at + SILENCE_LIMIT <= now:
            self.heard_at, self.silent = now, True
            self.process.kill()

    def describe_end(self, how: End, *, was_ready: bool, steps: int) -> str:
        """Say why a process that has ended failed a run of so many steps."""
        if not was_ready:
            end = f"was not ready after {START_LIMIT:.0f} seconds" if self.late else how.describe()
            return f"The training process could not start: it {end}. The server's log says more."
        if self.silent:
            return (
                f"The training process gave no sign of life for {SILENCE_LIMIT:.0f} seconds, and was ended. "
                "What it measured until then was kept. Launch it again; if it happens again, on another device."
            )
        kept = f"{steps} steps were kept" if steps else "No step was made yet"
        return (
            f"The training process {how.describe()}. {kept}. "
            "Launch it again; if memory was short, with a smaller batch size, fewer channels or smaller pictures."
        )

    def free(self) -> None:
        """Forget the runs, which have all come to their ends."""
        self.sent = False
        for kept in (self.cancelled, self.given_up, self.paused, self.causes):
            kept.clear()

    def order(self, checkpoints: RunFiles, answers: RunFiles) -> Train | Heat:
        """Give what the worker is told to train."""
        orders = tuple(_order(run, checkpoints, answers) for run in self.runs.values())
        return orders[0] if len(orders) == 1 else Heat(orders)


def _order(run: Run, checkpoints: RunFiles, answers: RunFiles) -> Train:
    return Train(
        run=run.id,
        job=msgspec.Raw(run.job_json.encode()),
        keep=str(checkpoints.path(run.id)),
        resume=str(checkpoints.path(run.continues)) if run.continues else None,
        answers=str(answers.path(run.id)),
    )
