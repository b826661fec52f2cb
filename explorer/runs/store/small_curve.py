"""A run's curve so small that it stands in the run's row: a list of many runs draws it without reading an event.

It is a sample: every so many-th value as it was told, fewer of them as the run grows.
"""

import math
from collections.abc import Iterable

import msgspec

from explorer.training.events import Epoch, Event, Step

MOST_POINTS = 40  # of a line; a small picture has no room for more
DIGITS = 4  # that are kept of a value


class SmallLine(msgspec.Struct, frozen=True, array_like=True):
    """One line: `x` are epochs done, with the fraction, `y` as many values."""

    stride: int = 1  # of so many values one is kept
    told: int = 0  # values so far, kept or not
    x: tuple[float, ...] = ()
    y: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        if len(self.x) != len(self.y) or self.stride < 1:
            raise ValueError(f"found {len(self.x)} places for {len(self.y)} values, every {self.stride}")

    def grown(self, points: Iterable[tuple[float, float]]) -> "SmallLine":
        """Give the line with further points; those that are not finite are left out."""
        stride, told, x, y = self.stride, self.told, list(self.x), list(self.y)
        for epoch, value in points:
            if not math.isfinite(value):
                continue
            if told % stride == 0:
                x.append(_short(epoch))
                y.append(_short(value))
            told += 1
            if len(x) > MOST_POINTS:
                x, y, stride = x[::2], y[::2], 2 * stride
        return SmallLine(stride, told, tuple(x), tuple(y))


class SmallCurve(msgspec.Struct, frozen=True, array_like=True):
    """The training loss (nats) and the test accuracy (share of 1) of a run, and the best of all its test accuracies."""

    loss: SmallLine = SmallLine()
    accuracy: SmallLine = SmallLine()
    best: float | None = None  # also where the sample left it out; None before a test, and in an older version's row

    def grown(self, events: Iterable[Event]) -> "SmallCurve":
        """Give the curve with what further events measured."""
        measured = [event for event in events if isinstance(event, Step | Epoch)]
        tests = [event for event in measured if isinstance(event, Epoch)]
        return SmallCurve(
            self.loss.grown((event.epoch, event.train_loss) for event in measured if isinstance(event, Step)),
            self.accuracy.grown((event.epoch, event.test_accuracy) for event in tests),
            max((self.best_accuracy or 0.0, *(event.test_accuracy for event in tests))) if tests else self.best,
        )

    @property
    def best_accuracy(self) -> float | None:
        """The best test accuracy; of an older version's curve, the best that it sampled."""
        return self.best if self.best is not None else max(self.accuracy.y, default=None)


def _short(value: float) -> float:
    return float(f"{value:.{DIGITS}g}")


_CURVE = msgspec.json.Decoder(SmallCurve)


def read_curve(text: str | None) -> SmallCurve:
    """Read a curve as a row has it; where there is none yet, or one that was damaged, an empty one."""
    try:
        return _CURVE.decode(text) if text else SmallCurve()
    except (msgspec.MsgspecError, RecursionError):
        return SmallCurve()


def write_curve(curve: SmallCurve) -> str:
    """Write a curve as a row has it."""
    return msgspec.json.encode(curve).decode()
