"""Whether whole runs of one small network, with their tests and probes, end sooner as a team than one after another."""

import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import msgspec

from explorer.architecture.presets import PRESETS
from explorer.runs.shared_time import Member, Turns
from explorer.training.control import Control
from explorer.training.events import Signal
from explorer.training.loop import train
from explorer.training.recipe import Job, Recipe
from explorer.training.together import Team, measure

PRESET = "lenet-d2l"
SEEDS = (3, 5)
BATCH_SIZES = (32, 64, 256)
EPOCHS = 2


class TeamTimes(msgspec.Struct, frozen=True):
    """Times as fast as one after another: what a step of all measures, and whole runs, median, lowest and highest."""

    seeds: int
    batch_size: int
    step: float
    runs: float
    spread: tuple[float, float]


def bench_teams(*, rounds: int = 5) -> Iterator[TeamTimes]:
    """Train both ways in turn, `rounds` times, for each number of seeds and each batch size."""
    for batch_size in BATCH_SIZES:
        for seeds in SEEDS:
            yield _times([_job(batch_size, seed) for seed in range(seeds)], rounds)


def _job(batch_size: int, seed: int) -> Job:
    recipe = Recipe(batch_size=batch_size, epochs=EPOCHS, learning_rate=0.1, init="xavier", device="cpu", seed=seed)
    return Job(PRESETS[PRESET].architecture, recipe)


def _times(jobs: Sequence[Job], rounds: int) -> TeamTimes:
    _together(jobs)  # the first use of torch's kernels is slower
    ratios = [_one_after_another(jobs) / _together(jobs) for _ in range(rounds)]
    speed = measure(jobs[0], runs=len(jobs))
    return TeamTimes(
        seeds=len(jobs),
        batch_size=jobs[0].recipe.batch_size,
        step=speed.apart / speed.together,
        runs=statistics.median(ratios),
        spread=(min(ratios), max(ratios)),
    )


def _one_after_another(jobs: Sequence[Job]) -> float:
    return sum(_seconds(Turns([_member(partial(train, job))])) for job in jobs)


def _together(jobs: Sequence[Job]) -> float:
    team = Team(runs=len(jobs), gain=1.0)
    return _seconds(Turns([_member(partial(team.train, job, resume=None)) for job in jobs], team=team))


def _member(train: Callable[..., Iterator[Signal]]) -> Member:
    control = Control()
    return Member("", partial(train, control=control), control)


def _seconds(turns: Turns) -> float:
    begun = time.perf_counter()
    while not turns.is_over:
        turns.take()
    return time.perf_counter() - begun


def report(times: TeamTimes) -> str:
    """Say what came of one number of seeds and one batch size."""
    low, high = times.spread
    whole = f"whole runs {times.runs:.2f} × as fast ({low:.2f} to {high:.2f})"
    return f"batch {times.batch_size:3}, {times.seeds} seeds as a team: {whole}, a step of all {times.step:.2f} ×"
