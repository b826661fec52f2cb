"""Cells of a sweep: how many there are, what differs between them, and what is refused in words."""

import math
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import asdict
from torch import Tensor

from explorer.architecture.build import layer_names
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import trace
from explorer.experiments.sweep.axis_text import SweepSetup, make_sweep, offered, proposal, read_axis
from explorer.experiments.sweep.fields import OF, SweepError
from explorer.experiments.sweep.sweep import (
    MAX_CELLS,
    Axis,
    Choices,
    Draws,
    Grid,
    Range,
    Sweep,
    job_of,
    lay_out,
    setting,
)
from explorer.training.loop.first_weights import first_network
from explorer.training.recipe.recipe import Job, Recipe

LENET = PRESETS["lenet-d2l"].architecture
BASE = Job(LENET, Recipe(train_size=64, epochs=1, batch_size=32, device="cpu"))
POOLS: dict[str, list[Any]] = {  # values that a test draws from
    "learning_rate": [0.001, 0.01, 0.1, 1.0],
    "batch_size": [16, 32, 64],
    "optimizer": ["SGD", "Adam", "RMSprop"],
    "momentum": [0.0, 0.5, 0.9],
    "seed": [0, 1, 2],
    "activation": ["Sigmoid", "ReLU", "Tanh"],
    "pooling": ["MaxPool2d", "AvgPool2d"],
    "kernel_size": [3, 5, 7, 40],
    "width": [0.5, 1.0, 2.0],
    "conv2.out_channels": [8, 16, 32],
    "fc3.out_features": [60, 120],
}
CHANGED = {  # by a field of the whole design: which fields of its layers
    "activation": set[str](),
    "pooling": set[str](),
    "kernel_size": {"kernel_size", "padding"},
    "width": {"out_channels", "out_features"},
}


@st.composite
def axes(draw: st.DrawFn) -> tuple[Axis, ...]:
    names = draw(st.lists(st.sampled_from(sorted(POOLS)), min_size=1, max_size=3, unique=True))
    values = [draw(st.lists(st.sampled_from(POOLS[name]), min_size=1, unique=True)) for name in names]
    return tuple(Choices(name, tuple(chosen)) for name, chosen in zip(names, values, strict=True))


def choices(axis: Axis) -> tuple[Any, ...]:
    assert isinstance(axis, Choices)
    return axis.values


def layers(design: Architecture) -> list[dict[str, Any]]:
    return [asdict(layer) | {"kind": type(layer)} for layer in design.layers]


def differing_layers(ours: Architecture, theirs: Architecture) -> set[tuple[int, str]]:
    """Name each field of a layer that differs; a layer of another kind counts as its `kind` alone."""
    return {
        (index, field)
        for index, (here, there) in enumerate(zip(layers(ours), layers(theirs), strict=True))
        for field in (here if here["kind"] is there["kind"] else {"kind"})
        if here[field] != there[field]
    }


def may_differ(names: tuple[str, ...]) -> set[tuple[int, str]]:
    """Say which fields of which layers a sweep of these fields may change."""
    allowed = set[tuple[int, str]]()
    for name in names:
        layer, _, field = name.partition(".")
        if name in CHANGED:
            places = [i for i, each in enumerate(LENET.layers) if isinstance(each, OF[name])]
            allowed |= {(place, changed) for place in places for changed in CHANGED[name] | {"kind"}}
        elif field:
            allowed.add((layer_names(LENET.layers).index(layer), field))
    return allowed


