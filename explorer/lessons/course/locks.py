"""What a step of a lesson fixes: which settings may differ from its state, and within which ranges.

The session asks at each edit, so that a lock holds for whatever is sent, and not only for what a page offers.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import msgspec

from explorer.architecture.build import layer_names
from explorer.architecture.kinds.layer import Layer
from explorer.architecture.spec import Architecture
from explorer.experiments.race.setup import RaceSetup
from explorer.training.recipe.recipe import Recipe

ALL_LAYERS = "layers"  # any layer may come, go and change
GROUPS = {"activations": "activation", "poolings": "pooling"}  # whose kinds may change, by their role
INPUT, RECIPE, RACE = "input", "recipe", "race"
HERE = "in this step of the lesson"
MISSING = object()


class LockedError(ValueError):
    """A change that a step of a lesson does not let through: of what, what was found, and what is allowed."""

    def __init__(self, *, where: str, found: object, allowed: str) -> None:
        super().__init__(f"{where}: found {_shown(found)}; allowed {HERE}: {allowed}.")
        self.where = where


class Locks(NamedTuple):
    """A step's state, what may be changed of it by name (None: everything), and in which ranges numbers may lie.

    Names are `layers`, `activations`, `poolings`, `input`, a layer such as `conv1` or a setting such as
    `conv1.kernel_size`; `recipe` or `recipe.learning_rate`; `race` or `race.seeds`.
    """

    design: Architecture | None = None
    recipe: Recipe | None = None
    setup: RaceSetup | None = None
    lets: frozenset[str] | None = None
    ranges: Mapping[str, tuple[float, float]] = {}

    def fixes(self, whole: str, part: str = "") -> bool:
        """Say whether something cannot be changed, such as `recipe`, `epochs`, or `conv1`, `stride`."""
        start = {RECIPE: self.recipe, RACE: self.setup}.get(whole, self.design)
        ways = {whole, f"{whole}.{part}", whole if whole in (RECIPE, RACE) else ALL_LAYERS}
        return start is not None and self.lets is not None and not ways & self.lets

    def check_design(self, design: Architecture) -> None:
        """Raise `LockedError` for a network that differs in what is fixed, or lies out of a range."""
        if self.design and self.lets is not None and ALL_LAYERS not in self.lets:
            self._check_input(self.design, design)
            self._check_layers(self.design, design)
        for name, layer in zip(layer_names(design.layers), design.layers, strict=True):
            self._check_ranges(name, layer)

    def check_recipe(self, recipe: Recipe) -> None:
        """Raise `LockedError` for a recipe that differs in what is fixed, or lies out of a range."""
        self._check_fields(RECIPE, self.recipe, recipe)

    def check_setup(self, setup: RaceSetup) -> None:
        """Raise `LockedError` for a race that differs in what is fixed, or lies out of a range."""
        self._check_fields(RACE, self.setup, setup)

    def _check_fields(self, whole: str, start: msgspec.Struct | None, found: msgspec.Struct) -> None:
        if start is not None:
            for name, value in _differing(start, found):
                if self.fixes(whole, name):
                    raise LockedError(where=name, found=value, allowed=_shown(getattr(start, name)))
        self._check_ranges(whole, found)

    def _check_input(self, start: Architecture, design: Architecture) -> None:
        if design.input_shape != start.input_shape and self.fixes(INPUT):
            raise LockedError(where="the input", found=design.input_shape, allowed=_shown(start.input_shape))

    def _check_layers(self, start: Architecture, design: Architecture) -> None:
        if len(design.layers) != len(start.layers):
            allowed = f"the {len(start.layers)} that are there"
            raise LockedError(where="the number of layers", found=len(design.layers), allowed=allowed)
        for name, was, layer in zip(layer_names(start.layers), start.layers, design.layers, strict=True):
            self._check_layer(name, was, layer)

    def _check_layer(self, name: str, start: Layer, layer: Layer) -> None:
        if type(layer) is not type(start) and self.fixes(name) and not self._may_become(start, layer):
            raise LockedError(where=f"{name}'s kind", found=type(layer).__name__, allowed=type(start).__name__)
        for field, value in _differing(start, layer):
            if self.fixes(name, field):
                raise LockedError(where=f"{name}'s {field}", found=value, allowed=_shown(getattr(start, field)))

    def _may_become(self, start: Layer, layer: Layer) -> bool:
        lets = self.lets or frozenset()
        return any(group in lets and start.role == layer.role == role for group, role in GROUPS.items())

    def _check_ranges(self, whole: str, found: msgspec.Struct) -> None:
        for key, (low, high) in self.ranges.items():
            name, _, field = key.partition(".")
            if name == whole:
                for value in _numbers(getattr(found, field, None)):
                    if not low <= value <= high:
                        where = field if whole in (RECIPE, RACE) else f"{whole}'s {field}"
                        raise LockedError(where=where, found=f"{value:,g}", allowed=f"{low:,g} to {high:,g}")


def _differing(start: msgspec.Struct, found: msgspec.Struct) -> Iterator[tuple[str, object]]:
    """Give the settings that both have in which they differ."""
    for name in found.__struct_fields__:
        was, now = getattr(start, name, MISSING), getattr(found, name)
        if was is not MISSING and was != now:
            yield name, now


def _numbers(value: object) -> Iterator[float]:
    for each in value if isinstance(value, tuple) else (value,):
        if isinstance(each, int | float):
            yield each


def _shown(value: object) -> str:
    between = ", " if isinstance(value, tuple) and isinstance(next(iter(value), 0), str) else " × "
    text = between.join(map(str, value)) if isinstance(value, tuple) else str(value)
    return text if len(text) <= 60 else text[:60] + "…"
