"""How fast the training loop is, against what the hardware allows and against the book's loop, in turn in one run.

Absolute figures mean nothing on a shared machine: quote the ratios. Tests of the network are in none of the figures.
"""

import statistics
import time
import warnings
from collections.abc import Callable, Iterator

import msgspec
import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812  # torch's own name for it
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset

from explorer.architecture.build import build
from explorer.architecture.presets import PRESETS
from explorer.training.datasets import Pictures, load
from explorer.training.events import Epoch, Event, Failed, Started, Step, to_lines
from explorer.training.initialise import xavier
from explorer.training.loop import train
from explorer.training.recipe import Job, Recipe

DATASET = "fashion-mnist-subset"
BATCH_SIZE = 256
LEARNING_RATE = 0.9
STEPS = 78  # of each loop a round: 20,000 pictures
EPOCHS = 98  # of the program's own loop: the steps of the book's ten; a short run is mostly its start, probed most
BOOK_WORKERS = 4


class TrainingSpeeds(msgspec.Struct, frozen=True):
    """Pictures a second of four ways to train LeNet: medians over the rounds, and medians of the rounds' ratios."""

    rounds: int
    threads: int  # that torch computes with
    ours: float  # the loop of this program, each event encoded as JSON
    bare_step: float  # one batch that never changes, nothing read or logged
    book_4_workers: float  # a DataLoader that turns each picture into a tensor, the figures read at each step
    book_0_workers: float
    ours_over_bare_step: float
    ours_over_book_4_workers: float
    ours_over_book_0_workers: float
    spreads: dict[str, tuple[float, float]]  # lowest and highest of each ratio


def bench_train(*, rounds: int = 5) -> TrainingSpeeds:
    """Measure the four loops in turn, `rounds` times, on the CPU; about 40 seconds a round on two cores."""
    pictures = load(DATASET).train
    loops: dict[str, Callable[[], float]] = {
        "ours": measure_ours,
        "bare_step": lambda: measure_bare_step(pictures),
        "book_4_workers": lambda: measure_book(pictures, num_workers=BOOK_WORKERS),
        "book_0_workers": lambda: measure_book(pictures, num_workers=0),
    }
    measure_ours()  # the first use of torch's optimizers and kernels is slower
    speeds = [{name: measure() for name, measure in loops.items()} for _ in range(rounds)]
    return _summarise(speeds)


def _summarise(speeds: list[dict[str, float]]) -> TrainingSpeeds:
    medians = {name: statistics.median(speed[name] for speed in speeds) for name in speeds[0]}
    ratios = {
        f"ours_over_{name}": [speed["ours"] / speed[name] for speed in speeds] for name in speeds[0] if name != "ours"
    }
    return TrainingSpeeds(
        rounds=len(speeds),
        threads=torch.get_num_threads(),
        spreads={name: (min(values), max(values)) for name, values in ratios.items()},
        **medians,
        **{name: statistics.median(values) for name, values in ratios.items()},
    )


def measure_ours() -> float:
    """Train with the program's own loop, its probes on, and give pictures a second."""
    recipe = Recipe(
        dataset=DATASET, batch_size=BATCH_SIZE, learning_rate=LEARNING_RATE, init="xavier", epochs=EPOCHS, device="cpu"
    )
    pictures, seconds, begun = 0, 0.0, time.perf_counter()
    last_step = begun
    for event in _encoded(train(Job(architecture=PRESETS["lenet-d2l"].architecture, recipe=recipe))):
        match event:
            case Failed():
                raise RuntimeError(event.cause)
            case Started():
                pictures = event.train_size * recipe.epochs
                begun = time.perf_counter()
            case Step():
                last_step = time.perf_counter()
            case Epoch():
                seconds += last_step - begun
                begun = time.perf_counter()
    return pictures / seconds


def _encoded(events: Iterator[Event]) -> Iterator[Event]:
    for event in events:
        list(to_lines([event]))
        yield event


def measure_bare_step(pictures: Pictures) -> float:
    """Repeat one step on one batch and give pictures a second: what the hardware allows."""
    network = _lenet().to(memory_format=torch.channels_last)
    optimizer = torch.optim.SGD(network.parameters(), lr=LEARNING_RATE, fused=True)
    images, labels = pictures.images[:BATCH_SIZE].float() / 255, pictures.labels[:BATCH_SIZE]
    begun = time.perf_counter()
    for _ in range(STEPS):
        F.cross_entropy(network(images), labels).backward()  # type: ignore[no-untyped-call]  # torch has no types for it
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
    return STEPS * BATCH_SIZE / (time.perf_counter() - begun)


class PictureByPicture(TorchDataset[tuple[Tensor, int]]):
    """The pictures as a torch data set that turns each into a tensor when asked for; at module level for spawn."""

    def __init__(self, pictures: Pictures) -> None:
        self._images = pictures.images[:, 0].numpy()
        self._labels = pictures.labels.numpy()

    def __len__(self) -> int:
        return STEPS * BATCH_SIZE

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        stored = index % len(self._labels)
        image = Image.fromarray(self._images[stored])
        return _to_tensor(image), int(self._labels[stored])


def _to_tensor(image: Image.Image) -> Tensor:
    """Do what torchvision's ToTensor does to one grey picture."""
    values = torch.from_numpy(np.array(image, copy=True)).view(image.height, image.width, 1)
    return values.permute(2, 0, 1).contiguous().to(dtype=torch.float32).div(255)


def measure_book(pictures: Pictures, *, num_workers: int) -> float:
    """Train one epoch as the book does, with the loss and the accuracy read at each step; gives pictures a second."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="This DataLoader will create")  # the book's 4 workers on fewer cores
        loader = DataLoader(PictureByPicture(pictures), batch_size=BATCH_SIZE, shuffle=True, num_workers=num_workers)
        begun = time.perf_counter()
        _train_as_the_book(loader)
        return STEPS * BATCH_SIZE / (time.perf_counter() - begun)


def _train_as_the_book(loader: DataLoader[tuple[Tensor, int]]) -> tuple[float, float]:
    network, loss_of = _lenet(), nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(network.parameters(), lr=LEARNING_RATE)
    loss_sum = correct = 0.0
    for images, labels in loader:
        optimizer.zero_grad()
        scores = network(images)
        loss = loss_of(scores, labels)
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            loss_sum += float(loss) * len(labels)
            correct += float((scores.argmax(dim=1) == labels).sum())
    return loss_sum, correct


def _lenet() -> nn.Sequential:
    network = build(PRESETS["lenet-d2l"].architecture)
    xavier(network)
    return network
