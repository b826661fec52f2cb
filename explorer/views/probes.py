"""A run's probes as figures and sentences: how much gradient each layer gets, what is stuck, what each layer puts out.

Figures are in Plotly's own JSON. Their axes span all of a run's probes, so that they stand still while the time moves.
"""

import math
from collections.abc import Iterable, Sequence

from explorer.training.events import Event, Histogram, LayerProbe, Probe

Figure = dict[str, object]

COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")  # Okabe and Ito
DASHES = ("solid", "dash", "dot", "dashdot")
KIND_COLORS = {"Sigmoid": COLORS[0], "ReLU": COLORS[1], "Tanh": COLORS[2], "ScaledTanh": COLORS[2]}
NARROW = "\u202f"  # a space that no line breaks at
LEAST = 1e-12  # a gradient below it is drawn as none
SLOPES = {
    "Sigmoid": "A sigmoid's slope is at most ¼",
    "Tanh": "A tanh's slope is at most 1",
    "ScaledTanh": "A scaled tanh's slope is at most 1.14",
    "LeakyReLU": "A leaky ReLU's slope is 1 above 0",
    "ELU": "An ELU's slope is at most 1",
    "GELU": "A GELU's slope is at most 1.13",
    "SiLU": "A SiLU's slope is at most 1.10",
    "Softplus": "A softplus' slope is below 1",
}
PLURALS = {"Sigmoid": "sigmoids", "Tanh": "tanhs", "ScaledTanh": "scaled tanhs", "LeakyReLU": "leaky ReLUs"}
MARGIN = {"l": 64, "r": 12, "t": 12, "b": 40}


def probes_of(events: Iterable[Event]) -> list[Probe]:
    """Pick the probes out of a run's events."""
    return [event for event in events if isinstance(event, Probe)]


def place_of(probes: Sequence[Probe], step: int | None) -> int:
    """Find the last probe not after a step; the newest for None."""
    if step is None:
        return len(probes) - 1
    return max(0, sum(probe.step <= step for probe in probes) - 1)


def moment_words(probe: Probe) -> str:
    """Say when a probe was taken."""
    return f"Step {probe.step:,} · epoch {probe.epoch:.1f}" if probe.step else "Before the first step"


def gradient_figure(probes: Sequence[Probe], at: int, beside: Sequence[Probe] = ()) -> Figure:
    """Draw how much gradient each layer gets, from the input to the output; a point's customdata is its layer's index.

    The size is the root mean square over the layer's weights and biases, so that layers of any size compare: the loss
    in nats for 1 of a weight. The probes of another run to compare with are drawn dashed, after as many steps.
    """
    shown = [_gradient_line(probes[at], dash="solid")]
    shown += [_gradient_line(beside[place_of(beside, probes[at].step)], dash="dash")] if beside else []
    sizes = [layer.grad_rms or 0.0 for probe in (*probes, *beside) for layer in with_weights(probe)]
    low, high = _decades(sizes)
    axis = {"type": "log", "range": [low, high], "dtick": math.ceil((high - low) / 6), "exponentformat": "power"}
    layout = _layout(axis | {"fixedrange": True}, title="gradient (RMS)")
    above = {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 14}}
    legend = {"showlegend": True, "legend": above, "margin": MARGIN | {"t": 32}} if beside else {}
    return {"data": shown, "layout": layout | legend}


def _gradient_line(probe: Probe, *, dash: str) -> Figure:
    layers = with_weights(probe)
    return {
        "type": "scatter",
        "mode": "lines+markers",
        "name": "this run" if dash == "solid" else f"a run with {kind_words(probe)}",
        "x": [layer.name for layer in layers],
        "y": [layer.grad_rms if layer.grad_rms and layer.grad_rms >= LEAST else None for layer in layers],
        "customdata": [layer.index for layer in layers],
        "line": {"color": _color(probe), "width": 3, "dash": dash},
        "marker": {"size": 11, "symbol": "circle" if dash == "solid" else "circle-open"},
        "hovertemplate": "%{x}: %{y:.2g}<extra></extra>",
    }


def kind_words(probe: Probe) -> str:
    """Name the kinds of activations of a network: `sigmoids`, `ReLUs and tanhs`."""
    kinds = dict.fromkeys(layer.kind for layer in activations(probe))
    return " and ".join(PLURALS.get(kind, f"{kind}s") for kind in kinds) or "no activation"


