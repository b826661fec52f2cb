"""The layers that have a kernel, and how a network comes to use them."""

from torch import nn

from explorer.training.kernels.convolution import NarrowConv2d
from explorer.training.kernels.flatten import OrderedFlatten
from explorer.training.kernels.pooling import NarrowAvgPool2d

KERNELS: dict[type[nn.Module], type[nn.Module]] = {
    nn.Conv2d: NarrowConv2d,
    nn.AvgPool2d: NarrowAvgPool2d,
    nn.Flatten: OrderedFlatten,
}


def use_kernels(network: nn.Module) -> None:
    """Let a network's layers compute by the kernels; all else of them stays, their weights and names too."""
    for layer in network.modules():
        if (kernel := KERNELS.get(type(layer))) is not None:
            layer.__class__ = kernel  # it has the same fields, and overrides how it computes alone
