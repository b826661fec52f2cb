"""Variants of a network to race: what can be varied of it, and the contender that each choice makes.

Each is called what a menu and a legend call it. A contender is asked for only where its choice is offered.
"""

from msgspec.structs import replace

from explorer.architecture import edit
from explorer.architecture.edit import reconnect
from explorer.architecture.kinds import ACTIVATIONS
from explorer.architecture.kinds.activation import Activation
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.kinds.pooling import Pool2d
from explorer.architecture.kinds.regularisation import Dropout
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.data.datasets import DATASETS
from explorer.experiments.race.race import Contender
from explorer.experiments.text_recipes import default_recipe
from explorer.training.recipe.recipe import Recipe

# Activations and poolings

POOLING_LABELS = {"Max pooling": "MaxPool2d", "Average pooling": "AvgPool2d"}


def activations(architecture: Architecture) -> tuple[str, ...]:
    """Name the activations that the network's could be exchanged for."""
    return tuple(ACTIVATIONS) if _has(architecture, Activation) else ()


def with_activation(architecture: Architecture, recipe: Recipe, label: str) -> Contender:
    """Make every activation one kind."""
    return Contender(label, edit.replace_activations(architecture, label), recipe)


def poolings(architecture: Architecture) -> tuple[str, ...]:
    """Name the poolings that the network's could be exchanged for."""
    return tuple(POOLING_LABELS) if _has(architecture, Pool2d) else ()


def with_pooling(architecture: Architecture, recipe: Recipe, label: str) -> Contender:
    """Make every pooling one kind."""
    return Contender(label, edit.replace_poolings(architecture, POOLING_LABELS[label]), recipe)


def _has(architecture: Architecture, kind: type[Layer]) -> bool:
    return any(isinstance(layer, kind) for layer in architecture.layers)


# Sizes

KERNELS = {f"{size}×{size} kernel": size for size in (3, 5, 7, 9, 11)}
AS_IT_IS = "As it is"
WIDTHS = {"Half the channels": 0.5, AS_IT_IS: 1.0, "Twice the channels": 2.0}


def convolutions(architecture: Architecture) -> list[tuple[int, Conv2d]]:
    """Give the convolutions and their places; a partial one is none of them."""
    return [(place, layer) for place, layer in enumerate(architecture.layers) if isinstance(layer, Conv2d)]


def kernels(architecture: Architecture) -> tuple[str, ...]:
    """Name the kernels that the first convolution could have."""
    return tuple(KERNELS) if convolutions(architecture) else ()


def with_kernel(architecture: Architecture, recipe: Recipe, label: str) -> Contender:
    """Change the first convolution's kernel, and its padding so that its maps keep their size where that can be."""
    place, first = convolutions(architecture)[0]
    return Contender(label, edit.replace_layer(architecture, place, first.with_kernel(KERNELS[label])), recipe)


def widths(architecture: Architecture) -> tuple[str, ...]:
    """Name the widths that the convolutions could have."""
    return tuple(WIDTHS) if convolutions(architecture) else ()


def with_width(architecture: Architecture, recipe: Recipe, label: str) -> Contender:
    """Scale the maps of every convolution, those that a partial one connects apart."""
    wide = {place: layer.widened(WIDTHS[label]) for place, layer in convolutions(architecture)}
    layers = tuple(wide.get(place, layer) for place, layer in enumerate(architecture.layers))
    return Contender(label, reconnect(replace(architecture, layers=layers)), recipe)


# Layers more or less

DEEPER, SHALLOWER = "One convolution more", "One convolution less"
MORE_DENSE, LESS_DENSE = "One dense layer more", "One dense layer less"


def depths(architecture: Architecture) -> tuple[str, ...]:
    """Name the ways in which the network can be made deeper or shallower."""
    maps, dense = convolutions(architecture), _places(architecture, Linear)[:-1]
    offered = {DEEPER: 1, SHALLOWER: 2}
    ways = [name for name, needed in offered.items() if len(maps) >= needed]
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
    return any(layer.role == "activation" for layer in layers)


# Dropout

