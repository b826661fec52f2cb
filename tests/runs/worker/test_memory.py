"""Memory that a limit does not give fails a run in words, and the worker lives on."""

import re
import sys

import pytest

from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.spec import Architecture
from explorer.training.events import (
    Failed,
    Finished,
)
from explorer.training.recipe.recipe import Job, Recipe
from tests.runs.worker.conftest import Open
from tests.runs.worker.test_worker import lenet

POOR = """
import resource
from pathlib import Path
from explorer.runs.worker import worker

def prepare():
    loop = worker.warm_up()
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + 300 * 2**20,) * 2)
    return loop

worker.serve(prepare)
"""


@pytest.mark.slow
def test_memory_that_a_limit_does_not_give_is_told_with_its_size_and_the_worker_lives_on(open_worker: Open) -> None:
    worker = open_worker((sys.executable, "-c", POOR))
    layers = (Conv2d(out_channels=64, kernel_size=3), Flatten(), Linear(out_features=10))
    greedy = Job(
        Architecture("greedy", (1, 28, 28), layers), Recipe(device="cpu", batch_size=6_000, learning_rate=0.001)
    )
    worker.train(greedy)
    failed = list(worker.events())[-1]
    assert isinstance(failed, Failed)
    asked = re.search(r"The memory was not enough: ([\d,]+) MiB more were asked for at once", failed.cause)
    assert asked is not None, failed.cause
    assert int(asked[1].replace(",", "")) >= 6_000 * 64 * 26 * 26 * 4 / 2**20 / 2  # floats of the first layer's maps
    assert failed.cause.endswith("Choose a smaller batch size, fewer channels or smaller pictures.")
    worker.train(lenet(epochs=1))
    assert isinstance(list(worker.events())[-1], Finished)
