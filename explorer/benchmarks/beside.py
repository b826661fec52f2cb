"""How fast a network trains beside programs that keep the processor busy, in pictures a second."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from statistics import median

from msgspec.structs import replace

from explorer.benchmarks.contests import Contest
from explorer.training.events import Failed, Step
from explorer.training.loop.train import train
from explorer.training.threads import count_cores

SECONDS = 8.0  # of each run, of which the first third is left out
LEAST_SHARE = 0.9  # of what the system's scheduler gives to as many threads as there are cores
BUSY = "while True: sum(range(10_000))"


def beside_speeds(contest: Contest) -> dict[str, float]:
    """Train alone and beside each number of busy processes that the contest names; gives pictures a second."""
    return {_name(busy): _speed_beside(contest, busy) for busy in contest.beside}


def beside_pairs(contest: Contest) -> Iterator[tuple[str, str]]:
    """Name what is held against each other."""
    return ((_name(busy), _name(0)) for busy in contest.beside if busy)


def beside_bounds(contest: Contest) -> dict[str, float]:
    """Give the least share of the speed alone: with n threads on n cores, b busy processes leave n / (n + b) of it."""
    cores = count_cores()
    return {f"{_name(busy)}_over_{_name(0)}": LEAST_SHARE * cores / (cores + busy) for busy in contest.beside if busy}


def _name(busy: int) -> str:
    return f"beside_{busy}" if busy else "alone"


def _speed_beside(contest: Contest, busy: int) -> float:
    job = contest.job()
    with _busy_processes(busy):
        events = list(train(replace(job, recipe=replace(job.recipe, max_seconds=SECONDS))))
    if isinstance(events[-1], Failed):
        raise RuntimeError(events[-1].cause)
    rates = [event.images_per_second for event in events if isinstance(event, Step)]
    return median(rates[len(rates) // 3 :])


@contextmanager
def _busy_processes(count: int) -> Iterator[None]:
    processes = [subprocess.Popen([sys.executable, "-c", BUSY]) for _ in range(count)]
    try:
        yield
    finally:
        for process in processes:
            process.kill()
            process.wait()
