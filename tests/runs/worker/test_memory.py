"""Memory that a limit does not give fails a run in words, and the worker lives on."""

import os
import re
import resource
import sys
import threading
from pathlib import Path

import pytest

from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.spec import Architecture
from explorer.process.limits import NICENESS, VARIABLE
from explorer.runs.scheduler.allocations import LEAST_MEMORY, LocalAllocation
from explorer.runs.scheduler.worker_process import WORKER
from explorer.training.events import (
    Failed,
    Finished,
)
from explorer.training.recipe.recipe import Job, Recipe
from tests.runs.scene import PATIENCE, SCRIPTED, worker_pids
from tests.runs.worker.conftest import Open
from tests.runs.worker.test_worker import lenet

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="no other system holds a process to a limit")


@pytest.mark.slow
def test_memory_that_a_limit_does_not_give_is_told_with_its_size_and_the_worker_lives_on(open_worker: Open) -> None:
    worker = open_worker(WORKER, **{VARIABLE: str(300 * 2**20)})
    layers = (Conv2d(out_channels=64, kernel_size=3), Flatten(), Linear(out_features=10))
    greedy = Job(
        Architecture("greedy", (1, 28, 28), layers), Recipe(device="cpu", batch_size=6_000, learning_rate=0.001)
    )
    worker.train(greedy)
    failed = list(worker.events())[-1]
    assert isinstance(failed, Failed)
    words = r"The run needs more memory than the 0\.3 GiB that it may have here: "
    asked = re.search(words + r"([\d,]+) MiB more were asked for at once", failed.cause)
    assert asked is not None, failed.cause
    assert int(asked[1].replace(",", "")) >= 6_000 * 64 * 26 * 26 * 4 / 2**20 / 2  # floats of the first layer's maps
    assert failed.cause.endswith("Choose a smaller batch size, fewer channels or smaller pictures.")
    worker.train(lenet(epochs=1))
    assert isinstance(list(worker.events())[-1], Finished)


def test_a_worker_has_the_memory_of_its_allocation_and_lets_the_server_go_first(tmp_path: Path) -> None:
    ready = threading.Event()
    for memory, allowed in ((3 * 10**9, 3 * 10**9), (-1, LEAST_MEMORY)):
        allocation = LocalAllocation("cpu", {"SCENE": str(tmp_path)}, SCRIPTED, memory=memory)
        worker = allocation.start_worker(hear=lambda message: ready.set(), ended=lambda words: None)
        assert ready.wait(PATIENCE)
        pid = worker_pids(tmp_path)[-1]
        limit, _ = resource.prlimit(pid, resource.RLIMIT_DATA)
        assert allowed < limit < allowed + 10**9
        assert os.getpriority(os.PRIO_PROCESS, pid) == os.getpriority(os.PRIO_PROCESS, 0) + NICENESS
        worker.kill()
        worker.join(PATIENCE)
        ready.clear()
