"""Random stacks from a seed alone, small enough to check many thousands of them on real tensors."""

import random
from collections.abc import Callable
from typing import cast

from explorer.architecture import layers as kinds
from explorer.architecture.layers import Layer
from explorer.architecture.spec import Architecture

MAX_MAPS = 7  # layers before Flatten
MAX_ROWS = 3
Draw = Callable[[random.Random], Layer]


def random_stack(seed: int) -> Architecture:
    """Draw a stack of maps, then often of rows; one in four has a stray layer anywhere, so that some do not fit."""
    draw = random.Random(seed)
    layers = [draw.choice(ON_MAPS)(draw) for _ in range(draw.randint(0, MAX_MAPS))]
    if draw.random() < 0.6:
        layers += [kinds.Flatten(), *(draw.choice(ON_ROWS)(draw) for _ in range(draw.randint(0, MAX_ROWS)))]
    if draw.random() < 0.25:
        layers.insert(draw.randint(0, len(layers)), draw.choice([*ON_MAPS, *ON_ROWS, *MISFITS])(draw))
    size = (draw.randint(1, 4), draw.randint(1, 24), draw.randint(1, 24))
    return Architecture(name=f"stack {seed}", input_shape=size, layers=tuple(layers))


def _convolution(draw: random.Random) -> Layer:
    return kinds.Conv2d(
        out_channels=draw.choice([1, 2, 3, 4, 6]),
        kernel_size=draw.choice([1, 2, 3, 3, 5]),
        stride=draw.choice([1, 1, 1, 2, 3]),
        padding=draw.choice([0, 1, 1, 2, 3]),
        dilation=draw.choice([1, 1, 1, 1, 2, 3]),
        groups=draw.choice([1, 1, 1, 1, 1, 2, 3]),
        bias=draw.random() < 0.7,
    )


def _pooling(draw: random.Random) -> Layer:
    kind = draw.choice([kinds.MaxPool2d, kinds.AvgPool2d])
    stride, padding = draw.choice([None, None, 1, 2, 3]), draw.choice([0, 0, 0, 1])
    kernel_size = draw.choice([1, 2, 2, 3])
    return cast(Layer, kind(kernel_size=kernel_size, stride=stride, padding=padding, ceil_mode=draw.random() < 0.4))


def _partial_convolution(draw: random.Random) -> Layer:
    maps = draw.choice([1, 1, 2, 3, 6])
    lists = [tuple(draw.sample(range(maps), draw.randint(1, maps))) for _ in range(draw.randint(1, 4))]
    size = draw.choice([1, 2, 3])
    return kinds.PartialConv2d(out_channels=len(lists), kernel_size=size, connections=tuple(lists))


def _response_norm(draw: random.Random) -> Layer:
    alpha, beta, k = (round(draw.uniform(0, 2), 3) for _ in range(3))
    return kinds.LocalResponseNorm(size=draw.randint(1, 6), alpha=alpha, beta=beta, k=k)


def _linear(draw: random.Random) -> Layer:
    return kinds.Linear(out_features=draw.randint(1, 12), bias=draw.random() < 0.7)


def _activation(draw: random.Random) -> Layer:
    slope = round(draw.uniform(-1, 1), 3)
    plain = (kinds.Sigmoid, kinds.Tanh, kinds.ScaledTanh, kinds.ReLU, kinds.ELU, kinds.GELU, kinds.SiLU, kinds.Softplus)
    return draw.choice([kinds.LeakyReLU(negative_slope=slope), *(kind() for kind in plain)])


def _dropout(draw: random.Random) -> Layer:
    return kinds.Dropout(p=round(draw.uniform(0, 0.9), 3))


ON_MAPS: list[Draw] = [
    *(_convolution, _convolution, _pooling, _pooling, _partial_convolution, _response_norm, _activation, _activation),
    lambda draw: kinds.Subsample2d(kernel_size=draw.choice([1, 2, 2, 3])),
    lambda draw: kinds.AdaptiveAvgPool2d(output_size=draw.randint(1, 6)),
    lambda _: kinds.BatchNorm2d(),
    *(_dropout, _linear),
]
ON_ROWS: list[Draw] = [
    *(_linear, _linear, _activation, _dropout),
    lambda _: kinds.BatchNorm1d(),
    lambda draw: kinds.GaussianRBF(out_features=draw.randint(1, 12)),
]
MISFITS: list[Draw] = [
    lambda _: kinds.Conv2d(out_channels=2, kernel_size=9),
    lambda _: kinds.Conv2d(out_channels=7, kernel_size=3, groups=5),
    lambda _: kinds.MaxPool2d(kernel_size=3, padding=2),
    lambda _: kinds.Flatten(),
]
