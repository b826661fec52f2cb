"""The rates are those that made the timings, and a forecast is the sum that they make."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.architecture.kinds.dense import Linear
from explorer.architecture.kinds.shape import Flatten
from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.architecture.trace import trace
from explorer.training.calibration.calibrate import MEASURED, calibrate
from explorer.training.cost.forecast import LESSON, LONG, forecast, reliefs
from explorer.training.cost.speed import Speed, Timing, fit, step_seconds
from explorer.training.recipe.recipe import Recipe
from tests.training.laptop import LAPTOP

LENET, ALEXNET = (trace(PRESETS[name].architecture) for name in ("lenet-d2l", "alexnet-d2l"))


@pytest.mark.slow
@given(st.tuples(st.floats(1e-5, 1e-3), st.floats(1e-12, 1e-10), st.floats(1e-10, 1e-8), st.floats(1e-10, 1e-8)))
def test_the_rates_that_made_the_timings_are_found(rates: tuple[float, float, float, float]) -> None:
    made = Speed(*rates)
    timings = [
        Timing(traced, batch_size, step_seconds(made, traced, batch_size=batch_size))
        for traced, batch_size in ((trace(architecture), size) for architecture, size in MEASURED)
    ]
    found = fit(timings)
    for timing in timings:
        seconds = step_seconds(found, timing.trace, batch_size=timing.batch_size)
        assert seconds == pytest.approx(timing.seconds, rel=0.02)


@pytest.mark.slow
def test_a_real_device_has_rates_that_are_not_all_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("explorer.training.calibration.calibrate.MEASURED", MEASURED[:-1])  # all but the largest
    found = calibrate(torch.device("cpu"))
    assert 0 < found.cpu_share < 1.1
    for speed in (found.speed, found.beside, found.whole):
        assert speed
        assert step_seconds(speed, ALEXNET, batch_size=128) > step_seconds(speed, LENET, batch_size=256) > 0


def test_a_forecast_counts_steps_and_what_stays() -> None:
    found = forecast(LENET, Recipe(train_size=1_000, batch_size=300, epochs=3, optimizer="Adam"), None)
    assert (found.steps, found.seconds) == (12, None)
    assert found.checkpoint_bytes == 3 * 4 * 61_706
    looks = 6  # after 0, 1, 2, 4, 8 and 12 steps
    assert (found.weights_bytes, found.weights_layers) == (looks * 4 * 61_706, 5)


def test_of_a_large_network_the_first_filters_are_kept_and_of_a_larger_none() -> None:
    large = trace(PRESETS["alexnet-d2l"].architecture)
    found = forecast(large, Recipe(train_size=1_000, batch_size=300, epochs=3), None)
    assert (found.weights_bytes, found.weights_layers) == (6 * 4 * large.rows[0].num_params, 1)
    huge = trace(Architecture("huge", (1, 28, 28), (Flatten(), Linear(out_features=20_000))))
    assert forecast(huge, Recipe(train_size=1_000, batch_size=300, epochs=3), None).weights_layers == 0


def test_a_time_limit_ends_a_forecast() -> None:
    free = forecast(ALEXNET, Recipe(epochs=10), LAPTOP)
    limited = forecast(ALEXNET, Recipe(epochs=10, max_seconds=60), LAPTOP)
    assert free.seconds is not None
    assert limited.seconds is not None
    assert free.seconds > LONG > limited.seconds > 60


def test_each_relief_brings_a_long_run_within_a_lesson() -> None:
    recipe = Recipe(dataset="fashion-mnist", epochs=10, batch_size=128)
    labels = []
    for relief in reliefs(ALEXNET, recipe, LAPTOP):
        labels.append(relief.label)
        seconds = forecast(ALEXNET, relief.recipe, LAPTOP).seconds
        assert seconds is not None
        assert seconds < 1.5 * LESSON
    assert "Stop after ten minutes" in labels
    assert list(reliefs(LENET, Recipe(epochs=1), LAPTOP)) == []
    assert not math.isinf(forecast(LENET, Recipe(), LAPTOP).seconds or 0)


def test_a_shorter_run_has_no_warm_up_longer_than_itself() -> None:
    recipe = Recipe(train_size=2_000, epochs=100, batch_size=128, warmup_epochs=50.0)
    shorter = next(relief.recipe for relief in reliefs(ALEXNET, recipe, LAPTOP) if relief.recipe.epochs < 50)
    assert shorter.warmup_epochs == 0
