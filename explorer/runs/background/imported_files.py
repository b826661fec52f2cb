"""The files of a run whose weights were imported, as a run that was trained leaves them at its end."""

from collections.abc import Generator, Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from explorer.architecture.build import build
from explorer.architecture.trace import trace
from explorer.data.datasets import DATASETS, DataError, load
from explorer.runs.background.weight_messages import Answering, ReadWeights
from explorer.runs.store.run_files import kept_files
from explorer.training.answers.answer_file import Header, Kept, write
from explorer.training.cost.gate import dataset_refusal
from explorer.training.environment import data_checksum
from explorer.training.events import WeightsNotKept
from explorer.training.loop.checkpoint import write as write_checkpoint
from explorer.training.loop.evaluate import Tested, chunk_size, evaluate
from explorer.training.loop.meter import Sums
from explorer.training.loop.snapshot import NETWORK, Place, Snapshot
from explorer.training.threads import Threads
from explorer.training.weights.weight_files import FileWeightKeeper

STEP = 1  # that they are kept under: at 0, before the first step, a network is untrained
Answered = tuple[Tested | None, str]


def write_files(weights: Mapping[str, Tensor], folder: Path, order: ReadWeights) -> nn.Sequential:
    """Write a design's weights as a checkpoint, from which no run can go on, and as weights to look into.

    Gives the network. Raises `OSError` and `SafetensorError`.
    """
    network = build(order.job.architecture)
    network.load_state_dict(dict(weights), assign=True)
    files = kept_files(folder)
    place = Place(job=order.job, step=STEP, seconds=0.0, learning_rate=0.0, point=Sums(), epoch=Sums())
    named = {NETWORK + name: value.detach() for name, value in network.state_dict().items()}
    write_checkpoint(Snapshot(place, named), files.checkpoints.path(order.run_id))
    for event in FileWeightKeeper(files.weights.path(order.run_id)).keep(network, step=STEP, looks=1):
        raise OSError(event.cause if isinstance(event, WeightsNotKept) else event)
    return network


def answer(network: nn.Sequential, folder: Path, order: ReadWeights) -> Generator[Answering, None, Answered]:
    """Answer the test pictures of the job's data set and write that down; returns the figures, or why there are none.

    Raises `AnswersError`.
    """
    dataset, design = order.job.recipe.dataset, order.job.architecture
    if cause := dataset_refusal(design, dataset):
        return None, f"{cause.partition('. ')[0]}."  # without the repair, which is for who wants to train
    try:
        pictures = load(dataset).test
    except DataError as error:
        return None, str(error)
    yield Answering(0, len(pictures.labels))
    tested = yield from _tested(network, pictures.images, pictures.labels, order)
    header = Header(
        run=order.run_id,
        step=0,
        dataset=dataset,
        data_sha256=data_checksum(dataset),
        classes=DATASETS[dataset].classes,
    )
    write(Kept(header, tested.answers), kept_files(folder).answers.path(order.run_id))
    return tested, ""


def _tested(
    network: nn.Sequential, images: Tensor, labels: Tensor, order: ReadWeights
) -> Generator[Answering, None, Tested]:
    """Test the network as the end of an epoch does."""
    design = order.job.architecture
    chunk = chunk_size(trace(design).totals.mult_adds, torch.device("cpu"))
    testing = evaluate(network, images, labels, input_shape=design.input_shape, chunk=chunk, threads=Threads())
    while True:
        try:
            sign = next(testing)
        except StopIteration as end:
            tested: Tested = end.value
            return tested
        yield Answering(sign.done, sign.total)
