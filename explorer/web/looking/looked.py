"""The networks and pictures that are looked at just now, each loaded once for all who look."""

import gc
import math
import threading
from functools import lru_cache

import torch
from torch import Tensor, nn

from explorer.architecture.build import build
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import trace
from explorer.data.datasets import load
from explorer.data.home import explorer_home
from explorer.data.pictures import Pictures
from explorer.looking.ascent import Found, ascent
from explorer.looking.choices import ChoiceError
from explorer.looking.exciting import AT_ONCE, Responses, outputs_of, responses
from explorer.looking.maps import INPUT, network_with, probabilities
from explorer.looking.moving import ALL_WAYS, Shifts, accuracies, shifts_for
from explorer.looking.plane import Plane, plane
from explorer.runs.store.rows import Run
from explorer.runs.store.run_files import KeptFiles, kept_files
from explorer.training.cost.gate import dataset_refusal
from explorer.training.loop.batches import to_input
from explorer.training.loop.checkpoint import CheckpointError, read, read_place
from explorer.training.loop.first_weights import first_network
from explorer.training.loop.snapshot import NETWORK
from explorer.training.recipe.recipe import Job
from explorer.training.weights.weight_files import WeightsError, kept_steps, read_weights
from explorer.web.looking.subject import NoSuchPictureError, Subject, TooLargeError, is_looker

SMALL = 2_000_000  # parameters, whose weights a browser gets at once, and with which a picture takes some milliseconds
MOST_PARAMS = 80_000_000  # AlexNet has 61 million
MOST_PICTURES = 1_000  # that are looked at together
MOST_VALUES, MOST_MULT_ADDS = 20_000_000, 20_000_000_000  # of a layer and of all, for all of those together
PLANES, SHIFTS, PICTURES = 200, 600, 1_000  # kept: of 8 kB, of 17 numbers, of 3 kB each
NETWORKS = 3 if is_looker() else 24  # kept at hand: at most 320 MB each there, 8 MB here
DATASETS = 2  # whose test pictures are kept: at most 31 MB each

_long = threading.Lock()  # for looks that take a second: one at a time, so that the pages keep a core


def steps_of(run: Run) -> list[int]:
    """List the steps of a run at which one can look into its whole network, the first first."""
    kept = kept_steps(_kept().weights.path(run.id))
    if kept and set(read_weights(_kept().weights.path(run.id), kept[0])) >= _names(run.job.architecture):
        return kept
    try:
        return [read_place(_kept().checkpoints.path(run.id)).step]
    except CheckpointError:
        return []


def filter_steps_of(run_id: str, layer: str) -> list[int]:
    """List the steps at which a layer's weights were kept, whether or not the others' were."""
    folder = _kept().weights.path(run_id)
    kept = kept_steps(folder)
    return kept if kept and f"{layer}.weight" in read_weights(folder, kept[0]) else []


def kept_weights_of(run_id: str, step: int, layer: str) -> dict[str, Tensor]:
    """Give a layer's own weights as they were kept after a step; nothing where they were not."""
    folder = _kept().weights.path(run_id)
    found = read_weights(folder, step) if step in kept_steps(folder) else {}
    return {name: value for name, value in found.items() if name.startswith(f"{layer}.")}


@lru_cache(maxsize=NETWORKS)
def network_of(run_id: str, architecture: Architecture, step: int) -> nn.Sequential:
    """Give a run's network as it was after a step; raises `WeightsError` and `TooLargeError`."""
    check_size(architecture)
    if step in kept_steps(_kept().weights.path(run_id)):
        weights = read_weights(_kept().weights.path(run_id), step)
        if set(weights) >= _names(architecture):
            return network_with(architecture, weights)
    return network_with(architecture, _in_checkpoint(run_id, step))


def is_small(architecture: Architecture) -> bool:
    """Say whether the process that draws the pages looks into it itself."""
    return trace(architecture).totals.num_params <= SMALL


def check_size(architecture: Architecture) -> None:
    """Raise `TooLargeError` for a network whose weights or maps take more memory than is given to looking."""
    traced = trace(architecture)
    if (params := traced.totals.num_params) > MOST_PARAMS:
        raise TooLargeError(
            f"This network has {params:,} parameters. One can look into those with at most {MOST_PARAMS:,}, such as "
            "AlexNet."
        )
    if (values := sum(math.prod(row.output_shape) for row in traced.rows)) > MOST_VALUES:
        raise TooLargeError(
            f"The maps of this network have {values:,} values for one picture. One can look into those with at most "
            f"{MOST_VALUES:,}; AlexNet has 1.4 million. A smaller input or fewer channels fit."
        )


@lru_cache(maxsize=DATASETS)
def first_inputs(dataset: str, architecture: Architecture) -> Tensor:
    """Give the first of the test pictures as a network takes them, as many as it takes in reasonable memory and time.

    Raises `DataError` and `TooLargeError`.
    """
    check_size(architecture)
    return to_input(test_pictures(dataset).images[: _most_pictures(architecture)], architecture.input_shape)


