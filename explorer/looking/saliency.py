"""What a network's answer hangs on, by five methods: a picture and a network in, a signed map a method out.

Each map is about a class's score before softmax. Above zero speaks for the class, below it against.
"""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from explorer.architecture.historic.modules import PartialConv2d
from explorer.training.loop.evaluate import score

OCCLUSION, GRADIENT, PRODUCT, SMOOTHED, CAM = METHODS = ("occlusion", "gradient", "product", "smoothgrad", "gradcam")
SAMPLES, NOISE = 24, 0.15  # noisy pictures of SmoothGrad, and their noise's deviation as a share of the picture's range
SEED = 0  # of that noise, so that the map is the same each time
CHUNK = 256  # pictures that pass at once


class Square(NamedTuple):
    """What is pushed over a picture: its side, the steps between two places of it, and what it shows instead."""

    size: int
    stride: int
    ground: Tensor  # shaped as the picture


def before_softmax(network: nn.Sequential) -> nn.Sequential:
    """Leave out a softmax at the end: probabilities of one class fall where another's score rises."""
    layers = list(network.named_children())
    while layers and isinstance(layers[-1][1], nn.Softmax | nn.LogSoftmax):
        layers.pop()
    return nn.Sequential(OrderedDict(layers))


def scores_for(network: nn.Sequential, inputs: Tensor) -> Tensor:
    """Give the classes' scores of one picture."""
    with torch.no_grad():
        return score(network, inputs[None])[0]


def saliency(network: nn.Sequential, inputs: Tensor, *, target: int, layer: str | None) -> dict[str, Tensor]:
    """Give the map of each method that needs gradients; Grad-CAM's where a layer is named."""
    steepness = gradient(network, inputs, target=target)
    found = {
        GRADIENT: steepness.sum(dim=0),
        PRODUCT: (steepness * inputs).sum(dim=0),
        SMOOTHED: smoothgrad(network, inputs, target=target).sum(dim=0),
    }
    return found | ({CAM: gradcam(network, inputs, target=target, layer=layer)} if layer else {})


def gradient(network: nn.Sequential, inputs: Tensor, *, target: int) -> Tensor:
    """Give how much a class's score rises with each value of a picture, shaped as the picture."""
    return _gradients(network, inputs[None], target)[0]


def smoothgrad(network: nn.Sequential, inputs: Tensor, *, target: int) -> Tensor:
    """Give the mean gradient of a picture with `SAMPLES` draws of noise on it, shaped as the picture."""
    return _gradients(network, inputs + noise(inputs), target).mean(dim=0)


def noise(inputs: Tensor) -> Tensor:
    """Draw SmoothGrad's noise, samples × channels × height × width."""
    generator = torch.Generator().manual_seed(SEED)
    drawn = torch.randn((SAMPLES, *inputs.shape), generator=generator, dtype=inputs.dtype)
    return drawn * deviation(inputs)


def deviation(inputs: Tensor) -> Tensor:
    """Give the standard deviation of SmoothGrad's noise for a picture."""
    return NOISE * (inputs.max() - inputs.min())


def gradcam(network: nn.Sequential, inputs: Tensor, *, target: int, layer: str) -> Tensor:
    """Weigh a layer's maps by the mean gradient of a class's score in each, and add them up: height × width.

    Nothing is cut off at zero as in the paper, so that what speaks against the class is seen too.
    """
    head, tail = _split(network, layer)
    with torch.no_grad():
        maps = head(inputs[None])
    slopes = _gradients(tail, maps, target).mean(dim=(2, 3), keepdim=True)
    weighed: Tensor = slopes * maps
    return weighed.sum(dim=1)[0]


@torch.no_grad()
def occlusion(network: nn.Sequential, inputs: Tensor, square: Square) -> Tensor:
    """Push a square over a picture and give classes × height × width: how far each class's score falls.

    A pixel has the mean over all squares that cover it; squares stay within the picture.
    """
    _, height, width = inputs.shape
    tops, lefts = places(height, square), places(width, square)
    corners = [(top, left) for top in tops for left in lefts]
    hidden = [_hidden_scores(network, inputs, square, some) for some in _chunks(corners)]
    falls = score(network, inputs[None]) - torch.cat(hidden)
    return _spread(falls, corners, inputs, square.size)


def places(length: int, square: Square) -> list[int]:
    """List where a square stands along a side: every so many pixels, and at the end."""
    last = length - square.size
    return sorted({*range(0, last + 1, square.stride), last})


def map_layers(network: nn.Sequential, inputs: Tensor) -> dict[str, tuple[int, int]]:
    """List the layers that put out maps of height and width, and their sizes; the first first."""
    values, found = inputs[None], dict[str, tuple[int, int]]()
    with torch.no_grad():
        for name, layer in network.named_children():
            values = layer(values)
            if values.dim() == 4:
                found[name] = (values.shape[2], values.shape[3])
    return found


def last_convolution(network: nn.Sequential, sizes: Mapping[str, tuple[int, int]]) -> str | None:
    """Name the last convolution whose maps have more than one place, else the last layer that has maps."""
    wide = [name for name, size in sizes.items() if size != (1, 1)]
    convolutions = [name for name in wide if isinstance(network.get_submodule(name), nn.Conv2d | PartialConv2d)]
    return next((names[-1] for names in (convolutions, wide, list(sizes)) if names), None)


def _gradients(network: nn.Sequential, values: Tensor, target: int) -> Tensor:
    values = values.detach().requires_grad_()
    with torch.enable_grad():
        total = score(network, values)[:, target].sum()
        return torch.autograd.grad(total, values, allow_unused=True, materialize_grads=True)[0]


def _split(network: nn.Sequential, layer: str) -> tuple[nn.Sequential, nn.Sequential]:
    layers = list(network.named_children())
    at = [name for name, _ in layers].index(layer) + 1
    return nn.Sequential(OrderedDict(layers[:at])), nn.Sequential(OrderedDict(layers[at:]))


def _chunks(corners: Sequence[tuple[int, int]]) -> list[Sequence[tuple[int, int]]]:
    return [corners[at : at + CHUNK] for at in range(0, len(corners), CHUNK)]


def _hidden_scores(
    network: nn.Sequential, inputs: Tensor, square: Square, corners: Sequence[tuple[int, int]]
) -> Tensor:
    covered = _covered(corners, inputs, square.size)[:, None]
    return score(network, torch.where(covered, square.ground, inputs))


def _covered(corners: Sequence[tuple[int, int]], inputs: Tensor, size: int) -> Tensor:
    """Say which pixels each square covers, squares × height × width."""
    top, left = torch.tensor(corners)[:, :, None].unbind(dim=1)
    rows, columns = torch.arange(inputs.shape[1]), torch.arange(inputs.shape[2])
    down, across = (rows >= top) & (rows < top + size), (columns >= left) & (columns < left + size)
    return down[:, :, None] & across[:, None, :]


def _spread(falls: Tensor, corners: Sequence[tuple[int, int]], inputs: Tensor, size: int) -> Tensor:
    covered = _covered(corners, inputs, size).flatten(start_dim=1).to(falls.dtype)
    mean = falls.T @ covered / covered.sum(dim=0)
    return mean.view(-1, *inputs.shape[1:])
