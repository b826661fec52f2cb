"""The trained weights that one server reads for its pages: a process for each, one at a time, since it takes memory.

What is sent lies in a folder of this server's until it is read, and goes then, fitting or not. So the disk holds only
what is on its way; what fits is kept as a run.
"""

import secrets
import shutil
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import msgspec

from explorer.architecture.spec import Architecture
from explorer.data.datasets import DATASETS, is_available
from explorer.exchange.weight_file import MOST_BYTES
from explorer.process.limits import VARIABLE
from explorer.runs.background.weight_messages import Answering, Fitting, ReadWeights, read_message, to_line
from explorer.runs.child_process import ChildProcess, End, module_command
from explorer.runs.scratch_folder import ScratchFolder
from explorer.runs.store.rows import ImportedWeights
from explorer.runs.store.run_files import KeptFiles, kept_files
from explorer.training.cost.gate import dataset_refusal
from explorer.training.errors import TrainingError
from explorer.training.recipe.recipe import Job

MEMORY = 2_000_000_000  # bytes beside torch's own: AlexNet's file, its network, and the answers to a few pictures
LONGEST = 900.0  # seconds: ten thousand pictures take AlexNet about five minutes on two cores
MOST_WAITING = 4 * MOST_BYTES  # bytes of all files that are on their way or wait: what the disk has to hold
BEGINS = 60.0  # seconds that a file which was asked for has to begin to come
REMEMBERED = 500  # that have ended
PRIVATE = 0o077  # what may be done with the files by others than their owner: nothing
Keep = Callable[[ImportedWeights, KeptFiles], str]  # gives the run's id; raises `TrainingError`


def choose_dataset(architecture: Architecture, wanted: str) -> str:
    """Choose the data set whose test pictures a network answers: the one that is wanted, else the first that fits.

    Where none fits, or the wanted one is not on this machine, it is the first of which pictures can be looked at.
    """
    there = sorted(filter(is_available, DATASETS), key=lambda name: name != wanted)
    return next((name for name in there if not dataset_refusal(architecture, name)), there[0])


class ImportRefusedError(Exception):
    """Weights that are not taken in now; says why, and what to do."""


class Sent(NamedTuple):
    """A file that somebody sends: how large it is said to be, the design that it is for, and what they call it."""

    person: str
    size: int
    job: Job
    name: str


class WeightImports:
    """Takes files in, has them read, and tells how far each is; may be used from several threads."""

    def __init__(self, home: Path) -> None:
        """Take the folder for all."""
        self._home = home
        self._scratch: ScratchFolder | None = None  # made with the first file
        self._lock = threading.Lock()
        self._turn = threading.Lock()  # held by the file that is being read
        self._imports: OrderedDict[str, WeightImport] = OrderedDict()

    def receive(self, sent: Sent, keep: Keep) -> "WeightImport":
        """Give a place for a file, one of each person's at a time; `keep` is called with what fits.

        Raises `ImportRefusedError` and `OSError`.
        """
        with self._lock:
            waiting = [each for each in self._imports.values() if not each.ended and not each.give_up()]
            if any(each.sent.person == sent.person for each in waiting):
                raise ImportRefusedError("Another file of yours is being opened. Open this one when that has ended.")
            if sum(each.sent.size for each in waiting) + sent.size > MOST_WAITING:
                raise ImportRefusedError(f"{len(waiting)} files of others are being opened. Try again in a minute.")
            self._scratch = self._scratch or ScratchFolder(self._home)
            received = WeightImport(sent, self._scratch.path, self._turn, keep)
            self._imports[received.id] = received
            self._forget_old()
            return received

    def find(self, import_id: str) -> "WeightImport | None":
        """Give what was taken in under an id; None where it is not known, or not any more."""
        return self._imports.get(import_id)

    def _forget_old(self) -> None:
        ended = [name for name, each in self._imports.items() if each.ended]
        for name in ended[: max(0, len(ended) - REMEMBERED)]:
            del self._imports[name]

    def close(self) -> None:
        """End what is being read, and remove every file."""
        with self._lock:
            for each in self._imports.values():
                each.stop()
            for each in self._imports.values():
                each.wait(None)
            if self._scratch:
                self._scratch.remove()


