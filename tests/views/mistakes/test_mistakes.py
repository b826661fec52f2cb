"""What the Mistakes page says: the matrix, the captions, who is better, and what a link may hold."""

import io

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from PIL import Image

from explorer.runs.store.rows import Run
from explorer.training.answers.answers import Answers, answers
from explorer.training.answers.mistakes import confusion, differences
from explorer.views.mistakes.confusion import frequent_words, matrix
from explorer.views.mistakes.mistakes import (
    ChosenCell,
    absence_words,
    captions,
    cell_words,
    difference_words,
    end_words,
    read_cell,
    score_words,
    sure_words,
    two_names,
    write_cell,
)
from explorer.views.mistakes.picture_sheet import picture_sheet

CLASSES = ("cat", "dog", "fox")
NEW = Run(id="a", owner="", state="queued", name="n", dataset="d", job_json="", wanted_device="cpu", created=0)
RUN = replace(NEW, state="finished", test_accuracy=0.5)


def answered(labels: list[int], first: list[int]) -> Answers:
    """Give answers of 80 % each."""
    scores = torch.full((len(labels), 3), 0.1).log()
    scores[torch.arange(len(labels)), torch.tensor(first)] = torch.tensor(0.8).log()
    return answers(scores, torch.tensor(labels))


TWO = answered([0, 0, 1, 2], [0, 1, 1, 1])


def test_the_matrix_says_each_cell_and_colours_mistakes_against_the_most_frequent_one() -> None:
    counts = torch.tensor([[90, 8, 2], [4, 0, 0], [0, 0, 0]])
    drawn = matrix(counts, CLASSES)
    assert [[cell.count for cell in row.cells] for row in drawn.rows] == counts.tolist()
    assert [cell.depth for cell in drawn.rows[0].cells] == [0.9, 1.0, 0.25]
    assert [row.accuracy for row in drawn.rows] == ["90.0 %", "0.0 %", "no pictures"]
    assert drawn.rows[0].cells[1].said == "8 of 100 pictures: cat taken for dog"
    assert drawn.rows[0].cells[0].said == "90 of 100 pictures: cat answered right"
    assert (
        frequent_words(counts, CLASSES)
        == "Most often cat taken for dog (8), dog taken for cat (4), cat taken for fox (2)."
    )


def test_a_network_without_mistakes_says_so() -> None:
    counts = confusion(answered([0, 1], [0, 1]), 3)
    assert frequent_words(counts, CLASSES) == "No picture was mistaken."
    assert {cell.depth for row in matrix(counts, CLASSES).rows for cell in row.cells} == {0.0, 1.0}


def test_captions_name_the_class_the_answer_and_both_probabilities() -> None:
    (one,) = captions([1], [TWO], [""], CLASSES)
    assert (one.number, one.truth, one.given) == (1, "cat", "10 %")
    assert (one.answers[0].answer, one.answers[0].confidence, one.answers[0].right) == ("dog", "80 %", False)
    (both,) = captions([0], [TWO, TWO], ["A", "B"], CLASSES)
    assert [(said.who, said.right) for said in both.answers] == [("A", True), ("B", True)]
    assert both.given == ""


@pytest.mark.parametrize(
    ("probability", "words"),
    [(1.0, "over 99.9 %"), (0.9951, "99.5 %"), (0.97, "97 %"), (0.5, "50 %"), (0.004, "0.4 %"), (0.0, "under 0.1 %")],
)
def test_no_probability_is_said_to_be_all_or_nothing(probability: float, words: str) -> None:
    assert sure_words(probability) == words


def test_scores_and_cells_are_said_with_their_numbers() -> None:
    assert score_words(TWO, 1_200) == "2 of 4 test pictures right (50.0 %), after step 1,200"
    assert cell_words(ChosenCell(0, 1), 1, CLASSES) == "cat taken for dog: 1 picture"
    assert cell_words(ChosenCell(0, 2), 0, CLASSES) == "cat taken for fox: no picture"


