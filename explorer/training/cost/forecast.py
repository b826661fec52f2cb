"""What a run will cost before it starts: steps, time, memory, what it leaves on disk; and what makes it cheaper."""

import math
from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from explorer.architecture.trace import Trace
from explorer.data.datasets import DATASETS
from explorer.training.cost.memory import FLOAT_BYTES, training_bytes
from explorer.training.cost.speed import Speed, measure_seconds, step_seconds
from explorer.training.recipe.optimizers import state_per_parameter
from explorer.training.recipe.probe_steps import PICTURES, count_probes, spacing
from explorer.training.recipe.recipe import Recipe, with_field
from explorer.training.weights.weight_files import kept_layers

LONG = 3_600.0  # seconds: longer than a lesson
LESSON = 600.0  # seconds that a class can wait for
FEWEST = 1_000  # pictures that still teach a network something


class Forecast(msgspec.Struct, frozen=True):
    """What a run will cost; `seconds` is None until the device has been measured."""

    steps: int
    seconds: float | None
    memory_bytes: int
    checkpoint_bytes: int  # weights and the optimizer's state
    weights_bytes: int  # at all looks inside, to look into the network later
    weights_layers: int  # whose weights these are: of all with weights, of the first, or of none

    @property
    def is_long(self) -> bool:
        """Whether the run takes longer than a lesson."""
        return self.seconds is not None and self.seconds > LONG


class Relief(msgspec.Struct, frozen=True):
    """A change of the recipe that makes a long run short, or a large one fit."""

    label: str
    recipe: Recipe


def forecast(trace: Trace, recipe: Recipe, speed: Speed | None) -> Forecast:
    """Foretell the cost of training a network that fits together."""
    size = _train_size(recipe)
    kept = _kept_weights(trace, recipe)
    copies = 1 + state_per_parameter(recipe.optimizer, momentum=recipe.momentum)
    return Forecast(
        steps=num_steps(recipe),
        seconds=None if speed is None else _seconds(trace, recipe, speed),
        memory_bytes=training_bytes(trace, recipe, train_size=size),
        checkpoint_bytes=trace.totals.num_params * FLOAT_BYTES * copies,
        weights_bytes=sum(kept),
        weights_layers=len(kept),
    )


def _kept_weights(trace: Trace, recipe: Recipe) -> list[int]:
    """Give the bytes that a run keeps of each layer at all its looks together."""
    steps = num_steps(recipe)
    looks = count_probes(steps, spacing=spacing(steps, pictures=PICTURES, batch_size=recipe.batch_size))
    sizes = {row.name: FLOAT_BYTES * row.num_params for row in trace.rows}
    return [looks * sizes[name] for name in kept_layers(sizes, looks=looks)]


def num_steps(recipe: Recipe) -> int:
    """Count the steps of a run that nothing ends early."""
    return recipe.epochs * math.ceil(_train_size(recipe) / recipe.batch_size)


def _train_size(recipe: Recipe) -> int:
    return recipe.train_size or DATASETS[recipe.dataset].train_size


def _seconds(trace: Trace, recipe: Recipe, speed: Speed) -> float:
    """Sum an epoch's full steps, its last one and its test pictures; a time limit cuts all after it off."""
    full, rest = divmod(_train_size(recipe), recipe.batch_size)
    epoch = full * step_seconds(speed, trace, batch_size=recipe.batch_size)
    epoch += step_seconds(speed, trace, batch_size=rest) if rest else 0.0
    tested = measure_seconds(speed, trace, test_size=DATASETS[recipe.dataset].test_size)
    limit = math.inf if recipe.max_seconds is None else recipe.max_seconds
    return min(recipe.epochs * (epoch + tested), limit + tested)


def reliefs(trace: Trace, recipe: Recipe, speed: Speed) -> Iterator[Relief]:
    """Propose the smallest changes that bring a long run within what a class can wait for."""
    if not forecast(trace, recipe, speed).is_long:
        return
    whole = _seconds(trace, replace(recipe, max_seconds=None), speed)
    epochs = math.floor(recipe.epochs * LESSON / whole)
    if epochs:
        yield Relief(f"Train {epochs} of the {recipe.epochs} epochs", with_field(recipe, "epochs", epochs))
    size = math.floor(_train_size(recipe) * LESSON / whole / 100) * 100
    if size >= FEWEST:
        yield Relief(f"Train on {size:,} pictures", with_field(recipe, "train_size", size))
    yield Relief("Stop after ten minutes", replace(recipe, max_seconds=LESSON))


def smaller_batch(trace: Trace, recipe: Recipe, *, free: int) -> Relief | None:
    """Propose the largest batch, by halves, whose step fits into `free` bytes; None where not even one picture does."""
    batch_size = min(recipe.batch_size, _train_size(recipe))
    while batch_size > 1:
        batch_size //= 2
        smaller = replace(recipe, batch_size=batch_size)
        if training_bytes(trace, smaller, train_size=_train_size(recipe)) <= free:
            return Relief(f"Set batch_size to {batch_size:,}", smaller)
    return None
