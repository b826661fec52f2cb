"""From records to torch modules: what the layer before gives becomes an argument here.

Shapes leave out the batch: `(channels, height, width)` for maps, `(features,)` for rows.
"""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache
from typing import NamedTuple, cast

import msgspec
import torch
from torch import nn
from torch.nn import functional

from explorer.architecture.diagnose import explain, is_taken
from explorer.architecture.errors import StackError
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.sizes import Shape
from explorer.architecture.spec import Architecture

NUMBERED = ("convolution", "dense")  # the roles of layers that names number
# What torch raises for a layer that does not fit; IndexError is for a dimension that is not there.
REFUSALS = (RuntimeError, ValueError, NotImplementedError, IndexError)


def build_layer(layer: Layer, input_shape: Shape) -> nn.Module:
    """Make the module of one layer for inputs of `input_shape`; torch raises where it refuses the settings."""
    return layer.module()(**{**msgspec.structs.asdict(layer), **layer.inferred(input_shape)})


def layer_names(layers: tuple[Layer, ...]) -> tuple[str, ...]:
    """Name each layer as papers do: weight layers are numbered through, the others take the number before them.

    `conv1, relu1, pool1, conv2, …, fc3`; a second ReLU after conv1 is `relu1b`.
    """
    return tuple(_unique_names(layers))


def _unique_names(layers: tuple[Layer, ...]) -> Iterator[str]:
    number, seen = 0, dict[str, int]()
    for layer in layers:
        number += layer.role in NUMBERED
        name = f"{layer.short or type(layer).__name__.lower()}{number}"
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{name}{_letters(seen[name])}"


def _letters(count: int) -> str:
    """2 → b, 26 → z, 27 → z1: up to 64 layers can follow one weight layer."""
    return chr(ord("a") + count - 1) if count <= 26 else f"z{count - 26}"


class Fitted(NamedTuple):
    """One layer that fits: its module on the `meta` device and the shapes that torch gave."""

    layer: Layer
    module: nn.Module
    input_shape: Shape
    output_shape: Shape


def walk(architecture: Architecture) -> Iterator[Fitted]:
    """Pass a dummy tensor of batch 1 through the stack on the `meta` device, one layer at a time.

    Raises `StackError` at the first layer that torch refuses.
    """
    shape: Shape = architecture.input_shape
    for index, layer in enumerate(architecture.layers):
        try:
            fitted = fit(layer, shape)
        except REFUSALS as error:
            name = layer_names(architecture.layers)[index]
            cause = explain(layer, shape) or f"torch refuses it: {error}"
            raise StackError(index=index, name=name, kind=type(layer).__name__, cause=cause) from error
        yield fitted
        shape = fitted.output_shape


@lru_cache(maxsize=4_096)  # an edit re-traces only the layers whose settings or input it changed
def fit(layer: Layer, input_shape: Shape) -> Fitted:
    """Pass a dummy tensor through one layer; torch raises one of `REFUSALS` on a misfit.

    The module is in `eval()`: BatchNorm refuses a single value per channel while training.
    """
    # Torch might take the batch for channels, and on `meta` any dim of a softmax.
    if not is_taken(layer, input_shape) or layer.disagreement(input_shape) or layer.misfit(input_shape):
        raise ValueError(f"{type(layer).__name__} does not take {input_shape}")
    with torch.device("meta"):  # this mode costs a little at each call, so the forward pass stays outside
        module = build_layer(layer, input_shape).eval()
    with torch.no_grad():
        output = _forward(module, input_shape)
    return Fitted(layer=layer, module=module, input_shape=input_shape, output_shape=tuple(output.shape[1:]))


def _forward(module: nn.Module, input_shape: Shape) -> torch.Tensor:
    """Call a module without arithmetic and, as far as it goes, without torch's compiler, which takes a second to load.

    On `meta` a ReLU or a bias loads it. What has no weights takes a batch of no pictures instead, whose maps have the
    same shapes.
    """
    if next(module.parameters(), None) is None:
        return cast(torch.Tensor, module(torch.empty((0, *input_shape))))
    x = torch.empty((1, *input_shape), device="meta")
    return functional.linear(x, module.weight) if isinstance(module, nn.Linear) else module(x)


def settle(architecture: Architecture) -> Architecture:
    """Leave out what layers say of the layer before where it is so: later edits are to follow by themselves."""
    if all(layer.stated is None for layer in architecture.layers):
        return architecture
    layers = list(architecture.layers)
    with suppress(StackError):
        for index, fitted in enumerate(walk(architecture)):
            if fitted.layer.stated is not None:
                layers[index] = msgspec.structs.replace(fitted.layer, **{fitted.layer.given: None})
    return msgspec.structs.replace(architecture, layers=tuple(layers))


def build(architecture: Architecture) -> nn.Sequential:
    """Build the network with torch's default parameters, its children named by `layer_names`.

    Raises `StackError` where a layer does not fit.
    """
    shapes = [fitted.input_shape for fitted in walk(architecture)]
    modules = map(build_layer, architecture.layers, shapes)
    return nn.Sequential(OrderedDict(zip(layer_names(architecture.layers), modules, strict=True)))
