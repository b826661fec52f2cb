"""A convolution beside the dense layer in its place: both counts in words, and the matrix as a figure."""

from explorer.architecture.analysis.dense import Example, dense_weights
from explorer.architecture.build import fit
from explorer.architecture.cost import BYTES, count
from explorer.architecture.kinds.convolution import Conv2d
from explorer.architecture.trace import LayerRow, Trace
from explorer.views.common import words
from explorer.views.common.figure import Figure
from explorer.views.common.palette import WEIGHT_COLORS

PHOTOGRAPH = (1000, 1000)
AXIS = {"showticklabels": False, "showgrid": False, "zeroline": False, "fixedrange": True}


def convolution(trace: Trace, index: int) -> tuple[LayerRow, Conv2d] | None:
    """Give the row and the record of a layer that fits and is a convolution."""
    layer = trace.architecture.layers[index] if 0 <= index < len(trace.rows) else None
    return (trace.rows[index], layer) if isinstance(layer, Conv2d) else None


def dense_words(row: LayerRow, layer: Conv2d) -> str:
    """Say what a dense layer from the same inputs to the same outputs would hold, here and for a photograph."""
    weights = dense_weights(row.input_shape, row.output_shape)
    said = (
        f"From the same {words.number(count(row.input_shape))} inputs to the same "
        f"{words.number(count(row.output_shape))} outputs, a dense layer has **{words.number(weights)}** weights "
        f"({_memory(weights)}); {row.name} has **{words.number(row.num_params)}** parameters."
    )
    if max(layer.window.span) > min(PHOTOGRAPH):
        return said
    large = (row.input_shape[0], *PHOTOGRAPH)
    photograph = dense_weights(large, fit(layer, large).output_shape)
    still = f"{words.short(photograph)} ({_memory(photograph)}), and still {words.number(row.num_params)}."
    return f"{said} On maps of 1000×1000: {still}"


def _memory(weights: int) -> str:
    return f"{words.short(BYTES * weights)}B" if weights >= 10**9 else words.megabytes(BYTES * weights)


def matrix_words(shown: Example) -> str:
    """Say what the matrix shows."""
    outputs = len(shown.entries)
    return (
        f"The matrix of such a dense layer, for one {shown.side}×{shown.side} map: a row for each of its {outputs} "
        f"outputs, a column for each pixel. Sparse: {shown.zeros:.0%} zeros. "
        f"Shared: {shown.num_values} different values."
    )


def matrix_figure(shown: Example) -> Figure:
    """Draw the matrix in Plotly's JSON, one colour a weight, and none for a zero."""
    height, width = shown.kernel
    names = ["0", *(f"w({place // width},{place % width})" for place in range(height * width))]
    heat = {
        "type": "heatmap",
        "z": [[entry or None for entry in row] for row in shown.entries],
        "text": [[names[entry] for entry in row] for row in shown.entries],
        "hovertemplate": "output %{y}, pixel %{x}: %{text}<extra></extra>",
        "hoverongaps": False,
        "colorscale": _scale(height * width),
        "zmin": 0.5,
        "zmax": height * width + 0.5,
        "showscale": False,
        "xgap": 1 if shown.side <= 8 else 0,
        "ygap": 1,
    }
    layout = {
        "margin": {"l": 30, "r": 8, "t": 8, "b": 30},
        "xaxis": AXIS | {"title": {"text": "pixels"}, "showline": True, "mirror": True},
        "yaxis": AXIS | {"title": {"text": "outputs"}, "autorange": "reversed", "showline": True, "mirror": True},
    }
    return {"data": [heat], "layout": layout}


def _scale(values: int) -> list[list[object]]:
    """Give each of so many values a flat colour, neighbours apart."""
    return [
        [edge / values, WEIGHT_COLORS[value % len(WEIGHT_COLORS)]]
        for value in range(values)
        for edge in (value, value + 1)
    ]
