"""Edits of a design: pure functions from one architecture to the next."""

from collections.abc import Callable, Mapping
from typing import cast

import msgspec
from msgspec.structs import replace

from explorer.architecture.kinds import KINDS
from explorer.architecture.kinds.convolution import Convolution
from explorer.architecture.kinds.dense import Dense
from explorer.architecture.kinds.historic import PartialConv2d
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.kinds.sizes import merged
from explorer.architecture.spec import Architecture


def new_layer(kind: str) -> Layer:
    """Give a layer of a kind with settings to start from."""
    return KINDS[kind](**KINDS[kind].start)


def change_kind(layer: Layer, kind: str) -> Layer:
    """Make a layer another kind, keeping the settings that both have and that both can have."""
    if type(layer) is KINDS[kind]:
        return layer
    settings = {**msgspec.structs.asdict(new_layer(kind)), **_kept(layer, KINDS[kind])}
    try:
        return msgspec.convert(settings, KINDS[kind])
    except msgspec.ValidationError:  # a field of the same name with other bounds
        return new_layer(kind)


def _kept(layer: Layer, kind: type[Layer]) -> dict[str, object]:
    """Give what a layer says that another kind has a field for; where that is one number for all sides, the first."""
    said = msgspec.structs.asdict(layer)
    if layer.window:
        said = {"stride": merged(layer.window.stride), **said}
    return {
        name: value if name in kind.sides or not isinstance(value, tuple) else value[0]
        for name, value in said.items()
        if name in kind.__struct_fields__ and name != kind.given
    }


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
    return _replace_all(architecture, lambda layer: layer.role == "activation", kind)


def replace_poolings(architecture: Architecture, kind: str) -> Architecture:
    """Make every sliding pooling one kind, their sizes kept."""
    return _replace_all(architecture, lambda layer: layer.role == "pooling" and layer.window is not None, kind)


def _replace_all(architecture: Architecture, is_meant: Callable[[Layer], bool], kind: str) -> Architecture:
    layers = (change_kind(layer, kind) if is_meant(layer) else layer for layer in architecture.layers)
    return replace(architecture, layers=tuple(layers))


def common_kind(architecture: Architecture, group: Mapping[str, type[Layer]]) -> str | None:
    """Name the one kind of a group that the stack uses; None where it uses several or none."""
    used = {type(layer).__name__ for layer in architecture.layers} & group.keys()
    return used.pop() if len(used) == 1 else None


def output_layer(architecture: Architecture) -> int | None:
    """Find the dense layer whose outputs are the network's; None where another layer shapes what comes out."""
    shaping = [place for place, layer in enumerate(architecture.layers) if layer.reshapes]
    return shaping[-1] if shaping and isinstance(architecture.layers[shaping[-1]], Dense) else None


def num_classes(architecture: Architecture) -> int | None:
    """Count what the network tells apart; None where its output is no dense layer's."""
    place = output_layer(architecture)
    return None if place is None else cast(Dense, architecture.layers[place]).out_features


def with_num_classes(architecture: Architecture, count: int) -> Architecture:
    """Let the network, where `num_classes` counts any, tell `count` classes apart."""
    place = output_layer(architecture)
    if place is None or num_classes(architecture) == count:
        return architecture
    return replace_layer(architecture, place, replace(architecture.layers[place], out_features=count))


def with_channels(architecture: Architecture, channels: int) -> Architecture:
    """Let the network take pictures of `channels` channels, their size kept."""
    return reconnect(replace(architecture, input_shape=(channels, *architecture.input_shape[1:])))


# What the output maps of a PartialConv2d see, kept right while the design around it changes


def maps_before(architecture: Architecture, index: int) -> int | None:
    """Count the maps that layer `index` gets; None after a Flatten."""
    maps = architecture.input_shape[0]
    for layer in architecture.layers[:index]:
        if isinstance(layer, Flatten):
            return None
        if isinstance(layer, Convolution):
            maps = layer.out_channels
    return maps


def reconnect(architecture: Architecture) -> Architecture:
    """Let every PartialConv2d have a list for each output map, and in it only input maps that are there."""
    layers = (
        layer.connected(maps_before(architecture, place)) if isinstance(layer, PartialConv2d) else layer
        for place, layer in enumerate(architecture.layers)
    )
    return replace(architecture, layers=tuple(layers))
