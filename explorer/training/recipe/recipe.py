"""How to train: a frozen record that the loop takes and nothing else, bounded where it is declared.

A recipe cannot exist with a field out of its bounds, whether it was written in code or read from JSON.
"""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, NamedTuple, get_type_hints

import msgspec
from msgspec import Meta
from msgspec.inspect import BoolType, FloatType, IntType, NoneType, Type, UnionType, type_info
from msgspec.structs import asdict

from explorer.architecture.spec import Architecture
from explorer.data.datasets import DATASETS
from explorer.training.recipe.augment import AUGMENTATIONS, NEEDS_COLOUR
from explorer.training.recipe.devices import DEVICES, PRECISIONS
from explorer.training.recipe.initialise import INITS
from explorer.training.recipe.optimizers import OPTIMIZERS, WITH_MOMENTUM, WITH_NESTEROV
from explorer.training.recipe.schedules import SCHEDULES

Count = Annotated[int, Meta(ge=1, le=100_000)]
CHOICES: dict[str, tuple[str, ...]] = {
    "dataset": tuple(DATASETS),
    "optimizer": tuple(OPTIMIZERS),
    "schedule": tuple(SCHEDULES),
    "init": tuple(INITS),
    "augmentation": tuple(AUGMENTATIONS),
    "device": tuple(DEVICES),
    "precision": tuple(PRECISIONS),
}


class RecipeError(ValueError):
    """A recipe that cannot be: which field, what was found there, and what is allowed."""

    def __init__(self, *, field: str, found: object, allowed: str) -> None:
        shown = repr(found)
        super().__init__(f"{field}: found {shown if len(shown) <= 60 else shown[:60] + '…'}; allowed: {allowed}.")
        self.field = field
        self.found = found
        self.allowed = allowed


