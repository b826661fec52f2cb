"""Layers that torch takes, but that hardly do what was meant; each with its cause in numbers and edits that mend it."""

from collections.abc import Iterator, Sequence
from math import e, log
from typing import cast

import msgspec

from explorer.architecture import edit
from explorer.architecture.build import layer_names
from explorer.architecture.kinds.activation import ReLU
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.output import Softmax
from explorer.architecture.kinds.shape import Flatten, Identity
from explorer.architecture.kinds.sizes import Shape
from explorer.architecture.repair import Repair
from explorer.architecture.spec import MAX_LAYERS, Architecture


class Doubt(msgspec.Struct, frozen=True):
    """One layer that fits and is doubtful: why, and what mends it."""

    index: int
    cause: str
    repairs: tuple[Repair, ...]


def doubts(architecture: Architecture, input_shapes: Sequence[Shape], num_params: Sequence[int]) -> tuple[Doubt, ...]:
    """Find the doubtful layers among those that fit, which get `input_shapes` and have `num_params` each."""
    return (
        *_dense_on_maps(architecture, input_shapes),
        *_dense_on_dense(architecture, input_shapes, num_params),
        *_softmax_at_the_end(architecture, input_shapes),
    )


def _dense_on_maps(architecture: Architecture, input_shapes: Sequence[Shape]) -> Iterator[Doubt]:
    """Torch applies Linear to the last dimension, so on maps it mixes the values of each row by themselves."""
    for index, shape in enumerate(input_shapes):
        layer = architecture.layers[index]
        if isinstance(layer, Linear) and len(shape) == 3:
            channels, height, width = shape
            cause = (
                f"It gets maps, so it connects the {width:,} values of each row by themselves, {channels * height:,} "
                f"times, and not all {channels * height * width:,} values."
            )
            yield Doubt(index, cause, _insert(architecture, index, Flatten(), "Insert Flatten before it"))
            return


def _dense_on_dense(
    architecture: Architecture, input_shapes: Sequence[Shape], num_params: Sequence[int]
) -> Iterator[Doubt]:
    """Linear maps in a row are one linear map: nothing between them bends it."""
    for chain in _chains(architecture.layers[: len(input_shapes)]):
        shape = input_shapes[chain[0]]
        if len(chain) > 1 and len(shape) == 1:
            yield _one_map(architecture, chain, inputs=shape[0], held=sum(num_params[place] for place in chain))


def _chains(layers: tuple[Layer, ...]) -> list[list[int]]:
    """Give the places of Linear layers, those together that have nothing between them which bends what passes."""
    chains: list[list[int]] = []
    broken = True
    for place, layer in enumerate(layers):
        if isinstance(layer, Linear):
            chains = [*chains, [place]] if broken else [*chains[:-1], [*chains[-1], place]]
            broken = False
        elif layer.role != "regularisation" and not isinstance(layer, Identity):
            broken = True
    return chains


def _one_map(architecture: Architecture, chain: list[int], *, inputs: int, held: int) -> Doubt:
    names = layer_names(architecture.layers)
    layers = [cast(Linear, architecture.layers[place]) for place in chain]
    outputs, narrowest = layers[-1].out_features, min(layer.out_features for layer in layers[:-1])
    needed = (inputs + any(layer.bias for layer in layers)) * outputs
    cause = (
        f"No activation stands between {names[chain[0]]} and {names[chain[-1]]}: together they are one linear map of "
        f"{inputs:,} to {outputs:,} values"
    )
    if narrowest < min(inputs, outputs):
        cause += f", of rank {narrowest:,} at most."  # which fewer layers of that width could not say with less
    else:
        cause += f", and their {held:,} parameters do the work of {needed:,}."
    return Doubt(chain[-1], cause, _activations_between(architecture, chain))


def _activations_between(architecture: Architecture, chain: list[int]) -> tuple[Repair, ...]:
    edited = architecture
    if len(architecture.layers) + len(chain) - 1 > MAX_LAYERS:
        return ()
    for place in reversed(chain[1:]):
        edited = edit.insert(edited, place, ReLU())
    return (Repair(label="Insert ReLU between them", architecture=edited),)


def _softmax_at_the_end(architecture: Architecture, input_shapes: Sequence[Shape]) -> Iterator[Doubt]:
    """Training measures by cross-entropy, which takes a softmax itself: of probabilities it can never get near 0."""
    last = len(architecture.layers) - 1
    reached = 0 <= last < len(input_shapes) and len(input_shapes[last]) == 1
    if reached and isinstance(architecture.layers[last], Softmax):
        classes = input_shapes[last][0]
        least = log(1 + (classes - 1) / e)
        cause = (
            f"Cross-entropy, by which networks are trained, takes a softmax itself. Of {classes:,} probabilities, none "
            f"of them above 1, its loss never falls below {least:.2f}, and gradients are small."
        )
        bare = edit.replace_layer(architecture, last)
        yield Doubt(last, cause, (Repair(label=f"Remove {layer_names(architecture.layers)[last]}", architecture=bare),))


def _insert(architecture: Architecture, index: int, layer: Layer, label: str) -> tuple[Repair, ...]:
    if len(architecture.layers) >= MAX_LAYERS:
        return ()
    return (Repair(label=label, architecture=edit.insert(architecture, index, layer)),)
