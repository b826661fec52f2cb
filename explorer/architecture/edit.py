"""Edits of a design: pure functions from one architecture to the next."""

from typing import cast

import msgspec
from msgspec.structs import replace

from explorer.architecture import layers as kinds
from explorer.architecture.layers import ACTIVATIONS, MAX_CONNECTIONS, POOLINGS, Layer
from explorer.architecture.spec import Architecture

# What a new layer starts with, where torch has no default.
NEW: dict[str, Layer] = {
    "Conv2d": kinds.Conv2d(out_channels=16, kernel_size=3, padding=1),
    "MaxPool2d": kinds.MaxPool2d(kernel_size=2, stride=2),
    "AvgPool2d": kinds.AvgPool2d(kernel_size=2, stride=2),
    "AdaptiveAvgPool2d": kinds.AdaptiveAvgPool2d(output_size=1),
    "LocalResponseNorm": kinds.LocalResponseNorm(size=5),
    "Linear": kinds.Linear(out_features=10),
    "PartialConv2d": kinds.PartialConv2d(out_channels=16, kernel_size=5, connections=()),  # its place connects it
    "GaussianRBF": kinds.GaussianRBF(out_features=10),
}


def new_layer(kind: str) -> Layer:
    """Give a layer of a kind with settings to start from."""
    return NEW.get(kind) or _make(kind, {})


def change_kind(layer: Layer, kind: str) -> Layer:
    """Make a layer another kind, keeping the settings that both have."""
    settings = msgspec.structs.asdict(new_layer(kind))
    old = msgspec.structs.asdict(layer)
    if isinstance(layer, kinds.Subsample2d):
        old["stride"] = layer.kernel_size
    kept = {name: value for name, value in old.items() if name in settings}
    return _make(kind, settings | kept)


def _make(kind: str, settings: dict[str, object]) -> Layer:
    return cast(Layer, msgspec.convert({"kind": kind, **settings}, Layer))


def with_kernel(layer: kinds.Conv2d, size: int) -> kinds.Conv2d:
    """Change a convolution's kernel, and its padding so that its maps keep their size where that can be."""
    return replace(layer, kernel_size=size, padding=max(0, layer.padding + (size - layer.kernel_size) // 2))


def widened(layer: Layer, factor: float) -> Layer:
    """Multiply a convolution's channels or a dense layer's numbers, to 1 at least; other layers stay as they are."""
    match layer:
        case kinds.Conv2d():  # each group keeps as many channels as the others
            wide = layer.groups * max(1, round(factor * layer.out_channels / layer.groups))
            return replace(layer, out_channels=wide)
        case kinds.PartialConv2d():
            return replace(layer, out_channels=max(1, round(factor * layer.out_channels)))
        case kinds.Linear():
            return replace(layer, out_features=max(1, round(factor * layer.out_features)))
    return layer


def replace_layer(architecture: Architecture, index: int, *layers: Layer) -> Architecture:
    """Put any number of layers, also none, in the place of one; partial convolutions are reconnected."""
    before, after = architecture.layers[:index], architecture.layers[index + 1 :]
    return reconnect(replace(architecture, layers=(*before, *layers, *after)))


def insert(architecture: Architecture, index: int, layer: Layer) -> Architecture:
    """Insert a layer so that it stands at `index`; partial convolutions are reconnected."""
    return reconnect(replace(architecture, layers=(*architecture.layers[:index], layer, *architecture.layers[index:])))


def move(architecture: Architecture, index: int, to: int) -> Architecture:
    """Move the layer at `index` so that it stands at `to`; partial convolutions are reconnected."""
    layers = list(architecture.layers)
    layers.insert(to, layers.pop(index))
    return reconnect(replace(architecture, layers=tuple(layers)))


def replace_activations(architecture: Architecture, kind: str) -> Architecture:
    """Make every activation one kind."""
    return _replace_all(architecture, tuple(ACTIVATIONS.values()), kind)


def replace_poolings(architecture: Architecture, kind: str) -> Architecture:
    """Make every sliding pooling one kind, their sizes kept."""
    return _replace_all(architecture, (*POOLINGS.values(), kinds.Subsample2d), kind)


def _replace_all(architecture: Architecture, group: tuple[type, ...], kind: str) -> Architecture:
    layers = (change_kind(layer, kind) if isinstance(layer, group) else layer for layer in architecture.layers)
    return replace(architecture, layers=tuple(layers))


def common_kind(architecture: Architecture, group: dict[str, type[Layer]]) -> str | None:
    """Name the one kind of a group that the stack uses; None where it uses several or none."""
    used = {type(layer).__name__ for layer in architecture.layers} & group.keys()
    return used.pop() if len(used) == 1 else None


def num_classes(architecture: Architecture) -> int | None:
    """Count what the last layer tells apart; None where it is neither dense nor LeNet-5's output."""
    last = architecture.layers[-1] if architecture.layers else None
    return last.out_features if isinstance(last, kinds.Linear | kinds.GaussianRBF) else None


def with_num_classes(architecture: Architecture, count: int) -> Architecture:
    """Let the last layer, where `num_classes` counts any, tell `count` classes apart."""
    if num_classes(architecture) in (None, count):
        return architecture
    last = replace(architecture.layers[-1], out_features=count)
    return replace_layer(architecture, len(architecture.layers) - 1, last)


def with_channels(architecture: Architecture, channels: int) -> Architecture:
    """Let the network take pictures of `channels` channels, their size kept."""
    return reconnect(replace(architecture, input_shape=(channels, *architecture.input_shape[1:])))


# What the output maps of a PartialConv2d see, kept right while the design around it changes


def maps_before(architecture: Architecture, index: int) -> int | None:
    """Count the maps that layer `index` gets; None after a Flatten."""
    maps = architecture.input_shape[0]
    for layer in architecture.layers[:index]:
        if isinstance(layer, kinds.Flatten):
            return None
        if isinstance(layer, kinds.Conv2d | kinds.PartialConv2d):
            maps = layer.out_channels
    return maps


def reconnect(architecture: Architecture) -> Architecture:
    """Let every PartialConv2d have a list for each output map, and in it only input maps that are there.

    A new output map, and one that loses all its inputs, sees every input map, or as many as the bound on a design's
    connections leaves to each.
    """
    layers = (_reconnected(layer, maps_before(architecture, i)) for i, layer in enumerate(architecture.layers))
    return replace(architecture, layers=tuple(layers))


def _reconnected(layer: Layer, in_channels: int | None) -> Layer:
    """Reconnect one layer; after a Flatten, which it refuses, it keeps the inputs that it has."""
    if not isinstance(layer, kinds.PartialConv2d):
        return layer
    named = 1 + max((number for inputs in layer.connections for number in inputs), default=0)
    return connect(layer, in_channels or named)


def connect(layer: kinds.PartialConv2d, in_channels: int) -> kinds.PartialConv2d:
    """Cut a layer's lists to `in_channels` input maps and `out_channels` lists, and add those that are missing."""
    full = tuple(range(min(in_channels, max(1, MAX_CONNECTIONS // layer.out_channels))))
    kept = (tuple(i for i in inputs if i < in_channels) or full for inputs in layer.connections[: layer.out_channels])
    added = (full,) * (layer.out_channels - len(layer.connections))
    return replace(layer, connections=(*kept, *added))
