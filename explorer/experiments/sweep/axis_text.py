"""An axis as a person types it: `0.01, 0.1, 1`, or `0.01..1` for a range; and the values that are proposed at first."""

from collections.abc import Iterator
from typing import Annotated

import msgspec
from msgspec import Meta
from msgspec.inspect import BoolType, FloatType, IntType
from msgspec.structs import replace

from explorer.architecture.build import layer_names
from explorer.architecture.spec import Architecture
from explorer.experiments.race.setup import USUAL_EPOCHS
from explorer.experiments.sweep.fields import SweepError, SweepField, Value, fields
from explorer.experiments.sweep.sweep import MAX_CELLS, Axis, Choices, Draws, Grid, Range, Sweep
from explorer.training.recipe.recipe import TYPES, Job, Recipe, check_field, with_field

RANGE = ".."
MOST_VARIED = 3  # fields on the page: more are hard to see at once
MOST_TEXTS = 64  # fields whose values are kept as they were typed
MOST_TYPED = 400  # letters
PROPOSED = {
    "learning_rate": "0.01, 0.03, 0.1, 0.3, 1",  # with SGD; the others divide by a gradient's size, and want less
    "width": "0.5, 1, 2",
    "kernel_size": "3, 5, 7",
    "activation": "Sigmoid, ReLU",
    "pooling": "AvgPool2d, MaxPool2d",
    "optimizer": "SGD, Adam",
    "batch_size": "64, 256, 1024",
    "momentum": "0, 0.5, 0.9",
    "weight_decay": "0, 0.0001, 0.001",
    "label_smoothing": "0, 0.1",
    "init": "default, xavier, kaiming",
    "schedule": "constant, cosine, one-cycle",
}
SMALL_RATES = "0.0003, 0.001, 0.003, 0.01"
MENU = ("learning_rate", "width", "kernel_size", "activation", "pooling", "seed", "optimizer", "batch_size")
HIDDEN = ("dataset", "device", "max_seconds", "target_accuracy")  # on the page: what a sweep is rarely for

Name = Annotated[str, Meta(max_length=60)]
Typed = Annotated[str, Meta(max_length=MOST_TYPED)]


class SweepSetup(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a person chose for a sweep; its JSON is read within these bounds. Raises `RecipeError` for other epochs."""

    fields: Annotated[tuple[Name, ...], Meta(max_length=MOST_VARIED)] | None = None  # None: the usual ones
    texts: Annotated[tuple[tuple[Name, Typed], ...], Meta(max_length=MOST_TEXTS)] = ()  # what was typed, by field
    draws: Annotated[int, Meta(ge=1, le=MAX_CELLS)] | None = None  # settings drawn at random; None: every combination
    draw_seed: Annotated[int, Meta(ge=0, lt=2**31)] = 0
    epochs: int | None = None  # None: the recipe's, but no more than fit into a lesson

    def __post_init__(self) -> None:
        if self.epochs is not None:
            check_field("epochs", self.epochs)


def make_sweep(setup: SweepSetup, architecture: Architecture, recipe: Recipe) -> Sweep:
    """Set up a sweep of a network under a recipe; raises `SweepError`."""
    base = Job(architecture=architecture, recipe=with_field(recipe, "epochs", epochs(setup, recipe)))
    axes = tuple(read_axis(name, text_of(setup, name, base), architecture) for name in varied(setup, architecture))
    way = Grid() if setup.draws is None else Draws(setup.draws, setup.draw_seed)
    return Sweep(base=base, axes=axes, way=way)


def epochs(setup: SweepSetup, recipe: Recipe) -> int:
    """Give how many epochs each cell trains."""
    return min(recipe.epochs, USUAL_EPOCHS) if setup.epochs is None else setup.epochs


def offered(architecture: Architecture) -> tuple[str, ...]:
    """Name what a menu offers to vary, what is varied most often first."""
    known = fields(architecture)
    first = [name for name in MENU if name in known]
    return (*first, *(name for name in known if name not in first and name not in HIDDEN))


def varied(setup: SweepSetup, architecture: Architecture) -> tuple[str, ...]:
    """Name the fields that vary under a setup: those chosen that there still are, or the usual ones."""
    wanted = ("learning_rate", "activation") if setup.fields is None else setup.fields
    known = offered(architecture)
    return tuple(name for name in wanted if name in known)


def text_of(setup: SweepSetup, name: str, base: Job) -> str:
    """Give what was typed for a field, or what is proposed."""
    return dict(setup.texts).get(name) or proposal(name, base)


def with_text(setup: SweepSetup, name: str, text: str) -> SweepSetup:
    """Keep what was typed for a field; nothing means what is proposed. Raises `SweepError` for what is too long."""
    if len(text) > MOST_TYPED:
        raise SweepError(f"{name}: found {len(text):,} letters; allowed: at most {MOST_TYPED}. What was there is kept.")
    return replace(setup, texts=tuple((dict(setup.texts) | {name: text}).items()))


def read_axis(name: str, text: str, architecture: Architecture) -> Axis:
    """Read the values of a field as a person types them; raises `SweepError`."""
    known = fields(architecture)
    if name not in known:
        raise SweepError(f"{name}: nothing of this name can vary here; allowed: one of {', '.join(known)}.")
    field = known[name]
    low, dots, high = text.partition(RANGE)
    if dots:
        return Range(name, _bound(name, low), _bound(name, high))
    return Choices(name, tuple(_value(part.strip(), field) for part in text.split(",") if part.strip()))


def _bound(name: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise SweepError(f"{name}: found the bound {text.strip()!r}; allowed: a number, as in 0.01{RANGE}1.") from None


def _value(text: str, field: SweepField) -> Value:
    """Read a text as its field's type; what is none becomes what it looks like, which the sweep refuses in words."""
    if text == "None" and not field.choices:
        return None
    for kind in (field.kind, float):
        try:
            value: Value = msgspec.convert(text, kind, strict=False)
        except msgspec.ValidationError:
            continue
        return value
    return text


def proposal(name: str, base: Job) -> str:
    """Propose values for a field: those that a lesson tries, or its own and its neighbours."""
    if name == "learning_rate" and base.recipe.optimizer != "SGD":
        return SMALL_RATES
    if name in PROPOSED:
        return PROPOSED[name]
    field = fields(base.architecture)[name]
    own = getattr(base.recipe, name) if name in TYPES else _of_layer(name, base.architecture)
    return ", ".join(field.choices) if field.choices else _around(name, own, field)


def _of_layer(name: str, architecture: Architecture) -> Value:
    layer, _, field = name.partition(".")
    value: Value = getattr(architecture.layers[layer_names(architecture.layers).index(layer)], field)
    return value


def _around(name: str, own: Value, field: SweepField) -> str:
    plain = field.plain
    if name == "seed":
        return ", ".join(str(int(own or 0) + i) for i in range(3))
    if isinstance(plain, BoolType) or not isinstance(plain, IntType | FloatType):
        return "False, True"
    if not own:
        return "1, 2" if isinstance(plain, IntType) else "0.1, 0.2"
    return ", ".join(f"{value:g}" for value in dict.fromkeys(_near(float(own), plain)))


def _near(own: float, bounds: IntType | FloatType) -> Iterator[float]:
    """Give a number, its half and its double, as far as they are allowed."""
    half = max(1, own // 2) if isinstance(bounds, IntType) else own / 2
    for value in (half, own, 2 * own):
        if (bounds.le is None or value <= bounds.le) and (bounds.lt is None or value < bounds.lt):
            yield value
