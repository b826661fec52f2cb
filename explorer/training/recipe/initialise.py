"""The first weights a recipe can ask for: the one dictionary that the loop uses and that menus list.

Fan-in is the number of inputs that a unit sees: kernel positions times input channels of its group.
"""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor, nn

from explorer.architecture.historic.modules import PartialConv2d

Weighted = nn.Conv2d | nn.Linear | PartialConv2d
CONV_WITH_ONES = (2, 4, 5)  # AlexNet's convolutions whose biases begin at 1


def leave(network: nn.Module) -> None:
    """Keep the weights that torch drew when it built the layers."""


def xavier(network: nn.Module) -> None:
    """Draw the weights of Conv2d and Linear from Xavier's uniform distribution, as the book does; biases stay.

    Variance 2 / (inputs + outputs of a unit): Glorot and Bengio 2010, equation 16. Other kinds of layers keep theirs.
    """
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear):
            nn.init.xavier_uniform_(layer.weight)


def keras(network: nn.Module) -> None:
    """Draw the weights as `xavier` does, biases 0: what Keras does where nothing is said."""
    xavier(network)
    for layer in network.modules():
        if isinstance(layer, nn.Conv2d | nn.Linear) and layer.bias is not None:
            nn.init.zeros_(layer.bias)


def kaiming(network: nn.Module) -> None:
    """Draw the weights normally with variance 2 / fan-in, biases 0: He et al. 2015, equation 10, made for ReLU."""
    _draw_normal(network, gain=2.0)


def lecun(network: nn.Module) -> None:
    """Draw the weights normally with variance 1 / fan-in, biases 0: LeCun et al. 1998, Efficient BackProp, 4.6."""
    _draw_normal(network, gain=1.0)


@torch.no_grad()
def lenet5(network: nn.Module) -> None:
    """Draw weights and biases uniformly within ±2.4 / fan-in: LeCun et al. 1998, appendix A.

    Subsampling keeps its coefficients at the mean: around zero they would switch maps off.
    """
    for layer in _weighted(network):
        layer.weight.uniform_(-2.4, 2.4).div_(_fan_in(layer))
        if layer.bias is not None:
            layer.bias.uniform_(-2.4, 2.4).div_(_fan_in_of_bias(layer))


@torch.no_grad()
def alexnet(network: nn.Module) -> None:
    """Draw the weights normally with deviation 0.01; biases 1 in conv 2, 4, 5 and the hidden dense layers, else 0.

    Krizhevsky et al. 2012, section 5. Layers are counted, so a network of another shape gets the same places.
    """
    layers = list(_weighted(network))
    convolutions = [layer for layer in layers if not isinstance(layer, nn.Linear)]
    hidden = [layer for layer in layers if isinstance(layer, nn.Linear)][:-1]
    with_ones = [*(layer for number, layer in enumerate(convolutions, 1) if number in CONV_WITH_ONES), *hidden]
    for layer in layers:
        layer.weight.normal_(std=0.01)
        if layer.bias is not None:
            layer.bias.fill_(float(any(layer is one for one in with_ones)))


@torch.no_grad()
def zeros(network: nn.Module) -> None:
    """Begin with nothing: every unit of a layer is then the same as its neighbours, and stays so."""
    for layer in _weighted(network):
        layer.weight.zero_()
        if layer.bias is not None:
            layer.bias.zero_()


INITS: dict[str, Callable[[nn.Module], None]] = {
    "default": leave,
    "xavier": xavier,
    "keras": keras,
    "kaiming": kaiming,
    "lecun": lecun,
    "lenet5": lenet5,
    "alexnet": alexnet,
    "zeros": zeros,
}


@torch.no_grad()
def _draw_normal(network: nn.Module, *, gain: float) -> None:
    for layer in _weighted(network):
        layer.weight.normal_().mul_((gain / _fan_in(layer)).sqrt())
        if layer.bias is not None:
            layer.bias.zero_()


def _weighted(network: nn.Module) -> Iterator[Weighted]:
    return (layer for layer in network.modules() if isinstance(layer, Weighted))


def _fan_in(layer: Weighted) -> Tensor:
    """Count the inputs of the units that each weight belongs to, in a shape that divides the weight."""
    if isinstance(layer, PartialConv2d):
        return _fan_in_of_bias(layer)[layer.kernels // layer.shape[1]].view(-1, 1, 1)
    return torch.tensor(float(layer.weight[0].numel()))


def _fan_in_of_bias(layer: Weighted) -> Tensor:
    """Count the inputs of each unit that has the bias: in a partial convolution, each map's own."""
    if isinstance(layer, PartialConv2d):
        out_channels, in_channels, height, width = layer.shape
        return torch.bincount(layer.kernels // in_channels, minlength=out_channels) * float(height * width)
    return _fan_in(layer)
