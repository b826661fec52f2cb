"""Torch's compiler stays out of what trains, and is there for what needs it: in a process that has neither yet."""

import importlib
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.training.no_compiler import STAND_INS

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
print([name for name in sys.modules if name.startswith(("torch._dynamo.", "torch._inductor", "sympy."))])

print(torch.compile(lambda x: x + 1, backend="eager")(torch.ones(())).item())
print({"torch._dynamo.guards", "sympy.core"} <= sys.modules.keys())
"""
SIZES = "torch.fx.experimental.symbolic_shapes"
AS_IT_IS = ("expect_true", "guard_or_false", "guard_or_true", "guard_size_oblivious", "statically_known_true")
SHAPES = st.lists(st.integers(0, 3), max_size=3)


@pytest.mark.slow
def test_training_does_without_it_and_what_asks_for_it_gets_it() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == [*["epochs"] * 4, "[]", "2.0", "True"], done.stderr


@pytest.fixture(scope="module")
def theirs() -> ModuleType:
    """Torch's own module of sizes, also where something stands in its place."""
    _ = importlib.import_module(SIZES).ShapeEnv  # which only its own has
    return sys.modules[SIZES]


@pytest.mark.filterwarnings("ignore:guard_size_oblivious will be removed:FutureWarning")
@given(answers=st.lists(st.booleans(), min_size=1), one=SHAPES, other=SHAPES)
def test_what_stands_in_its_place_answers_of_known_sizes_as_torch_does(
    theirs: ModuleType, answers: list[bool], one: list[int], other: list[int]
) -> None:
    ours = STAND_INS[SIZES](SIZES)
    for name in AS_IT_IS:
        assert getattr(ours, name)(answers[0]) is getattr(theirs, name)(answers[0])
    for name in ("sym_and", "sym_or"):
        assert getattr(ours, name)(*answers) is getattr(theirs, name)(*answers)
    assert ours.sym_eq(one, tuple(other)) is theirs.sym_eq(one, tuple(other))
    assert ours.sym_eq(len(one), len(other)) is theirs.sym_eq(len(one), len(other))
    for size in (*one, *other):
        assert ours.guarding_hint_or_throw(size) == theirs.guarding_hint_or_throw(size)
        assert ours.has_guarding_hint(size) is theirs.has_guarding_hint(size)
        assert ours.is_nested_int(size) is theirs.is_nested_int(size)
