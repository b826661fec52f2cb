"""Everything that must hold before the first step, checked in the order in which a person can mend it.

What passes is a `PreparedRun`: the network, the pictures and the optimizer, on the device.
"""

import math
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from explorer.architecture.trace import Trace, trace
from explorer.data.datasets import Dataset, load
from explorer.training.cost import gate
from explorer.training.errors import TrainingError
from explorer.training.events import Way
from explorer.training.kernels.kernels import use_kernels
from explorer.training.loop.evaluate import chunk_size
from explorer.training.loop.first_weights import first_network
from explorer.training.recipe.augment import Augmenter, make_augment
from explorer.training.recipe.devices import PRECISIONS, find_device
from explorer.training.recipe.optimizers import make_optimizer
from explorer.training.recipe.recipe import Job, Recipe
from explorer.training.recipe.schedules import Schedule, make_schedule


@dataclass(frozen=True, kw_only=True)
class PreparedRun:
    """A job made ready: its parts on the device, and how many steps it will take."""

    job: Job
    recipe: Recipe
    input_shape: tuple[int, int, int]
    device: torch.device
    network: nn.Sequential
    optimizer: Optimizer
    schedule: Schedule | None  # None: the learning rate stays
    augment: Augmenter | None  # None: pictures stay as they are
    train_images: Tensor  # uint8, N×C×H×W
    train_labels: Tensor  # int64, N
    test_images: Tensor
    test_labels: Tensor
    train_size: int  # pictures that the recipe uses
    test_chunk: int  # test pictures measured at once
    way: Way  # how a step is computed

    @property
    def steps_per_epoch(self) -> int:
        """The last step of an epoch takes the pictures that are left."""
        return math.ceil(self.train_size / self.recipe.batch_size)

    @property
    def num_steps(self) -> int:
        """Steps if nothing ends the run early."""
        return self.steps_per_epoch * self.recipe.epochs

    def computing(self) -> AbstractContextManager[object]:
        """Give what a forward pass runs in, so that it computes in the recipe's precision."""
        if self.recipe.precision == "float32":
            return nullcontext()
        return torch.autocast(self.device.type, PRECISIONS[self.recipe.precision])


def prepare(job: Job, way: Way | None = None) -> PreparedRun:
    """Check a job and put its parts on the device, with the first weights drawn from torch's generator.

    A step is computed whole if `way` is None. Raises `TrainingError` for a job that cannot be trained, and `DataError`
    for pictures that are not there.
    """
    recipe = job.recipe
    device = find_device(recipe.device)
    rows = trace(job.architecture)
    if job.start:
        _check_start(trace(job.start))
    gate.check(rows, recipe, gate.as_it_is(device, recipe.precision))
    data = load(recipe.dataset)
    return assemble(job, rows, data, device=device, way=way or Way())


def assemble(job: Job, rows: Trace, data: Dataset, *, device: torch.device, way: Way) -> PreparedRun:
    """Put the parts of a job that was checked on the device."""
    recipe, train_size = job.recipe, gate.train_size(job.recipe)
    network = first_network(job).to(device).to(memory_format=torch.channels_last)
    use_kernels(network)
    return PreparedRun(
        job=job,
        recipe=recipe,
        input_shape=job.architecture.input_shape,
        device=device,
        network=network,
        optimizer=make_optimizer(
            recipe.optimizer,
            network.parameters(),
            learning_rate=recipe.learning_rate,
            momentum=recipe.momentum,
            nesterov=recipe.nesterov,
            weight_decay=recipe.weight_decay,
            device=device,
        ),
        schedule=_schedule(recipe, steps_per_epoch=math.ceil(train_size / recipe.batch_size)),
        augment=make_augment(recipe.augmentation, seed=recipe.seed, device=device),
        train_images=data.train.images.to(device),
        train_labels=data.train.labels.to(device),
        test_images=data.test.images.to(device),
        test_labels=data.test.labels.to(device),
        train_size=train_size,
        test_chunk=chunk_size(rows.totals.mult_adds, device),
        way=way,
    )


def _schedule(recipe: Recipe, *, steps_per_epoch: int) -> Schedule | None:
    """Make the schedule, with the recipe's epochs as steps."""
    size = recipe.step_size
    return make_schedule(
        recipe.schedule,
        learning_rate=recipe.learning_rate,
        num_steps=recipe.epochs * steps_per_epoch,
        warmup_steps=round(recipe.warmup_epochs * steps_per_epoch),
        step_size=None if size is None else max(1, round(size * steps_per_epoch)),
    )


def _check_start(rows: Trace) -> None:
    if rows.error:
        raise TrainingError(
            f"The network whose first weights this one takes does not fit together at {rows.error.name}: "
            f"{rows.error.cause} Change it so that it fits, or let this network start from its own."
        )
