"""The network drawn to scale beside the table, a second design below it, and both as wide as the window."""

import re

import streamlit as st

from explorer.architecture.trace import Trace, trace
from explorer.ui.base import state
from explorer.ui.components.picture import Picture, picture
from explorer.ui.explore import explore_state
from explorer.views.drawing.drawing import draw_within
from explorer.views.drawing.sheets import BESIDE, COLUMN, PAGE, PAIR, Sheet
from explorer.views.drawing.svg import to_svg, to_svg_together
from explorer.views.drawing.volumes import scale_words, volume_words, volumes

Sheets = tuple[Sheet, ...]  # of one width, the roomiest first


def picture_view(traced: Trace) -> None:
    """Show the network's picture beside the table, and the way to a larger one."""
    if _shown(traced, (COLUMN,), BESIDE, key="picture", enlarges=True):
        _larger()


# A browser that tells of a click and the closing at once names the dialog's part of the page alone: the rerun that
# Streamlit offers would not reach the table.
@st.dialog("The network, drawn to scale", width="large", on_dismiss=st.rerun)
def _larger() -> None:
    """Show the picture as wide as the window; what is chosen in it is chosen in the table once it is closed."""
    traced = trace(state.session().design)
    _shown(traced, (PAGE,), key="large_picture")
    st.caption(scale_words(volumes(traced)))


def page_picture(traced: Trace) -> None:
    """Show the picture as wide as the page; of two networks, what a click on a layer says is left out."""
    _shown(traced, (PAIR if explore_state.beside() else PAGE,), key="page_picture")


def _shown(traced: Trace, *sheets: Sheets, key: str, enlarges: bool = False) -> bool:
    """Draw for each width that the browser may find, the narrowest first."""
    drawings = [drawn(traced, explore_state.beside(), each) for each in sheets]
    shown = Picture(drawings, [each[0].width for each in sheets], file_name(traced.architecture.name))
    return picture(shown, selected=state.session().designs.selected, key=key, on_select=state.select, enlarges=enlarges)


def drawn(traced: Trace, beside: Trace | None, sheets: Sheets) -> str:
    """Draw a network as SVG, a second one below it at the same scale, on the roomiest sheet that is high enough."""
    traces = [traced, beside] if beside else [traced]
    found, names = [volumes(each) for each in traces], [each.architecture.name for each in traces]
    title = " ".join(f"{name}. {volume_words(each)}" for name, each in zip(names, found, strict=True))
    drawings = draw_within(found, sheets)
    return to_svg_together(drawings, names, title) if beside else to_svg(drawings[0], title)


def file_name(name: str) -> str:
    """Make a file's name, without its ending, of a design's: `LeNet (the book)` gives `lenet-the-book`."""
    return re.sub(r"[\W_]+", "-", name).strip("-").lower() or "network"