def are_comparable(probe: Probe, other: Probe) -> bool:
    """Say whether two networks have the same layers with weights and different activations between them."""
    names = [[layer.name for layer in with_weights(one)] for one in (probe, other)]
    return names[0] == names[1] and kind_words(probe) != kind_words(other)


def beside_words(probe: Probe, beside: Sequence[Probe]) -> str:
    """Say what another run showed after as many steps."""
    other = beside[place_of(beside, probe.step)]
    said = gradient_words(other).rstrip(".")
    moved = with_weights(other)[0]
    ratio = "" if moved.update_ratio is None else f", and the step moved its weights by {_percent(moved.update_ratio)}"
    return f"A run with {kind_words(other)}, at step {other.step:,}: {said}{ratio}."


def with_weights(probe: Probe) -> list[LayerProbe]:
    """Give the layers that have a gradient, from the input to the output."""
    return [layer for layer in probe.layers if layer.grad_rms is not None]


def activations(probe: Probe) -> list[LayerProbe]:
    """Give the activations, from the input to the output."""
    return [layer for layer in probe.layers if layer.slope is not None]


def gradient_words(probe: Probe) -> str:
    """Say how the first layer's gradient compares with the last one's."""
    layers = with_weights(probe)
    if len(layers) < 2:
        return f"{layers[0].name} is the only layer that trains."
    first, last = layers[0], layers[-1]
    small, large = first.grad_rms or 0.0, last.grad_rms or 0.0
    if min(small, large) < LEAST:
        names = " and ".join(layer.name for layer in (first, last) if (layer.grad_rms or 0.0) < LEAST)
        return f"{names} gets no gradient."
    return f"{first.name}'s gradient is {_times(small / large)} {last.name}'s."


def _times(ratio: float) -> str:
    if 0.8 < ratio < 1.25:
        return "about as large as"
    return f"{_two_digits(ratio)} times" if ratio > 1 else f"1/{_two_digits(1 / ratio)} of"


def _two_digits(value: float) -> str:
    """Write a number above 1 with two digits: `1.3`, `40`, `210`."""
    return f"{value:.1f}" if value < 9.95 else f"{round(value, 1 - math.floor(math.log10(value))):,.0f}"


def why_words(probe: Probe) -> str:
    """Say what the activations between the first and the last layer let through, from what was measured."""
    layers = with_weights(probe)
    between = [layer for layer in activations(probe) if layers[0].index < layer.index < layers[-1].index]
    kinds = {layer.kind for layer in between}
    if not between:
        return "No activation stands between them."
    if len(kinds) > 1:
        return f"Between them the slopes are {_slopes(between)} on average: {_left(between)}"
    (kind,) = kinds
    plural = PLURALS.get(kind, f"{kind}s")
    stand = (
        f"Between them stand {len(between)} {plural}."
        if len(between) > 1
        else f"Between them stands {between[0].name}."
    )
    if kind == "ReLU":
        shares = ", ".join(f"{layer.slope:.0%}" for layer in between)
        return (
            f"{stand} Where a ReLU is above 0 its slope is 1, and the gradient passes whole: "
            f"here at {shares} of the outputs."
        )
    return f"{stand} {SLOPES[kind]}; here it is {_slopes(between)} on average: {_left(between)}"


def _slopes(layers: list[LayerProbe]) -> str:
    return ", ".join(f"{layer.slope:.2f}" for layer in layers)


def _left(layers: list[LayerProbe]) -> str:
    """Say the product of the slopes, which a gradient is multiplied by on its way through them."""
    product = math.prod(layer.slope or 0.0 for layer in layers)
    if product < LEAST:
        return "they let nothing of a gradient pass."
    if product > 0.8:
        return "they let nearly all of a gradient pass."
    return f"they alone let 1/{_two_digits(1 / product)} of a gradient pass."


def movement_words(probe: Probe) -> str:
    """Say how far the step moved the first and the last layer's weights."""
    moved = [(layer.name, layer.update_ratio) for layer in with_weights(probe) if layer.update_ratio is not None]
    if not moved:
        return "No step was taken yet."
    (first, ratio), *others = moved
    words = f"Step {probe.step:,} moved {first}'s weights by {_percent(ratio)} of their size"
    return f"{words}, {others[-1][0]}'s by {_percent(others[-1][1])}." if others else f"{words}."


