"""What a real worker takes of a laptop's memory."""

import sys

import pytest
from msgspec.structs import replace

from explorer.benchmarks.contests import CONTESTS
from explorer.benchmarks.memory import peak_bytes
from explorer.training.recipe.recipe import Job


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process's peak")
def test_a_worker_that_trains_lenet_stays_below_a_gigabyte() -> None:
    lenet = CONTESTS["lenet-d2l"]
    peak = peak_bytes(Job(lenet.architecture, replace(lenet.run, epochs=1)))
    assert peak is not None
    assert 10**8 < peak < lenet.most_bytes == 10**9
