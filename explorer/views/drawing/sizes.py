"""How many values there are along a network's depth: the input, and each layer that computes new ones."""

from itertools import pairwise

from explorer.architecture.cost import count
from explorer.architecture.trace import Trace
from explorer.views.common import words
from explorer.views.common.figure import Figure
from explorer.views.common.palette import RISE_COLOR, SIZE_COLOR
from explorer.views.drawing.volumes import Volume, volumes

TIMES = ("never rises", "rises once", "rises twice")
AXIS = {"fixedrange": True, "showticklabels": False, "title": {"text": "values"}}
MOST_LEVEL = 13  # bars that have room for their numbers on a projector
LAYOUT = {
    "bargap": 0.2,
    "margin": {"l": 8, "r": 8, "t": 12, "b": 28},
    "showlegend": False,
    "xaxis": {"type": "category", "fixedrange": True},
}


def size_figure(trace: Trace) -> Figure:
    """Give the number of values after each layer as bars in Plotly's JSON, those that rise marked; customdata as index.

    Layers that keep the shape or only lay it out in another way are left out: their number is the one before.
    """
    found, rises = _volumes(trace), rising(trace)
    counts = [count(volume.shape) for volume in found]
    is_level = len(found) <= MOST_LEVEL
    bars = {
        "type": "bar",
        "x": [volume.name for volume in found],
        "y": counts,
        "customdata": [volume.index for volume in found],
        "text": [_brief(size) for size in counts],
        "textposition": "outside",
        "textangle": 0 if is_level else -90,
        "constraintext": "none",
        "marker": {
            "color": [RISE_COLOR if volume.name in rises else SIZE_COLOR for volume in found],
            "pattern": {"shape": ["/" if volume.name in rises else "" for volume in found], "size": 6},
        },
        "hovertext": [
            f"{volume.name}: {words.number(size)} values" for volume, size in zip(found, counts, strict=True)
        ],
        "hoverinfo": "text",
    }
    room = {"yaxis": {**AXIS, "range": [0, (1.3 if is_level else 2) * max(counts)]}}  # for the largest bar's number
    return {"data": [bars], "layout": LAYOUT | room}


def _brief(size: int) -> str:
    """Write a number of values in about three digits, `64.9 k`; the pointer and the words have all of them."""
    if size < 10_000 or size >= 1_000_000:
        return words.short(size)
    return f"{size / 1_000:.{0 if size >= 100_000 else 1}f} k"


def rising(trace: Trace) -> list[str]:
    """Name the layers that give more values than they get."""
    found = _volumes(trace)
    pairs = pairwise(found)
    return [after.name for before, after in pairs if count(after.shape) > count(before.shape)]


def size_words(trace: Trace) -> str:
    """Say the figure in words: the numbers in order, and where they rise."""
    counts = ", ".join(words.number(count(volume.shape)) for volume in _volumes(trace))
    return f"Values of one picture along the depth: {counts}. {rise_words(trace)}"


def rise_words(trace: Trace) -> str:
    """Say how often the number of values rises along the depth, and where."""
    rises = rising(trace)
    often = TIMES[len(rises)] if len(rises) < len(TIMES) else f"rises {len(rises)} times"
    places = f": at {_listed(rises)}" if rises else ""
    return f"Their number {often}{places}."


def _listed(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}" if len(names) > 1 else names[0]


def _volumes(trace: Trace) -> list[Volume]:
    return [volume for volume in volumes(trace) if volume.role not in ("shape", "refused")]