class WeightImport:
    """One file: it comes to `path`, and is read; `run_id` names the run that it became, or `cause` says why none."""

    def __init__(self, sent: Sent, folder: Path, turn: threading.Lock, keep: Keep) -> None:
        """Make its folder in a folder."""
        self.id = secrets.token_urlsafe(12)
        self.sent = sent
        self.run_id = self.cause = ""
        self.told: Answering | Fitting | None = None  # what its process said last; None before the weights fit
        self.ended = False
        self._folder, self._turn, self._keep = folder / self.id, turn, keep
        self._asked_at: float | None = time.monotonic()  # None once it has begun to come
        self._folder.mkdir(mode=0o700)
        self.path = self._folder / "sent"
        self._process: ChildProcess | None = None
        self._reader: threading.Thread | None = None
        self._stopped = False

    def begin(self) -> bool:
        """Say that it begins to come; False where that was said before, or nobody waits for it any more."""
        waited, self._asked_at = self._asked_at is not None and not self.ended, None
        return waited

    def give_up(self) -> bool:
        """Wait no more for a file that was asked for long ago and does not come; says whether that is so."""
        late = self._asked_at is not None and time.monotonic() - self._asked_at > BEGINS
        if late:
            self.refuse("The file did not come. Choose it again.")
        return late

    def refuse(self, cause: str) -> None:
        """Read nothing, for a cause."""
        self.cause = cause
        self._end()

    def read(self) -> None:
        """Begin to read the file, which has come, once it is its turn."""
        self._reader = threading.Thread(target=self._take_turn, name="import", daemon=True)
        self._reader.start()

    def wait(self, seconds: float | None) -> bool:
        """Wait for the end; says whether it has come."""
        if self._reader:
            self._reader.join(seconds)
        return self.ended

    def stop(self) -> None:
        """End the process, or let none begin, without waiting for it."""
        self._stopped = True
        if self._process:
            self._process.kill()

    def _take_turn(self) -> None:
        with self._turn:
            if not self._stopped:
                self._read(ReadWeights(secrets.token_hex(5), self.sent.job))
        self._end()

    def _read(self, order: ReadWeights) -> None:
        try:
            self._process = _start(self.path, self._folder, self._hear)
        except OSError as error:
            self.cause = f"The process that reads it did not start ({error.strerror}). Try again later."
            return
        if self._stopped:  # while it was being started
            self._process.kill()
        self._process.send(to_line(order))
        if not self._process.wait(LONGEST):
            self._process.kill()
            self._process.wait()
        self.cause = _describe(self._process.end)
        if not self.cause and isinstance(self.told, Fitting):
            self._keep_as_run(order.run_id, self.told)

    def _keep_as_run(self, run_id: str, found: Fitting) -> None:
        figures = {"test_loss": found.test_loss, "test_accuracy": found.test_accuracy}
        weights = ImportedWeights(run_id=run_id, job=self.sent.job, file=self.sent.name, **figures)
        try:
            self.run_id = self._keep(weights, kept_files(self._folder))
        except TrainingError as error:
            self.cause = str(error)

    def _hear(self, line: bytes) -> None:
        with suppress(msgspec.MsgspecError):  # what a library prints is no message
            self.told = read_message(line)

    def _end(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)
        self.ended = True


def _start(path: Path, folder: Path, hear: Callable[[bytes], None]) -> ChildProcess:
    return ChildProcess(
        module_command("explorer.runs.background.weights_reader", str(path), str(folder)),
        environment={"PYTHONUTF8": "1", "OMP_WAIT_POLICY": "PASSIVE", VARIABLE: str(MEMORY), "TMPDIR": str(folder)},
        hear=hear,
        hear_error=lambda words: None,  # its last words are the cause; what libraries warn of is not told
        umask=PRIVATE,
    )


def _describe(end: End | None) -> str:
    if end is None or not end.status:
        return ""
    if end.status < 0:
        return f"The process that reads it {end.describe()}, or it took longer than {LONGEST / 60:.0f} minutes."
    return end.last_words or f"The process that reads it ended with exit status {end.status}."
