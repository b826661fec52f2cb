"""The book's loop for LeNet in torch alone: a second opinion on where its recipes end, seed by seed.

Nothing of this program but the pictures' bytes is used: neither its networks and first weights, nor its order of
pictures, nor its loop and its test. So the same seed gives other numbers here than there, and only spreads compare.
"""

import torch
import torch.nn.functional as F  # noqa: N812  # torch's own name for it
from torch import Tensor, nn

from explorer.data.pictures import Dataset

TEST_CHUNK = 1_000  # pictures, so that few megabytes suffice


def train_plainly(
    activation: type[nn.Module],
    data: Dataset,
    *,
    learning_rate: float,
    batch_size: int,
    epochs: int,
    seed: int,
) -> float:
    """Train the book's LeNet as the book does, with plain SGD from Xavier's weights, and give its test accuracy."""
    torch.manual_seed(seed)
    network = _lenet(activation).apply(_draw)
    optimizer = torch.optim.SGD(network.parameters(), lr=learning_rate)
    images, labels = data.train.images, data.train.labels
    for _ in range(epochs):
        for picked in torch.split(torch.randperm(len(labels)), batch_size):
            optimizer.zero_grad()
            loss = F.cross_entropy(network(_scaled(images[picked])), labels[picked])
            loss.backward()  # type: ignore[no-untyped-call]  # torch has no types for it
            optimizer.step()
    return _accuracy(network, data.test.images, data.test.labels)


def _lenet(activation: type[nn.Module]) -> nn.Sequential:
    return nn.Sequential(
        *(nn.Conv2d(1, 6, kernel_size=5, padding=2), activation(), nn.AvgPool2d(kernel_size=2, stride=2)),
        *(nn.Conv2d(6, 16, kernel_size=5), activation(), nn.AvgPool2d(kernel_size=2, stride=2)),
        *(nn.Flatten(), nn.Linear(400, 120), activation(), nn.Linear(120, 84), activation(), nn.Linear(84, 10)),
    )


def _draw(layer: nn.Module) -> None:
    if isinstance(layer, nn.Conv2d | nn.Linear):
        nn.init.xavier_uniform_(layer.weight)


def _scaled(images: Tensor) -> Tensor:
    return images.to(torch.float32) / 255


@torch.no_grad()
def _accuracy(network: nn.Module, images: Tensor, labels: Tensor) -> float:
    network.eval()
    pairs = zip(torch.split(images, TEST_CHUNK), torch.split(labels, TEST_CHUNK), strict=True)
    hits = sum(int((network(_scaled(some)).argmax(dim=1) == truth).sum()) for some, truth in pairs)
    return hits / len(labels)
