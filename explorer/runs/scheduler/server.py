"""One server's hold on a folder's runs: the first to open it trains and writes, any other only shows."""

import atexit
import os
from collections.abc import Sequence
from pathlib import Path

import msgspec
from filelock import BaseFileLock, FileLock, Timeout

from explorer.experiments.race.race import Race
from explorer.experiments.sweep.sweep import Sweep
from explorer.runs.messages import Wish
from explorer.runs.scheduler.allocations import local_allocations
from explorer.runs.scheduler.dispatcher import Dispatcher
from explorer.runs.scheduler.fair_queue import place
from explorer.runs.scheduler.resume import continued
from explorer.runs.scheduler.worker import Allocation
from explorer.runs.scratch_folder import clear_abandoned
from explorer.runs.store.database import StoreError
from explorer.runs.store.reader import Reader
from explorer.runs.store.rows import Remarks
from explorer.runs.store.run_files import answer_files, checkpoints
from explorer.runs.store.store import Store
from explorer.training.cost.gate import check_here
from explorer.training.loop.checkpoint import read_place
from explorer.training.recipe.recipe import Job


class ReadOnlyError(Exception):
    """Another server trains these runs; says which, and what to do."""


class TrainingRuns(msgspec.Struct, frozen=True):
    """What only the one server that trains has: the folder's lock, the store to write, and the dispatcher."""

    lock: BaseFileLock
    store: Store
    dispatcher: Dispatcher

    def close(self) -> None:
        """Stop training, and let another server have the folder."""
        self.dispatcher.close()
        self.store.close()
        self.lock.release()


class Runs:
    """The runs of one folder as the pages use them; a server without `training` only shows them.

    What changes a run raises `ReadOnlyError` there, and `StoreError` where it cannot be written; what queues one raises
    the gate's `TrainingError` besides.
    """

    def __init__(
        self,
        store: Reader,
        allocations: Sequence[Allocation],
        *,
        training: TrainingRuns | None = None,
        read_only: str | None = None,
    ) -> None:
        self.store = store  # to read
        self.read_only = read_only  # why nothing can be launched here, in words; None in the server that trains
        self._training = training
        self._allocations = tuple(allocations)
        self._checkpoints = checkpoints(store.path.parent)
        self._answers = answer_files(store.path.parent)

    @property
    def trouble(self) -> str | None:
        """Why runs cannot be written just now, in words for the page; None when all is well."""
        return self._training.dispatcher.trouble if self._training else None

    def position(self, run_id: str) -> int | None:
        """Give a run's place in the queue, 1 for the next; None if it does not wait."""
        return place(run_id, self.store, self._allocations)

    def checkpoint(self, run_id: str) -> Path:
        """Give the place of a run's latest checkpoint, there or not."""
        return self._checkpoints.path(run_id)

    def answers(self, run_id: str) -> Path:
        """Give the place of a run's latest answers to the test pictures, there or not."""
        return self._answers.path(run_id)

    def submit(self, job: Job, owner: str) -> str:
        """Queue a job and give its run's id."""
        dispatcher = self._writable.dispatcher
        check_here(job)
        return dispatcher.submit(job, owner)

    def submit_race(self, race: Race, owner: str) -> str:
        """Queue a race and give its id; each of its contenders has to pass the gate."""
        dispatcher = self._writable.dispatcher
        for job in race.heats[0]:
            check_here(job)
        return dispatcher.submit_race(race, owner)

    def submit_sweep(self, sweep: Sweep, owner: str) -> str:
        """Queue a sweep and give its id; a cell that the gate refuses has no run."""
        return self._writable.dispatcher.submit_sweep(sweep, owner)

    def continue_run(self, run_id: str, owner: str, *, more_epochs: int) -> str:
        """Queue a run that goes on from a run's checkpoint, to its end or for more epochs; gives the new run's id.

        Raises `CheckpointError` where there is none, and `RecipeError` for too many epochs.
        """
        dispatcher = self._writable.dispatcher
        begin = read_place(self.checkpoint(run_id))
        job = continued(begin, self.store.run(run_id), more_epochs=more_epochs)
        check_here(job)
        return dispatcher.submit_continuation(run_id, job, owner, step=begin.step)

    def ask(self, wish: Wish) -> None:
        """Pass a wish on to the run that it names, if it trains."""
        self._writable.dispatcher.ask(wish)

    def cancel(self, run_id: str) -> None:
        """End a run: at once if it waits, else after its step, how it stands kept."""
        self._writable.dispatcher.cancel(run_id)

    def cancel_race(self, race: str) -> None:
        """End all runs of a race, those that wait first, so that none of them starts."""
        for run in reversed(self.store.race_runs(race)):
            self.cancel(run.id)

    def stop_sweep(self, sweep: str) -> None:
        """End all runs of a sweep, and never take it up again."""
        self._writable.dispatcher.stop_sweep(sweep)

    def end_now(self, run_id: str) -> None:
        """End a run that was asked to stop within its step, whose state is then lost."""
        self._writable.dispatcher.end_now(run_id)

    def end_race_now(self, race: str) -> None:
        """End the runs of a race that was asked to stop within their steps."""
        for run in self.store.race_runs(race):
            self.end_now(run.id)

    def end_sweep_now(self, sweep: str) -> None:
        """End the runs of a sweep that was asked to stop within their steps."""
        for run in self.store.sweep_runs(sweep):
            self.end_now(run.id)

    def remark(self, run_id: str, remarks: Remarks) -> None:
        """Keep what a person says of a run."""
        self._writable.store.remark(run_id, remarks)

    def delete(self, run_ids: Sequence[str]) -> set[str]:
        """Take runs out of the history, all but those that wait or train; gives the taken ones."""
        return self._writable.store.delete(run_ids)

    def restore(self, run_ids: Sequence[str]) -> set[str]:
        """Take deleted runs back into the history; gives the taken ones."""
        return self._writable.store.restore(run_ids)

    def close(self) -> None:
        """Stop training, if this server trains, and let another one have the folder; of no effect the second time."""
        if self._training:
            self._training.close()
            atexit.unregister(self.close)

    @property
    def _writable(self) -> TrainingRuns:
        """What trains and writes; here, and nowhere else, a server that only shows refuses."""
        if self._training is None:
            raise ReadOnlyError(self.read_only)
        return self._training


