"""Flattening whose way back gives the gradient in the order of the maps.

torch gives it in the order of the vector, by which the layer before goes through its memory the wrong way.
"""

import torch
from torch import Tensor, nn
from torch.autograd import Function

from explorer.training.kernels.applies import applies


class OrderedFlatten(nn.Flatten):
    """Flattens maps to a vector a picture; anything else is left to torch."""

    def forward(self, input: Tensor) -> Tensor:  # noqa: A002  # torch's own name for it
        """Give N×(C·H·W)."""
        if (self.start_dim, self.end_dim) != (1, -1) or not applies(input):
            return super().forward(input)
        result: Tensor = _Flattening.apply(input)
        return result


class _Flattening(Function):
    @staticmethod
    def forward(ctx: "_Context", x: Tensor) -> Tensor:
        ctx.shape = x.shape
        return x.flatten(1)

    @staticmethod
    def backward(ctx: "_Context", *grads: Tensor) -> Tensor:
        return grads[0].view(ctx.shape).contiguous(memory_format=torch.channels_last)


class _Context:
    shape: torch.Size
