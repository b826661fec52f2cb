"""Workers within the server's own process: the scheduler's `Worker` and `Allocation` without any process or pipe.

A worker makes the first step of each run as soon as it has it, and comes to its end once a test says so.
"""

from explorer.runs.messages import Cancel, Heat, Order, Over, Pause, Ready, Resume, Said, Train, UseThreads
from explorer.runs.scheduler.worker import Ended, Hear
from explorer.training.events import Finished, Paused, Resumed
from tests.runs.scripted_worker import started, step


class InProcessWorker:
    def __init__(self, *, hear: Hear, ended: Ended) -> None:
        self.run_ids: list[str] = []  # of the runs that are not over
        self.threads: int | None = None  # that it was told to use
        self._hear = hear
        self._ended = ended
        self._is_gone = False
        hear(Ready())

    def send(self, order: Order) -> None:
        match order:
            case Train():
                self._train(order.run_id)
            case Heat():
                self._train(*(run.run_id for run in order.runs))
            case UseThreads():
                self.threads = order.count
            case Cancel() if order.run_id in self.run_ids:
                self._drop(order.run_id)
            case Pause():
                self._hear(Said(order.run_id, Paused(step=1)))
            case Resume():
                self._hear(Said(order.run_id, Resumed(step=1)))

    def finish(self, run_id: str) -> None:
        """Come to the end of a run."""
        self._hear(Said(run_id, Finished(reason="epochs", seconds=1.0)))
        self._drop(run_id)

    def die(self, words: str) -> None:
        if not self._is_gone:
            self._is_gone = True
            self._ended(words)

    def kill(self) -> None:
        self.die("was killed")

    def join(self, seconds: float) -> None:
        assert self._is_gone, f"it is still there, and will be after {seconds} seconds"

    def _train(self, *run_ids: str) -> None:
        self.run_ids = [*run_ids]
        for run_id in run_ids:
            for event in (started("in process"), step(1)):
                self._hear(Said(run_id, event))

    def _drop(self, run_id: str) -> None:
        self.run_ids.remove(run_id)
        self._hear(Over(run_id) if self.run_ids else Ready())


class InProcessAllocation:
    """Starts workers, and keeps them for a test to see."""

    def __init__(self) -> None:
        self.device = "cpu"
        self.cores = 4
        self.memory: int | None = None
        self.workers: list[InProcessWorker] = []

    def start_worker(self, *, hear: Hear, ended: Ended) -> InProcessWorker:
        self.workers.append(InProcessWorker(hear=hear, ended=ended))
        return self.workers[-1]

    def worker(self, run_id: str) -> InProcessWorker:
        """Give the worker that trains a run."""
        return next(worker for worker in self.workers if run_id in worker.run_ids)

    def finish(self, *run_ids: str) -> None:
        """Let runs that train come to their end."""
        for run_id in run_ids:
            self.worker(run_id).finish(run_id)
