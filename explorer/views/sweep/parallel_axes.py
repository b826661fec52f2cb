"""A sweep as parallel axes: one line a setting, across what varies to its test accuracy."""

import math
from collections.abc import Sequence
from typing import NamedTuple

from explorer.experiments.sweep.fields import Value
from explorer.experiments.sweep.sweep import Axis, Choices, Sweep, field_words
from explorer.runs.store.rows import ENDED, HeldSweep
from explorer.views.common.figure import Figure
from explorer.views.common.palette import AXIS_COLOR, BEST_COLOR, CHOSEN_COLOR, SETTING_COLOR, WAITING_COLOR
from explorer.views.runs.run_words import percent
from explorer.views.sweep.sweep import Setting, leaders, learned, setting_words, value_words

MOST_TICKS = 9
NARROWEST = 436  # px that all axes have beside each other on a phone
LETTER = 8  # px of a label's letter
BEYOND = 0.1  # of the way between two axes, left and right of all
ACCURACY = "test accuracy"


class SweepLook(NamedTuple):
    """How the lines of a third of the settings look, apart from each other without colour too."""

    name: str
    color: str
    width: float
    dash: str
    opacity: float


THIRDS = (
    SweepLook("upper third", SETTING_COLOR, 3.0, "solid", 0.95),
    SweepLook("middle third", SETTING_COLOR, 2.0, "dash", 0.9),
    SweepLook("lower third", SETTING_COLOR, 1.5, "dot", 0.8),
)
BEST = SweepLook("best", BEST_COLOR, 4.5, "solid", 1.0)
GUESS = SweepLook("a guess", WAITING_COLOR, 1.5, "longdashdot", 0.9)
WAITING = SweepLook("no figure yet", WAITING_COLOR, 1.0, "solid", 0.6)
NONE = SweepLook("no figure", WAITING_COLOR, 1.0, "dot", 0.6)
CHOSEN = SweepLook("chosen", CHOSEN_COLOR, 4.5, "dashdot", 1.0)


class Scale(NamedTuple):
    """An upright axis: its title, and its ticks' places from 0 to 1 with their words."""

    title: str
    ticks: tuple[tuple[float, str], ...]

    def edges(self, place: int, last: int) -> tuple[float, ...]:
        """Give where lines reach and leave the axis: one between others is as wide as its labels, so none is cut."""
        if place in (0, last):
            return (place,)
        longest = max(len(words) for _, words in self.ticks)
        half = min(0.35, (longest / 2 + 1) * LETTER * (last + 2 * BEYOND) / NARROWEST)
        return (place - half, place + half)


def parallel_figure(held: HeldSweep, settings: Sequence[Setting], chosen: int | None) -> Figure:
    """Draw each setting that is trained as a line through its values to its test accuracy, in Plotly's JSON.

    A point's customdata is its setting's first cell. Lines without a figure end before the last axis.
    """
    axes = [axis for axis in held.sweep.axes if axis.field != "seed"]
    trained = [each for each in settings if each.runs]
    low, high = accuracy_limits(trained)
    places = {each.cell: _places(axes, each, low, high) for each in trained}
    groups = [
        (look, [each for each in trained if each.cell in cells]) for look, cells in _groups(held.sweep, trained, chosen)
    ]
    scales = [
        *map(_scale, axes),
        Scale(ACCURACY, tuple((place, percent(low + place * (high - low))) for place in (0.0, 0.5, 1.0))),
    ]
    return {
        "data": [_lines(held.sweep, look, group, places, _edges(scales)) for look, group in groups if group],
        "layout": _parallel_layout(scales),
    }


def accuracy_limits(settings: Sequence[Setting]) -> tuple[float, float]:
    """Give the bounds of the axis of test accuracies: whole twentieths around what was measured."""
    shares = [each.accuracy for each in settings if each.accuracy is not None]
    if not shares:
        return 0.0, 1.0
    low, high = math.floor(20 * min(shares)) / 20, math.ceil(20 * max(shares)) / 20
    return low, max(high, low + 0.05)


