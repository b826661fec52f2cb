"""Random stacks from a seed alone, small enough to check many thousands of them on real tensors."""

import random
from collections.abc import Callable
from typing import cast

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
from explorer.architecture.kinds.pooling import AdaptiveAvgPool2d, AdaptiveMaxPool2d, AvgPool2d, MaxPool2d
from explorer.architecture.kinds.regularisation import Dropout, Dropout2d
from explorer.architecture.kinds.shape import Flatten, Identity, ZeroPad2d
from explorer.architecture.spec import Architecture

MAX_MAPS = 7  # layers before Flatten
MAX_ROWS = 3
Draw = Callable[[random.Random], Layer]


def random_stack(seed: int) -> Architecture:
    """Draw a stack of maps, then often of rows; one in four has a stray layer anywhere, so that some do not fit."""
    draw = random.Random(seed)
    layers = [draw.choice(ON_MAPS)(draw) for _ in range(draw.randint(0, MAX_MAPS))]
    if draw.random() < 0.6:
        layers += [Flatten(), *(draw.choice(ON_ROWS)(draw) for _ in range(draw.randint(0, MAX_ROWS)))]
    if draw.random() < 0.25:
        layers.insert(draw.randint(0, len(layers)), draw.choice([*ON_MAPS, *ON_ROWS, *MISFITS])(draw))
    size = (draw.randint(1, 4), draw.randint(1, 24), draw.randint(1, 24))
    return Architecture(name=f"stack {seed}", input_shape=size, layers=tuple(layers))


def _sides(draw: random.Random, *sizes: int) -> int | tuple[int, int]:
    """Draw one number for both sides, now and then one for each."""
    both = draw.choice(sizes)
    return (both, draw.choice(sizes)) if draw.random() < 0.2 else both


def _convolution(draw: random.Random) -> Layer:
    return Conv2d(
        out_channels=draw.choice([1, 2, 3, 4, 6]),
        kernel_size=_sides(draw, 1, 2, 3, 3, 5),
        stride=_sides(draw, 1, 1, 1, 2, 3),
        padding=_sides(draw, 0, 1, 1, 2, 3),
        dilation=_sides(draw, 1, 1, 1, 1, 2, 3),
        groups=draw.choice([1, 1, 1, 1, 1, 2, 3]),
        bias=draw.random() < 0.7,
    )


def _pooling(draw: random.Random) -> Layer:
    kind = draw.choice([MaxPool2d, AvgPool2d])
    stride, padding = draw.choice([None, None, 1, 2, 3]), draw.choice([0, 0, 0, 1])
    kernel_size = _sides(draw, 1, 2, 2, 3)
    return cast(Layer, kind(kernel_size=kernel_size, stride=stride, padding=padding, ceil_mode=draw.random() < 0.4))


def _partial_convolution(draw: random.Random) -> Layer:
    maps = draw.choice([1, 1, 2, 3, 6])
    lists = [tuple(draw.sample(range(maps), draw.randint(1, maps))) for _ in range(draw.randint(1, 4))]
    size = draw.choice([1, 2, 3])
    return PartialConv2d(out_channels=len(lists), kernel_size=size, connections=tuple(lists))


def _response_norm(draw: random.Random) -> Layer:
    alpha, beta, k = (round(draw.uniform(0, 2), 3) for _ in range(3))
    return LocalResponseNorm(size=draw.randint(1, 6), alpha=alpha, beta=beta, k=k)


def _linear(draw: random.Random) -> Layer:
    return Linear(out_features=draw.randint(1, 12), bias=draw.random() < 0.7)


def _activation(draw: random.Random) -> Layer:
    slope = round(draw.uniform(-1, 1), 3)
    plain = (Sigmoid, Tanh, ScaledTanh, ReLU, ReLU6, Identity, ELU, GELU, SiLU, Softplus)
    return draw.choice([LeakyReLU(negative_slope=slope), *(kind() for kind in plain), PReLU()])


def _dropout(draw: random.Random) -> Layer:
    return Dropout(p=round(draw.uniform(0, 0.9), 3))


def _softmax(draw: random.Random) -> Layer:
    return draw.choice([Softmax, LogSoftmax])(dim=draw.choice([1, -1]))


ON_MAPS: list[Draw] = [
    *(_convolution, _convolution, _pooling, _pooling, _partial_convolution, _response_norm, _activation, _activation),
    lambda draw: Subsample2d(kernel_size=draw.choice([1, 2, 2, 3])),
    lambda draw: AdaptiveAvgPool2d(output_size=_sides(draw, *range(1, 7))),
    lambda draw: AdaptiveMaxPool2d(output_size=_sides(draw, *range(1, 7))),
    lambda draw: ZeroPad2d(padding=(draw.randint(0, 2), draw.randint(0, 2), draw.randint(0, 2), draw.randint(0, 2))),
    lambda _: BatchNorm2d(),
    *(_dropout, _linear, _softmax),
    lambda draw: Dropout2d(p=round(draw.uniform(0, 0.9), 3)),
]
ON_ROWS: list[Draw] = [
    *(_linear, _linear, _activation, _dropout, _softmax),
    lambda _: BatchNorm1d(),
    lambda draw: GaussianRBF(out_features=draw.randint(1, 12)),
]
MISFITS: list[Draw] = [
    lambda _: Conv2d(out_channels=2, kernel_size=9),
    lambda _: Conv2d(out_channels=7, kernel_size=3, groups=5),
    lambda _: MaxPool2d(kernel_size=3, padding=2),
    lambda _: Flatten(),
]
