"""The questions that a race can ask of a network: its contenders differ in one thing, all else is the same."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import msgspec
from msgspec.structs import replace

from explorer.architecture import edit
from explorer.architecture.layers import ACTIVATIONS, POOLINGS, Conv2d, Layer
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.training import variants
from explorer.training.datasets import DATASETS
from explorer.training.race import Contender, Race, RaceError
from explorer.training.recipe import Recipe, with_field
from explorer.training.text_recipes import default_recipe

POOLING_LABELS = {"Max pooling": "MaxPool2d", "Average pooling": "AvgPool2d"}
DROPOUTS = {"No dropout": 0.0, "Dropout 0.2": 0.2, "Dropout 0.5": 0.5}
RATES = {f"Rate {rate:g}": rate for rate in (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.9)}
KERNELS = {f"{size}×{size} kernel": size for size in (3, 5, 7, 9, 11)}
USUAL_EPOCHS = 20  # of the pictures that ship: half a minute for each contender, and ReLU is past 75 %
SIGMOID_RATE, OTHER_RATE = 0.9, 0.1  # for SGD: the book's for its LeNet, and what its readers' logs settle on for ReLU


class Question(NamedTuple):
    """One thing that can differ: its name in a menu, what can be chosen, what is at first, and who then races."""

    title: str
    choices: Callable[[Architecture], tuple[str, ...]]  # none where the network has nothing of the kind
    usual: Callable[[Architecture, Recipe], tuple[str, ...]]
    contender: Callable[[Architecture, Recipe, str], Contender]
    lacking: str  # why there is nothing to choose
    own_rate: Callable[[Recipe, str], Recipe] | None = None  # the recipe that suits a choice best, where that is known
    sets: tuple[str, ...] = ()  # fields of the recipe that the choices set by themselves, so that nobody is asked
    usual_epochs: int | None = None  # where they are others than the recipe's


class Setup(msgspec.Struct, frozen=True):
    """What a person chose for a race."""

    question: str = "activation"
    choices: tuple[str, ...] | None = None  # None: the usual ones
    seeds: int = 3
    epochs: int | None = None  # None: the recipe's, but no more than fit into a lesson
    rate: float | None = None  # the learning rate of all; None: the usual one
    own_rates: bool = False  # each contender with the learning rate that is known to suit it, instead


def chosen(setup: Setup, architecture: Architecture, recipe: Recipe) -> tuple[str, ...]:
    """Give what races under a setup: what was chosen of it that there still is, or the usual."""
    question = QUESTIONS[setup.question]
    offered = question.choices(architecture)
    wanted = question.usual(architecture, recipe) if setup.choices is None else setup.choices
    return tuple(choice for choice in offered if choice in wanted)


def make_race(setup: Setup, architecture: Architecture, recipe: Recipe) -> Race:
    """Set up a race of a network under a recipe; raises `RaceError` where there are not two contenders."""
    question, labels = QUESTIONS[setup.question], chosen(setup, architecture, recipe)
    if not question.choices(architecture):
        raise RaceError(question.lacking)
    timed = with_field(recipe, "epochs", epochs(setup, recipe))
    common = with_field(timed, "learning_rate", rate(setup, recipe))
    contenders = tuple(_contender(setup, architecture, common, label) for label in labels)
    words = " or ".join(filter(None, [", ".join(labels[:-1]), *labels[-1:]])) + "?"
    return Race(question=words, contenders=contenders, seeds=setup.seeds, terms=_terms(contenders))


def epochs(setup: Setup, recipe: Recipe) -> int:
    """Give how many epochs each contender trains."""
    usual = QUESTIONS[setup.question].usual_epochs or min(recipe.epochs, USUAL_EPOCHS)
    return usual if setup.epochs is None else setup.epochs


def rate(setup: Setup, recipe: Recipe) -> float:
    """Give the learning rate that all train with where they share one.

    The book's 0.9 suits its sigmoids alone: ReLU overshoots there in the first steps and stays at 10 %. So between
    activations it is the rate that ReLU wants, and a sigmoid's gradients show how small they are.
    """
    if setup.rate is not None:
        return setup.rate
    bent = setup.question in ("activation", "cure")
    return OTHER_RATE if bent and recipe.optimizer == "SGD" else recipe.learning_rate


def offers_own_rates(setup: Setup, recipe: Recipe) -> bool:
    """Say whether contenders of this race are known to want different learning rates."""
    return QUESTIONS[setup.question].own_rate is not None and recipe.optimizer == "SGD"


def asks_for(field: str, setup: Setup, recipe: Recipe) -> bool:
    """Say whether a field of the recipe is the same for all and can be chosen."""
    own_rates = field == "learning_rate" and setup.own_rates and offers_own_rates(setup, recipe)
    return field not in QUESTIONS[setup.question].sets and not own_rates


def _contender(setup: Setup, architecture: Architecture, recipe: Recipe, label: str) -> Contender:
    question = QUESTIONS[setup.question]
    if setup.own_rates and question.own_rate and offers_own_rates(setup, recipe):
        recipe = question.own_rate(recipe, label)
    return question.contender(architecture, recipe, label)


def _terms(contenders: Sequence[Contender]) -> str:
    rates = {each.label: f"{each.recipe.optimizer} {each.recipe.learning_rate:g}" for each in contenders}
    if len(set(rates.values())) < 2:
        return f"all with {next(iter(rates.values()), 'one recipe')}"
    return ", ".join(f"{label} with {rate}" for label, rate in rates.items())


# What differs


def _activations(architecture: Architecture) -> tuple[str, ...]:
    return tuple(ACTIVATIONS) if any(isinstance(layer, _kinds(ACTIVATIONS)) for layer in architecture.layers) else ()


def _with_activation(architecture: Architecture, recipe: Recipe, label: str) -> Contender:
    return Contender(label, edit.replace_activations(architecture, label), recipe)


def _activation_rate(recipe: Recipe, label: str) -> Recipe:
    return replace(recipe, learning_rate=SIGMOID_RATE if label == "Sigmoid" else OTHER_RATE)


def _poolings(architecture: Architecture) -> tuple[str, ...]:
    return tuple(POOLING_LABELS) if any(isinstance(layer, _kinds(POOLINGS)) for layer in architecture.layers) else ()


def _with_pooling(architecture: Architecture, recipe: Recipe, label: str) -> Contender:
    return Contender(label, edit.replace_poolings(architecture, POOLING_LABELS[label]), recipe)


def _dropouts(architecture: Architecture) -> tuple[str, ...]:
    return tuple(DROPOUTS) if variants.hidden_ends(architecture.layers) else ()


def _with_dropout(architecture: Architecture, recipe: Recipe, label: str) -> Contender:
    return Contender(label, variants.with_dropout(architecture, DROPOUTS[label]), recipe)


def _with_rate(architecture: Architecture, recipe: Recipe, label: str) -> Contender:
    return Contender(label, architecture, replace(recipe, learning_rate=RATES[label]))


def _usual_rates(_: Architecture, recipe: Recipe) -> tuple[str, ...]:
    """Give the recipe's own rate, or the one nearest to it, and its neighbours."""
    labels = list(RATES)
    nearest = min(range(len(labels)), key=lambda place: abs(RATES[labels[place]] - recipe.learning_rate))
    first = min(max(0, nearest - 1), len(labels) - 3)
    return tuple(labels[first : first + 3])


