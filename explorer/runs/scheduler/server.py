"""One server's hold on a folder's runs: the first to open it trains and writes, any other only shows until that ends.

So does one whose folder cannot be written.
"""

import atexit
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import msgspec
from filelock import BaseFileLock

from explorer.experiments.race.race import Race
from explorer.experiments.sweep.sweep import Sweep
from explorer.runs.messages import Wish
from explorer.runs.scheduler.allocations import local_allocations
from explorer.runs.scheduler.dispatcher import Dispatcher
from explorer.runs.scheduler.fair_queue import MostRunning, place, places, unbounded
from explorer.runs.scheduler.file_room import prune_files
from explorer.runs.scheduler.folder_lock import FolderError, holder_words, is_there, take
from explorer.runs.scheduler.resume import continued
from explorer.runs.scheduler.successor import Successor
from explorer.runs.scheduler.upkeep import Upkeep
from explorer.runs.scheduler.worker import Allocation
from explorer.runs.scratch_folder import clear_abandoned
from explorer.runs.store.damage.recovery import open_store
from explorer.runs.store.database import StoreError
from explorer.runs.store.reader import Reader
from explorer.runs.store.room_events import RoomEvents
from explorer.runs.store.rows import ImportedWeights, Remarks, Run
from explorer.runs.store.run_files import KeptFiles, kept_files, move_files
from explorer.runs.store.store import Store
from explorer.training.cost.gate import check_here
from explorer.training.loop.checkpoint import read_place
from explorer.training.recipe.recipe import Job

Bound = Callable[[Job, float], Job]  # gives the job that may go on from so many seconds of training


class ReadOnlyError(Exception):
    """Another server trains these runs, or they cannot be written here; says which or why, and what to do."""


def unbounded_job(job: Job, _seconds: float) -> Job:
    """Let a job go on as it is."""
    return job


class TrainingRuns(msgspec.Struct, frozen=True):
    """What only the one server that trains has: the folder's lock, the store to write, and who works with it."""

    lock: BaseFileLock
    store: Store
    dispatcher: Dispatcher
    upkeep: Upkeep
    notice: str = ""  # what was mended when the store was opened, in words

    def close(self) -> None:
        """Stop training, and let another server have the folder."""
        self.upkeep.close()
        self.dispatcher.close()
        self.store.close()
        self.lock.release()


