"""A race as the lines of one chart: for each contender its training loss and its test accuracy.

One seed is a line; several are their median with a band from the lowest to the highest. What still trains is a line of
its own until its heat is over, unless all seeds train at once.
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np
import numpy.typing as npt

from explorer.architecture.trace import trace
from explorer.experiments.race.race import Race
from explorer.runs.store.rows import ENDED, Run
from explorer.training.events import Epoch, Event, Started, Step
from explorer.views.common.palette import DASHES, SYMBOLS, distinct
from explorer.views.runs.curves import Axes, Series, thin

THIN, THICK = 1.5, 3.0  # px
BAND_POINTS = 150  # along a band: no more can be told apart where several lie over each other
BAND_STEPS = 40  # parts in which a band grows; what stands beyond the last one is less than can be told apart
PASSES = 3  # a training step's multiply-adds in forward passes: one forward, about two backward
Panel = Literal["loss", "accuracy"]
Line = tuple[Sequence[float], Sequence[float]]  # x, and as many y
Thinned = tuple[Sequence[float], Sequence[float | None]]
Numbers = npt.NDArray[np.float64]

AXES = {
    "By step": Axes("step", "step %{x:,.0f}", "Training loss", "Test accuracy"),
    "By time": Axes("seconds of its own training", "after %{x:.1f} s", "Training loss", "Test accuracy"),
    "By multiply-adds": Axes("multiply-adds spent", "%{x:.3s} multiply-adds", "Training loss", "Test accuracy"),
}
AXIS_NOTES = {
    "By multiply-adds": f"Multiply-adds spent: pictures seen × {PASSES} × those of one picture forward, since the "
    "backward pass takes about twice as many as the forward one.",
    "By time": "Each contender's own time: while another one has its turn, its clock stands still.",
}


class RaceLook(NamedTuple):
    """How a contender's lines look, apart from each other without colour too."""

    color: str
    dash: str
    symbol: str


def looks(labels: Sequence[str]) -> list[RaceLook]:
    """Give each contender its look."""
    return list(map(RaceLook, distinct(labels), DASHES, SYMBOLS))


class _Drawn(NamedTuple):
    """What is the same for all lines of one contender in one panel."""

    key: str
    label: str
    look: RaceLook
    panel: Panel
    part: float  # of its band, by which that grows at once

    def line(
        self, name: str, line: Thinned, *, width: float = THICK, fills: bool = False, legend: bool = False
    ) -> Series:
        """Draw one line as it is; of several with one legend, the thick one stands in it."""
        x, y = line
        return Series(
            f"{self.key}/{name}/{self.panel}",
            self.label,
            self.panel,
            "train" if self.panel == "loss" else "test",
            self.look.color,
            list(x),
            list(y),
            group=self.label,
            dash=self.look.dash,
            symbol=self.look.symbol,
            width=width,
            fills=fills,
            in_legend=legend,
        )


def race_series(
    race: Race, runs: Sequence[Run], events: Mapping[str, Sequence[Event]], *, axis: str, singles: bool = False
) -> list[Series]:
    """Give the chart's lines for runs and their events by run, along one of `AXES`; `singles` shows every seed."""
    drawn = list[Series]()
    all_looks = looks([contender.label for contender in race.contenders])
    panels: tuple[Panel, ...] = ("loss", "accuracy")
    for lane, (contender, look) in enumerate(zip(race.contenders, all_looks, strict=True)):
        own = [run for run in runs if run.lane == lane and events.get(run.id)]
        costs = float(trace(contender.architecture).totals.mult_adds)
        for panel in panels:
            lines = {run.id: _line(events[run.id], panel=panel, axis=axis, mult_adds=costs) for run in own}
            settled = [run.id for run in own if run.state in ENDED and lines[run.id][0]]
            abreast = _abreast({run.id: lines[run.id] for run in own if run.state == "running"})
            key = f"{runs[0].race}/{lane}/{axis}"
            its = _Drawn(key, contender.label, look, panel, part=1 / BAND_STEPS if len(settled) < 2 else 0)
            drawn += _contender(its, lines, settled if len(settled) > 1 else abreast or settled, singles=singles)
    return drawn


