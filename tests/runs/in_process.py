"""A worker within the server's own process: the scheduler's `Worker` and `Allocation` without any process or pipe.

It makes the first step of a run as soon as it has it, and finishes the run once it is told to.
"""

from explorer.runs.messages import Cancel, Heat, Order, Ready, Said, Train
from explorer.runs.scheduler.worker import Ended, Hear
from explorer.training.events import Finished
from tests.runs.scripted_worker import started, step


class InProcessWorker:
    def __init__(self, *, hear: Hear, ended: Ended) -> None:
        self._hear = hear
        self._ended = ended
        self._run_id: str | None = None
        self._is_gone = False
        hear(Ready())

    def send(self, order: Order) -> None:
        match order:
            case Train():
                self._run_id = order.run_id
                for event in (started("in process"), step(1)):
                    self._hear(Said(order.run_id, event))
            case Cancel() if order.run_id == self._run_id:
                self._free()
            case Heat():
                raise NotImplementedError

    def finish(self) -> None:
        """Come to the end of the run."""
        assert self._run_id is not None
        self._hear(Said(self._run_id, Finished(reason="epochs", seconds=1.0)))
        self._free()

    def die(self, words: str) -> None:
        if not self._is_gone:
            self._is_gone = True
            self._ended(words)

    def kill(self) -> None:
        self.die("was killed")

    def join(self, seconds: float) -> None:
        assert self._is_gone, f"it is still there, and will be after {seconds} seconds"

    def _free(self) -> None:
        self._run_id = None
        self._hear(Ready())


class InProcessAllocation:
    """Starts workers, and keeps them for a test to see."""

    def __init__(self) -> None:
        self.device = "cpu"
        self.workers: list[InProcessWorker] = []

    def start_worker(self, *, hear: Hear, ended: Ended) -> InProcessWorker:
        self.workers.append(InProcessWorker(hear=hear, ended=ended))
        return self.workers[-1]
