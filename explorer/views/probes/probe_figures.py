"""A run's probes as figures in Plotly's own JSON: gradients, what is stuck, what each layer puts out.

Their axes span all of a run's probes, so that they stand still while the time moves.
"""

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence

from explorer.training.events import Histogram, Probe
from explorer.views.common.figure import Figure
from explorer.views.common.palette import ACTIVATION_COLORS, COLORS, NOW_COLOR, distinct
from explorer.views.probes.probes import (
    LEAST,
    activations,
    kind_words,
    layer_at,
    place_of,
    shown_layers,
    stuck_layers,
    stuck_share,
    with_weights,
)

DASHES = ("solid", "dash", "dot", "dashdot")
KIND_COLORS = ACTIVATION_COLORS | {"ScaledTanh": ACTIVATION_COLORS["Tanh"]}
MARGIN = {"l": 64, "r": 12, "t": 12, "b": 40}


def gradient_figure(probes: Sequence[Probe], at: int, beside: Sequence[Probe] = ()) -> Figure:
    """Draw how much gradient each layer gets, from the input to the output; a point's customdata is its layer's index.

    The size is the root mean square over the layer's weights and biases, so that layers of any size compare: the loss
    in nats for 1 of a weight. The probes of another run to compare with are drawn dashed, after as many steps.
    """
    shown = {"this run": probes[at]}
    if beside:
        other = beside[place_of(beside, probes[at].step)]
        shown[f"a run with {kind_words(other)}"] = other
    return _gradient_lines(shown, [*map(_color, shown.values())], spanning=(*probes, *beside))


def gradients_side_by_side(shown: Mapping[str, Probe]) -> Figure:
    """Draw how much gradient each layer of several networks gets, a line each under its name, in its colour."""
    return _gradient_lines(shown, distinct([*shown]), spanning=shown.values())


def _gradient_lines(shown: Mapping[str, Probe], colors: Sequence[str], *, spanning: Iterable[Probe]) -> Figure:
    """Draw a line for each probe on an axis that spans them all."""
    lines = [
        _gradient_line(probe, name=name, color=color, dash=dash)
        for (name, probe), color, dash in zip(shown.items(), colors, itertools.cycle(DASHES), strict=False)
    ]
    low, high = _decades(layer.grad_rms or 0.0 for probe in spanning for layer in with_weights(probe))
    axis = {"type": "log", "range": [low, high], "dtick": math.ceil((high - low) / 6), "exponentformat": "power"}
    layout = _layout(axis | {"fixedrange": True}, title="gradient (RMS)")
    above = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 14}}
    legend = {"showlegend": True, "legend": above, "margin": MARGIN | {"t": 32}} if len(lines) > 1 else {}
    return {"data": lines, "layout": layout | legend}


def _gradient_line(probe: Probe, *, name: str, color: str, dash: str) -> Figure:
    layers = with_weights(probe)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": name,
        "x": [layer.name for layer in layers],
        "y": [layer.grad_rms if layer.grad_rms and layer.grad_rms >= LEAST else None for layer in layers],
        "customdata": [layer.index for layer in layers],
        "line": {"color": color, "width": 3, "dash": dash},
        "marker": {"size": 11, "symbol": "circle" if dash == "solid" else "circle-open"},
        "cliponaxis": False,
        "hovertemplate": "%{x}: %{y:.2g}<extra></extra>",
    }


def stuck_figure(probes: Sequence[Probe], at: int) -> Figure:
    """Draw each activation's stuck share over the epochs: saturated outputs, or dead units."""
    lines = []
    for number, layer in enumerate(stuck_layers(probes[at])):
        color = COLORS[number % len(COLORS)]
        shares = [stuck_share(other) for probe in probes for other in probe.layers if other.name == layer.name]
        lines.append(
            {
                "type": "scatter",
                "mode": "lines",
                "name": layer.name,
                "x": [probe.epoch for probe in probes],
                "y": shares,
                "line": {"color": color, "width": 3, "dash": DASHES[number % len(DASHES)]},
                "hovertemplate": f"{layer.name}: %{{y:.1%}}<extra></extra>",
            }
        )
    highest = max((stuck_share(layer) or 0.0 for probe in probes for layer in probe.layers), default=0.0)
    axis = {"range": [0, max(0.1, 1.05 * highest)], "tickformat": ".0%", "nticks": 5, "fixedrange": True}
    layout = _layout(axis, title="") | {
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 14}},
        "shapes": [_now(probes[at])],
        "margin": MARGIN | {"t": 36},
    }
    return {"data": lines, "layout": layout | {"xaxis": {"rangemode": "tozero", "title": {"text": "epoch"}}}}