class Recipe(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a network is trained; raises `RecipeError` for a value out of bounds or fields that contradict each other.

    `train_size` pictures are the first of the order that the seed draws, so a smaller set lies within a larger one;
    classes come out nearly, not exactly, balanced.
    """

    dataset: str = "fashion-mnist-subset"  # ships with the program, so a first run needs no network
    train_size: Count | None = None  # pictures; None: all that the data set has
    augmentation: str = "none"  # the texts' LeNets see each picture as it is
    epochs: Annotated[int, Meta(ge=1, le=1_000)] = 10  # passes over the training pictures, as the texts have it
    max_seconds: Annotated[float, Meta(gt=0, le=86_400)] | None = None  # ends the run early; None: no limit
    target_accuracy: Annotated[float, Meta(gt=0, le=1)] | None = None  # share of the test pictures that ends the run
    batch_size: Count = 256  # pictures a step, as the book has it
    optimizer: str = "SGD"  # plain gradient descent is what the texts explain
    learning_rate: Annotated[float, Meta(gt=0, le=100)] = 0.1  # where ReLU networks train with SGD; sigmoids want 0.9
    momentum: Annotated[float, Meta(ge=0, lt=1)] = 0.0  # share of the last step that is kept
    nesterov: bool = False  # SGD only: look ahead along the momentum
    weight_decay: Annotated[float, Meta(ge=0, le=1)] = 0.0  # pull to 0: in the gradient; AdamW takes it off the weight
    clip_grad_norm: Annotated[float, Meta(gt=0, le=1_000)] | None = None  # largest norm of all gradients as one vector
    schedule: str = "constant"  # of the learning rate
    warmup_epochs: Annotated[float, Meta(ge=0, le=1_000)] = 0.0  # while the learning rate rises; fractions count
    step_size: Annotated[float, Meta(gt=0, le=1_000)] | None = None  # epochs; None: a quarter of the run
    label_smoothing: Annotated[float, Meta(ge=0, lt=1)] = 0.0  # share of the truth that is spread over all classes
    init: str = "default"  # torch's own: uniform within 1/√(inputs of a unit)
    seed: Annotated[int, Meta(ge=0, lt=2**31)] = 0  # draws the first weights, the order of pictures, and dropout
    device: str = "auto"  # a GPU where there is one
    precision: str = "float32"  # of the forward pass; weights and test figures are float32 always

    def __post_init__(self) -> None:
        for field in self.__struct_fields__:
            check_field(field, getattr(self, field))
        for field, condition in CONDITIONS.items():
            if getattr(self, field) != DEFAULTS[field] and not condition.applies(self):
                raise RecipeError(field=field, found=getattr(self, field), allowed=condition.otherwise(self))


class Condition(NamedTuple):
    """Which recipes a field may differ from its default in, and what is allowed in the others, in words."""

    applies: Callable[[Recipe], bool]
    otherwise: Callable[[Recipe], str]


def _belongs_to(names: tuple[str, ...]) -> str:
    return f"belongs to {' or '.join(names)}"


CONDITIONS: dict[str, Condition] = {
    "momentum": Condition(
        lambda recipe: recipe.optimizer in WITH_MOMENTUM,
        lambda recipe: (
            f"0 with {recipe.optimizer}, which averages gradients by itself (momentum {_belongs_to(WITH_MOMENTUM)})"
        ),
    ),
    "nesterov": Condition(
        lambda recipe: recipe.optimizer in WITH_NESTEROV and recipe.momentum > 0,
        lambda recipe: (
            "False without momentum, along which it looks ahead (set momentum first)"
            if recipe.optimizer in WITH_NESTEROV
            else f"False with {recipe.optimizer} (nesterov {_belongs_to(WITH_NESTEROV)})"
        ),
    ),
    "step_size": Condition(
        lambda recipe: recipe.schedule == "step",
        lambda recipe: f"None with the schedule {recipe.schedule}, which has no steps (it belongs to step)",
    ),
    "warmup_epochs": Condition(
        lambda recipe: recipe.schedule != "one-cycle" and recipe.warmup_epochs < recipe.epochs,
        lambda recipe: (
            "0 with the schedule one-cycle, which warms up by itself"
            if recipe.schedule == "one-cycle"
            else f"below the {recipe.epochs:,} epochs of the run"
        ),
    ),
    "augmentation": Condition(
        lambda recipe: has_colour(recipe.dataset) or recipe.augmentation not in NEEDS_COLOUR,
        lambda recipe: f"{', '.join(augmentations(recipe.dataset))} with {recipe.dataset}, whose pictures are grey",
    ),
}
DEFAULTS: dict[str, Any] = {field.name: field.default for field in msgspec.structs.fields(Recipe)}


def has_colour(dataset: str) -> bool:
    """Say whether a data set's pictures have colours to change."""
    return DATASETS[dataset].image_shape[0] == 3


def augmentations(dataset: str) -> tuple[str, ...]:
    """Name the augmentations that a data set's pictures can have."""
    return tuple(name for name in AUGMENTATIONS if has_colour(dataset) or name not in NEEDS_COLOUR)


class Job(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    """What a run is: a network and how to train it."""

    architecture: Architecture
    recipe: Recipe
    start: Architecture | None = None  # in a race, the network whose first weights it takes where their shapes agree


TYPES: dict[str, Any] = get_type_hints(Recipe, include_extras=True)
BOUNDS: dict[str, Type] = {field: type_info(annotation) for field, annotation in TYPES.items()}


def read_recipe(fields: Mapping[str, object]) -> Recipe:
    """Make a recipe from named values, as a form, a command line or JSON gives them; raises `RecipeError`."""
    for field, value in fields.items():
        if field not in TYPES:
            raise RecipeError(field=field, found=value, allowed="only the fields " + ", ".join(TYPES))
        check_field(field, value)
    return Recipe(**fields)  # type: ignore[arg-type]  # each value was held against its field's type just above


def recipe_json(recipe: Recipe) -> str:
    """Write a recipe as JSON, without what is as it is by default."""
    told = {field: value for field, value in asdict(recipe).items() if value != DEFAULTS[field]}
    return msgspec.json.encode(told).decode()


_OBJECT = msgspec.json.Decoder(dict[str, object])


def read_recipe_json(data: bytes) -> Recipe:
    """Read a recipe from JSON that somebody sent; raises `RecipeError`."""
    try:
        return read_recipe(_OBJECT.decode(data))
    except (msgspec.MsgspecError, RecursionError, UnicodeError) as error:
        found = data[:60].decode(errors="replace")
        raise RecipeError(field="recipe", found=found, allowed="a JSON object of its fields") from error


def with_field(recipe: Recipe, field: str, value: object) -> Recipe:
    """Change one field; others that do not apply any more go back to their defaults. Raises `RecipeError`."""
    return with_fields(recipe, {field: value})


def with_fields(recipe: Recipe, values: Mapping[str, object]) -> Recipe:
    """Change fields; others that do not apply beside them go back to their defaults. Raises `RecipeError`."""
    fields = asdict(recipe) | dict(values)
    for _ in CONDITIONS:
        try:
            return read_recipe(fields)
        except RecipeError as error:
            if error.field in values or error.field not in CONDITIONS:
                raise
            fields[error.field] = DEFAULTS[error.field]
    return read_recipe(fields)


def applies(field: str, recipe: Recipe) -> bool:
    """Say whether a field can be anything but its default beside the recipe's other fields."""
    return field not in CONDITIONS or CONDITIONS[field].applies(recipe)


def check_field(field: str, value: object) -> None:
    """Hold a value against its field's type and choices alone; raises `RecipeError`."""
    try:
        msgspec.convert(value, TYPES[field])
    except msgspec.ValidationError as error:
        raise RecipeError(field=field, found=value, allowed=allowed(field)) from error
    if field in CHOICES and value not in CHOICES[field]:
        raise RecipeError(field=field, found=value, allowed=allowed(field))


def allowed(field: str) -> str:
    """Say what a field may be, in words: `a number above 0, at most 100`."""
    return "one of " + ", ".join(CHOICES[field]) if field in CHOICES else in_words(BOUNDS[field])


def in_words(bounds: Type) -> str:
    """Say what a type with bounds allows."""
    match bounds:
        case UnionType():
            return " or ".join(map(in_words, bounds.types))
        case NoneType():
            return "None"
        case BoolType():
            return "True or False"
        case IntType():
            return f"a whole number {_limits(bounds)}"
        case FloatType():
            return f"a number {_limits(bounds)}"
    raise TypeError(f"no words for {bounds}")


def _limits(bounds: IntType | FloatType) -> str:
    limits = {"above": bounds.gt, "at least": bounds.ge, "below": bounds.lt, "at most": bounds.le}
    return ", ".join(f"{words} {limit:,}" for words, limit in limits.items() if limit is not None)
