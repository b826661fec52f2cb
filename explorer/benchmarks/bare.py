"""The bare step: one batch that never changes, nothing read or logged. It is what the hardware allows."""

import torch
import torch.nn.functional as F  # noqa: N812  # torch's own name for it
from torch import nn

from explorer.architecture.build import build
from explorer.architecture.spec import Architecture
from explorer.benchmarks.contests import DATASET, Contest
from explorer.data.datasets import load
from explorer.training.loop.batches import to_input
from explorer.training.recipe.initialise import xavier


class BareStep:
    """A contest's network, on the device of its recipe, with the batch that it takes again and again."""

    def __init__(self, contest: Contest) -> None:
        device, size, pictures = contest.run.device, contest.run.batch_size, load(DATASET).train
        self._network = xavier_network(contest.architecture).to(device).to(memory_format=torch.channels_last)
        self._optimizer = torch.optim.SGD(self._network.parameters(), lr=contest.run.learning_rate, fused=True)
        self._images = to_input(pictures.images[:size], contest.architecture.input_shape).to(device)
        self._labels = pictures.labels[:size].to(device)

    def take(self) -> None:
        """Take the step."""
        F.cross_entropy(self._network(self._images), self._labels).backward()  # type: ignore[no-untyped-call]
        self._optimizer.step()
        self._optimizer.zero_grad(set_to_none=True)

    def wait(self) -> None:
        """Wait until the device has done all that was asked of it."""
        self._network.get_parameter("conv1.bias").tolist()


def xavier_network(architecture: Architecture) -> nn.Sequential:
    """Build a network with Xavier's weights."""
    network = build(architecture)
    xavier(network)
    return network
