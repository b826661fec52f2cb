"""A sweep as test accuracy against what each network costs, with those that are worth their cost on one line."""

from collections.abc import Sequence

from explorer.experiments.sweep.sweep import Sweep
from explorer.runs.store.rows import HeldSweep
from explorer.views.common.figure import Figure
from explorer.views.common.palette import BEST_COLOR, CHOSEN_COLOR, SETTING_COLOR
from explorer.views.runs.run_words import percent
from explorer.views.sweep.parallel_axes import ACCURACY, hover_words
from explorer.views.sweep.sweep import Setting, learned, setting_words

COSTS = (("num_params", "parameters", "x"), ("mult_adds", "multiply-adds", "x2"))
SIZE_LAYOUT = {
    "margin": {"l": 60, "r": 12, "t": 40, "b": 50},
    "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    "hovermode": "closest",
    "grid": {"rows": 1, "columns": 2, "pattern": "coupled"},
}
DECADE = 10  # the range from which a cost is drawn by its factors


def cost_scatter(held: HeldSweep, settings: Sequence[Setting], chosen: int | None) -> Figure | None:
    """Draw test accuracy against parameters and multiply-adds, each with its Pareto front, in Plotly's JSON.

    None while there is nothing to weigh: fewer than two sizes of networks with a figure.
    """
    measured = [each for each in settings if each.accuracy is not None]
    if len({(each.num_params, each.mult_adds) for each in measured}) < 2:
        return None
    panels = [trace for cost, _, axis in COSTS for trace in _panel(held.sweep, measured, cost, axis, chosen)]
    axes = {
        f"xaxis{axis[1:]}": _cost_axis([getattr(each, cost) for each in measured], title) for cost, title, axis in COSTS
    }
    y = {"title": {"text": ACCURACY}, "tickformat": ".0%"}
    return {"data": panels, "layout": {**SIZE_LAYOUT, **axes, "yaxis": y}}


def _cost_axis(costs: Sequence[int], title: str) -> Figure:
    is_wide = min(costs) > 0 and max(costs) / min(costs) >= DECADE
    return {"title": {"text": title}, "type": "log" if is_wide else "linear", "tickformat": ".3~s", "nticks": 5}


def front_of(sweep: Sweep, measured: Sequence[Setting], cost: str) -> list[Setting]:
    """Give the settings that no other one beats, by one of the two costs; what only guesses is worth none."""
    settings = learned(sweep, measured)
    costs = [float(getattr(each, cost)) for each in settings]
    return [settings[i] for i in pareto_front(costs, [each.accuracy or 0.0 for each in settings])]


def _panel(sweep: Sweep, measured: Sequence[Setting], cost: str, axis: str, chosen: int | None) -> list[Figure]:
    front = front_of(sweep, measured, cost)
    others = [each for each in measured if each not in front]
    first = axis == "x"
    plain = {
        "marker": {"color": SETTING_COLOR, "size": 10, "symbol": "circle-open", "line": {"width": 2}},
        "mode": "markers",
    }
    worth = {
        "marker": {"color": BEST_COLOR, "size": 13, "symbol": "diamond"},
        "line": {"color": BEST_COLOR, "shape": "hv", "dash": "dot", "width": 2},
        "mode": "lines+markers",
    }
    ring = {
        "marker": {"color": CHOSEN_COLOR, "size": 22, "symbol": "circle-open", "line": {"width": 3}},
        "mode": "markers",
    }
    picked = [each for each in measured if each.cell == chosen]
    drawn = (("others", others, plain), ("Pareto front", front, worth), ("chosen", picked, ring))
    return [
        {**_points(sweep, group, cost), **look, "name": name, "legendgroup": name, "showlegend": first, "xaxis": axis}
        for name, group, look in drawn
        if group
    ]


def _points(sweep: Sweep, settings: Sequence[Setting], cost: str) -> Figure:
    figure: Figure = {
        "type": "scatter",
        "x": [getattr(each, cost) for each in settings],
        "y": [each.accuracy for each in settings],
        "customdata": [each.cell for each in settings],
        "hovertext": [hover_words(sweep, each) for each in settings],
        "hoverinfo": "text",
        "yaxis": "y",
    }
    if any(len(each.shares) > 1 for each in settings):  # from the lowest seed to the highest
        middle = [each.accuracy or 0.0 for each in settings]
        up = [max(each.shares) - at for each, at in zip(settings, middle, strict=True)]
        down = [at - min(each.shares) for each, at in zip(settings, middle, strict=True)]
        figure["error_y"] = {"type": "data", "symmetric": False, "array": up, "arrayminus": down, "thickness": 1.5}
    return figure


def scatter_words(held: HeldSweep, settings: Sequence[Setting]) -> str:
    """Say the Pareto front to those who cannot see it, and what it is."""
    measured = [each for each in settings if each.accuracy is not None]
    front = front_of(held.sweep, measured, "num_params")
    if not front:
        return "None is there yet: no setting has learned anything."
    said = "; ".join(f"{setting_words(held.sweep, each.values)} {percent(each.accuracy)}" for each in front)
    return f"On the front by parameters, since no network as small is better: {said}."


def pareto_front(costs: Sequence[float], gains: Sequence[float]) -> list[int]:
    """Give the indices of the pairs that no other pair beats, from the cheapest on; equal pairs stand together."""
    front, highest, at = list[int](), float("-inf"), float("nan")
    for index in sorted(range(len(costs)), key=lambda i: (costs[i], -gains[i])):
        is_better = gains[index] > highest
        if is_better or (gains[index], costs[index]) == (highest, at):
            front.append(index)
        if is_better:
            highest, at = gains[index], costs[index]
    return front
