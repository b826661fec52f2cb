"""The live curve: loss above accuracy, drawn in place and grown by the points that are new."""

from collections.abc import Sequence
from pathlib import Path

import streamlit as st
from msgspec.structs import asdict

from explorer.ui.components.element import told
from explorer.ui.components.plotly import CHART_CSS, CHART_HTML, LOADER, plotly_url
from explorer.ui.components.watching import WATCHING, Watch
from explorer.views.runs.curves import Axes, Mark, Series
from explorer.views.runs.watching import growth, growth_message, lengths

EPOCHS = Axes()
_mount = st.components.v2.component(
    "live_curve",
    html=CHART_HTML,
    css=CHART_CSS,
    js=LOADER + WATCHING + Path(__file__).with_name("live_curve.js").read_text("utf-8"),
    isolate_styles=False,  # Plotly puts its own styles into the page's head
)


def live_curve(  # noqa: PLR0913  # each is one thing that the chart shows
    series: Sequence[Series],
    *,
    key: str,
    alt: str,
    empty: str,
    height: int = 480,
    axes: Axes = EPOCHS,
    marks: Sequence[Mark] = (),
    watch: Watch | None = None,
) -> None:
    """Draw the lines of one or more runs; a browser that has their first points gets only the new ones.

    Call it with all points that there are, best in a fragment; with `watch` the browser gets those that come later by
    itself. Zoom and legend choices stay while the lines grow. `alt` says the chart's latest values to a screen reader,
    `empty` what will draw here while there is no point, `height` is in px; `marks` are places on the x axis.
    """
    sent: dict[str, int] = st.session_state.setdefault(_sent_key(key), {})
    lines = [growth_message(growth(line, have=sent.get(line.key, 0))) for line in series]
    sent.update(lengths(series))
    data = {"library": plotly_url(), "alt": alt, "empty": empty, "height": height, "series": lines}
    data |= {"axes": asdict(axes), "marks": [asdict(mark) for mark in marks], "watch": watch and asdict(watch)}
    _mount(key=key, data=data, height=height, on_ask_change=lambda: _send_again(key))


def _send_again(key: str) -> None:
    """Go back to the points that the browser says it has."""
    asked = told(key, "ask")
    if asked:
        st.session_state[_sent_key(key)] = {str(line): int(points) for line, points in asked.items()}


def _sent_key(key: str) -> str:
    return f"{key}/sent"
