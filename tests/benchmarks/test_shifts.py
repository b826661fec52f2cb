"""The benchmark of shifts on a tenth of the pictures: what is told is what the network it has trained answers."""

import pytest
from msgspec.structs import replace

from explorer.benchmarks.outcomes.shifts import FAR, JOBS, bench_shifts


@pytest.mark.slow
def test_a_dense_network_names_fewer_right_the_farther_pictures_are_shifted() -> None:
    job = JOBS["dense, as many parameters"]
    quick = replace(job, recipe=replace(job.recipe, dataset="fashion-mnist-subset", epochs=3))
    (found,) = bench_shifts({"dense": quick}, seeds=1)
    assert (found.name, found.seed, tuple(found.right)) == ("dense", 0, FAR)
    shares = list(found.right.values())
    assert shares[0] > 0.6
    assert shares == sorted(shares, reverse=True)