def _abreast(lines: Mapping[str, Line]) -> list[str]:
    """Name the seeds that train about side by side: points are told in heaps, a run after the other."""
    longest = max((len(x) for x, _ in lines.values()), default=0)
    level = [run for run, (x, _) in lines.items() if x and len(x) >= longest / 2]
    return level if len(level) > 1 else []


def _contender(drawn: _Drawn, lines: Mapping[str, Line], settled: Sequence[str], *, singles: bool) -> list[Series]:
    if len(settled) < 2:
        main = next((run for run in lines if run in settled), next(iter(lines), None))
        others = [run for run in lines if run != main]
        first = [] if main is None else [drawn.line(main, thin(*lines[main]), legend=True)]
        return [*first, *(drawn.line(run, thin(*lines[run]), width=THIN) for run in others)]
    shown = [run for run in lines if singles or run not in settled]
    band = _band(drawn, [lines[run] for run in settled])
    return [*band, *(drawn.line(run, thin(*lines[run]), width=THIN) for run in shown)]


def _band(drawn: _Drawn, lines: Sequence[Line]) -> list[Series]:
    """Draw the median of several lines on a band from their lowest to their highest, as far as all of them go.

    A page adds points to the lines that it has. A band is drawn there and back, so a longer one is another line; while
    seeds train at once it is one for many of their points.
    """
    points = min(len(x) for x, _ in lines)
    x = np.median([line[0][:points] for line in lines], axis=0)
    y = np.array([line[1][:points] for line in lines])
    seeds = len(lines)  # a band over more seeds is another line, which may lie elsewhere
    covered = points - points % (1 + int(points * drawn.part))
    return [
        drawn.line(f"band {seeds} {covered}", _outline(x[:covered], y[:, :covered]), width=0, fills=True),
        drawn.line(f"median {seeds}", thin(x.tolist(), np.median(y, axis=0).tolist()), legend=True),
    ]


def _outline(x: Numbers, y: Numbers) -> Thinned:
    """Go round what lies between the lowest and the highest of several lines: forth along one, back along the other.

    Of a few neighbouring points the lowest and the highest stand for all, so that the band stays as high as it is.
    """
    finite = np.isfinite(y).all(axis=0)
    x, low, high = x[finite], y.min(axis=0)[finite], y.max(axis=0)[finite]
    if not len(x):
        return [], []
    firsts = np.arange(0, len(x), -(-len(x) // BAND_POINTS))
    low, high = np.minimum.reduceat(low, firsts), np.maximum.reduceat(high, firsts)
    forth = np.append(x[firsts], x[-1])
    edges = np.append(low, low[-1]), np.append(high, high[-1])
    return [*forth.tolist(), *forth[::-1].tolist()], [*edges[0].tolist(), *edges[1][::-1].tolist()]


def _line(events: Sequence[Event], *, panel: Panel, axis: str, mult_adds: float) -> Line:
    pictures = next((event.train_size for event in events if isinstance(event, Started)), 0)
    steps = [event for event in events if isinstance(event, Step)]
    epochs = [event for event in events if isinstance(event, Epoch)]
    places = [_place(event, axis, pictures * PASSES * mult_adds) for event in (steps if panel == "loss" else epochs)]
    values = [each.train_loss for each in steps] if panel == "loss" else [each.test_accuracy for each in epochs]
    return places, values


def _place(event: Step | Epoch, axis: str, mult_adds_an_epoch: float) -> float:
    match axis:
        case "By time":
            return event.seconds
        case "By multiply-adds":
            return event.epoch * mult_adds_an_epoch
    return float(event.step)
