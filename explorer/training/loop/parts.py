"""A training step in parts: the batch is cut, each part has its own way there and back, and their gradients are added.

Each part has a copy of the network whose weights are the network's own, so that two threads never share a gradient.
"""

import copy
from collections.abc import Iterator
from functools import partial

import torch
from torch import Generator, Tensor, nn
from torch.nn.modules.dropout import _DropoutNd

from explorer.training.loop.prepare import PreparedRun
from explorer.training.loop.step import Figures, figures, is_known_broken, pictures, update
from explorer.training.threads import Threads

SEEDS = 2**62  # that a part's dropout can have in a step
Part = tuple[Figures, tuple[Tensor, ...]]  # what a part adds to the batch's figures, and to each weight's gradient


class Parts:
    """Takes a run's steps in parts; batches smaller than their number have a part for each picture."""

    def __init__(self, run: PreparedRun, threads: Threads) -> None:
        self._run = run
        self._threads = threads
        self._copies = [_Copy(run.network) for _ in range(run.way.parts)]
        self._draws = any(isinstance(layer, _DropoutNd) for layer in run.network)

    def take(self, picked: Tensor) -> Figures:
        """Take a step on the pictures that `picked` numbers; gives the loss and the right answers before it."""
        compute = partial(self._compute, out_of=len(picked))
        self._draw_seeds()
        parts = zip(self._copies, self._cut(picked), strict=False)
        done = self._threads.do([partial(compute, each, images, labels) for each, (images, labels) in parts])
        loss, hits = (torch.stack(each).sum() for each in zip(*(told for told, _ in done), strict=True))
        if not is_known_broken(loss):
            self._add([gradients for _, gradients in done])
            update(self._run)
        return loss, hits

    def _cut(self, picked: Tensor) -> Iterator[tuple[Tensor, Tensor]]:
        images, labels = pictures(self._run, picked)
        count = min(len(picked), len(self._copies))
        return zip(torch.tensor_split(images, count), torch.tensor_split(labels, count), strict=True)

    def _draw_seeds(self) -> None:
        """Give each part's dropout numbers of its own, drawn from torch's generator, which a snapshot keeps."""
        if self._draws:
            for each, seed in zip(self._copies, torch.randint(SEEDS, (len(self._copies),)).tolist(), strict=True):
                each.generator.manual_seed(seed)

    def _compute(self, each: "_Copy", images: Tensor, labels: Tensor, *, out_of: int) -> Part:
        loss, hits = figures(self._run, each.network, images, labels, out_of=out_of)
        return (loss.detach(), hits), torch.autograd.grad(loss, each.weights)

    def _add(self, found: list[tuple[Tensor, ...]]) -> None:
        first, *others = found
        for gradients in others:
            for total, gradient in zip(first, gradients, strict=True):
                total.add_(gradient)
        weights = (param for param in self._run.network.parameters() if param.requires_grad)
        for param, total in zip(weights, first, strict=True):
            param.grad = total


class _Copy:
    """A network that shares another's weights, and draws by itself what it drops."""

    def __init__(self, network: nn.Sequential) -> None:
        shared: dict[int, Tensor] = {
            id(param): nn.Parameter(param.detach(), param.requires_grad) for param in network.parameters()
        }
        shared |= {id(buffer): buffer for buffer in network.buffers()}
        self.generator = Generator()
        self.network = copy.deepcopy(network, shared)  # which takes what stands there for a copy
        self.weights = [param for param in self.network.parameters() if param.requires_grad]
        for name, layer in self.network.named_children():
            if isinstance(layer, _DropoutNd):
                setattr(self.network, name, PartDropout(layer, self.generator))


class PartDropout(nn.Module):
    """Dropout by a generator of its own: torch's draws from the one that all threads share."""

    def __init__(self, layer: _DropoutNd, generator: Generator) -> None:
        super().__init__()
        self._kept = 1 - layer.p
        self._is_by_map = isinstance(layer, nn.Dropout2d)
        self._generator = generator

    def forward(self, x: Tensor) -> Tensor:
        """Set a share of the values to 0, or of the maps, and scale up the rest; any shape."""
        drawn = x.new_empty((*x.shape[:2], 1, 1)) if self._is_by_map else torch.empty_like(x)
        kept = drawn.bernoulli_(self._kept, generator=self._generator)
        return x * kept.div_(max(self._kept, torch.finfo(kept.dtype).tiny))
