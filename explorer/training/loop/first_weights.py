"""The first weights of a network: drawn as its recipe says and, in a race, taken from the network all start from."""

import torch
from torch import nn

from explorer.architecture.analysis.difference import align
from explorer.architecture.build import build
from explorer.architecture.spec import Architecture
from explorer.training.recipe.initialise import INITS
from explorer.training.recipe.recipe import Job


def first_network(job: Job) -> nn.Sequential:
    """Build a job's network with its first weights, drawn from torch's generator.

    Where the job names a network to start from, that one is drawn as if it were the job's own, and each layer takes
    the weights of the layer that it stands for, if they have the same shapes; other layers keep weights of their own.
    The generator is left as that network leaves it, so that dropout drops the same as there.
    """
    state = torch.get_rng_state()
    network = _draw(job.architecture, job.recipe.init)
    if job.start is not None:
        torch.set_rng_state(state)
        _take(network, _draw(job.start, job.recipe.init), job.architecture, job.start)
    return network


def _draw(architecture: Architecture, init: str) -> nn.Sequential:
    network = build(architecture)
    INITS[init](network)
    return network


def _take(network: nn.Sequential, first: nn.Sequential, ours: Architecture, theirs: Architecture) -> None:
    pairs = align(ours.layers, theirs.layers)
    couples = [(pair.ours, pair.theirs) for pair in pairs if pair.ours is not None and pair.theirs is not None]
    for here, there in couples:
        if _shapes(network[here]) == _shapes(first[there]):
            network[here].load_state_dict(first[there].state_dict())


def _shapes(layer: nn.Module) -> dict[str, torch.Size]:
    return {name: value.shape for name, value in layer.state_dict().items()}
