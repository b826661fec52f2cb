"""Which input maps the output maps of a PartialConv2d see, kept right while the design around it changes."""

from msgspec.structs import replace

from explorer.architecture import layers as kinds
from explorer.architecture.layers import MAX_CONNECTIONS, Layer, PartialConv2d
from explorer.architecture.spec import Architecture


def maps_before(architecture: Architecture, index: int) -> int | None:
    """Count the maps that layer `index` gets; None after a Flatten."""
    maps = architecture.input_shape[0]
    for layer in architecture.layers[:index]:
        if isinstance(layer, kinds.Flatten):
            return None
        if isinstance(layer, kinds.Conv2d | PartialConv2d):
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
    if not isinstance(layer, PartialConv2d):
        return layer
    named = 1 + max((number for inputs in layer.connections for number in inputs), default=0)
    return fit(layer, in_channels or named)


def fit(layer: PartialConv2d, in_channels: int) -> PartialConv2d:
    """Cut a layer's lists to `in_channels` input maps and `out_channels` lists, and add those that are missing."""
    full = tuple(range(min(in_channels, max(1, MAX_CONNECTIONS // layer.out_channels))))
    kept = (tuple(i for i in inputs if i < in_channels) or full for inputs in layer.connections[: layer.out_channels])
    added = (full,) * (layer.out_channels - len(layer.connections))
    return replace(layer, connections=(*kept, *added))
