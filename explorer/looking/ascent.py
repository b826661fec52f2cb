"""The picture that excites a map most, found by gradient ascent from faint noise.

Without rules ascent ends in noise that no eye reads, so each step shrinks the picture a little (a decay), every few
steps blur it, and no pixel leaves 0 to 1. They are choices: other rules find other pictures.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn

from explorer.looking.exciting import NoSuchLayerError
from explorer.looking.moving import Move, moved

STEPS = 96
RATE = 0.1  # of a pixel, for a gradient of its usual size
DECAY = 0.01  # of a pixel, a step
BLUR_EVERY, BLUR = 6, 0.6  # steps; standard deviation in pixels
NOISE = 0.05  # of the first picture, around the ground
SEED = 0


class Found(NamedTuple):
    """A picture C×H×W, and the strongest response of the map to it; before any step, where no gradient reached it."""

    picture: Tensor
    value: Tensor
    is_stuck: bool


def ascent(network: nn.Sequential, ground: Tensor, *, layer: str, channel: int) -> Found:
    """Find a picture to which a map of a layer responds strongly in the mean, of a network in its testing mode.

    `ground` C×H×W is where the noise lies around. Raises `NoSuchLayerError`.
    """
    part = _part(network, layer)
    generator = torch.Generator().manual_seed(SEED)
    picture = (ground + NOISE * torch.randn(ground.shape, generator=generator)).clamp(0, 1)
    is_stuck = True
    for step in range(STEPS):
        gradient = _gradient(part, picture, channel)
        size = gradient.square().mean().sqrt()
        if size == 0:
            break
        is_stuck = False
        picture = ((1 - DECAY) * (picture - ground) + ground + RATE * gradient / size).clamp(0, 1)
        if step % BLUR_EVERY == 0 and step < STEPS - 1:
            picture = moved(picture, Move(blur=BLUR), ground)
    with torch.inference_mode():
        return Found(picture, _map(part(picture[None]), channel).max(), is_stuck)


def _part(network: nn.Sequential, layer: str) -> nn.Sequential:
    names = [name for name, _ in network.named_children()]
    if layer not in names:
        raise NoSuchLayerError(f"layer: found {layer!r}; this network has {', '.join(names)}.")
    return network[: names.index(layer) + 1]


def _gradient(part: nn.Sequential, picture: Tensor, channel: int) -> Tensor:
    with torch.enable_grad():
        leaf = picture.detach().clone().requires_grad_()
        (gradient,) = torch.autograd.grad(_map(part(leaf[None]), channel).mean(), leaf)
    return gradient


def _map(outputs: Tensor, channel: int) -> Tensor:
    if not 0 <= channel < outputs.shape[1]:
        raise NoSuchLayerError(f"map: found {channel}; this layer's go from 0 to {outputs.shape[1] - 1}.")
    return outputs[0, channel]