def _kernels(architecture: Architecture) -> tuple[str, ...]:
    return tuple(KERNELS) if _first_convolution(architecture) is not None else ()


def _with_kernel(architecture: Architecture, recipe: Recipe, label: str) -> Contender:
    """Change the first convolution's kernel, and its padding so that its maps keep their size where that can be."""
    place = _first_convolution(architecture)
    first = None if place is None else architecture.layers[place]
    if place is None or not isinstance(first, Conv2d):
        raise RaceError(QUESTIONS["kernel"].lacking)
    padding = max(0, first.padding + (KERNELS[label] - first.kernel_size) // 2)
    changed = replace(first, kernel_size=KERNELS[label], padding=padding)
    return Contender(label, edit.replace_layer(architecture, place, changed), recipe)


def _first_convolution(architecture: Architecture) -> int | None:
    return next((place for place, layer in enumerate(architecture.layers) if isinstance(layer, Conv2d)), None)


def _usual_kernels(architecture: Architecture, _: Recipe) -> tuple[str, ...]:
    place = _first_convolution(architecture)
    first = None if place is None else architecture.layers[place]
    own = first.kernel_size if isinstance(first, Conv2d) else 5
    return tuple(label for label, size in KERNELS.items() if size in (own, 3 if own != 3 else 5))


SMALL = ("lenet-d2l", "lenet-keras", "lenet-pytorch", "lenet5-1998", "lenet-ng", "alexnet-28")  # soon trained anywhere
TITLES = {PRESETS[name].title: name for name in SMALL}
THIS = "This network"


def _designs(architecture: Architecture) -> tuple[str, ...]:
    return (THIS, *(title for title, name in TITLES.items() if PRESETS[name].architecture != architecture))


def _usual_designs(architecture: Architecture, _: Recipe) -> tuple[str, ...]:
    rival = "alexnet-28" if PRESETS["alexnet-28"].architecture != architecture else "lenet-keras"
    return (THIS, PRESETS[rival].title)


def _with_design(architecture: Architecture, recipe: Recipe, label: str) -> Contender:
    """Give another network of the course, for the data set's channels and classes."""
    if label == THIS:
        return Contender(label, architecture, recipe)
    info = DATASETS[recipe.dataset]
    adapted = edit.with_channels(PRESETS[TITLES[label]].architecture, info.image_shape[0])
    return Contender(label, edit.with_num_classes(adapted, len(info.classes)), recipe)


def _design_rate(recipe: Recipe, label: str) -> Recipe:
    """Give the optimizer and the learning rate of a network's own text."""
    if label == THIS:
        return recipe
    text = default_recipe(TITLES[label], dataset=recipe.dataset)
    bare = with_field(recipe, "optimizer", text.optimizer)
    return with_field(with_field(bare, "momentum", text.momentum), "learning_rate", text.learning_rate)


def _kinds(group: dict[str, type[Layer]]) -> tuple[type[Layer], ...]:
    return tuple(group.values())


QUESTIONS: dict[str, Question] = {
    "activation": Question(
        "Which activation?",
        _activations,
        lambda _, __: ("Sigmoid", "ReLU"),
        _with_activation,
        "This network has no activations to exchange. Add some on the Explore page, or choose another question.",
        _activation_rate,
    ),
    "pooling": Question(
        "Maximum or average pooling?",
        _poolings,
        lambda _, __: tuple(POOLING_LABELS),
        _with_pooling,
        "This network has no pooling to exchange. Add some on the Explore page, or choose another question.",
    ),
    "dropout": Question(
        "With or without dropout?",
        _dropouts,
        lambda _, __: ("No dropout", "Dropout 0.5"),
        _with_dropout,
        "This network has no hidden dense layer to drop from. Add one on the Explore page, or choose another question.",
    ),
    "rate": Question(
        "Which learning rate?",
        lambda _: tuple(RATES),
        _usual_rates,
        _with_rate,
        "",
        sets=("learning_rate",),
    ),
    "kernel": Question(
        "Which first kernel?",
        _kernels,
        _usual_kernels,
        _with_kernel,
        "This network has no Conv2d layer. Add one on the Explore page, or choose another question.",
    ),
    "channels": Question(
        "How many channels?",
        lambda architecture: tuple(variants.WIDTHS) if _first_convolution(architecture) is not None else (),
        lambda _, __: tuple(variants.WIDTHS),
        variants.with_width,
        "This network has no Conv2d layer. Add one on the Explore page, or choose another question.",
    ),
    "depth": Question(
        "How many layers?",
        variants.depths,
        lambda _, __: (variants.AS_IT_IS, variants.DEEPER, variants.MORE_DENSE),
        variants.with_depth,
        "This network has no Conv2d and no hidden dense layer to add to. Choose another question.",
    ),
    "cure": Question(
        "ReLU, dropout, or both?",
        lambda architecture: tuple(variants.CURES) if _activations(architecture) and _dropouts(architecture) else (),
        lambda _, __: tuple(variants.CURES),
        variants.with_cure,
        "This network has no activations, or no hidden dense layer to drop from. Choose another question.",
    ),
    "init": Question(
        "Which first weights?",
        lambda _: tuple(variants.FIRST_WEIGHTS),
        lambda _, __: ("Init xavier", "Init kaiming", "Init zeros"),
        variants.with_first_weights,
        "",
        sets=("init",),
    ),
    "batch": Question(
        "Which batch size?",
        lambda _: tuple(variants.BATCHES),
        lambda _, __: ("Batch 64", "Batch 256", "Batch 1,024"),
        variants.with_batch,
        "",
        sets=("batch_size",),
    ),
    "epochs": Question(
        "How many epochs?",
        lambda _: tuple(variants.LENGTHS),
        lambda _, __: ("5 epochs", "10 epochs", "20 epochs"),
        variants.with_length,
        "",
        sets=("epochs",),
    ),
    "overfit": Question(
        "Does AlexNet overfit 500 pictures?",
        lambda _: tuple(variants.GUARDS),
        lambda _, __: ("Nothing against it", "Dropout"),
        variants.with_guard,
        "",
        sets=("learning_rate",),
        usual_epochs=variants.MANY,
    ),
    "design": Question(
        "Which network?",
        _designs,
        _usual_designs,
        _with_design,
        "",
        _design_rate,
    ),
}
