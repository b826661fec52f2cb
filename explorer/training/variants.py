"""Variants of a network and its recipe to race: other widths, depths, batches, first weights, epochs; overfitting."""

from msgspec.structs import replace

from explorer.architecture import edit
from explorer.architecture.connections import reconnect
from explorer.architecture.layers import ACTIVATIONS, Conv2d, Dropout, Layer, Linear
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.training.datasets import DATASETS
from explorer.training.initialise import INITS
from explorer.training.race import Contender
from explorer.training.recipe import Recipe, with_field
from explorer.training.text_recipes import default_recipe

AS_IT_IS = "As it is"
WIDTHS = {"Half the channels": 0.5, AS_IT_IS: 1.0, "Twice the channels": 2.0}
BATCHES = {f"Batch {size:,}": size for size in (16, 64, 256, 1_024)}
FIRST_WEIGHTS = {f"Init {name}": name for name in INITS}
LENGTHS = {f"{epochs} epochs": epochs for epochs in (5, 10, 20, 40)}
DEEPER, SHALLOWER = "One convolution more", "One convolution less"
MORE_DENSE, LESS_DENSE = "One dense layer more", "One dense layer less"
DROPPED = 0.5  # share of a hidden layer, as the texts have it
CURES = {
    "Sigmoid": ("Sigmoid", 0.0),
    "ReLU": ("ReLU", 0.0),
    "Sigmoid and dropout": ("Sigmoid", DROPPED),
    "ReLU and dropout": ("ReLU", DROPPED),
}
OVERFITTING = "alexnet-28"
FEW = 500  # pictures: few enough to be learned by heart
MANY = 40  # epochs, in which it happens
GUARDS = {"Nothing against it": (0.0, "none"), "Dropout": (DROPPED, "none"), "Crop": (0.0, "crop")}


def with_width(architecture: Architecture, recipe: Recipe, label: str) -> Contender:
    """Scale the maps of every convolution, those that a partial one connects apart."""
    layers = tuple(_scaled(layer, WIDTHS[label]) for layer in architecture.layers)
    return Contender(label, reconnect(replace(architecture, layers=layers)), recipe)


def _scaled(layer: Layer, factor: float) -> Layer:
    if not isinstance(layer, Conv2d):
        return layer
    return replace(layer, out_channels=layer.groups * max(1, round(factor * layer.out_channels / layer.groups)))


def depths(architecture: Architecture) -> tuple[str, ...]:
    """Name the ways in which the network can be made deeper or shallower."""
    convolutions, dense = _places(architecture, Conv2d), _places(architecture, Linear)[:-1]
    offered = {DEEPER: 1, SHALLOWER: 2}
    ways = [name for name, needed in offered.items() if len(convolutions) >= needed]
    ways += [MORE_DENSE, LESS_DENSE] if dense else []
    return (AS_IT_IS, *ways) if ways else ()


def with_depth(architecture: Architecture, recipe: Recipe, label: str) -> Contender:
    """Put in a copy of the last hidden layer of a kind, with its activation, or leave that layer out."""
    if label == AS_IT_IS:
        return Contender(label, architecture, recipe)
    kind = Conv2d if label in (DEEPER, SHALLOWER) else Linear
    places = _places(architecture, kind)
    place = places[-1] if kind is Conv2d else places[-2]
    end = place + 1 + _is_activation(architecture.layers[place + 1 : place + 2])
    block = architecture.layers[place:end]
    kept = (*block, *_copy(block)) if label in (DEEPER, MORE_DENSE) else ()
    layers = (*architecture.layers[:place], *kept, *architecture.layers[end:])
    return Contender(label, reconnect(replace(architecture, layers=layers)), recipe)


def _copy(block: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """Repeat a layer and its activation, a convolution so that its maps keep their size."""
    first, *rest = block
    if isinstance(first, Conv2d):
        first = replace(first, kernel_size=3, padding=1, stride=1, dilation=1)
    return (first, *rest)


def _places(architecture: Architecture, kind: type[Layer]) -> list[int]:
    return [place for place, layer in enumerate(architecture.layers) if isinstance(layer, kind)]


def _is_activation(layers: tuple[Layer, ...]) -> bool:
    return any(isinstance(layer, tuple(ACTIVATIONS.values())) for layer in layers)


def with_batch(architecture: Architecture, recipe: Recipe, label: str) -> Contender:
    """Train with another number of pictures a step; the epochs stay, so the steps differ."""
    return Contender(label, architecture, replace(recipe, batch_size=BATCHES[label]))


def with_first_weights(architecture: Architecture, recipe: Recipe, label: str) -> Contender:
    """Draw the first weights in another way."""
    return Contender(label, architecture, replace(recipe, init=FIRST_WEIGHTS[label]))


def with_length(architecture: Architecture, recipe: Recipe, label: str) -> Contender:
    """Train for another number of epochs."""
    return Contender(label, architecture, with_field(recipe, "epochs", LENGTHS[label]))


def with_cure(architecture: Architecture, recipe: Recipe, label: str) -> Contender:
    """Give the network one activation everywhere, and dropout or none."""
    activation, p = CURES[label]
    return Contender(label, with_dropout(edit.replace_activations(architecture, activation), p), recipe)


def with_guard(_: Architecture, recipe: Recipe, label: str) -> Contender:
    """Let AlexNet for 28×28 learn a few pictures by heart, with or without something against that."""
    p, augmentation = GUARDS[label]
    info, text = DATASETS[recipe.dataset], default_recipe(OVERFITTING, dataset=recipe.dataset)
    network = edit.with_channels(PRESETS[OVERFITTING].architecture, info.image_shape[0])
    network = edit.with_num_classes(network, len(info.classes))
    few = replace(text, train_size=FEW, augmentation=augmentation, epochs=recipe.epochs, seed=recipe.seed)
    return Contender(label, with_dropout(network, p), few)


def with_dropout(architecture: Architecture, p: float) -> Architecture:
    """Drop a share of what each hidden dense layer gives, in place of all dropout there is; 0 drops nothing."""
    bare = tuple(layer for layer in architecture.layers if not isinstance(layer, Dropout))
    ends = hidden_ends(bare) if p else set[int]()
    dropped = (Dropout(p=p),)
    layers = (part for place, layer in enumerate(bare) for part in (layer, *(dropped if place in ends else ())))
    return replace(architecture, layers=tuple(layers))


def hidden_ends(layers: tuple[Layer, ...]) -> set[int]:
    """Find where the hidden dense layers end: at their activation, or at themselves where none follows."""
    dense = [place for place, layer in enumerate(layers) if isinstance(layer, Linear)][:-1]
    return {place + _is_activation(layers[place + 1 : place + 2]) for place in dense}
