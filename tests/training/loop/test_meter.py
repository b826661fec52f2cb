"""The figures of steps lose nothing on their way into events."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from explorer.training.errors import DivergedError
from explorer.training.events import Step
from explorer.training.loop.meter import MAX_POINTS, READ_SECONDS, Clock, Meter


def take_steps(meter: Meter, losses: list[float], *, read_every: int) -> list[Step]:
    points: list[Step] = []
    for number, loss in enumerate(losses, start=1):
        meter.begin_step()
        meter.end_step(torch.tensor(loss), torch.tensor(1.0), 2)
        if number % read_every == 0:
            points.extend(meter.read())
    return points


@settings(max_examples=30)  # thousands of steps each
@given(count=st.integers(1, 4_500), read_every=st.integers(1, 700))
def test_points_are_few_in_order_and_add_up_to_all_steps(count: int, read_every: int) -> None:
    meter = Meter(num_steps=count, steps_per_epoch=10, clock=Clock())
    losses = [float(step) for step in range(1, count + 1)]
    points = take_steps(meter, losses, read_every=read_every) + list(meter.read_rest())
    steps = [point.step for point in points]
    sizes = [after - before for before, after in zip([0, *steps], steps, strict=False)]
    assert len(points) <= MAX_POINTS + 2
    assert steps[0] == 1
    assert steps[-1] == count
    assert all(size > 0 for size in sizes)
    summed = sum(point.train_loss * size for point, size in zip(points, sizes, strict=True))
    assert math.isclose(summed, sum(losses), rel_tol=1e-9)
    assert meter.take_epoch() == pytest.approx((sum(losses) / count, 0.5))
    seconds = [point.seconds for point in points]
    assert seconds == sorted(seconds)


class HandClock(Clock):
    """A clock that stands where it was set."""

    now = 0.0

    def seconds(self) -> float:
        return self.now


def test_a_reading_is_due_after_the_first_step_and_then_when_its_time_has_passed() -> None:
    clock = HandClock()
    meter = Meter(num_steps=5, steps_per_epoch=5, clock=clock)
    take_steps(meter, [1.0], read_every=2)
    assert meter.is_due()
    assert [point.step for point in meter.read()] == [1]
    take_steps(meter, [1.0], read_every=2)
    assert not meter.is_due()
    clock.now += READ_SECONDS
    assert meter.is_due()


def test_time_between_readings_does_not_count_as_training() -> None:
    clock = HandClock()
    meter = Meter(num_steps=5, steps_per_epoch=5, clock=clock)
    for _ in range(2):
        clock.now += 100  # the test pictures are measured, say
        meter.begin_step()
        clock.now += 4
        meter.end_step(torch.tensor(1.0), torch.tensor(1.0), 2)
        (point,) = meter.read()
        assert (point.images_per_second, point.seconds) == (0.5, clock.now)


def test_a_loss_that_is_no_number_is_found_at_its_step() -> None:
    meter = Meter(num_steps=5, steps_per_epoch=5, clock=Clock())
    take_steps(meter, [1.0, 2.0, math.inf, math.nan], read_every=9)
    told = meter.read()
    assert [next(told).step, next(told).step] == [1, 2]
    with pytest.raises(DivergedError) as diverged:
        next(told)
    assert diverged.value.step == 3


def test_a_clock_that_stood_still_counts_only_its_own_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("explorer.training.loop.meter.time.perf_counter", lambda: now)
    clock = Clock()
    clock.stop()
    now = 101.0
    clock.go_on()
    assert clock.seconds() == 0
    now = 103.0
    clock.stop()
    now = 150.0
    clock.go_on()
    assert clock.seconds() == 2
    now = 151.0
    assert clock.seconds() == 3
