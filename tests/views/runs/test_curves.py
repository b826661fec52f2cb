"""Curves: lines that only grow, with gaps where a figure is not finite."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.training.events import Epoch, Evaluating, Event, Finished, Step
from explorer.views.runs.curves import POINTS_PER_STRIDE, curve_series, thin


def step(number: int, *, loss: float = 1.0) -> Step:
    return Step(number, number / 10, number / 2, loss, 0.25, 20_000.0)


def epoch(number: int) -> Epoch:
    return Epoch(number * 10, float(number), number * 5.0, 0.9, 0.6, 0.8, 0.7)


def test_a_run_becomes_four_lines() -> None:
    events: list[Event] = [step(1), step(2), Evaluating(0, 10), epoch(1), Finished("epochs", 5.0)]

    lines = {line.key: line for line in curve_series(events, run_id="7", name="ReLU")}

    assert {key: (line.x, line.y) for key, line in lines.items()} == {
        "7/train/loss": ([0.1, 0.2], [1.0, 1.0]),
        "7/test/loss": ([1.0], [0.8]),
        "7/train/accuracy": ([0.1, 0.2], [0.25, 0.25]),
        "7/test/accuracy": ([1.0], [0.7]),
    }
    assert [line.name for line in lines.values()] == ["ReLU train", "ReLU test"] * 2


@pytest.mark.parametrize("loss", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_not_finite_is_a_gap(loss: float) -> None:
    line = curve_series([step(1), step(2, loss=loss), step(3)], run_id="7")[0]

    assert line.y == [1.0, None, 1.0]


@given(many=st.integers(0, 6000), few=st.integers(0, 6000))
def test_a_line_only_grows(many: int, few: int) -> None:
    values = [math.sin(i) for i in range(max(many, few))]

    longer_x, longer_y = thin(values, values)
    shorter_x, shorter_y = thin(values[: min(many, few)], values[: min(many, few)])

    assert longer_x[: len(shorter_x)] == shorter_x
    assert longer_y[: len(shorter_y)] == shorter_y


@given(points=st.integers(0, 100_000))
def test_a_long_line_keeps_few_points_and_its_mean(points: int) -> None:
    values = [float(i) for i in range(points)]

    x, y = thin(values, values)

    strides = [int(end - start) for start, end in itertools.pairwise([-1.0, *x])]
    means = [value for value in y if value is not None]
    assert len(x) <= POINTS_PER_STRIDE * max(1, math.ceil(math.log2(points / POINTS_PER_STRIDE + 2)))
    assert sum(strides) > points - 2 * (strides[-1] if strides else 1)  # what waits for its group is less than one
    assert sum(mean * stride for mean, stride in zip(means, strides, strict=True)) == sum(values[: sum(strides)])
