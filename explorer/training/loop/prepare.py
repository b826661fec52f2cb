"""Everything that must hold before the first step, checked in the order in which a person can mend it.

What passes is a `PreparedRun`: the network, the pictures and the optimizer, on the device.
"""

import math
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from explorer.architecture.spec import Architecture
from explorer.architecture.trace import Trace, trace
from explorer.data.datasets import DATASETS, Dataset, DatasetInfo, load
from explorer.training.cost.memory import training_bytes
from explorer.training.errors import TrainingError
from explorer.training.loop.batches import can_adapt
from explorer.training.loop.evaluate import chunk_size
from explorer.training.loop.first_weights import first_network
from explorer.training.recipe.augment import Augmenter, make_augment
from explorer.training.recipe.devices import PRECISIONS, describe, find_device, free_bytes, has_precision
from explorer.training.recipe.optimizers import make_optimizer
from explorer.training.recipe.recipe import Job, Recipe
from explorer.training.recipe.schedules import Schedule, make_schedule

GIB = 2**30


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


def prepare(job: Job) -> PreparedRun:
    """Check a job and put its parts on the device, with the first weights drawn from torch's generator.

    Raises `TrainingError` for a job that cannot be trained, and `DataError` for pictures that are not there.
    """
    recipe = job.recipe
    device = find_device(recipe.device)
    rows = trace(job.architecture)
    if job.start:
        _check_start(trace(job.start))
    train_size = _check(rows, recipe, DATASETS[recipe.dataset], device)
    data = load(recipe.dataset)
    return _assemble(job, rows, data, device=device, train_size=train_size)


def _assemble(job: Job, rows: Trace, data: Dataset, *, device: torch.device, train_size: int) -> PreparedRun:
    recipe = job.recipe
    network = first_network(job).to(device).to(memory_format=torch.channels_last)
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


def _check(rows: Trace, recipe: Recipe, info: DatasetInfo, device: torch.device) -> int:
    """Hold the network and the recipe against the data set and the device; gives the number of training pictures."""
    train_size = _check_fit(rows, recipe, info)
    _check_precision(recipe.precision, device)
    _check_memory(rows, recipe, train_size, device)
    return train_size


def _check_fit(rows: Trace, recipe: Recipe, info: DatasetInfo) -> int:
    train_size = _train_size(recipe, info)
    _check_network(rows)
    _check_input(rows.architecture, recipe.dataset, info)
    _check_output(rows, recipe.dataset, info)
    _check_normalisation(rows, recipe, train_size)
    return train_size


def check_fit(rows: Trace, recipe: Recipe) -> None:
    """Hold the network and the recipe against the data set, whatever the device; raises `TrainingError`."""
    _check_fit(rows, recipe, DATASETS[recipe.dataset])


def _train_size(recipe: Recipe, info: DatasetInfo) -> int:
    if recipe.train_size is not None and recipe.train_size > info.train_size:
        raise TrainingError(
            f"The recipe asks for {recipe.train_size:,} training pictures; {recipe.dataset} has {info.train_size:,}. "
            f"Set train_size to {info.train_size:,} or less, or leave it empty for all of them."
        )
    return recipe.train_size or info.train_size


def _check_network(rows: Trace) -> None:
    if rows.error:
        repairs = "; or ".join(repair.label for repair in rows.error.repairs)
        ways = f" It fits after one of these edits: {repairs}." if repairs else ""
        raise TrainingError(
            f"The network does not fit together at layer {rows.error.index + 1} ({rows.error.name}): "
            f"{rows.error.cause.rstrip('.')}.{ways}"
        )
    if not rows.rows:
        raise TrainingError(
            "The network has no layers. Add at least Flatten and a Linear layer with one output a class."
        )
    if not rows.totals.num_trainable:
        raise TrainingError(
            "The network has no parameters, so there is nothing to train. Add a Conv2d or Linear layer."
        )


def _check_start(rows: Trace) -> None:
    if rows.error:
        raise TrainingError(
            f"The network whose first weights this one takes does not fit together at {rows.error.name}: "
            f"{rows.error.cause} Mend it, or let this network start from its own."
        )


def _check_input(architecture: Architecture, dataset: str, info: DatasetInfo) -> None:
    channels, found = architecture.input_shape[0], info.image_shape[0]
    if not can_adapt(found, channels):
        raise TrainingError(
            f"The network takes {channels} channels; the pictures of {dataset} have {found}. "
            f"Set the network's input channels to {found}, or to 1 for grey."
        )


def _check_output(rows: Trace, dataset: str, info: DatasetInfo) -> None:
    classes = len(info.classes)
    if rows.output_shape != (classes,):
        shape = "×".join(map(str, rows.output_shape))
        raise TrainingError(
            f"The network gives {shape} numbers for each picture; {dataset} has {classes} classes and needs one number "
            f"for each. End the network with Flatten, where it still has maps, and Linear with {classes} outputs."
        )


def _check_normalisation(rows: Trace, recipe: Recipe, train_size: int) -> None:
    """Batch normalisation has no variance over a single value, so torch refuses a batch of one picture there."""
    batch = min(recipe.batch_size, train_size)
    last = train_size % batch or batch
    single = next(
        (row for row in rows.rows if row.kind.startswith("BatchNorm") and math.prod(row.output_shape[1:]) == 1), None
    )
    if single and last == 1:
        raise TrainingError(
            f"{single.name} normalises over the batch, but with {train_size:,} pictures and batches of "
            f"{recipe.batch_size:,} the last batch of an epoch is one picture. Change batch_size or train_size by one."
        )


def _check_precision(precision: str, device: torch.device) -> None:
    if not has_precision(device, precision):
        raise TrainingError(f"{describe(device)} does not compute in {precision}. Set precision to float32.")


def _check_memory(rows: Trace, recipe: Recipe, train_size: int, device: torch.device) -> None:
    needed, free = training_bytes(rows, recipe, train_size=train_size), free_bytes(device)
    if free is not None and needed > free:
        raise TrainingError(
            f"A training step needs about {needed / GIB:.1f} GiB of memory; {device} has {free / GIB:.1f} GiB free. "
            f"Choose a smaller batch_size than {recipe.batch_size:,}, or a smaller network."
        )
