"""A curve of losses over a run, at places evenly apart, as it is drawn, typed and compared."""

import re
from bisect import bisect_right
from collections.abc import Sequence

from explorer.lessons.answers import AnswerError
from explorer.training.events import Step

POINTS = 21  # from the run's first step to its last
MOST = 9.99  # nats
Curve = tuple[float, ...]
LOSS = re.compile(r"\d\.\d\d")


def resampled(steps: Sequence[Step]) -> Curve:
    """Give the losses at `POINTS` places of a run, each between the two that were told next to it; none of no steps."""
    if not steps:
        return ()
    first, last = steps[0].step, steps[-1].step
    return tuple(_loss_at(steps, first + (last - first) * place / (POINTS - 1)) for place in range(POINTS))


def _loss_at(steps: Sequence[Step], moment: float) -> float:
    after = min(bisect_right(steps, moment, key=lambda told: told.step), len(steps) - 1)
    before = max(after - 1, 0)
    width = steps[after].step - steps[before].step
    share = (moment - steps[before].step) / width if width else 0.0
    return steps[before].train_loss + share * (steps[after].train_loss - steps[before].train_loss)


def read_curve(typed: str) -> Curve:
    """Read what `write_curve` writes; raises `AnswerError`."""
    losses = typed.split()
    if len(losses) != POINTS or not all(LOSS.fullmatch(loss) for loss in losses):
        found = "Nothing is drawn yet." if not losses else "That is no drawn curve."
        raise AnswerError(found=found, wanted=f"{POINTS} losses such as 2.30 between spaces, or draw them")
    return tuple(map(float, losses))


def write_curve(curve: Curve) -> str:
    """Write a curve as it travels: `2.30 2.25 …`."""
    return " ".join(f"{min(max(loss, 0.0), MOST):.2f}" for loss in curve)


def apart(one: Curve, other: Curve) -> float:
    """Give how far two curves are apart on average, in nats."""
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / len(one)
