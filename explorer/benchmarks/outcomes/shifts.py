"""Whether a network catches translation: right answers to test pictures shifted by some pixels, over some seeds.

LeNet stands beside a dense network of as many parameters, beside itself trained on shifted pictures, and beside its
convolutions with one mean of each map, which forgets where on the map something was.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import torch
from msgspec.structs import replace
from torch import Tensor, nn

from explorer.architecture.build import build
from explorer.architecture.edit import replace_activations
from explorer.architecture.kinds.activation import ReLU
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.pooling import AdaptiveAvgPool2d, MaxPool2d
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.data.datasets import load
from explorer.looking.moving import FARTHEST, accuracies
from explorer.training.events import Event, Failed
from explorer.training.loop.batches import to_input
from explorer.training.loop.control import Control
from explorer.training.loop.train import train
from explorer.training.recipe.recipe import Job, Recipe

SHAPE = (1, 28, 28)
FAR = (0, 1, 2, 4, 8)  # pixels of a shift, the larger of both ways
PICTURES = 1_000  # of the test
RECIPE = Recipe(
    dataset="fashion-mnist", optimizer="Adam", learning_rate=0.001, batch_size=256, epochs=10, init="kaiming"
)
_LENET = replace_activations(PRESETS["lenet-d2l"].architecture, "ReLU")
_DENSE = Architecture("Dense", SHAPE, (Flatten(), Linear(out_features=77), ReLU(), Linear(out_features=10)))
_MEANS = Architecture(
    "Means of maps",
    SHAPE,
    (
        *(Conv2d(out_channels=16, kernel_size=5, padding=2), ReLU(), MaxPool2d(kernel_size=2, stride=2)),
        *(Conv2d(out_channels=32, kernel_size=5, padding=2), ReLU(), AdaptiveAvgPool2d(output_size=1)),
        *(Flatten(), Linear(out_features=10)),
    ),
)
JOBS: dict[str, Job] = {
    "LeNet, ReLU": Job(_LENET, RECIPE),
    "dense, as many parameters": Job(_DENSE, RECIPE),
    "LeNet, trained on crops": Job(_LENET, replace(RECIPE, augmentation="crop")),
    "one mean of each map": Job(_MEANS, RECIPE),
}


class Shifted(NamedTuple):
    """The shares of right answers of one seed, each the mean over all ways to shift as far."""

    name: str
    seed: int
    right: dict[int, float]  # by the pixels


class _LastWeights:
    """Keeps the weights of the last look at a network."""

    weights: Mapping[str, Tensor]

    def keep(self, network: nn.Sequential, *, step: int, looks: int) -> Iterator[Event]:  # by the protocol
        """Keep them."""
        self.weights = {name: value.detach().clone() for name, value in network.state_dict().items()}
        yield from ()


def bench_shifts(jobs: Mapping[str, Job], *, seeds: int) -> Iterator[Shifted]:
    """Train each with the seeds 0, 1, …, and shift the test pictures; raises `RuntimeError` if one fails."""
    for name, job in jobs.items():
        for seed in range(seeds):
            seeded = replace(job, recipe=replace(job.recipe, seed=seed))
            yield Shifted(name, seed, _right(_trained(seeded), job.recipe.dataset))


def _trained(job: Job) -> nn.Sequential:
    keeper = _LastWeights()
    for event in train(job, control=Control(weight_keeper=keeper)):
        if isinstance(event, Failed):
            raise RuntimeError(event.cause)
    network = build(job.architecture)
    network.load_state_dict(dict(keeper.weights))
    return network.eval()


def _right(network: nn.Sequential, dataset: str) -> dict[int, float]:
    test = load(dataset).test
    inputs, labels = to_input(test.images[:PICTURES], SHAPE), test.labels[:PICTURES]
    ways = range(-FARTHEST, FARTHEST + 1)
    ground = torch.zeros(SHAPE)
    found = torch.stack([accuracies(network, inputs, labels, ground, down=down) for down in ways])
    away = torch.arange(-FARTHEST, FARTHEST + 1).abs()
    distance = torch.maximum(away[:, None], away[None, :])
    return {far: found[distance == far].mean().item() for far in FAR}
