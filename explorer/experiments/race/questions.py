"""The questions that a race can ask of a network: its contenders differ in one thing, all else is the same."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from msgspec.structs import replace

from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.experiments.race import variants
from explorer.experiments.race.race import Contender
from explorer.experiments.text_recipes import default_recipe
from explorer.training.recipe.initialise import INITS
from explorer.training.recipe.recipe import Recipe, with_field, with_fields

RATES = {f"Rate {rate:g}": rate for rate in (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 0.9)}
FIRST_WEIGHTS = {f"Init {name}": name for name in INITS}
BATCHES = {f"Batch {size:,}": size for size in (16, 64, 256, 1_024)}
LENGTHS = {f"{epochs} epochs": epochs for epochs in (5, 10, 20, 40)}
SIGMOID_RATE, OTHER_RATE = 0.9, 0.1  # for SGD: the book's for its LeNet, and what its readers' logs settle on for ReLU

CHANCE = "chance"  # the question that one contender answers by itself, over several seeds

Usual = Callable[[Architecture, Recipe], tuple[str, ...]]


class Question(NamedTuple):
    """One thing that can differ: its name in a menu, what can be chosen, what is at first, and who then races."""

    title: str
    choices: Callable[[Architecture], tuple[str, ...]]  # none where the network has nothing of the kind
    usual: Usual
    contender: Callable[[Architecture, Recipe, str], Contender]
    lacking: str  # why there is nothing to choose
    own_rate: Callable[[Recipe, str], Recipe] | None = None  # the recipe that suits a choice best, where that is known
    sets: tuple[str, ...] = ()  # fields of the recipe that the choices set by themselves, so that nobody is asked
    usual_epochs: int | None = None  # where they are others than the recipe's


def _about(field: str, title: str, values: Mapping[str, object], usual: Usual) -> Question:
    """Ask about one field of the recipe, by the labels of its values; any network has it."""

    def _contender(architecture: Architecture, recipe: Recipe, label: str) -> Contender:
        return Contender(label, architecture, with_field(recipe, field, values[label]))

    return Question(title, lambda _: tuple(values), usual, _contender, "", sets=(field,))


def _usual_rates(_: Architecture, recipe: Recipe) -> tuple[str, ...]:
    """Give the recipe's own rate, or the one nearest to it, and its neighbours."""
    labels = list(RATES)
    nearest = min(range(len(labels)), key=lambda place: abs(RATES[labels[place]] - recipe.learning_rate))
    first = min(max(0, nearest - 1), len(labels) - 3)
    return tuple(labels[first : first + 3])


def _usual_kernels(architecture: Architecture, _: Recipe) -> tuple[str, ...]:
    own = next((max(first.window.kernel) for _, first in variants.convolutions(architecture)), 5)
    return tuple(label for label, size in variants.KERNELS.items() if size in (own, 3 if own != 3 else 5))


def _usual_designs(architecture: Architecture, _: Recipe) -> tuple[str, ...]:
    rival = "alexnet-28" if PRESETS["alexnet-28"].architecture != architecture else "lenet-keras"
    return (variants.THIS, PRESETS[rival].title)


def _activation_rate(recipe: Recipe, label: str) -> Recipe:
    return replace(recipe, learning_rate=SIGMOID_RATE if label == "Sigmoid" else OTHER_RATE)


def _design_rate(recipe: Recipe, label: str) -> Recipe:
    """Give the optimizer and the learning rate of a network's own text."""
    if label == variants.THIS:
        return recipe
    text = default_recipe(variants.TITLES[label], dataset=recipe.dataset)
    fields = ("optimizer", "momentum", "learning_rate")
    return with_fields(recipe, {field: getattr(text, field) for field in fields})


QUESTIONS: dict[str, Question] = {
    "activation": Question(
        "Which activation?",
        variants.activations,
        lambda _, __: ("Sigmoid", "ReLU"),
        variants.with_activation,
        "This network has no activations to exchange. Add some on the Explore page, or choose another question.",
        _activation_rate,
    ),
    "pooling": Question(
        "Maximum or average pooling?",
        variants.poolings,
        lambda _, __: tuple(variants.POOLING_LABELS),
        variants.with_pooling,
        "This network has no pooling to exchange. Add some on the Explore page, or choose another question.",
    ),
    "dropout": Question(
        "With or without dropout?",
        variants.dropouts,
        lambda _, __: ("No dropout", "Dropout 0.5"),
        variants.with_dropout,
        "This network has no hidden dense layer to drop from. Add one on the Explore page, or choose another question.",
    ),
    "rate": _about("learning_rate", "Which learning rate?", RATES, _usual_rates),
    "kernel": Question(
        "Which first kernel?",
        variants.kernels,
        _usual_kernels,
        variants.with_kernel,
        "This network has no Conv2d layer. Add one on the Explore page, or choose another question.",
    ),
    "channels": Question(
        "How many channels?",
        variants.widths,
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
        variants.cures,
        lambda _, __: tuple(variants.CURES),
        variants.with_cure,
        "This network has no activations, or no hidden dense layer to drop from. Choose another question.",
    ),
    "init": _about(
        "init", "Which first weights?", FIRST_WEIGHTS, lambda _, __: ("Init xavier", "Init kaiming", "Init zeros")
    ),
    "batch": _about(  # the epochs stay, so the steps differ
        "batch_size", "Which batch size?", BATCHES, lambda _, __: ("Batch 64", "Batch 256", "Batch 1,024")
    ),
    "epochs": _about("epochs", "How many epochs?", LENGTHS, lambda _, __: ("5 epochs", "10 epochs", "20 epochs")),
    "overfit": Question(
        "Does AlexNet overfit 500 pictures?",
        lambda _: tuple(variants.GUARDS),
        lambda _, __: ("Nothing against it", "Dropout"),
        variants.with_guard,
        "",
        sets=("learning_rate",),
        usual_epochs=variants.MANY,
    ),
    CHANCE: Question(
        "Nothing but the seed: how much is chance?",
        lambda _: (variants.THIS,),
        lambda _, __: (variants.THIS,),
        lambda architecture, recipe, _: Contender(architecture.name, architecture, recipe),
        "",
    ),
    "design": Question(
        "Which network?",
        variants.designs,
        _usual_designs,
        variants.with_design,
        "",
        _design_rate,
    ),
}
