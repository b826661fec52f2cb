"""The test: the mean loss and the share of right answers over all test pictures, and what was answered to each."""

import time
from collections.abc import Generator
from functools import partial
from itertools import islice

import msgspec
import torch
import torch.nn.functional as F  # noqa: N812  # torch's own name for it
from torch import Tensor, nn

from explorer.architecture.historic.modules import GaussianRBF
from explorer.training.answers.answers import Answers, answers, join
from explorer.training.events import Evaluating
from explorer.training.loop.batches import to_input
from explorer.training.threads import Threads

SIGN_SECONDS = 0.4  # a viewer should not have to wait half a second for a sign of life
MULT_ADDS_PER_CHUNK = {"cpu": 10**10, "mps": 10**11, "cuda": 10**12}  # a fraction of a second on modest hardware
MAX_CHUNK = {"cpu": 250, "mps": 1_000, "cuda": 1_000}  # pictures: a small test set still has some for each thread


class Tested(msgspec.Struct, frozen=True, eq=False):
    """What a network came to on the test pictures."""

    loss: float  # nats
    accuracy: float
    answers: Answers  # on the network's device


def chunk_size(mult_adds: int, device: torch.device) -> int:
    """Choose how many pictures are measured at once; a fixed number, since the order of sums changes the last digit."""
    return max(1, min(MAX_CHUNK[device.type], MULT_ADDS_PER_CHUNK[device.type] // max(1, mult_adds)))


def evaluate(
    network: nn.Sequential,
    images: Tensor,
    labels: Tensor,
    *,
    input_shape: tuple[int, int, int],
    chunk: int,
    threads: Threads,
) -> Generator[Evaluating, None, Tested]:
    """Measure a network on uint8 pictures and return what it came to; yields signs of life meanwhile.

    Dropout and batch normalisation are in their testing mode, and put back afterwards.
    """
    measured, sign = list[tuple[Tensor, Answers]](), time.perf_counter()
    chunks = zip(torch.split(images, chunk), torch.split(labels, chunk), strict=True)
    network.eval()
    try:
        while some := list(islice(chunks, threads.count)):
            measured += threads.do([partial(_measure, network, *each, input_shape) for each in some])
            if time.perf_counter() - sign >= SIGN_SECONDS:
                sign = time.perf_counter()
                yield Evaluating(done=sum(len(answered.labels) for _, answered in measured), total=len(labels))
    finally:
        network.train()
    figures, given = zip(*measured, strict=True)
    loss_sums, hits = zip(*torch.stack(figures).tolist(), strict=True)
    return Tested(sum(loss_sums) / len(labels), sum(hits) / len(labels), join(list(given)))


@torch.inference_mode()
def _measure(
    network: nn.Sequential, images: Tensor, labels: Tensor, input_shape: tuple[int, int, int]
) -> tuple[Tensor, Answers]:
    scores = score(network, to_input(images, input_shape))
    figures = torch.stack((F.cross_entropy(scores, labels, reduction="sum"), count_hits(scores, labels)))
    return figures, answers(scores, labels)


def score(network: nn.Sequential, inputs: Tensor) -> Tensor:
    """Give each class's score, N×classes, the highest for the class that the network sees.

    LeNet-5's output is a distance, so its scores are the negatives: their cross-entropy is the paper's discriminative
    criterion (1998, equation 9) without the constant that stands there for a picture of no class.
    """
    return scores_of(network, network(inputs))


def scores_of(network: nn.Sequential, outputs: Tensor) -> Tensor:
    """Give the scores that a network's outputs mean."""
    return -outputs if isinstance(network[-1], GaussianRBF) else outputs


def count_hits(scores: Tensor, labels: Tensor) -> Tensor:
    """Count the pictures whose highest score is their class's, as a float on the device."""
    return (scores.argmax(dim=1) == labels).sum(dtype=torch.float32)
