"""The recipes' benchmark on a tenth of the pictures: both loops learn the same way, each by its own random numbers."""

import pytest
from msgspec.structs import replace

from explorer.benchmarks.outcomes.recipes import OURS, PUBLISHED, WITNESS, outcomes, spreads, witnesses

SIGMOID, RELU = (
    replace(
        published,
        job=replace(published.job, recipe=replace(published.job.recipe, dataset="fashion-mnist-subset", **shorter)),
        lowest=0.5,
    )
    for published, shorter in zip(PUBLISHED[:2], ({"epochs": 1}, {"epochs": 3, "batch_size": 64}), strict=True)
)


@pytest.mark.slow
def test_the_witness_learns_as_far_as_this_programs_loop() -> None:
    (ours,), (witness,) = outcomes([RELU], seeds=1), witnesses([RELU], seeds=1)
    assert (ours.loop, witness.loop) == (OURS, WITNESS)
    assert ours.agrees
    assert witness.agrees
    assert 0 < abs(ours.test_accuracy - witness.test_accuracy) < 0.1


@pytest.mark.slow
def test_the_spread_of_each_loop_is_laid_beside_the_others() -> None:
    found = [*outcomes([SIGMOID], seeds=2), *witnesses([SIGMOID], seeds=2)]
    assert [(outcome.loop, outcome.seed) for outcome in found] == [(OURS, 0), (OURS, 1), (WITNESS, 0), (WITNESS, 1)]
    assert not any(outcome.agrees for outcome in found), "sigmoids left their first plateau within 24 steps"
    ours, witness = spreads(found)
    assert OURS in ours
    assert WITNESS in witness
    assert "0.100 to 0.1" in ours
