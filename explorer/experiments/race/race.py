"""What a race is: contenders that begin with the same weights and see the same pictures in the same order.

It is held over several seeds; over these, one contender may race alone, against chance. The runs with one seed are a
heat: they train at the same time, one heat after the other.
"""

from typing import Annotated

import msgspec
from msgspec.structs import replace

from explorer.architecture.spec import Architecture
from explorer.training.recipe.recipe import Job, Recipe

MAX_CONTENDERS = 6  # lines that can be told apart
MAX_TITLE = 80  # letters
SEEDS = (1, 3, 5)  # that a menu offers


class RaceError(ValueError):
    """A race that cannot be held; says why and what to change."""


class Contender(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of those that race: what the legend calls it, and what it is."""

    label: str
    architecture: Architecture
    recipe: Recipe


class Race(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Contenders and the number of seeds; raises `RaceError` for what cannot be compared.

    The first contender is the one whose first weights the others take, wherever their layers have the same shapes.
    """

    question: str  # as the page asks it: `Sigmoid or ReLU?`
    contenders: tuple[Contender, ...]
    seeds: Annotated[int, msgspec.Meta(ge=1, le=max(SEEDS))] = 1
    terms: str = ""  # on which terms they race, in words: the same learning rate, or each its own

    def __post_init__(self) -> None:
        labels = [contender.label for contender in self.contenders]
        if not 1 + (self.seeds == 1) <= len(labels) <= MAX_CONTENDERS:
            raise RaceError(
                f"A race takes 2 to {MAX_CONTENDERS} contenders, or one over several seeds; found {len(labels)}."
            )
        if len(set(labels)) < len(labels):
            raise RaceError(f"Two contenders of a race have one name: {', '.join(labels)}. Name each differently.")
        self._heat(self.seeds - 1)  # whose seeds are the largest: a recipe refuses one out of its bounds

    @property
    def heats(self) -> tuple[tuple[Job, ...], ...]:
        """Give the jobs of each heat, in the contenders' order; the first heat has the recipes' own seeds."""
        return tuple(self._heat(number) for number in range(self.seeds))

    def run_title(self, lane: int, *, heat: int) -> str:
        """Name one of the runs: `ReLU, seed 1`."""
        contender = self.contenders[lane]
        return f"{contender.label}, seed {contender.recipe.seed + heat}"[:MAX_TITLE]

    def _heat(self, number: int) -> tuple[Job, ...]:
        first = self.contenders[0].architecture
        return tuple(
            Job(
                architecture=contender.architecture,
                recipe=replace(contender.recipe, seed=contender.recipe.seed + number),
                start=first if contender.architecture != first else None,
            )
            for contender in self.contenders
        )