def _percent(share: float) -> str:
    """Write a share with two digits, however small: `6.9 %`, `0.14 %`, `0.00021 %`."""
    percent = 100 * share
    if percent == 0 or percent >= 9.95:
        return f"{percent:,.0f}{NARROW}%"
    return f"{percent:.{1 - math.floor(math.log10(percent))}f}{NARROW}%"


def stuck_figure(probes: Sequence[Probe], at: int) -> Figure:
    """Draw each activation's stuck share over the epochs: saturated outputs, or dead units."""
    lines = []
    for number, layer in enumerate(stuck_layers(probes[at])):
        color = COLORS[number % len(COLORS)]
        shares = [_stuck(other) for probe in probes for other in probe.layers if other.name == layer.name]
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
    highest = max((_stuck(layer) or 0.0 for probe in probes for layer in probe.layers), default=0.0)
    axis = {"range": [0, max(0.1, 1.05 * highest)], "tickformat": ".0%", "nticks": 5, "fixedrange": True}
    layout = _layout(axis, title="") | {
        "legend": {"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 14}},
        "shapes": [_now(probes[at])],
        "margin": MARGIN | {"t": 36},
    }
    return {"data": lines, "layout": layout | {"xaxis": {"rangemode": "tozero", "title": {"text": "epoch"}}}}


def _now(probe: Probe) -> Figure:
    """Mark the moment that the other figures show."""
    line = {"width": 2, "dash": "dot", "color": "#888888"}
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


def stuck_layers(probe: Probe) -> list[LayerProbe]:
    """Give the activations that can saturate or die."""
    return [layer for layer in probe.layers if _stuck(layer) is not None]


def _stuck(layer: LayerProbe) -> float | None:
    return layer.dead if layer.saturated is None else layer.saturated


def stuck_title(probe: Probe) -> str:
    """Name what can be stuck in this network."""
    layers = stuck_layers(probe)
    return "Saturated" if any(layer.saturated is not None for layer in layers) else "Dead units"


def stuck_words(probe: Probe) -> str:
    """Say which activation is stuck most, and what that means."""
    layers = stuck_layers(probe)
    if not layers:
        return "This network has no sigmoid, tanh or ReLU: nothing in it saturates or dies."
    most = max(layers, key=lambda layer: _stuck(layer) or 0.0)
    if not _stuck(most):
        what = (
            "output is within 0.05 of an end of its range"
            if most.saturated is not None
            else "unit is 0 for all pictures"
        )
        return f"No {what}: nothing is stuck."
    share = f"{_stuck(most) or 0.0:.0%}"
    if most.saturated is not None:
        return (
            f"{most.name}: {share} of its outputs are within 0.05 of an end of the range, "
            "where next to no gradient passes."
        )
    return (
        f"{most.name}: {share} of its units are 0 for all {probe.pictures} pictures, so they get no gradient. "
        "A map's unit is its channel."
    )


def outputs_figure(probes: Sequence[Probe], at: int) -> Figure:
    """Draw the mean and the spread of what each activation puts out (of each weight layer, where there is none)."""
    layers = _shown(probes[at])
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


def _shown(probe: Probe) -> list[LayerProbe]:
    return activations(probe) or with_weights(probe)


def outputs_words(probe: Probe) -> str:
    """Say which layer's outputs differ least."""
    least = min(_shown(probe), key=lambda layer: layer.std)
    return (
        f"{least.name} spreads least: {least.mean:.2f} ± {least.std:.2g} over all its outputs. "
        "The less they differ, the less the next layer can tell pictures apart."
    )


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


def layer_at(probe: Probe, index: int) -> LayerProbe:
    """Find a layer by its index; the first one if it was not measured."""
    return next((layer for layer in probe.layers if layer.index == index), probe.layers[0])


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


def layer_words(probe: Probe, index: int) -> str:
    """Say one layer's figures."""
    layer = layer_at(probe, index)
    facts = [f"outputs {layer.mean:.3g} ± {layer.std:.2g}"]
    if layer.grad_rms is not None:
        facts.append(f"gradient {layer.grad_rms:.2g} a weight")
    if layer.update_ratio is not None:
        facts.append(f"moved by {_percent(layer.update_ratio)}")
    if layer.slope is not None:
        facts.append(f"slope {layer.slope:.2f} on average")
    return f"{layer.name}: {', '.join(facts)}."


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
