"""The one gate before training: every page, race, sweep and command asks it, and so does the loop itself.

What it refuses could only fail. It is asked for the device at its best, all its memory free, where a run may wait, and
for the device as it is once the run begins.
"""

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import msgspec
import torch
from msgspec.structs import replace

from explorer.architecture import edit
from explorer.architecture.kinds.sizes import shape_words
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import Trace, trace
from explorer.data.datasets import DATASETS, DatasetInfo
from explorer.training.cost.forecast import smaller_batch
from explorer.training.cost.memory import training_bytes
from explorer.training.errors import TrainingError
from explorer.training.recipe.devices import describe, find_device, free_bytes, has_precision, total_bytes
from explorer.training.recipe.recipe import Job, Recipe

GIB = 2**30


class Device(NamedTuple):
    """What the gate knows of the device that is to train."""

    name: str  # as a person reads it
    memory: int | None = None  # bytes that a run can have; None where nobody says
    precisions: tuple[str, ...] | None = None  # that it computes in; None where nobody says


def as_it_is(device: torch.device, precision: str) -> Device:
    """Measure a device of this process: what is free now, and whether it computes in a precision."""
    precisions = ("float32", *([precision] if has_precision(device, precision) else []))
    return Device(describe(device), free_bytes(device), precisions)


def at_best(name: str) -> Device:
    """Give what this computer's device can do once nothing else runs; raises `TrainingError` where it has none.

    A GPU is asked nothing here: the process that serves pages would take some of its memory for itself.
    """
    device = find_device(name)
    return Device(str(device), total_bytes() if device.type == "cpu" else None)


def check_here(job: Job) -> None:
    """Hold a job against this computer at its best; raises `TrainingError`."""
    check(trace(job.architecture), job.recipe, at_best(job.recipe.device))


def refusal(rows: Trace, recipe: Recipe) -> str | None:
    """Say why a network cannot be trained by a recipe on this computer, or None where it can."""
    try:
        check(rows, recipe, at_best(recipe.device))
    except TrainingError as error:
        return str(error)
    return None


def check(rows: Trace, recipe: Recipe, device: Device) -> None:
    """Hold a network and a recipe against the data set and the device; raises `TrainingError`."""
    info = DATASETS[recipe.dataset]
    _check_train_size(recipe, info)
    _check_network(rows)
    _check_input(rows.architecture, recipe.dataset, info)
    _check_output(rows, recipe.dataset, info)
    _check_normalisation(rows, recipe)
    _check_precision(recipe.precision, device)
    _check_memory(rows, recipe, device)


def dataset_refusal(architecture: Architecture, dataset: str) -> str:
    """Say why a network cannot answer to the pictures of a data set; nothing where it can."""
    rows = trace(architecture)
    try:
        _check_network(rows)
        _check_input(architecture, dataset, DATASETS[dataset])
        _check_output(rows, dataset, DATASETS[dataset])
    except TrainingError as error:
        return str(error)
    return ""


def train_size(recipe: Recipe) -> int:
    """Count the pictures that a recipe trains on."""
    return recipe.train_size or DATASETS[recipe.dataset].train_size


def _check_train_size(recipe: Recipe, info: DatasetInfo) -> None:
    if train_size(recipe) > info.train_size:
        raise TrainingError(
            f"The recipe asks for {recipe.train_size:,} training pictures; {recipe.dataset} has {info.train_size:,}. "
            f"Set train_size to {info.train_size:,} or less, or leave it empty for all of them."
        )


def _check_network(rows: Trace) -> None:
    if rows.error:
        repairs = "; or ".join(repair.label for repair in rows.error.repairs)
        ways = f" It fits after one of these edits: {repairs}." if repairs else ""
        raise TrainingError(f"{rows.error.name} does not fit: {rows.error.cause.rstrip('.')}.{ways}")
    if not rows.rows:
        raise TrainingError(
            "The network has no layers. Add at least Flatten and a Linear layer with one output a class."
        )
    if not rows.totals.num_trainable:
        raise TrainingError(
            "The network has no parameters, so there is nothing to train. Add a Conv2d or Linear layer."
        )


