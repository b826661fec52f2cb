"""Learning rates step by step, against torch's own schedulers."""

from collections.abc import Callable

import pytest
import torch
from torch.optim import SGD, Optimizer
from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, LRScheduler, OneCycleLR, StepLR

from explorer.training.recipe.schedules import SCHEDULES, make_schedule

RATE = 0.5


def rates_of(make: Callable[[Optimizer], LRScheduler], num_steps: int) -> list[float]:
    optimizer = SGD([torch.zeros(1)], lr=RATE)
    scheduler = make(optimizer)
    found = []
    for _ in range(num_steps):
        found.append(float(optimizer.param_groups[0]["lr"]))
        optimizer.step()
        scheduler.step()
    return found


def our_rates(name: str, num_steps: int, *, warmup_steps: int = 0, step_size: int | None = None) -> list[float]:
    schedule = make_schedule(
        name, learning_rate=RATE, num_steps=num_steps, warmup_steps=warmup_steps, step_size=step_size
    )
    assert schedule is not None
    return [schedule(step) for step in range(num_steps)]


@pytest.mark.parametrize("num_steps", [2, 3, 7, 100])
def test_cosine_and_one_cycle_are_torchs(num_steps: int) -> None:
    cosine = rates_of(lambda optimizer: CosineAnnealingLR(optimizer, T_max=num_steps), num_steps)
    one_cycle = rates_of(
        lambda optimizer: OneCycleLR(optimizer, max_lr=RATE, total_steps=num_steps, cycle_momentum=False), num_steps
    )
    assert our_rates("cosine", num_steps) == pytest.approx(cosine)
    assert our_rates("one-cycle", num_steps) == pytest.approx(one_cycle)


@pytest.mark.parametrize("step_size", [1, 3, 50])
def test_step_is_torchs(step_size: int) -> None:
    expected = rates_of(lambda optimizer: StepLR(optimizer, step_size=step_size), 20)
    assert our_rates("step", 20, step_size=step_size) == pytest.approx(expected)


@pytest.mark.parametrize("num_steps", [4, 5, 9, 100])
def test_step_without_a_size_falls_three_times_in_a_run(num_steps: int) -> None:
    rates = our_rates("step", num_steps)
    falls = sorted({round(rate, 9) for rate in rates}, reverse=True)
    assert falls == pytest.approx([RATE / 10**fall for fall in range(4)])


def test_the_warm_up_rises_in_equal_parts_and_the_schedule_begins_where_it_ends() -> None:
    rises = rates_of(lambda optimizer: LinearLR(optimizer, start_factor=1 / 5, total_iters=4), 5)
    falls = rates_of(lambda optimizer: CosineAnnealingLR(optimizer, T_max=15), 15)
    assert our_rates("cosine", 20, warmup_steps=5) == pytest.approx(rises + falls)
    assert our_rates("constant", 20, warmup_steps=5) == pytest.approx(rises + [RATE] * 15)


def test_a_learning_rate_that_stays_needs_no_schedule() -> None:
    assert make_schedule("constant", learning_rate=RATE, num_steps=10, warmup_steps=0, step_size=None) is None


@pytest.mark.parametrize("name", SCHEDULES)
def test_a_run_of_one_step_has_a_rate_of_its_own(name: str) -> None:
    schedule = make_schedule(name, learning_rate=RATE, num_steps=1, warmup_steps=0, step_size=None)
    assert schedule is None or 0 < schedule(0) <= RATE