@settings(max_examples=40)
@given(axes())
def test_a_grid_has_each_combination_once_and_differs_from_its_base_in_the_named_fields_alone(
    varied: tuple[Axis, ...],
) -> None:
    sweep = Sweep(base=BASE, axes=varied)
    cells = lay_out(sweep)
    assert len(cells) == math.prod(len(choices(axis)) for axis in varied)
    assert len({cell.values for cell in cells}) == len(cells)
    trained = [(cell, job_of(sweep, cell)) for cell in cells if not cell.cause]
    assert len({job for _, job in trained}) == len(trained)
    for cell, job in trained:
        wanted = dict(zip(sweep.names, cell.values, strict=True))
        recipe, base = asdict(job.recipe), asdict(BASE.recipe)
        assert {name for name in recipe if recipe[name] != base[name]} <= set(wanted)
        assert all(recipe[name] == value for name, value in wanted.items() if name in recipe)
        assert differing_layers(LENET, job.architecture) <= may_differ(sweep.names)
        totals = trace(job.architecture).totals
        assert (cell.num_params, cell.mult_adds) == (totals.num_params, totals.mult_adds)


@pytest.mark.slow
@settings(max_examples=40)
@given(count=st.integers(1, 20), seed=st.integers(0, 9), high=st.floats(0.01, 10))
def test_a_random_search_draws_as_many_different_settings_and_the_same_ones_again(
    count: int, seed: int, high: float
) -> None:
    low = high / 1_000
    varied = (Range("learning_rate", low, high), Choices("seed", (3, 4)), Range("batch_size", 8, 4_000))
    sweep = Sweep(base=BASE, axes=varied, way=Draws(count, seed))
    cells = lay_out(sweep)
    assert len(cells) == 2 * count
    assert len({setting(sweep, cell) for cell in cells}) == count
    assert all(low <= float(cell.values[0] or 0) <= high for cell in cells)
    assert [cell.values[1] for cell in cells] == [3, 4] * count
    lay_out.cache_clear()
    assert lay_out(sweep) == cells


def test_learning_rates_are_drawn_by_their_factors() -> None:
    sweep = Sweep(base=BASE, axes=(Range("learning_rate", 0.0001, 1.0),), way=Draws(200, 0))
    below = sum(float(cell.values[0] or 0) < 0.01 for cell in lay_out(sweep))
    assert 70 < below < 130  # the middle of the exponents; of the numbers themselves two would lie there


def test_all_cells_of_a_seed_begin_with_the_same_weights_where_they_agree() -> None:
    sweep = Sweep(base=BASE, axes=(Choices("activation", ("Sigmoid", "ReLU")), Choices("width", (1.0, 2.0))))
    jobs = [job_of(sweep, cell) for cell in lay_out(sweep)]
    assert [job.start for job in jobs] == [None, LENET, LENET, LENET]
    sigmoid, wide, relu, _ = map(first_weights, jobs)
    assert all(ours.equal(theirs) for ours, theirs in zip(sigmoid, relu, strict=True))
    assert [tuple(weight.shape) for weight in wide][:1] == [(12, 1, 5, 5)]


def first_weights(job: Job) -> list[Tensor]:
    with torch.random.fork_rng(devices=()):
        torch.manual_seed(job.recipe.seed)
        return list(first_network(job).parameters())


def test_what_does_not_fit_is_kept_with_its_cause() -> None:
    sweep = Sweep(base=BASE, axes=(Choices("conv2.kernel_size", (5, 15)), Choices("momentum", (0.0, 0.9))))
    causes = [cell.cause for cell in lay_out(sweep)]
    assert causes[:2] == ["", ""]
    assert all("15×15 kernel is larger than its 14×14 input" in cause for cause in causes[2:])
    adam = Sweep(base=BASE, axes=(Choices("optimizer", ("SGD", "Adam")), Choices("momentum", (0.9,))))
    assert [bool(cell.cause) for cell in lay_out(adam)] == [False, True]
    assert "momentum: found 0.9" in lay_out(adam)[1].cause


def test_a_cell_that_would_train_the_same_again_does_not() -> None:
    sweep = Sweep(base=BASE, axes=(Choices("width", (1.0, 1.001)),))
    assert [cell.cause for cell in lay_out(sweep)] == ["", "It is the same network with the same recipe as cell 1."]


def test_a_setting_that_no_longer_applies_goes_back_to_its_default() -> None:
    base = Job(LENET, Recipe(momentum=0.9))
    sweep = Sweep(base=base, axes=(Choices("optimizer", ("SGD", "Adam")),))
    assert [job_of(sweep, cell).recipe.momentum for cell in lay_out(sweep)] == [0.9, 0.0]


