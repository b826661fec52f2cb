"""How the learning rate goes over a run: the one dictionary that the loop uses and that menus list.

A schedule gives a factor for each step, counted from 0; the recipe's learning rate is where the factor is 1.
"""

import math
from collections.abc import Callable

Schedule = Callable[[int], float]  # a step's number, from 0, to its learning rate

GAMMA = 0.1  # what each fall of `step` multiplies by, as in the 2012 paper and torch's StepLR
FALLS = 3  # of `step` in a run, where its recipe does not say how often: as in the 2012 paper, section 5
WARM_SHARE, FIRST_DIVISOR, LAST_DIVISOR = 0.3, 25.0, 1e4  # of `one-cycle`: torch's OneCycleLR


def _constant(_step: int, _num_steps: int, _step_size: int | None) -> float:
    return 1.0


def _step(step: int, num_steps: int, step_size: int | None) -> float:
    """Fall to a tenth after every `step_size` steps, or after each quarter of the run."""
    falls = step // step_size if step_size else step * (FALLS + 1) // num_steps
    return GAMMA**falls


def _cosine(step: int, num_steps: int, _step_size: int | None) -> float:
    """Fall along half a cosine to 0: Loshchilov and Hutter 2017, equation 5, without restarts."""
    return _between(1.0, 0.0, step / num_steps)


def _one_cycle(step: int, num_steps: int, _step_size: int | None) -> float:
    """Rise from 1/25 over three tenths of the run, then fall to nearly 0: Smith and Topin 2018, as torch has it."""
    top, last = WARM_SHARE * num_steps - 1, num_steps - 1
    first = 1 / FIRST_DIVISOR
    if step <= top:
        return _between(first, 1.0, step / top)
    return _between(1.0, first / LAST_DIVISOR, (step - top) / (last - top))


def _between(start: float, end: float, share: float) -> float:
    """Go from one value to another along half a cosine."""
    return end + (start - end) * (1 + math.cos(math.pi * share)) / 2


SCHEDULES: dict[str, Callable[[int, int, int | None], float]] = {
    "constant": _constant,
    "step": _step,
    "cosine": _cosine,
    "one-cycle": _one_cycle,
}


def make_schedule(
    name: str, *, learning_rate: float, num_steps: int, warmup_steps: int, step_size: int | None
) -> Schedule | None:
    """Make a run's schedule, all sizes in steps; None where the learning rate stays as it is.

    The warm-up rises in equal parts, and the schedule begins where it ends.
    """
    if name == "constant" and not warmup_steps:
        return None
    factor, left = SCHEDULES[name], max(1, num_steps - warmup_steps)

    def rate(step: int) -> float:
        if step < warmup_steps:
            return learning_rate * (step + 1) / warmup_steps
        return learning_rate * factor(step - warmup_steps, left, step_size)

    return rate
