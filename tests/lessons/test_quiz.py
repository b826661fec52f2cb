"""Slips named and right answers taken, whatever the network; which cells are asked, and how a quiz goes."""

import pytest
from hypothesis import given

from explorer.architecture import edit
from explorer.architecture.kinds.pooling import MaxPool2d
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import trace
from explorer.lessons.quiz import Asked, Quiz, cells, check, choose, named, next_cell, right_value, show, slips
from tests.architecture.stacks import architectures

LENET = PRESETS["lenet-d2l"].architecture
ALEXNET = PRESETS["alexnet-2012"].architecture


def typed(value: tuple[int, ...] | int) -> str:
    return " × ".join(map(str, value)) if isinstance(value, tuple) else f"{value:,}"


@given(architectures())
def test_every_slip_typed_is_named_and_the_right_value_never_is(architecture: Architecture) -> None:
    traced = trace(architecture)
    quiz = Quiz(architecture)
    for cell in cells(traced):
        for slip in slips(traced, cell):
            answer = check(quiz, traced, cell, typed(slip.value)).answer
            assert answer is not None
            assert slip in answer.slips, slip
        right = check(quiz, traced, cell, typed(right_value(traced, cell)))
        assert right.open == {cell}
        assert named(traced, cell, right_value(traced, cell)) == ()


def names(architecture: Architecture, layer: str, value: tuple[int, ...] | int) -> set[str]:
    traced = trace(architecture)
    index = next(row.index for row in traced.rows if row.name == layer)
    cell = Asked(index, "output" if isinstance(value, tuple) else "num_params")
    return {slip.name for slip in named(traced, cell, value)}


@pytest.mark.parametrize(
    ("layer", "value", "slip"),
    [
        ("conv2", 416, "Channels forgotten"),  # (5·5 + 1)·16
        ("conv2", 2_400, "Bias forgotten"),
        ("conv2", 2_401, "Bias counted once"),
        ("conv2", 151, "Output channels forgotten"),  # 5·5·6 + 1
        ("conv2", 241_600, "Height times width multiplied in"),
        ("conv2", 240_000, "Multiply-adds given"),
        ("conv2", 496, "Kernel not squared"),  # (5·6 + 1)·16
        ("fc3", 48_000, "Bias forgotten"),
        ("fc3", 520, "Added, not multiplied"),
        ("fc3", 48_400, "Biases of the inputs counted"),
        ("conv1", (6, 26, 26), "Padding counted once"),
        ("conv1", (6, 24, 24), "Padding forgotten"),
        ("conv1", (6, 27, 27), "+1 forgotten"),
        ("conv1", (1, 28, 28), "Output channels forgotten"),
        ("conv2", (96, 10, 10), "Input channels multiplied in"),
        ("conv2", (10, 10), "Channels left out"),
        ("pool1", (6, 27, 27), "Stride forgotten"),
        ("pool1", (1, 14, 14), "Channels added up"),
        ("flatten2", (25,), "Channels forgotten"),
        ("flatten2", (26,), "Sizes added"),
        ("fc3", (400,), "Inputs given"),
    ],
)
def test_the_slips_of_lenet_by_hand(layer: str, value: tuple[int, ...] | int, slip: str) -> None:
    assert slip in names(LENET, layer, value)


def test_slips_of_groups_strides_and_of_1998_by_hand() -> None:
    assert "Groups forgotten" in names(ALEXNET, "conv2", 614_656)  # the one-tower network's
    rounded_up = edit.replace_layer(LENET, 2, MaxPool2d(kernel_size=3, stride=2))
    assert "Ceil for floor" in names(rounded_up, "pool1", (6, 14, 14))  # (28 − 3)/2 is 12.5
    assert "Partial connections forgotten" in names(PRESETS["lenet5-1998"].architecture, "conv2", 2_416)


def test_what_keeps_its_shape_or_has_no_parameters_is_not_asked() -> None:
    traced = trace(LENET)
    asked = [(traced.rows[cell.row].name, cell.column) for cell in cells(traced)]
    shaped = ["conv1", "pool1", "conv2", "pool2", "flatten2", "fc3", "fc4", "fc5"]
    assert [name for name, column in asked if column == "output"] == shaped
    assert [name for name, column in asked if column == "num_params"] == ["conv1", "conv2", "fc3", "fc4", "fc5"]


def test_one_cell_after_the_other_is_asked_and_any_row_can_be_chosen() -> None:
    traced, quiz = trace(LENET), Quiz(LENET)
    assert next_cell(quiz, traced) == (0, "output")
    quiz = check(quiz, traced, Asked(0, "output"), "6x28x28")
    assert next_cell(quiz, traced) == (0, "num_params")
    quiz = choose(quiz, 3)
    assert next_cell(quiz, traced) == (3, "output")
    quiz = choose(quiz, 1)  # a sigmoid: nothing is asked of it
    assert next_cell(quiz, traced) == (0, "num_params")


def test_a_quiz_ends_when_all_cells_are_found_or_shown() -> None:
    traced, quiz = trace(LENET), Quiz(LENET)
    while cell := next_cell(quiz, traced):
        even = len(quiz.open) % 2
        quiz = show(quiz, cell) if even else check(quiz, traced, cell, typed(right_value(traced, cell)))
    assert (len(quiz.found), len(quiz.shown), quiz.wrong) == (7, 6, 0)


def test_a_wrong_answer_counts_and_one_that_cannot_be_read_does_not() -> None:
    traced, cell = trace(LENET), Asked(0, "num_params")
    wrong = check(Quiz(LENET), traced, cell, "150")
    assert (wrong.wrong, wrong.open) == (1, frozenset())
    unread = check(wrong, traced, cell, "many")
    assert unread.wrong == 1
    assert unread.answer is not None
    assert "“many” is not a whole number" in unread.answer.refusal


@pytest.mark.parametrize("cell", [Asked(0, "output"), Asked(1, "num_params"), Asked(99, "output")])
def test_an_answer_to_what_is_not_hidden_changes_nothing(cell: Asked) -> None:
    traced = trace(LENET)
    quiz = show(Quiz(LENET), Asked(0, "output"))
    assert check(quiz, traced, cell, "1") == quiz