@pytest.mark.parametrize(
    ("varied", "way", "words"),
    [
        ((), Grid(), "varies 1 to 6 fields; found 0"),
        ((Choices("seed", (0,)), Choices("seed", (1,))), Grid(), "each field once"),
        ((Choices("conv9.padding", (0,)),), Grid(), "conv9.padding: nothing of this name can vary"),
        ((Choices("width", (0.0,)),), Grid(), r"width: found 0\.0; allowed: a number above 0, at most 16"),
        ((Choices("activation", ("Relu",)),), Grid(), "activation: found 'Relu'; allowed: one of Sigmoid"),
        ((Choices("seed", (1, 1)),), Grid(), "found the values 1, 1; allowed: at least one, and each once"),
        ((Choices("seed", ()),), Grid(), "found the values none"),
        ((Range("learning_rate", 0.1, 1),), Grid(), "a range, 0.1 to 1, which only"),
        ((Range("learning_rate", 1, 0.1),), Draws(3), "the smaller one first"),
        ((Range("batch_size", 1.5, 9),), Draws(3), r"batch_size: found 1\.5; allowed: a whole number"),
        ((Range("batch_size", 1, math.inf),), Draws(3), "batch_size: found inf"),
        ((Range("batch_size", math.nan, 9),), Draws(3), "batch_size: found nan"),
        ((Range("optimizer", 0, 1),), Draws(3), "only numbers of a random search"),
        ((Choices("seed", tuple(range(201))),), Grid(), "at most 200 cells; these would be 201"),
        ((Choices("seed", (0, 1, 2)), Range("width", 0.5, 2)), Draws(100), "at most 200 cells; these would be 300"),
        ((Choices("width", (1.0, 2.0)),), Draws(3), "3 settings were to be drawn, but there are only 2"),
        ((Choices("width", (1.0,)),), Draws(0), "draws 1 to 200 settings; 0 were"),
    ],
)
def test_a_sweep_that_cannot_be_is_refused_in_words(varied: tuple[Axis, ...], way: Grid | Draws, words: str) -> None:
    with pytest.raises(SweepError, match=words):
        Sweep(base=BASE, axes=varied, way=way)


def test_more_settings_than_a_narrow_range_has_are_refused_in_words() -> None:
    sweep = Sweep(base=BASE, axes=(Range("batch_size", 8, 9),), way=Draws(3))
    with pytest.raises(SweepError, match="3 settings were to be drawn, but there are only 2"):
        lay_out(sweep)


@pytest.mark.parametrize("name", sorted(PRESETS))
def test_whatever_is_offered_comes_with_values_that_can_vary(name: str) -> None:
    base = Job(PRESETS[name].architecture, Recipe())
    for field in offered(base.architecture):
        axis = read_axis(field, proposal(field, base), base.architecture)
        assert 1 < len(choices(axis)) <= MAX_CELLS
        Sweep(base=base, axes=(axis,))


@given(st.text(max_size=30), st.sampled_from(offered(LENET)))
def test_whatever_is_typed_is_an_axis_or_refused_in_words(text: str, name: str) -> None:
    refused = ""
    try:
        make_sweep(SweepSetup(fields=(name,), texts=((name, text),)), LENET, Recipe())
    except SweepError as error:
        refused = str(error)
    assert not refused or name in refused or "cells" in refused


def test_typed_values_have_their_fields_types() -> None:
    assert read_axis("learning_rate", "0.1, 1e-3,1", LENET) == Choices("learning_rate", (0.1, 0.001, 1.0))
    assert read_axis("train_size", "100, None", LENET) == Choices("train_size", (100, None))
    assert read_axis("conv1.bias", "true,false", LENET) == Choices("conv1.bias", (True, False))
    assert read_axis("width", "0.5..2", LENET) == Range("width", 0.5, 2.0)
