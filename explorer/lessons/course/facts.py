"""What is known when an answer is judged: the network on the screen, and what the runs of the steps measured."""

from collections.abc import Iterable, Mapping
from statistics import median

import msgspec

from explorer.architecture.presets import PRESETS
from explorer.architecture.spec import Architecture
from explorer.lessons.course.curve import Curve, resampled
from explorer.training.events import Epoch, Event, Probe, Step


class Measured(msgspec.Struct, frozen=True, kw_only=True):
    """What one run has measured so far: losses in nats, accuracies as shares of 1; None for what it has not."""

    label: str = ""  # of the contender, where the run is one of a race
    ended: bool = False
    first_loss: float | None = None  # mean over the first steps that it told of
    train_accuracy: float | None = None  # of the last epoch
    test_accuracy: float | None = None  # after the last epoch
    best_test_accuracy: float | None = None
    grad_ratio: float | None = None  # see `gradient_ratio`
    seconds: float | None = None
    losses: Curve = ()  # on the training pictures, over the run

    @property
    def gap(self) -> float | None:
        """How far the accuracy on the training pictures is above that on the test pictures."""
        if self.train_accuracy is None or self.test_accuracy is None:
            return None
        return self.train_accuracy - self.test_accuracy


class Facts(msgspec.Struct, frozen=True):
    """What answers are held against: the network on the screen, and by the names of steps what their runs measured."""

    design: Architecture
    runs: Mapping[str, tuple[Measured, ...]] = {}
    named: Mapping[str, Architecture] = {}  # the lesson's own networks, by their names

    def find_design(self, name: str) -> Architecture | None:
        """Find a network by its name in the lesson or in the course; the one on the screen for no name."""
        if not name:
            return self.design
        preset = PRESETS.get(name)
        return self.named.get(name) or (preset.architecture if preset else None)


def measured(events: Iterable[Event], *, label: str = "", ended: bool = True) -> Measured:
    """Sum a run's events up."""
    told = list(events)
    steps = [event for event in told if isinstance(event, Step)]
    epochs = [event for event in told if isinstance(event, Epoch)]
    probes = [event for event in told if isinstance(event, Probe)]
    last = epochs[-1] if epochs else None
    return Measured(
        label=label,
        ended=ended,
        first_loss=steps[0].train_loss if steps else None,
        train_accuracy=last.train_accuracy if last else None,
        test_accuracy=last.test_accuracy if last else None,
        best_test_accuracy=max((epoch.test_accuracy for epoch in epochs), default=None),
        grad_ratio=gradient_ratio(probes[0]) if probes else None,
        seconds=last.seconds if last else None,
        losses=resampled(steps),
    )


def middle_curve(runs: Iterable[Measured]) -> Curve | None:
    """Give the median of ended runs' losses, place by place; None while one has not ended, or told nothing."""
    found = list(runs)
    if not found or not all(run.ended and run.losses for run in found):
        return None
    return tuple(median(losses) for losses in zip(*(run.losses for run in found), strict=True))


def gradient_ratio(probe: Probe) -> float | None:
    """Give the gradient of the first layer with weights as a share of the last one's: near 0 where it vanishes."""
    sizes = [layer.grad_rms for layer in probe.layers if layer.grad_rms is not None]
    return sizes[0] / sizes[-1] if len(sizes) > 1 and sizes[-1] else None


def middle(values: Iterable[float | None]) -> float | None:
    """Give the median of what was measured, over seeds; None where one of them is missing."""
    found = list(values)
    known = [each for each in found if each is not None]
    return median(known) if known and len(known) == len(found) else None
