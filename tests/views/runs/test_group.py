"""Several runs in words: one state for all of them, and what share is done."""

import pytest

from explorer.runs.store.rows import State
from explorer.training.recipe.recipe import Recipe
from explorer.views.runs.group import group_share, group_state, group_stopping_words, states_words
from tests.views.runs.test_run_words import a_run


@pytest.mark.parametrize(
    ("states", "named", "words"),
    [
        (("queued", "queued"), "queued", "waiting"),
        (("queued", "running"), "running", "0 of 2 ended"),
        (("stopping", "stopping"), "stopping", "stopping"),
        (("cancelled", "stopping"), "stopping", "1 of 2 stopped"),
        (("stopping", "running"), "running", "0 of 2 ended"),
        (("finished", "finished", "running"), "running", "2 of 3 finished"),
        (("finished", "failed", "running"), "running", "2 of 3 ended"),
        (("finished", "failed"), "failed", "2 of 2 ended"),
        (("cancelled", "failed", "finished"), "cancelled", "3 of 3 ended"),
        (("interrupted", "cancelled"), "interrupted", "2 of 2 ended"),
        (("finished", "finished"), "finished", "finished"),
    ],
)
def test_several_runs_have_one_state_and_their_ends_are_counted(
    states: tuple[State, ...], named: str, words: str
) -> None:
    runs = [a_run(state) for state in states]
    assert (group_state(runs), states_words(runs)) == (named, words)


def test_runs_that_wait_behind_one_that_began_are_no_longer_queued() -> None:
    assert group_state([a_run("finished", started=1.0), a_run("queued")]) == "running"


def test_what_is_done_is_the_mean_of_all_and_an_end_owes_nothing() -> None:
    runs = [a_run("failed", step=0), a_run("running", step=60, num_steps=240), a_run("starting", num_steps=None)]
    assert group_share(runs) == pytest.approx((1 + 0.25 + 0) / 3)
    assert group_share([]) == 0


def test_all_have_stopped_when_the_one_with_the_longest_step_has() -> None:
    runs = [a_run("stopping", seconds=120.0), a_run("stopping", seconds=300.0), a_run("cancelled", seconds=900.0)]
    assert group_stopping_words(runs).startswith("Stopping after this step, which takes about 5.0 s.")


def test_a_limit_in_time_counts_where_it_is_nearer_than_the_last_step() -> None:
    limited = a_run("running", Recipe(max_seconds=6.0), step=60, num_steps=240, seconds=3.0)
    assert group_share([limited]) == pytest.approx(0.5)
