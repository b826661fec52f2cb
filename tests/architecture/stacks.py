"""Random stacks of layers, and torch's own word on them: a witness that shares no code with the package's builder."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, cast

import torch
import torch.nn.functional as F  # noqa: N812  # torch's own name for it
from hypothesis import strategies as st
from torch import Tensor, nn

from explorer.architecture.kinds.activation import (
    ELU,
    GELU,
    LeakyReLU,
    PReLU,
    ReLU,
    ReLU6,
    ScaledTanh,
    Sigmoid,
    SiLU,
    Softplus,
    Tanh,
)
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.historic import GaussianRBF, PartialConv2d, Subsample2d
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.normalisation import BatchNorm1d, BatchNorm2d, LocalResponseNorm
from explorer.architecture.kinds.output import LogSoftmax, Softmax
from explorer.architecture.kinds.pooling import AdaptiveAvgPool2d, AdaptiveMaxPool2d, AvgPool2d, MaxPool2d, Pool2d
from explorer.architecture.kinds.regularisation import Dropout, Dropout2d
from explorer.architecture.kinds.shape import Flatten, Identity, ZeroPad2d
from explorer.architecture.spec import Architecture

REFUSALS = (
    RuntimeError,
    ValueError,
    NotImplementedError,
    IndexError,
)  # what torch raises for a layer that does not fit
MAX_STACK = 8


def _sides(*sizes: int) -> st.SearchStrategy[int | tuple[int, int]]:
    """Draw one number for both sides, now and then one for each."""
    one = st.sampled_from(sizes)
    return one | one | st.tuples(one, one)


_convolutions = st.builds(
    Conv2d,
    out_channels=st.sampled_from([1, 2, 3, 4, 6]),
    kernel_size=_sides(1, 2, 3, 3, 5, 7),
    stride=_sides(1, 1, 1, 2, 3),
    padding=_sides(0, 0, 1, 2, 3),
    dilation=_sides(1, 1, 1, 2, 3),
    groups=st.sampled_from([1, 1, 1, 1, 2, 3]),
    bias=st.booleans(),
)


def _poolings(kind: type[Pool2d]) -> st.SearchStrategy[Pool2d]:
    return st.builds(
        kind,
        kernel_size=_sides(1, 2, 2, 3, 5),
        stride=st.none() | _sides(1, 2, 3),
        padding=_sides(0, 0, 0, 1, 2),
        ceil_mode=st.booleans(),
    )


@st.composite
def _partial_convolutions(draw: st.DrawFn) -> PartialConv2d:
    """Draw one that mostly sees the first maps only, so that most of them fit."""
    last = draw(st.sampled_from([0, 0, 1, 2, 5]))
    inputs = st.lists(st.integers(0, last), min_size=1, max_size=4, unique=True).map(tuple)
    connections = tuple(draw(st.lists(inputs, min_size=1, max_size=4)))
    kernel_size = draw(st.sampled_from([1, 2, 3, 5]))
    return PartialConv2d(out_channels=len(connections), kernel_size=kernel_size, connections=connections)


_subsamplings = st.builds(Subsample2d, kernel_size=st.sampled_from([1, 2, 2, 3]))
_coefficients = st.floats(min_value=0, max_value=2)
_plain = st.sampled_from(
    [
        *(Sigmoid(), Tanh(), ScaledTanh(), ReLU()),
        *(ELU(), GELU(), SiLU(), Softplus()),
        *(ReLU6(), PReLU(init=0.1), Identity()),
    ]
)
_anywhere = st.one_of(
    _plain,
    st.builds(LeakyReLU, negative_slope=st.floats(min_value=-1, max_value=1)),
    st.builds(Dropout, p=st.floats(min_value=0, max_value=0.9)),
    st.builds(Linear, out_features=st.integers(1, 12), bias=st.booleans()),
    st.just(Flatten()),
    st.builds(PReLU, num_parameters=st.integers(1, 6)),
    st.builds(Softmax, dim=st.sampled_from([-1, 1, 2, 3])),
    st.builds(LogSoftmax, dim=st.sampled_from([-1, 1, 2, 3])),
)
_batch_norm = {"eps": st.sampled_from([1e-5, 0.1]), "momentum": st.sampled_from([0.1, 0.9, None])}
_zeros = st.integers(0, 4)
_on_maps = st.one_of(
    _convolutions,
    _poolings(MaxPool2d),
    _poolings(AvgPool2d),
    _subsamplings,
    _partial_convolutions(),
    st.builds(AdaptiveAvgPool2d, output_size=_sides(*range(1, 7))),
    st.builds(AdaptiveMaxPool2d, output_size=_sides(*range(1, 7))),
    st.builds(ZeroPad2d, padding=_zeros | st.tuples(_zeros, _zeros, _zeros, _zeros)),
    st.builds(Dropout2d, p=st.floats(min_value=0, max_value=0.9)),
    st.builds(BatchNorm2d, **_batch_norm),
    st.builds(
        LocalResponseNorm,
        size=st.integers(1, 6),
        alpha=_coefficients,
        beta=_coefficients,
        k=st.floats(min_value=0.5, max_value=2),
    ),
)
_on_rows = st.builds(BatchNorm1d, **_batch_norm) | st.builds(GaussianRBF, out_features=st.integers(1, 12))
any_layer = cast(st.SearchStrategy[Layer], st.one_of(_on_maps, _anywhere, _on_rows))
sliding_layer = cast(
    st.SearchStrategy[Layer],
    st.one_of(
        _convolutions,
        _poolings(MaxPool2d),
        _poolings(AvgPool2d),
        _subsamplings,
        _partial_convolutions(),
    ),
)
input_shapes = st.tuples(st.integers(1, 4), st.integers(1, 24), st.integers(1, 24))
MISFITS: tuple[Layer, ...] = (
    Conv2d(out_channels=2, kernel_size=9),
    Conv2d(out_channels=2, kernel_size=5, padding=1, dilation=6),
    Conv2d(out_channels=7, kernel_size=3, groups=5),
    MaxPool2d(kernel_size=3, padding=2),
    AvgPool2d(kernel_size=11, stride=2, padding=2),
    BatchNorm1d(),
    BatchNorm2d(),
    AdaptiveAvgPool2d(output_size=3),
    Subsample2d(kernel_size=9),
    PartialConv2d(out_channels=2, kernel_size=3, connections=((0, 7), (9,))),
    GaussianRBF(out_features=3),
    Conv2d(out_channels=2, kernel_size=(1, 11)),
    PReLU(num_parameters=7),
    Softmax(dim=3),
)


@st.composite
def architectures(draw: st.DrawFn) -> Architecture:
    """Draw a stack of maps, then of rows, now and then with a layer of any kind anywhere, so that some do not fit."""
    maps = draw(st.lists(_on_maps | _plain | _on_maps, max_size=MAX_STACK))
    rows = draw(st.lists(_anywhere | _on_rows, max_size=4))
    layers = [*maps, *([Flatten(), *rows] if rows else [])]
    for stray in draw(st.lists(any_layer, max_size=1)):
        layers.insert(draw(st.integers(0, len(layers))), stray)
    return Architecture(name="random", input_shape=draw(input_shapes), layers=cast(tuple[Layer, ...], tuple(layers)))


@st.composite
def broken(draw: st.DrawFn) -> Architecture:
    """Draw a stack with a layer that hardly ever fits."""
    architecture = draw(architectures())
    misfit = draw(st.sampled_from(MISFITS))
    place = draw(st.integers(0, len(architecture.layers)))
    layers = (*architecture.layers[:place], misfit, *architecture.layers[place:])
    return Architecture(name=architecture.name, input_shape=architecture.input_shape, layers=layers)


class Passed(NamedTuple):
    """What torch did with one layer on real tensors."""

    module: nn.Module
    output_shape: tuple[int, ...]
    num_params: int


def pass_through(architecture: Architecture) -> Iterator[Passed]:
    """Pass a real tensor of two pictures through torch's modules, one layer at a time; raises what torch raises."""
    x = torch.rand(2, *architecture.input_shape)
    for layer in architecture.layers:
        module = torch_module(layer, x).eval()
        with torch.no_grad():
            x = module(x)
        if len(x) != 2:
            raise ValueError(f"{module} mixes the pictures of a batch")
        yield Passed(module, tuple(x.shape[1:]), sum(parameter.numel() for parameter in module.parameters()))


