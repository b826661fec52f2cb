"""The first weights a recipe can ask for: the one dictionary that the loop uses and that menus list."""

from collections.abc import Callable

from torch import nn


def leave(network: nn.Module) -> None:
    """Keep the weights that torch drew when it built the layers."""


def xavier(network: nn.Module) -> None:
    """Draw the weights of Conv2d and Linear from Xavier's uniform distribution, as the book does; biases stay.

    Variance 2 / (inputs + outputs of a unit): Glorot and Bengio 2010, equation 16. Other kinds of layers keep theirs.
    """
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.xavier_uniform_(layer.weight)


INITS: dict[str, Callable[[nn.Module], None]] = {"default": leave, "xavier": xavier}
