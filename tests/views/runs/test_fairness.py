"""Which runs may be held against each other, and what is no better than a guess."""

import pytest

from explorer.runs.store.rows import Run
from explorer.training.recipe.recipe import Recipe
from explorer.views.runs.fairness import is_guessing, unfairness
from tests.views.runs.test_run_words import a_run

WHOLE = a_run("finished", Recipe(epochs=40), epoch=40.0)
STOPPED = a_run("cancelled", Recipe(epochs=40), epoch=9.04)


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        (WHOLE, WHOLE, ""),
        (WHOLE, a_run("finished", Recipe(epochs=40, batch_size=32), epoch=40.0), ""),
        (STOPPED, WHOLE, "A was stopped after 9.0 of 40 epochs"),
        (STOPPED, STOPPED, "A was stopped after 9.0 of 40 epochs, B was stopped after 9.0 of 40 epochs"),
        (WHOLE, a_run("running", Recipe(epochs=40), epoch=3.0), "B is after 3.0 of 40 epochs"),
        (
            WHOLE,
            a_run("finished", Recipe(epochs=40, train_size=60), epoch=40.0),
            "they did not train equally long (A saw 240,000 pictures, B saw 2,400 pictures)",
        ),
    ],
)
def test_only_runs_that_came_to_their_ends_and_saw_as_many_pictures_are_compared_fairly(
    first: Run, second: Run, words: str
) -> None:
    assert unfairness({"A": first, "B": second}) == words


@pytest.mark.parametrize(("share", "guesses"), [(0.1, True), (0.11, True), (0.12, False)])
def test_a_tenth_of_ten_classes_is_a_guess(share: float, guesses: bool) -> None:
    assert is_guessing(share, "fashion-mnist") is guesses
