"""All colours: Okabe and Ito's, which people who see few colours tell apart too, and what each of them stands for.

The colours of the page itself, its text and its buttons, are Streamlit's, in `.streamlit/config.toml`.
"""

from collections.abc import Sequence

BLUE, VERMILION, GREEN, PURPLE = "#0072B2", "#D55E00", "#009E73", "#CC79A7"
ORANGE, SKY_BLUE, YELLOW = "#E69F00", "#56B4E9", "#F0E442"
GREY, DARK_GREY = "#888888", "#5F6368"  # the first is seen on a dark page too

# Series: lines are told apart without colour too, by Plotly's dashes and symbols.
COLORS = (BLUE, VERMILION, GREEN, PURPLE, ORANGE, SKY_BLUE)
DASHES = ("solid", "dash", "dot", "dashdot", "longdash", "longdashdot")
SYMBOLS = ("circle-open", "square-open", "diamond-open", "triangle-up-open", "x-open", "star-open")
ACTIVATION_COLORS = {"Sigmoid": BLUE, "ReLU": VERMILION, "Tanh": GREEN}  # the same on every page
TRAIN_COLOR, TEST_COLOR = BLUE, VERMILION
NOW_COLOR = GREY  # the moment that other figures show

# A network's bars and matrices: what has the second colour of a pair is hatched too.
PARAMS_COLOR, MULT_ADDS_COLOR = BLUE, ORANGE
SIZE_COLOR, RISE_COLOR = BLUE, VERMILION
WEIGHT_COLORS = (BLUE, SKY_BLUE, GREEN, YELLOW, ORANGE, VERMILION, PURPLE)  # neighbours apart
BLIND_COLOR, FIELD_COLOR = VERMILION, BLUE  # of a picture: what no output sees, and what one value sees

MISTAKE_COLOR = VERMILION  # of a confusion matrix

# The drawing: of each role its edge, and a fifth of it on white.
ROLE_COLORS = {
    "input": (DARK_GREY, "#DFE0E1"),
    "convolution": (BLUE, "#CCE3F0"),
    "pooling": (PURPLE, "#F5E4ED"),
    "shape": (SKY_BLUE, "#DDF0FB"),
    "dense": (GREEN, "#CCECE3"),
    "refused": (VERMILION, "none"),
}
WINDOW_COLOR, WINDOW_FILL = VERMILION, "#F0BE99"
PAPER_COLOR, INK_COLOR, NOTE_COLOR = "#FFFFFF", "#262730", DARK_GREY

# A sweep's settings: the lighter blue is seen on a dark page too.
SETTING_COLOR, BEST_COLOR, CHOSEN_COLOR, WAITING_COLOR = SKY_BLUE, VERMILION, PURPLE, GREY
AXIS_COLOR = "rgba(128, 128, 128, 0.7)"

# Words: Streamlit's own names, in whose place its themes have a shade that can be read.
TRUE_WORDS, FALSE_WORDS, ONLY_IF_WORDS = "green", "red", "orange"


def distinct(labels: Sequence[str]) -> list[str]:
    """Give each of at most six labels a colour of its own: an activation's, or one that is free."""
    free = [color for color in COLORS if color not in {ACTIVATION_COLORS.get(label) for label in labels}]
    return [ACTIVATION_COLORS.get(label) or free.pop(0) for label in labels]


def rgb(color: str) -> tuple[int, int, int]:
    """Give the red, green and blue of a colour such as `#0072B2`, each from 0 to 255."""
    red, green, blue = bytes.fromhex(color.removeprefix("#"))
    return red, green, blue