def _groups(sweep: Sweep, settings: Sequence[Setting], chosen: int | None) -> list[tuple[SweepLook, set[int]]]:
    """Say which settings are drawn with which look; the best and the chosen one lie over the others."""
    top, more_than_guesses = leaders(sweep, settings), learned(sweep, settings)
    rest = [each for each in more_than_guesses if each not in top]
    size = math.ceil(len(rest) / len(THIRDS)) or 1
    thirds = [(look, {each.cell for each in rest if _rank(each, rest) // size == i}) for i, look in enumerate(THIRDS)]
    others = [(look, {each.cell for each in settings if _without_figure(each) == look}) for look in (NONE, WAITING)]
    guesses = {each.cell for each in settings if each.accuracy is not None and each not in more_than_guesses}
    single = [(BEST, {each.cell for each in top}), (CHOSEN, set[int]() if chosen is None else {chosen})]
    return [*others, (GUESS, guesses), *reversed(thirds), *single]


def _without_figure(each: Setting) -> SweepLook | None:
    """Give the look of a setting that has no figure: one whose runs have all ended never gets one."""
    if each.accuracy is not None:
        return None
    return NONE if all(run.state in ENDED for run in each.runs) else WAITING


def _rank(each: Setting, among: Sequence[Setting]) -> int:
    """Count those that are better: settings that are level have one rank."""
    return sum((other.accuracy or 0.0) > (each.accuracy or 0.0) for other in among)


def _places(axes: Sequence[Axis], each: Setting, low: float, high: float) -> list[float]:
    own = [place_on(axis, value) for axis, value in zip(axes, each.values, strict=True)]
    return own if each.accuracy is None else [*own, (each.accuracy - low) / (high - low)]


def place_on(axis: Axis, value: Value) -> float:
    """Give a value's place on its axis, from 0 to 1: chosen values evenly, a range by its factors where it can be."""
    if isinstance(axis, Choices):
        values = _in_order(axis.values)
        return values.index(value) / (len(values) - 1) if len(values) > 1 else 0.5
    number = float(value or 0)
    if axis.low > 0:
        return math.log(number / axis.low) / math.log(axis.high / axis.low)
    return (number - axis.low) / (axis.high - axis.low)


def _in_order(values: Sequence[Value]) -> list[Value]:
    """Put numbers in their order, and names as they were chosen."""
    numbers = [value for value in values if isinstance(value, int | float)]
    return [*sorted(numbers)] if len(numbers) == len(values) else list(values)


def _scale(axis: Axis) -> Scale:
    if isinstance(axis, Choices):
        values = _in_order(axis.values)
        shown = values[:: math.ceil(len(values) / MOST_TICKS)]
    else:
        middle = math.sqrt(axis.low * axis.high) if axis.low > 0 else (axis.low + axis.high) / 2
        shown = [axis.low, float(f"{middle:.2g}"), axis.high]
    ticks = tuple((place_on(axis, value), value_words(axis.field, value)) for value in shown)
    return Scale(field_words(axis.field), ticks)


def _edges(scales: Sequence[Scale]) -> list[tuple[float, ...]]:
    return [scale.edges(place, len(scales) - 1) for place, scale in enumerate(scales)]


def _lines(
    sweep: Sweep,
    look: SweepLook,
    settings: Sequence[Setting],
    places: dict[int, list[float]],
    edges: Sequence[tuple[float, ...]],
) -> Figure:
    """Draw settings of one look as one trace, its lines apart."""
    x, y, cells, said = list[float | None](), list[float | None](), list[int | None](), list[str]()
    for each in settings:
        points = _points(places[each.cell], edges)
        x += [point and point[0] for point in points]
        y += [point and point[1] for point in points]
        cells += [point and each.cell for point in points]
        said += [hover_words(sweep, each)] * len(points)
    line = {"color": look.color, "width": look.width, "dash": look.dash}
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": look.name,
        "x": x,
        "y": y,
        "customdata": cells,
        "hovertext": said,
        "hoverinfo": "text",
        "line": line,
        "marker": {"size": look.width + 4},
        "opacity": look.opacity,
    }


def _points(places: Sequence[float], edges: Sequence[tuple[float, ...]]) -> list[tuple[float, float] | None]:
    """Give a line's points, and None where it is interrupted: within an axis, and at its end."""
    points = list[tuple[float, float] | None]()
    for place, (left, *right) in zip(places, edges, strict=False):
        points.append((left, place))
        points += [point for edge in right for point in (None, (edge, place))]
    return [*points, None]


def hover_words(sweep: Sweep, each: Setting) -> str:
    """Say a setting and what it came to, as a chart shows it under the pointer."""
    without = _without_figure(each)
    figure = without.name if without else percent(each.accuracy)
    return f"Cell {each.cell + 1}: {setting_words(sweep, each.values)}<br>{figure}"


LABEL_SHIFT = 14  # px between an outer axis and its labels
TITLE_SHIFT = 16  # px between an axis and its title: more than a label at its end takes
LEGEND = {"orientation": "h", "y": 0, "yref": "container", "yanchor": "bottom", "x": 0}  # it takes two lines on a phone


def _parallel_layout(scales: Sequence[Scale]) -> Figure:
    last = len(scales) - 1
    lines = [
        {
            "type": "line",
            "x0": edge,
            "x1": edge,
            "y0": 0,
            "y1": 1,
            "line": {"color": AXIS_COLOR, "width": 2},
            "layer": "below",
        }
        for edges in _edges(scales)
        for edge in edges
    ]
    above = {"yanchor": "bottom", "yshift": TITLE_SHIFT}
    titles = [_note(i, 1.0, f"<b>{scale.title}</b>", **above) for i, scale in enumerate(scales)]
    ticks = [
        _note(i, place, words, yanchor="middle", **_beside(i, last))
        for i, scale in enumerate(scales)
        for place, words in scale.ticks
    ]
    hidden = {"visible": False, "fixedrange": True}
    return {
        "margin": {"l": 70, "r": 70, "t": 44, "b": 64},
        "xaxis": {**hidden, "range": [-BEYOND, last + BEYOND]},
        "yaxis": {**hidden, "range": [-0.05, 1.05]},
        "shapes": lines,
        "annotations": [*titles, *ticks],
        "legend": LEGEND,
        "hovermode": "closest",
    }


def _beside(place: int, last: int) -> Figure:
    """Put an outer axis's label beside it, and another's within it."""
    if place == 0:
        return {"xanchor": "right", "xshift": -LABEL_SHIFT}
    return {"xanchor": "left", "xshift": LABEL_SHIFT} if place == last else {"xanchor": "center"}


def _note(x: float, y: float, text: str, **settings: object) -> Figure:
    return {"x": x, "y": y, "text": text, "showarrow": False, **settings}


def parallel_words(held: HeldSweep, settings: Sequence[Setting]) -> str:
    """Say the parallel axes to those who cannot see them."""
    names = ", ".join(field_words(name) for name in held.sweep.names)
    top = leaders(held.sweep, settings)
    best = "; ".join(setting_words(held.sweep, each.values) for each in top)
    ahead = f" The best so far: {best}, {percent(top[0].accuracy)}." if top else ""
    return f"Each setting as a line over {names} and {ACCURACY}.{ahead}"