class Runs:
    """The runs of one folder as the pages use them; a server without `training` only shows them, until it takes over.

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
        take_over: Callable[[], TrainingRuns | None] | None = None,
    ) -> None:
        self.store = store  # to read
        self.read_only = read_only  # why nothing can be launched here, in words; None in the server that trains
        self._training = training
        self._take_over = take_over  # gives what trains, once this server can have the folder
        self._successor = Successor(self._succeed) if take_over else None
        self._allocations = tuple(allocations)
        self._files = kept_files(store.path.parent)

    @property
    def trouble(self) -> str | None:
        """Why runs cannot be written just now, in words for the page; None when all is well."""
        return self._training.dispatcher.trouble if self._training else None

    @property
    def is_any_worker_ready(self) -> bool:
        """Whether a worker of this server waits for runs or trains."""
        return self._training is not None and self._training.dispatcher.workers.is_any_ready

    @property
    def worker_deaths(self) -> int:
        """How many workers of this server ended before it did, those that it killed among them."""
        return self._training.dispatcher.workers.deaths if self._training else 0

    @property
    def notice(self) -> str:
        """What was mended when this server opened the runs, in words for the page; empty where nothing was."""
        return self._training.notice if self._training else ""

    @property
    def room_events(self) -> RoomEvents:
        """What happens in rooms, to write."""
        return self._writable.store.room_events

    def position(self, run_id: str) -> int | None:
        """Give a run's place in the queue, 1 for the next; None if it does not wait."""
        return place(run_id, self.store, self._allocations)

    def positions(self, unfinished: Sequence[Run]) -> dict[str, int]:
        """Give the place in the queue of each run that waits, by its id, of all that are not at their ends."""
        waits = any(run.state == "queued" for run in unfinished)
        return places(unfinished, self.store.last_starts(), self._allocations) if waits else {}

    def checkpoint(self, run_id: str) -> Path:
        """Give the place of a run's latest checkpoint, there or not."""
        return self._files.checkpoints.path(run_id)

    def checkpoint_size(self, run_id: str) -> int:
        """Count the bytes of a run's checkpoint; 0 where there is none."""
        return self._files.checkpoints.size(run_id) or 0

    def answers(self, run_id: str) -> Path:
        """Give the place of a run's latest answers to the test pictures, there or not."""
        return self._files.answers.path(run_id)

    def weights(self, run_id: str) -> Path:
        """Give the folder of a run's weights at steps of it, there or not."""
        return self._files.weights.path(run_id)

    def call(self, person: str, nickname: str) -> None:
        """Keep what the class may call a person who launches something."""
        self._writable.store.call(person, nickname)

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

    def continue_run(self, run_id: str, owner: str, *, more_epochs: int, bound: Bound = unbounded_job) -> str:
        """Queue a run that goes on from a run's checkpoint, to its end or for more epochs; gives the new run's id.

        Raises `CheckpointError` where there is none, `RecipeError` for too many epochs, and what `bound` does.
        """
        dispatcher = self._writable.dispatcher
        begin = read_place(self.checkpoint(run_id))
        job = bound(continued(begin, self.store.run(run_id), more_epochs=more_epochs), begin.seconds)
        check_here(job)
        return dispatcher.submit_continuation(run_id, job, owner, step=begin.step)

    def keep_imported(self, found: ImportedWeights, files: KeptFiles, owner: str) -> None:
        """Keep imported weights as a run that is finished, with its files; raises `OSError` besides."""
        keep_imported(self._writable.store, found, files, owner)

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
        if self._successor:
            self._successor.close()
        if self._training:
            self._training.close()
        atexit.unregister(self.close)

    def _succeed(self) -> bool:
        """Train from now on, if this server can have the folder."""
        self._training = self._take_over() if self._take_over else None
        if self._training:
            self.read_only = None
        return self._training is not None

    @property
    def _writable(self) -> TrainingRuns:
        """What trains and writes; here, and nowhere else, a server that only shows refuses."""
        if self._training is None:
            raise ReadOnlyError(self.read_only)
        return self._training


def keep_imported(store: Store, found: ImportedWeights, files: KeptFiles, owner: str) -> None:
    """Keep imported weights in a store, and make room for their files; raises `StoreError` and `OSError`."""
    kept = kept_files(store.path.parent)
    try:
        move_files(found.run_id, files, kept)
        store.add_imported(found, owner)
    except (OSError, StoreError):
        for each in kept:
            each.remove([found.run_id])
        raise
    prune_files(store, kept, training=())


def open_runs(
    home: Path, *, allocations: Sequence[Allocation] | None = None, most_running: MostRunning = unbounded
) -> Runs:
    """Open a folder's runs: to train if no other server has them, else only to show; raises `StoreError`.

    The system frees the lock with this process, however it ends. A process that ends in an orderly way closes what it
    trains. `allocations` are this computer's if None; `most_running` says how much of one owner's trains at once.
    """
    allocations = local_allocations() if allocations is None else allocations
    take_over = partial(_open_training, home, allocations, most_running)
    reader = Reader(home / "runs.sqlite")
    try:
        training = take_over()
    except FolderError as error:
        if not is_there(reader.path):
            raise
        words = f"{error} This server only shows its runs."
        return _closed_at_exit(Runs(reader, allocations, read_only=words, take_over=take_over))
    if training is None:
        return _closed_at_exit(Runs(reader, allocations, read_only=holder_words(home), take_over=take_over))
    return _closed_at_exit(Runs(training.store, allocations, training=training))


def _closed_at_exit(runs: Runs) -> Runs:
    atexit.register(runs.close)
    return runs


def _open_training(home: Path, allocations: Sequence[Allocation], most_running: MostRunning) -> TrainingRuns | None:
    """Open what trains, or give None while another server has the folder; raises `StoreError`."""
    lock = take(home)
    clear_abandoned(home)
    if lock is None:
        return None
    with ExitStack() as undo:
        undo.callback(lock.release)
        store, notice = open_store(home / "runs.sqlite")
        undo.callback(store.close)
        dispatcher = Dispatcher(store, allocations, most_running=most_running)
        training = TrainingRuns(lock, store, dispatcher, Upkeep(store), notice)
        undo.pop_all()
    return training
