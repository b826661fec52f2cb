"""The colours of series, Okabe and Ito's, which people who see few colours tell apart too."""

from collections.abc import Sequence

COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
# Plotly's names: lines are told apart without colour too.
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
SYMBOLS = ("circle-open", "square-open", "diamond-open", "triangle-up-open", "x-open", "star-open")
ACTIVATION_COLORS = {"Sigmoid": COLORS[0], "ReLU": COLORS[1], "Tanh": COLORS[2]}  # the same on every page


def distinct(labels: Sequence[str]) -> list[str]:
    """Give each of at most six labels a colour of its own: an activation's, or one that is free."""
    free = [color for color in COLORS if color not in {ACTIVATION_COLORS.get(label) for label in labels}]
    return [ACTIVATION_COLORS.get(label) or free.pop(0) for label in labels]
