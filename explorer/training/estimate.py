"""What a training step takes of the memory, by the sizes in the trace.

A lower estimate: convolution kernels may take working memory of their own, and torch itself is not counted.
"""

import math

from explorer.architecture.trace import Trace
from explorer.training.optimizers import state_per_parameter
from explorer.training.recipe import Recipe

FLOAT_BYTES = 4


def training_bytes(trace: Trace, recipe: Recipe, *, train_size: int) -> int:
    """Estimate the bytes of a training step: weights, gradients, optimizer state, and a batch's activations."""
    copies = 2 + state_per_parameter(recipe.optimizer, momentum=recipe.momentum)
    weights = trace.totals.num_params * FLOAT_BYTES * copies
    return weights + min(recipe.batch_size, train_size) * activation_bytes(trace)


def activation_bytes(trace: Trace) -> int:
    """Count the bytes that one picture leaves between the passes: each layer's output, and the largest once more.

    The backward pass needs them all, and while it passes a layer also the gradient of that layer's output.
    """
    sizes = [math.prod(trace.architecture.input_shape) * FLOAT_BYTES, *(row.output_bytes for row in trace.rows)]
    return sum(sizes) + max(sizes)
