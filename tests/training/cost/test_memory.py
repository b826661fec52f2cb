"""The memory of a training step, against a count by hand."""

import pytest
import torch
from torch import nn

from explorer.architecture.kinds.normalisation import BatchNorm2d
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import trace
from explorer.training.cost.memory import kept_bytes, training_bytes
from explorer.training.recipe.optimizers import OPTIMIZERS, WITH_MOMENTUM, make_optimizer, state_per_parameter
from explorer.training.recipe.recipe import Recipe

LENET = trace(PRESETS["lenet-keras"].architecture)
# 4 bytes each: the input, both ReLUs' outputs, both poolings' outputs and 8-byte positions, the dense layers' ReLUs.
KEPT = 4 * (784 + 4_704 + 1_600 + 1_176 + 400 + 2 * (1_176 + 400) + 120 + 84)


def test_what_lenet_keeps_for_each_picture() -> None:
    assert kept_bytes(LENET) == KEPT


@pytest.mark.parametrize(
    ("recipe", "copies"),
    [
        (Recipe(), 3),
        (Recipe(momentum=0.9), 4),
        (Recipe(optimizer="Adam"), 5),
        (Recipe(optimizer="AdamW"), 5),
        (Recipe(optimizer="RMSprop"), 4),
        (Recipe(optimizer="RMSprop", momentum=0.9), 5),
    ],
)
def test_a_step_holds_weights_twice_gradients_and_the_optimizers_state(recipe: Recipe, copies: int) -> None:
    widest = 4 * 4_704
    expected = 4 * 61_706 * copies + 100 * (KEPT + widest)
    assert training_bytes(LENET, recipe, train_size=100) == expected


def test_bfloat16_halves_what_is_kept_but_positions_and_copies_the_weights() -> None:
    kept = 2 * (784 + 4_704 + 1_600 + 1_176 + 400 + 120 + 84) + 8 * (1_176 + 400)
    assert kept_bytes(LENET, dtype=torch.bfloat16) == kept
    recipe, widest = Recipe(precision="bfloat16"), 2 * 4_704
    assert training_bytes(LENET, recipe, train_size=100) == 61_706 * (4 * 3 + 2) + 100 * (kept + widest)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_the_optimizers_state_is_what_torch_keeps_after_a_step(name: str, momentum: float) -> None:
    if momentum and name not in WITH_MOMENTUM:
        momentum = 0.0
    weight = nn.Parameter(torch.ones(50))
    optimizer = make_optimizer(
        name,
        [weight],
        learning_rate=0.1,
        momentum=momentum,
        nesterov=False,
        weight_decay=0.0,
        device=torch.device("cpu"),
    )
    weight.grad = torch.ones(50)
    optimizer.step()
    kept = sum(value.numel() for value in optimizer.state[weight].values() if torch.is_tensor(value) and value.dim())
    assert kept == 50 * state_per_parameter(name, momentum=momentum)


def test_a_mean_over_all_batches_keeps_as_much_as_a_running_one() -> None:
    running, overall = (Architecture("x", (2, 8, 8), (BatchNorm2d(momentum=each),)) for each in (0.1, None))
    assert kept_bytes(trace(overall)) == kept_bytes(trace(running)) > 0
