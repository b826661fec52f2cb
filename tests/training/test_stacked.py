"""Runs whose steps are taken as one come to what each comes to by itself, up to the order of sums."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from explorer.architecture import edit
from explorer.architecture.layers import (
    ACTIVATIONS,
    AdaptiveAvgPool2d,
    AvgPool2d,
    Conv2d,
    Dropout,
    Flatten,
    Layer,
    Linear,
    MaxPool2d,
    ReLU,
)
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.training.optimizers import OPTIMIZERS
from explorer.training.prepare import Run, prepare
from explorer.training.recipe import Job, Recipe
from explorer.training.stacked import Stack, can_stack
from explorer.training.step import take_step

LENET = PRESETS["lenet-d2l"].architecture
RECIPE = Recipe(device="cpu", batch_size=8, train_size=64, learning_rate=0.05, init="xavier")
SEEDS = 3


def runs(architecture: Architecture, recipe: Recipe = RECIPE) -> list[Run]:
    """Prepare a run a seed."""
    made = []
    for seed in range(SEEDS):
        with torch.random.fork_rng(devices=()):
            torch.manual_seed(seed)
            made.append(prepare(Job(architecture, replace(recipe, seed=seed))))
    return made


def weights(made: list[Run]) -> list[torch.Tensor]:
    return [value.clone() for run in made for value in run.network.state_dict().values()]


def distance(ours: list[torch.Tensor], theirs: list[torch.Tensor]) -> float:
    """Give the distance over all weights: Adam makes much of a single gradient near zero."""
    return math.hypot(*(float((a - b).norm()) for a, b in zip(ours, theirs, strict=True)))


def check(architecture: Architecture, recipe: Recipe = RECIPE, *, steps: int = 3) -> None:
    """Take the same steps both ways, and hold every figure and every weight against each other."""
    apart, stacked = runs(architecture, recipe), runs(architecture, recipe)
    stack, first = Stack(stacked), weights(apart)
    generator = torch.Generator().manual_seed(1)
    for _ in range(steps):
        picked = torch.randint(64, (SEEDS, recipe.batch_size), generator=generator)
        alone = [take_step(run, pictures) for run, pictures in zip(apart, picked, strict=True)]
        together = stack.take(tuple(picked))
        torch.testing.assert_close(together, alone, rtol=1e-4, atol=1e-5)
    way, apart_by = distance(weights(apart), first), distance(weights(stacked), weights(apart))
    assert way > 1e-3, "nothing was learned"
    assert apart_by < 1e-3 * way


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_every_optimizer_goes_the_same_steps(optimizer: str) -> None:
    check(LENET, replace(RECIPE, optimizer=optimizer, learning_rate=0.01, weight_decay=0.01))


def test_what_a_recipe_does_beside_the_steps_is_done_for_each_run() -> None:
    check(
        edit.replace_activations(LENET, "ReLU"),
        replace(RECIPE, momentum=0.9, nesterov=True, clip_grad_norm=0.5, label_smoothing=0.1, augmentation="flip+crop"),
    )


KERNELS = st.integers(1, 4)
POOLINGS: list[Layer] = [MaxPool2d(kernel_size=2), AvgPool2d(kernel_size=2), AdaptiveAvgPool2d(output_size=6)]


@st.composite
def stacks(draw: st.DrawFn) -> Architecture:
    """Draw a network of two convolutions with what can stand between them."""
    groups = draw(st.sampled_from([1, 2]))
    pooling = draw(st.sampled_from(POOLINGS))
    activation = draw(st.sampled_from(list(ACTIVATIONS)))
    layers = (
        Conv2d(out_channels=4, kernel_size=draw(KERNELS), stride=draw(st.integers(1, 2)), bias=draw(st.booleans())),
        *(ReLU(), pooling),
        Conv2d(out_channels=2 * draw(KERNELS), kernel_size=3, padding=draw(st.integers(1, 2)), groups=groups),
        *(Flatten(), Linear(out_features=draw(st.integers(5, 20)), bias=draw(st.booleans())), Flatten(), ReLU()),
        Linear(out_features=10),
    )
    return edit.replace_activations(Architecture("drawn", (1, 28, 28), layers), activation)


@settings(deadline=None, max_examples=30)
@given(stacks())
def test_whatever_can_be_stacked_goes_the_same_steps(architecture: Architecture) -> None:
    assert can_stack(architecture)
    check(architecture)


def test_a_run_that_diverges_keeps_its_weights_and_leaves_the_others_alone() -> None:
    apart, stacked = runs(LENET), runs(LENET)
    for made in (apart, stacked):
        with torch.no_grad():
            next(made[1].network.parameters()).fill_(math.nan)
    stack, picked = Stack(stacked), torch.arange(SEEDS * 8).view(SEEDS, 8)
    alone = [take_step(run, pictures) for run, pictures in zip(apart, picked, strict=True)]
    torch.testing.assert_close(stack.take(tuple(picked)), alone, rtol=1e-4, atol=1e-5, equal_nan=True)
    assert math.isnan(alone[1][0])
    torch.testing.assert_close(weights(stacked), weights(apart), rtol=1e-3, atol=1e-5, equal_nan=True)


def test_runs_stay_ordinary_and_can_be_stacked_anew_with_fewer() -> None:
    apart, stacked = runs(LENET), runs(LENET)
    for picked in torch.arange(SEEDS * 8).view(1, SEEDS, 8):
        Stack(stacked).take(tuple(picked))
    Stack(stacked[1:]).take((torch.arange(8), torch.arange(8, 16)))
    take_step(stacked[0], torch.arange(8, 16))
    for run, numbers in zip(apart, (0, 8, 16), strict=True):
        take_step(run, torch.arange(numbers, numbers + 8))
    for run, numbers in zip(apart, (8, 0, 8), strict=True):
        take_step(run, torch.arange(numbers, numbers + 8))
    torch.testing.assert_close(weights(stacked), weights(apart), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    "architecture",
    [
        pytest.param(PRESETS["alexnet-28"].architecture, id="dropout draws at random"),
        pytest.param(PRESETS["lenet5-1998"].architecture, id="historic layers"),
        pytest.param(Architecture("rows on maps", (1, 28, 28), (Linear(out_features=10), Flatten())), id="no rows"),
        pytest.param(Architecture("no flatten", (1, 28, 28), (Conv2d(out_channels=10, kernel_size=28),)), id="maps"),
        pytest.param(edit.insert(LENET, 3, Dropout()), id="a single dropout"),
    ],
)
def test_a_network_that_cannot_be_stacked_is_known_before(architecture: Architecture) -> None:
    assert not can_stack(architecture)
    assert can_stack(LENET)
