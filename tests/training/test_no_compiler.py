"""Torch's compiler stays out of what trains, and is there for what needs it: in a process that has neither yet."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys, torch
from explorer.runs.worker.worker import warm_up
from explorer.training.loop.train import train
from explorer.training.recipe.optimizers import OPTIMIZERS
from explorer.training.recipe.recipe import Job, Recipe
from tests.training.small_jobs import SMALL

warm_up()
for name in OPTIMIZERS:
    *_, last = train(Job(SMALL, Recipe(optimizer=name, train_size=8, batch_size=4, epochs=1, device="cpu")))
    print(last.reason)
print([name for name in sys.modules if name.startswith(("torch._dynamo.", "torch._inductor"))])

print(torch.compile(lambda x: x + 1, backend="eager")(torch.ones(())).item(), "torch._dynamo.guards" in sys.modules)
"""


@pytest.mark.slow
def test_training_does_without_it_and_what_asks_for_it_gets_it() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == [*["epochs"] * 4, "[]", "2.0 True"], done.stderr
