"""What answers to test pictures add up to: which class is taken for which, and where two networks differ.

Pictures are numbers into the test set. Nothing here looks at a picture, or says why it was mistaken.
"""

import msgspec
import torch
from torch import Tensor

from explorer.training.answers.answers import Answers


class Differences(msgspec.Struct, frozen=True, eq=False):
    """The pictures that two networks get right or wrong, int64, those that they disagree on most sharply first."""

    both_right: Tensor
    only_first: Tensor  # right
    only_second: Tensor
    both_wrong: Tensor


def confusion(answers: Answers, num_classes: int) -> Tensor:
    """Count the pictures of each class (row) by what they were taken for (column), int64, classes×classes."""
    places = answers.labels.long() * num_classes + answers.first.long()
    return places.bincount(minlength=num_classes**2).view(num_classes, num_classes)


def class_accuracy(counts: Tensor) -> list[float | None]:
    """Give the share of each class's pictures that was answered right; None for a class without pictures."""
    right, total = counts.diag().tolist(), counts.sum(dim=1).tolist()
    return [hits / all_of_it if all_of_it else None for hits, all_of_it in zip(right, total, strict=True)]


def in_cell(answers: Answers, *, truth: int, answer: int) -> Tensor:
    """Give a class's pictures that were taken for a class, the surest answers first."""
    return _surest_first(answers, (answers.labels == truth) & (answers.first == answer))


def worst(answers: Answers) -> Tensor:
    """Give the pictures that were answered wrong, the surest answers first."""
    return _surest_first(answers, answers.labels != answers.first)


def differences(first: Answers, second: Answers) -> Differences:
    """Compare what two networks answered to the same pictures; raises `ValueError` for others."""
    if not torch.equal(first.labels, second.labels):
        raise ValueError("two networks can be compared on the same pictures only")
    right, also = first.first == first.labels, second.first == second.labels
    gap = (first.truth - second.truth).abs()
    doubt = first.confidence + second.confidence
    return Differences(
        both_right=_highest_first(-doubt, right & also),  # the least sure ones: the others teach nothing
        only_first=_highest_first(gap, right & ~also),
        only_second=_highest_first(gap, ~right & also),
        both_wrong=_highest_first(doubt, ~right & ~also),
    )


def chance(only_first: int, only_second: int) -> float:
    """Give how often two equally good networks would differ at least as unevenly as this, by chance alone.

    McNemar's test (Psychometrika 12, 1947) in its exact form: of the n = b + c pictures that only one gets right, each
    is a coin's toss, so p = min(1, 2 · Σ C(n, k) / 2ⁿ) over k from 0 to min(b, c).
    """
    tosses, fewer = only_first + only_second, min(only_first, only_second)
    ways = total = 1
    for k in range(fewer):
        ways = ways * (tosses - k) // (k + 1)
        total += ways
    return min(1.0, 2 * total / (1 << tosses))


def _surest_first(answers: Answers, chosen: Tensor) -> Tensor:
    return _highest_first(answers.confidence, chosen)


def _highest_first(values: Tensor, chosen: Tensor) -> Tensor:
    """Give where `chosen` is true, by falling value, equal ones in the test set's order."""
    places = chosen.nonzero()[:, 0]
    return places[values[places].argsort(descending=True, stable=True)]
