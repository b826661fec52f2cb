"""A quiz in words: nothing that is hidden can be read anywhere on the page."""

import pytest
from hypothesis import given

from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import trace
from explorer.lessons.quiz import Answer, Asked, Quiz, cells, check, show
from explorer.views.lessons.predict import masked, question, right_words, score, worked_out, wrong_words
from tests.architecture.stacks import architectures

LENET = PRESETS["lenet-d2l"].architecture
TRACED = trace(LENET)
CONV1, CONV1_PARAMS, CONV2 = Asked(0, "output"), Asked(0, "num_params"), Asked(3, "output")


def texts(quiz: Quiz) -> dict[str, list[str]]:
    return {row.name: [cell.text for cell in row.cells] for row in masked(trace(quiz.design), quiz).rows}


def test_all_that_is_asked_is_hidden_and_the_input_is_not() -> None:
    said = texts(Quiz(LENET))
    assert said["input"] == ["1 × 28 × 28", ""]
    assert said["conv1"] == said["fc3"] == ["?", "?"]
    assert said["sigmoid1"] == said["pool1"] == ["?", ""]
    assert masked(TRACED, Quiz(LENET)).totals == ["", "?"]


@pytest.mark.parametrize("name", PRESETS)
def test_no_row_says_in_words_what_its_cells_hide(name: str) -> None:
    design = PRESETS[name].architecture
    assert not any(row.cause or row.mends for row in masked(trace(design), Quiz(design)).rows)


def test_an_open_shape_opens_that_of_the_activation_after_it() -> None:
    said = texts(show(Quiz(LENET), CONV1))
    assert said["conv1"] == ["6 × 28 × 28", "?"]
    assert said["sigmoid1"] == ["6 × 28 × 28", ""]
    assert said["pool1"] == ["?", ""]


@given(architectures())
def test_a_quiz_with_every_cell_open_hides_nothing(architecture: Architecture) -> None:
    traced, quiz = trace(architecture), Quiz(architecture)
    for cell in cells(traced):
        quiz = show(quiz, cell)
    laid_out = masked(traced, quiz)
    assert not [cell for row in laid_out.rows for cell in row.cells if cell.text == "?"]
    assert laid_out.totals[1] != "?"


def test_a_question_tells_the_input_only_where_it_is_open() -> None:
    assert "1 × 28 × 28 goes in" in question(TRACED, Quiz(LENET), CONV1)
    assert "still hidden" in question(TRACED, Quiz(LENET), CONV2)


@pytest.mark.parametrize("cell", cells(TRACED))
def test_a_sum_is_worked_out_without_its_end_until_the_cell_is_open(cell: Asked) -> None:
    before, after = (worked_out(TRACED, cell, to_the_end=end) for end in (False, True))
    assert (r"= \text{?}" in before) is ("$" in after)
    assert r"\text{?}" not in after
    assert after


def test_a_wrong_answer_names_its_slip_or_what_of_it_is_right() -> None:
    quiz = Quiz(LENET)
    said = {}
    for cell, typed in ((CONV1_PARAMS, "150"), (CONV1, "7x28x28"), (CONV1, "6x99x99"), (CONV1, "6x28"), (CONV2, "5")):
        answer = check(quiz, TRACED, cell, typed).answer
        assert answer is not None
        said[typed] = wrong_words(TRACED, answer)
    assert "**Bias forgotten?** Each of the 6" in said["150"]
    assert "Right so far: height and width. Not yet: channels." in said["7x28x28"]
    assert "Right so far: channels. Not yet: height and width." in said["6x99x99"]
    assert "has 3 sizes, and you typed 2" in said["6x28"]
    assert "has 3 sizes, and you typed 1" in said["5"]


def test_an_open_cell_and_the_score_in_words() -> None:
    assert right_words(TRACED, CONV1) == "conv1 gives 6 × 28 × 28."
    assert right_words(TRACED, CONV1_PARAMS) == "conv1 has 156 parameters."
    quiz = show(check(check(Quiz(LENET), TRACED, CONV1, "1"), TRACED, CONV1, "6x28x28"), CONV1_PARAMS)
    assert score(TRACED, quiz) == "1 of 13 found · 1 shown · 1 wrong try"
    assert isinstance(quiz.answer, Answer)
