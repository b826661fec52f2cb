"""Runs that differ in their seed alone and train together: each goes its own way, but their steps are taken as one.

Whether that is quicker than one after another depends on the network, the batch and the computer, so it is measured:
LeNet's layers cannot keep a processor busy at batches of 32, and do at 256.
"""

import math
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import torch
from msgspec.structs import replace
from torch import Tensor

from explorer.architecture.trace import trace
from explorer.training.between import Between
from explorer.training.control import Control
from explorer.training.events import AtStep, Signal, Together
from explorer.training.forecast import forecast
from explorer.training.loop import Resume, Take, train_in_team
from explorer.training.meter import READ_SECONDS
from explorer.training.prepare import Run, prepare
from explorer.training.recipe import Job
from explorer.training.stacked import Stack, can_stack
from explorer.training.step import Figures, finish_step, take_step

WORTH = 1.2  # times as fast as one after another; of less, tests, probes and cold caches leave nothing
SECONDS = 0.15  # of each way that is measured
ROUNDS = 3  # at least
SLOW = 0.3  # seconds of a step of all, one after another: layers so large keep a processor busy by themselves
SMALL = 2**29  # bytes that the steps of one team take at most


def may_train_together(jobs: Sequence[Job]) -> bool:
    """Say whether it is worth measuring, for runs on a CPU that differ in their seed alone.

    A GPU replays each run's step from a recording; whether it would take those of several quicker, nobody has measured.
    A run that is limited in time would come further in a team than alone.
    """
    architecture, recipe = jobs[0].architecture, jobs[0].recipe
    if len(jobs) < 2 or recipe.max_seconds is not None or not can_stack(architecture):
        return False
    rows = trace(architecture)
    return rows.error is None and len(jobs) * forecast(rows, recipe, None).memory_bytes <= SMALL


class TeamSpeed(NamedTuple):
    """The seconds in which each of several runs takes a step."""

    apart: float  # one after another
    together: float


@lru_cache(maxsize=64)  # a class races one question many times
def measure(job: Job, *, runs: int) -> TeamSpeed:
    """Measure the steps of so many runs of a job, which differ in their seed alone; raises as `prepare`."""
    jobs = [replace(job, recipe=replace(job.recipe, seed=seed)) for seed in range(runs)]
    apart, stack = [_first(each) for each in jobs], Stack([_first(each) for each in jobs])
    picked = [torch.randint(run.train_size, (min(run.recipe.batch_size, run.train_size),)) for run in apart]

    def one_after_another() -> None:
        for run, pictures in zip(apart, picked, strict=True):
            take_step(run, pictures)

    first = _seconds(one_after_another)
    if first > SLOW:
        return TeamSpeed(apart=first, together=math.inf)
    return TeamSpeed(*_quickest(one_after_another, lambda: stack.take(picked)))


def _first(job: Job) -> Run:
    with torch.random.fork_rng(devices=()):
        return prepare(job)


def _quickest(*ways: Callable[[], object]) -> list[float]:
    """Give the seconds of each way's quickest call, taken in turns: what else the processor does takes from all."""
    seconds: list[list[float]] = [[] for _ in ways]
    end = time.perf_counter() + SECONDS * len(ways)
    while len(seconds[0]) <= ROUNDS or time.perf_counter() < end:
        for way, taken in zip(ways, seconds, strict=True):
            taken.append(_seconds(way))
    return [min(taken[1:]) for taken in seconds]  # torch's first use of a kernel is slower


def _seconds(way: Callable[[], object]) -> float:
    begun = time.perf_counter()
    way()
    return time.perf_counter() - begun


@dataclass
class Partner:
    """One run of a team, as far as its steps go."""

    between: Between
    picked: Tensor | None = None  # the pictures of the step that it waits for
    figures: Figures | None = None  # of the step that was taken for it, all but its end

    def take(self, picked: Tensor) -> Generator[Signal, None, Figures]:
        """Wait until the team has taken the step; one that it has not is taken here."""
        self.picked = picked
        yield AtStep()
        self.picked, figures, self.figures = None, self.figures, None
        if figures is None:
            return take_step(self.between.run, picked)
        finish_step(self.between.run, figures[0])
        return figures


class Team:
    """Takes a step of all its runs once each has said `AtStep` or is held."""

    def __init__(self, *, runs: int, gain: float) -> None:
        self._told = Together(runs=runs, gain=gain)
        self._partners: list[Partner] = []
        self._stacked: list[Run] = []
        self._stack: Stack | None = None
        self._is_refused = False  # no step can be taken as one any more

    def train(self, job: Job, *, control: Control, resume: Resume | None) -> Generator[Signal]:
        """Train a job as one of the team."""
        yield self._told
        yield from train_in_team(job, self._join, control=control, resume=resume)

    def _join(self, between: Between) -> Take:
        between.meter.read_seconds = READ_SECONDS / self._told.runs  # its clock counts its share of the time alone
        partner = Partner(between)
        self._partners.append(partner)
        return partner.take

    def step(self) -> None:
        """Take the step that runs wait for as one, where that can be; else each takes its own."""
        waiting = [partner for partner in self._partners if partner.picked is not None]
        picked = [partner.picked for partner in waiting if partner.picked is not None]
        if self._is_refused or len(waiting) < 2 or len(set(map(len, picked))) > 1:
            return
        begun = time.perf_counter()
        try:
            figures = self._stack_of([partner.between.run for partner in waiting]).pass_back(picked)
        except RuntimeError:  # mostly memory: each by itself needs less, and says so if that is too much as well
            self._is_refused, self._stack = True, None
            return
        seconds = time.perf_counter() - begun
        for partner, own in zip(waiting, figures, strict=True):
            partner.figures = own
            partner.between.clock.spend(seconds / len(waiting))

    def _stack_of(self, runs: list[Run]) -> Stack:
        """Give the stack of just these runs: some may have ended, or be held."""
        if self._stack is None or self._stacked != runs:
            self._stacked, self._stack = runs, Stack(runs)
        return self._stack
