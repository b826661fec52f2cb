"""What a training step takes of the memory: weights, gradients, optimizer state, and what torch keeps for going back.

An estimate: convolution kernels may take working memory of their own, and torch itself is not counted.
"""

import math
from functools import lru_cache

import torch
from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks
from torch.nn.modules.batchnorm import _BatchNorm

from explorer.architecture.build import build
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import Trace
from explorer.training.cost.way import parts_here
from explorer.training.recipe.devices import PRECISIONS
from explorer.training.recipe.optimizers import state_per_parameter
from explorer.training.recipe.recipe import Recipe

FLOAT_BYTES = 4
COPIES = 3  # the weights, their gradients, and the weights before a step that is probed
PROBE = 2  # pictures: batch normalisation refuses a single one


def training_bytes(trace: Trace, recipe: Recipe, *, train_size: int) -> int:
    """Estimate the bytes of a training step of a network that fits together."""
    copies = COPIES + state_per_parameter(recipe.optimizer, momentum=recipe.momentum)
    copies += parts_here(trace, recipe) - 1  # each part of a batch has gradients of its own
    dtype = PRECISIONS[recipe.precision]
    weights = trace.totals.num_params * (FLOAT_BYTES * copies + _cast_bytes(dtype))
    return weights + min(recipe.batch_size, train_size) * picture_bytes(trace, dtype=dtype)


def _cast_bytes(dtype: torch.dtype) -> int:
    """Count the bytes of the copy of each weight in a precision that is not its own."""
    return 0 if dtype == torch.float32 else dtype.itemsize


def picture_bytes(trace: Trace, *, dtype: torch.dtype = torch.float32) -> int:
    """Count the bytes that each picture of a batch takes: what torch keeps, and the gradient at the widest layer."""
    sizes = [math.prod(trace.architecture.input_shape), *(math.prod(row.output_shape) for row in trace.rows)]
    return kept_bytes(trace, dtype=dtype) + max(sizes) * dtype.itemsize


def kept_bytes(trace: Trace, *, dtype: torch.dtype = torch.float32) -> int:
    """Count the bytes for each picture that torch keeps from the forward pass for the backward pass.

    Torch itself says which: a probe goes through the network on the `meta` device, where nothing is computed or stored.
    """
    return _kept_bytes(trace.architecture, dtype)


@lru_cache(maxsize=512)  # pages ask again with each click, and a sweep for each of its cells
def _kept_bytes(architecture: Architecture, dtype: torch.dtype) -> int:
    kept: dict[int, int] = {}

    def keep(values: Tensor) -> Tensor:
        storage = values.untyped_storage()
        kept[storage._cdata] = storage.nbytes()  # the storage's identity: views and repeats count once
        return values

    with torch.device("meta"):
        network = build(architecture).to(dtype)
        probe = torch.empty((PROBE, *architecture.input_shape), dtype=dtype)
    for norm in network.modules():
        if isinstance(norm, _BatchNorm) and norm.momentum is None:
            norm.momentum = 0.0  # a mean over all batches so far asks for their number, which `meta` does not know
    with saved_tensors_hooks(keep, lambda values: values):
        scores = network(probe)
    for param in network.parameters():
        kept.pop(param.untyped_storage()._cdata, None)
    del scores  # until here it holds what was kept, so that no two storages had one identity
    return sum(kept.values()) // PROBE