def _now(probe: Probe) -> Figure:
    """Mark the moment that the other figures show."""
    line = {"width": 2, "dash": "dot", "color": NOW_COLOR}
    return {
        "type": "line",
        "xref": "x",
        "yref": "paper",
        "x0": probe.epoch,
        "x1": probe.epoch,
        "y0": 0,
        "y1": 1,
        "line": line,
    }


def outputs_figure(probes: Sequence[Probe], at: int) -> Figure:
    """Draw the mean and the spread of what each activation puts out (of each weight layer, where there is none)."""
    layers = shown_layers(probes[at])
    names = {layer.name for layer in layers}
    every = [layer for probe in probes for layer in probe.layers if layer.name in names]
    low, high = (min(layer.mean - layer.std for layer in every), max(layer.mean + layer.std for layer in every))
    room = 0.05 * (high - low) or 1.0
    points = {
        "type": "scatter",
        "mode": "markers",
        "x": [layer.name for layer in layers],
        "y": [layer.mean for layer in layers],
        "customdata": [layer.index for layer in layers],
        "error_y": {"type": "data", "array": [layer.std for layer in layers], "thickness": 3, "width": 8},
        "marker": {"size": 11, "color": _color(probes[at])},
        "hovertemplate": "%{x}: %{y:.3g} ± %{error_y.array:.3g}<extra></extra>",
    }
    axis = {"range": [low - room, high + room], "fixedrange": True}
    return {"data": [points], "layout": _layout(axis, title="output, mean ± spread")}


def layer_figure(probes: Sequence[Probe], at: int, index: int) -> Figure:
    """Draw the histograms of one layer's outputs and, where it has weights, of the sizes of their gradients."""
    layer = layer_at(probes[at], index)
    every = [layer_at(probe, index).outputs for probe in probes]
    color = _color(probes[at])
    outputs = {"title": {"text": "output"}, "fixedrange": True}
    outputs["range"] = [min(one.low for one in every), max(one.high for one in every)]
    layout = _layout({"tickformat": ".0%", "rangemode": "tozero", "fixedrange": True}, title="share of the values")
    if not layer.gradients:
        return {"data": [_bars(layer.outputs, color, "outputs")], "layout": layout | {"xaxis": outputs}}
    sides = {"xaxis": outputs | {"domain": [0, 0.46]}, "xaxis2": _gradient_axis(layer.gradients)}
    data = [_bars(layer.outputs, color, "outputs"), _bars(layer.gradients, color, "gradients") | {"xaxis": "x2"}]
    return {"data": data, "layout": layout | sides}


def _gradient_axis(gradients: Histogram) -> Figure:
    return {
        "title": {"text": "size of gradient"},
        "domain": [0.54, 1],
        "range": [gradients.low, gradients.high],
        "tickvals": [-8, -4, 0],
        "ticktext": ["10<sup>−8</sup>", "10<sup>−4</sup>", "1"],
        "fixedrange": True,
    }


def _bars(histogram: Histogram, color: str, what: str) -> Figure:
    width = (histogram.high - histogram.low) / len(histogram.counts)
    total = sum(histogram.counts) or 1
    return {
        "type": "bar",
        "name": what,
        "x": [histogram.low + (number + 0.5) * width for number in range(len(histogram.counts))],
        "y": [count / total for count in histogram.counts],
        "marker": {"color": color},
        "hovertemplate": f"%{{y:.1%}} of the {what}<extra></extra>",
        "showlegend": False,
    }


def _color(probe: Probe) -> str:
    """Give an activation its colour on every page; a network of several kinds takes its first one's."""
    kinds = [layer.kind for layer in activations(probe)]
    return KIND_COLORS.get(kinds[0], COLORS[3]) if kinds else COLORS[3]


def _decades(values: Iterable[float]) -> list[int]:
    """Give the powers of ten around values, at least one decade."""
    logs = [math.log10(value) for value in values if value >= LEAST] or [0.0]
    low, high = math.floor(min(logs)), math.ceil(max(logs))
    return [low, max(high, low + 1)]


def _layout(axis: Figure, *, title: str) -> Figure:
    names = {"type": "category", "fixedrange": True}
    return {
        "margin": MARGIN,
        "bargap": 0.05,
        "xaxis": names,
        "yaxis": axis | {"title": {"text": title}},
        "showlegend": bool(not title),
    }