DROPPED = 0.5  # share of a hidden layer, as the texts have it
DROPOUTS = {"No dropout": 0.0, "Dropout 0.2": 0.2, "Dropout 0.5": DROPPED}
CURES = {
    "Sigmoid": ("Sigmoid", 0.0),
    "ReLU": ("ReLU", 0.0),
    "Sigmoid and dropout": ("Sigmoid", DROPPED),
    "ReLU and dropout": ("ReLU", DROPPED),
}


def dropouts(architecture: Architecture) -> tuple[str, ...]:
    """Name the dropouts that the network could have."""
    return tuple(DROPOUTS) if _hidden_ends(architecture.layers) else ()


def with_dropout(architecture: Architecture, recipe: Recipe, label: str) -> Contender:
    """Drop a share of what each hidden dense layer gives."""
    return Contender(label, _dropping(architecture, DROPOUTS[label]), recipe)


def cures(architecture: Architecture) -> tuple[str, ...]:
    """Name the pairs of an activation and a dropout that the network could have."""
    return tuple(CURES) if activations(architecture) and dropouts(architecture) else ()


def with_cure(architecture: Architecture, recipe: Recipe, label: str) -> Contender:
    """Give the network one activation everywhere, and dropout or none."""
    activation, p = CURES[label]
    return Contender(label, _dropping(edit.replace_activations(architecture, activation), p), recipe)


def _dropping(architecture: Architecture, p: float) -> Architecture:
    """Drop a share of what each hidden dense layer gives, in place of all dropout there is; 0 drops nothing."""
    bare = tuple(layer for layer in architecture.layers if layer.role != "regularisation")
    ends = _hidden_ends(bare) if p else set[int]()
    dropped = (Dropout(p=p),)
    layers = (part for place, layer in enumerate(bare) for part in (layer, *(dropped if place in ends else ())))
    return replace(architecture, layers=tuple(layers))


def _hidden_ends(layers: tuple[Layer, ...]) -> set[int]:
    """Find where the hidden dense layers end: at their activation, or at themselves where none follows."""
    dense = [place for place, layer in enumerate(layers) if isinstance(layer, Linear)][:-1]
    return {place + _is_activation(layers[place + 1 : place + 2]) for place in dense}


# Networks of the course

SMALL = ("lenet-d2l", "lenet-keras", "lenet-pytorch", "lenet5-1998", "lenet-ng", "alexnet-28")  # soon trained anywhere
TITLES = {PRESETS[name].title: name for name in SMALL}
THIS = "This network"
OVERFITTING = "alexnet-28"
FEW = 500  # pictures: few enough to be learned by heart
MANY = 40  # epochs, in which it happens
GUARDS = {"Nothing against it": (0.0, "none"), "Dropout": (DROPPED, "none"), "Crop": (0.0, "crop")}


def designs(architecture: Architecture) -> tuple[str, ...]:
    """Name the network itself and those of the course that are others."""
    return (THIS, *(title for title, name in TITLES.items() if PRESETS[name].architecture != architecture))


def with_design(architecture: Architecture, recipe: Recipe, label: str) -> Contender:
    """Give another network of the course."""
    network = architecture if label == THIS else _network(TITLES[label], dataset=recipe.dataset)
    return Contender(label, network, recipe)


def with_guard(_: Architecture, recipe: Recipe, label: str) -> Contender:
    """Let AlexNet for 28×28 learn a few pictures by heart, with or without something against that."""
    p, augmentation = GUARDS[label]
    text = default_recipe(OVERFITTING, dataset=recipe.dataset)
    few = replace(text, train_size=FEW, augmentation=augmentation, epochs=recipe.epochs, seed=recipe.seed)
    return Contender(label, _dropping(_network(OVERFITTING, dataset=recipe.dataset), p), few)


def _network(name: str, *, dataset: str) -> Architecture:
    """Give a network of the course, for a data set's channels and classes."""
    info = DATASETS[dataset]
    network = edit.with_channels(PRESETS[name].architecture, info.image_shape[0])
    return edit.with_num_classes(network, len(info.classes))
