"""How much room text takes in a picture, before any browser has set it.

Widths are Arial's, for a saved picture's fonts are its viewer's own; the app's own typeface is narrower.
"""

NARROW, WIDE, WIDEST = set(" ,.'!|:;/()[]fijltrI-"), set("ABCDEFGHKNOPQRSUVXYZ&wm%×+_?"), set("MW@")
EMS = {"narrow": 0.34, "plain": 0.57, "wide": 0.75, "widest": 1.02}
BOLD = 1.05


def text_width(text: str, font: float, *, bold: bool = False) -> float:
    """Give at least the width in px that a text takes in a font of so many px."""
    ems = sum(EMS[_class(letter)] for letter in text)
    return ems * font * (BOLD if bold else 1.0)


def _class(letter: str) -> str:
    if letter in NARROW:
        return "narrow"
    if letter in WIDEST or (not letter.isascii() and letter not in WIDE):
        return "widest"
    return "wide" if letter in WIDE else "plain"


def line_height(font: float) -> float:
    """Give the px from one line to the next."""
    return 1.2 * font


def wrapped(words: tuple[str, ...], width: float, font: float) -> list[str]:
    """Join words with commas into as few lines as a width allows; a word wider than that has its own line."""
    lines = list[str]()
    for word in words:
        longer = f"{lines[-1]}, {word}" if lines else word
        if lines and text_width(longer, font) <= width:
            lines[-1] = longer
        else:
            lines.append(word)
    return lines
