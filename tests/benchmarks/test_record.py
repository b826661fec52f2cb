"""The record's benchmark on a tenth of the pictures: seconds are told where a way gets there, and only there."""

import pytest
from msgspec.structs import replace

from explorer.benchmarks.outcomes.record import BOOK, OURS, RECORDS, THEIRS, attempts, book_attempts
from explorer.training.recipe.recipe import Job

SUBSET = "fashion-mnist-subset"


def on_the_subset(target: float) -> dict[float, Job]:
    job = RECORDS[0.85]
    return {target: replace(job, recipe=replace(job.recipe, dataset=SUBSET, train_size=None, epochs=3))}


@pytest.mark.slow
def test_a_target_is_reached_after_an_epoch_or_never() -> None:
    (low,), (high,) = attempts(on_the_subset(0.6), seeds=1), attempts(on_the_subset(0.99), seeds=1)
    assert (low.way, low.epochs, low.best) == (OURS, 3, high.best)
    assert low.seconds is not None
    assert 0.6 <= low.best < 0.99
    assert high.seconds is None


@pytest.mark.slow
def test_the_books_loop_is_held_to_the_same_targets() -> None:
    """A tenth of the pictures is too few for its sigmoids, which guess for ten epochs, and for these two."""
    short = replace(BOOK, dataset=SUBSET, epochs=2)
    guessing, learned = book_attempts([0.1, 0.6], seeds=1, recipe=short)
    assert (guessing.way, guessing.epochs) == (THEIRS, 2)
    assert guessing.seconds is not None
    assert learned.seconds is None
    assert guessing.best == learned.best < 0.6
