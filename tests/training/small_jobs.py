"""Jobs that train in a moment, and what tests ask of their events."""

from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import torch

from explorer.architecture.kinds.activation import ReLU
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.normalisation import BatchNorm2d
from explorer.architecture.kinds.regularisation import Dropout
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.spec import Architecture
from explorer.training.events import Evaluating, Event, Failed, Step
from explorer.training.loop import checkpoint
from explorer.training.loop.meter import Sums
from explorer.training.loop.snapshot import NETWORK, Place, Snapshot
from explorer.training.loop.train import train
from explorer.training.recipe.recipe import Job, Recipe

SMALL = Architecture(
    name="small",
    input_shape=(1, 28, 28),
    layers=(Conv2d(out_channels=4, kernel_size=7, stride=5), ReLU(), Flatten(), Linear(out_features=10)),
)
DROPPING = Architecture(
    name="dropping",
    input_shape=(1, 28, 28),
    layers=(
        Conv2d(out_channels=4, kernel_size=7, stride=5),
        BatchNorm2d(),
        ReLU(),
        Flatten(),
        Dropout(),
        Linear(out_features=10),
    ),
)
BASE = Recipe(train_size=96, epochs=2, batch_size=32, learning_rate=0.1, device="cpu")


def run(recipe: Recipe, architecture: Architecture = SMALL) -> list[Event]:
    return list(train(Job(architecture=architecture, recipe=recipe)))


def write_checkpoint(path: Path, *, fill: float = 0.5, size: int = 1_000) -> Path:
    """Write a checkpoint as no run would leave it: two tensors of the network's and one of the optimizer's."""
    place = Place(job=Job(SMALL, BASE), step=3, seconds=1.0, learning_rate=0.1, point=Sums(), epoch=Sums())
    names = (f"{NETWORK}conv1.weight", "momentum.conv1.weight", f"{NETWORK}fc1.bias")
    checkpoint.write(Snapshot(place, {name: torch.full((size,), fill) for name in names}), path)
    return path


def saved_weights(path: Path) -> bytes:
    """Give what is saved of a checkpoint as its weights."""
    with closing(checkpoint.open_weights(path)) as part:
        whole = b"".join(part.pieces())
        assert len(whole) == part.size
    return whole


def losses(events: Iterable[Event]) -> list[float]:
    return [event.train_loss for event in events if isinstance(event, Step)]


def without_times(events: Iterable[Event]) -> list[dict[str, Any]]:
    """Give the events as JSON has them, less what a clock says."""
    shown = (msgspec.to_builtins(event) for event in events if not isinstance(event, Evaluating))
    return [
        {key: value for key, value in event.items() if key not in {"seconds", "images_per_second"}} for event in shown
    ]


def cause_of(recipe: Recipe, architecture: Architecture = SMALL) -> str:
    """Give the words of a job that fails before its first step."""
    (event,) = run(recipe, architecture)
    assert isinstance(event, Failed)
    return event.cause