def torch_module(layer: Layer, x: Tensor) -> nn.Module:
    """Write out torch's call for one layer that gets `x`."""
    return MAKERS[type(layer).__name__](layer, x)


class SumThenScale(nn.Module):
    """LeNet-5's subsampling from torch's parts: the mean times its window's size, then a 1×1 convolution a map."""

    def __init__(self, channels: int, kernel_size: int) -> None:
        super().__init__()
        self.mean, self.area = nn.AvgPool2d(kernel_size), kernel_size**2
        self.scale = nn.Conv2d(channels, channels, 1, groups=channels)

    def forward(self, x: Tensor) -> Tensor:
        return cast(Tensor, self.scale(self.mean(x) * self.area))


class MapByMap(nn.Module):
    """A partial convolution as one plain convolution for each output map."""

    def __init__(self, layer: PartialConv2d) -> None:
        super().__init__()
        self.inputs = [list(inputs) for inputs in layer.connections]
        self.maps = nn.ModuleList(nn.Conv2d(len(inputs), 1, layer.kernel_size) for inputs in self.inputs)

    def forward(self, x: Tensor) -> Tensor:
        return torch.cat([one(x[:, inputs]) for one, inputs in zip(self.maps, self.inputs, strict=True)], dim=1)


class Distances(nn.Module):
    """Squared distances to fixed codes, the products in a Linear so that torch counts them."""

    def __init__(self, in_features: int, out_features: int) -> None:
        super().__init__()
        self.codes = nn.Linear(in_features, out_features, bias=False)

    def forward(self, x: Tensor) -> Tensor:
        if x.dim() != 2:
            raise ValueError("no row")
        return cast(Tensor, (x**2).sum(1, keepdim=True) + (self.codes.weight**2).sum(1) - 2 * self.codes(x))