def open_runs(home: Path, *, allocations: Sequence[Allocation] | None = None) -> Runs:
    """Open a folder's runs: to train if no other server has them, else only to show; raises `StoreError`.

    The system frees the lock with this process, however it ends. A process that ends in an orderly way closes what it
    trains. `allocations` are this computer's if None.
    """
    allocations = local_allocations() if allocations is None else allocations
    lock = _lock(home)
    clear_abandoned(home)
    path = home / "runs.sqlite"
    if lock is None:
        return Runs(Reader(path), allocations, read_only=_in_words(home))
    try:
        store = Store(path)
        runs = Runs(store, allocations, training=TrainingRuns(lock, store, Dispatcher(store, allocations)))
        atexit.register(runs.close)
        return runs
    except BaseException:
        lock.release()
        raise


def _lock(home: Path) -> BaseFileLock | None:
    """Take the folder, or give None if another server has it."""
    lock = FileLock(home / "server.lock", thread_local=False)
    try:
        home.mkdir(parents=True, exist_ok=True)
        lock.acquire(blocking=False)
        (home / "server.pid").write_text(str(os.getpid()))
    except Timeout:
        return None
    except OSError as error:
        raise StoreError(f"The folder {home} cannot be used: {error}. Start with another EXPLORER_HOME.") from error
    return lock


def _in_words(home: Path) -> str:
    try:
        process = f" (process {(home / 'server.pid').read_text()})"
    except OSError:
        process = ""
    return (
        f"Another server{process} already trains in the folder {home}: this one only shows its runs. "
        "To launch runs here, stop the other one and restart this one, or start this one with another EXPLORER_HOME."
    )
