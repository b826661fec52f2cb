"""The confusion matrix as data: a row for each class with what its pictures were taken for, and its accuracy."""

from collections.abc import Sequence

import msgspec
from torch import Tensor

from explorer.training.answers.mistakes import class_accuracy
from explorer.views.runs.run_words import percent

NAMED = 3  # confusions that are said in words


class MatrixCell(msgspec.Struct, frozen=True):
    """How many pictures of one class were taken for one class: the number, its depth of colour, and a sentence."""

    count: int
    depth: float  # 0 to 1: right answers against their class's pictures, mistakes against the most frequent one
    said: str


class MatrixRow(msgspec.Struct, frozen=True):
    """One class: its cells in the order of classes, and the share of it that was answered right."""

    name: str
    cells: list[MatrixCell]
    share: float
    accuracy: str


class Matrix(msgspec.Struct, frozen=True):
    """The classes' names, which head the columns, and a row for each."""

    classes: list[str]
    rows: list[MatrixRow]


def matrix(counts: Tensor, classes: Sequence[str]) -> Matrix:
    """Lay counts (classes×classes, a row for each right class) out to be drawn."""
    table, shares = counts.tolist(), class_accuracy(counts)
    most = max((count for i, row in enumerate(table) for j, count in enumerate(row) if i != j), default=0)
    rows = []
    for truth, (row, share) in enumerate(zip(table, shares, strict=True)):
        cells = [_cell(truth, answer, row, most=most, classes=classes) for answer in range(len(row))]
        rows.append(MatrixRow(classes[truth], cells, share or 0.0, percent(share) or "no pictures"))
    return Matrix(list(classes), rows)


def _cell(truth: int, answer: int, row: Sequence[int], *, most: int, classes: Sequence[str]) -> MatrixCell:
    count, whole = row[answer], sum(row) if truth == answer else most
    said = f"{count:,} of {sum(row):,} pictures: {taken_words(truth, answer, classes)}"
    return MatrixCell(count, count / whole if whole else 0.0, said)


def taken_words(truth: int, answer: int, classes: Sequence[str]) -> str:
    """Say what a cell holds: `Shirt taken for Coat`."""
    return f"{classes[truth]} answered right" if truth == answer else f"{classes[truth]} taken for {classes[answer]}"


def frequent_words(counts: Tensor, classes: Sequence[str]) -> str:
    """Name the most frequent mistakes."""
    table = counts.tolist()
    wrong = [(n, i, j) for i, row in enumerate(table) for j, n in enumerate(row) if n and i != j]
    if not wrong:
        return "No picture was mistaken."
    wrong.sort(key=lambda each: -each[0])
    return "Most often " + ", ".join(f"{taken_words(i, j, classes)} ({n:,})" for n, i, j in wrong[:NAMED]) + "."
