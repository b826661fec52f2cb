"""A Plotly figure that changes in place: Streamlit's own chart is built anew at each change of its data."""

import json
from collections.abc import Callable
from pathlib import Path

import streamlit as st

from explorer.ui.components.element import told
from explorer.ui.components.plotly import CHART_CSS, CHART_HTML, LOADER, plotly_url
from explorer.views.common.figure import Figure

_mount = st.components.v2.component(
    "figure",
    html=CHART_HTML,
    css=CHART_CSS,
    js=LOADER + Path(__file__).with_name("figure.js").read_text("utf-8"),
    isolate_styles=False,  # Plotly puts its own styles into the page's head
)


def figure(figure: Figure, *, key: str, alt: str, height: int, on_select: Callable[[int], None] | None = None) -> None:
    """Draw a figure in the theme's colours and fonts, and change it in place when it is drawn again under its key.

    `figure` has `data` and `layout`, as a `go.Figure` gives them by `to_plotly_json()`. `alt` says it
    to a screen reader, `height` is in px. A click on a bar or point calls `on_select` with its `customdata`, such as a
    layer's index, before the page runs again. The figure's own colours win over the theme's.
    """
    data = {
        "library": plotly_url(),
        "figure": json.dumps(figure),
        "alt": alt,
        "height": height,
        "selectable": on_select is not None,
    }
    _mount(key=key, data=data, height=height, on_select_change=lambda: _selected(key, on_select))


def _selected(key: str, on_select: Callable[[int], None] | None) -> None:
    value = told(key, "select")
    if on_select is not None and value is not None:
        on_select(value)