def _check_input(architecture: Architecture, dataset: str, info: DatasetInfo) -> None:
    channels, found = architecture.input_shape[0], info.image_shape[0]
    if not can_adapt(found, channels):
        raise TrainingError(
            f"The network takes {channels} channels; the pictures of {dataset} have {found}. "
            f"Set the network's input channels to {found}, or to 1 for grey."
        )


def can_adapt(picture_channels: int, channels: int) -> bool:
    """Say whether pictures can be given as so many channels: grey is repeated, colour can become grey."""
    return picture_channels in {1, channels} or (picture_channels == 3 and channels == 1)


def _check_output(rows: Trace, dataset: str, info: DatasetInfo) -> None:
    classes = len(info.classes)
    if rows.output_shape != (classes,):
        shape = shape_words(rows.output_shape)
        raise TrainingError(
            f"The network gives {shape} numbers for each picture; {dataset} has {classes} classes and needs one number "
            f"for each. End the network with Flatten, where it still has maps, and Linear with {classes} outputs."
        )


def _check_normalisation(rows: Trace, recipe: Recipe) -> None:
    """Batch normalisation has no variance over a single value, so torch refuses a batch of one picture there."""
    size = train_size(recipe)
    batch = min(recipe.batch_size, size)
    last = size % batch or batch
    single = next(
        (row for row in rows.rows if row.kind.startswith("BatchNorm") and math.prod(row.output_shape[1:]) == 1), None
    )
    if single and last == 1:
        raise TrainingError(
            f"{single.name} normalises over the batch, but with {size:,} pictures and batches of "
            f"{recipe.batch_size:,} the last batch of an epoch is one picture. Change batch_size or train_size by one."
        )


def _check_precision(precision: str, device: Device) -> None:
    if device.precisions is not None and precision not in device.precisions:
        raise TrainingError(f"{device.name} does not compute in {precision}. Set precision to float32.")


def _check_memory(rows: Trace, recipe: Recipe, device: Device) -> None:
    needed = training_bytes(rows, recipe, train_size=train_size(recipe))
    if device.memory is not None and needed > device.memory:
        raise TrainingError(
            f"A training step needs about {needed / GIB:.1f} GiB of memory; {device.name} has "
            f"{device.memory / GIB:.1f} GiB for it. Choose a smaller batch_size than {recipe.batch_size:,}, or a "
            "smaller network."
        )


_JOB = msgspec.json.Decoder(Job)


@lru_cache(maxsize=512)
def needed_bytes(job_json: str) -> int:
    """Estimate the memory of a job's training step, in bytes; the job is JSON, and 0 where it cannot be read."""
    try:
        job = _JOB.decode(job_json)
    except msgspec.MsgspecError:
        return 0
    return training_bytes(trace(job.architecture), job.recipe, train_size=train_size(job.recipe))


class JobMend(NamedTuple):
    """One change that lets a refused job through, as a button says it."""

    label: str
    architecture: Architecture
    recipe: Recipe


def mends(rows: Trace, recipe: Recipe) -> Iterator[JobMend]:
    """Propose the changes of the network's ends and of the recipe after which the gate refuses nothing."""
    if refusal(rows, recipe) is None:
        return
    for mend in _candidates(rows, recipe):
        if refusal(trace(mend.architecture), mend.recipe) is None:
            yield mend


def _candidates(rows: Trace, recipe: Recipe) -> Iterator[JobMend]:
    network, info = rows.architecture, DATASETS[recipe.dataset]
    classes, channels = len(info.classes), info.image_shape[0]
    if rows.rows and edit.num_classes(network) is not None:
        label = f"Let {rows.rows[-1].name} give {classes} numbers"
        yield JobMend(label, edit.with_num_classes(network, classes), recipe)
    yield JobMend(f"Let the network take {channels} channels", edit.with_channels(network, channels), recipe)
    if train_size(recipe) > info.train_size:
        yield JobMend(f"Train on all {info.train_size:,} pictures", network, replace(recipe, train_size=None))
    one_more = recipe.batch_size + 1
    yield JobMend(f"Set batch_size to {one_more:,}", network, replace(recipe, batch_size=one_more))
    memory = total_bytes()
    if memory is not None and rows.error is None and (smaller := smaller_batch(rows, recipe, free=memory)):
        yield JobMend(smaller.label, network, smaller.recipe)
