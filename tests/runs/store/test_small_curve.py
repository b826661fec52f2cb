"""The small curve of a run's row: bounded, a true sample, the same however the events came."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from explorer.runs.store.small_curve import MOST_POINTS, SmallCurve, SmallLine, read_curve, write_curve
from explorer.training.events import Epoch, Step
from tests.runs.scripted_worker import step

POINTS = st.lists(st.tuples(st.floats(0, 1e3), st.floats(0, 1e3)), max_size=400)


@given(points=POINTS, cut=st.integers(0, 400))
def test_a_line_is_bounded_and_the_same_however_its_points_came(points: list[tuple[float, float]], cut: int) -> None:
    whole = SmallLine().grown(points)
    assert SmallLine().grown(points[:cut]).grown(points[cut:]) == whole
    assert len(whole.x) == len(whole.y) <= MOST_POINTS
    assert whole.told == len(points)
    told = [value for _, value in points[:: whole.stride]]
    assert whole.y == pytest.approx(told, rel=1e-3)


def test_what_is_no_number_is_left_out() -> None:
    assert SmallLine().grown([(0.1, math.inf), (0.2, 2.0), (0.3, math.nan)]).y == (2.0,)


def test_steps_give_the_loss_and_epochs_the_test_accuracy() -> None:
    epoch = Epoch(step=2, epoch=1.0, seconds=3.0, train_loss=0.4, train_accuracy=0.8, test_loss=0.5, test_accuracy=0.75)
    told = Step(step=1, epoch=0.5, seconds=1.0, train_loss=2.0, train_accuracy=0.1, images_per_second=9.0)
    curve = SmallCurve().grown([told, epoch, step(3)])
    assert (curve.loss.x[0], curve.loss.y[0], len(curve.loss.x)) == (0.5, 2.0, 2)
    assert (curve.accuracy.x, curve.accuracy.y) == ((1.0,), (0.75,))
    assert read_curve(write_curve(curve)) == curve
