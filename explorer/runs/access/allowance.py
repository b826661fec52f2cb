"""Whether a launch keeps within the limits of who launches it; and the time that its runs have."""

import math
import threading
import time
from collections import defaultdict, deque
from collections.abc import Sequence

from msgspec.structs import replace

from explorer.experiments.race.race import Race
from explorer.experiments.sweep.sweep import Axis, Range, Sweep
from explorer.runs.access.limits import Limits
from explorer.runs.store.rows import UNFINISHED, Run
from explorer.training.cost.gate import train_size
from explorer.training.recipe.recipe import Job, Recipe

MINUTE, A_DAY = 60.0, 86_400.0  # seconds; a day is the longest time limit that a recipe has


class LimitError(Exception):
    """A person asked for more than one may have; says how much was asked for, how much is allowed, and what to do."""


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


def check_imported(kept: int, size: int, limits: Limits) -> None:
    """Raise `LimitError` where weights of so many bytes are too much beside those that a person keeps."""
    if kept + size > limits.imported_megabytes * 1_000_000:
        raise LimitError(
            f"The file has {size / 1e6:,.0f} MB, and {kept / 1e6:,.0f} MB of weights that you opened are kept; "
            f"{limits.imported_megabytes:,} MB are allowed in this class. Open a smaller network's, or ask the teacher."
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
