"""Random stacks of layers, and torch's own word on them: a witness that shares no code with the package's builder."""

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, cast

import torch
import torch.nn.functional as F  # noqa: N812  # torch's own name for it
from hypothesis import strategies as st
from torch import Tensor, nn

from explorer.architecture import layers as kinds
from explorer.architecture.layers import Layer
from explorer.architecture.spec import Architecture

REFUSALS = (
    RuntimeError,
    ValueError,
    NotImplementedError,
    IndexError,
)  # what torch raises for a layer that does not fit
MAX_STACK = 8

_convolutions = st.builds(
    kinds.Conv2d,
    out_channels=st.sampled_from([1, 2, 3, 4, 6]),
    kernel_size=st.sampled_from([1, 2, 3, 3, 5, 7]),
    stride=st.sampled_from([1, 1, 1, 2, 3]),
    padding=st.sampled_from([0, 0, 1, 2, 3]),
    dilation=st.sampled_from([1, 1, 1, 2, 3]),
    groups=st.sampled_from([1, 1, 1, 1, 2, 3]),
    bias=st.booleans(),
)


def _poolings(kind: type[kinds.Pool2d]) -> st.SearchStrategy[kinds.Pool2d]:
    return st.builds(
        kind,
        kernel_size=st.sampled_from([1, 2, 2, 3, 5]),
        stride=st.sampled_from([None, None, 1, 2, 3]),
        padding=st.sampled_from([0, 0, 0, 1, 2]),
        ceil_mode=st.booleans(),
    )


@st.composite
def _partial_convolutions(draw: st.DrawFn) -> kinds.PartialConv2d:
    """Draw one that mostly sees the first maps only, so that most of them fit."""
    last = draw(st.sampled_from([0, 0, 1, 2, 5]))
    inputs = st.lists(st.integers(0, last), min_size=1, max_size=4, unique=True).map(tuple)
    connections = tuple(draw(st.lists(inputs, min_size=1, max_size=4)))
    kernel_size = draw(st.sampled_from([1, 2, 3, 5]))
    return kinds.PartialConv2d(out_channels=len(connections), kernel_size=kernel_size, connections=connections)


_subsamplings = st.builds(kinds.Subsample2d, kernel_size=st.sampled_from([1, 2, 2, 3]))
_coefficients = st.floats(min_value=0, max_value=2)
_plain = st.sampled_from(
    [
        *(kinds.Sigmoid(), kinds.Tanh(), kinds.ScaledTanh(), kinds.ReLU()),
        *(kinds.ELU(), kinds.GELU(), kinds.SiLU(), kinds.Softplus()),
    ]
)
_anywhere = st.one_of(
    _plain,
    st.builds(kinds.LeakyReLU, negative_slope=st.floats(min_value=-1, max_value=1)),
    st.builds(kinds.Dropout, p=st.floats(min_value=0, max_value=0.9)),
    st.builds(kinds.Linear, out_features=st.integers(1, 12), bias=st.booleans()),
    st.just(kinds.Flatten()),
)
_on_maps = st.one_of(
    _convolutions,
    _poolings(kinds.MaxPool2d),
    _poolings(kinds.AvgPool2d),
    _subsamplings,
    _partial_convolutions(),
    st.builds(kinds.AdaptiveAvgPool2d, output_size=st.integers(1, 6)),
    st.just(kinds.BatchNorm2d()),
    st.builds(
        kinds.LocalResponseNorm, size=st.integers(1, 6), alpha=_coefficients, beta=_coefficients, k=_coefficients
    ),
)
_on_rows = st.just(kinds.BatchNorm1d()) | st.builds(kinds.GaussianRBF, out_features=st.integers(1, 12))
any_layer = cast(st.SearchStrategy[Layer], st.one_of(_on_maps, _anywhere, _on_rows))
sliding_layer = cast(
    st.SearchStrategy[Layer],
    st.one_of(
        _convolutions,
        _poolings(kinds.MaxPool2d),
        _poolings(kinds.AvgPool2d),
        _subsamplings,
        _partial_convolutions(),
    ),
)
input_shapes = st.tuples(st.integers(1, 4), st.integers(1, 24), st.integers(1, 24))
MISFITS: tuple[Layer, ...] = (
    kinds.Conv2d(out_channels=2, kernel_size=9),
    kinds.Conv2d(out_channels=2, kernel_size=5, padding=1, dilation=6),
    kinds.Conv2d(out_channels=7, kernel_size=3, groups=5),
    kinds.MaxPool2d(kernel_size=3, padding=2),
    kinds.AvgPool2d(kernel_size=11, stride=2, padding=2),
    kinds.BatchNorm1d(),
    kinds.BatchNorm2d(),
    kinds.AdaptiveAvgPool2d(output_size=3),
    kinds.Subsample2d(kernel_size=9),
    kinds.PartialConv2d(out_channels=2, kernel_size=3, connections=((0, 7), (9,))),
    kinds.GaussianRBF(out_features=3),
)


@st.composite
def architectures(draw: st.DrawFn) -> Architecture:
    """Draw a stack of maps, then of rows, now and then with a layer of any kind anywhere, so that some do not fit."""
    maps = draw(st.lists(_on_maps | _plain | _on_maps, max_size=MAX_STACK))
    rows = draw(st.lists(_anywhere | _on_rows, max_size=4))
    layers = [*maps, *([kinds.Flatten(), *rows] if rows else [])]
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

    def __init__(self, layer: kinds.PartialConv2d) -> None:
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
    "BatchNorm2d": lambda _, x: nn.BatchNorm2d(x.shape[1]),
    "BatchNorm1d": lambda _, x: nn.BatchNorm1d(x.shape[1]),
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
