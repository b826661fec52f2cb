"""The book's way to train, as a peer to be measured against: a DataLoader that turns each picture into a tensor."""

import numpy as np
import torch
from PIL import Image
from torch import Tensor, nn
from torch.utils.data import DataLoader
from torch.utils.data import Dataset as TorchDataset

from explorer.data.datasets import Pictures


class PictureByPicture(TorchDataset[tuple[Tensor, int]]):
    """Pictures as a torch data set that resizes and turns each into a tensor when asked for; at module level for spawn.

    It has `count` of them: the stored ones, as often as that takes.
    """

    def __init__(self, pictures: Pictures, *, count: int, size: tuple[int, int]) -> None:
        self._images = pictures.images[:, 0].numpy()
        self._labels = pictures.labels.numpy()
        self._count = count
        self._height, self._width = size

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> tuple[Tensor, int]:
        stored = index % len(self._labels)
        image = Image.fromarray(self._images[stored])
        if (image.height, image.width) != (self._height, self._width):
            image = image.resize((self._width, self._height), Image.Resampling.BILINEAR)
        return _to_tensor(image), int(self._labels[stored])


def _to_tensor(image: Image.Image) -> Tensor:
    """Do what torchvision's ToTensor does to one grey picture."""
    values = torch.from_numpy(np.array(image, copy=True)).view(image.height, image.width, 1)
    return values.permute(2, 0, 1).contiguous().to(dtype=torch.float32).div(255)


def train_as_the_book(
    network: nn.Module, loader: DataLoader[tuple[Tensor, int]], *, learning_rate: float, device: torch.device
) -> tuple[float, float]:
    """Train one epoch, with the loss and the accuracy read at each step; gives their sums."""
    loss_of = nn.CrossEntropyLoss()
    optimizer = torch.optim.SGD(network.parameters(), lr=learning_rate)
    loss_sum = correct = 0.0
    for images, labels in loader:
        inputs, truth = images.to(device), labels.to(device)
        optimizer.zero_grad()
        scores = network(inputs)
        loss = loss_of(scores, truth)
        loss.backward()
        optimizer.step()
        with torch.no_grad():
            loss_sum += float(loss) * len(labels)
            correct += float((scores.argmax(dim=1) == truth).sum())
    return loss_sum, correct


@torch.no_grad()
def count_right(network: nn.Module, loader: DataLoader[tuple[Tensor, int]]) -> int:
    """Count the pictures whose class a network names, on the CPU."""
    return sum(int((network(images).argmax(dim=1) == truth).sum()) for images, truth in loader)
