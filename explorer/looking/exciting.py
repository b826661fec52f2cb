"""What excites a map: the pictures to which it responds most strongly, and where its response to each stands."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor, nn

AT_ONCE = 250  # pictures that pass through the network together


class Responses(NamedTuple):
    """The strongest response of each map to each picture: `values` N×C, and `places` N×C, row by row in a map."""

    values: Tensor
    places: Tensor


class NoSuchLayerError(ValueError):
    """A layer or a map that a network does not have; says which it has."""


@torch.inference_mode()
def responses(network: nn.Sequential, inputs: Tensor, *, layer: str) -> Responses:
    """Find how strongly each map of a layer responds to each of N pictures, of a network in its testing mode.

    `inputs` are N×C×H×W. A feature of a vector is a map of one value. Raises `NoSuchLayerError`.
    """
    found = [_strongest(outputs) for outputs in outputs_of(network, inputs, layer=layer)]
    return Responses(*(torch.cat(each) for each in zip(*found, strict=True)))


@torch.inference_mode()
def outputs_of(network: nn.Sequential, inputs: Tensor, *, layer: str) -> Iterator[Tensor]:
    """Give what a layer puts out for N pictures, some at a time; raises `NoSuchLayerError`."""
    names = [name for name, _ in network.named_children()]
    if layer not in names:
        raise NoSuchLayerError(f"layer: found {layer!r}; this network has {', '.join(names)}.")
    part = network[: names.index(layer) + 1]
    return (part(some) for some in torch.split(inputs, AT_ONCE))


def _strongest(outputs: Tensor) -> tuple[Tensor, Tensor]:
    strongest = outputs.flatten(start_dim=2).max(dim=2) if outputs.dim() > 2 else outputs[..., None].max(dim=2)
    return strongest.values, strongest.indices


def nine_strongest(found: Responses, *, channel: int, among: Tensor | None = None) -> Tensor:
    """Give the numbers of the pictures to which a map responds most strongly, the strongest first; at most nine.

    `among` are N truths: only those pictures count.
    """
    count = found.values.shape[1]
    if not 0 <= channel < count:
        raise NoSuchLayerError(f"map: found {channel}; this layer's go from 0 to {count - 1}.")
    order = found.values[:, channel].argsort(descending=True, stable=True)
    return (order if among is None else order[among[order]])[:9]


def alike_maps(found: Responses) -> Tensor:
    """Give the numbers of the maps that respond alike to all pictures: dead ones do, and tell none from another."""
    return (found.values.amax(dim=0) == found.values.amin(dim=0)).nonzero()[:, 0]
