"""A race as a person sets it up: which question, what of it, over how many seeds, how long, and at which rates."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
from msgspec import Meta

from explorer.architecture.spec import Architecture
from explorer.experiments.race.questions import CHANCE, OTHER_RATE, QUESTIONS
from explorer.experiments.race.race import MAX_CONTENDERS, MAX_TITLE, SEEDS, Contender, Race, RaceError
from explorer.training.recipe.recipe import Recipe, check_field, with_fields

USUAL_EPOCHS = 20  # of the pictures that ship: half a minute for each contender, and ReLU is past 75 %
MOST_OFFERED = 64  # of which some race

Label = Annotated[str, Meta(max_length=MAX_TITLE)]


class RaceSetup(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a person chose for a race; raises `RaceError` and `RecipeError` for what nobody can choose."""

    question: str = "activation"
    choices: Annotated[tuple[Label, ...], Meta(max_length=MOST_OFFERED)] | None = None  # None: the usual ones
    seeds: int = 3
    epochs: int | None = None  # None: the recipe's, but no more than fit into a lesson
    rate: float | None = None  # the learning rate of all; None: the usual one
    own_rates: bool = False  # each contender with the learning rate that is known to suit it, instead

    def __post_init__(self) -> None:
        if self.question not in QUESTIONS:
            raise RaceError(f"question: found {self.question[:40]!r}; allowed: one of {', '.join(QUESTIONS)}.")
        if self.seeds not in SEEDS:
            raise RaceError(f"seeds: found {self.seeds}; allowed: one of {', '.join(map(str, SEEDS))}.")
        for field, value in {"epochs": self.epochs, "learning_rate": self.rate}.items():
            if value is not None:
                check_field(field, value)


def chosen(setup: RaceSetup, architecture: Architecture, recipe: Recipe) -> tuple[str, ...]:
    """Give what races under a setup: what was chosen of it that there still is, or the usual."""
    question = QUESTIONS[setup.question]
    offered = question.choices(architecture)
    wanted = question.usual(architecture, recipe) if setup.choices is None else setup.choices
    return tuple(choice for choice in offered if choice in wanted)


def make_race(setup: RaceSetup, architecture: Architecture, recipe: Recipe) -> Race:
    """Set up a race of a network under a recipe; raises `RaceError` where there are too few contenders."""
    question, labels = QUESTIONS[setup.question], chosen(setup, architecture, recipe)
    if not question.choices(architecture):
        raise RaceError(question.lacking)
    if len(labels) < 2 and setup.question != CHANCE:
        raise RaceError(f"A race takes 2 to {MAX_CONTENDERS} contenders; found {len(labels)}. Choose more.")
    common = with_fields(recipe, {"epochs": epochs(setup, recipe), "learning_rate": rate(setup, recipe)})
    contenders = tuple(_contender(setup, architecture, common, label) for label in labels)
    return Race(question=_words(setup, contenders), contenders=contenders, seeds=setup.seeds, terms=_terms(contenders))


def _words(setup: RaceSetup, contenders: Sequence[Contender]) -> str:
    if setup.question == CHANCE:
        return f"How much is chance in {contenders[0].label}?"
    labels = [contender.label for contender in contenders]
    return " or ".join(filter(None, [", ".join(labels[:-1]), *labels[-1:]])) + "?"


def epochs(setup: RaceSetup, recipe: Recipe) -> int:
    """Give how many epochs each contender trains."""
    usual = QUESTIONS[setup.question].usual_epochs or min(recipe.epochs, USUAL_EPOCHS)
    return usual if setup.epochs is None else setup.epochs


def rate(setup: RaceSetup, recipe: Recipe) -> float:
    """Give the learning rate that all train with where they share one.

    The book's 0.9 suits its sigmoids alone: ReLU overshoots there in the first steps and stays at 10 %. So between
    activations it is the rate that ReLU wants, and a sigmoid's gradients show how small they are.
    """
    if setup.rate is not None:
        return setup.rate
    bent = setup.question in ("activation", "cure")
    return OTHER_RATE if bent and recipe.optimizer == "SGD" else recipe.learning_rate


def offers_own_rates(setup: RaceSetup, recipe: Recipe) -> bool:
    """Say whether contenders of this race are known to want different learning rates."""
    return QUESTIONS[setup.question].own_rate is not None and recipe.optimizer == "SGD"


def asks_for(field: str, setup: RaceSetup, recipe: Recipe) -> bool:
    """Say whether a field of the recipe is the same for all and can be chosen."""
    own_rates = field == "learning_rate" and setup.own_rates and offers_own_rates(setup, recipe)
    return field not in QUESTIONS[setup.question].sets and not own_rates


def _contender(setup: RaceSetup, architecture: Architecture, recipe: Recipe, label: str) -> Contender:
    question = QUESTIONS[setup.question]
    if setup.own_rates and question.own_rate and offers_own_rates(setup, recipe):
        recipe = question.own_rate(recipe, label)
    return question.contender(architecture, recipe, label)


def _terms(contenders: Sequence[Contender]) -> str:
    rates = {each.label: f"{each.recipe.optimizer} {each.recipe.learning_rate:g}" for each in contenders}
    if len(set(rates.values())) < 2:
        return f"all with {next(iter(rates.values()), 'one recipe')}"
    return ", ".join(f"{label} with {rate}" for label, rate in rates.items())
