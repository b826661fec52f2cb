"""The memory of a training step, against a count by hand."""

import pytest

from explorer.architecture.presets import PRESETS
from explorer.architecture.trace import trace
from explorer.training.estimate import kept_bytes, training_bytes
from explorer.training.recipe import Recipe

LENET = trace(PRESETS["lenet-keras"].architecture)
# 4 bytes each: the input, both ReLUs' outputs, both poolings' outputs and 8-byte positions, the dense layers' ReLUs.
KEPT = 4 * (784 + 4_704 + 1_600 + 1_176 + 400 + 2 * (1_176 + 400) + 120 + 84)


def test_what_lenet_keeps_for_each_picture() -> None:
    assert kept_bytes(LENET) == KEPT


@pytest.mark.parametrize(
    ("recipe", "copies"),
    [(Recipe(), 3), (Recipe(momentum=0.9), 4), (Recipe(optimizer="Adam"), 5)],
)
def test_a_step_holds_weights_twice_gradients_and_the_optimizers_state(recipe: Recipe, copies: int) -> None:
    widest = 4 * 4_704
    expected = 4 * 61_706 * copies + 100 * (KEPT + widest)
    assert training_bytes(LENET, recipe, train_size=100) == expected
