"""What a network answered to the test pictures: its likeliest classes, and what it gave the right one.

Probabilities are the softmax of the scores by which the test figures are measured, so the first answer is the one that
the test accuracy counts.
"""

from collections.abc import Sequence

import msgspec
import torch
from torch import Tensor

MOST_KEPT = 3  # likeliest classes of each picture, so that a file stays small however many classes there are


class Answers(msgspec.Struct, frozen=True, eq=False):
    """The answers to N pictures in the test set's order, K of each."""

    labels: Tensor  # int16, (N,): the right classes
    classes: Tensor  # int16, (N, K): the likeliest first
    probabilities: Tensor  # float32, (N, K): shares of 1
    truth: Tensor  # float32, (N,): the probability of the right class

    @property
    def first(self) -> Tensor:
        """The class that the network answers, (N,)."""
        return self.classes[:, 0]

    @property
    def confidence(self) -> Tensor:
        """The probability that it gives its answer, (N,)."""
        return self.probabilities[:, 0]


def answers(scores: Tensor, labels: Tensor) -> Answers:
    """Give the answers that scores (N×classes) are to pictures of these classes; of equal scores the first class's."""
    ranked = scores.sort(dim=1, descending=True, stable=True).indices[:, :MOST_KEPT]
    probabilities = scores.float().softmax(dim=1)
    return Answers(
        labels=labels.short(),
        classes=ranked.short(),
        probabilities=probabilities.gather(1, ranked),
        truth=probabilities.gather(1, labels[:, None])[:, 0],
    )


def join(parts: Sequence[Answers]) -> Answers:
    """Put the answers to several batches one after another."""
    return Answers(*(torch.cat([getattr(part, name) for part in parts]) for name in Answers.__struct_fields__))
