"""The network drawn to scale: a click on a volume chooses its layer, two buttons save the picture."""

import re
from pathlib import Path

import streamlit as st

from explorer.architecture.trace import Trace, trace
from explorer.ui.base import state
from explorer.views.common.palette import ROLE_COLORS
from explorer.views.drawing.drawing import COLUMN, PAGE, WIDE_COLUMN, Sheet, draw
from explorer.views.drawing.svg import to_svg
from explorer.views.drawing.volumes import scale_words, volume_words, volumes

HTML = """<div class="frame"></div>
<div class="actions">
  <button type="button" class="save">Save as SVG</button>
  <button type="button" class="save">Save as PNG</button>
</div>"""
COLOURS = "".join(f".{role} {{ --colour: {edge}; }}\n" for role, (edge, _) in ROLE_COLORS.items())
_mount = st.components.v2.component(
    "picture",
    html=HTML,
    css=COLOURS + Path(__file__).with_suffix(".css").read_text("utf-8"),
    js=Path(__file__).with_suffix(".js").read_text("utf-8"),
)


def picture(trace: Trace) -> None:
    """Show the network's picture beside the table, and the way to a larger one."""
    _drawn(trace, COLUMN, WIDE_COLUMN, key="picture")
    if st.button("Larger picture", key="larger", icon=":material/open_in_full:"):
        _larger()


@st.dialog("The network, drawn to scale", width="large", on_dismiss="rerun")
def _larger() -> None:
    """Show the picture as wide as the window; what is chosen in it is chosen in the table once it is closed."""
    _drawn(trace(state.session().design), PAGE, key="large_picture")


def _drawn(trace: Trace, *sheets: Sheet, key: str) -> None:
    """Draw on each sheet, the narrowest first; the browser shows the widest that there is room for."""
    found, name = volumes(trace), trace.architecture.name
    data = {
        "drawings": [to_svg(draw(found, sheet), f"{name}. {volume_words(found)}") for sheet in sheets],
        "widths": [sheet.width for sheet in sheets],
        "selected": state.session().designs.selected,
        "file": file_name(name),
    }
    _mount(key=key, data=data, on_select_change=lambda: _choose(state.sent(key).select))
    st.caption(scale_words(found))


def _choose(index: int | None) -> None:
    if index is not None:
        state.select(int(index))


def file_name(name: str) -> str:
    """Make a file's name, without its ending, of a design's: `LeNet (the book)` gives `lenet-the-book`."""
    return re.sub(r"[\W_]+", "-", name).strip("-").lower() or "network"