def test_a_difference_is_called_chance_where_coins_would_do_it_and_not_where_they_would_not() -> None:
    right, wrong = [0] * 10, [1] * 10
    level = differences(answered([0] * 10, [0, 0, *wrong[2:]]), answered([0] * 10, [1, 1, 0, *wrong[3:]]))
    assert difference_words(level, ("A", "B")) == (
        "3 of 10 pictures are answered right by one alone: 2 by A, 1 by B. "
        "Two equally good networks differ as unevenly in 100.0 % of cases: this may be chance."
    )
    clear = differences(answered([0] * 10, wrong), answered([0] * 10, right))
    assert "in 1 of 512 cases: B is better by more than chance." in difference_words(clear, ("A", "B"))
    unfair = difference_words(clear, ("A", "B"), unfair="A was stopped after 9.0 of 40 epochs")
    assert unfair.endswith("This is not a fair comparison: A was stopped after 9.0 of 40 epochs.")
    assert "better" not in unfair
    same = differences(TWO, TWO)
    assert difference_words(same, ("A", "B")) == "Both get the same 2 of 4 pictures right."
    assert difference_words(same, ("A", "B"), unfair="A failed").endswith(
        "right. This is not a fair comparison: A failed."
    )


def test_two_networks_have_names_that_tell_them_apart() -> None:
    assert two_names("Sigmoid", "ReLU") == ("Sigmoid", "ReLU")
    assert two_names("LeNet", "LeNet") == ("A", "B")
    assert two_names("a name that fills the screen", "LeNet") == ("A", "B")


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 1))
def test_a_cell_in_a_link_is_read_back(truth: int, answer: int, lane: int) -> None:
    assert read_cell(write_cell(ChosenCell(truth, answer, lane)), 10, num_runs=2) == ChosenCell(truth, answer, lane)


@pytest.mark.parametrize(
    "text", ["", "first", "10-0", "0-10", "-1-0", "1-2-2", "1-2-", "٣-1", "1_0-1", "99999-1", "1-1\n"]
)
def test_anything_else_in_a_link_is_no_cell(text: str) -> None:
    assert read_cell(text, 10, num_runs=2) is None


def test_a_cell_of_a_second_run_is_none_where_one_is_shown() -> None:
    assert read_cell("6-0-1", 10, num_runs=1) is None


def test_why_there_is_nothing_to_see_is_said_for_each_state() -> None:
    assert "once the run has ended" in absence_words(replace(RUN, state="running"), None)
    assert "before this program kept them" in absence_words(RUN, None)
    assert absence_words(RUN, "The disk is full.").startswith(
        "Its answers to the test pictures were not kept: The disk"
    )
    assert "before a test of its own" in absence_words(replace(RUN, continues="b"), None)
    failed = replace(RUN, state="failed", test_accuracy=None, cause="The loss is no number.")
    assert absence_words(failed, None).endswith("no answers to look at. The loss is no number.")
    assert end_words(failed) == "The run failed after this test: The loss is no number."
    assert not end_words(RUN)


@pytest.mark.parametrize(("channels", "count"), [(1, 1), (1, 19), (3, 8), (3, 9)])
def test_a_sheet_holds_each_picture_pixel_for_pixel(channels: int, count: int) -> None:
    images = torch.randint(256, (count, channels, 5, 4), dtype=torch.uint8)
    sheet = picture_sheet(images)
    with Image.open(io.BytesIO(sheet.png)) as opened:
        pixels = np.asarray(opened).reshape(sheet.rows * 5, sheet.columns * 4, channels)
    for number, image in enumerate(images):
        down, across = divmod(number, sheet.columns)
        cut = pixels[down * 5 : down * 5 + 5, across * 4 : across * 4 + 4]
        assert torch.equal(torch.tensor(cut).permute(2, 0, 1), image)
