"""A place where runs train: a slot of the computer with the worker in it and what that worker has to do."""

import msgspec

from explorer.runs.messages import Heat, Train
from explorer.runs.process import WorkerProcess
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

    @property
    def is_given_up(self) -> bool:
        """Whether nobody is left on the process whom its end would harm."""
        return self.sent and self.cancelled.issuperset(self.runs)

    def order(self) -> Train | Heat:
        """Give what the worker is told to train."""
        orders = tuple(Train(run.id, msgspec.Raw(run.job_json.encode())) for run in self.runs.values())
        return orders[0] if len(orders) == 1 else Heat(orders)
