"""How much one person of a class may have at once: a file in the program's folder that a teacher can edit.

The defaults are for three hundred people on a server with two cores. An edit holds from the next launch on.
"""

import logging
import math
import threading
import time
from collections import defaultdict, deque
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec.structs import replace

from explorer.experiments.race.race import Race
from explorer.experiments.sweep.sweep import Axis, Range, Sweep
from explorer.runs.store.rows import UNFINISHED, Run
from explorer.training.cost.gate import train_size
from explorer.training.recipe.recipe import Job, Recipe

TEXT = """\
# How much one student may have at once. A change holds from the next launch on; the teacher has no limits.
running = 1                  # runs alone, or seeds of a race, that train at once; its contenders count as one
waiting = 5                  # runs alone, races and sweeps that wait or train
launches_a_minute = 10
runs_of_a_launch = 60        # contenders times seeds of a race, cells of a sweep
epochs = 200                 # of a run
pictures = 12_000_000        # of a run: those of an epoch times the epochs
seconds = 600                # of a run, which ends then by a time limit of its own; a continued run has as many again
stored_runs = 300            # that are not deleted
sessions = 12                # open tabs of one person
sessions_an_address = 400    # open tabs from one address: a school's students may share one
"""
MINUTE, A_DAY = 60.0, 86_400.0  # seconds; a day is the longest time limit that a recipe has

logger = logging.getLogger(__name__)


class LimitError(Exception):
    """A person asked for more than one may have; says how much was asked for, how much is allowed, and what to do."""


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The bounds of one person."""

    running: int = 1
    waiting: int = 5
    launches_a_minute: int = 10
    runs_of_a_launch: int = 60
    epochs: int = 200
    pictures: int = 12_000_000
    seconds: float = 600.0
    stored_runs: int = 300
    sessions: int = 12
    sessions_an_address: int = 400


msgspec.json.Decoder(Limits)  # knows it before two threads read it at once


class LimitsFile:
    """The limits as the file has them now; one that cannot be read leaves those that held before."""

    def __init__(self, path: Path) -> None:
        """Write the file with its defaults where there is none."""
        self._path = path
        self._read_at: int | None = None
        self._limits = Limits()
        with suppress(OSError):  # a folder that only shows its runs
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(TEXT, "utf-8")

    def current(self) -> Limits:
        """Give the limits, read anew where the file has changed."""
        try:
            changed = self._path.stat().st_mtime_ns
            if changed != self._read_at:
                self._limits = msgspec.toml.decode(self._path.read_bytes(), type=Limits)
                self._read_at = changed
        except (OSError, msgspec.DecodeError) as error:
            logger.warning("%s cannot be read, so the limits stay as they were: %s", self._path, error)
        return self._limits


class Launches:
    """When each person launched something in the last minute."""

    def __init__(self) -> None:
        self._times: defaultdict[str, deque[float]] = defaultdict(deque)
        self._lock = threading.Lock()

    def count(self, person: str, limit: int) -> None:
        """Count one more; raises `LimitError` where that is too many."""
        now = time.monotonic()
        with self._lock:
            times = self._times[person]
            while times and times[0] < now - MINUTE:
                times.popleft()
            if len(times) >= limit:
                wait = max(1, round(times[0] + MINUTE - now))
                raise LimitError(
                    f"You have launched {len(times)} times within a minute, and {limit} are allowed. "
                    f"Try again in {wait} seconds."
                )
            times.append(now)


def check_stored(unfinished: Sequence[Run], stored: int, limits: Limits) -> None:
    """Raise `LimitError` where a person has as much as one may have."""
    waiting = len({run.group or run.id for run in unfinished if run.state in UNFINISHED})
    if waiting >= limits.waiting:
        raise LimitError(
            f"{waiting} of your launches wait or train, and {limits.waiting} may. "
            "Wait until one has ended, or stop one of them."
        )
    if stored >= limits.stored_runs:
        raise LimitError(
            f"You have {stored} runs in the history, and {limits.stored_runs} may be kept. "
            "Delete some on the Runs page."
        )


def check_jobs(jobs: Sequence[Job], limits: Limits) -> None:
    """Raise `LimitError` for a launch that is larger than one may be."""
    if len(jobs) > limits.runs_of_a_launch:
        raise LimitError(
            f"This launch has {len(jobs)} runs, and {limits.runs_of_a_launch} are allowed. Take fewer seeds or values."
        )
    for job in jobs:
        _check_job(job, limits)


def _check_job(job: Job, limits: Limits) -> None:
    recipe = job.recipe
    if recipe.epochs > limits.epochs:
        raise LimitError(f"epochs: found {recipe.epochs}; in this class at most {limits.epochs} are allowed.")
    pictures = train_size(recipe) * recipe.epochs
    if pictures > limits.pictures:
        raise LimitError(
            f"This run would train on {pictures:,} pictures, and {limits.pictures:,} are allowed in this class. "
            "Take fewer epochs, or fewer pictures of an epoch."
        )


def in_time(job: Job, limits: Limits, *, after: float = 0.0) -> Job:
    """Give a job that ends when a person's time for a run is over, which begins after so many seconds of training."""
    return replace(job, recipe=_timed(job.recipe, after + limits.seconds))


def race_in_time(race: Race, limits: Limits) -> Race:
    """Give a race each of whose runs ends when a person's time for a run is over."""
    contenders = (replace(each, recipe=_timed(each.recipe, limits.seconds)) for each in race.contenders)
    return replace(race, contenders=tuple(contenders))


def sweep_in_time(sweep: Sweep, limits: Limits) -> Sweep:
    """Give a sweep each of whose runs ends when a person's time for a run is over.

    Raises `LimitError` where the time itself varies, beyond that.
    """
    for axis in sweep.axes:
        if axis.field == "max_seconds" and (longest := _longest(axis)) > limits.seconds:
            found = "no limit" if math.isinf(longest) else f"{longest:g}"
            raise LimitError(f"max_seconds: found {found}; in this class at most {limits.seconds:g} are allowed.")
    return replace(sweep, base=in_time(sweep.base, limits))


def _longest(axis: Axis) -> float:
    if isinstance(axis, Range):
        return axis.high
    return max(math.inf if value is None else float(value) for value in axis.values)


def _timed(recipe: Recipe, seconds: float) -> Recipe:
    return replace(recipe, max_seconds=min(recipe.max_seconds or seconds, seconds, A_DAY))
