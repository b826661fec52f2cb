"""How fast the training loop is, against what the hardware allows and against the book's loop, in turn in one run.

Absolute figures mean nothing on a shared machine: quote the ratios. Tests of the network are in none of the figures.
"""

import statistics
import time
import warnings
from collections.abc import Iterator

import msgspec
import torch
from msgspec.structs import replace
from torch.utils.data import DataLoader

from explorer.benchmarks.bare import BareStep, xavier_network
from explorer.benchmarks.beside import beside_bounds, beside_pairs, beside_speeds
from explorer.benchmarks.book import PictureByPicture, train_as_the_book
from explorer.benchmarks.contests import DATASET, Contest
from explorer.benchmarks.memory import peak_bytes
from explorer.benchmarks.ours import our_speeds
from explorer.data.datasets import load
from explorer.training.recipe.recipe import Job

BOOK_WORKERS = 4
PAIRS = (  # of ways to train: the first's speed over the second's
    ("ours", "bare_step"),
    ("ours", "book_4_workers"),
    ("ours", "book_0_workers"),
    ("default_run", "without_probes"),
)


class Ratio(msgspec.Struct, frozen=True):
    """How many times as fast one way is as another: the median of the rounds, and the least and the most of them."""

    median: float
    lowest: float
    highest: float
    bound: float | None  # at least; None: only told


class TrainingSpeeds(msgspec.Struct, frozen=True):
    """Pictures a second of some ways to train one network: medians over the rounds, and their ratios."""

    network: str
    device: str
    batch_size: int
    rounds: int
    threads: int  # that torch computes with
    speeds: dict[str, float]
    ratios: dict[str, Ratio]
    peak_bytes: int | None  # of the main memory of a worker that trains it; None where the system does not say
    most_bytes: int  # what that may be


def bench_train(contest: Contest, *, device: str, rounds: int = 5) -> TrainingSpeeds:
    """Measure the ways to train a network in turn, `rounds` times; on two cores about a minute a round for LeNet.

    A bare step repeats one batch that never changes, and nothing is read or logged. The book's loop is an epoch with a
    DataLoader, its figures read at each step.
    """
    contest = contest.on(device)
    measure_bare_step(contest)  # the first use of torch's optimizers and kernels is slower
    rows = [_round(contest) for _ in range(rounds)]
    return TrainingSpeeds(
        network=contest.network,
        device=device,
        batch_size=contest.run.batch_size,
        rounds=rounds,
        threads=torch.get_num_threads(),
        speeds={name: statistics.median(row[name] for row in rows) for name in rows[0]},
        ratios=dict(_ratios(rows, contest)),
        peak_bytes=peak_bytes(Job(contest.architecture, replace(contest.run, epochs=1))),
        most_bytes=contest.most_bytes,
    )


def _round(contest: Contest) -> dict[str, float]:
    return {
        **our_speeds(contest),
        **beside_speeds(contest),
        "bare_step": measure_bare_step(contest),
        "book_4_workers": measure_book(contest, num_workers=BOOK_WORKERS),
        "book_0_workers": measure_book(contest, num_workers=0),
    }


def _ratios(rows: list[dict[str, float]], contest: Contest) -> Iterator[tuple[str, Ratio]]:
    bounds = contest.bounds | beside_bounds(contest)
    for first, second in (*PAIRS, *beside_pairs(contest)):
        name, values = f"{first}_over_{second}", [row[first] / row[second] for row in rows]
        yield name, Ratio(statistics.median(values), min(values), max(values), bounds.get(name))


def measure_bare_step(contest: Contest) -> float:
    """Repeat the bare step and give pictures a second."""
    step = BareStep(contest)
    begun = time.perf_counter()
    for _ in range(contest.steps):
        step.take()
    step.wait()
    return contest.steps * contest.run.batch_size / (time.perf_counter() - begun)


def measure_book(contest: Contest, *, num_workers: int) -> float:
    """Train as the book does and give pictures a second."""
    size, count = contest.architecture.input_shape[1:], contest.steps * contest.run.batch_size
    data = PictureByPicture(load(DATASET).train, count=count, size=size)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="This DataLoader will create")  # the book's 4 workers on fewer cores
        begun = time.perf_counter()
        train_as_the_book(
            xavier_network(contest.architecture).to(contest.run.device),
            DataLoader(data, batch_size=contest.run.batch_size, shuffle=True, num_workers=num_workers),
            learning_rate=contest.run.learning_rate,
            device=torch.device(contest.run.device),
        )
        return count / (time.perf_counter() - begun)
