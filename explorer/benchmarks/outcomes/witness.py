"""The texts' programs for LeNet in torch alone: a second opinion on where their recipes end, seed by seed.

Nothing of this program but the pictures' bytes is used: neither its networks and first weights, nor its order of
pictures, nor its loop and its test. So the same seed gives other numbers here than there, and only spreads compare.
"""

from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

import torch
import torch.nn.functional as F  # noqa: N812  # torch's own name for it
from torch import Tensor, nn
from torch.optim import SGD, Adam, Optimizer

from explorer.data.pictures import Dataset

TEST_CHUNK = 1_000  # pictures, so that few megabytes suffice


class Witness(NamedTuple):
    """A text's network with its first weights, and its optimizer, as its program makes them."""

    network: Callable[[], nn.Sequential]
    optimizer: Callable[[Iterable[nn.Parameter]], Optimizer]


def book_lenet(activation: type[nn.Module], *, learning_rate: float) -> Witness:
    """Give the book's LeNet with plain SGD from Xavier's weights."""
    return Witness(partial(_book_lenet, activation), lambda params: SGD(params, lr=learning_rate))


def keras_lenet() -> Witness:
    """Give the Keras text's LeNet-5 with Adam from Glorot's weights and biases of 0."""
    return Witness(_keras_lenet, lambda params: Adam(params, lr=0.001))


def train_plainly(witness: Witness, data: Dataset, *, batch_size: int, epochs: int, seed: int) -> float:
    """Train as a text's program does, and give the test accuracy."""
    torch.manual_seed(seed)
    network = witness.network()
    optimizer = witness.optimizer(network.parameters())
    images, labels = data.train.images, data.train.labels
    for _ in range(epochs):
        for picked in torch.split(torch.randperm(len(labels)), batch_size):
            optimizer.zero_grad()
            loss = F.cross_entropy(network(_scaled(images[picked])), labels[picked])
            loss.backward()  # type: ignore[no-untyped-call]  # torch has no types for it
            optimizer.step()
    return _accuracy(network, data.test.images, data.test.labels)


def _book_lenet(activation: type[nn.Module]) -> nn.Sequential:
    return nn.Sequential(
        *(nn.Conv2d(1, 6, kernel_size=5, padding=2), activation(), nn.AvgPool2d(kernel_size=2, stride=2)),
        *(nn.Conv2d(6, 16, kernel_size=5), activation(), nn.AvgPool2d(kernel_size=2, stride=2)),
        *(nn.Flatten(), nn.Linear(400, 120), activation(), nn.Linear(120, 84), activation(), nn.Linear(84, 10)),
    ).apply(_draw)


def _keras_lenet() -> nn.Sequential:
    return nn.Sequential(
        *(nn.Conv2d(1, 6, kernel_size=5, padding=2), nn.ReLU(), nn.MaxPool2d(kernel_size=2, stride=2)),
        *(nn.Conv2d(6, 16, kernel_size=5), nn.ReLU(), nn.MaxPool2d(kernel_size=2, stride=2)),
        *(nn.Flatten(), nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 10)),
    ).apply(_draw_as_keras)


def _draw(layer: nn.Module) -> None:
    if isinstance(layer, nn.Conv2d | nn.Linear):
        nn.init.xavier_uniform_(layer.weight)


def _draw_as_keras(layer: nn.Module) -> None:
    _draw(layer)
    if isinstance(layer, nn.Conv2d | nn.Linear) and layer.bias is not None:
        nn.init.zeros_(layer.bias)


def _scaled(images: Tensor) -> Tensor:
    return images.to(torch.float32) / 255


@torch.no_grad()
def _accuracy(network: nn.Module, images: Tensor, labels: Tensor) -> float:
    network.eval()
    pairs = zip(torch.split(images, TEST_CHUNK), torch.split(labels, TEST_CHUNK), strict=True)
    hits = sum(int((network(_scaled(some)).argmax(dim=1) == truth).sum()) for some, truth in pairs)
    return hits / len(labels)