class OnMaps(nn.Module):
    """A module that torch would also let take rows, as if they were one map."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, x: Tensor) -> Tensor:
        if x.dim() != 4:
            raise ValueError("no maps")
        return cast(Tensor, self.module(x))


class Scaled(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return 1.7159 * F.tanh(2 * x / 3)


MAKERS: dict[str, Callable[[Any, Tensor], nn.Module]] = {
    "Conv2d": lambda layer, x: nn.Conv2d(
        x.shape[1],
        layer.out_channels,
        layer.kernel_size,
        layer.stride,
        layer.padding,
        layer.dilation,
        layer.groups,
        layer.bias,
    ),
    "MaxPool2d": lambda layer, _: nn.MaxPool2d(
        layer.kernel_size, layer.stride, layer.padding, ceil_mode=layer.ceil_mode
    ),
    "AvgPool2d": lambda layer, _: nn.AvgPool2d(layer.kernel_size, layer.stride, layer.padding, layer.ceil_mode),
    "AdaptiveAvgPool2d": lambda layer, _: nn.AdaptiveAvgPool2d(layer.output_size),
    "AdaptiveMaxPool2d": lambda layer, _: nn.AdaptiveMaxPool2d(layer.output_size),
    "ZeroPad2d": lambda layer, _: OnMaps(nn.ZeroPad2d(layer.padding)),
    "Dropout2d": lambda layer, _: OnMaps(nn.Dropout2d(layer.p)),
    "PReLU": lambda layer, _: nn.PReLU(layer.num_parameters, layer.init),
    "ReLU6": lambda *_: nn.ReLU6(),
    "Softmax": lambda layer, _: nn.Softmax(layer.dim),
    "LogSoftmax": lambda layer, _: nn.LogSoftmax(layer.dim),
    "Identity": lambda *_: nn.Identity(),
    "BatchNorm2d": lambda layer, x: nn.BatchNorm2d(x.shape[1], layer.eps, layer.momentum),
    "BatchNorm1d": lambda layer, x: nn.BatchNorm1d(x.shape[1], layer.eps, layer.momentum),
    "LocalResponseNorm": lambda layer, _: nn.LocalResponseNorm(layer.size, layer.alpha, layer.beta, layer.k),
    "LeakyReLU": lambda layer, _: nn.LeakyReLU(layer.negative_slope),
    "Dropout": lambda layer, _: nn.Dropout(layer.p),
    "Flatten": lambda *_: nn.Flatten(),
    "Linear": lambda layer, x: nn.Linear(x.shape[-1], layer.out_features, layer.bias),
    "Sigmoid": lambda *_: nn.Sigmoid(),
    "Tanh": lambda *_: nn.Tanh(),
    "ReLU": lambda *_: nn.ReLU(),
    "ELU": lambda *_: nn.ELU(),
    "GELU": lambda *_: nn.GELU(),
    "SiLU": lambda *_: nn.SiLU(),
    "Softplus": lambda *_: nn.Softplus(),
    "ScaledTanh": lambda *_: Scaled(),
    "Subsample2d": lambda layer, x: SumThenScale(x.shape[1], layer.kernel_size),
    "PartialConv2d": lambda layer, _: MapByMap(layer),
    "GaussianRBF": lambda layer, x: Distances(x.shape[-1], layer.out_features),
}
