"""A run's events as the lines of the live curve: loss and accuracy, on the training and on the test pictures.

A line only ever grows: the lines of the first n events are the beginnings of the lines of all events, so that a browser
that has the first points needs only the new ones.
"""

import math
from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

from explorer.training.events import Epoch, Event, LearningRate, Step
from explorer.views.common.palette import TEST_COLOR, TRAIN_COLOR

POINTS_PER_STRIDE = 500  # points before a line halves the density of those that come


class Series(msgspec.Struct, frozen=True):
    """One line of the live curve; `x` and `y` are as long as each other, a `y` of None is a gap."""

    key: str  # unique in one chart, the same as the line grows
    name: str  # what the legend says
    panel: Literal["loss", "accuracy"]
    split: Literal["train", "test"]  # train is a solid line, test a dashed one with a ring at each point
    color: str  # as CSS writes it
    x: list[float]  # epochs done, with the fraction, or what the chart's x axis says
    y: list[float | None]  # nats, or a share of 1
    group: str = ""  # lines that the legend shows and hides together; those of one run, if empty
    dash: str = ""  # as Plotly names it, in place of the split's own
    symbol: str = ""  # of some points of a test line, in place of the ring at each
    width: float = 3.0  # px
    fills: bool = False  # whether what it goes round is filled
    in_legend: bool = True


class Mark(msgspec.Struct, frozen=True):
    """A place on the curve where somebody stepped in: a line from top to bottom with a word beside it."""

    x: float  # as the lines have it
    text: str


class Axes(msgspec.Struct, frozen=True):
    """What the chart's axes say: under the x axis, at the pointer (in Plotly's template), and above each panel."""

    x: str = "epoch"
    hover: str = "epoch %{x:.2f}"
    loss: str = "Loss"
    accuracy: str = "Accuracy"


def curve_series(
    events: Iterable[Event],
    *,
    run_id: str,
    name: str = "",
    train_color: str = TRAIN_COLOR,
    test_color: str = TEST_COLOR,
) -> list[Series]:
    """Give the four lines of one run, its train and test loss and its train and test accuracy, thinned by `thin`.

    `run` makes the lines' keys unique among the runs of a chart; `name` stands before "train" and "test" in the legend.
    Losses and accuracies that are not finite become gaps.
    """
    kept = list(events)
    steps = [event for event in kept if isinstance(event, Step)]
    epochs = [event for event in kept if isinstance(event, Epoch)]
    columns: tuple[tuple[Literal["loss", "accuracy"], Literal["train", "test"], list[float], list[float]], ...] = (
        ("loss", "train", [event.epoch for event in steps], [event.train_loss for event in steps]),
        ("loss", "test", [event.epoch for event in epochs], [event.test_loss for event in epochs]),
        ("accuracy", "train", [event.epoch for event in steps], [event.train_accuracy for event in steps]),
        ("accuracy", "test", [event.epoch for event in epochs], [event.test_accuracy for event in epochs]),
    )
    colors = {"train": train_color, "test": test_color}
    return [
        Series(f"{run_id}/{split}/{panel}", f"{name} {split}".strip(), panel, split, colors[split], *thin(x, y))
        for panel, split, x, y in columns
    ]


def rate_marks(events: Iterable[Event]) -> list[Mark]:
    """Mark where the learning rate was changed while the run trained."""
    changes = [event for event in events if isinstance(event, LearningRate)]
    return [Mark(event.epoch, f"lr {event.learning_rate:g}") for event in changes]


def mark_words(mark: Mark) -> str:
    """Say a mark to those who cannot see it."""
    return f"At epoch {mark.x:.2f}: {mark.text}."


def thin(x: Sequence[float], y: Sequence[float]) -> tuple[list[float], list[float | None]]:
    """Thin a line without moving a point that stands: the first 500 points as they are, the next 500 each the mean of
    two, the next 500 each the mean of four, and so on.

    A mean stands at the `x` of its last part, and only once all its parts are there; it is None if one is not finite.
    """
    thinned_x: list[float] = []
    thinned_y: list[float | None] = []
    end = stride = 1
    while end <= len(x):
        mean = sum(y[end - stride : end]) / stride
        thinned_x.append(x[end - 1])
        thinned_y.append(mean if math.isfinite(mean) else None)
        stride = 2 ** (len(thinned_x) // POINTS_PER_STRIDE)
        end += stride
    return thinned_x, thinned_y
