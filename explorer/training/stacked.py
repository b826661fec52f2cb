"""One training step for several runs of one network, whose weights lie behind each other.

The runs' weights are one tensor a parameter, of which each run's own network has its part. So a convolution of all runs
is one with a group a run, a dense layer one batched product; and whatever else is done with a run (tests, probes,
checkpoints, its optimizer's update) finds an ordinary network. The sums are those of a step alone, in another order:
figures differ in their last digits.
"""

from collections.abc import Callable, Sequence
from functools import partial

import torch
import torch.nn.functional as F  # noqa: N812  # torch's own name for it
from torch import Tensor, nn

from explorer.architecture.layers import ACTIVATIONS
from explorer.architecture.spec import Architecture
from explorer.training.batches import to_input
from explorer.training.evaluate import count_hits
from explorer.training.prepare import Run
from explorer.training.step import Figures, finish_step

Apply = Callable[[Tensor], Tensor]  # maps are N × runs·C × H × W, rows runs × N × features
ON_MAPS = frozenset(["Conv2d", "MaxPool2d", "AvgPool2d", "AdaptiveAvgPool2d", *ACTIVATIONS])
ON_ROWS = frozenset(["Flatten", "Linear", *ACTIVATIONS])


def can_stack(architecture: Architecture) -> bool:
    """Say whether runs of a network can take their steps as one: no layer draws at random or looks across channels."""
    kinds = [type(layer).__name__ for layer in architecture.layers]
    if "Flatten" not in kinds:
        return False
    rows = kinds.index("Flatten")
    return ON_MAPS.issuperset(kinds[:rows]) and ON_ROWS.issuperset(kinds[rows:])


class Laid:
    """A parameter of all runs as one tensor, of which each run's has its part."""

    def __init__(self, params: Sequence[nn.Parameter]) -> None:
        self._params = params
        self.whole = torch.cat([param.detach() for param in params]).requires_grad_()
        for param, part in zip(params, self.whole.detach().chunk(len(params)), strict=True):
            param.data = part

    def hand_out_gradient(self) -> None:
        """Give each run's parameter its part of the gradient."""
        gradient, self.whole.grad = self.whole.grad, None
        if gradient is not None:
            for param, part in zip(self._params, gradient.chunk(len(self._params)), strict=True):
                param.grad = part


class Stack:
    """Runs of one architecture and recipe, their seeds apart."""

    def __init__(self, runs: Sequence[Run]) -> None:
        self._runs = tuple(runs)
        self._laid = list[Laid]()
        self._layers = [self._stacked(each) for each in zip(*(run.network for run in runs), strict=True)]

    def take(self, picked: Sequence[Tensor]) -> list[Figures]:
        """Take a step of each run on the pictures that it picked, as many each; gives each run's loss and hits."""
        figures = self.pass_back(picked)
        for run, (loss, _) in zip(self._runs, figures, strict=True):
            finish_step(run, loss)
        return figures

    def pass_back(self, picked: Sequence[Tensor]) -> list[Figures]:
        """Do all of a step but its end, which is each run's own: the parameters then have their gradients."""
        inputs, labels = self._batch(torch.cat(tuple(picked)))
        with self._runs[0].computing():
            scores = self._scores(inputs)
        losses = self._losses(scores, labels)
        losses.sum().backward()  # type: ignore[no-untyped-call]  # torch leaves it unannotated
        for laid in self._laid:
            laid.hand_out_gradient()
        hits = [count_hits(*own) for own in zip(scores.detach(), labels.view(scores.shape[:2]), strict=True)]
        return list(zip(losses.detach(), hits, strict=True))

    def _batch(self, picked: Tensor) -> tuple[Tensor, Tensor]:
        """Give the pictures, N × runs·C × H × W, and the labels, run by run."""
        first, runs = self._runs[0], len(self._runs)
        images = first.train_images[picked]
        if first.augment:
            own = zip(self._runs, images.chunk(runs), strict=True)
            images = torch.cat([run.augment(some) if run.augment else some for run, some in own])
        inputs = to_input(images, first.input_shape)
        maps = inputs.view(runs, -1, *first.input_shape).transpose(0, 1).flatten(1, 2)
        return maps.contiguous(memory_format=torch.channels_last), first.train_labels[picked]

    def _scores(self, values: Tensor) -> Tensor:
        """Give the scores, runs × N × classes."""
        for layer in self._layers:
            values = layer(values)
        return values

    def _losses(self, scores: Tensor, labels: Tensor) -> Tensor:
        """Give each run's mean loss over its pictures."""
        smoothing = self._runs[0].recipe.label_smoothing
        each = F.cross_entropy(scores.flatten(0, 1).float(), labels, label_smoothing=smoothing, reduction="none")
        return each.view(scores.shape[:2]).mean(dim=1)

    def _stacked(self, layers: Sequence[nn.Module]) -> Apply:
        """Make one layer of the runs' layers in one place."""
        match layers[0]:
            case nn.Conv2d() as first:
                return partial(_convolve, first, len(layers), *self._lay(layers))
            case nn.Linear():
                return partial(_multiply, *self._lay(layers))
            case nn.Flatten():
                return partial(_rows, len(layers))
        return layers[0]

    def _lay(self, layers: Sequence[nn.Module]) -> tuple[Tensor, Tensor | None]:
        """Lay the weights of layers in one place behind each other, and their biases, where they have any."""
        weight = Laid([layer.get_parameter("weight") for layer in layers])
        self._laid.append(weight)
        if layers[0].bias is None:
            return weight.whole, None
        bias = Laid([layer.get_parameter("bias") for layer in layers])
        self._laid.append(bias)
        return weight.whole, bias.whole


def _convolve(conv: nn.Conv2d, runs: int, weight: Tensor, bias: Tensor | None, maps: Tensor) -> Tensor:
    return F.conv2d(
        maps, weight, bias, stride=conv.stride, padding=conv.padding, dilation=conv.dilation, groups=runs * conv.groups
    )


def _multiply(weight: Tensor, bias: Tensor | None, rows: Tensor) -> Tensor:
    """Multiply each run's rows, runs × N × in, by its weight, out × in of runs·out × in."""
    weights = weight.view(len(rows), -1, weight.shape[1]).transpose(1, 2)
    return torch.bmm(rows, weights) if bias is None else torch.baddbmm(bias.view(len(rows), 1, -1), rows, weights)


def _rows(runs: int, values: Tensor) -> Tensor:
    """Lay each run's maps out as rows, as a network alone orders them; rows stay as they are."""
    if values.ndim == 3:
        return values
    return values.reshape(len(values), runs, -1).transpose(0, 1)
