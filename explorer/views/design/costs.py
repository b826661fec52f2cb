"""Where a network's parameters and compute sit: one pair of bars for each layer that has any."""

from explorer.architecture.trace import LayerRow, Trace
from explorer.views.common import words
from explorer.views.common.figure import Figure
from explorer.views.common.palette import MULT_ADDS_COLOR, PARAMS_COLOR

LAYOUT = {
    "barmode": "group",
    "bargap": 0.25,
    "margin": {"l": 50, "r": 8, "t": 34, "b": 28},
    "legend": {"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    "yaxis": {"ticksuffix": " %", "range": [0, 120], "fixedrange": True, "dtick": 50},
    "xaxis": {"type": "category", "fixedrange": True},
}


def cost_figure(trace: Trace) -> Figure:
    """Give each weight layer's share of the parameters and of the multiply-adds as a figure in Plotly's JSON.

    A bar's customdata is its layer's index, its text its share in per cent.
    """
    rows = [row for row in trace.rows if row.num_params]
    params = _bars(rows, [row.num_params for row in rows], "parameters", PARAMS_COLOR, "")
    mult_adds = _bars(rows, [row.mult_adds for row in rows], "multiply-adds", MULT_ADDS_COLOR, "/")
    return {"data": [params, mult_adds], "layout": LAYOUT}


def _bars(rows: list[LayerRow], amounts: list[int], title: str, color: str, pattern: str) -> Figure:
    total = sum(amounts) or 1
    shares = [100 * amount / total for amount in amounts]
    return {
        "type": "bar",
        "name": title,
        "x": [row.name for row in rows],
        "y": [round(share, 2) for share in shares],
        "text": ["<1" if 0 < share < 0.5 else f"{share:.0f}" for share in shares],
        "textposition": "outside",
        "textangle": 0,
        "customdata": [row.index for row in rows],
        "marker": {"color": color, "pattern": {"shape": pattern, "size": 6}},
        "hovertext": [f"{row.name}: {words.number(amount)} {title}" for row, amount in zip(rows, amounts, strict=True)],
        "hoverinfo": "text",
    }


def cost_words(trace: Trace) -> str:
    """Say the figure in words: which layer holds most parameters, and which does most of the multiply-adds."""
    stop = f"{trace.error.name}, which does not fit" if trace.error else ""
    if not trace.totals.num_params:
        return f"No layer before {stop}, has parameters." if stop else "No layer of this network has parameters."
    part = f"Of the layers before {stop}: " if stop else ""
    heavy = max(trace.rows, key=lambda row: row.num_params)
    busy = max(trace.rows, key=lambda row: row.mult_adds)
    held = heavy.num_params / trace.totals.num_params
    done = busy.mult_adds / (trace.totals.mult_adds or 1)
    return f"{part}{heavy.name} holds {held:.0%} of the parameters; {busy.name} does {done:.0%} of the multiply-adds."
