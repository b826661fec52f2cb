"""How fast this computer's devices train: measured in a process that gives way to runs, kept while runs bear it out.

What was measured while other programs kept the processor busy is not kept.
"""

import logging
import math
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

import msgspec

from explorer.architecture.trace import trace
from explorer.runs.child_process import ChildProcess, module_command
from explorer.runs.store.rows import Run
from explorer.training.cost.forecast import forecast
from explorer.training.cost.measurement import Measurement, measurement_file, read_measurement, to_measurement
from explorer.training.cost.speed import Speed

COMMAND = module_command("explorer.training.calibration.calibrate")
LOOK = 0.2  # seconds between two looks whether somebody needs the device
LEAST_SHARE = 0.5  # of the time with a processor: with less, a device is measured more than twice too slow
REST = 60.0  # seconds after a measurement that was not kept
TRIES = 3  # after which a busy computer is taken as it is until the next start, if nothing better is known
MOST_APART = 1.5  # times that a run may take longer, or shorter, than its device's rates foretell
TELLING = 10.0  # seconds: of a shorter run much is start
logger = logging.getLogger(__name__)


class Calibration:
    """Measures and remembers; may be used from several threads."""

    def __init__(
        self, home: Path, *, command: Sequence[str] = COMMAND, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._home = home
        self._command = tuple(command)
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, Measurement] = {}
        self._doubted: set[str] = set()
        self._judged: set[str] = set()  # runs
        self._renewed: set[str] = set()  # devices whose rates were measured anew after a doubt: once is enough
        self._processes: dict[str, ChildProcess] = {}
        self._failed: set[str] = set()
        self._refused: Counter[str] = Counter()
        self._rests_until: dict[str, float] = {}

    def speed(self, device: str, *, beside: bool = False) -> Speed | None:
        """Give a device's rates for a run alone or beside others, if they were measured at any time in this folder."""
        found = self._measurement(device)
        return found.of(beside=beside) if found else None

    def is_measuring(self, device: str) -> bool:
        """Tell whether the device is being measured."""
        return device in self._processes

    def is_wanted(self, device: str) -> bool:
        """Tell whether the device is to be measured: it is not known, or a run took another time than was told."""
        is_known = self._measurement(device) is not None and device not in self._doubted
        return not is_known and device not in self._failed and self._clock() >= self._rests_until.get(device, 0.0)

    def judge(self, device: str, runs: Sequence[Run]) -> None:
        """Doubt a device's rates if a run that began after they were measured took another time than they foretell."""
        known = None if device in self._renewed else self._measurement(device)
        for run in runs:
            is_alone = not any(_overlap(run, other) for other in runs if other.id != run.id)
            if known and is_alone and run.id not in self._judged and _tells(run, device, since=known.at):
                self._judged.add(run.id)
                if _is_apart(run, known.speed):
                    self._doubted.add(device)

    def measure(self, device: str, environment: Mapping[str, str], *, is_free: Callable[[], bool]) -> None:
        """Start to measure a device that is to be, for as long as `is_free` says that no run needs it."""
        with self._lock:
            if device in self._processes or not self.is_wanted(device) or not is_free():
                return
            try:
                printed: list[bytes] = []
                process = ChildProcess((*self._command, device), environment=environment, hear=printed.append)
            except OSError:
                logger.exception("the device %s could not be measured", device)
                self._failed.add(device)
                return
            self._processes[device] = process
        wait = partial(self._wait, device, process, printed, is_free)
        threading.Thread(target=wait, name=f"measure {device}", daemon=True).start()

    def give_way(self) -> None:
        """Stop measuring, since a run needs the device: it would be measured too slow, and be in the way."""
        with self._lock:
            for process in self._processes.values():
                process.kill()

    def _wait(self, device: str, process: ChildProcess, printed: Sequence[bytes], is_free: Callable[[], bool]) -> None:
        was_free = _watch(process, is_free)
        with self._lock:
            status = process.end.status if process.end else -1
            if status == 0 and was_free:
                self._weigh(device, to_measurement(b"".join(printed)))
            elif status > 0:
                self._failed.add(device)  # by itself: it would fail again; its words are in the server's log
            del self._processes[device]

    def _weigh(self, device: str, found: Measurement) -> None:
        """Keep what was found if the processor was there for it; else measure anew, and at last take it as it is."""
        is_sound = found.cpu_share >= LEAST_SHARE
        self._refused[device] += not is_sound
        if not is_sound and self._refused[device] < TRIES:
            logger.info("other programs use the processor: %s is measured again later", device)
            self._rests_until[device] = self._clock() + REST
            return
        self._refused[device] = 0
        if device in self._doubted:  # what disagrees after that disagrees with the rates' model, not with this device
            self._doubted.remove(device)
            self._renewed.add(device)
        if is_sound:
            self._write(device, found)
        if is_sound or device not in self._known:
            self._known[device] = found

    def _measurement(self, device: str) -> Measurement | None:
        if device not in self._known and (found := read_measurement(self._home, device)):
            self._known[device] = found
        return self._known.get(device)

    def _write(self, device: str, found: Measurement) -> None:
        try:
            measurement_file(self._home, device).write_bytes(msgspec.json.encode(found))
        except OSError as error:  # a full disk, or a folder that may only be read: measured anew at the next start
            logger.warning("the speed of %s is not kept: %s", device, error)


def _tells(run: Run, device: str, *, since: float) -> bool:
    """Say whether a run's time can be held against a device's rates: it is whole, and had a worker to itself."""
    recipe = run.job.recipe
    if recipe.precision != "float32" or recipe.augmentation != "none":  # of which the rates know nothing
        return False
    is_whole = run.state == "finished" and run.step == run.num_steps and run.continues is None and run.race is None
    is_after = run.started is not None and run.started > since
    return is_whole and is_after and (run.device or "").startswith(device)


def _overlap(run: Run, other: Run) -> bool:
    """Say whether two runs trained at the same time at any moment."""
    if run.started is None or other.started is None:
        return False
    return run.started < (other.ended or math.inf) and other.started < (run.ended or math.inf)


def _is_apart(run: Run, speed: Speed) -> bool:
    job = run.job
    told = forecast(trace(job.architecture), job.recipe, speed).seconds
    if told is None or max(told, run.seconds) < TELLING:
        return False
    return not 1 / MOST_APART <= run.seconds / told <= MOST_APART


def _watch(process: ChildProcess, is_free: Callable[[], bool]) -> bool:
    """Wait for a process, and end it once the device is needed; says whether it was left alone to its end."""
    while is_free():
        if process.wait(LOOK):
            return is_free()
    process.kill()
    process.wait()
    return False
