"""The record: how soon a network names 85 and 90 % of the full Fashion-MNIST test set, beside the book's way.

The clock starts with the pictures in memory, and runs on while the network is tested after each epoch.
"""

import time
import warnings
from collections.abc import Iterator, Sequence

import msgspec
import torch
from msgspec.structs import replace
from torch.utils.data import DataLoader

from explorer.architecture.kinds.activation import ReLU
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.pooling import MaxPool2d
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.benchmarks.bare import xavier_network
from explorer.benchmarks.book import PictureByPicture, count_right, train_as_the_book
from explorer.data.datasets import load
from explorer.experiments.text_recipes import TEXT_RECIPES
from explorer.training.events import Epoch, Failed
from explorer.training.loop.train import train
from explorer.training.recipe.recipe import Job, Recipe

LENET = PRESETS["lenet-d2l"].architecture
BOOK = TEXT_RECIPES["lenet-d2l"]
BOOK_WORKERS = 4
OURS, THEIRS = "this program", "the book's loop"


def _network(*, channels: tuple[int, int], out_features: int) -> Architecture:
    """Give LeNet's stack with windows of 3×3, ReLU, max pooling and one dense layer fewer."""
    first, second = channels
    layers = (
        *(Conv2d(out_channels=first, kernel_size=3, padding=1), ReLU(), MaxPool2d(kernel_size=2, stride=2)),
        *(Conv2d(out_channels=second, kernel_size=3), ReLU(), MaxPool2d(kernel_size=2, stride=2)),
        *(Flatten(), Linear(out_features=out_features), ReLU(), Linear(out_features=10)),
    )
    return Architecture(name="Record", input_shape=(1, 28, 28), layers=layers)


# The step grows and shrinks within the one or two epochs, which pass over fewer pictures than there are.
_QUICK = Recipe(
    dataset="fashion-mnist",
    optimizer="Adam",
    learning_rate=0.008,
    schedule="one-cycle",
    init="kaiming",
    device="cpu",
)
RECORDS = {
    0.85: Job(_network(channels=(8, 24), out_features=96), replace(_QUICK, train_size=15_000, batch_size=64, epochs=1)),
    0.90: Job(
        _network(channels=(16, 32), out_features=128), replace(_QUICK, train_size=50_000, batch_size=128, epochs=2)
    ),
}


class Attempt(msgspec.Struct, frozen=True):
    """When a way to train reached a test accuracy; `seconds` is None where it did not within its epochs.

    `all_seconds` are those of all its epochs, `best` is the best test accuracy of them.
    """

    way: str
    target: float
    seed: int
    epochs: int
    seconds: float | None
    all_seconds: float
    best: float


def attempts(records: dict[float, Job], *, seeds: int) -> Iterator[Attempt]:
    """Train each target's job with the seeds 0, 1, …; raises `RuntimeError` if one fails, and `DataError`."""
    for target, job in records.items():
        for seed in range(seeds):
            tested = list(_tested(replace(job, recipe=replace(job.recipe, seed=seed))))
            yield _attempt(OURS, target, seed, tested)


def book_attempts(targets: Sequence[float], *, seeds: int, recipe: Recipe = BOOK) -> Iterator[Attempt]:
    """Train LeNet as the book does with as many seeds, on the CPU; raises `DataError`."""
    for seed in range(seeds):
        tested = list(_tested_as_the_book(seed, recipe))
        for target in targets:
            yield _attempt(THEIRS, target, seed, tested)


def _attempt(way: str, target: float, seed: int, tested: list[tuple[float, float]]) -> Attempt:
    seconds = next((after for after, accuracy in tested if accuracy >= target), None)
    return Attempt(way, target, seed, len(tested), seconds, tested[-1][0], max(accuracy for _, accuracy in tested))


def _tested(job: Job) -> Iterator[tuple[float, float]]:
    """Train, and give the seconds and the test accuracy after each epoch."""
    load(job.recipe.dataset)
    begun = time.perf_counter()
    for event in train(job):
        match event:
            case Epoch():
                yield time.perf_counter() - begun, event.test_accuracy
            case Failed():
                raise RuntimeError(event.cause)


def _tested_as_the_book(seed: int, recipe: Recipe) -> Iterator[tuple[float, float]]:
    data, begun = load(recipe.dataset), time.perf_counter()
    torch.manual_seed(seed)
    network = xavier_network(LENET)
    warnings.filterwarnings("ignore", message="This DataLoader will create")  # the book's 4 workers on fewer cores
    training, test = (
        DataLoader(
            PictureByPicture(pictures, count=len(pictures.labels), size=LENET.input_shape[1:]),
            batch_size=recipe.batch_size,
            shuffle=pictures is data.train,
            num_workers=BOOK_WORKERS,
        )
        for pictures in (data.train, data.test)
    )
    for _ in range(recipe.epochs):
        train_as_the_book(network, training, learning_rate=recipe.learning_rate, device=torch.device("cpu"))
        yield time.perf_counter() - begun, count_right(network, test) / len(data.test.labels)
