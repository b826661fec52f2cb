"""A place where runs train: a slot of the computer with the worker in it and what that worker has to do."""

import msgspec

from explorer.runs.messages import Heat, Train
from explorer.runs.process import WorkerProcess
from explorer.runs.run_files import RunFiles
from explorer.runs.slots import Slot
from explorer.runs.store import Run


class Seat:
    """A slot, the worker in it and what trains on it: a run, or the runs of a heat, which share the worker."""

    def __init__(self, slot: Slot) -> None:
        self.slot = slot
        self.process: WorkerProcess | None = None
        self.ready = False  # the process has imported torch and reads orders
        self.runs: dict[str, Run] = {}  # by id, those that are not over
        self.sent = False  # the process has the runs
        self.cancelled: set[str] = set()
        self.kill_at: float | None = None  # time.monotonic() when patience ends
        self.late = False  # the process was killed because it never became ready
        self.idle_deaths = 0
        self.heard_at = 0.0  # time.monotonic() of the last sign of life
        self.silent = False  # the process was killed because it gave none
        self.causes: dict[str, str] = {}  # why runs were cancelled, where no person did it
        self.paused: dict[str, float] = {}  # runs that are held, and when others that wait may have their place

    @property
    def is_given_up(self) -> bool:
        """Whether nobody is left on the process whom its end would harm."""
        return self.sent and self.cancelled.issuperset(self.runs)

    @property
    def owes_a_sign(self) -> bool:
        """Whether the worker should train, and so be heard from time to time."""
        return self.process is not None and self.sent and not self.paused.keys() >= self.runs.keys()

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