def _most_pictures(architecture: Architecture) -> int:
    traced = trace(architecture)
    values = max(math.prod(shape) for shape in (architecture.input_shape, *(row.output_shape for row in traced.rows)))
    return max(1, min(MOST_PICTURES, MOST_VALUES // values, MOST_MULT_ADDS // max(1, traced.totals.mult_adds)))


def shifts_of(architecture: Architecture) -> Shifts | None:
    """Say at which shifts and with how many test pictures a network's accuracies are measured; None where it is not."""
    return shifts_for(mult_adds=trace(architecture).totals.mult_adds, pictures=_most_pictures(architecture))


@lru_cache(maxsize=SHIFTS)
def shift_accuracies(run: Subject, step: int, down: int, across: int | None) -> Tensor:
    """Give the share of right answers to the first test pictures at a shift, or for None at each across.

    Raises what the parts of this do.
    """
    design = run.job.architecture
    if why := dataset_refusal(design, run.dataset):
        raise ChoiceError(why)  # no answer of imported weights with other classes is right or wrong
    if (shifts := shifts_of(design)) is None:
        raise TooLargeError("Shifting the test pictures takes too long with a network as large as this one.")
    inputs = first_inputs(run.dataset, design)[: shifts.pictures]
    labels, ground = test_pictures(run.dataset).labels[: shifts.pictures], ground_of(run)
    ways = ALL_WAYS[:: shifts.every] if across is None else [across]
    with _long:
        return accuracies(network_of(run.id, design, step), inputs, labels, ground, down=down, across=ways)


@lru_cache(maxsize=NETWORKS)
def answers_of(run_id: str, architecture: Architecture, dataset: str, step: int) -> Tensor:
    """Give the probability of each class for the first test pictures, N × classes; raises what the parts of this do."""
    network, inputs = network_of(run_id, architecture, step), first_inputs(dataset, architecture)
    with torch.inference_mode():
        return torch.cat([probabilities(network, some) for some in torch.split(inputs, AT_ONCE)])


@lru_cache(maxsize=NETWORKS)
def responses_of(run_id: str, architecture: Architecture, dataset: str, step: int, layer: str) -> Responses:
    """Give how strongly a layer's maps respond to the first test pictures; raises what the parts of this do."""
    network = network_of(run_id, architecture, step)
    return responses(network, first_inputs(dataset, architecture), layer=layer)


@lru_cache(maxsize=PICTURES)
def picture_for(job: Job, run_id: str, step: int | None, layer: str, channel: int) -> Found:
    """Give the picture that excites a map most, after a step or with the first weights for None.

    Raises what the parts of this do.
    """
    design = job.architecture
    network = untrained_network_of(run_id, job) if step is None else network_of(run_id, design, step)
    with _long:
        return ascent(network, ground_in(job.recipe.dataset, design), layer=layer, channel=channel)


@lru_cache(maxsize=PLANES)
def plane_of(run_id: str, architecture: Architecture, dataset: str, step: int, layer: str) -> Plane:
    """Give where the first test pictures lie at a layer, or as they come in; raises what the parts of this do."""
    inputs = first_inputs(dataset, architecture)
    if layer == INPUT:
        return plane(inputs.flatten(start_dim=1))
    outputs = outputs_of(network_of(run_id, architecture, step), inputs, layer=layer)
    return plane(torch.cat([each.flatten(start_dim=1) for each in outputs]))


def inputs_of(run: Subject, number: int) -> Tensor:
    """Give a test picture as a run's network takes it, without a batch; raises `NoSuchPictureError` and `DataError`."""
    images = test_pictures(run.dataset).images
    if not 0 <= number < len(images):
        raise NoSuchPictureError(f"There is no test picture {number:,}; they go from 0 to {len(images) - 1:,}.")
    return to_input(images[number : number + 1], run.job.architecture.input_shape)[0]


def ground_of(run: Subject) -> Tensor:
    """Give an empty picture as a run's network takes it: black, or where pictures have colours, their mean."""
    return ground_in(run.dataset, run.job.architecture)


def ground_in(dataset: str, architecture: Architecture) -> Tensor:
    """Give an empty picture of a data set as a network takes it."""
    images = test_pictures(dataset).images
    channels, height, width = images.shape[1:]
    colour = mean_colour(dataset) if channels > 1 else images.new_zeros(channels)
    empty = colour[None, :, None, None].expand(1, channels, height, width)
    return to_input(empty, architecture.input_shape)[0]


@lru_cache(maxsize=DATASETS)
def mean_colour(dataset: str) -> Tensor:
    """Give the mean of a data set's test pictures in each channel, as bytes."""
    images = test_pictures(dataset).images
    return images.float().mean(dim=(0, 2, 3)).round().to(images.dtype)


@lru_cache(maxsize=NETWORKS)
def untrained_network_of(run_id: str, job: Job) -> nn.Sequential:
    """Give a run's network with its first weights: those that were kept, else drawn again as the run drew them."""
    try:
        return network_of(run_id, job.architecture, 0)
    except WeightsError:
        with torch.random.fork_rng(devices=()):
            torch.manual_seed(job.recipe.seed)
            return first_network(job).eval()


@lru_cache(maxsize=DATASETS)
def test_pictures(dataset: str) -> Pictures:
    """Load a data set's test pictures; raises `DataError`."""
    return load(dataset).test


@lru_cache(maxsize=NETWORKS)
def _names(architecture: Architecture) -> frozenset[str]:
    return frozenset(build(architecture).state_dict())


def _in_checkpoint(run_id: str, step: int) -> dict[str, Tensor]:
    try:
        snapshot = read(_kept().checkpoints.path(run_id))
    except CheckpointError as error:
        raise WeightsError(str(error)) from error
    if snapshot.place.step != step:
        raise WeightsError(f"All weights at step {step:,} were not kept; those at step {snapshot.place.step:,} are.")
    return {name.removeprefix(NETWORK): value for name, value in snapshot.tensors.items() if name.startswith(NETWORK)}


def _kept() -> KeptFiles:
    return kept_files(explorer_home())


def forget_networks() -> None:
    """Let go of all networks and pictures that are kept at hand, and of what was found with them."""
    for kept in (network_of, untrained_network_of, answers_of, responses_of, first_inputs, test_pictures):
        kept.cache_clear()
    gc.collect()
